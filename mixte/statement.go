package mixte

import (
	"errors"
	"fmt"
	"slices"

	"isoloir/scrutin"
	"isoloir/scrutin/canon"
	"isoloir/scrutin/note"
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
	// The head names the citizens' scrutin, of which Question is the one decided on; both zero where there is none.
	scrutin.OpenHead
	Status   string `json:"status"` // Provisional or Definitive
	Question string `json:"question"`
	// Decision is what was voted on.
	Decision string `json:"decision"`
	// Opened is the digest of the text of the scrutin's result, zero where there is none.
	Opened scrutin.Digest `json:"opened"`
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

// Sign returns the note of the statement's text, signed.
func (s *Statement) Sign(signers ...note.Signer) ([]byte, error) {
	text, err := s.Text()
	if err != nil {
		return nil, err
	}
	return note.Sign(text, signers...)
}

func (s *Statement) complete() error {
	s.Record = Kind
	switch {
	case s.Status != Provisional && s.Status != Definitive:
		return fmt.Errorf("%w: its status is %q: write provisional or definitive", ErrStatement, s.Status)
	case s.Status == Provisional && (len(s.Counts) > 0 || !s.Opened.IsZero() || slices.ContainsFunc(s.Electorates, func(e Electorate) bool { return e.Closed > 0 })):
		return fmt.Errorf("%w: it is provisional and holds citizens' ballots: make it definitive", ErrStatement)
	case s.Status == Provisional && !s.Provisional.IsZero():
		return fmt.Errorf("%w: it is provisional and refers to another provisional one: only the definitive one does", ErrStatement)
	}
	if s.Manifest.IsZero() != (s.Question == "") || s.Question != "" && !note.ValidName(s.Question) {
		return fmt.Errorf("%w: the question is %q: write its identifier in the manifest, and none where there is no manifest", ErrStatement, s.Question)
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

// Read reads a statement as it stands, without asking whether its result follows from its votes: that is for who
// says apart what is wrong with it. Everybody else calls Parse.
func Read(text string) (*Statement, error) {
	s := new(Statement)
	if err := canon.Unmarshal([]byte(text), s); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrStatement, err)
	}
	return s, nil
}

// Parse reads a statement and computes it again: a text is accepted when it is the one that Text writes.
func Parse(text string) (*Statement, error) {
	s, err := Read(text)
	if err != nil {
		return nil, err
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
	case s.Decision != p.Decision || s.Question != p.Question || s.Manifest != p.Manifest || s.Opening != p.Opening:
		what = "it is of another decision"
	case !s.Rules.same(p.Rules):
		what = "the rules, sealed before the vote, have changed"
	case !slices.EqualFunc(s.Electorates, p.Electorates, SameElectorate):
		what = "the electorates, sealed before the vote, have changed"
	case !slices.Equal(s.Members, p.Members):
		what = "a member's vote has changed"
	default:
		return nil
	}
	return fmt.Errorf("%w: %s", ErrFollows, what)
}

// SameElectorate says whether two electorates are as they were sealed, whatever was left closed.
func SameElectorate(a, b Electorate) bool { a.Closed, b.Closed = 0, 0; return a == b }

func (r Rules) same(o Rules) bool {
	return slices.Equal(r.Options, o.Options) && r.Scale == o.Scale && r.Absent == o.Absent && r.Several == o.Several && r.MinimumSize == o.MinimumSize
}
