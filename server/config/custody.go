package config

import (
	"fmt"
	"regexp"
	"strings"
)

// Age says that the files of keys and secrets are age files (package custody/agefile).
type Age struct {
	Identity string `yaml:"identity" validate:"required"` // the file that opens them
}

// Vault is where keys and secrets are whose names begin with vault: (package custody/vault).
type Vault struct {
	Address string `yaml:"address" validate:"origin"`
	Mount   string `yaml:"mount" validate:"mount"` // of this scrutin
	Trust   string `yaml:"trust"`                  // PEM of authorities beside the system's
}

// AppRole is how a role logs in to the Vault: files, of which the second is a secret.
type AppRole struct {
	RoleID   string `yaml:"role-id" validate:"required"`
	SecretID string `yaml:"secret-id" validate:"required"`
}

var mount = regexp.MustCompile(`^[a-z0-9][a-z0-9_-]*(/[a-z0-9][a-z0-9_-]*)*$`)

// InVault is the name in the Vault of a key or secret that is not in a file.
func InVault(name string) (string, bool) { return strings.CutPrefix(name, "vault:") }

// A secret is a key or secret of a role: a path, or a name in the Vault.
type secret struct {
	where string
	name  *string
}

// A secretive is a role that has such.
type secretive struct {
	role    string
	place   *Place
	secrets []secret
}

// secretives are the roles that have keys and secrets in custody.
func (c *Config) secretives() (all []secretive) {
	if r := c.Roll; r != nil {
		all = append(all, secretive{"roll", &r.Place, []secret{{"key", &r.Key}, {"challenges", &r.Challenges}, {"links.fate", &r.Links.Fate},
			{"links.deposit-a", &r.Links.DepositA}, {"links.deposit-b", &r.Links.DepositB}, {"links.notify-a", &r.Links.NotifyA}, {"links.notify-b", &r.Links.NotifyB}, {"links.bureau", &r.Links.Bureau}}})
	}
	if u := c.Urn; u != nil {
		all = append(all, secretive{"urn", &u.Place, []secret{{"key", &u.Key}, {"links.fate", &u.Links.Fate}, {"links.bureau", &u.Links.Bureau}}})
	}
	for n, i := range []*Issuer{c.IssuerA, c.IssuerB} {
		if i == nil {
			continue
		}
		s := secretive{[]string{"issuer-a", "issuer-b"}[n], &i.Place, []secret{{"key", &i.Key}, {"secret", &i.Secret}, {"links.deposit", &i.Links.Deposit}, {"links.notify", &i.Links.Notify}, {"links.bureau", &i.Links.Bureau}}}
		for j := range c.Companions {
			if own := c.Companions[j].Issuer(n); own != nil {
				s.secrets = append(s.secrets, secret{companionPath(j, s.role+".key"), &own.Key}, secret{companionPath(j, s.role+".deposit"), &own.Deposit})
			}
		}
		if i.Email != nil {
			s.secrets = append(s.secrets, secret{"email.password", &i.Email.Password})
		}
		if i.SMS != nil {
			s.secrets = append(s.secrets, secret{"sms.key", &i.SMS.Key})
		}
		for j := range c.Companions {
			if own := c.Companions[j].Issuer(n); own != nil {
				s.secrets = append(s.secrets, secret{fmt.Sprintf("companions[%d].key", j), &own.Key}, secret{fmt.Sprintf("companions[%d].deposit", j), &own.Deposit})
			}
		}
		all = append(all, s)
	}
	if b := c.Bureau; b != nil {
		all = append(all, secretive{"bureau", &b.Place, b.secrets()})
	}
	if p := c.Portal; p != nil {
		s := secretive{"portal", &p.Place, nil}
		if p.Assistance != nil && p.Assistance.Email != nil {
			s.secrets = append(s.secrets, secret{"assistance.email.password", &p.Assistance.Email.Password})
		}
		all = append(all, s)
	}
	return all
}

// logins finds roles that name the Vault and cannot log in there, and that log in as another.
func (c *Config) logins() (wrong []error) {
	for _, r := range c.secretives() {
		for _, s := range r.secrets {
			if _, in := InVault(*s.name); in && (c.Vault == nil || r.place.AppRole == nil) {
				wrong = append(wrong, fmt.Errorf("%s.%s: it is in the Vault: say where that is (vault) and by which files the role logs in (%s.approle)", r.role, s.where, r.role))
			}
		}
	}
	return wrong
}
