package space

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"isoloir/scrutin"
	"isoloir/scrutin/canon"
)

// What is refused, whatever it is about.
var (
	// ErrInvalid is wrapped by what is wrong with what was given.
	ErrInvalid = errors.New("refused")
	// ErrUnknown says that this space has nothing of that name.
	ErrUnknown = errors.New("this space has nothing of that name")
	// ErrOther says that something else stands there already.
	ErrOther = errors.New("something else stands there already")
	// ErrStale says that somebody else has changed it since it was read.
	ErrStale = errors.New("somebody else has changed this since it was read: read it again")
)

// An Organisation is who has a space.
type Organisation struct {
	Record string `json:"record"`
	ID     string `json:"id"`
	Label  string `json:"label"`
	// Kind is real or rehearsal: nothing of the one is ever the other's.
	Kind string `json:"kind"`
	Zone string `json:"zone"` // the legal time
	// Register is ρ, of the register whose accounts vote here; MinimumSize is its k.
	Register       scrutin.Digest `json:"register"`
	MinimumSize    int            `json:"minimum_size"`
	Constituencies []Constituency `json:"constituencies"`
}

// A Constituency is one of the register's, with those whom it elects.
type Constituency struct {
	ID    string `json:"id"`
	Label string `json:"label"`
	// Electors is N_e, whom the members of the constituency represent; Seats is m_e, vacant ones too.
	Electors int `json:"electors"`
	Seats    int `json:"seats"`
}

const organisationRecord = scrutin.Version + "/space"

var namePattern = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_-]{0,39}$`)

// NewOrganisation completes an organisation and gives its canonical text.
func NewOrganisation(o Organisation) ([]byte, error) {
	o.Record = organisationRecord
	if err := o.validate(); err != nil {
		return nil, err
	}
	return canon.Marshal(&o)
}

// ParseOrganisation reads the text of one.
func ParseOrganisation(text []byte) (*Organisation, error) {
	o := new(Organisation)
	if err := canon.Unmarshal(text, o); err != nil {
		return nil, err
	}
	return o, o.validate()
}

func (o *Organisation) validate() error {
	var found []error
	when := func(wrong bool, form string, args ...any) {
		if wrong {
			found = append(found, fmt.Errorf("%w: "+form, append([]any{ErrInvalid}, args...)...))
		}
	}
	when(o.Record != organisationRecord, "record: this is no space")
	when(!namePattern.MatchString(o.ID), "id: %q is no name: write up to 40 letters without accents, digits, hyphens or underscores", o.ID)
	when(strings.TrimSpace(o.Label) == "" || len(o.Label) > 300, "label: write what the organisation is called")
	when(o.Kind != scrutin.Real && o.Kind != scrutin.Rehearsal, "kind: write real or rehearsal")
	_, err := time.LoadLocation(o.Zone)
	when(err != nil || o.Zone == "" || o.Zone == "Local", "zone: %q is no time zone: write one like Europe/Paris", o.Zone)
	when(o.MinimumSize < LeastGroup, "minimum_size: %d hide nobody: at least %d", o.MinimumSize, LeastGroup)
	when(len(o.Constituencies) == 0, "constituencies: there is none")
	for i, c := range o.Constituencies {
		when(!namePattern.MatchString(c.ID), "constituencies[%d].id: %q is no name", i, c.ID)
		when(c.Electors < 1, "constituencies[%d].electors: write how many electors it has", i)
		when(c.Seats < 0 || c.Seats > 1000, "constituencies[%d].seats: write how many members it elects, 0 for none", i)
		when(slices.ContainsFunc(o.Constituencies[:i], func(b Constituency) bool { return strings.EqualFold(b.ID, c.ID) }), "constituencies[%d]: %q stands twice", i, c.ID)
	}
	return errors.Join(found...)
}

// Constituency is the one of a name; nil if there is none.
func (o *Organisation) Constituency(id string) *Constituency {
	i := slices.IndexFunc(o.Constituencies, func(c Constituency) bool { return c.ID == id })
	if i < 0 {
		return nil
	}
	return &o.Constituencies[i]
}

// Location is the legal time.
func (o *Organisation) Location() *time.Location {
	zone, err := time.LoadLocation(o.Zone)
	if err != nil {
		return time.UTC // no organisation that was read
	}
	return zone
}
