package sigma

import (
	"testing"

	"isoloir/crypto/group"
)

type complaintStatement struct {
	record
	Run       uint32   `json:"run"`
	Clause    string   `json:"clause"`
	Dealer    string   `json:"dealer"`
	Receiver  string   `json:"receiver"`
	Key       hexBytes `json:"key"`
	Ephemeral hexBytes `json:"ephemeral"`
	Shared    hexBytes `json:"shared"`
}

func (s complaintStatement) claim() (EqualityClaim, error) {
	var points [3]Element
	for i, b := range []hexBytes{s.Key, s.Ephemeral, s.Shared} {
		var err error
		if points[i], err = DecodeElement(b); err != nil {
			return EqualityClaim{}, err
		}
	}
	return Complaint(s.context(), s.Run, s.Clause, s.Dealer, s.Receiver, points[0], points[1], points[2]), nil
}

func verifyComplaintVector(v vector[complaintStatement]) error {
	c, err := v.Statement.claim()
	if err != nil {
		return err
	}
	p, err := DecodeEquality(v.Proof)
	if err != nil {
		return err
	}
	return c.Verify(p)
}

func honestComplaint(t *testing.T) vector[complaintStatement] {
	z, ephemeral := secret("reception"), group.MulBase(secret("ephemeral"))
	s := complaintStatement{beforeOpening(""), 1, "all", "H2", "H1",
		pointHex(group.MulBase(z)), pointHex(ephemeral), pointHex(ephemeral.Mul(z))}
	c, err := s.claim()
	if err != nil {
		t.Fatal(err)
	}
	nonce := secret("nonce of complaint")
	p := c.prove(z, nonce)
	b := p.Bytes()
	return vector[complaintStatement]{Name: "complaint", Statement: s, Proof: b[:],
		Witness: &witness{Secrets: scalarHex(z), Nonces: scalarHex(nonce), Challenge: scalarHex(c.challenge(p))[0]}}
}

func TestEqualityVectors(t *testing.T) {
	type v = vector[complaintStatement]
	k := secret("k")
	gk := group.MulBase(k)
	mutations := []mutation[complaintStatement]{
		{"other manifest", func(c *v) { flip(c.Statement.Manifest, 1) }, ErrEquality},
		{"other opening record", func(c *v) { flip(c.Statement.Opening, 1) }, ErrEquality},
		{"other urn", func(c *v) { c.Statement.Urn = "A" }, ErrEquality},
		{"other run", func(c *v) { c.Statement.Run++ }, ErrEquality},
		{"other clause", func(c *v) { c.Statement.Clause = "class" }, ErrEquality},
		{"other dealer", func(c *v) { c.Statement.Dealer = "H3" }, ErrEquality},
		{"other receiver", func(c *v) { c.Statement.Receiver = "H3" }, ErrEquality},
		{"dealer and receiver swapped", func(c *v) { s := &c.Statement; s.Dealer, s.Receiver = s.Receiver, s.Dealer }, ErrEquality},
		{"other reception key", func(c *v) { put(c.Statement.Key, 0, otherPoint[:]) }, ErrEquality},
		{"other ephemeral key", func(c *v) { put(c.Statement.Ephemeral, 0, otherPoint[:]) }, ErrEquality},
		{"other shared key", func(c *v) { put(c.Statement.Shared, 0, otherPoint[:]) }, ErrEquality},
		{"shared key inverted", func(c *v) { power(c.Statement.Shared, 0, group.ScalarFromUint64(1).Neg()) }, ErrEquality},
		{"ephemeral and shared to the k", func(c *v) { power(c.Statement.Ephemeral, 0, k); power(c.Statement.Shared, 0, k) }, ErrEquality},
		{"ephemeral and shared to the k, commitment adapted", func(c *v) {
			power(c.Statement.Ephemeral, 0, k)
			power(c.Statement.Shared, 0, k)
			power(c.Proof, 1, k)
		}, ErrEquality},
		{"reception key times g^k, response adapted", func(c *v) {
			move(c.Statement.Key, 0, gk)
			challenge, _ := group.DecodeScalar(c.Witness.Challenge)
			shift(c.Proof, 2, challenge.Mul(k))
		}, ErrEquality},
		{"ephemeral and shared swapped", func(c *v) { s := &c.Statement; s.Ephemeral, s.Shared = s.Shared, s.Ephemeral }, ErrEquality},
		{"key and shared swapped", func(c *v) { s := &c.Statement; s.Key, s.Shared = s.Shared, s.Key }, ErrEquality},
		{"reception key identity", func(c *v) { c.Statement.Key = identityBytes }, group.ErrIdentity},
		{"ephemeral key identity", func(c *v) { c.Statement.Ephemeral = identityBytes }, group.ErrIdentity},
		{"shared key identity", func(c *v) { c.Statement.Shared = identityBytes }, group.ErrIdentity},
		{"shared key not canonical", func(c *v) { c.Statement.Shared = nonCanonical }, group.ErrNotCanonical},
		{"shared key truncated", func(c *v) { c.Statement.Shared = c.Statement.Shared[:31] }, group.ErrLength},
		{"zero challenge: commitments g^s and E^s", func(c *v) {
			s := secret("s")
			e, _ := group.Decode(c.Statement.Ephemeral)
			put(c.Proof, 0, pointHex(group.MulBase(s)))
			put(c.Proof, 1, pointHex(e.Mul(s)))
			put(c.Proof, 2, scalarHex(s)[0])
		}, ErrEquality},
	}
	mutations = append(mutations, proofMutations[complaintStatement](2, 1, ErrEquality)...)
	attack(t, "equality.json", "Proofs of equal logarithms of a complaint of the ceremony. Proof: R1, R2, s.",
		[]vector[complaintStatement]{honestComplaint(t)}, func(vector[complaintStatement]) []mutation[complaintStatement] { return mutations }, verifyComplaintVector)
}
