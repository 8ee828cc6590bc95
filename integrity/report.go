package integrity

import (
	"errors"
	"fmt"
	"time"

	"isoloir/scrutin"
	"isoloir/scrutin/note"
)

// A Report is what a role says of one whole check of its store. It is a record like
// those of docs/protocol.md, section 3.1, of kind integrity, signed by the role's key;
// findings count from 1 in their order.
type Report struct {
	scrutin.OpenHead
	Role     string       `json:"role" validate:"oneof=roll urn"`
	Begun    scrutin.Time `json:"begun"`
	Ended    scrutin.Time `json:"ended"`
	Since    scrutin.Time `json:"since"` // the end of the last whole check before that found nothing, or empty
	Rows     int          `json:"rows" validate:"min=0"`
	Urns     []Figures    `json:"urns" validate:"dive"`
	Findings []Finding    `json:"findings" validate:"dive"`
}

// Kind implements scrutin.Record.
func (*Report) Kind() string { return scrutin.Version + "/integrity" }

// Figures are how far an urn had come in a store at the end of a check.
type Figures struct {
	Urn     string         `json:"urn" validate:"name"`
	Number  int            `json:"number" validate:"min=0"`  // of the store's state
	Votes   int            `json:"votes" validate:"min=0"`   // at the urn authorisations that brought a ballot, or without a roll accounts in the log; at the roll marks
	Waiting int            `json:"waiting" validate:"min=0"` // at the urn ballots that are not in the log, at the roll authorisations that electors hold
	Over    bool           `json:"over"`                     // at the urn, that it is closed
	Head    scrutin.Digest `json:"head"`                     // root of the last checkpoint; end of the chain of marks
	Roll    scrutin.Digest `json:"roll"`                     // at the roll, of the electors as they were imported
}

// SignReport makes the signed note of a report.
func SignReport(r *Report, key note.Signer) ([]byte, error) {
	text, err := scrutin.Text(r)
	if err != nil {
		return nil, err
	}
	return note.Sign(text, key)
}

// OpenReport reads a report that the role's key alone has signed, of the scrutin of
// manifest f and opening record o.
func OpenReport(data []byte, f, o scrutin.Digest, key note.Verifier) (*Report, error) {
	r, n, err := scrutin.Open[Report](data, f, o, key)
	if err != nil {
		return nil, err
	}
	return r, n.Require(key)
}

// A Verdict is what two reports say of an urn together.
type Verdict string

// Every verdict.
const (
	Equal   Verdict = "equal"   // as many marks as ballots
	Between Verdict = "between" // the difference is no more than those who are between roll and urn
	Unequal Verdict = "unequal" // it is more than that
)

// A Comparison is the marks and ballots of an urn.
type Comparison struct {
	Urn            string
	Ballots, Marks int
	Held           int // authorisations that electors hold: who has sent his ballot and is not marked yet is one of them
	Verdict        Verdict
}

// apart is by how much one report must be the later one, by the clocks of two machines.
const apart = 2 * time.Second

// ErrPair says that two reports are not one of an urn and one of a roll of the same
// urns.
var ErrPair = errors.New("these are not the reports of an urn and of a roll of the same scrutin")

// Compare lays the report of an urn beside that of a roll, whoever holds both. An
// elector is marked after his ballot is in, and holds his authorisation until then. So
// of reports taken in whatever order there are never more marks in the earlier than
// ballots in the later, and never more ballots in the earlier than marks and held
// authorisations in the later.
func Compare(urn, roll *Report) ([]Comparison, error) {
	if urn.Role != "urn" || roll.Role != "roll" || urn.Manifest != roll.Manifest || urn.Opening != roll.Opening || len(urn.Urns) != len(roll.Urns) {
		return nil, ErrPair
	}
	var all []Comparison
	for i, u := range urn.Urns {
		r := roll.Urns[i]
		if u.Urn != r.Urn {
			return nil, fmt.Errorf("%w: urn %s beside urn %s", ErrPair, u.Urn, r.Urn)
		}
		c := Comparison{Urn: u.Urn, Ballots: u.Votes, Marks: r.Votes, Held: r.Waiting, Verdict: Between}
		rollLater, urnLater := roll.Ended.Sub(urn.Ended.Time) >= apart, urn.Ended.Sub(roll.Ended.Time) >= apart
		switch {
		case c.Ballots == c.Marks:
			c.Verdict = Equal
		case u.Over && rollLater && c.Held == 0, rollLater && c.Ballots > c.Marks+c.Held, urnLater && c.Marks > c.Ballots:
			c.Verdict = Unequal
		}
		all = append(all, c)
	}
	return all, nil
}
