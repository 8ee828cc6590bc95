package shuffle

import (
	"slices"
	"testing"

	"isoloir/crypto/elgamal"
	"isoloir/crypto/group"
)

func matrixOf(rows ...[]int) [][]scalar {
	m := make([][]scalar, len(rows))
	for i, row := range rows {
		for _, v := range row {
			m[i] = append(m[i], integer(v))
		}
	}
	return m
}

// reencrypted returns what the matrix makes of the list, re-encrypted, and the
// coins.
func reencrypted(st Statement, in elgamal.List, matrix [][]scalar) (elgamal.List, []scalar) {
	coins := freshScalars(len(matrix))
	return reencryptedWith(st, in, matrix, coins), coins
}

func reencryptedWith(st Statement, in elgamal.List, matrix [][]scalar, coins []scalar) elgamal.List {
	out := make([]elgamal.Ciphertext, len(matrix))
	for i, row := range matrix {
		out[i] = elgamal.Ciphertext{C1: combine(row, in.C1()), C2: combine(row, in.C2())}.ReEncrypt(st.Key, coins[i])
	}
	return elgamal.NewList(out, 0)
}

func (m *mixed) tell(l *liar, coins []scalar) {
	p, _, _ := l.prove(ballotStory(m.st, m.in, m.out, coins))
	m.proof = p.bytes()
}

// The specification's prover and ours convince the specification's verifier
// and ours.
func TestAgreesWithSpecification(t *testing.T) {
	order := []int{2, 0, 3, 1}
	n := len(order)
	l := honestLiar(order...)
	t.Run("reencryption", func(t *testing.T) {
		m := newMixed(t, n)
		if !ballotStory(m.st, m.in, m.out, nil).accepts(parse(m.proof, n), l.h, "") {
			t.Error("our proof is not that of the specification")
		}
		var coins []scalar
		m.out, coins = reencrypted(m.st, m.in, l.matrix)
		m.tell(l, coins)
		if err := m.verify(); err != nil {
			t.Error(err)
		}
	})
	t.Run("exponentiation", func(t *testing.T) {
		k := newMixedKeys(t, n)
		if !keyStory(k.st, k.raised, k.in, k.out, scalar{}).accepts(parse(k.proof, n), l.h, "") {
			t.Error("our proof is not that of the specification")
		}
		k.tell(l, l.matrix, group.RandomScalar())
		if err := k.verify(); err != nil {
			t.Error(err)
		}
	})
}

// Provers that follow the protocol with something else than a permutation. For
// weights u' = M·u, outputs made by the transposed inverse of M satisfy
// equations 4 and 5, so that nothing but the matrix is at fault.
func TestNotAPermutation(t *testing.T) {
	half, third := integer(2).Inverse(), integer(3).Inverse()
	diagonal := func(a, b scalar) [][]scalar {
		m := permutationMatrix(0, 1, 2)
		m[0][0], m[1][1] = a, b
		return m
	}
	thirds := permutationMatrix(0, 1, 2)
	thirds[0][0], thirds[0][1], thirds[1][0], thirds[1][1] = third.Add(third), third, third, third.Add(third)
	doubled := matrixOf([]int{1, 0, 0}, []int{1, 0, 0}, []int{0, 0, 1})
	emptyRow := matrixOf([]int{1, 1, 0}, []int{0, 0, 0}, []int{0, 0, 1})
	for name, c := range map[string]struct {
		matrix, outputs [][]scalar
		fit             bool // the outputs satisfy equations 4 and 5
		want            []error
	}{
		"a ballot doubled, another dropped":    {doubled, doubled, false, []error{ErrProduct}},
		"a row with two ones and an empty one": {emptyRow, doubled, false, []error{ErrPermutation, ErrProduct}},
		"every output the mean of all inputs":  {mean(3), mean(3), false, []error{ErrProduct}},
		"a row with two ones": {
			matrixOf([]int{1, 1, 0}, []int{0, 1, 0}, []int{0, 0, 1}),
			matrixOf([]int{1, 0, 0}, []int{-1, 1, 0}, []int{0, 0, 1}), true, []error{ErrPermutation, ErrProduct},
		},
		"entries that are no units, rows of 1": {
			matrixOf([]int{2, -1, 0}, []int{-1, 2, 0}, []int{0, 0, 1}), thirds, true, []error{ErrProduct},
		},
		"a ballot squared": {
			diagonal(half, one()), diagonal(integer(2), one()), true, []error{ErrPermutation, ErrProduct},
		},
		"two ballots inverted": {
			diagonal(integer(-1), integer(-1)), diagonal(integer(-1), integer(-1)), true, []error{ErrPermutation},
		},
		"entries whose product is 1": {
			diagonal(half, integer(2)), diagonal(integer(2), half), true, []error{ErrPermutation},
		},
	} {
		t.Run(name, func(t *testing.T) {
			want := func(kind error) []error {
				if c.fit {
					return c.want
				}
				return append(slices.Clone(c.want), kind)
			}
			l := &liar{matrix: c.matrix, h: group.Generators(Label, 4, 0)}
			m := newMixed(t, 3)
			var coins []scalar
			m.out, coins = reencrypted(m.st, m.in, c.outputs)
			m.tell(l, coins)
			expect(t, m.verify(), want(ErrReencryption)...)

			k := newMixedKeys(t, 3)
			k.tell(l, c.outputs, group.RandomScalar())
			expect(t, k.verify(), want(ErrExponent)...)
		})
	}
}

func mean(n int) [][]scalar {
	m := permutationMatrix(make([]int, n)...)
	for i := range m {
		for j := range m {
			m[i][j] = integer(n).Inverse()
		}
	}
	return m
}

// Provers that commit to a permutation and lie elsewhere.
func TestLiesBesideThePermutation(t *testing.T) {
	change := func(f func(c []elgamal.Ciphertext)) func(*mixed, *liar) {
		return func(m *mixed, _ *liar) {
			c := ciphertexts(m.out)
			f(c)
			m.out = elgamal.NewList(c, 0)
		}
	}
	for name, c := range map[string]struct {
		lie  func(m *mixed, l *liar)
		want []error
	}{
		"a ballot doubled in place of another": {
			change(func(c []elgamal.Ciphertext) { c[1] = c[0].ReEncrypt(group.Base(), one()) }), []error{ErrReencryption}},
		"a first half changed": {
			change(func(c []elgamal.Ciphertext) { c[1].C1 = c[1].C1.Add(group.Base()) }), []error{ErrReencryption}},
		"a vote changed": {
			change(func(c []elgamal.Ciphertext) { c[1].C2 = c[1].C2.Add(group.Base()) }), []error{ErrReencryption}},
		"two outputs exchanged": {
			change(func(c []elgamal.Ciphertext) { c[1], c[2] = c[2], c[1] }), []error{ErrReencryption}},
		"another order committed": {func(m *mixed, l *liar) {
			l.commit = permutationMatrix(0, 1, 2)
		}, []error{ErrCommitment}},
		"weights of his choice": {func(m *mixed, l *liar) {
			l.reuse = freshScalars(3)
		}, []error{ErrProduct, ErrCommitment, ErrReencryption}},
		"weights of an earlier proof": {func(m *mixed, l *liar) {
			_, l.reuse, _ = l.prove(ballotStory(m.st, m.in, m.out, freshScalars(3)))
		}, []error{ErrProduct, ErrCommitment, ErrReencryption}},
	} {
		t.Run(name, func(t *testing.T) {
			m, l := newMixed(t, 3), honestLiar(2, 0, 1)
			var coins []scalar
			m.out, coins = reencrypted(m.st, m.in, l.matrix)
			c.lie(m, l)
			m.tell(l, coins)
			expect(t, m.verify(), c.want...)
		})
	}
	t.Run("another key", func(t *testing.T) {
		m, l := newMixed(t, 3), honestLiar(2, 0, 1)
		other := m.st
		other.Key = m.st.Key.Double()
		var coins []scalar
		m.out, coins = reencrypted(other, m.in, l.matrix)
		m.tell(l, coins)
		expect(t, m.verify(), ErrReencryption)
	})
	t.Run("a chain that ends where it should", func(t *testing.T) {
		m := newMixed(t, 2)
		l := honestLiar(0, 1)
		l.matrix, l.joke = matrixOf([]int{2, -1}, []int{-1, 2}), true
		third := integer(3).Inverse()
		two := third.Add(third)
		var coins []scalar
		m.out, coins = reencrypted(m.st, m.in, [][]scalar{{two, third}, {third, two}})
		m.tell(l, coins)
		expect(t, m.verify(), ErrChain)
	})
}

// tell mixes the keys by the matrix, key i under exponent i modulo their
// number, and proves the first exponent.
func (k *mixedKeys) tell(l *liar, matrix [][]scalar, exponents ...scalar) {
	points := make([]point, len(matrix))
	for i, row := range matrix {
		points[i] = combine(row, k.in.points).Mul(exponents[i%len(exponents)])
	}
	var err error
	if k.out, err = EncodeKeys(points, 0); err != nil {
		panic(err)
	}
	k.raised = k.st.Generator.Mul(exponents[0])
	p, _, _ := l.prove(keyStory(k.st, k.raised, k.in, k.out, exponents[0]))
	k.proof = p.bytes()
}

// B25: keys raised to different exponents, or to another than the generator.
func TestTwoExponents(t *testing.T) {
	l := honestLiar(1, 2, 0, 3)
	a, b := group.RandomScalar(), group.RandomScalar()
	for name, exponents := range map[string][]scalar{
		"half of the keys":      {a, a, b, b},
		"one key":               {a, a, a, b},
		"exponents that cancel": {a, a, a.Mul(b), a.Mul(b.Inverse())},
	} {
		t.Run(name, func(t *testing.T) {
			k := newMixedKeys(t, 4)
			k.tell(l, l.matrix, exponents...)
			expect(t, k.verify(), ErrExponent)
		})
	}
	for name, proved := range map[string]scalar{
		"generator raised otherwise, the keys' exponent proved": a,
		"generator raised otherwise, its exponent proved":       b,
	} {
		t.Run(name, func(t *testing.T) {
			k := newMixedKeys(t, 4)
			k.tell(l, l.matrix, a)
			k.raised = k.st.Generator.Mul(b)
			p, _, _ := l.prove(keyStory(k.st, k.raised, k.in, k.out, proved))
			k.proof = p.bytes()
			expect(t, k.verify(), ErrExponent)
		})
	}
	t.Run("exponent zero", func(t *testing.T) {
		st, in := population(3)
		_, _, _, err := exponentiate(st, in, scalar{}, new(Generators), drawn("zero"), 0, nil)
		expect(t, err, ErrIdentity)
		_, err = DecodeKeys(make([]byte, 3*32), 0)
		expect(t, err, ErrIdentity)
	})
}

// B20: generators whose logarithms the prover knows let him commit to anything.
// The verifier makes his own.
func TestGeneratorsWithATrapdoor(t *testing.T) {
	m := newMixed(t, 3)
	l := &liar{matrix: matrixOf([]int{2, 0, 0}, []int{0, 1, 0}, []int{0, 0, 1}), logs: freshScalars(4)}
	for _, k := range l.logs {
		l.h = append(l.h, group.MulBase(k))
	}
	// He squares a ballot; the weights that make up for it are the inverse.
	var coins []scalar
	m.out, coins = reencrypted(m.st, m.in, l.matrix)
	l.matrix[0][0] = group.ScalarFromUint64(2).Inverse()
	m.tell(l, coins)
	if !ballotStory(m.st, m.in, m.out, nil).accepts(parse(m.proof, 3), l.h, "") {
		t.Fatal("with generators of his own the forgery should pass")
	}
	for i := range l.h {
		l.h[i] = l.h[i].Mul(half)
	}
	m.gens = &Generators{halves: l.h}
	if err := m.verify(); err != nil {
		t.Fatal("with generators of his own the forgery should pass: ", err)
	}
	m.gens = new(Generators)
	expect(t, m.verify(), ErrPermutation, ErrProduct, ErrCommitment, ErrChain)
}
