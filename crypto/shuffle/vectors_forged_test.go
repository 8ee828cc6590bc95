package shuffle

import (
	"testing"

	"isoloir/crypto/elgamal"
	"isoloir/crypto/group"
)

// forgedVectors are proofs about the honest case's inputs by provers who lie
// from the beginning, or whose challenge leaves something out.
func forgedVectors(t *testing.T, honest vector) (list []vector) {
	d := drawn("forged")
	random := func(n int) []scalar {
		out := make([]scalar, n)
		for i := range out {
			out[i] = d(nil)
		}
		return out
	}
	inverse2, inverse3 := integer(2).Inverse(), integer(3).Inverse()
	permutation := permutationMatrix(1, 2, 0)
	doubled := matrixOf([]int{1, 0, 0}, []int{1, 0, 0}, []int{0, 0, 1})
	product1, product1Outputs := permutationMatrix(0, 1, 2), permutationMatrix(0, 1, 2)
	product1[0][0], product1[1][1] = inverse2, integer(2)
	product1Outputs[0][0], product1Outputs[1][1] = integer(2), inverse2
	rowsOf1 := matrixOf([]int{2, -1, 0}, []int{-1, 2, 0}, []int{0, 0, 1})
	rowsOf1Outputs := permutationMatrix(0, 1, 2)
	two3 := inverse3.Add(inverse3)
	rowsOf1Outputs[0][0], rowsOf1Outputs[0][1], rowsOf1Outputs[1][0], rowsOf1Outputs[1][1] = two3, inverse3, inverse3, two3
	trapdoors := random(4)
	var chosen []point
	for _, k := range trapdoors {
		chosen = append(chosen, group.MulBase(k))
	}
	for _, c := range []struct {
		name    string
		liar    liar
		outputs [][]scalar
		spoiled bool // one output altered before the proof
	}{
		{"an element doubled by the mixer, another dropped", liar{matrix: doubled}, doubled, false},
		{"a matrix with entries 2 and 1/2", liar{matrix: product1}, product1Outputs, false},
		{"a matrix with entries 2 and -1", liar{matrix: rowsOf1}, rowsOf1Outputs, false},
		{"the same, and a chain that ends where it should", liar{matrix: rowsOf1, joke: true}, rowsOf1Outputs, false},
		{"another permutation committed than used", liar{matrix: permutation, commit: permutationMatrix(0, 1, 2)}, permutation, false},
		{"an output altered before the proof", liar{matrix: permutation}, permutation, true},
		{"weights chosen by the prover", liar{matrix: permutation, reuse: random(3)}, permutation, false},
		{"generators with logarithms known to the prover", liar{matrix: product1, logs: trapdoors, h: chosen}, product1Outputs, false},
		{"challenge without the inputs", liar{matrix: permutation, omit: "inputs"}, permutation, false},
		{"challenge without the outputs", liar{matrix: permutation, omit: "outputs"}, permutation, false},
		{"challenge without the base", liar{matrix: permutation, omit: "base"}, permutation, false},
		{"challenge without the stage", liar{matrix: permutation, omit: "stage"}, permutation, false},
		{"challenge without the permutation", liar{matrix: permutation, omit: "permutation"}, permutation, false},
		{"challenge without t1 to t5", liar{matrix: permutation, omit: "commitments"}, permutation, false},
		{"challenge without the chain", liar{matrix: permutation, omit: "chain"}, permutation, false},
		{"challenge without the chain's commitments", liar{matrix: permutation, omit: "chain-commitments"}, permutation, false},
	} {
		l := c.liar
		l.random = random
		if l.h == nil {
			l.h = group.Generators(Label, 4, 0)
		}
		v := honest
		v.Name = c.name
		if v.Key == "" {
			v.forgeKeys(t, &l, c.outputs, c.spoiled, random(1)[0])
		} else {
			v.forgeBallots(t, &l, c.outputs, c.spoiled, random(3))
		}
		list = append(list, v)
	}
	return list
}

func (v *vector) forgeBallots(t *testing.T, l *liar, outputs [][]scalar, spoiled bool, coins []scalar) {
	st := v.statement(t)
	in, err := elgamal.DecodeList(unhex(t, v.Inputs), 0)
	if err != nil {
		t.Fatal(err)
	}
	out := reencryptedWith(st, in, outputs, coins)
	if spoiled {
		c := ciphertexts(out)
		c[1].C2 = c[1].C2.Add(group.Base())
		out = elgamal.NewList(c, 0)
	}
	p, _, _ := l.prove(ballotStory(st, in, out, coins))
	v.Outputs, v.Proof = hexOf(out.Bytes()), hexOf(p.bytes())
}

func (v *vector) forgeKeys(t *testing.T, l *liar, outputs [][]scalar, spoiled bool, alpha scalar) {
	st := v.keyStatement(t)
	in, err := DecodeKeys(unhex(t, v.Inputs), 0)
	if err != nil {
		t.Fatal(err)
	}
	points := make([]point, len(outputs))
	for i, row := range outputs {
		points[i] = combine(row, in.points).Mul(alpha)
	}
	if spoiled {
		points[1] = points[1].Double()
	}
	out, err := EncodeKeys(points, 0)
	if err != nil {
		t.Fatal(err)
	}
	raised := st.Generator.Mul(alpha)
	p, _, _ := l.prove(keyStory(st, raised, in, out, alpha))
	v.Raised, v.Outputs, v.Proof = hexOf(encode(raised)), hexOf(out.Bytes()), hexOf(p.bytes())
}
