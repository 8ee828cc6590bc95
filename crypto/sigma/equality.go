package sigma

import (
	"fmt"

	"isoloir/crypto/group"
	"isoloir/crypto/transcript"
	"isoloir/parallel"
)

// EqualityClaim says: key = g^x and image = base^x for one x that I know
// (Chaum, Pedersen 1992). The functions [Complaint], [Site] and [ShareClaim.At] make
// such claims; there is no other.
type EqualityClaim struct {
	t                *transcript.Transcript
	key, base, image Element
}

// Complaint is the claim of a receiver that shared = ephemeral^z is what his
// reception key = g^z has in common with the dealer's ephemeral key
// (docs/protocol.md §4).
func Complaint(ctx transcript.Context, run uint32, clause, dealer, receiver string, key, ephemeral, shared Element) EqualityClaim {
	t := transcript.New("ceremony/complaint", ctx)
	t.AppendUint32("run", run)
	t.AppendString("clause", clause)
	t.AppendString("dealer", dealer)
	t.AppendString("receiver", receiver)
	t.Append("base", g.encoded[:])
	t.Append("key", key.encoded[:])
	t.Append("ephemeral", ephemeral.encoded[:])
	t.Append("shared", shared.encoded[:])
	return EqualityClaim{t, key, ephemeral, shared}
}

// Prove proves the claim with its secret, in constant time. ErrSecret if
// secret is not the logarithm of key and of image.
func (c EqualityClaim) Prove(secret group.Scalar) (Equality, error) {
	if !group.MulBase(secret).Equal(c.key.point) || !c.base.point.Mul(secret).Equal(c.image.point) {
		return Equality{}, fmt.Errorf("proof of equal logarithms: %w", ErrSecret)
	}
	return c.prove(secret, c.t.Nonce(secret)), nil
}

func (c EqualityClaim) prove(secret, nonce group.Scalar) Equality {
	p := Equality{r1: NewElement(group.MulBase(nonce)), r2: NewElement(c.base.point.Mul(nonce))}
	p.s = nonce.Add(c.challenge(p).Mul(secret))
	return p
}

// Verify checks a proof of the claim. ErrEquality if it does not hold,
// group.ErrIdentity if the key, the base or the image is the identity.
func (c EqualityClaim) Verify(p Equality) error {
	return VerifyEquality([]EqualityClaim{c}, []Equality{p}, 1)
}

// VerifyEquality checks proofs[i] against claims[i], all in one equation. A
// batch that fails gives a *[Culprits] naming each failure; a batch of one gives
// ErrEquality alone.
func VerifyEquality(claims []EqualityClaim, proofs []Equality, workers int) error {
	if len(claims) != len(proofs) {
		return fmt.Errorf("%d claims, %d proofs: %w", len(claims), len(proofs), ErrCount)
	}
	rows := make([]row, 2*len(claims))
	for i := range claims {
		c := &claims[i]
		if c.key.point.IsIdentity() || c.base.point.IsIdentity() || c.image.point.IsIdentity() {
			return fmt.Errorf("claim %d: %w", i, group.ErrIdentity)
		}
	}
	parallel.Each(len(claims), workers, func(i int) {
		c, p := &claims[i], &proofs[i]
		e := c.challenge(*p)
		rows[2*i] = row{base: baseG(), r: &p.r1.point, key: &c.key.point, s: p.s, c: e}
		rows[2*i+1] = row{base: &base{point: c.base.point}, r: &p.r2.point, key: &c.image.point, s: p.s, c: e}
	})
	return verifyAll(rows, 2, workers, ErrEquality)
}

// challenge leaves the claim's transcript as it was.
func (c EqualityClaim) challenge(p Equality) group.Scalar {
	t := c.t.Clone()
	t.Append("commitment", append(p.r1.encoded[:], p.r2.encoded[:]...))
	return t.Challenge("c")
}
