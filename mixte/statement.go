package mixte

import (
	"errors"
	"fmt"
	"slices"

	"isoloir/scrutin"
	"isoloir/scrutin/canon"
)

// Kind is the first key of a statement.
const Kind = scrutin.Version + "/mixte"

// What a statement is.
const (
	// Provisional: the members have decided alone, for the citizens' ballots could not be opened.
	Provisional = "provisional"
	// Definitive: the citizens' ballots are counted, or there was none.
	Definitive = "definitive"
)

// A Statement is the result of a scrutin mixte with all that it follows from, as published: its text is canonical JSON
// (package canon), and anyone computes it again from its own first part.
type Statement struct {
	Record string `json:"record"` // Kind
	Status string `json:"status"` // Provisional or Definitive
	// Decision is what was voted on.
	Decision string `json:"decision"`
	// Manifest is the fingerprint of the citizens' scrutin and Opened the digest of the text of its result; zero where
	// there is none.
	Manifest scrutin.Digest `json:"manifest"`
	Opened   scrutin.Digest `json:"opened"`
	// Provisional is the digest of the text of the provisional statement that this one replaces, zero where there is none.
	Provisional scrutin.Digest `json:"provisional"`
	Rules       Rules          `json:"rules"`
	Members     []Member       `json:"members"`
	Groups
	Result Result `json:"result"`
}

// Failures of statements, wrapped in a sentence that says more.
var (
	ErrStatement = errors.New("this is not a statement of a scrutin mixte")
	ErrFollows   = errors.New("the definitive statement does not follow the provisional one")
)

// Text computes the result and returns the canonical text.
func (s *Statement) Text() (string, error) {
	if err := s.complete(); err != nil {
		return "", err
	}
	text, err := canon.Marshal(s)
	if err != nil {
		return "", fmt.Errorf("%w: %w", ErrStatement, err)
	}
	return string(text), nil
}

func (s *Statement) complete() error {
	s.Record = Kind
	switch {
	case s.Status != Provisional && s.Status != Definitive:
		return fmt.Errorf("%w: its status is %q: write provisional or definitive", ErrStatement, s.Status)
	case s.Status == Provisional && (len(s.Counts) > 0 || !s.Opened.IsZero()):
		return fmt.Errorf("%w: it is provisional and holds citizens' ballots: make it definitive", ErrStatement)
	case s.Status == Provisional && !s.Provisional.IsZero():
		return fmt.Errorf("%w: it is provisional and refers to another provisional one: only the definitive one does", ErrStatement)
	}
	if !validLabel(s.Decision) {
		return fmt.Errorf("%w: the decision has no title, or one that is too long or holds control characters: write one line of at most %d characters", ErrStatement, MaxLabel)
	}
	r, err := Compute(s.Rules, s.Members, s.Groups)
	if err != nil {
		return err
	}
	s.Result = *r
	return nil
}

// Parse reads a statement and computes it again: a text is accepted when it is the one that Text writes.
func Parse(text string) (*Statement, error) {
	s := new(Statement)
	if err := canon.Unmarshal([]byte(text), s); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrStatement, err)
	}
	again := *s
	computed, err := again.Text()
	if err != nil {
		return nil, err
	}
	if computed != text {
		return nil, fmt.Errorf("%w: its result does not follow from its votes: compute it again", ErrStatement)
	}
	return s, nil
}

// Digest is how a later statement refers to this one.
func Digest(text string) scrutin.Digest { return scrutin.TextDigest(text) }

// Follow says whether a definitive statement replaces a provisional one: it names it, and rests on the same decision,
// scrutin, rules, electorates and votes of the members. Both come from Parse; text is that of the provisional one.
func (s *Statement) Follow(p *Statement, text string) error {
	var what string
	switch {
	case p.Status != Provisional || s.Status != Definitive:
		what = "the first must be provisional and the second definitive"
	case s.Provisional != Digest(text):
		what = fmt.Sprintf("it names %s, not %s", s.Provisional, Digest(text))
	case s.Decision != p.Decision || s.Manifest != p.Manifest:
		what = "it is of another decision"
	case !s.Rules.same(p.Rules):
		what = "the rules, sealed before the vote, have changed"
	case !slices.EqualFunc(s.Electorates, p.Electorates, func(a, b Electorate) bool { a.Closed, b.Closed = 0, 0; return a == b }):
		what = "the electorates, sealed before the vote, have changed"
	case !slices.Equal(s.Members, p.Members):
		what = "a member's vote has changed"
	default:
		return nil
	}
	return fmt.Errorf("%w: %s", ErrFollows, what)
}

func (r Rules) same(o Rules) bool {
	return slices.Equal(r.Options, o.Options) && r.Scale == o.Scale && r.Absent == o.Absent && r.Several == o.Several && r.MinimumSize == o.MinimumSize
}
