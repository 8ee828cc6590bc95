// Package journaltest is what every engine of journal.Store must do, as tests that each of them runs. No command imports it.
package journaltest

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"isoloir/bve/journal"
	"isoloir/scrutin"
	"isoloir/scrutin/scrutintest"
)

var ctx = context.Background()

// Noon is the hour of the tests.
var Noon = time.Date(2026, 11, 30, 12, 0, 0, 0, time.UTC)

// A Bench is a journal under test, over a store, with the keys of everybody.
type Bench struct {
	*scrutintest.Fixture
	Store journal.Store
	At    time.Time
	Admit func(before []*journal.Entry, e *journal.Entry) error
}

// NewBench makes a scrutin whose journal is in a store.
func NewBench(t testing.TB, s journal.Store) *Bench {
	t.Helper()
	return &Bench{Fixture: scrutintest.New(t, scrutintest.Options{}), Store: s, At: Noon}
}

// Open opens the journal, as another process would.
func (b *Bench) Open(t testing.TB) *journal.Journal {
	t.Helper()
	j, err := journal.Open(ctx, journal.Config{Store: b.Store, Manifest: b.Manifest, Fingerprint: b.Fingerprint, Signer: b.Signers["contents"],
		Now: func() time.Time { return b.At }, Admit: b.Admit})
	if err != nil {
		t.Fatal(err)
	}
	return j
}

// Signed is a statement of a member, who saw a head.
func (b *Bench) Signed(t testing.TB, by string, seen scrutin.Digest, body journal.Body) []byte {
	t.Helper()
	s := journal.Statement{Manifest: b.Fingerprint, By: by, Session: 1, Time: scrutin.TimeOf(b.At), Nonce: journal.NewNonce(), Seen: seen, Body: body}
	data, err := s.Sign(b.Signers[by])
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// Exercise runs the suite. Open opens the store of a name, of another name another one, of the same the same again.
func Exercise(t *testing.T, open func(t testing.TB, name string) journal.Store) {
	for _, test := range []struct {
		name string
		run  func(*testing.T, func(testing.TB, string) journal.Store)
	}{
		{"rows", rows}, {"facts", facts}, {"journal", keeping}, {"two processes", twoProcesses}, {"scrutins apart", apart},
	} {
		t.Run(test.name, func(t *testing.T) { test.run(t, open) })
	}
}

func random(t testing.TB) (d scrutin.Digest) {
	rand.Read(d[:])
	return d
}

// rows asks for what the interface says of Append and Rows, without a journal.
func rows(t *testing.T, open func(testing.TB, string) journal.Store) {
	s := open(t, "rows")
	f := random(t)
	row := func(n int) journal.Row {
		return journal.Row{Number: n, Seconds: Noon.Unix() + int64(n), Text: random(t), Head: random(t), Note: []byte(fmt.Sprint("note ", n))}
	}
	first, second := row(1), row(2)
	for _, c := range []struct {
		what string
		r    journal.Row
		want error
	}{
		{"a row without the one before it", second, journal.ErrTaken},
		{"the first row", first, nil},
		{"the same again", first, nil},
		{"another one in its place", row(1), journal.ErrTaken},
		{"its text in the next place", journal.Row{Number: 2, Text: first.Text, Head: second.Head, Note: first.Note}, journal.ErrTaken},
		{"its text with another head", journal.Row{Number: 1, Text: first.Text, Head: second.Head, Note: first.Note}, journal.ErrTaken},
		{"the second row", second, nil},
		{"a gap", row(4), journal.ErrTaken},
	} {
		if err := s.Append(ctx, f, c.r); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", c.what, err, c.want)
		}
	}
	for after, want := range [][]journal.Row{{first, second}, {second}, nil} {
		got, err := s.Rows(ctx, f, after)
		if err != nil || !slices.EqualFunc(got, want, func(a, b journal.Row) bool {
			return a.Number == b.Number && a.Seconds == b.Seconds && a.Text == b.Text && a.Head == b.Head && bytes.Equal(a.Note, b.Note)
		}) {
			t.Errorf("after %d: %v, %v", after, got, err)
		}
	}
	if err := s.Shut(); err != nil {
		t.Fatal(err)
	}
	s = open(t, "rows")
	defer s.Shut()
	if got, err := s.Rows(ctx, f, 0); err != nil || len(got) != 2 {
		t.Errorf("after it was opened again: %v, %v", got, err)
	}
}

// facts asks the same of Keep, Fact and Facts.
func facts(t *testing.T, open func(testing.TB, string) journal.Store) {
	s := open(t, "facts")
	defer s.Shut()
	f := random(t)
	if err := s.Keep(ctx, f, journal.Fact{Kind: "b", Name: "2", Value: []byte("two")}, journal.Fact{Kind: "b", Name: "1"}); err != nil {
		t.Fatal(err)
	}
	if err := s.Keep(ctx, f, journal.Fact{Kind: "a", Name: "3"}, journal.Fact{Kind: "b", Name: "2", Value: []byte("other")}); !errors.Is(err, journal.ErrTaken) {
		t.Errorf("a fact that is there: %v", err)
	}
	if _, known, err := s.Fact(ctx, f, "a", "3"); known || err != nil {
		t.Errorf("half of what was refused is there: %v", err)
	}
	if v, known, err := s.Fact(ctx, f, "b", "2"); !known || string(v) != "two" || err != nil {
		t.Errorf("%q, %v, %v", v, known, err)
	}
	if all, err := s.Facts(ctx, f, "b"); err != nil || len(all) != 2 || all[0].Name != "1" || len(all[0].Value) != 0 || all[1].Name != "2" {
		t.Errorf("%v, %v", all, err)
	}
	var wg sync.WaitGroup
	var mu sync.Mutex
	won := 0
	for i := range 16 {
		wg.Go(func() {
			err := s.Keep(ctx, f, journal.Fact{Kind: "once", Name: "x", Value: []byte{byte(i)}})
			mu.Lock()
			defer mu.Unlock()
			if err == nil {
				won++
			} else if !errors.Is(err, journal.ErrTaken) {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if won != 1 {
		t.Errorf("%d of 16 have kept the one fact", won)
	}
}

// keeping goes through a journal's life.
func keeping(t *testing.T, open func(testing.TB, string) journal.Store) {
	b := NewBench(t, open(t, "journal"))
	defer func() { b.Store.Shut() }()
	j := b.Open(t)
	signed := b.Signed(t, "member-1", scrutin.Digest{}, journal.SessionOpen{Purpose: "constitution"})
	first, err := j.Add(ctx, signed)
	if err != nil || first.Number != 1 || first.Time != scrutin.TimeOf(Noon) {
		t.Fatalf("%+v, %v", first, err)
	}
	b.At = Noon.Add(-time.Hour) // a clock that goes back does not take the journal along
	second, err := j.Say(ctx, 1, journal.Alert{What: journal.AlertClock, Severity: journal.Warning, Source: "urn"})
	if err != nil || second.Number != 2 || second.Time != first.Time {
		t.Fatalf("%+v, %v", second, err)
	}
	b.At = Noon.Add(time.Hour)
	third, err := j.Add(ctx, b.Signed(t, "member-2", second.Head, journal.Present{}))
	if err != nil {
		t.Fatal(err)
	}
	if again, err := j.Add(ctx, signed); err != nil || again.Number != 1 || again.Head != first.Head {
		t.Errorf("the same statement again: %+v, %v", again, err)
	}
	if err := b.Store.Shut(); err != nil {
		t.Fatal(err)
	}
	b.Store = open(t, "journal")
	j = b.Open(t)
	if p := j.Place(); p.Number != 3 || p.Head != third.Head {
		t.Fatalf("opened again it ends at %+v", p)
	}
	stored, err := b.Store.Rows(ctx, b.Fingerprint, 0)
	if err != nil {
		t.Fatal(err)
	}
	if place, flaws := journal.Verify(b.Manifest, b.Fingerprint, stored, third.Head); len(flaws) > 0 || place.Head != third.Head {
		t.Errorf("%v", flaws)
	}
}

// twoProcesses has two journals write to one store side by side: nothing is lost, doubled or in two places.
func twoProcesses(t *testing.T, open func(testing.TB, string) journal.Store) {
	b := NewBench(t, open(t, "two"))
	defer b.Store.Shut()
	other := *b
	other.Store = open(t, "two")
	defer other.Store.Shut()
	all := []*journal.Journal{b.Open(t), other.Open(t)}
	const each = 20
	same := b.Signed(t, "member-1", scrutin.Digest{}, journal.Present{})
	var wg sync.WaitGroup
	for _, j := range all {
		wg.Go(func() {
			for range each {
				if _, err := j.Say(ctx, 0, journal.Alert{What: journal.AlertDisk, Severity: journal.Critical, Source: "roll"}); err != nil {
					t.Error(err)
				}
			}
		})
		wg.Go(func() {
			if _, err := j.Add(ctx, same); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	for _, j := range all {
		if err := j.Refresh(ctx); err != nil {
			t.Fatal(err)
		}
	}
	if a, b := all[0].Place(), all[1].Place(); a != b || a.Number != 2*each+1 {
		t.Errorf("%d and %d entries, want %d", a.Number, b.Number, 2*each+1)
	}
}

// apart keeps two scrutins in one store.
func apart(t *testing.T, open func(testing.TB, string) journal.Store) {
	s := open(t, "apart")
	defer s.Shut()
	one, two := NewBench(t, s), NewBench(t, s)
	if _, err := one.Open(t).Say(ctx, 0, journal.Invited{Member: "member-1"}); err != nil {
		t.Fatal(err)
	}
	j := two.Open(t)
	if p := j.Place(); p.Number != 0 {
		t.Errorf("the other scrutin's journal has %d entries", p.Number)
	}
	signed := one.Signed(t, "member-1", scrutin.Digest{}, journal.Present{})
	if _, err := j.Add(ctx, signed); !errors.Is(err, scrutin.ErrOtherScrutin) {
		t.Errorf("a statement about another scrutin: %v", err)
	}
}
