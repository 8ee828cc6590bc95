package sigma

import (
	"encoding/binary"
	"fmt"

	"isoloir/crypto/group"
	"isoloir/crypto/transcript"
	"isoloir/parallel"
)

// Claim says: I know x with key = g^x, here and for this purpose, or of a [Chain] or [Paper] with
// key = ĝ^x. The functions [ConstantTerm], [Account], [Reservation], [Device], [Login],
// [Chain] and [Paper] make claims; there is no other.
type Claim struct {
	t   *transcript.Transcript
	key Element
	urn *Element // ĝ; nil where the base is g
}

// ConstantTerm is the claim of a dealer on the constant term of his polynomial
// for a clause (docs/protocol.md §4): coefficients are C_0 … C_{t−1}, and the
// key is C_0. ErrCount if there are none.
func ConstantTerm(ctx transcript.Context, run uint32, holder, clause string, coefficients List) (Claim, error) {
	if coefficients.Len() == 0 {
		return Claim{}, fmt.Errorf("polynomial without coefficients: %w", ErrCount)
	}
	t := transcript.New("ceremony/constant", ctx)
	t.AppendUint32("run", run)
	t.AppendString("holder", holder)
	t.AppendString("clause", clause)
	t.Append("base", g.encoded[:])
	t.Append("coefficients", coefficients.encoded)
	return Claim{t: t, key: coefficients.At(0)}, nil
}

// Account is the claim of a device on a key it made (§5); holder is the
// account's public number.
func Account(ctx transcript.Context, key Element, holder string) Claim {
	t := transcript.New("account", ctx)
	t.Append("base", g.encoded[:])
	t.Append("key", key.encoded[:])
	t.AppendString("holder", holder)
	return Claim{t: t, key: key}
}

// Reservation is an elector's signature on his reservation (§9), and so on his
// mark: account is his key y before anonymisation.
func Reservation(ctx transcript.Context, account Element, elector uint32) Claim {
	t := transcript.New("reserve", ctx)
	t.Append("base", g.encoded[:])
	t.Append("account", account.encoded[:])
	t.AppendUint32("elector", elector)
	return Claim{t: t, key: account}
}

// Device is an elector's signature on the one-time key of the device by which he
// votes (§12): device is that key, account his own before anonymisation.
func Device(ctx transcript.Context, account Element, elector uint32, device [32]byte) Claim {
	t := transcript.New("device", ctx)
	t.Append("base", g.encoded[:])
	t.Append("account", account.encoded[:])
	t.AppendUint32("elector", elector)
	t.Append("device", device[:])
	return Claim{t: t, key: account}
}

// ChallengeSize is the length in bytes of the roll's challenge to a login.
const ChallengeSize = 56

// Login is an elector's login at the roll (docs/online.md, §1): key is his login
// key L, challenge what the roll gave to be answered once.
func Login(ctx transcript.Context, key Element, elector uint32, challenge [ChallengeSize]byte) Claim {
	t := transcript.New("login", ctx)
	t.Append("base", g.encoded[:])
	t.Append("key", key.encoded[:])
	t.AppendUint32("elector", elector)
	t.Append("challenge", challenge[:])
	return Claim{t: t, key: key}
}

// Chain is an account's question how its ballots stand in its urn (docs/online.md, §2):
// account is its key ŷ over the urn's generator ĝ, asked the instant of the question in
// seconds since 1970.
func Chain(ctx transcript.Context, urnBase, account Element, asked uint64) Claim {
	t := transcript.New("chain", ctx)
	t.Append("urn-base", urnBase.encoded[:])
	t.Append("account", account.encoded[:])
	t.Append("asked", binary.LittleEndian.AppendUint64(nil, asked))
	return Claim{t: t, key: account, urn: &urnBase}
}

// Paper is the claim of who votes on paper that an account of this scrutin is his
// (§11.1): account is its key ŷ over the urn's generator ĝ, minutes the name of those
// that his ballot is counted in.
func Paper(ctx transcript.Context, urnBase, account Element, minutes string) Claim {
	t := transcript.New("paper", ctx)
	t.Append("urn-base", urnBase.encoded[:])
	t.Append("account", account.encoded[:])
	t.AppendString("minutes", minutes)
	return Claim{t: t, key: account, urn: &urnBase}
}

// raise is the base raised to a secret, in constant time.
func (c Claim) raise(secret group.Scalar) group.Point {
	if c.urn != nil {
		return c.urn.point.Mul(secret)
	}
	return group.MulBase(secret)
}

// base is that of the verification equation.
func (c Claim) base() *base {
	if c.urn != nil {
		return &base{point: c.urn.point}
	}
	return baseG()
}

// Prove proves the claim with its secret, in constant time. ErrSecret if
// secret is not the logarithm of the key.
func (c Claim) Prove(secret group.Scalar) (Knowledge, error) {
	if !c.raise(secret).Equal(c.key.point) {
		return Knowledge{}, fmt.Errorf("proof of knowledge: %w", ErrSecret)
	}
	return c.prove(secret, c.t.Nonce(secret)), nil
}

func (c Claim) prove(secret, nonce group.Scalar) Knowledge {
	r := NewElement(c.raise(nonce))
	return Knowledge{r, nonce.Add(c.challenge(r).Mul(secret))}
}

// Verify checks a proof of the claim. ErrKnowledge if it does not hold,
// group.ErrIdentity if the key is the identity.
func (c Claim) Verify(p Knowledge) error {
	return VerifyKnowledge([]Claim{c}, []Knowledge{p}, 1)
}

// VerifyKnowledge checks proofs[i] against claims[i], all in one equation. A
// batch that fails gives a *[Culprits] naming each failure; a batch of one gives
// ErrKnowledge alone.
func VerifyKnowledge(claims []Claim, proofs []Knowledge, workers int) error {
	if len(claims) != len(proofs) {
		return fmt.Errorf("%d claims, %d proofs: %w", len(claims), len(proofs), ErrCount)
	}
	rows := make([]row, len(claims))
	for i := range claims {
		if claims[i].key.point.IsIdentity() {
			return fmt.Errorf("key %d: %w", i, group.ErrIdentity)
		}
	}
	parallel.Each(len(claims), workers, func(i int) {
		c, p := &claims[i], &proofs[i]
		rows[i] = row{base: c.base(), r: &p.r.point, key: &c.key.point, s: p.s, c: c.challenge(p.r)}
	})
	return verifyAll(rows, 1, workers, ErrKnowledge)
}

// challenge leaves the claim's transcript as it was.
func (c Claim) challenge(r Element) group.Scalar {
	t := c.t.Clone()
	t.Append("commitment", r.encoded[:])
	return t.Challenge("c")
}
