package config

import (
	"errors"
	"fmt"

	"isoloir/scrutin"
)

// A Town is the file that says how an installation of spaces is served (docs/consultations.md, section 11): the pages of staff and members, and
// the origin where people ask to be told of consultations. Each is a process of its own where they are not to share a machine; a role that is not
// there is served elsewhere.
type Town struct {
	Hall    *Hall    `yaml:"hall" validate:"required_without=Notices,omitempty"`
	Notices *Notices `yaml:"notices" validate:"omitempty"`
	Age     *Age     `yaml:"age" validate:"omitempty"`
	Vault   *Vault   `yaml:"vault" validate:"omitempty"`
}

// A Hall is how the pages of staff, members and authors are served, for every space of its directory (package space/office).
type Hall struct {
	Place  `yaml:",inline"`
	Origin string `yaml:"origin" validate:"origin"` // whose host has a name, since passkeys are for one
	// Consultations is, by organisation, the origin of the pages on which its citizens read: notices lead there. Announcements is the directory
	// into which what is published is written for notices, ORG/ID.json; both, or neither.
	Consultations map[string]string `yaml:"consultations" validate:"required_with=Announcements,omitempty,dive,origin"`
	Announcements string            `yaml:"announcements" validate:"required_with=Consultations"`
	// Published is the directory into which it is written whole for the citizens' pages, ORG/ID (package board); empty for none.
	Published string `yaml:"published"`
}

// Notices is how people are told of one organisation's consultations (package notice).
type Notices struct {
	Place         `yaml:",inline"`
	Origin        string      `yaml:"origin" validate:"origin"`
	Organisation  string      `yaml:"organisation" validate:"required,max=300"` // who writes
	Kind          string      `yaml:"kind" validate:"oneof=real rehearsal"`
	Zone          string      `yaml:"zone" validate:"required,timezone"` // the legal time
	Territories   []Territory `yaml:"territories" validate:"required,max=1000,dive"`
	Announcements string      `yaml:"announcements" validate:"required"` // the directory of what is published, ID.json
	Database      string      `yaml:"database" validate:"required"`
	Key           string      `yaml:"key" validate:"required"` // the secret that authenticates the links in messages
	Push          *Push       `yaml:"push" validate:"omitempty"`
	Email         *Email      `yaml:"email" validate:"required_without=Outbox,excluded_with=Outbox,omitempty"`
	Outbox        string      `yaml:"outbox"` // a directory in which messages are kept instead of being sent, for demonstrations
}

// A Territory is a constituency of which notices can be had.
type Territory struct {
	ID    string `yaml:"id" validate:"required,max=40"`
	Label string `yaml:"label" validate:"required,max=300"`
}

// Push is how notices come to browsers.
type Push struct {
	Key     string `yaml:"key" validate:"required"`  // the secret by which push services know who sends (VAPID)
	Contact string `yaml:"contact" validate:"email"` // at which they reach him
}

// ReadTown reads such a file.
func ReadTown(path string) (*Town, error) { return read(path, ParseTown, (*Town).paths) }

// ParseTown reads what stands in one. Its paths are left as they are.
func ParseTown(data []byte) (*Town, error) {
	var t Town
	if err := decode(data, &t, new(Town)); err != nil {
		return nil, err
	}
	wrong, err := mistakes(&t)
	if err != nil {
		return nil, err
	}
	return &t, refused(wrong, t.apart(), t.logins())
}

func (t *Town) paths() (all []*string) {
	if h := t.Hall; h != nil {
		all = append(append(all, h.Place.paths()...), &h.Announcements, &h.Published)
	}
	if n := t.Notices; n != nil {
		all = append(append(all, n.Place.paths()...), &n.Announcements, &n.Database, &n.Outbox)
		for _, s := range n.secrets() {
			all = append(all, s.name)
		}
	}
	if t.Age != nil {
		all = append(all, &t.Age.Identity)
	}
	if t.Vault != nil {
		all = append(all, &t.Vault.Trust)
	}
	return all
}

func (n *Notices) secrets() []secret {
	all := []secret{{"key", &n.Key}}
	if n.Push != nil {
		all = append(all, secret{"push.key", &n.Push.Key})
	}
	if n.Email != nil {
		all = append(all, secret{"email.password", &n.Email.Password})
	}
	return all
}

// apart finds what both roles have in common and must not, messages of real consultations that are not sent, and a territory that stands twice.
func (t *Town) apart() (wrong []error) {
	if h, n := t.Hall, t.Notices; h != nil && n != nil {
		if h.Origin == n.Origin {
			wrong = append(wrong, fmt.Errorf("notices.origin: %q is the origin of the hall too: each needs its own", n.Origin))
		}
		if h.Directory == n.Directory {
			wrong = append(wrong, fmt.Errorf("notices.directory: %q is the directory of the hall too: each needs its own", n.Directory))
		}
	}
	if n := t.Notices; n != nil {
		if n.Kind == scrutin.Real && n.Outbox != "" {
			wrong = append(wrong, errors.New("notices.outbox: messages that stay in a directory reach nobody: of real consultations they are sent (email)"))
		}
		seen := map[string]bool{}
		for i, p := range n.Territories {
			if seen[p.ID] {
				wrong = append(wrong, fmt.Errorf("notices.territories[%d].id: %q stands twice", i, p.ID))
			}
			seen[p.ID] = true
		}
		if n.Push != nil && n.Push.Key == n.Key {
			wrong = append(wrong, errors.New("notices.push.key: it is the key of links too: each needs its own"))
		}
	}
	return wrong
}

// logins finds secrets in a Vault that is not said, or to which nobody logs in.
func (t *Town) logins() (wrong []error) {
	if t.Notices == nil {
		return nil
	}
	for _, s := range t.Notices.secrets() {
		if _, in := InVault(*s.name); in && (t.Vault == nil || t.Notices.AppRole == nil) {
			wrong = append(wrong, fmt.Errorf("notices.%s: it is in the Vault: say where that is (vault) and by which files the role logs in (notices.approle)", s.where))
		}
	}
	return wrong
}
