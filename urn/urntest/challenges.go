package urntest

import (
	"bytes"
	"errors"
	"slices"
	"testing"

	"isoloir/urn"
)

// challenge asks the store to keep a challenge, with room for two.
func (b *bench) challenge(t *testing.T, what string, want error, number uint16, c urn.Challenge) {
	t.Helper()
	ciphertexts, err := b.Rules[number].Ciphertexts(c)
	if err != nil {
		t.Fatal(err)
	}
	if err := b.Challenge(ctx, b.Scope, urn.ChallengeEntry{Urn: number, Name: c.Name, Record: c.Bytes(), Ciphertexts: ciphertexts, Most: 2}); !errors.Is(err, want) {
		t.Fatalf("%s: %v, not %v", what, err, want)
	}
}

// listed are the names of an urn's challenges, and the codes of those contested.
func (b *bench) listed(t *testing.T, number uint16, from urn.Hash, most int) (names, codes []urn.Hash) {
	t.Helper()
	if err := b.Challenges(ctx, b.Scope, number, from, most, func(code urn.Hash, record []byte) error {
		names, codes = append(names, urn.Hash(record)), append(codes, code)
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return names, codes
}

// challenges keeps apart what is cast and what is opened, in whatever order they come.
func challenges(t *testing.T, b *bench) {
	contest := func(what string, want error, number uint16, code urn.Hash) {
		t.Helper()
		if err := b.Contest(ctx, b.Scope, number, code); !errors.Is(err, want) {
			t.Fatalf("%s: %v, not %v", what, err, want)
		}
	}
	cast, late := b.Opened(t, 0, 0, 1)
	entry := urn.Entry{Token: Token(), Ballot: cast.Envelope}
	b.want(t, "a ballot", nil, entry)
	b.challenge(t, "a pending ballot challenged", urn.ErrCopy, 0, late)
	b.challenge(t, "the same in another urn", urn.ErrCopy, 1, late)
	if b.flushAll(t) != 1 {
		t.Fatal("one ballot waited")
	}
	b.challenge(t, "a ballot of the log challenged", urn.ErrCopy, 0, late)

	opened, c := b.Opened(t, 0, 1, 1)
	b.challenge(t, "a challenge", nil, 0, c)
	b.challenge(t, "the same again", nil, 0, c)
	other := c
	other.Name = urn.NameOf(urn.Hash{1})
	b.challenge(t, "its coins in another one", urn.ErrCopy, 0, other)
	b.challenge(t, "its coins in another urn", urn.ErrCopy, 1, other)
	boxed := c
	boxed.Box = bytes.Repeat([]byte{7}, len(c.Box))
	b.challenge(t, "another box under its name", urn.ErrCopy, 0, boxed)
	b.want(t, "a challenged ballot cast", urn.ErrCopy, urn.Entry{Token: Token(), Ballot: opened.Envelope})
	b.want(t, "another one of the same account", nil, b.entry(t, 0, 1))

	second, d := b.Opened(t, 0, 2, 0)
	b.challenge(t, "a second challenge", nil, 0, d)
	_, e := b.Opened(t, 0, 3, 0)
	b.challenge(t, "one more than there may be", urn.ErrFull, 0, e)
	b.challenge(t, "one that is in, when it is full", nil, 0, d)
	b.challenge(t, "of another urn", nil, 1, func() urn.Challenge { _, c := b.Opened(t, 1, 0, 0); return c }())

	contest("a code that nobody challenged", urn.ErrUnknown, 0, urn.Hash{2})
	contest("another urn's", urn.ErrUnknown, 1, opened.Hash())
	contest("a code", nil, 0, second.Hash())
	contest("the same again", nil, 0, second.Hash())
	names := []urn.Hash{c.Name, d.Name}
	slices.SortFunc(names, func(a, b urn.Hash) int { return bytes.Compare(a[:], b[:]) })
	got, codes := b.listed(t, 0, urn.Hash{}, 10)
	if !slices.Equal(got, names) || codes[slices.Index(names, c.Name)] != (urn.Hash{}) || codes[slices.Index(names, d.Name)] != second.Hash() {
		t.Fatalf("%x with %x, not %x", got, codes, names)
	}
	if got, _ := b.listed(t, 0, names[1], 1); !slices.Equal(got, names[1:]) {
		t.Fatalf("from the second one: %x", got)
	}
	if got, _ := b.listed(t, 0, urn.Hash{}, 1); !slices.Equal(got, names[:1]) {
		t.Fatalf("one of them: %x", got)
	}

	if err := b.Store.Close(ctx, b.Scope, []uint16{0}); err != nil {
		t.Fatal(err)
	}
	_, f := b.Opened(t, 0, 4, 0)
	b.challenge(t, "a challenge of a closed urn", urn.ErrClosed, 0, f)
	b.challenge(t, "one that was in", nil, 0, c)
	contest("a code of a closed urn", urn.ErrClosed, 0, opened.Hash())
	contest("one that was in", nil, 0, second.Hash())
}
