package sigma

import (
	"fmt"

	"isoloir/crypto/group"
	"isoloir/crypto/transcript"
)

// EnrolmentClaim says: I, this issuer, know the logarithm of every key of this
// list, in this order (docs/protocol.md §5). It is the batch form of Schnorr's
// protocol: one challenge gives every key its own weight e_i of 128 bits
// (Bellare, Garay, Rabin 1998), and g^s = R · ∏ key_i^{e_i}. Who answers for
// enough challenges to one R can solve for every logarithm.
type EnrolmentClaim struct {
	t    *transcript.Transcript
	keys List
}

// Enrolment is the claim of an issuer on its half-keys of an urn, in elector
// order. ErrCount if there are none, group.ErrIdentity if one is the identity.
func Enrolment(ctx transcript.Context, issuer string, keys List) (EnrolmentClaim, error) {
	if keys.Len() == 0 {
		return EnrolmentClaim{}, fmt.Errorf("enrolment of no key: %w", ErrCount)
	}
	if err := keys.refuseIdentity(); err != nil {
		return EnrolmentClaim{}, fmt.Errorf("enrolment key %w", err)
	}
	t := transcript.New("enrolment", ctx)
	t.AppendString("issuer", issuer)
	t.Append("base", g.encoded[:])
	t.Append("keys", keys.encoded)
	return EnrolmentClaim{t, keys}, nil
}

// Prove proves the claim with its secrets, in constant time. ErrCount unless
// there are as many secrets as keys. Secrets of other keys give a proof that
// does not verify.
func (c EnrolmentClaim) Prove(secrets []group.Scalar) (Knowledge, error) {
	if len(secrets) != c.keys.Len() {
		return Knowledge{}, fmt.Errorf("%d secrets for %d keys: %w", len(secrets), c.keys.Len(), ErrCount)
	}
	return c.prove(secrets, c.t.Nonce(secrets...)), nil
}

func (c EnrolmentClaim) prove(secrets []group.Scalar, nonce group.Scalar) Knowledge {
	r := NewElement(group.MulBase(nonce))
	s := nonce
	for i, e := range c.weights(r) {
		s = s.Add(group.ScalarFrom128(e).Mul(secrets[i]))
	}
	return Knowledge{r, s}
}

// Verify checks a proof of the claim. ErrEnrolment if it does not hold.
func (c EnrolmentClaim) Verify(p Knowledge, workers int) error {
	keys := group.MSM128(c.weights(p.r), c.keys.points, workers)
	if !group.MulBase(p.s).Equal(p.r.point.Add(keys)) {
		return ErrEnrolment
	}
	return nil
}

// weights leaves the claim's transcript as it was.
func (c EnrolmentClaim) weights(r Element) [][16]byte {
	t := c.t.Clone()
	t.Append("commitment", r.encoded[:])
	e := make([][16]byte, c.keys.Len())
	t.ChallengeWeights("e").Fill(e, 0)
	return e
}
