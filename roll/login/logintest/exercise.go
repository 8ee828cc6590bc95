package logintest

import (
	"context"
	"crypto/rand"
	"errors"
	"sync"
	"sync/atomic"
	"testing"

	"isoloir/roll"
	"isoloir/roll/login"
)

// An Open opens the store of that name, made at its first opening: two stores of one
// name are two processes at work on the same data.
type Open func(t testing.TB, name string) (store login.Store, shut func() error)

// Exercise is the conformance suite of login.Store; rolltest.Exercise is that of the
// roll within it. Names given to open are new in each test.
func Exercise(t *testing.T, open Open) {
	for name, test := range map[string]func(*testing.T, *bench){
		"begun":      begun,
		"changed":    changed,
		"replaced":   replaced,
		"swept":      swept,
		"concurrent": concurrent,
	} {
		t.Run(name, func(t *testing.T) { test(t, newBench(t, open)) })
	}
}

// bench is a store under test.
type bench struct {
	login.Store
	scope roll.Scope
	open  func(t testing.TB) login.Store // the same data again
}

var ctx = context.Background()

func newBench(t *testing.T, open Open) *bench {
	b := &bench{scope: roll.Scope{Organisation: "ville", Scrutin: "conseil-2026"}}
	b.open = func(t testing.TB) login.Store {
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

func session(urn uint16, elector uint32) login.Session {
	s := login.Session{Place: roll.Place{Urn: urn, Elector: elector}, Begun: 1_700_000_000, Expires: 1_700_001_200}
	rand.Read(s.ID[:])
	rand.Read(s.Challenge[:])
	return s
}

// begin wants an answer for each session.
func (b *bench) begin(t *testing.T, what string, want error, sessions ...login.Session) {
	t.Helper()
	got, err := b.Begin(ctx, b.scope, sessions)
	if err != nil || len(got) != len(sessions) {
		t.Fatalf("%s: %v", what, err)
	}
	for _, err := range got {
		if !errors.Is(err, want) {
			t.Fatalf("%s: %v, not %v", what, err, want)
		}
	}
}

// is wants a session, or none.
func (b *bench) is(t *testing.T, what string, want login.Session, there bool) {
	t.Helper()
	got, err := b.Session(ctx, b.scope, want.ID)
	if there && (err != nil || got != want) || !there && !errors.Is(err, roll.ErrSession) {
		t.Fatalf("%s: %+v, %v", what, got, err)
	}
}

func begun(t *testing.T, b *bench) {
	first, second := session(0, 1), session(0, 1)
	b.is(t, "before it begins", first, false)
	b.begin(t, "two of one elector", nil, first, second)
	b.is(t, "the first", first, true)
	b.is(t, "the second", second, true)
	again := session(0, 1)
	again.Challenge = first.Challenge
	b.begin(t, "the same challenge", roll.ErrSession, again)
	b.is(t, "of the same challenge", again, false)
	twins := []login.Session{session(1, 2), session(1, 3)}
	twins[1].Challenge = twins[0].Challenge
	if got, err := b.Begin(ctx, b.scope, twins); err != nil || got[0] != nil || !errors.Is(got[1], roll.ErrSession) {
		t.Fatalf("twins: %v, %v", got, err)
	}
	b.Store = b.open(t)
	b.is(t, "in another process", first, true)
	b.begin(t, "the same challenge in another process", roll.ErrSession, again)
	b.scope.Scrutin = "other"
	b.is(t, "in another scope", first, false)
	b.begin(t, "in another scope", nil, first)
}

func changed(t *testing.T, b *bench) {
	s, other := session(0, 1), session(0, 2)
	b.begin(t, "begin", nil, s, other)
	do := func(id roll.Hash, do func(*login.Session)) login.Change { return login.Change{ID: id, Do: do} }
	got, err := b.Change(ctx, b.scope, []login.Change{
		do(s.ID, func(s *login.Session) { s.Tries++ }),
		do(session(0, 3).ID, func(*login.Session) { t.Error("done to no session") }),
		do(s.ID, func(s *login.Session) { s.Tries++; s.Proved, s.Extensions = 2, 3 }),
		do(s.ID, func(s *login.Session) { s.Expires, s.Code, s.CodeExpires = 5, roll.Hash{1, 2}, 7 }),
		do(other.ID, func(*login.Session) {}),
	})
	if err != nil || len(got) != 5 || got[0] != nil || !errors.Is(got[1], roll.ErrSession) || got[2] != nil || got[3] != nil || got[4] != nil {
		t.Fatalf("%v, %v", got, err)
	}
	s.Tries, s.Proved, s.Extensions, s.Expires, s.Code, s.CodeExpires = 2, 2, 3, 5, roll.Hash{1, 2}, 7
	b.is(t, "changed", s, true)
	b.is(t, "not changed", other, true)
	b.Store = b.open(t)
	b.is(t, "changed, in another process", s, true)
}

func deposit(p roll.Place, issuer int, generation uint32) roll.Deposit {
	d := roll.Deposit{Place: p, Issuer: issuer}
	d.Generation = generation
	rand.Read(d.Half.Login[:])
	return d
}

// replaced ends the sessions of an elector, and of nobody else, by a newer deposit.
func replaced(t *testing.T, b *bench) {
	s, other := session(0, 1), session(0, 2)
	first := deposit(s.Place, 0, 1)
	put := func(deposits ...roll.Deposit) {
		t.Helper()
		if err := b.Deposit(ctx, b.scope, deposits); err != nil {
			t.Fatal(err)
		}
	}
	put(first)
	b.begin(t, "begin", nil, s, other)
	put(first, deposit(s.Place, 0, 0))
	b.is(t, "after the same and an older deposit", s, true)
	if err := b.Deposit(ctx, b.scope, []roll.Deposit{deposit(other.Place, 0, 4), deposit(s.Place, 0, 1)}); !errors.Is(err, roll.ErrDeposit) {
		t.Fatal(err)
	}
	b.is(t, "after a refused deposit", other, true)
	put(deposit(s.Place, 0, 2))
	b.is(t, "after a newer deposit", s, false)
	b.is(t, "another elector's", other, true)
	if got, err := b.Change(ctx, b.scope, []login.Change{{ID: s.ID, Do: func(*login.Session) { t.Error("changed") }}}); err != nil || !errors.Is(got[0], roll.ErrSession) {
		t.Fatal(got, err)
	}
}

func swept(t *testing.T, b *bench) {
	old, young := session(0, 1), session(0, 2)
	old.Expires--
	b.begin(t, "begin", nil, old, young)
	if err := b.Sweep(ctx, roll.Scope{Organisation: "other"}, young.Expires+100); err != nil {
		t.Fatal(err)
	}
	b.is(t, "swept in another scope", old, true)
	if err := b.Sweep(ctx, b.scope, young.Expires); err != nil {
		t.Fatal(err)
	}
	b.is(t, "the old one", old, false)
	b.is(t, "the young one", young, true)
}

// concurrent has two processes count in one session, and answer one challenge.
func concurrent(t *testing.T, b *bench) {
	const n = 20
	stores := []login.Store{b.Store, b.open(t)}
	s := session(0, 1)
	b.begin(t, "begin", nil, s)
	var wg sync.WaitGroup
	var won atomic.Int32
	for i := range n {
		wg.Go(func() {
			if got, err := stores[i%2].Change(ctx, b.scope, []login.Change{{ID: s.ID, Do: func(s *login.Session) { s.Tries++ }}}); err != nil || got[0] != nil {
				t.Error(got, err)
			}
			twin := session(0, 1)
			twin.Challenge = [16]byte{1}
			got, err := stores[i%2].Begin(ctx, b.scope, []login.Session{twin})
			if err != nil {
				t.Error(err)
			} else if got[0] == nil {
				won.Add(1)
			}
		})
	}
	wg.Wait()
	s.Tries = n
	b.is(t, "counted by two processes", s, true)
	if won.Load() != 1 {
		t.Errorf("%d sessions answer one challenge", won.Load())
	}
}
