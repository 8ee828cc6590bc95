package config

import (
	"errors"
	"fmt"
	"path/filepath"
)

// A Companion is where a scrutin that this one leads is served (docs/online.md, section 5), and what the issuers need to leave deposits there.
type Companion struct {
	Fingerprint string `yaml:"fingerprint" validate:"len=64,hexadecimal,lowercase"`
	// Record is the directory of this machine's copy of its public record, its manifest at least. Issuers need it; elsewhere it may be empty.
	Record  string           `yaml:"record"`
	Origins Origins          `yaml:"origins"`
	IssuerA *CompanionIssuer `yaml:"issuer-a" validate:"omitempty"`
	IssuerB *CompanionIssuer `yaml:"issuer-b" validate:"omitempty"`
}

// A CompanionIssuer is what an issuer of the leading scrutin leaves deposits with.
type CompanionIssuer struct {
	Key     string `yaml:"key" validate:"required"`     // signs them: the issuer's in the companion's manifest
	Deposit string `yaml:"deposit" validate:"required"` // the secret of the link to the companion's roll
}

// Issuer is what the leading scrutin's issuer of a number, 0 or 1, needs; nil where it is served elsewhere.
func (c *Companion) Issuer(number int) *CompanionIssuer {
	return []*CompanionIssuer{c.IssuerA, c.IssuerB}[number]
}

// path is where a key of a companion stands in the file.
func companionPath(i int, key string) string { return fmt.Sprintf("companions[%d].%s", i, key) }

// together finds what leading and companions lack, or contradict.
func (c *Config) together() (wrong []error) {
	if c.Leading != "" && len(c.Companions) > 0 {
		wrong = append(wrong, errors.New("leading: a companion leads no other scrutin: take away leading or companions"))
	}
	for n, i := range []*Issuer{c.IssuerA, c.IssuerB} {
		if i == nil {
			continue
		}
		name := []string{"issuer-a", "issuer-b"}[n]
		if c.Leading == "" && i.Links.Deposit == "" {
			wrong = append(wrong, fmt.Errorf("%s.links.deposit: it is missing", name))
		}
		for j, k := range c.Companions {
			if k.Issuer(n) == nil {
				wrong = append(wrong, fmt.Errorf("%s: it is missing: say with which key and secret this issuer leaves deposits there", companionPath(j, name)))
			}
			if k.Record == "" {
				wrong = append(wrong, fmt.Errorf("%s: it is missing: an issuer needs the companion's manifest", companionPath(j, "record")))
			}
		}
	}
	return wrong
}

// ownOf adds what companions have, of which nothing is shared.
func (c *Config) ownOf() (all []owned) {
	if c.Leading != "" {
		all = append(all, owned{"origin", "leading", c.Leading})
	}
	for i, k := range c.Companions {
		all = append(all, owned{"fingerprint", companionPath(i, "fingerprint"), k.Fingerprint})
		for _, o := range []struct{ role, origin string }{{"portal", k.Origins.Portal}, {"roll", k.Origins.Roll}, {"urn", k.Origins.Urn},
			{"issuer-a", k.Origins.IssuerA}, {"issuer-b", k.Origins.IssuerB}} {
			all = append(all, owned{"origin", companionPath(i, "origins."+o.role), o.origin})
		}
		for n, name := range []string{"issuer-a", "issuer-b"} {
			if own := k.Issuer(n); own != nil {
				all = append(all, owned{"secret", companionPath(i, name+".deposit"), filepath.Clean(own.Deposit)})
			}
		}
	}
	return all
}

// pathsOf are the paths that companions name.
func (c *Config) pathsOf() (all []*string) {
	for i := range c.Companions {
		k := &c.Companions[i]
		all = append(all, &k.Record)
		for n := range 2 {
			if own := k.Issuer(n); own != nil {
				all = append(all, &own.Key, &own.Deposit)
			}
		}
	}
	return all
}
