package rowmac

import (
	"context"
	"encoding/binary"
	"fmt"
	"sync"
)

// A Field numbers a count of a State. What it counts its room says.
type Field int

// Fields is how many counts there are.
const Fields = 8

// A State is what the service has written of one urn so far.
type State struct {
	Number uint64 // of transactions that changed it
	Counts [Fields]uint64
	Head   [32]byte // of what is chained
}

const stateSize = 8 + 8*Fields + 32 + Size

// Bytes is the state as a store keeps it: LE64(number) ‖ LE64 of each count ‖ head ‖
// code, 120 bytes.
func (s State) Bytes(k Key, of Scope) []byte {
	b := binary.LittleEndian.AppendUint64(make([]byte, 0, stateSize), s.Number)
	for _, n := range s.Counts {
		b = binary.LittleEndian.AppendUint64(b, n)
	}
	b = append(b, s.Head[:]...)
	code := k.Row("counted", of, b)
	return append(b, code[:]...)
}

// ParseState reads what Bytes gave for that key and scope: ErrForeign if it is
// anything else.
func ParseState(k Key, of Scope, b []byte) (s State, err error) {
	if len(b) != stateSize || !k.Row("counted", of, b[:stateSize-Size]).Is(b[stateSize-Size:]) {
		return State{}, fmt.Errorf("table counted, urn number %d: %w", of.Urn, ErrForeign)
	}
	s.Number = binary.LittleEndian.Uint64(b)
	for i := range s.Counts {
		s.Counts[i] = binary.LittleEndian.Uint64(b[8+8*i:])
	}
	copy(s.Head[:], b[8+8*Fields:])
	return s, nil
}

// A View is one state of a store, in which nothing moves.
type View interface {
	Read(query string, args, dest []any, yield func() error) error
}

// A Viewer is a store that can be looked at.
type Viewer interface {
	View(ctx context.Context, do func(View) error) error
}

// Begun says whether a service has written rows into a store: whether it counts any.
func Begun(ctx context.Context, store Viewer) (has bool, err error) {
	err = store.View(ctx, func(v View) error {
		var one int
		return v.Read("SELECT 1 FROM counted LIMIT 1", nil, []any{&one}, func() error {
			has = true
			return nil
		})
	})
	return has, err
}

// A Ledger moves the states of a store, and remembers for the life of the process
// how far each has come. They are in the store's table
//
//	counted (organisation text, scrutin text, urn int, state bytes, PRIMARY KEY (organisation, scrutin, urn))
//
// An urn without a row has the zero State.
type Ledger struct {
	Key  Key
	mu   sync.Mutex
	seen map[Scope]uint64
}

const stateQuery = "SELECT state FROM counted WHERE organisation = $1 AND scrutin = $2 AND urn = $3"

// Seen is the highest number that this process has met of an urn.
func (l *Ledger) Seen(of Scope) uint64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.seen[of]
}

func (l *Ledger) meet(of Scope, number uint64) (before uint64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.seen == nil {
		l.seen = map[Scope]uint64{}
	}
	before = l.seen[of]
	l.seen[of] = max(before, number)
	return before
}

// Load reads the state of an urn in a view.
func (l *Ledger) Load(v View, of Scope) (s State, err error) {
	var raw []byte
	found := false
	err = v.Read(stateQuery, []any{of.Organisation, of.Scrutin, of.Urn}, []any{&raw}, func() error {
		found = true
		return nil
	})
	if err == nil && found {
		s, err = ParseState(l.Key, of, raw)
	}
	return s, err
}

// Changes are what a transaction adds to the counts of urns.
type Changes struct{ urns map[uint16]*change }

type change struct {
	counts [Fields]int64
	head   *[32]byte
}

func (c *Changes) of(urn uint16) *change {
	if c.urns == nil {
		c.urns = map[uint16]*change{}
	}
	if c.urns[urn] == nil {
		c.urns[urn] = &change{}
	}
	return c.urns[urn]
}

// Add counts n rows more, or fewer.
func (c *Changes) Add(urn uint16, f Field, n int64) {
	if n != 0 {
		c.of(urn).counts[f] += n
	}
}

// Chain makes head the end of what is chained.
func (c *Changes) Chain(urn uint16, head [32]byte) { c.of(urn).head = &head }

// Write moves the states, once at the end of a transaction in which nobody else changes
// them: read gives what the store has of an urn, nil for nothing. ErrForeign, and the
// transaction must not be committed, if a state is not the service's own, or is older
// than one that this process has met: somebody has put an older store back.
func (l *Ledger) Write(organisation, scrutin string, c *Changes, read func(urn uint16) ([]byte, error), write func(urn uint16, state []byte) error) error {
	for urn, change := range c.urns {
		of := Scope{organisation, scrutin, urn}
		raw, err := read(urn)
		if err != nil {
			return err
		}
		var s State
		if raw != nil {
			if s, err = ParseState(l.Key, of, raw); err != nil {
				return err
			}
		}
		if s.Number < l.meet(of, s.Number) {
			return fmt.Errorf("the store of urn number %d is older than it was: %w", urn, ErrForeign)
		}
		s.Number++
		for i, n := range change.counts {
			s.Counts[i] += uint64(n)
		}
		if change.head != nil {
			s.Head = *change.head
		}
		if err := write(urn, s.Bytes(l.Key, of)); err != nil {
			return err
		}
	}
	return nil
}
