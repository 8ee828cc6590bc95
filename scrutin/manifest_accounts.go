package scrutin

import (
	"fmt"
	"reflect"
	"slices"
	"strings"

	"isoloir/scrutin/note"
)

// An AccountRegister says from which register of anonymous accounts the electors of a
// scrutin of accounts come (docs/accounts.md, section 7). Nobody of the roll is then
// left: Platform.Roll is the party of the register, whose key signed the snapshot.
type AccountRegister struct {
	// Register is ρ, the digest of register.json.
	Register Digest `json:"register" validate:"required"`
	// Snapshot is the digest of the text of the snapshot's note.
	Snapshot Digest `json:"snapshot" validate:"required"`
	// Terminals are the kiosks whose ballots stand for all others of an account. They
	// have plain keys.
	Terminals []Party `json:"terminals" validate:"max=1000,dive"`
}

// A Standing names the manifest whose key this scrutin takes up.
type Standing struct {
	Manifest Digest `json:"manifest" validate:"required"` // f₀
	Ceremony Digest `json:"ceremony" validate:"required"` // D
}

// Accounts returns the register of a scrutin of accounts, nil where a roll has the
// electors.
func (m *Manifest) Accounts() *AccountRegister {
	if len(m.Register) == 0 {
		return nil
	}
	return &m.Register[0]
}

// Enrollers are the names of those whose statements enrol the electors, in their
// order: the two issuers, or the register.
func (m *Manifest) Enrollers() (ids []string) {
	if m.Accounts() != nil {
		return []string{m.Platform.Roll.ID}
	}
	for _, i := range m.Issuers {
		ids = append(ids, i.ID)
	}
	return ids
}

// Terminal returns the key by which a kiosk of the manifest signs, found by its 32
// bytes; ok is false where it has none such.
func (m *Manifest) Terminal(key [32]byte) (v note.Verifier, ok bool) {
	a := m.Accounts()
	if a == nil {
		return v, false
	}
	for _, t := range a.Terminals {
		if v := t.Verifier(); v.PublicKey() == key {
			return v, true
		}
	}
	return v, false
}

// KeyManifest is the fingerprint of the manifest under which the key of m was made: f,
// which is its own, or f₀ of the standing manifest that it names.
func (m *Manifest) KeyManifest(f Digest) Digest {
	if len(m.Standing) == 0 {
		return f
	}
	return m.Standing[0].Manifest
}

// CheckStanding says whether a text is the standing manifest that m names: a valid one, of
// the same organisation and kind, with the same holders and clauses. ErrStanding if not.
func (m *Manifest) CheckStanding(text []byte) error {
	if len(m.Standing) == 0 || DigestOf(text) != m.Standing[0].Manifest {
		return ErrStanding
	}
	made, _, err := ParseManifest(text)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrStanding, err)
	}
	if made.Scrutin.Profile != StandingKey || made.Organisation.ID != m.Organisation.ID || made.Scrutin.Kind != m.Scrutin.Kind ||
		!reflect.DeepEqual(made.Holders, m.Holders) || !reflect.DeepEqual(made.Clauses, m.Clauses) {
		return ErrStanding
	}
	return nil
}

// kept are the fields of a standing manifest that are not empty.
var kept = []string{"record", "organisation", "scrutin", "bureau", "holders", "clauses", "protocol"}

// expected leaves out what the field rules say of fields that this kind of manifest
// leaves empty: whether they are is for other rules to say.
func (m *Manifest) expected(ps Problems) Problems {
	return slices.DeleteFunc(ps, func(p Problem) bool {
		top, _, _ := strings.Cut(p.Path, ".")
		top, _, _ = strings.Cut(top, "[")
		if m.Scrutin.Profile == StandingKey {
			return !slices.Contains(kept, top)
		}
		return m.Accounts() != nil && top == "codes"
	})
}

// empty says whether a value has nothing but zeros and empty lists.
func empty(v reflect.Value) bool {
	switch v.Kind() {
	case reflect.Slice:
		return v.Len() == 0
	case reflect.Struct:
		for i := range v.NumField() {
			if !empty(v.Field(i)) {
				return false
			}
		}
		return true
	}
	return v.IsZero()
}

// standingKey requires that a standing manifest speaks of nothing but its bureau and
// its holders.
func (c *check) standingKey() {
	v := reflect.ValueOf(c.m).Elem()
	for i := range v.NumField() {
		name := v.Type().Field(i).Tag.Get("json")
		c.when(!slices.Contains(kept, name) && !empty(v.Field(i)), name, "standing-empty")
	}
}

func (c *check) standing() {
	if len(c.m.Standing) > 0 {
		c.when(c.m.Scrutin.Profile != Consultation, "standing", "standing-profile", c.m.Scrutin.Profile)
	}
}

// accounts holds a scrutin of accounts to having no roll, and any other to having two
// issuers and no supervised leaves.
func (c *check) accounts() {
	m, a := c.m, c.m.Accounts()
	supervised := slices.Contains(m.Leaves, "supervised")
	if a == nil {
		c.when(len(m.Issuers) != 2, "issuers", "issuers-two", len(m.Issuers))
		c.when(supervised, "leaves", "supervised-register")
		return
	}
	c.when(m.Scrutin.Profile != Consultation, "register", "register-profile", m.Scrutin.Profile)
	for _, f := range []struct {
		path string
		v    any
	}{
		{"restricted_countries", m.RestrictedCountries}, {"stations", m.Stations}, {"issuers", m.Issuers}, {"codes", m.Codes}, {"companions", m.Companions},
	} {
		c.when(!empty(reflect.ValueOf(f.v)), f.path, "register-empty")
	}
	for i, college := range m.Colleges {
		card := slices.Equal(college.Factors, []Factor{{Kind: "card", Channel: "none"}}) && college.Validation == Validation{Kind: "none", Channel: "none"}
		c.when(!card, at("colleges", i), "register-college")
	}
	for i, u := range m.Urns {
		c.when(u.Electors < m.MinimumSize, at("urns", i)+".electors", "register-small", u.ID, m.MinimumSize)
	}
	c.when(m.MinimumSize < 10, "minimum_size", "minimum-size", 10)
	c.when(m.Publication.EmailAfterVote != "none", "publication.email_after_vote", "register-email")
	c.when(slices.Contains(m.Addenda.Allowed, "roll"), "addenda.allowed", "register-addenda")
	c.when(supervised != (len(a.Terminals) > 0), "leaves", "register-terminals")
	c.when(supervised && !m.RevoteAllowed(), "finality.mode", "register-revote")
	for _, leaf := range m.Leaves {
		c.when(leaf != "cast" && leaf != "supervised", "leaves", "register-leaf", leaf)
	}
}
