package inspection

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"isoloir/integrity"
	"isoloir/roll"
	"isoloir/rowmac"
	"isoloir/scrutin"
)

// A Store is an engine's store, as it is looked at.
type Store interface {
	rowmac.Viewer
	// Ledger moves what the store counts.
	Ledger() *rowmac.Ledger
	// Token is the column of the table held in which the engine keeps τ.
	Token() string
}

// page is how many rows a step reads.
const page = 1000

// An Inspector looks at the rolls of one scrutin. It implements integrity.Subject.
type Inspector struct {
	Store   Store
	Scope   roll.Scope
	Urns    []string // names, by number
	Anchors *integrity.Anchors

	mu    sync.Mutex
	tails map[int]link      // of the chains, that Near has verified
	lists map[int]roll.Hash // of the electors, by the last whole reading
}

// link is a place in a chain of marks.
type link struct {
	sequence uint64
	hash     roll.Hash
}

var _ integrity.Subject = (*Inspector)(nil)

// Near implements integrity.Subject: what the service counts, and that it is no less
// than it was; the marks since the last time.
func (i *Inspector) Near() (steps []integrity.Step) {
	for n, name := range i.Urns {
		steps = append(steps, integrity.Step{Table: "counted", Urn: name, Do: func(ctx context.Context, l *integrity.Look) (bool, error) { return i.near(ctx, l, n) }},
			integrity.Step{Table: "mark", Urn: name, Do: func(ctx context.Context, l *integrity.Look) (bool, error) { return i.newMarks(ctx, l, n) }})
	}
	return steps
}

// All implements integrity.Subject.
func (i *Inspector) All() (steps []integrity.Step) {
	for n, name := range i.Urns {
		c := &course{Inspector: i, number: n, name: name, list: newList()}
		for _, s := range []struct {
			table string
			do    func(context.Context, *integrity.Look) (bool, error)
		}{{"mark", c.marks}, {"reservation", c.reservations}, {"held", c.held}, {"login", c.logins}, {"elector", c.electors}, {"pair", c.pairs}, {"staged", c.staged}, {"struck", c.struck}} {
			steps = append(steps, integrity.Step{Table: s.table, Urn: name, Do: func(ctx context.Context, l *integrity.Look) (bool, error) {
				more, err := s.do(ctx, l)
				if err == nil && !more {
					c.last, c.next = -1, -1
				}
				return more, err
			}})
		}
		c.last, c.next = -1, -1
	}
	return steps
}

// Figures implements integrity.Subject.
func (i *Inspector) Figures(ctx context.Context) (all []integrity.Figures, err error) {
	err = i.Store.View(ctx, func(v rowmac.View) error {
		all = nil
		for n, name := range i.Urns {
			s, err := i.Store.Ledger().Load(v, of(i.Scope, uint16(n)))
			if err != nil {
				return err
			}
			i.mu.Lock()
			list := i.lists[n]
			i.mu.Unlock()
			all = append(all, integrity.Figures{Urn: name, Number: int(s.Number), Votes: int(s.Counts[Marks]), Waiting: int(s.Counts[Held]),
				Head: scrutin.Digest(s.Head), Roll: scrutin.Digest(list)})
		}
		return nil
	})
	return all, err
}

func nothing() error { return nil }

func (i *Inspector) args(number int, more ...any) []any {
	return append([]any{i.Scope.Organisation, i.Scope.Scrutin, number}, more...)
}

// state loads what the service counts of an urn, and says whether it is its own.
func (i *Inspector) state(v rowmac.View, l *integrity.Look, number int) (s rowmac.State, ours bool, err error) {
	s, err = i.Store.Ledger().Load(v, of(i.Scope, uint16(number)))
	if errors.Is(err, rowmac.ErrForeign) {
		l.Find("counted", i.Urns[number], "", integrity.Changed)
		return s, false, nil
	}
	return s, err == nil, err
}

// of an elector names his rows.
func (i *Inspector) row(number int, elector int64) string {
	return "row #" + Name(i.Store.Ledger().Key, i.Scope, roll.Place{Urn: uint16(number), Elector: uint32(elector)})
}

// near looks at what an urn has come to, and moves its anchor there if all is well.
func (i *Inspector) near(ctx context.Context, l *integrity.Look, number int) (bool, error) {
	name := i.Urns[number]
	anchor := i.Anchors.Get(name)
	least := max(anchor.Number, i.Store.Ledger().Seen(of(i.Scope, uint16(number)))) // before the view: it may only grow
	err := i.Store.View(ctx, func(v rowmac.View) error {
		s, ours, err := i.state(v, l, number)
		if err != nil || !ours {
			return err
		}
		if l.Rows++; s.Number < least {
			l.Find("counted", name, "", integrity.Older)
		}
		anchor.Number = s.Number
		last, chain := int64(0), []byte(nil)
		if err := v.Read("SELECT sequence, chain FROM mark WHERE organisation = $1 AND scrutin = $2 AND urn = $3 ORDER BY sequence DESC LIMIT 1", i.args(number), []any{&last, &chain}, nothing); err != nil {
			return err
		}
		switch written := s.Counts[Marks]; {
		case uint64(last) < written:
			l.Gap("mark", name, uint64(last)+1, written+1)
		case uint64(last) > written:
			l.Find("mark", name, fmt.Sprintf("rows after %d", written), integrity.Added)
		case last > 0 && string(chain) != string(s.Head[:]):
			l.Find("mark", name, fmt.Sprintf("row %d", last), integrity.Changed)
		}
		return nil
	})
	if err == nil && len(l.Findings) == 0 {
		i.Anchors.Move(name, anchor)
	}
	return false, err
}

// newMarks looks at the marks that came since the last time.
func (i *Inspector) newMarks(ctx context.Context, l *integrity.Look, number int) (more bool, err error) {
	i.mu.Lock()
	tail := i.tails[number]
	i.mu.Unlock()
	tail, more, err = i.markPage(ctx, l, number, tail)
	if err != nil || len(l.Findings) > 0 {
		return false, err
	}
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.tails == nil {
		i.tails = map[int]link{}
	}
	i.tails[number] = tail
	return more, nil
}
