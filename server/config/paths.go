package config

import "path/filepath"

// below lets every path that is not absolute begin at dir. Names in the Vault are no paths.
func below(dir string, paths []*string) {
	for _, p := range paths {
		if _, elsewhere := InVault(*p); *p != "" && !elsewhere && !filepath.IsAbs(*p) {
			*p = filepath.Join(dir, *p)
		}
	}
}

// paths are those of a place.
func (p *Place) paths() []*string {
	all := []*string{&p.Directory}
	if p.TLS != nil {
		all = append(all, &p.TLS.Certificate, &p.TLS.Key)
	}
	if p.AppRole != nil {
		all = append(all, &p.AppRole.RoleID, &p.AppRole.SecretID)
	}
	return all
}

// paths are all paths of the file.
func (c *Config) paths() []*string {
	all := []*string{&c.Record}
	place := func(p *Place) { all = append(all, p.paths()...) }
	if r := c.Roll; r != nil {
		place(&r.Place)
		all = append(all, &r.Key, &r.Challenges, &r.Database, &r.Postgres, &r.BatchKeys, &r.Rows, &r.Trust,
			&r.Links.Fate, &r.Links.DepositA, &r.Links.DepositB, &r.Links.NotifyA, &r.Links.NotifyB, &r.Links.Bureau)
	}
	if u := c.Urn; u != nil {
		place(&u.Place)
		all = append(all, &u.Key, &u.Database, &u.Postgres, &u.BatchKeys, &u.Rows, &u.Links.Fate, &u.Links.Bureau)
	}
	for _, i := range []*Issuer{c.IssuerA, c.IssuerB} {
		if i != nil {
			place(&i.Place)
			all = append(all, i.paths()...)
		}
	}
	if p := c.Portal; p != nil {
		place(&p.Place)
		all = append(all, &p.Documents, &p.Desk)
		if a := p.Assistance; a != nil {
			all = append(all, &a.Outbox)
			if a.Email != nil {
				all = append(all, &a.Email.Password)
			}
		}
	}
	if b := c.Bureau; b != nil {
		place(&b.Place)
		all = append(all, b.paths()...)
	}
	all = append(all, c.pathsOf()...)
	if c.ACME != nil {
		all = append(all, &c.ACME.Cache, &c.ACME.Trust)
	}
	if c.Alerts != nil {
		all = append(all, c.Alerts.paths()...)
	}
	if c.Age != nil {
		all = append(all, &c.Age.Identity)
	}
	if c.Vault != nil {
		all = append(all, &c.Vault.Trust)
	}
	return all
}
