package rolltest

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"iter"
	"reflect"
	"sync"
	"testing"
	"time"

	"isoloir/roll"
)

// An Open opens the store of that name, made at its first opening: two stores of
// one name are two processes at work on the same data.
type Open func(t testing.TB, name string) (store roll.Store, shut func() error)

// Exercise is the conformance suite of roll.Store. Names given to open are new in
// each test.
func Exercise(t *testing.T, open Open) {
	for name, test := range map[string]func(*testing.T, *bench){
		"import":     imported,
		"paired":     paired,
		"amended":    amended,
		"deposits":   deposits,
		"standing":   standing,
		"told":       told,
		"repeated":   repeated,
		"refusals":   refusals,
		"released":   released,
		"held":       held,
		"chain":      chain,
		"scopes":     scopes,
		"reopened":   reopened,
		"concurrent": concurrent,
	} {
		t.Run(name, func(t *testing.T) { test(t, newBench(t, open)) })
	}
}

// bench is a store under test.
type bench struct {
	roll.Store
	scope roll.Scope
	open  func(t testing.TB) roll.Store // the same data again
}

var (
	ctx  = context.Background()
	noon = time.Date(2026, 12, 3, 12, 0, 0, 0, time.UTC)
)

func newBench(t *testing.T, open Open) *bench {
	b := &bench{scope: roll.Scope{Organisation: "ville", Scrutin: "conseil-2026"}}
	b.open = func(t testing.TB) roll.Store {
		t.Helper()
		store, shut := open(t, t.Name())
		t.Cleanup(func() {
			if err := shut(); err != nil {
				t.Error(err)
			}
		})
		return store
	}
	b.Store = b.open(t)
	return b
}

func reservation(urn uint16, elector uint32) (r roll.Reservation) {
	r.Urn, r.Elector, r.Since = urn, elector, noon
	rand.Read(r.Signature[:])
	rand.Read(r.Token[:])
	return r
}

func marking(r roll.Reservation) roll.Marking {
	return roll.Marking{Urn: r.Urn, Elector: r.Elector, Hash: HashOf(r.Token), Time: noon}
}

// reserve wants an answer.
func (b *bench) reserve(t *testing.T, what string, want error, items ...roll.Reservation) []roll.Outcome {
	t.Helper()
	got, err := b.Reserve(ctx, b.scope, items)
	if err != nil {
		t.Fatalf("%s: %v", what, err)
	}
	for _, o := range got {
		if !errors.Is(o.Err, want) {
			t.Fatalf("%s: %v, not %v", what, o.Err, want)
		}
	}
	return got
}

// mark wants an answer.
func (b *bench) mark(t *testing.T, what string, want error, items ...roll.Marking) []roll.Outcome {
	t.Helper()
	got, err := b.Mark(ctx, b.scope, items)
	if err != nil {
		t.Fatalf("%s: %v", what, err)
	}
	for _, o := range got {
		if !errors.Is(o.Err, want) {
			t.Fatalf("%s: %v, not %v", what, o.Err, want)
		}
	}
	return got
}

func electors(list ...roll.Elector) iter.Seq2[roll.Elector, error] {
	return func(yield func(roll.Elector, error) bool) {
		for _, e := range list {
			if !yield(e, nil) {
				return
			}
		}
	}
}

func person(urn uint16, number uint32) roll.Elector {
	return roll.Elector{Urn: urn, Number: number, Reference: fmt.Sprint("r", urn, "-", number), College: "agents", Language: "fr",
		Channels: []string{"email", "sms"}, Born: "1971-05-24", Family: "Maréchal", Given: "Zoé"}
}

func imported(t *testing.T, b *bench) {
	broken := func(yield func(roll.Elector, error) bool) {
		_ = yield(person(0, 0), nil) && yield(roll.Elector{}, roll.ErrFormat)
	}
	if err := b.Import(ctx, b.scope, broken); !errors.Is(err, roll.ErrFormat) {
		t.Fatalf("a file that breaks off: %v", err)
	}
	twice := person(0, 1)
	twice.Reference = person(0, 0).Reference
	if err := b.Import(ctx, b.scope, electors(person(0, 0), twice)); !errors.Is(err, roll.ErrFormat) {
		t.Fatalf("a reference twice: %v", err)
	}
	want := []roll.Elector{person(0, 0), person(0, 1), person(0, 2)}
	if err := b.Import(ctx, b.scope, electors(want[2], want[0], want[1], person(1, 0))); err != nil {
		t.Fatal(err)
	}
	if err := b.Import(ctx, b.scope, electors(person(0, 9))); err == nil {
		t.Fatal("imported twice")
	}
	r := reservation(0, 1)
	b.reserve(t, "reserve", nil, r, reservation(0, 2))
	b.mark(t, "mark", nil, marking(r))
	var got []roll.Status
	if err := b.Statuses(ctx, b.scope, 0, func(s roll.Status) error { got = append(got, s); return nil }); err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(got, []roll.Status{{Elector: want[0]}, {Elector: want[1], Marked: noon}, {Elector: want[2], Reserved: true}}) {
		t.Fatalf("%+v", got)
	}
}

func repeated(t *testing.T, b *bench) {
	first, second := reservation(0, 4), reservation(0, 4)
	for _, o := range append(b.reserve(t, "twice", nil, first, second), b.reserve(t, "again", nil, second)...) {
		if o.Token != first.Token {
			t.Fatal("another authorisation for the same elector")
		}
	}
	m := marking(first)
	for _, o := range append(b.mark(t, "twice", nil, m, m), b.mark(t, "again", nil, m)...) {
		if o.Signature != first.Signature {
			t.Fatal("the mark does not carry the first signature")
		}
	}
	if err := b.Forget(ctx); err != nil {
		t.Fatal(err)
	}
	b.mark(t, "after forgetting", nil, m)
	b.reserve(t, "who has voted", roll.ErrMarked, reservation(0, 4))
}

func refusals(t *testing.T, b *bench) {
	r, late := reservation(0, 1), reservation(0, 2)
	late.Late = true
	b.reserve(t, "late", roll.ErrClosed, late)
	b.mark(t, "without a reservation", roll.ErrReservation, marking(r))
	b.reserve(t, "reserve", nil, r)
	again := reservation(0, 1)
	again.Late = true
	b.reserve(t, "late, but held", nil, again)
	other := marking(r)
	other.Hash[0] ^= 1
	b.mark(t, "another τ", roll.ErrReservation, other)
	neighbour := marking(r)
	neighbour.Elector = 2
	b.mark(t, "another elector", roll.ErrReservation, neighbour)
	elsewhere := marking(r)
	elsewhere.Urn = 1
	b.mark(t, "another urn", roll.ErrReservation, elsewhere)
	if err := b.Marks(ctx, b.scope, 0, func(roll.Signed) error { return errors.New("a mark") }); err != nil {
		t.Fatal(err)
	}
	b.mark(t, "the right one", nil, marking(r))
}

func released(t *testing.T, b *bench) {
	first := reservation(0, 1)
	b.reserve(t, "reserve", nil, first)
	wrong := marking(first)
	wrong.Hash[0] ^= 1
	for _, m := range []roll.Marking{wrong, marking(first), marking(first)} {
		if err := b.Release(ctx, b.scope, []roll.Marking{m}); err != nil {
			t.Fatal(err)
		}
		if m == wrong {
			if o := b.reserve(t, "still held", nil, reservation(0, 1)); o[0].Token != first.Token {
				t.Fatal("released on another τ's void")
			}
		}
	}
	b.mark(t, "the released τ", roll.ErrReservation, marking(first))
	second := reservation(0, 1)
	if o := b.reserve(t, "anew", nil, second); o[0].Token != second.Token {
		t.Fatal("the released τ was given again")
	}
	if o := b.mark(t, "the new τ", nil, marking(second)); o[0].Signature != first.Signature {
		t.Fatal("the first signature was replaced")
	}
	if err := b.Release(ctx, b.scope, []roll.Marking{marking(second)}); err != nil {
		t.Fatal(err)
	}
	b.reserve(t, "released after the mark", roll.ErrMarked, reservation(0, 1))
}

func held(t *testing.T, b *bench) {
	var all []roll.Reservation
	for i := range uint32(7) {
		r := reservation(0, 6-i)
		r.Since = noon.Add(time.Duration(i) * time.Minute)
		all = append(all, r)
	}
	b.reserve(t, "reserve", nil, all...)
	b.reserve(t, "another urn", nil, reservation(1, 3))
	b.mark(t, "mark one", nil, marking(all[1]))
	if err := b.Forget(ctx); err != nil {
		t.Fatal(err)
	}
	var got []uint32
	for after := int64(-1); ; {
		page, err := b.Held(ctx, b.scope, 0, noon.Add(5*time.Minute), after, 2)
		if err != nil {
			t.Fatal(err)
		}
		if len(page) == 0 {
			break
		}
		for _, h := range page {
			if r := all[6-h.Elector]; h.Token != r.Token || !h.Since.Equal(r.Since) {
				t.Fatalf("%+v is not what was reserved", h)
			}
			got, after = append(got, h.Elector), int64(h.Elector)
		}
	}
	if !reflect.DeepEqual(got, []uint32{2, 3, 4, 6}) {
		t.Fatalf("held by %v", got)
	}
}

func chain(t *testing.T, b *bench) {
	want := map[uint32]roll.Reservation{}
	for i := range uint32(9) {
		r := reservation(0, (i*5)%9)
		b.reserve(t, "reserve", nil, r)
		m := marking(r)
		m.Time = noon.Add(time.Duration(i) * time.Second)
		b.mark(t, "mark", nil, m)
		want[r.Elector] = r
	}
	last := int64(-1)
	var file bytes.Buffer
	w := roll.NewMarksWriter(&file)
	if err := b.Marks(ctx, b.scope, 0, func(s roll.Signed) error {
		if int64(s.Elector) <= last || want[s.Elector].Signature != s.Signature {
			return fmt.Errorf("mark of elector %d after %d", s.Elector, last)
		}
		last = int64(s.Elector)
		return w.Write(s)
	}); err != nil {
		t.Fatal(err)
	}
	var head roll.Hash
	n := uint64(0)
	if err := b.Chain(ctx, b.scope, 0, func(d roll.DatedMark) error {
		if d.Sequence != n+1 || d.Previous != head || d.Mark.Elector != uint32(n*5)%9 || !d.Time.Equal(noon.Add(time.Duration(n)*time.Second)) {
			return fmt.Errorf("link %+v after %d", d, n)
		}
		n, head = d.Sequence, d.Hash()
		return nil
	}); err != nil || n != 9 {
		t.Fatalf("%d links: %v", n, err)
	}
}

func scopes(t *testing.T, b *bench) {
	r := reservation(0, 1)
	for _, s := range []roll.Scope{b.scope, {Organisation: "ville", Scrutin: "other"}, {Organisation: "other", Scrutin: b.scope.Scrutin}} {
		b.scope = s
		b.mark(t, "of another scope", roll.ErrReservation, marking(r))
		b.reserve(t, "reserve", nil, r)
		b.mark(t, "mark", nil, marking(r))
	}
}

func reopened(t *testing.T, b *bench) {
	r := reservation(0, 1)
	b.reserve(t, "reserve", nil, r)
	first := b.Store
	b.Store = b.open(t)
	if o := b.reserve(t, "another process", nil, reservation(0, 1)); o[0].Token != r.Token {
		t.Fatal("another process gives another authorisation")
	}
	b.mark(t, "another process", nil, marking(r))
	b.Store = first
	b.reserve(t, "after the other's mark", roll.ErrMarked, reservation(0, 1))
}

// concurrent has two processes reserve and mark the same electors at once.
func concurrent(t *testing.T, b *bench) {
	const n = 30
	stores := []roll.Store{b.Store, b.open(t)}
	var mu sync.Mutex
	tokens := map[uint32]map[[32]byte]bool{}
	var wg sync.WaitGroup
	for i := range uint32(n) {
		tokens[i] = map[[32]byte]bool{}
		for k := range 4 {
			wg.Go(func() {
				store, r := stores[k%2], reservation(0, i)
				o, err := store.Reserve(ctx, b.scope, []roll.Reservation{r})
				if err != nil || o[0].Err != nil && !errors.Is(o[0].Err, roll.ErrMarked) {
					t.Error(err, o)
					return
				}
				if o[0].Err != nil {
					return
				}
				mu.Lock()
				tokens[i][o[0].Token] = true
				mu.Unlock()
				r.Token = o[0].Token
				if o, err = store.Mark(ctx, b.scope, []roll.Marking{marking(r)}); err != nil || o[0].Err != nil {
					t.Error(err, o)
				}
			})
		}
	}
	wg.Wait()
	for i, seen := range tokens {
		if len(seen) != 1 {
			t.Errorf("elector %d had %d authorisations", i, len(seen))
		}
	}
	links := 0
	if err := b.Chain(ctx, b.scope, 0, func(roll.DatedMark) error { links++; return nil }); err != nil || links != n {
		t.Errorf("%d links for %d electors: %v", links, n, err)
	}
}
