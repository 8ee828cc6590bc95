package shuffle

import (
	"bytes"
	"errors"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"isoloir/crypto/elgamal"
	"isoloir/crypto/group"
)

// Any list in any order is accepted; with one bit of anything flipped, it is
// not.
func TestPropertyReencryption(t *testing.T) {
	gens := new(Generators)
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 12).Draw(t, "n")
		workers := rapid.IntRange(1, 3).Draw(t, "workers")
		st, in := election(n)
		out, proof, err := reencrypt(st, in, gens, drawn(rapid.String().Draw(t, "coins")), workers, nil)
		if err != nil {
			t.Fatal(err)
		}
		if err := VerifyReencryption(st, in, out, proof, gens, workers, nil); err != nil {
			t.Fatal(err)
		}
		regions := [][]byte{slices.Clone(proof), slices.Clone(in.Bytes()), slices.Clone(out.Bytes())}
		r := rapid.IntRange(0, 2).Draw(t, "region")
		bit := rapid.IntRange(0, 8*len(regions[r])-1).Draw(t, "bit")
		regions[r][bit/8] ^= 1 << (bit % 8)
		if in, err = elgamal.DecodeList(regions[1], workers); err != nil {
			return
		}
		if out, err = elgamal.DecodeList(regions[2], workers); err != nil {
			return
		}
		if VerifyReencryption(st, in, out, regions[0], gens, workers, nil) == nil {
			t.Fatalf("accepted with bit %d of region %d flipped", bit, r)
		}
	})
}

func TestPropertyExponentiation(t *testing.T) {
	gens := new(Generators)
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 12).Draw(t, "n")
		workers := rapid.IntRange(1, 3).Draw(t, "workers")
		st, in := population(n)
		alpha := group.RandomScalar()
		raised, out, proof, err := exponentiate(st, in, alpha, gens, drawn(rapid.String().Draw(t, "coins")), workers, nil)
		if err != nil {
			t.Fatal(err)
		}
		if err := VerifyExponentiation(st, raised, in, out, proof, gens, workers, nil); err != nil {
			t.Fatal(err)
		}
		var want [][]byte
		for _, y := range in.Points() {
			want = append(want, encode(y.Mul(alpha)))
		}
		got := slices.Collect(slices.Chunk(out.Bytes(), group.PointSize))
		slices.SortFunc(want, bytes.Compare)
		slices.SortFunc(got, bytes.Compare)
		if !slices.EqualFunc(got, want, bytes.Equal) {
			t.Fatal("the outputs are not the inputs raised to alpha")
		}
		bit := rapid.IntRange(0, 8*len(proof)-1).Draw(t, "bit")
		proof[bit/8] ^= 1 << (bit % 8)
		if VerifyExponentiation(st, raised, in, out, proof, gens, workers, nil) == nil {
			t.Fatalf("accepted with bit %d flipped", bit)
		}
	})
}

// The mixed ballots open to the same votes.
func TestReencryptionKeepsTheVotes(t *testing.T) {
	const n = 50
	x := group.RandomScalar()
	st := Statement{Key: group.MulBase(x)}
	ballots := make([]elgamal.Ciphertext, n)
	var want, got [][]byte
	for i := range ballots {
		m := group.Hash("vote", []byte{byte(i / 3)})
		ballots[i] = elgamal.Encrypt(st.Key, m, group.RandomScalar())
		want = append(want, encode(m))
	}
	in := elgamal.NewList(ballots, 0)
	out, _, err := Reencrypt(st, in, new(Generators), 2, nil)
	if err != nil {
		t.Fatal(err)
	}
	for i := range n {
		got = append(got, encode(out.C2()[i].Sub(out.C1()[i].Mul(x))))
	}
	if slices.EqualFunc(got, want, bytes.Equal) {
		t.Error("the order did not change")
	}
	slices.SortFunc(want, bytes.Compare)
	slices.SortFunc(got, bytes.Compare)
	if !slices.EqualFunc(got, want, bytes.Equal) {
		t.Error("the votes changed")
	}
}

// Orders of four are uniform: a chi-square test over the 24, whose bound an
// honest source passes but once in 10^9.
func TestOrderIsUniform(t *testing.T) {
	const rounds = 24_000
	seen := map[[4]uint32]int{}
	for range rounds {
		seen[[4]uint32(newCoins(group.RandomScalar()).order(4))]++
	}
	var chi float64
	for _, k := range seen {
		d := float64(k) - rounds/24
		chi += d * d / (rounds / 24)
	}
	if len(seen) != 24 || chi > 90 {
		t.Errorf("%d orders seen, chi-square %.1f", len(seen), chi)
	}
}

// The coins of one purpose say nothing of another's, and do not depend on how
// the work was shared out.
func TestCoins(t *testing.T) {
	c := newCoins(group.RandomScalar())
	seen := map[string]bool{}
	for p := forEncryption; p <= forSums; p++ {
		one, three := c.scalars(p, 1500, 1), c.scalars(p, 1500, 3)
		for i := range one {
			if !one[i].Equal(three[i]) {
				t.Fatalf("purpose %d, coin %d depends on the workers", p, i)
			}
			b := one[i].Bytes()
			if seen[string(b[:])] {
				t.Fatalf("purpose %d, coin %d was seen before", p, i)
			}
			seen[string(b[:])] = true
		}
	}
	all, part := make([][16]byte, 20), make([][16]byte, 7)
	c.weights(0, all)
	c.weights(13, part)
	if !slices.Equal(all[13:], part) {
		t.Error("weights depend on where they are read from")
	}
}

// Two stages over the same ballots share nothing.
func TestFreshEachTime(t *testing.T) {
	st, in := election(3)
	a, pa, err := Reencrypt(st, in, new(Generators), 0, nil)
	if err != nil {
		t.Fatal(err)
	}
	b, pb, err := Reencrypt(st, in, new(Generators), 0, nil)
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, list := range [][]byte{a.Bytes(), b.Bytes(), pa, pb} {
		for value := range slices.Chunk(list, 32) {
			if seen[string(value)] {
				t.Fatal("a value comes twice")
			}
			seen[string(value)] = true
		}
	}
}

// Generator i is the same however many are asked for, in whatever steps.
func TestGeneratorsPrefix(t *testing.T) {
	var steps Generators
	for _, n := range []int{1, 2, 700, 3, 1300} {
		got := steps.first(n, 2)
		if len(got) != n+1 {
			t.Fatalf("%d generators for %d", len(got), n)
		}
		for _, i := range []int{0, n / 2, n} {
			if !got[i].Double().Equal(group.Generator(Label, uint64(i))) {
				t.Fatalf("generator %d of %d differs", i, n)
			}
		}
	}
	if len(steps.halves) != 1301 {
		t.Errorf("%d generators kept", len(steps.halves))
	}
}

func TestProgress(t *testing.T) {
	const n = 1300
	gens := new(Generators)
	var done, total int
	progress := func(d, of int) {
		if d < done || d > of || total != 0 && of != total {
			t.Errorf("%d of %d after %d of %d", d, of, done, total)
		}
		done, total = d, of
	}
	finished := func(what string) {
		if done != total || total == 0 {
			t.Errorf("%s ended at %d of %d", what, done, total)
		}
		done, total = 0, 0
	}
	st, in := election(n)
	out, proof, err := Reencrypt(st, in, gens, 2, progress)
	finished("mix")
	err = errors.Join(err, VerifyReencryption(st, in, out, proof, gens, 2, progress))
	finished("verification")
	kst, keys := population(n)
	_, _, _, e := Exponentiate(kst, keys, gens, 2, progress)
	finished("exponentiation")
	if err = errors.Join(err, e); err != nil {
		t.Fatal(err)
	}
}
