package audit

import (
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"strings"

	"isoloir/scrutin/canon"
)

// Kind is what there is to judge in a piece.
type Kind string

// The kinds. Where all proofs are one equation a piece has the whole list, else a
// range of it.
const (
	Enrolment     Kind = "enrolment"     // urn: the issuers' keys, their products, and the first stage of anonymisation
	Anonymisation Kind = "anonymisation" // urn, stage from 2
	Ballots       Kind = "ballots"       // urn, range of leaves
	Marks         Kind = "marks"         // urn, range of marks
	Mix           Kind = "mix"           // cell, question, stage from 1
	Shares        Kind = "shares"        // cell, question, clause, holder
	Opening       Kind = "opening"       // cell, question, range of ballots: the count
)

// A Piece is a part of a verification that is judged by itself: it depends on the
// export and on nothing that another piece finds. From and To bound the elements
// of its list, To left out.
type Piece struct {
	Kind      Kind   `json:"kind"`
	Subject   string `json:"subject"`   // urn or cell
	Amendment int    `json:"amendment"` // of enrolment and anonymisation; 0 for the opening's
	Question  string `json:"question"`
	Clause    string `json:"clause"`
	Holder    string `json:"holder"`
	Stage     int    `json:"stage"`
	From      int    `json:"from"`
	To        int    `json:"to"`
}

// Size is the number of elements to judge.
func (p Piece) Size() int { return p.To - p.From }

// String names a piece in a sentence.
func (p Piece) String() string {
	s := fmt.Sprintf("%s of %s", p.Kind, p.Subject)
	for _, of := range []string{p.Question, p.Clause, p.Holder} {
		if of != "" {
			s += ", " + of
		}
	}
	if p.Amendment > 0 {
		s += fmt.Sprintf(", amendment %d", p.Amendment)
	}
	if p.Stage > 0 {
		s += fmt.Sprintf(", stage %d", p.Stage)
	}
	return fmt.Sprintf("%s, %d to %d", s, p.From, p.To)
}

// Bytes is the canonical text of a piece.
func (p Piece) Bytes() ([]byte, error) { return canon.Marshal(p) }

// ErrPiece says that something is no piece of this export.
var ErrPiece = errors.New("no piece of this export")

// ParsePiece reads what Bytes wrote, and nothing else (ErrPiece).
func ParsePiece(text []byte) (p Piece, err error) {
	if err := canon.Unmarshal(text, &p); err != nil {
		return Piece{}, fmt.Errorf("%w: %w", ErrPiece, err)
	}
	return p, nil
}

// outcome is what was found in a piece. Outcomes of neighbouring ranges fold by
// appending and adding.
type outcome struct {
	outcomeText
	keys []byte // of an enrolment: the account keys, 32 bytes each, in elector order
}

type outcomeText struct {
	Findings []pieceFinding   `json:"findings"`
	Reason   string           `json:"reason"`  // of shares that do not hold
	Figures  [figureCount]int `json:"figures"` // what was verified
	Counts   []int            `json:"counts"`  // of an opening: ballots by option, then blank, then null
}

type pieceFinding struct {
	Check int      `json:"check"`
	Lines []string `json:"lines"`
}

func (f pieceFinding) err() error { return errors.New(strings.Join(f.Lines, "\n")) }

// find enters a failure of a check.
func (o *outcome) find(check int, err error) {
	o.Findings = append(o.Findings, pieceFinding{check, strings.Split(err.Error(), "\n")})
}

// ErrOutcome says that bytes are no outcome of a piece.
var ErrOutcome = errors.New("no outcome of a piece")

// encode is BE32(length) ‖ canonical text ‖ keys.
func (o *outcome) encode() ([]byte, error) {
	text, err := canon.Marshal(&o.outcomeText)
	if err != nil {
		return nil, err
	}
	return slices.Concat(binary.BigEndian.AppendUint32(nil, uint32(len(text))), text, o.keys), nil
}

func decodeOutcome(b []byte) (*outcome, error) {
	if len(b) < 4 {
		return nil, ErrOutcome
	}
	n, rest := binary.BigEndian.Uint32(b), b[4:]
	if uint64(n) > uint64(len(rest)) {
		return nil, ErrOutcome
	}
	o := &outcome{keys: rest[n:]}
	if err := canon.Unmarshal(rest[:n], &o.outcomeText); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrOutcome, err)
	}
	for _, f := range o.Findings {
		if !slices.ContainsFunc(registry, func(c Check) bool { return c.Number == f.Check }) {
			return nil, fmt.Errorf("%w: a finding of check %d", ErrOutcome, f.Check)
		}
	}
	return o, nil
}
