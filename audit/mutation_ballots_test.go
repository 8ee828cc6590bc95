package audit_test

import (
	"encoding/binary"
	"slices"

	"isoloir/audit/audittest"
	"isoloir/crypto/elgamal"
	"isoloir/crypto/group"
	"isoloir/scrutin"
	"isoloir/urn"
)

// Offsets in a cast leaf: the type byte, then the ballot of section 7.
const (
	leafOpening     = 1 + 1
	leafUrn         = leafOpening + 32
	leafAccount     = leafUrn + 2
	leafCounter     = leafAccount + 32
	leafPrevious    = leafCounter + 4
	leafCiphertexts = leafPrevious + 32
)

// leaf changes one leaf, drawn at random, of the first urn.
func leaf(change func(w *audittest.World, leaf []byte) []byte) func(w *audittest.World) {
	return func(w *audittest.World) {
		batch := w.Batches[0][w.Rand.IntN(2)]
		i := w.Rand.IntN(len(batch))
		batch[i] = change(w, slices.Clone(batch[i]))
		w.Tidy(0)
	}
}

// relogged changes a leaf when all is over, and makes the log again.
func relogged(change func(w *audittest.World, leaf []byte) []byte) func(w *audittest.World) {
	return func(w *audittest.World) {
		leaf(change)(w)
		w.Log(0)
	}
}

// vote replaces one ballot, drawn at random, of the first urn by another vote of
// the same elector, who is called voter.
func vote(change func(w *audittest.World, v *audittest.Vote)) func(w *audittest.World) {
	return func(w *audittest.World) {
		voter := int(w.Marks[0][w.Rand.IntN(len(w.Marks[0]))].Elector)
		v := w.NewVote(0, voter)
		change(w, &v)
		replaceBallot(w, voter, urn.CastLeaf(w.Ballot(v)))
	}
}

// replaceBallot puts a leaf in the place of a voter's in the first urn.
func replaceBallot(w *audittest.World, voter int, by []byte) {
	key := w.Bases[0].Mul(w.Secret(0, voter)).Bytes()
	for _, batch := range w.Batches[0] {
		for i, l := range batch {
			if [32]byte(l[leafAccount:leafCounter]) == key {
				batch[i] = by
				w.Tidy(0)
				return
			}
		}
	}
	panic("this elector has no ballot")
}

// abstainer is an elector of the first urn who did not vote.
func abstainer(w *audittest.World) int {
	for e := range w.Halves[0][0] {
		if !slices.ContainsFunc(w.Marks[0], func(m audittest.Mark) bool { return int(m.Elector) == e }) {
			return e
		}
	}
	panic("everybody voted")
}

// setLast puts a random scalar in the place of the last one.
func setLast(leaf []byte) []byte {
	s := group.RandomScalar().Bytes()
	copy(leaf[len(leaf)-32:], s[:])
	return leaf
}

var ballotMutations = []mutation{
	{name: "ballot with a false proof", check: 613, alone: true, after: audittest.Voted,
		change: leaf(func(_ *audittest.World, l []byte) []byte { return setLast(l) })},
	{name: "vote changed under the voter's proof", check: 613, alone: true, after: audittest.Voted,
		change: leaf(func(w *audittest.World, l []byte) []byte {
			m := elgamal.Option(w.Fingerprint, "question-1", "option-1")
			c := elgamal.Encrypt(w.Keys.Key, m, group.RandomScalar()).Bytes()
			copy(l[leafCiphertexts:], c[:])
			return l
		})},
	{name: "second half re-randomised", check: 613, alone: true, after: audittest.Voted,
		change: leaf(func(w *audittest.World, l []byte) []byte {
			at := l[leafCiphertexts+32 : leafCiphertexts+64]
			c2 := must(group.Decode(at)).Add(group.Base()).Bytes()
			copy(at, c2[:])
			return l
		})},
	{name: "ballot of an abstainer made by the platform", check: 613, alone: true, after: audittest.Voted,
		change: func(w *audittest.World) {
			e := abstainer(w)
			key := w.Bases[0].Mul(w.Secret(0, e)).Bytes()
			v := w.NewVote(0, e)
			v.Secret = group.RandomScalar()
			l := urn.CastLeaf(w.Ballot(v))
			copy(l[leafAccount:], key[:])
			w.Batches[0][0] = append(w.Batches[0][0], l)
			w.Marks[0] = append(w.Marks[0], w.Mark(0, e)) // he had reserved
			w.Tidy(0)
		}},
	{name: "ballot re-signed for another account", check: 613, alone: true, after: audittest.Voted,
		change: leaf(func(w *audittest.World, l []byte) []byte {
			key := w.Bases[0].Mul(w.Secret(0, abstainer(w))).Bytes()
			copy(l[leafAccount:], key[:])
			return l
		})},
	{name: "ballot dropped", check: 704, after: audittest.Voted, alone: true,
		change: func(w *audittest.World) { w.Batches[0][0] = w.Batches[0][0][1:] }},
	{name: "ballot doubled", check: 614, after: audittest.Voted,
		change: func(w *audittest.World) {
			w.Batches[0][1] = append(w.Batches[0][1], w.Batches[0][0][0])
			w.Tidy(0)
		}},
	{name: "ballot moved to another urn", check: 611, after: audittest.Voted,
		change: func(w *audittest.World) {
			w.Batches[1][0] = append(w.Batches[1][0], w.Batches[0][0][0])
			w.Batches[0][0] = w.Batches[0][0][1:]
			w.Tidy(1)
		}},
	{name: "ballot moved and renumbered", check: 612, after: audittest.Voted,
		change: func(w *audittest.World) {
			l := slices.Clone(w.Batches[0][0][0])
			binary.LittleEndian.PutUint16(l[leafUrn:], 1)
			w.Batches[1][0] = append(w.Batches[1][0], l)
			w.Batches[0][0] = w.Batches[0][0][1:]
			w.Tidy(1)
		}},
	{name: "ballot bound to another opening", check: 611, alone: true, after: audittest.Voted,
		change: leaf(func(_ *audittest.World, l []byte) []byte { return flipped(l, leafOpening) })},
	{name: "ballot bound to another urn", check: 611, alone: true, after: audittest.Voted,
		change: leaf(func(_ *audittest.World, l []byte) []byte { return flipped(l, leafUrn) })},
	{name: "ballot of a rehearsal", check: 611, after: audittest.Voted,
		change: leaf(func(_ *audittest.World, l []byte) []byte {
			other := must(audittest.New(shapes[0], 98)).Advance(audittest.Voted)
			return other.Batches[0][0][0]
		})},
	{name: "ballot of an unknown account", check: 612, alone: true, after: audittest.Voted,
		change: vote(func(_ *audittest.World, v *audittest.Vote) { v.Secret = group.RandomScalar() })},
	{name: "ballot of another urn's elector", check: 612, alone: true, after: audittest.Voted,
		change: vote(func(w *audittest.World, v *audittest.Vote) { v.Secret = w.Secret(1, 0) })},
	{name: "account that votes twice", check: 614, with: "two voters", alone: true, after: audittest.Voted,
		change: vote(func(w *audittest.World, v *audittest.Vote) {
			for _, m := range w.Marks[0] {
				if x := w.Secret(0, int(m.Elector)); x != v.Secret {
					v.Secret = x
					return
				}
			}
		})},
	{name: "ballot that replaces one where votes are final", check: 614, with: "voter", alone: true, after: audittest.Voted,
		change: vote(func(_ *audittest.World, v *audittest.Vote) { v.Counter, v.Previous = 1, urn.Hash{1} })},
	{name: "ballot copied by who knows its coins", check: 615, with: "two voters", alone: true, after: audittest.Voted,
		change: func(w *audittest.World) {
			a, b := int(w.Marks[0][0].Elector), int(w.Marks[0][1].Elector)
			first := w.NewVote(0, a)
			second := first
			second.Secret = w.Secret(0, b)
			replaceBallot(w, a, urn.CastLeaf(w.Ballot(first)))
			replaceBallot(w, b, urn.CastLeaf(w.Ballot(second)))
		}},
	{name: "ballot copied into another urn", check: 615, with: "two voters", alone: true, after: audittest.Voted,
		change: func(w *audittest.World) {
			e := int(w.Marks[0][0].Elector)
			first := w.NewVote(0, e)
			replaceBallot(w, e, urn.CastLeaf(w.Ballot(first)))
			second := first
			second.Urn, second.Base, second.Secret = 1, w.Bases[1], w.Secret(1, abstainer1(w))
			w.Batches[1][0] = append(w.Batches[1][0], urn.CastLeaf(w.Ballot(second)))
			w.Marks[1] = append(w.Marks[1], w.Mark(1, abstainer1(w)))
			w.Tidy(1)
		}},
	{name: "ballot copied without its coins", check: 615, after: audittest.Voted,
		change: func(w *audittest.World) {
			l := slices.Clone(w.Batches[0][0][0])
			key := w.Bases[0].Mul(w.Secret(0, abstainer(w))).Bytes()
			copy(l[leafAccount:], key[:])
			w.Batches[0][0] = append(w.Batches[0][0], l)
			w.Tidy(0)
		}},
	{name: "leaf of a type that is not allowed", check: 606, with: "voter", alone: true, after: audittest.Voted,
		change: func(w *audittest.World) {
			v := w.NewVote(0, abstainer(w))
			w.Batches[0][0] = append(w.Batches[0][0], append([]byte{byte(urn.Challenged)}, w.Ballot(v)...))
			w.Tidy(0)
		}, shape: 5},
	{name: "leaf of an unknown type", check: 606, after: audittest.Adopted,
		change: relogged(func(_ *audittest.World, l []byte) []byte { l[0] = 9; return l })},
	{name: "leaf cut short", check: 606, after: audittest.Adopted,
		change: relogged(func(_ *audittest.World, l []byte) []byte { return l[:len(l)-1] })},
	{name: "ballot of another version", check: 606, after: audittest.Adopted,
		change: relogged(func(_ *audittest.World, l []byte) []byte { l[1] = 2; return l })},
	{name: "first half that is the identity", check: 606, after: audittest.Adopted,
		change: relogged(func(_ *audittest.World, l []byte) []byte { clear(l[leafCiphertexts : leafCiphertexts+32]); return l })},
	{name: "point that is not canonical", check: 606, after: audittest.Adopted,
		change: relogged(func(_ *audittest.World, l []byte) []byte { l[leafCiphertexts+63] |= 0x80; return l })},
	{name: "scalar that is not reduced", check: 606, after: audittest.Adopted,
		change: relogged(func(_ *audittest.World, l []byte) []byte { l[len(l)-1] |= 0xf0; return l })},
	{name: "chain of revotes with a fork", check: 614, with: "voter", alone: true, shape: 2, after: audittest.Voted,
		change: func(w *audittest.World) {
			e, first := revoter(w, 0)
			v := w.NewVote(0, e)
			v.Counter, v.Previous = 1, first
			w.Batches[0][1] = append(w.Batches[0][1], urn.CastLeaf(w.Ballot(v)))
			w.Tidy(0)
		}},
	{name: "first ballot of a chain dropped", check: 614, shape: 2, alone: true, after: audittest.Voted,
		change: func(w *audittest.World) {
			_, first := revoter(w, 0)
			for i, batch := range w.Batches[0] {
				w.Batches[0][i] = slices.DeleteFunc(batch, func(l []byte) bool { return scrutin.DigestOf(l[1:]) == scrutin.Digest(first) })
			}
		}},
	{name: "revote that names another previous ballot", check: 614, with: "voter", shape: 2, alone: true, after: audittest.Voted,
		change: func(w *audittest.World) {
			e, first := revoter(w, 2)
			v := w.NewVote(0, e)
			v.Counter, v.Previous = 2, first
			w.Batches[0][1] = append(w.Batches[0][1], urn.CastLeaf(w.Ballot(v)))
			w.Tidy(0)
		}},
	{name: "chain longer than allowed", check: 614, with: "voter", shape: 2, alone: true, after: audittest.Voted,
		change: longChain},
}

// abstainer1 is an elector of the second urn who did not vote.
func abstainer1(w *audittest.World) int {
	for e := range w.Halves[0][1] {
		if !slices.ContainsFunc(w.Marks[1], func(m audittest.Mark) bool { return int(m.Elector) == e }) {
			return e
		}
	}
	panic("everybody voted")
}

// revoter is an elector of the first urn who voted twice, and the hash of his
// first ballot, or, for counter 2, of no ballot of his.
func revoter(w *audittest.World, counter int) (elector int, first urn.Hash) {
	for _, l := range slices.Concat(w.Batches[0]...) {
		b := must(urn.ReadEnvelope(l[1:]))
		if b.Counter() != 1 {
			continue
		}
		for e := range w.Halves[0][0] {
			if w.Bases[0].Mul(w.Secret(0, e)).Bytes() == b.Account() {
				if counter == 2 {
					return e, urn.Hash{1}
				}
				return e, b.Previous()
			}
		}
	}
	panic("nobody voted twice")
}

func longChain(w *audittest.World) {
	e, previous := revoter(w, 0)
	for _, l := range slices.Concat(w.Batches[0]...) {
		if b := must(urn.ReadEnvelope(l[1:])); b.Previous() == previous {
			previous = b.Hash()
			break
		}
	}
	for counter := uint32(2); counter <= w.Manifest.Finality.HighestCounter+1; counter++ {
		v := w.NewVote(0, e)
		v.Counter, v.Previous = counter, previous
		b := w.Ballot(v)
		previous = urn.Hash(scrutin.DigestOf(b))
		w.Batches[0][1] = append(w.Batches[0][1], urn.CastLeaf(b))
	}
	w.Tidy(0)
}
