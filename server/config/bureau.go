package config

import (
	"errors"
	"fmt"
)

// A Bureau is how the bureau's pages and journal are served (docs/bureau.md).
type Bureau struct {
	Place      `yaml:",inline"`
	Key        string      `yaml:"key" validate:"required"`                                              // the platform's key of contents, which signs what the service says
	Database   string      `yaml:"database" validate:"required_without=Postgres,excluded_with=Postgres"` // a file of SQLite
	Postgres   string      `yaml:"postgres"`                                                             // or the file of a connection string
	Trust      string      `yaml:"trust"`                                                                // PEM of authorities beside the system's, for links
	Documents  string      `yaml:"documents"`                                                            // the folder of the manifest's documents, which isoloir prepare wrote; empty where they are not at hand
	Browser    string      `yaml:"browser"`                                                              // Chromium, which prints the minutes; empty where members print them themselves
	Timestamps string      `yaml:"timestamps"`                                                           // the file of where the manifest's timestamp authorities are asked; empty where that is done by command
	Links      BureauLinks `yaml:"links"`
}

// BureauLinks are the files of the secrets that the bureau shares with those whom it asks, one with each; empty for who is not asked.
type BureauLinks struct {
	Roll    string `yaml:"roll"`
	Urn     string `yaml:"urn"`
	IssuerA string `yaml:"issuer-a"`
	IssuerB string `yaml:"issuer-b"`
}

func (b *Bureau) paths() []*string {
	return []*string{&b.Key, &b.Database, &b.Postgres, &b.Trust, &b.Browser, &b.Documents, &b.Timestamps, &b.Links.Roll, &b.Links.Urn, &b.Links.IssuerA, &b.Links.IssuerB}
}

func (b *Bureau) secrets() []secret {
	return []secret{{"key", &b.Key}, {"links.roll", &b.Links.Roll}, {"links.urn", &b.Links.Urn}, {"links.issuer-a", &b.Links.IssuerA}, {"links.issuer-b", &b.Links.IssuerB}}
}

// members finds a bureau without an origin, and one that does not ask a role.
func (c *Config) members() (wrong []error) {
	if c.Bureau == nil {
		return nil
	}
	if c.Origins.Bureau == "" {
		wrong = append(wrong, errors.New("origins.bureau: it is missing: members' browsers come by it"))
	}
	for _, s := range c.Bureau.secrets() {
		if *s.name == "" && s.where != "key" && (s.where == "links.urn" || !c.OfAccounts()) {
			wrong = append(wrong, fmt.Errorf("bureau.%s: it is missing: nobody would see when that role is away", s.where))
		}
	}
	return wrong
}
