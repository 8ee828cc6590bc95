package urntest

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"maps"
	"math"
	"slices"
	"testing"

	"isoloir/merkle"
	"isoloir/urn"
)

// An Open opens the store of that name, made at its first opening: two stores of
// one name are two processes at work on the same data.
type Open func(t testing.TB, name string) (store urn.Store, shut func() error)

// Exercise is the conformance suite of urn.Store. Names given to open are new in
// each test.
func Exercise(t *testing.T, open Open) {
	for name, test := range map[string]func(*testing.T, *bench){
		"repeated":    repeated,
		"refusals":    refusals,
		"copies":      copies,
		"closed":      closed,
		"revotes":     revotes,
		"void":        void,
		"unrolled":    unrolled,
		"flush":       flush,
		"checkpoints": checkpoints,
		"scopes":      scopes,
		"reopened":    reopened,
		"concurrent":  concurrent,
		"sequencers":  sequencers,
		"find":        find,
		"never":       never,
		"published":   published,
		"challenges":  challenges,
	} {
		t.Run(name, func(t *testing.T) { test(t, newBench(t, open)) })
	}
}

// bench is a store under test.
type bench struct {
	urn.Store
	*Fixture
	open func(t testing.TB) urn.Store // the same data again
}

var ctx = context.Background()

func newBench(t *testing.T, open Open) *bench {
	b := &bench{Fixture: New(t, Size{Urns: 2, Electors: 60, K: 3})}
	b.open = func(t testing.TB) urn.Store {
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
	if err := b.Store.Open(ctx, b.Scope, []uint16{0, 1}); err != nil {
		t.Fatal(err)
	}
	return b
}

// entry is an elector's first ballot with a fresh token.
func (b *bench) entry(t *testing.T, number, elector int) urn.Entry {
	return urn.Entry{Token: Token(), Ballot: b.Ballot(t, number, elector, 1).Envelope}
}

// want appends entries in one call and compares the answers.
func (b *bench) want(t *testing.T, what string, want error, entries ...urn.Entry) {
	t.Helper()
	got, err := b.Append(ctx, b.Scope, entries)
	if err != nil {
		t.Fatalf("%s: %v", what, err)
	}
	for i := range entries {
		if !errors.Is(got[i], want) {
			t.Fatalf("%s: entry %d: %v, not %v", what, i, got[i], want)
		}
	}
}

func (b *bench) flushAll(t *testing.T) int {
	t.Helper()
	n, err := b.Flush(ctx, b.Scope, urn.Everything)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func (b *bench) leaves(t *testing.T, number uint16) (out [][]byte) {
	t.Helper()
	if err := b.Leaves(ctx, b.Scope, number, 0, math.MaxInt64, func(leaf []byte) error {
		out = append(out, slices.Clone(leaf))
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return out
}

func repeated(t *testing.T, b *bench) {
	e := b.entry(t, 0, 0)
	b.want(t, "twice in one call", nil, e, e)
	b.want(t, "again", nil, e)
	if n, err := b.Pending(ctx, b.Scope); err != nil || !maps.Equal(n, map[uint16]int{0: 1}) {
		t.Fatalf("pending %v, %v", n, err)
	}
	if n := b.flushAll(t); n != 1 {
		t.Fatalf("%d ballots moved", n)
	}
	b.want(t, "after flush", nil, e)
	if n := b.flushAll(t); n != 0 {
		t.Fatalf("%d ballots moved by a second flush", n)
	}
	if got := b.leaves(t, 0); len(got) != 1 || !bytes.Equal(got[0], urn.CastLeaf(e.Ballot.Bytes())) {
		t.Fatalf("%d leaves", len(got))
	}
}

func refusals(t *testing.T, b *bench) {
	e, other := b.entry(t, 0, 0), b.entry(t, 0, 1)
	b.want(t, "first", nil, e)
	check := func(when string) {
		b.want(t, when+": token with another ballot", urn.ErrSpent, urn.Entry{Token: e.Token, Ballot: other.Ballot})
		b.want(t, when+": token with another ballot of the account", urn.ErrSpent, urn.Entry{Token: e.Token, Ballot: b.entry(t, 0, 0).Ballot})
		b.want(t, when+": account again", urn.ErrVoted, b.entry(t, 0, 0))
		b.want(t, when+": ballot again under another token", urn.ErrVoted, urn.Entry{Token: Token(), Ballot: e.Ballot})
	}
	check("pending")
	b.flushAll(t)
	check("in the log")
	// What was refused has left nothing.
	b.want(t, "the refused ballot with its own token", nil, other)
	a1, a2 := b.entry(t, 0, 2), b.entry(t, 0, 2)
	got, err := b.Append(ctx, b.Scope, []urn.Entry{a1, a2})
	if err != nil || got[0] != nil || !errors.Is(got[1], urn.ErrVoted) {
		t.Fatalf("two ballots of one account in one call: %v, %v", got, err)
	}
}

// graft replaces part of a ballot's bytes by that of another one.
func graft(t *testing.T, to, from urn.Envelope, at, n int) urn.Envelope {
	t.Helper()
	b := slices.Clone(to.Bytes())
	copy(b[at:at+n], from.Bytes()[at:at+n])
	e, err := urn.ReadEnvelope(b)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func copies(t *testing.T, b *bench) {
	victim := b.entry(t, 0, 0)
	b.want(t, "victim", nil, victim)
	at := urn.BallotSize(0) - 64 // of the first ciphertext: what precedes it, and no proof
	check := func(when string) {
		for number := range 2 {
			for half := range 2 {
				e := b.entry(t, number, 1)
				e.Ballot = graft(t, e.Ballot, victim.Ballot, at+32*half, 32)
				b.want(t, when, urn.ErrCopy, e)
			}
		}
	}
	check("pending")
	b.flushAll(t)
	check("in the log")
	b.want(t, "the copier's own ballot", nil, b.entry(t, 0, 1), b.entry(t, 1, 1))
	e1, e2 := b.entry(t, 0, 3), b.entry(t, 0, 4)
	e2.Ballot = graft(t, e2.Ballot, e1.Ballot, at, 64)
	got, err := b.Append(ctx, b.Scope, []urn.Entry{e1, e2})
	if err != nil || got[0] != nil || !errors.Is(got[1], urn.ErrCopy) {
		t.Fatalf("a copy in the same call: %v, %v", got, err)
	}
}

func closed(t *testing.T, b *bench) {
	in, late := b.entry(t, 0, 0), b.entry(t, 0, 1)
	b.want(t, "open", nil, in)
	never := urn.Scope{Organisation: b.Scope.Organisation, Scrutin: "never-opened"}
	if got, err := b.Append(ctx, never, []urn.Entry{late}); err != nil || !errors.Is(got[0], urn.ErrClosed) {
		t.Fatalf("an urn that was never opened: %v, %v", got, err)
	}
	again, missed := in, late
	again.Late, missed.Late = true, true
	b.want(t, "late, but there", nil, again)
	b.want(t, "late", urn.ErrClosed, missed)
	for range 2 {
		if err := b.Close(ctx, b.Scope, []uint16{0}); err != nil {
			t.Fatal(err)
		}
	}
	b.want(t, "closed", urn.ErrClosed, late)
	b.want(t, "closed, but there", nil, in)
	b.want(t, "the other urn", nil, b.entry(t, 1, 0))
	b.flushAll(t)
	b.want(t, "closed and in the log", nil, in)
	if fates, err := b.Void(ctx, b.Scope, 0, []urn.Hash{late.Token, in.Token}); err != nil || fates[0] != urn.Voided || fates[1] != urn.Appended {
		t.Fatalf("voids of a closed urn: %v, %v", fates, err)
	}
}

func revotes(t *testing.T, b *bench) {
	f := New(t, Size{Electors: 10, Revotes: 5})
	b.Fixture = f
	later := func(elector int, counter uint32, previous urn.Hash) urn.Entry {
		return urn.Entry{Ballot: f.Later(t, 0, elector, 1, counter, previous).Envelope}
	}
	for _, flushed := range []bool{false, true} {
		elector := 0
		if flushed {
			elector = 1
		}
		step := func() {
			if flushed {
				b.flushAll(t)
			}
		}
		first := b.entry(t, 0, elector)
		b.want(t, "a revote before the first ballot", urn.ErrCounter, later(elector, 1, first.Ballot.Hash()))
		b.want(t, "first", nil, first)
		step()
		b.want(t, "a gap", urn.ErrCounter, later(elector, 2, first.Ballot.Hash()))
		b.want(t, "another previous ballot", urn.ErrPrevious, later(elector, 1, Token()))
		second := later(elector, 1, first.Ballot.Hash())
		b.want(t, "second, and again", nil, second, second)
		step()
		b.want(t, "second once more", nil, second)
		b.want(t, "a fork", urn.ErrCounter, later(elector, 1, first.Ballot.Hash()))
		b.want(t, "the first one again", nil, first)
		b.want(t, "third", nil, later(elector, 2, second.Ballot.Hash()))
	}
	b.flushAll(t)
	if n := len(b.leaves(t, 0)); n != 6 {
		t.Fatalf("%d leaves", n)
	}
}

func void(t *testing.T, b *bench) {
	in, out, unknown := b.entry(t, 0, 0), b.entry(t, 0, 1), Token()
	b.want(t, "first", nil, in)
	for range 2 {
		fates, err := b.Void(ctx, b.Scope, 0, []urn.Hash{in.Token, out.Token})
		if err != nil || !slices.Equal(fates, []urn.Fate{urn.Appended, urn.Voided}) {
			t.Fatalf("void: %v, %v", fates, err)
		}
	}
	b.want(t, "a late ballot after void", urn.ErrVoid, out)
	b.flushAll(t)
	fates, err := b.Fates(ctx, b.Scope, 0, []urn.Hash{in.Token, out.Token, unknown})
	if err != nil || !slices.Equal(fates, []urn.Fate{urn.Appended, urn.Voided, urn.Unknown}) {
		t.Fatalf("fates: %v, %v", fates, err)
	}
	if fates, err = b.Fates(ctx, b.Scope, 1, []urn.Hash{in.Token}); err != nil || fates[0] != urn.Unknown {
		t.Fatalf("fates are those of another urn: %v, %v", fates, err)
	}
	out.Token = Token()
	b.want(t, "the same ballot under a new authorisation", nil, out)
}

func flush(t *testing.T, b *bench) {
	for i := range 10 {
		b.want(t, "append", nil, b.entry(t, 0, i))
	}
	b.want(t, "the small urn", nil, b.entry(t, 1, 0))
	plan := urn.Scheduled(3)
	for _, want := range []int{7, 0} {
		if n, err := b.Flush(ctx, b.Scope, plan); err != nil || n != want {
			t.Fatalf("%d moved, not %d: %v", n, want, err)
		}
	}
	if n, err := b.Pending(ctx, b.Scope); err != nil || !maps.Equal(n, map[uint16]int{0: 3, 1: 1}) {
		t.Fatalf("pending %v, %v", n, err)
	}
	b.want(t, "after a flush", nil, b.entry(t, 0, 10))
	b.flushAll(t)
	leaves := b.leaves(t, 0)
	if size, err := b.Size(ctx, b.Scope, 0); err != nil || size != 11 || len(leaves) != 11 {
		t.Fatalf("size %d, %d leaves, %v", size, len(leaves), err)
	}
	for i, leaf := range leaves {
		h := sha256.Sum256(leaf)
		if i == 0 || i == 7 {
			continue
		}
		if before := sha256.Sum256(leaves[i-1]); bytes.Compare(before[:], h[:]) >= 0 {
			t.Fatalf("leaves %d and %d are not in order", i-1, i)
		}
	}
}

func checkpoints(t *testing.T, b *bench) {
	heads := func() []urn.Head {
		h, err := b.Unsigned(ctx, b.Scope, 0)
		if err != nil {
			t.Fatal(err)
		}
		return h
	}
	if h := heads(); len(h) != 1 || h[0].Number != 0 || h[0].Tree.Size() != 0 {
		t.Fatalf("heads of a new urn: %v", h)
	}
	for i := range 4 {
		b.want(t, "append", nil, b.entry(t, 0, i))
		b.flushAll(t)
	}
	h := heads()
	if len(h) != 5 {
		t.Fatalf("%d heads", len(h))
	}
	var tree merkle.Frontier
	for i, leaf := range b.leaves(t, 0) {
		tree.Append(leaf)
		if h[i+1].Number != uint64(i+1) || h[i+1].Tree.Root() != tree.Root() {
			t.Fatalf("head %d has another root", i+1)
		}
	}
	for _, text := range []string{"first", "second"} {
		if err := b.Sign(ctx, b.Scope, 0, 1, []byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	if h := heads(); len(h) != 4 {
		t.Fatalf("%d heads unsigned after one was signed", len(h))
	}
	if err := b.Checkpoints(ctx, b.Scope, 0, func(c []byte) error {
		if string(c) != "first" {
			t.Errorf("a checkpoint was replaced by %q", c)
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
}

func scopes(t *testing.T, b *bench) {
	e := b.entry(t, 0, 0)
	for _, s := range []urn.Scope{b.Scope, {Organisation: b.Scope.Organisation, Scrutin: "other"}, {Organisation: "other", Scrutin: b.Scope.Scrutin}} {
		if err := b.Store.Open(ctx, s, []uint16{0}); err != nil {
			t.Fatal(err)
		}
		if got, err := b.Append(ctx, s, []urn.Entry{e}); err != nil || got[0] != nil {
			t.Fatalf("scope %v: %v, %v", s, got, err)
		}
		if n, err := b.Flush(ctx, s, urn.Everything); err != nil || n != 1 {
			t.Fatalf("scope %v: %d moved, %v", s, n, err)
		}
	}
}

func reopened(t *testing.T, b *bench) {
	first, second := b.entry(t, 0, 0), b.entry(t, 0, 1)
	b.want(t, "first", nil, first)
	other := b.open(t)
	if got, err := other.Append(ctx, b.Scope, []urn.Entry{first, second}); err != nil || got[0] != nil || got[1] != nil {
		t.Fatalf("another process: %v, %v", got, err)
	}
	if n, err := other.Flush(ctx, b.Scope, urn.Everything); err != nil || n != 2 {
		t.Fatalf("another process: %d moved, %v", n, err)
	}
	b.want(t, "after the other's flush", nil, first, second)
	b.want(t, "after the other's flush", urn.ErrVoted, b.entry(t, 0, 1))
}
