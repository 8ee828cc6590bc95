package tally

import (
	"errors"
	"fmt"
	"slices"
	"sync"

	"isoloir/crypto/group"
	"isoloir/crypto/sigma"
	"isoloir/record"
	"isoloir/scrutin"
)

// A Reason is why a holder's shares were left out. The list is closed, and the
// result holds these words.
type Reason string

// Every reason.
const (
	ReasonSignature Reason = "signature" // not a record signed by the holder for this scrutin
	ReasonSeal      Reason = "seal"      // made for another seal, or after another act mix
	ReasonStatement Reason = "statement" // of another clause, holder, cell, question or number
	ReasonFile      Reason = "file"      // a list is missing or not the one stated
	ReasonShare     Reason = "share"     // a share is not a point, or is the identity
	ReasonProof     Reason = "proof"     // a proof does not hold
)

// A Refusal says whose shares are left out, and why.
type Refusal struct {
	Clause, Holder string
	Reason         Reason
	Err            error
}

// Error names the holder.
func (r *Refusal) Error() string {
	return fmt.Sprintf("shares of %s for clause %s: %v", r.Holder, r.Clause, r.Err)
}

// Unwrap returns the particular.
func (r *Refusal) Unwrap() error { return r.Err }

// given is what one holder gave for a clause, judged.
type given struct {
	shareholder
	statement *scrutin.Shares
	refusal   *Refusal
	at        int // order of the unit that refusal is about
}

// refuse keeps the refusal of the first unit in their order.
func (g *given) refuse(at int, r Reason, err error) {
	if g.refusal == nil || at < g.at {
		g.at, g.refusal = at, &Refusal{g.clause, g.key.Holder, r, err}
	}
}

// judge verifies all that holders gave. What is wrong with their files is their
// refusal; an error is that of the mixed lists.
func (m *Mixed) judge(in *record.Reader, holders []shareholder) ([]given, error) {
	all := make([]given, len(holders))
	for i, h := range holders {
		all[i] = given{shareholder: h}
		m.judgeStatement(in, &all[i])
	}
	var mu sync.Mutex
	err := m.s.each(1, func(u unit, workers int, progress func(done, total int)) error {
		inputs, err := m.inputs(u, workers)
		if err != nil {
			return err
		}
		for i := range all {
			g := &all[i]
			if g.statement == nil {
				continue
			}
			reason, err := m.judgeList(in, g, u, inputs, workers)
			if err != nil {
				mu.Lock()
				g.refuse(u.order(), reason, fmt.Errorf("%s: %w", u, err))
				mu.Unlock()
			}
			progress(i+1, len(all))
		}
		return nil
	})
	return all, err
}

// judgeStatement leaves g without a statement where there is nothing more to
// verify.
func (m *Mixed) judgeStatement(in *record.Reader, g *given) {
	statement, _, err := open[scrutin.Shares](m.s, in, record.Shares(g.clause, g.key.Holder), g.verifier)
	if err != nil {
		g.refuse(0, ReasonSignature, err)
		return
	}
	if statement.Seal != m.s.Seal || statement.Mix != m.s.Mixing {
		g.refuse(0, ReasonSeal, ErrSeal)
		return
	}
	if err := m.s.checkShares(statement, g.shareholder); err != nil {
		g.refuse(0, ReasonStatement, err)
		return
	}
	g.statement = statement
}

func (m *Mixed) judgeList(in *record.Reader, g *given, u unit, inputs sigma.List, workers int) (Reason, error) {
	stated := g.statement.Cells[u.at].Questions[u.q]
	list, err := readNamed(in, record.SharesList(u.number, u.question.ID, g.clause, g.key.Holder), u.Ballots*group.PointSize, stated.List)
	if err != nil {
		return ReasonFile, err
	}
	proof, err := sigma.DecodeEquality(slices.Concat(stated.Commitments[0][:], stated.Commitments[1][:], stated.Response[:]))
	if err != nil {
		if _, err := sigma.DecodeList(list, workers); err != nil {
			return ReasonShare, err
		}
		return ReasonProof, err
	}
	claim, err := m.claim(u, g.shareholder, inputs)
	if err != nil {
		return ReasonProof, err
	}
	switch _, err := claim.Verify(list, proof, workers); {
	case errors.Is(err, sigma.ErrShare):
		return ReasonProof, err
	case err != nil:
		return ReasonShare, err
	}
	return "", nil
}

// checkShares compares a statement with what is to be opened.
func (s *Sealed) checkShares(statement *scrutin.Shares, h shareholder) error {
	cells := s.filled()
	if statement.Clause != h.clause || statement.Holder != h.key.Holder || len(statement.Cells) != len(cells) {
		return fmt.Errorf("shares of %s for %s, of %d cells, in the place of %s for %s: %w", statement.Holder, statement.Clause, len(statement.Cells), h.key.Holder, h.clause, ErrStatement)
	}
	for i, c := range cells {
		stated := statement.Cells[i]
		if stated.Cell != c.Name || len(stated.Questions) != len(c.questions) {
			return fmt.Errorf("cell %s in the place of %s: %w", stated.Cell, c.Name, ErrStatement)
		}
		for q, question := range stated.Questions {
			if question.Question != c.questions[q].ID || question.Ballots != c.Ballots {
				return fmt.Errorf("cell %s: question %s, %d ballots, in the place of %s, %d ballots: %w", c.Name, question.Question, question.Ballots, c.questions[q].ID, c.Ballots, ErrStatement)
			}
		}
	}
	return nil
}

// Shares is what the holders gave, judged.
type Shares struct {
	// Verdicts says of each statement that is there whether it is valid: clause
	// by clause, holders in the clause's order.
	Verdicts []scrutin.ShareVerdict
	// Refusals says more of each that is not.
	Refusals []*Refusal

	m     *Mixed
	in    *record.Reader
	valid map[string][]given // by clause
}

// Shares verifies the shares of every holder that the ceremony knows and that
// gave any. False ones do not stop it: they are named.
func (m *Mixed) Shares(in *record.Reader) (*Shares, error) {
	var holders []shareholder
	for _, c := range m.s.Keys.Clauses {
		for _, key := range c.Holders {
			if !in.Exists(record.Shares(c.Clause, key.Holder)) {
				continue
			}
			h, err := m.s.holder(c.Clause, key.Holder)
			if err != nil {
				return nil, err
			}
			holders = append(holders, h)
		}
	}
	judged, err := m.judge(in, holders)
	if err != nil {
		return nil, err
	}
	all := &Shares{m: m, in: in, valid: map[string][]given{}}
	for _, g := range judged {
		verdict := scrutin.ShareVerdict{Clause: g.clause, Holder: g.key.Holder, Valid: g.refusal == nil}
		if g.refusal != nil {
			verdict.Reason = string(g.refusal.Reason)
			all.Refusals = append(all.Refusals, g.refusal)
		} else {
			all.valid[g.clause] = append(all.valid[g.clause], g)
		}
		all.Verdicts = append(all.Verdicts, verdict)
	}
	return all, nil
}

// Paths are those of the valid statements and of the lists they name, every list before
// the first statement: what a record is to hold of them, and no more.
func (s *Shares) Paths() (paths []string) {
	var statements []string
	for _, v := range s.Verdicts {
		if !v.Valid {
			continue
		}
		for _, c := range s.m.s.filled() {
			for _, q := range c.questions {
				paths = append(paths, record.SharesList(c.number, q.ID, v.Clause, v.Holder))
			}
		}
		statements = append(statements, record.Shares(v.Clause, v.Holder))
	}
	return append(paths, statements...)
}
