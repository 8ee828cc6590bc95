package space

import (
	"context"
	"errors"
	"strings"
	"time"
	"unicode"

	"golang.org/x/text/runes"
	"golang.org/x/text/transform"
	"golang.org/x/text/unicode/norm"
)

// States of a registration.
const (
	Asked    = "asked"
	Accepted = "accepted" // and a card was handed out
	Declined = "declined"
)

// A Registration is somebody's who asks for an account where no polling station hands out cards: he
// shows at the town hall who he is, and is given a card of a box by chance. Nothing here knows which.
type Registration struct {
	ID           string // the reference that he brings
	Name         string
	Born         string // 2001-05-30
	Constituency string
	Address      string // empty once it is decided
	State        string
	By, Reason   string // of a decision
	// Day is that on which it was asked, from 1970-01-01, legal time; 0 once it is accepted.
	Day int
}

// registrationLasts is how many days a registration may wait, or a refusal stands.
const registrationLasts = 30

// kindRegistering is the fact by which registration is opened and closed in turn, by its number.
const kindRegistering = "registering"

// Registering says whether anybody may ask for an account.
func (s *Space) Registering(ctx context.Context) (bool, error) {
	facts, err := s.Store.Facts(ctx, s.org(), kindRegistering)
	return len(facts)%2 == 1, err
}

// Turn opens registration, or closes it.
func (s *Space) Turn(ctx context.Context, by Person) error {
	if by.Role != Publisher {
		return ErrRole
	}
	facts, err := s.Store.Facts(ctx, s.org(), kindRegistering)
	if err != nil {
		return err
	}
	return s.Store.Keep(ctx, s.org(), Fact{Kind: kindRegistering, Name: strings.Repeat("i", len(facts)+1)})
}

func (s *Space) today() int {
	y, m, d := s.Now().In(s.Organisation.Location()).Date()
	return int(time.Date(y, m, d, 0, 0, 0, 0, time.UTC).Unix() / 86400)
}

// Register takes a registration, and gives its reference: Problems. ErrUnknown while registration is closed.
func (s *Space) Register(ctx context.Context, name, born, constituency, address string) (string, error) {
	open, err := s.Registering(ctx)
	if err == nil && !open {
		err = ErrUnknown
	}
	if err != nil {
		return "", err
	}
	r := Registration{ID: drawn(5), Name: Line(name), Born: strings.TrimSpace(born), Constituency: constituency, Address: Line(address), State: Asked, Day: s.today()}
	var found Problems
	if !plain(r.Name, 300) {
		found = append(found, Problem{Field: "name", Code: "line"})
	}
	if day, err := time.Parse(time.DateOnly, r.Born); err != nil || day.Year() < 1880 || day.After(s.Now()) {
		found = append(found, Problem{Field: "born", Code: "born"})
	}
	if s.Organisation.Constituency(constituency) == nil {
		found = append(found, Problem{Field: "constituency", Code: "oneof"})
	}
	if !plain(r.Address, 300) {
		found = append(found, Problem{Field: "address", Code: "line"})
	}
	if len(found) > 0 {
		return "", found
	}
	return r.ID, s.Store.AddRegistration(ctx, s.org(), r, person(&r))
}

// Registrations are those that wait or were decided, by name; what has waited too long is forgotten.
func (s *Space) Registrations(ctx context.Context) ([]Registration, error) {
	if err := s.Store.ForgetRegistrations(ctx, s.org(), s.today()-registrationLasts); err != nil {
		return nil, err
	}
	return s.Store.Registrations(ctx, s.org())
}

// Decide says yes or no to a registration that waits, with the reason. Its address is forgotten; of one that is
// accepted, the day too. A person of this name, born on this day, has one card at most: Problems.
func (s *Space) Decide(ctx context.Context, by Person, id string, accept bool, reason string) error {
	if !by.Staff() {
		return ErrRole
	}
	if reason = Line(reason); !plain(reason, 300) {
		return Problems{{Field: "reason", Code: "decided-why"}}
	}
	state := Declined
	if accept {
		state = Accepted
	}
	err := s.Store.DecideRegistration(ctx, s.org(), id, state, by.Label, reason)
	if errors.Is(err, ErrOther) {
		return Problems{{Field: "registration", Code: "registered"}}
	}
	return err
}

// person is by whom somebody is found again: his name without accents, case and signs, and his birth.
func person(r *Registration) string {
	plainly, _, err := transform.String(transform.Chain(norm.NFD, runes.Remove(runes.In(unicode.Mn)), norm.NFC), r.Name)
	if err != nil {
		plainly = r.Name
	}
	words := strings.FieldsFunc(strings.ToLower(plainly), func(c rune) bool { return !unicode.IsLetter(c) })
	return strings.Join(words, " ") + " " + r.Born
}
