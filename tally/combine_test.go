package tally

import (
	"errors"
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"isoloir/crypto/group"
	"isoloir/keyceremony"
)

// definition opens one ciphertext with the coefficients themselves: beside it
// stands the fast path.
func definition(codes []group.Point, quorum [][]int, c2 group.Point, shares []group.Point) (int, error) {
	for _, indices := range quorum {
		lambda, err := keyceremony.Lagrange(indices)
		if err != nil {
			return 0, err
		}
		for _, l := range lambda {
			c2 = c2.Sub(shares[0].Mul(l))
			shares = shares[1:]
		}
	}
	return slices.IndexFunc(codes, c2.Equal), nil
}

func codesOf(n int) []group.Point {
	codes := make([]group.Point, n)
	for i := range codes {
		codes[i] = group.Hash("option", fmt.Append(nil, i))
	}
	return codes
}

// fragments shares a random key among holders so that threshold of them open.
func fragments(threshold, holders int) (key group.Scalar, fragments []group.Scalar) {
	polynomial := make([]group.Scalar, threshold)
	for k := range polynomial {
		polynomial[k] = group.RandomScalar()
	}
	for x := 1; x <= holders; x++ {
		fragments = append(fragments, evaluate(polynomial, x))
	}
	return polynomial[0], fragments
}

func evaluate(polynomial []group.Scalar, x int) (y group.Scalar) {
	for k := len(polynomial) - 1; k >= 0; k-- {
		y = y.Mul(group.ScalarFromUint64(uint64(x))).Add(polynomial[k])
	}
	return y
}

func TestOpenerAgreesWithTheDefinition(t *testing.T) {
	codes := codesOf(4)
	rapid.Check(t, func(t *rapid.T) {
		var quorum [][]int
		var used []group.Scalar
		secret := group.Scalar{}
		for range rapid.IntRange(1, 3).Draw(t, "clauses") {
			holders := rapid.IntRange(1, 12).Draw(t, "holders")
			threshold := rapid.IntRange(1, holders).Draw(t, "threshold")
			key, parts := fragments(threshold, holders)
			secret = secret.Add(key)
			all := make([]int, holders)
			for i := range all {
				all[i] = i + 1
			}
			indices := rapid.Permutation(all).Draw(t, "quorum")[:threshold]
			quorum = append(quorum, indices)
			for _, x := range indices {
				used = append(used, parts[x-1])
			}
		}
		want := rapid.IntRange(-1, len(codes)-1).Draw(t, "option")
		m := group.Hash("elsewhere", nil)
		if want >= 0 {
			m = codes[want]
		}
		r := group.RandomScalar()
		c1 := group.MulBase(r)
		c2 := m.Add(c1.Mul(secret))
		var shares []group.Point
		var lists [][]group.Point
		for _, x := range used {
			d := c1.Mul(x)
			shares = append(shares, d)
			lists = append(lists, []group.Point{d})
		}
		o, err := newOpener(codes, quorum)
		if err != nil {
			t.Fatal(err)
		}
		if got := o.open([]group.Point{c2}, lists)[0]; got != want {
			t.Fatalf("the opener finds option %d, the ciphertext holds %d", got, want)
		}
		if got, err := definition(codes, quorum, c2, shares); err != nil || got != want {
			t.Fatalf("the definition finds option %d, the ciphertext holds %d: %v", got, want, err)
		}
	})
}

func TestOpenerWithManyHolders(t *testing.T) {
	codes := codesOf(2)
	const threshold, holders = 30, 61
	key, parts := fragments(threshold, holders)
	var indices []int
	for x := 1; len(indices) < threshold; x += 2 {
		indices = append(indices, x)
	}
	if _, _, err := keyceremony.IntegerLagrange(indices); err == nil {
		t.Fatal("the coefficients fit 64 bits: the test does not reach the other path")
	}
	c1 := group.MulBase(group.RandomScalar())
	c2 := codes[1].Add(c1.Mul(key))
	var shares []group.Point
	var lists [][]group.Point
	for _, x := range indices {
		shares = append(shares, c1.Mul(parts[x-1]))
		lists = append(lists, shares[len(shares)-1:])
	}
	o, err := newOpener(codes, [][]int{indices})
	if err != nil {
		t.Fatal(err)
	}
	if got := o.open([]group.Point{c2}, lists)[0]; got != 1 {
		t.Fatalf("option %d, not 1", got)
	}
	if got, err := definition(codes, [][]int{indices}, c2, shares); err != nil || got != 1 {
		t.Fatalf("by the definition, option %d, not 1: %v", got, err)
	}
}

func TestOneShareLessOpensNothing(t *testing.T) {
	codes := codesOf(3)
	key, parts := fragments(3, 5)
	c1 := group.MulBase(group.RandomScalar())
	c2 := codes[0].Add(c1.Mul(key))
	o, err := newOpener(codes, [][]int{{2, 5}})
	if err != nil {
		t.Fatal(err)
	}
	if got := o.open([]group.Point{c2}, [][]group.Point{{c1.Mul(parts[1])}, {c1.Mul(parts[4])}})[0]; got != -1 {
		t.Fatalf("two of three shares open option %d", got)
	}
}

func TestAnswersOfManyBallots(t *testing.T) {
	codes := codesOf(3)
	key, parts := fragments(2, 3)
	var c2, first, third []group.Point
	var want []int
	for i := range 2*chunkBallots + 7 {
		c1 := group.Generator("c1", uint64(i%9))
		m := group.Hash("elsewhere", nil)
		if i%4 < 3 {
			m = codes[i%4]
		}
		want = append(want, []int{0, 1, 2, -1}[i%4])
		c2 = append(c2, m.Add(c1.MulVartime(key)))
		first, third = append(first, c1.MulVartime(parts[0])), append(third, c1.MulVartime(parts[2]))
	}
	for _, workers := range []int{1, 3} {
		got, err := Answers(codes, [][]int{{1, 3}}, c2, [][]group.Point{first, third}, workers)
		if err != nil || !slices.Equal(got, want) {
			t.Fatalf("%d workers: %v", workers, err)
		}
	}
	if _, err := Answers(codes, [][]int{{1, 3}}, c2, [][]group.Point{first}, 1); !errors.Is(err, ErrQuorum) {
		t.Errorf("a list too few: %v, not ErrQuorum", err)
	}
	if _, err := Answers(codes, [][]int{{1, 1}}, c2, [][]group.Point{first, first}, 1); !errors.Is(err, keyceremony.ErrIndices) {
		t.Errorf("a holder twice: %v, not ErrIndices", err)
	}
}

func BenchmarkOpen(b *testing.B) {
	for _, quorum := range [][][]int{{{1, 2, 3, 4}, {1}}, {{2, 3, 5, 6}, {2}}, {{1, 4, 7, 11}, {2}}} {
		b.Run(fmt.Sprint(quorum), func(b *testing.B) {
			o, err := newOpener(codesOf(12), quorum)
			if err != nil {
				b.Fatal(err)
			}
			const n = 1000
			c2 := group.Generators("c2", n, 0)
			var shares [][]group.Point
			for range len(o.exponents) - 1 {
				shares = append(shares, group.Generators("d", n, 0))
			}
			b.ResetTimer()
			for range b.N {
				o.open(c2, shares)
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/n/1000, "µs/ballot")
		})
	}
}
