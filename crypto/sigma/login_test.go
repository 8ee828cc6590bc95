package sigma

import (
	"crypto/sha512"
	"testing"

	"isoloir/crypto/group"
)

// loginStatement is a login at the roll, in bytes.
type loginStatement struct {
	record
	Key       hexBytes `json:"key"`
	Elector   uint32   `json:"elector"`
	Challenge hexBytes `json:"challenge"`
}

func (s loginStatement) claim() (Claim, error) {
	if len(s.Challenge) != ChallengeSize {
		return Claim{}, group.ErrLength
	}
	key, err := DecodeElement(s.Key)
	if err != nil {
		return Claim{}, err
	}
	return Login(s.context(), key, s.Elector, [ChallengeSize]byte(s.Challenge)), nil
}

func verifyLoginVector(v vector[loginStatement]) error {
	c, err := v.Statement.claim()
	if err != nil {
		return err
	}
	p, err := DecodeKnowledge(v.Proof)
	if err != nil {
		return err
	}
	return c.Verify(p)
}

// TestLoginVectors attacks logins: those of a device with both halves, whose key is
// the product of what two issuers left.
func TestLoginVectors(t *testing.T) {
	type v = vector[loginStatement]
	a, b := secret("login half of a"), secret("login half of b")
	challenge := sha512.Sum512([]byte("isoloir test challenge"))
	var honest []v
	for _, who := range []struct {
		name, urn string
		elector   uint32
	}{{"login", "A", 17}, {"the last elector there can be", "urne-japon", 1<<32 - 1}} {
		s := loginStatement{record: testRecord(who.urn), Key: pointHex(group.MulBase(a).Add(group.MulBase(b))), Elector: who.elector, Challenge: challenge[:ChallengeSize]}
		c, err := s.claim()
		if err != nil {
			t.Fatal(err)
		}
		nonce := secret("nonce of " + who.name)
		p := c.prove(a.Add(b), nonce)
		bytes := p.Bytes()
		honest = append(honest, v{Name: who.name, Statement: s, Proof: bytes[:], Witness: &witness{
			Secrets: scalarHex(a, b), Nonces: scalarHex(nonce), Challenge: scalarHex(c.challenge(p.r))[0]}})
	}
	k := secret("k")
	gk := group.MulBase(k)
	mutations := []mutation[loginStatement]{
		{"other manifest", func(c *v) { flip(c.Statement.Manifest, 0) }, ErrKnowledge},
		{"other opening record", func(c *v) { flip(c.Statement.Opening, 31) }, ErrKnowledge},
		{"other urn", func(c *v) { c.Statement.Urn += "B" }, ErrKnowledge},
		{"other elector", func(c *v) { c.Statement.Elector-- }, ErrKnowledge},
		{"other time", func(c *v) { flip(c.Statement.Challenge, 0) }, ErrKnowledge},
		{"other challenge", func(c *v) { flip(c.Statement.Challenge, 8) }, ErrKnowledge},
		{"other code of the challenge", func(c *v) { flip(c.Statement.Challenge, 55) }, ErrKnowledge},
		{"challenge truncated", func(c *v) { c.Statement.Challenge = c.Statement.Challenge[:55] }, group.ErrLength},
		{"first half alone", func(c *v) { put(c.Statement.Key, 0, pointHex(group.MulBase(a))) }, ErrKnowledge},
		{"other key", func(c *v) { put(c.Statement.Key, 0, otherPoint[:]) }, ErrKnowledge},
		{"key times g^k, response adapted", func(c *v) {
			move(c.Statement.Key, 0, gk)
			challenge, _ := group.DecodeScalar(c.Witness.Challenge)
			shift(c.Proof, 1, challenge.Mul(k))
		}, ErrKnowledge},
		{"key identity", func(c *v) { put(c.Statement.Key, 0, identityBytes) }, group.ErrIdentity},
		{"key not canonical", func(c *v) { put(c.Statement.Key, 0, nonCanonical) }, group.ErrNotCanonical},
		{"key truncated", func(c *v) { c.Statement.Key = c.Statement.Key[:31] }, group.ErrLength},
		{"commitment and response shifted by the same", func(c *v) {
			move(c.Proof, 0, gk)
			shift(c.Proof, 1, k)
		}, ErrKnowledge},
		{"zero challenge: commitment g^s", func(c *v) {
			s := secret("s")
			put(c.Proof, 0, pointHex(group.MulBase(s)))
			put(c.Proof, 1, scalarHex(s)[0])
		}, ErrKnowledge},
		{"a reservation of the same key", func(c *v) {
			key, _ := DecodeElement(c.Statement.Key)
			bytes := Reservation(c.Statement.context(), key, c.Statement.Elector).prove(a.Add(b), secret("nonce of a reservation")).Bytes()
			copy(c.Proof, bytes[:])
		}, ErrKnowledge},
	}
	mutations = append(mutations, proofMutations[loginStatement](1, 1, ErrKnowledge)...)
	attack(t, "login.json", "Logins at the roll: proofs of knowledge of the exponent of the login key, which is the product of what both issuers left (secrets: the two login halves). Proof: R, s.",
		honest, func(vector[loginStatement]) []mutation[loginStatement] { return mutations }, verifyLoginVector)
}
