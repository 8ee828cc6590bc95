package config

import (
	"fmt"
	"path/filepath"
)

// owned is something of which two must not be the same.
type owned struct{ kind, owner, what string }

// shared finds what two roles, or two links, have in common and must not: an origin, a directory, a store, a secret.
func (c *Config) shared() (wrong []error) {
	before := map[owned]string{}
	for _, o := range c.own() {
		at := owned{kind: o.kind, what: o.what}
		if other, taken := before[at]; taken && o.what != "" {
			wrong = append(wrong, fmt.Errorf("%s: %q is the %s of %s too: each needs its own", o.owner, o.what, o.kind, other))
		}
		before[at] = o.owner
	}
	return wrong
}

func (c *Config) own() []owned {
	o := c.Origins
	all := []owned{{"origin", "origins.portal", o.Portal}, {"origin", "origins.roll", o.Roll}, {"origin", "origins.urn", o.Urn},
		{"origin", "origins.issuer-a", o.IssuerA}, {"origin", "origins.issuer-b", o.IssuerB}, {"origin", "origins.bureau", o.Bureau}, {"origin", "origins.register", o.Register}}
	path := func(kind, owner, path string) {
		if path != "" {
			all = append(all, owned{kind, owner, filepath.Clean(path)})
		}
	}
	for _, r := range c.secretives() {
		if a := r.place.AppRole; a != nil {
			path("secret", r.role+".approle.secret-id", a.SecretID)
		}
	}
	all = append(all, c.ownOf()...)
	if r := c.Roll; r != nil {
		path("directory", "roll", r.Directory)
		path("store", "roll.database", r.Database)
		path("store", "roll.postgres", r.Postgres)
		path("directory", "roll.batch-keys", r.BatchKeys)
		path("secret", "roll.rows", r.Rows)
		path("secret", "roll.challenges", r.Challenges)
		path("secret", "roll.links.fate", r.Links.Fate)
		path("secret", "roll.links.deposit-a", r.Links.DepositA)
		path("secret", "roll.links.deposit-b", r.Links.DepositB)
		path("secret", "roll.links.notify-a", r.Links.NotifyA)
		path("secret", "roll.links.notify-b", r.Links.NotifyB)
	}
	if u := c.Urn; u != nil {
		path("directory", "urn", u.Directory)
		path("store", "urn.database", u.Database)
		path("store", "urn.postgres", u.Postgres)
		path("directory", "urn.batch-keys", u.BatchKeys)
		path("secret", "urn.rows", u.Rows)
	}
	issuer := func(name string, i *Issuer) {
		if i != nil {
			path("directory", name, i.Directory)
			path("store", name+".database", i.Database)
			path("secret", name+".secret", i.Secret)
		}
	}
	issuer("issuer-a", c.IssuerA)
	issuer("issuer-b", c.IssuerB)
	if p := c.Portal; p != nil {
		path("directory", "portal", p.Directory)
	}
	if b := c.Bureau; b != nil {
		path("directory", "bureau", b.Directory)
		path("store", "bureau.database", b.Database)
		path("store", "bureau.postgres", b.Postgres)
		path("secret", "bureau.links.roll", b.Links.Roll)
		path("secret", "bureau.links.urn", b.Links.Urn)
		path("secret", "bureau.links.issuer-a", b.Links.IssuerA)
		path("secret", "bureau.links.issuer-b", b.Links.IssuerB)
	}
	return all
}
