package roll

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"time"

	"isoloir/scrutin"
)

// An Urn tells the fate of authorisations. Both methods answer, for each H(τ), the
// urn's signed text appended or void; Fate answers nil for one that the urn never
// saw, Void closes it first.
type Urn interface {
	Fate(ctx context.Context, urn uint16, tokens []Hash) ([][]byte, error)
	Void(ctx context.Context, urn uint16, tokens []Hash) ([][]byte, error)
}

// A Reconciliation counts what became of electors who held an authorisation.
type Reconciliation struct {
	Marked   int // the urn had their ballot
	Released int // the urn closed their authorisation
	Waiting  int // the urn never saw it; they may still vote
}

// heldPage is how many electors are asked about at a time.
const heldPage = 1024

// Reconcile asks the urn about every authorisation given before an instant, and
// marks those who have voted: a device may have stopped after its ballot was in.
func (s *Service) Reconcile(ctx context.Context, urn Urn, before time.Time) (Reconciliation, error) {
	return s.reconcile(ctx, urn.Fate, before)
}

// Settle has the urn close every authorisation given before an instant that has
// brought no ballot, frees those electors, and marks the others. After the close
// of the vote, it leaves nothing between: marks are ballots.
func (s *Service) Settle(ctx context.Context, urn Urn, before time.Time) (Reconciliation, error) {
	return s.reconcile(ctx, urn.Void, before)
}

type ask func(ctx context.Context, urn uint16, tokens []Hash) ([][]byte, error)

func (s *Service) reconcile(ctx context.Context, ask ask, before time.Time) (total Reconciliation, err error) {
	for _, urn := range s.numbers {
		for after := int64(-1); ; {
			held, err := s.Store.Held(ctx, s.Scope, urn, before, after, heldPage)
			if err != nil {
				return total, err
			}
			if len(held) == 0 {
				break
			}
			after = int64(held[len(held)-1].Elector)
			page, err := s.settle(ctx, ask, urn, held)
			total.Marked += page.Marked
			total.Released += page.Released
			total.Waiting += page.Waiting
			if err != nil {
				return total, err
			}
		}
	}
	return total, nil
}

// Release frees one elector who holds an authorisation that he lost the use of,
// unless it has brought a ballot: then he is marked, and the answer is ErrMarked.
// ErrReservation if he holds none.
func (s *Service) Release(ctx context.Context, urn Urn, number uint16, elector uint32) error {
	if s.rulesOf(number) == nil {
		return ErrUrn
	}
	held, err := s.Store.Held(ctx, s.Scope, number, time.Unix(1<<40, 0), int64(elector)-1, 1)
	if err != nil {
		return err
	}
	if len(held) == 0 || held[0].Elector != elector {
		return ErrReservation
	}
	done, err := s.settle(ctx, urn.Void, number, held)
	if err == nil && done.Marked > 0 {
		err = ErrMarked
	}
	return err
}

// settle does what the urn's answers about held authorisations ask for.
func (s *Service) settle(ctx context.Context, ask ask, urn uint16, held []Held) (done Reconciliation, err error) {
	tokens := make([]Hash, len(held))
	for i, h := range held {
		tokens[i] = sha256.Sum256(h.Token[:])
	}
	answers, err := ask(ctx, urn, tokens)
	if err != nil {
		return done, err
	}
	if len(answers) != len(tokens) {
		return done, fmt.Errorf("%w: the urn answered %d of %d questions", ErrReceipt, len(answers), len(tokens))
	}
	now := scrutin.TimeOf(s.Now()).Time
	var marks, voids []Marking
	for i, answer := range answers {
		m := s.marking(urn, held[i].Elector, tokens[i], now)
		if answer == nil {
			done.Waiting++
			continue
		}
		said, appended := s.receipt(urn, scrutin.Appended, answer)
		if appended == nil && said == tokens[i] {
			marks = append(marks, m)
			continue
		}
		said, void := s.receipt(urn, scrutin.Voided, answer)
		if void != nil || said != tokens[i] {
			return done, fmt.Errorf("elector %d of urn %d: %w", held[i].Elector, urn, errors.Join(ErrReceipt, appended, void))
		}
		voids = append(voids, m)
	}
	outcomes, err := s.markings.Do(ctx, marks)
	if err != nil {
		return done, err
	}
	for _, o := range outcomes {
		if o.Err == nil {
			done.Marked++
		}
	}
	if err := s.Store.Release(ctx, s.Scope, voids); err != nil {
		return done, err
	}
	done.Released = len(voids)
	return done, nil
}

// Statement writes the marks file of an urn and gives the roll's statement of it,
// to be signed with the roll's key. It refuses while an elector holds an
// authorisation whose fate is open (ErrReservation): Settle comes first; and while
// amendments that the bureau has adopted are not taken up (ErrBusy).
func (s *Service) Statement(ctx context.Context, urn uint16, marks io.Writer) (*scrutin.RollStatement, error) {
	r := s.rulesOf(urn)
	if r == nil {
		return nil, ErrUrn
	}
	if s.behind() {
		return nil, fmt.Errorf("urn %s: an amendment of the roll is not taken up yet: %w", r.Name, ErrBusy)
	}
	held, err := s.Store.Held(ctx, s.Scope, urn, time.Unix(1<<40, 0), -1, 1)
	if err != nil {
		return nil, err
	}
	if len(held) > 0 {
		return nil, fmt.Errorf("urn %s: elector %d is between the roll and the urn: %w", r.Name, held[0].Elector, ErrReservation)
	}
	w := NewMarksWriter(marks)
	if err := s.Store.Marks(ctx, s.Scope, urn, w.Write); err != nil {
		return nil, err
	}
	st := &scrutin.RollStatement{Urn: r.Name, Electors: r.Electors()}
	st.Manifest, st.Opening = scrutin.Digest(r.Manifest), scrutin.Digest(r.Opening)
	var file Hash
	if st.Marks, file, err = w.Close(); err != nil {
		return nil, err
	}
	st.File = scrutin.Digest(file)
	links := 0
	if err := s.Store.Chain(ctx, s.Scope, urn, func(d DatedMark) error {
		if links++; d.Sequence != uint64(links) || scrutin.Digest(d.Previous) != st.Chain {
			return fmt.Errorf("the chain of marks of urn %s is broken at number %d", r.Name, links)
		}
		st.Chain = scrutin.Digest(d.Hash())
		return nil
	}); err != nil {
		return nil, err
	}
	if links != st.Marks {
		return nil, fmt.Errorf("urn %s has %d marks, and a chain of %d", r.Name, st.Marks, links)
	}
	return st, nil
}
