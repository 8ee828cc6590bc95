package sigma

import (
	"bytes"
	"errors"
	"fmt"
	"testing"

	"isoloir/crypto/group"
)

type shareStatement struct {
	record
	Seal     hexBytes `json:"seal"`
	Question string   `json:"question"`
	Clause   string   `json:"clause"`
	Holder   string   `json:"holder"`
	Key      hexBytes `json:"key"`
	Inputs   hexBytes `json:"inputs"`
	Outputs  hexBytes `json:"outputs"`
}

func (s shareStatement) claim() (ShareClaim, error) {
	key, err := DecodeElement(s.Key)
	if err != nil {
		return ShareClaim{}, err
	}
	inputs, err := DecodeList(s.Inputs, 1)
	if err != nil {
		return ShareClaim{}, err
	}
	return Shares(s.context(), [32]byte(s.Seal), s.Question, s.Clause, s.Holder, key, inputs)
}

func verifyShareVector(v vector[shareStatement]) error {
	c, err := v.Statement.claim()
	if err != nil {
		return err
	}
	p, err := DecodeEquality(v.Proof)
	if err != nil {
		return err
	}
	_, err = c.Verify(v.Statement.Outputs, p, 2)
	return err
}

// fragment is the secret of the honest cases.
func fragment() group.Scalar { return secret("fragment") }

func shareInputs(n int) (points []group.Point) {
	for i := range n {
		points = append(points, group.MulBase(secret(fmt.Sprint("r", i))))
	}
	return points
}

func honestShare(t *testing.T, n int) vector[shareStatement] {
	seal := secret("seal").Bytes()
	x, inputs := fragment(), shareInputs(n)
	s := shareStatement{testRecord("A+B"), seal[:], "q1", "all", "H1", pointHex(group.MulBase(x)),
		joined(inputs...), joined(group.MulAllConstTime(x, inputs, 1)...)}
	c, err := s.claim()
	if err != nil {
		t.Fatal(err)
	}
	nonce := secret(fmt.Sprint("nonce of share ", n))
	folded, w := c.fold(s.Outputs)
	base := group.MSM128(w, inputs, 1)
	claim := c.combined(folded, base, base.Mul(x))
	p := claim.prove(x, nonce)
	b := p.Bytes()
	wit := &witness{Secrets: scalarHex(x), Nonces: scalarHex(nonce), Challenge: scalarHex(claim.challenge(p))[0],
		Combined: []hexBytes{pointHex(base), pointHex(base.Mul(x))}}
	for _, e := range w {
		wit.Weights = append(wit.Weights, e[:])
	}
	return vector[shareStatement]{Name: fmt.Sprint(n, " ciphertexts"), Statement: s, Proof: b[:], Witness: wit}
}

func TestShareVectors(t *testing.T) {
	type v = vector[shareStatement]
	k := secret("k")
	gk := group.MulBase(k)
	several := func(do func(*shareStatement)) func(*v) {
		return func(c *v) {
			if len(c.Statement.Inputs) > 32 {
				do(&c.Statement)
			}
		}
	}
	mutations := []mutation[shareStatement]{
		{"other manifest", func(c *v) { flip(c.Statement.Manifest, 2) }, ErrShare},
		{"other opening record", func(c *v) { flip(c.Statement.Opening, 2) }, ErrShare},
		{"other cell", func(c *v) { c.Statement.Urn = "A" }, ErrShare},
		{"other seal", func(c *v) { flip(c.Statement.Seal, 0) }, ErrShare},
		{"other question", func(c *v) { c.Statement.Question = "q2" }, ErrShare},
		{"other clause", func(c *v) { c.Statement.Clause = "class" }, ErrShare},
		{"other holder", func(c *v) { c.Statement.Holder = "H2" }, ErrShare},
		{"question and clause swapped", func(c *v) { s := &c.Statement; s.Question, s.Clause = s.Clause, s.Question }, ErrShare},
		{"other verification key", func(c *v) { put(c.Statement.Key, 0, otherPoint[:]) }, ErrShare},
		{"key times g^k, response adapted", func(c *v) {
			move(c.Statement.Key, 0, gk)
			challenge, _ := group.DecodeScalar(c.Witness.Challenge)
			shift(c.Proof, 2, challenge.Mul(k))
		}, ErrShare},
		{"c1 replaced", func(c *v) { put(c.Statement.Inputs, 0, otherPoint[:]) }, ErrShare},
		{"share replaced", func(c *v) { put(c.Statement.Outputs, 0, otherPoint[:]) }, ErrShare},
		{"last share times g", func(c *v) { move(c.Statement.Outputs, len(c.Statement.Outputs)/32-1, group.Base()) }, ErrShare},
		{"c1 and share of a list swapped", several(func(s *shareStatement) { swap(s.Inputs, 0, 1); swap(s.Outputs, 0, 1) }), ErrShare},
		{"shares swapped", several(func(s *shareStatement) { swap(s.Outputs, 0, 1) }), ErrShare},
		{"c1 swapped", several(func(s *shareStatement) { swap(s.Inputs, 0, 1) }), ErrShare},
		{"errors that cancel in the product of the shares", several(func(s *shareStatement) { move(s.Outputs, 0, gk); move(s.Outputs, 1, gk.Neg()) }), ErrShare},
		{"errors that cancel under the honest list's weights", func(c *v) {
			if len(c.Statement.Outputs) > 32 {
				w0 := group.ScalarFrom128([16]byte(c.Witness.Weights[0]))
				w1 := group.ScalarFrom128([16]byte(c.Witness.Weights[1]))
				move(c.Statement.Outputs, 0, group.MulBase(w1))
				move(c.Statement.Outputs, 1, group.MulBase(w0.Neg()))
			}
		}, ErrShare},
		{"c1 and share to the k", func(c *v) { power(c.Statement.Inputs, 0, k); power(c.Statement.Outputs, 0, k) }, ErrShare},
		{"inputs and outputs swapped", func(c *v) { s := &c.Statement; s.Inputs, s.Outputs = s.Outputs, s.Inputs }, ErrShare},
		{"last of both lists dropped", several(func(s *shareStatement) {
			s.Inputs, s.Outputs = s.Inputs[:len(s.Inputs)-32], s.Outputs[:len(s.Outputs)-32]
		}), ErrShare},
		{"share dropped", several(func(s *shareStatement) { s.Outputs = s.Outputs[:len(s.Outputs)-32] }), ErrCount},
		{"share added", func(c *v) { c.Statement.Outputs = append(c.Statement.Outputs, otherPoint[:]...) }, ErrCount},
		{"share truncated", func(c *v) { c.Statement.Outputs = c.Statement.Outputs[:len(c.Statement.Outputs)-1] }, ErrCount},
		{"share identity", func(c *v) { put(c.Statement.Outputs, 0, identityBytes) }, group.ErrIdentity},
		{"share not canonical", func(c *v) { put(c.Statement.Outputs, 0, nonCanonical) }, group.ErrNotCanonical},
		{"c1 identity", func(c *v) { put(c.Statement.Inputs, 0, identityBytes) }, group.ErrIdentity},
		{"key identity", func(c *v) { c.Statement.Key = identityBytes }, group.ErrIdentity},
		{"no ciphertext", func(c *v) { c.Statement.Inputs, c.Statement.Outputs = nil, nil }, ErrCount},
	}
	mutations = append(mutations, proofMutations[shareStatement](2, 1, ErrShare)...)
	attack(t, "share.json", "Proofs of a holder's list of partial decryptions. Proof: R1, R2, s. Weights: the vector challenge w. Combined: C, D.",
		[]vector[shareStatement]{honestShare(t, 1), honestShare(t, 5)}, func(vector[shareStatement]) []mutation[shareStatement] { return mutations }, verifyShareVector)
}

func TestProveShares(t *testing.T) {
	v := honestShare(t, 5)
	c, err := v.Statement.claim()
	if err != nil {
		t.Fatal(err)
	}
	outputs, p, err := c.Prove(fragment(), 2)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(outputs, v.Statement.Outputs) {
		t.Fatal("the shares are not c1^x")
	}
	shares, err := c.Verify(outputs, p, 2)
	if err != nil || !bytes.Equal(joined(shares...), outputs) {
		t.Fatal("honest shares refused", err)
	}
	if _, _, err := c.Prove(secret("another fragment"), 2); !errors.Is(err, ErrSecret) {
		t.Fatalf("another fragment: %v", err)
	}
}
