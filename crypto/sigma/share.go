package sigma

import (
	"fmt"

	"isoloir/crypto/group"
	"isoloir/crypto/transcript"
)

// ShareClaim says: this list is c1_i^x for each input c1_i, in this order, with
// the x of my verification key g^x (docs/protocol.md §10). One proof covers the
// list: after keys, inputs and outputs are fixed, a vector challenge w folds
// them into C = ∏ c1_i^{w_i} and D = ∏ d_i^{w_i}, and one proof of equal
// logarithms is made for (g, key) and (C, D). A list with one wrong value
// passes with probability 2^-128.
type ShareClaim struct {
	ctx                      transcript.Context
	seal                     [32]byte
	question, clause, holder string
	key                      Element
	inputs                   List
}

// Shares is the claim of a holder on one question of the cell that ctx names.
// ErrCount if there is no input, group.ErrIdentity if the key or an input is
// the identity.
func Shares(ctx transcript.Context, seal [32]byte, question, clause, holder string, key Element, inputs List) (ShareClaim, error) {
	if inputs.Len() == 0 {
		return ShareClaim{}, fmt.Errorf("shares of no ciphertext: %w", ErrCount)
	}
	if key.point.IsIdentity() {
		return ShareClaim{}, fmt.Errorf("verification key: %w", group.ErrIdentity)
	}
	if err := inputs.refuseIdentity(); err != nil {
		return ShareClaim{}, fmt.Errorf("c1 %w", err)
	}
	return ShareClaim{ctx, seal, question, clause, holder, key, inputs}, nil
}

// Prove computes the shares, 32 bytes for each input, and proves them, in
// constant time. ErrSecret if fragment is not the logarithm of the key.
func (c ShareClaim) Prove(fragment group.Scalar, workers int) (outputs []byte, p Equality, err error) {
	if !group.MulBase(fragment).Equal(c.key.point) {
		return nil, Equality{}, fmt.Errorf("shares: %w", ErrSecret)
	}
	half := fragment.Mul(group.ScalarFromUint64(2).Inverse())
	outputs = group.DoubleEncodeBatch(group.MulAllConstTime(half, c.inputs.points, workers), workers)
	t, w := c.fold(outputs)
	base := group.MSM128(w, c.inputs.points, workers)
	claim := c.combined(t, base, base.Mul(fragment))
	return outputs, claim.prove(fragment, claim.t.Nonce(fragment)), nil
}

// Verify decodes the shares and checks their proof. ErrCount unless there is
// one share for each input; group.ErrLength, group.ErrNotCanonical or
// group.ErrIdentity for a share that is none, naming the first; ErrShare if the
// proof does not hold.
func (c ShareClaim) Verify(outputs []byte, p Equality, workers int) ([]group.Point, error) {
	if len(outputs) != len(c.inputs.encoded) {
		return nil, fmt.Errorf("%d bytes of shares for %d ciphertexts: %w", len(outputs), c.inputs.Len(), ErrCount)
	}
	shares, err := DecodeList(outputs, workers)
	if err != nil {
		return nil, fmt.Errorf("share %w", err)
	}
	t, w := c.fold(outputs)
	base := group.MSM128(w, c.inputs.points, workers)
	image := group.MSM128(w, shares.points, workers)
	if c.combined(t, base, image).Verify(p) != nil {
		return nil, ErrShare
	}
	return shares.points, nil
}

// fold returns the transcript of the list and its weights.
func (c ShareClaim) fold(outputs []byte) (*transcript.Transcript, [][16]byte) {
	t := c.statement("share")
	t.Append("inputs", c.inputs.encoded)
	t.Append("outputs", outputs)
	w := make([][16]byte, c.inputs.Len())
	t.ChallengeWeights("w").Fill(w, 0)
	return t, w
}

// combined is the claim that image = base^x, the list being folded.
func (c ShareClaim) combined(t *transcript.Transcript, base, image group.Point) EqualityClaim {
	claim := EqualityClaim{t, c.key, NewElement(base), NewElement(image)}
	t.Append("combined", append(claim.base.encoded[:], claim.image.encoded[:]...))
	return claim
}

// At is the claim on one share alone, number i: by such claims a holder whose
// list was refused shows which of its values are right.
func (c ShareClaim) At(i int, share Element) EqualityClaim {
	input := c.inputs.At(i)
	t := c.statement("share/single")
	t.AppendUint32("index", uint32(i))
	t.Append("input", input.encoded[:])
	t.Append("output", share.encoded[:])
	return EqualityClaim{t, c.key, input, share}
}

func (c ShareClaim) statement(proof string) *transcript.Transcript {
	t := transcript.New(proof, c.ctx)
	t.Append("seal", c.seal[:])
	t.AppendString("question", c.question)
	t.AppendString("clause", c.clause)
	t.AppendString("holder", c.holder)
	t.Append("base", g.encoded[:])
	t.Append("key", c.key.encoded[:])
	return t
}
