package voter_test

import (
	"bytes"
	"context"
	"errors"
	"testing"
	"time"

	"isoloir/roll"
	"isoloir/urn"
	"isoloir/urn/urntest"
	"isoloir/voter"
)

func TestCast(t *testing.T) {
	e := newElection(t, urntest.Size{Urns: 2, Electors: 30, Questions: 2})
	r, u := openStores(t, t.TempDir())
	defer r.Shut()
	defer u.Shut()
	e.start(t, r, u, time.Now)
	for i := range 20 {
		d := e.device(t, i%2, i, i)
		if err := d.Cast(ctx, e.roll, e.urn); err != nil {
			t.Fatal(err)
		}
		if d.Stage() != voter.Marked || len(d.Promise()) == 0 || len(d.Mark()) == 0 {
			t.Fatalf("stage %d", d.Stage())
		}
	}
	if err := e.device(t, 0, 0, 2).Cast(ctx, e.roll, e.urn); !errors.Is(err, roll.ErrMarked) {
		t.Errorf("a second vote: %v", err)
	}
	if err := e.urn.Close(ctx); err != nil {
		t.Fatal(err)
	}
	if err := e.device(t, 0, 22, 2).Cast(ctx, e.roll, e.urn); !errors.Is(err, urn.ErrClosed) {
		t.Errorf("after close: %v", err)
	}
	if got, err := e.roll.Settle(ctx, voter.RemoteUrn(func(ctx context.Context, q []byte) ([]byte, error) {
		return e.urn.ServeFate(ctx, q), nil
	}), time.Now().Add(time.Hour)); err != nil || got != (roll.Reconciliation{Released: 1}) {
		t.Errorf("settled: %+v, %v", got, err)
	}
	book := urn.NewBook()
	for number := range 2 {
		c, err := e.Count(t, e.urn, number, book)
		if err != nil {
			t.Fatal(err)
		}
		var marks bytes.Buffer
		st, err := e.roll.Statement(ctx, uint16(number), &marks)
		if err != nil || c.Ballots != 10 || st.Marks != 10 {
			t.Errorf("urn %d: %d ballots, %+v, %v", number, c.Ballots, st, err)
		}
	}
}

// liar is a service between the device and the true ones.
type liar struct {
	*election
	reserve, append, mark func(true []byte) []byte
}

func (l *liar) pass(f func([]byte) []byte, b []byte) []byte {
	if f != nil {
		return f(b)
	}
	return b
}
func (l *liar) ServeReserve(ctx context.Context, q []byte) []byte {
	return l.pass(l.reserve, l.roll.ServeReserve(ctx, q))
}
func (l *liar) ServeAppend(ctx context.Context, q []byte) []byte {
	return l.pass(l.append, l.urn.ServeAppend(ctx, q))
}
func (l *liar) ServeMark(ctx context.Context, q []byte) []byte {
	return l.pass(l.mark, l.roll.ServeMark(ctx, q))
}

// TestLies has services answer with what belongs to others: the device says so
// (row B01), and goes on when the truth comes.
func TestLies(t *testing.T) {
	e := newElection(t, urntest.Size{Electors: 30})
	r, u := openStores(t, t.TempDir())
	defer r.Shut()
	defer u.Shut()
	e.start(t, r, u, time.Now)
	neighbour := &liar{election: e}
	var reserved, appended, marked []byte
	neighbour.reserve = func(b []byte) []byte { reserved = b; return b }
	neighbour.append = func(b []byte) []byte { appended = b; return b }
	neighbour.mark = func(b []byte) []byte { marked = b; return b }
	if err := e.device(t, 0, 29, 1).Cast(ctx, neighbour, neighbour); err != nil {
		t.Fatal(err)
	}
	theirs, err := urn.ParseAppendAnswer(appended)
	if err != nil {
		t.Fatal(err)
	}
	say := func(b []byte) func([]byte) []byte { return func([]byte) []byte { return b } }
	edit := func(f func(a *urn.AppendAnswer)) func([]byte) []byte {
		return func(b []byte) []byte {
			a, err := urn.ParseAppendAnswer(b)
			if err != nil {
				t.Fatal(err)
			}
			f(&a)
			return a.Bytes()
		}
	}
	for i, c := range []struct {
		name string
		lie  liar
		want error
	}{
		{"the promise of another ballot", liar{append: edit(func(a *urn.AppendAnswer) { a.Promise = theirs.Promise })}, voter.ErrAnswer},
		{"the receipt of another authorisation", liar{append: edit(func(a *urn.AppendAnswer) { a.Receipt = theirs.Receipt })}, voter.ErrAnswer},
		{"promise and receipt exchanged", liar{append: edit(func(a *urn.AppendAnswer) { a.Promise, a.Receipt = a.Receipt, a.Promise })}, voter.ErrAnswer},
		{"no promise", liar{append: edit(func(a *urn.AppendAnswer) { a.Promise = nil })}, voter.ErrAnswer},
		{"another elector's whole answer", liar{append: say(appended)}, voter.ErrAnswer},
		{"another elector's mark", liar{mark: say(marked)}, voter.ErrAnswer},
		{"nonsense from the roll", liar{reserve: say([]byte{77})}, roll.ErrFormat},
		{"nonsense from the urn", liar{append: say([]byte{0, 1})}, urn.ErrFormat},
		{"nothing", liar{mark: say(nil)}, roll.ErrFormat},
		{"a false refusal", liar{append: say(urn.AppendAnswer{Err: urn.ErrBusy}.Bytes())}, urn.ErrBusy},
		{"an authorisation with another τ", liar{reserve: func(b []byte) []byte { b = bytes.Clone(b); b[5] ^= 1; return b }}, voter.ErrAnswer},
		{"another elector's authorisation", liar{reserve: say(reserved)}, voter.ErrAnswer},
	} {
		c.lie.election = e
		d := e.device(t, 0, i, 1)
		if err := d.Cast(ctx, &c.lie, &c.lie); !errors.Is(err, c.want) || d.Stage() == voter.Marked {
			t.Errorf("%s: %v, not %v, stage %d", c.name, err, c.want, d.Stage())
		}
		if err := d.Cast(ctx, e.roll, e.urn); err != nil {
			t.Errorf("%s, and then the truth: %v", c.name, err)
		}
	}
}

// TestReleased frees an elector who lost his device, and then finds it again.
func TestReleased(t *testing.T) {
	e := newElection(t, urntest.Size{Electors: 5})
	r, u := openStores(t, t.TempDir())
	defer r.Shut()
	defer u.Shut()
	e.start(t, r, u, time.Now)
	lost := e.device(t, 0, 0, 0)
	if err := lost.Step(ctx, e.roll, e.urn); err != nil {
		t.Fatal(err)
	}
	if err := e.roll.Release(ctx, e.urn, 0, 0); err != nil {
		t.Fatal(err)
	}
	if err := lost.Step(ctx, e.roll, e.urn); !errors.Is(err, urn.ErrVoid) || lost.Stage() != voter.Made {
		t.Fatalf("a late ballot after void: %v, stage %d", err, lost.Stage())
	}
	if err := e.device(t, 0, 0, 1).Cast(ctx, e.roll, e.urn); err != nil {
		t.Fatal(err)
	}
	if err := lost.Cast(ctx, e.roll, e.urn); !errors.Is(err, roll.ErrMarked) {
		t.Errorf("the found device after the vote: %v", err)
	}
}
