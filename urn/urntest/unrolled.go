package urntest

import (
	"bytes"
	"testing"

	"isoloir/urn"
)

// unrolled is an urn without a roll: no ballot comes with a token, and an account is told
// how its own stand.
func unrolled(t *testing.T, b *bench) {
	f := New(t, Size{Urns: 2, Electors: 10, Revotes: 5, Register: true})
	b.Fixture = f
	entry := func(elector int, counter uint32, previous urn.Hash) urn.Entry {
		return urn.Entry{Ballot: f.Later(t, 0, elector, 1, counter, previous).Envelope}
	}
	stands := func(when string, number uint16, elector int, ballots uint32, last urn.Hash) {
		t.Helper()
		c, err := b.Chains(ctx, b.Scope, number, [32]byte(f.Keys[0][32*elector:]))
		if err != nil || c != (urn.Chains{Cast: urn.Chain{Ballots: ballots, Last: last}}) {
			t.Fatalf("%s: %v, %v; not %d ballots and %x", when, c, err, ballots, last)
		}
	}
	stands("before any batch key", 0, 0, 0, urn.Hash{})
	first := entry(0, 0, urn.Hash{})
	b.want(t, "first, and again", nil, first, first)
	b.want(t, "another first one of the account", urn.ErrVoted, entry(0, 0, urn.Hash{}))
	b.want(t, "somebody else's", nil, entry(1, 0, urn.Hash{}))
	stands("pending", 0, 0, 1, first.Ballot.Hash())
	stands("who has none", 0, 2, 0, urn.Hash{})
	stands("in another urn", 1, 0, 0, urn.Hash{})
	if n := b.flushAll(t); n != 2 {
		t.Fatalf("%d ballots moved", n)
	}
	b.want(t, "in the log, again", nil, first)
	b.want(t, "in the log, another first one", urn.ErrVoted, entry(0, 0, urn.Hash{}))
	stands("in the log", 0, 0, 1, first.Ballot.Hash())
	second := entry(0, 1, first.Ballot.Hash())
	b.want(t, "second", nil, second)
	stands("one in the log, one pending", 0, 0, 2, second.Ballot.Hash())
	third := entry(0, 2, second.Ballot.Hash())
	b.want(t, "third", nil, third)
	stands("one in the log, two pending", 0, 0, 3, third.Ballot.Hash())
	b.flushAll(t)
	stands("all in the log", 0, 0, 3, third.Ballot.Hash())
	supervised := func(elector int, place uint32, previous urn.Hash) urn.Entry {
		e := entry(elector, urn.SupervisedCounter+place, previous)
		e.Vouch = urn.NewVouch(f.Rules[0], f.Terminal, e.Ballot.Hash())
		return e
	}
	kiosk := supervised(0, 0, urn.Hash{})
	b.want(t, "at the terminal, and again", nil, kiosk, kiosk)
	b.want(t, "at the terminal, another first one", urn.ErrVoted, supervised(0, 0, urn.Hash{}))
	b.want(t, "at the terminal, after what was cast elsewhere", urn.ErrPrevious, supervised(0, 1, third.Ballot.Hash()))
	for elector := 4; elector < 8; elector++ {
		b.want(t, "somebody else's, elsewhere", nil, entry(elector, 0, urn.Hash{}))
	}
	if n, err := b.Flush(ctx, b.Scope, urn.Scheduled(2)); err != nil || n != 2 {
		t.Fatalf("%d ballots moved: %v", n, err)
	}
	for _, leaf := range b.leaves(t, 0) {
		if urn.LeafType(leaf[0]) == urn.Supervised {
			t.Fatal("the only ballot from a terminal entered the log beside others")
		}
	}
	b.flushAll(t)
	last := supervised(0, 1, kiosk.Ballot.Hash())
	b.want(t, "at the terminal once more", nil, last)
	b.want(t, "elsewhere, after the terminal", nil, entry(0, 3, third.Ballot.Hash()))
	chains, err := b.Chains(ctx, b.Scope, 0, [32]byte(f.Keys[0]))
	if err != nil || chains.Cast.Ballots != 4 || chains.Supervised != (urn.Chain{Ballots: 2, Last: last.Ballot.Hash()}) {
		t.Fatalf("both chains: %+v, %v", chains, err)
	}
	b.flushAll(t)
	if n, err := b.Voters(ctx, b.Scope, 0); err != nil || n != 6 {
		t.Fatalf("%d voters: %v", n, err)
	}
	found := false
	for _, leaf := range b.leaves(t, 0) {
		found = found || bytes.Equal(leaf, last.Leaf())
	}
	if !found {
		t.Fatal("the terminal's word is not in the log")
	}
	if fates, err := b.Fates(ctx, b.Scope, 0, []urn.Hash{{}}); err != nil || fates[0] != urn.Unknown {
		t.Fatalf("a ballot without authorisation has spent one: %v, %v", fates, err)
	}
}
