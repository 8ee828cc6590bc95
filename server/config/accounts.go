package config

import (
	"errors"
	"fmt"
)

// OfAccounts says whether the scrutin is one of accounts: there is neither a roll nor issuers.
func (c *Config) OfAccounts() bool { return c.Origins.Register != "" }

// rolled finds what a scrutin of accounts has too much, and one with a roll too little.
func (c *Config) rolled() (wrong []error) {
	if !c.OfAccounts() {
		if c.Urn != nil && c.Urn.Links.Fate == "" {
			wrong = append(wrong, errors.New("urn.links.fate: it is missing"))
		}
		return wrong
	}
	for _, r := range []struct {
		there bool
		key   string
	}{{c.Roll != nil, "roll"}, {c.IssuerA != nil, "issuer-a"}, {c.IssuerB != nil, "issuer-b"}, {c.Leading != "", "leading"}, {len(c.Companions) > 0, "companions"},
		{c.Urn != nil && c.Urn.Links.Fate != "", "urn.links.fate"},
		{c.Bureau != nil && c.Bureau.Links.Roll != "", "bureau.links.roll"}, {c.Bureau != nil && c.Bureau.Links.IssuerA != "", "bureau.links.issuer-a"},
		{c.Bureau != nil && c.Bureau.Links.IssuerB != "", "bureau.links.issuer-b"}} {
		if r.there {
			wrong = append(wrong, fmt.Errorf("%s: a scrutin of accounts (origins.register) has none: take it away", r.key))
		}
	}
	return wrong
}
