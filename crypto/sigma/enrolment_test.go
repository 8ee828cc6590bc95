package sigma

import (
	"fmt"
	"testing"

	"isoloir/crypto/group"
)

type enrolmentStatement struct {
	record
	Issuer string   `json:"issuer"`
	Keys   hexBytes `json:"keys"`
}

func (s enrolmentStatement) claim() (EnrolmentClaim, error) {
	keys, err := DecodeList(s.Keys, 1)
	if err != nil {
		return EnrolmentClaim{}, err
	}
	return Enrolment(s.context(), s.Issuer, keys)
}

func verifyEnrolmentVector(v vector[enrolmentStatement]) error {
	c, err := v.Statement.claim()
	if err != nil {
		return err
	}
	p, err := DecodeKnowledge(v.Proof)
	if err != nil {
		return err
	}
	return c.Verify(p, 2)
}

func honestEnrolment(t *testing.T, n int) vector[enrolmentStatement] {
	var secrets []group.Scalar
	var keys []group.Point
	for i := range n {
		secrets = append(secrets, secret(fmt.Sprint("half ", i)))
		keys = append(keys, group.MulBase(secrets[i]))
	}
	s := enrolmentStatement{beforeOpening("A"), "issuer-a", joined(keys...)}
	c, err := s.claim()
	if err != nil {
		t.Fatal(err)
	}
	nonce := secret(fmt.Sprint("nonce of enrolment ", n))
	p := c.prove(secrets, nonce)
	b := p.Bytes()
	w := &witness{Secrets: scalarHex(secrets...), Nonces: scalarHex(nonce)}
	for _, e := range c.weights(p.r) {
		w.Weights = append(w.Weights, e[:])
	}
	return vector[enrolmentStatement]{Name: fmt.Sprint(n, " keys"), Statement: s, Proof: b[:], Witness: w}
}

func TestEnrolmentVectors(t *testing.T) {
	type v = vector[enrolmentStatement]
	k := secret("k")
	gk := group.MulBase(k)
	several := func(do func(*v)) func(*v) {
		return func(c *v) {
			if len(c.Statement.Keys) > 32 {
				do(c)
			}
		}
	}
	mutations := []mutation[enrolmentStatement]{
		{"other manifest", func(c *v) { flip(c.Statement.Manifest, 31) }, ErrEnrolment},
		{"other opening record", func(c *v) { flip(c.Statement.Opening, 0) }, ErrEnrolment},
		{"other urn", func(c *v) { c.Statement.Urn = "B" }, ErrEnrolment},
		{"other issuer", func(c *v) { c.Statement.Issuer = "issuer-b" }, ErrEnrolment},
		{"urn and issuer swapped", func(c *v) { c.Statement.Urn, c.Statement.Issuer = c.Statement.Issuer, c.Statement.Urn }, ErrEnrolment},
		{"key replaced", func(c *v) { put(c.Statement.Keys, 0, otherPoint[:]) }, ErrEnrolment},
		{"last key replaced", func(c *v) { put(c.Statement.Keys, len(c.Statement.Keys)/32-1, otherPoint[:]) }, ErrEnrolment},
		{"keys swapped", several(func(c *v) { swap(c.Statement.Keys, 0, 1) }), ErrEnrolment},
		{"key doubled over another", several(func(c *v) { put(c.Statement.Keys, 1, c.Statement.Keys[:32]) }), ErrEnrolment},
		{"last key dropped", several(func(c *v) { c.Statement.Keys = c.Statement.Keys[:len(c.Statement.Keys)-32] }), ErrEnrolment},
		{"key added", func(c *v) { c.Statement.Keys = append(c.Statement.Keys, otherPoint[:]...) }, ErrEnrolment},
		{"errors that cancel in the product of the keys", several(func(c *v) {
			move(c.Statement.Keys, 0, gk)
			move(c.Statement.Keys, 1, gk.Neg())
		}), ErrEnrolment},
		{"related key: times g^k, response adapted", func(c *v) {
			move(c.Statement.Keys, 0, gk)
			shift(c.Proof, 1, group.ScalarFrom128([16]byte(c.Witness.Weights[0])).Mul(k))
		}, ErrEnrolment},
		{"all keys and the proof to the k", func(c *v) {
			for i := range len(c.Statement.Keys) / 32 {
				power(c.Statement.Keys, i, k)
			}
			power(c.Proof, 0, k)
			s, _ := group.DecodeScalar(c.Proof[32:])
			put(c.Proof, 1, scalarHex(s.Mul(k))[0])
		}, ErrEnrolment},
		{"key identity", func(c *v) { put(c.Statement.Keys, 0, identityBytes) }, group.ErrIdentity},
		{"key not canonical", func(c *v) { put(c.Statement.Keys, 0, nonCanonical) }, group.ErrNotCanonical},
		{"key truncated", func(c *v) { c.Statement.Keys = c.Statement.Keys[:len(c.Statement.Keys)-1] }, group.ErrLength},
		{"no key", func(c *v) { c.Statement.Keys = nil }, ErrCount},
		{"commitment and response shifted by the same", func(c *v) {
			move(c.Proof, 0, gk)
			shift(c.Proof, 1, k)
		}, ErrEnrolment},
	}
	mutations = append(mutations, proofMutations[enrolmentStatement](1, 1, ErrEnrolment)...)
	attack(t, "enrolment.json", "Proofs of knowledge of the logarithms of all keys of a list. Proof: R, s. Weights: the vector challenge e.",
		[]vector[enrolmentStatement]{honestEnrolment(t, 1), honestEnrolment(t, 6)}, func(vector[enrolmentStatement]) []mutation[enrolmentStatement] { return mutations }, verifyEnrolmentVector)
}
