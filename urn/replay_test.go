package urn_test

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"isoloir/merkle"
	"isoloir/scrutin/note"
	"isoloir/urn"
	"isoloir/urn/urntest"
)

// history is a log made by hand, batch by batch.
type history struct {
	f           *urntest.Fixture
	leaves      [][]byte
	checkpoints []note.Checkpoint
}

func begin(f *urntest.Fixture) *history {
	h := &history{f: f}
	return h.check()
}

func (h *history) check() *history {
	var tree merkle.Frontier
	for _, l := range h.leaves {
		tree.Append(l)
	}
	h.checkpoints = append(h.checkpoints, note.Checkpoint{Origin: h.f.Rules[0].Origin(), Size: tree.Size(), Root: tree.Root()})
	return h
}

func sorted(leaves ...[]byte) [][]byte {
	slices.SortFunc(leaves, func(a, b []byte) int {
		x, y := sha256.Sum256(a), sha256.Sum256(b)
		return bytes.Compare(x[:], y[:])
	})
	return leaves
}

func (h *history) batch(leaves ...[]byte) *history {
	h.leaves = append(h.leaves, sorted(leaves...)...)
	return h.check()
}

func (h *history) file(t testing.TB) []byte {
	var b bytes.Buffer
	w := urn.NewLeafWriter(&b)
	for _, l := range h.leaves {
		if err := w.Write(l); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func (h *history) replay(t testing.TB) (*urn.Count, error) {
	return h.f.Rules[0].Replay(urn.NewBook(), bytes.NewReader(h.file(t)), h.checkpoints, 2, nil)
}

func TestReplay(t *testing.T) {
	f := urntest.New(t, urntest.Size{Electors: 700, Questions: 1})
	cast := func(i int) []byte { return urn.CastLeaf(f.Ballot(t, 0, i, i).Bytes()) }
	var first, second [][]byte
	for i := range 600 {
		if i < 350 {
			first = append(first, cast(i))
		} else {
			second = append(second, cast(i))
		}
	}
	h := begin(f).batch(first...).batch(second...)
	last := 0
	c, err := f.Rules[0].Replay(urn.NewBook(), bytes.NewReader(h.file(t)), h.checkpoints, 2, func(done, total int) {
		if done < last || total != 600 {
			t.Errorf("progress %d of %d after %d", done, total, last)
		}
		last = done
	})
	if err != nil {
		t.Fatal(err)
	}
	if c.Size != 600 || c.Ballots != 600 || c.Voters != 600 || c.Batches != 2 || c.Smallest != 250 || c.Types[urn.Cast] != 600 || c.Root != h.checkpoints[2].Root || last != 600 {
		t.Errorf("%+v", c)
	}
	for i, leaf := range h.leaves {
		b, err := urn.ParseBallot(leaf[1:], 1)
		if err != nil || !bytes.Equal(c.Counted[0][64*i:64*i+64], b.Ciphertexts()) {
			t.Fatalf("counted ciphertext %d is not that of leaf %d", i, i)
		}
	}
}

func TestReplayRefuses(t *testing.T) {
	f := urntest.New(t, urntest.Size{Urns: 2, Electors: 12})
	var ballots []*urn.Ballot
	for i := range 8 {
		ballots = append(ballots, f.Ballot(t, 0, i, i))
	}
	cast := func(i int) []byte { return urn.CastLeaf(ballots[i].Bytes()) }
	build := func() *history {
		return begin(f).batch(cast(0), cast(1), cast(2), cast(3)).batch(cast(4), cast(5), cast(6), cast(7))
	}
	if _, err := build().replay(t); err != nil {
		t.Fatal(err)
	}
	flipped := slices.Clone(cast(0))
	flipped[len(flipped)-40] ^= 1
	copied := slices.Clone(cast(0))
	copy(copied[1+35:], f.Keys[0][32*9:32*10])
	for name, c := range map[string]struct {
		h    *history
		want error
	}{
		"no checkpoint":         {&history{f: f}, urn.ErrCheckpoint},
		"a dropped ballot":      {func() *history { h := build(); h.leaves = slices.Delete(h.leaves, 6, 7); return h }(), urn.ErrCheckpoint},
		"a dropped last ballot": {func() *history { h := build(); h.leaves = h.leaves[:7]; return h }(), urn.ErrCheckpoint},
		"a ballot after the end": {func() *history {
			h := build()
			h.leaves = append(h.leaves, urn.CastLeaf(f.Ballot(t, 0, 9, 0).Bytes()))
			return h
		}(), urn.ErrCheckpoint},
		"a replaced ballot":                {func() *history { h := build(); h.leaves[7] = cast(0); return h }(), nil},
		"ballots exchanged":                {func() *history { h := build(); h.leaves[1], h.leaves[2] = h.leaves[2], h.leaves[1]; return h }(), urn.ErrOrder},
		"the same ballot in two batches":   {begin(f).batch(cast(0)).batch(cast(0)), urn.ErrCopy},
		"the same ballot twice in a batch": {begin(f).batch(cast(0), cast(0)), urn.ErrOrder},
		"an account twice":                 {begin(f).batch(cast(0)).batch(urn.CastLeaf(f.Ballot(t, 0, 0, 0).Bytes())), urn.ErrVoted},
		"a ballot of another urn":          {begin(f).batch(urn.CastLeaf(f.Ballot(t, 1, 0, 0).Bytes())), urn.ErrUrn},
		"a false proof":                    {begin(f).batch(flipped), urn.ErrProof},
		"a copy under another account":     {begin(f).batch(copied), urn.ErrProof},
		"a leaf of unknown type":           {begin(f).batch(append([]byte{9}, cast(0)[1:]...)), urn.ErrLeaf},
		"an empty leaf":                    {begin(f).batch([]byte{}), urn.ErrLeaf},
		"a void leaf of a wrong length":    {begin(f).batch([]byte{4, 0}), urn.ErrLeaf},
		"a type that the manifest has not": {begin(f).batch(append([]byte{2}, cast(0)[1:]...)), urn.ErrLeaf},
		"a revote in a final vote":         {begin(f).batch(urn.CastLeaf(f.Later(t, 0, 0, 0, 1, ballots[0].Hash()).Bytes())), urn.ErrCounter},
		"a checkpoint of another root":     {func() *history { h := build(); h.checkpoints[1].Root[0] ^= 1; return h }(), urn.ErrCheckpoint},
		"a batch cut in two":               {func() *history { h := build(); h.checkpoints[1].Size--; return h }(), urn.ErrCheckpoint},
	} {
		_, err := c.h.replay(t)
		if err == nil || c.want != nil && !errors.Is(err, c.want) {
			t.Errorf("%s: %v, not %v", name, err, c.want)
		}
	}
	file := build().file(t)
	for _, cut := range []int{1, 2, 100} {
		if _, err := f.Rules[0].Replay(urn.NewBook(), bytes.NewReader(file[:len(file)-cut]), build().checkpoints, 2, nil); !errors.Is(err, urn.ErrTruncated) {
			t.Errorf("%d bytes cut off: %v", cut, err)
		}
	}
	book := urn.NewBook()
	if err := book.Enter(ballots[3].Envelope); err != nil {
		t.Fatal(err)
	}
	var where *urn.LeafError
	h := build()
	_, err := f.Rules[0].Replay(book, bytes.NewReader(h.file(t)), h.checkpoints, 2, nil)
	if !errors.As(err, &where) || !errors.Is(err, urn.ErrCopy) || !bytes.Equal(h.leaves[where.Leaf], cast(3)) {
		t.Errorf("a ballot that stands in another urn's log: %v", err)
	}
}

// TestChains plays random revotes in random batches: what counts is the last of
// each chain, whatever the order; a missing, doubled or misnamed link is found.
func TestChains(t *testing.T) {
	f := urntest.New(t, urntest.Size{Electors: 4, Revotes: 3})
	rapid.Check(t, func(rt *rapid.T) {
		batches := make([][][]byte, 3)
		put := func(b *urn.Ballot) {
			i := rapid.IntRange(0, len(batches)-1).Draw(rt, "batch")
			batches[i] = append(batches[i], urn.CastLeaf(b.Bytes()))
		}
		last := map[string]bool{}
		voters := rapid.IntRange(1, 4).Draw(rt, "voters")
		spoilt := rapid.SampledFrom([]string{"", "", "gap", "fork", "previous"}).Draw(rt, "spoilt")
		for e := range voters {
			b := f.Ballot(t, 0, e, 1)
			n := rapid.IntRange(0, 1).Draw(rt, "revotes")
			for c := range n {
				put(b)
				b = f.Later(t, 0, e, 1, uint32(c+1), b.Hash())
			}
			put(b)
			last[string(b.Ciphertexts())] = true
			if e == 0 {
				switch spoilt {
				case "gap":
					put(f.Later(t, 0, e, 1, 3, b.Hash()))
				case "fork":
					put(f.Later(t, 0, e, 1, uint32(n), b.Previous()))
				case "previous":
					put(f.Later(t, 0, e, 1, uint32(n+1), sha256.Sum256(nil)))
				}
			}
		}
		h := begin(f)
		for _, b := range batches {
			if len(b) > 0 {
				h.batch(b...)
			}
		}
		c, err := h.replay(t)
		switch spoilt {
		case "":
			if err != nil || c.Ballots != voters || c.Voters != voters || len(c.Counted[0]) != 64*voters {
				rt.Fatalf("%+v, %v", c, err)
			}
			for i := 0; i < len(c.Counted[0]); i += 64 {
				delete(last, string(c.Counted[0][i:i+64]))
			}
			if len(last) > 0 {
				rt.Fatalf("%d last ballots are not counted", len(last))
			}
		case "previous":
			if !errors.Is(err, urn.ErrPrevious) {
				rt.Fatalf("%s: %v", spoilt, err)
			}
		default:
			if !errors.Is(err, urn.ErrCounter) {
				rt.Fatalf("%s: %v", spoilt, err)
			}
		}
	})
}

func TestReadCheckpoints(t *testing.T) {
	f := urntest.New(t, urntest.Size{Urns: 2})
	sign := func(r *urn.Rules, size uint64, key note.Signer) []byte {
		s, err := note.Sign(note.Checkpoint{Origin: r.Origin(), Size: size}.Text(), key)
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	r, key := f.Rules[0], f.Urn
	file := func(signed ...[]byte) []byte {
		var b bytes.Buffer
		if err := urn.WriteCheckpoints(&b, signed); err != nil {
			t.Fatal(err)
		}
		return b.Bytes()
	}
	good := file(sign(r, 0, key), sign(r, 3, key), sign(r, 9, key))
	if got, err := r.ReadCheckpoints(good, key.Verifier()); err != nil || len(got) != 3 || got[2].Size != 9 {
		t.Fatalf("%v, %v", got, err)
	}
	for name, bad := range map[string][]byte{
		"empty":                   {},
		"first one not of size 0": file(sign(r, 3, key)),
		"sizes that stand still":  file(sign(r, 0, key), sign(r, 3, key), sign(r, 3, key)),
		"sizes that shrink":       file(sign(r, 0, key), sign(r, 3, key), sign(r, 2, key)),
		"of another urn":          file(sign(r, 0, key), sign(f.Rules[1], 3, key)),
		"of another key":          file(sign(r, 0, key), sign(r, 3, f.Roll)),
		"cut":                     good[:len(good)-1],
		"trailing separator":      append(slices.Clone(good), "\x1e\n"...),
		"separator changed":       bytes.Replace(good, []byte("\x1e\n"), []byte("\x1e"), 1),
	} {
		if _, err := r.ReadCheckpoints(bad, key.Verifier()); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}
