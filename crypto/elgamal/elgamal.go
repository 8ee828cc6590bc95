// Package elgamal encrypts choices under the key of the scrutin (ElGamal 1985,
// over the prime-order group of package group).
//
// A ciphertext is (c1, c2) = (g^r, m Y^r), 64 bytes, where m is the code of an
// option: a point hashed from the manifest's fingerprint, the question and the
// option (docs/protocol.md, section 7). Decoding accepts canonical points only
// and refuses the identity as c1, since it would show m.
//
// What it promises: one representation per ciphertext, and constant time in
// the secret exponent. It promises no more: ElGamal is malleable, and what
// makes a ballot unmalleable is its proof (package sigma).
package elgamal

import (
	"encoding/binary"
	"fmt"

	"isoloir/crypto/group"
)

// Size is the length of an encoded ciphertext in bytes: c1, then c2.
const Size = 2 * group.PointSize

// optionTag separates option codes from every other hash to the group.
const optionTag = "isoloir/v1/option"

// Ciphertext is (c1, c2) = (g^r, m Y^r).
type Ciphertext struct {
	C1, C2 group.Point
}

// Option returns the code of an option: Hash("isoloir/v1/option", f ‖
// LE16(len(question)) ‖ question ‖ LE16(len(option)) ‖ option), for identifiers
// as in the manifest. It panics on an identifier above 65,535 bytes.
func Option(manifest [32]byte, question, option string) group.Point {
	b := append([]byte(nil), manifest[:]...)
	for _, name := range []string{question, option} {
		if len(name) > 1<<16-1 {
			panic("elgamal: identifier too long for its length field")
		}
		b = binary.LittleEndian.AppendUint16(b, uint16(len(name)))
		b = append(b, name...)
	}
	return group.Hash(optionTag, b)
}

// Encrypt returns (g^r, m y^r), in constant time. r must be uniform, secret and
// used once. For many encryptions under one key see [Key].
func Encrypt(y, m group.Point, r group.Scalar) Ciphertext {
	return Ciphertext{group.MulBase(r), m.Add(y.Mul(r))}
}

// ReEncrypt returns (c1 g^r, c2 y^r), the same choice with other randomness, in
// constant time.
func (c Ciphertext) ReEncrypt(y group.Point, r group.Scalar) Ciphertext {
	return Ciphertext{c.C1.Add(group.MulBase(r)), c.C2.Add(y.Mul(r))}
}

// Bytes returns c1 ‖ c2.
func (c Ciphertext) Bytes() (b [Size]byte) {
	c1, c2 := c.C1.Bytes(), c.C2.Bytes()
	copy(b[:], c1[:])
	copy(b[group.PointSize:], c2[:])
	return b
}

// Decode reads 64 bytes. It refuses another length (group.ErrLength), what is
// not canonical (group.ErrNotCanonical) and the identity as c1
// (group.ErrIdentity).
func Decode(b []byte) (Ciphertext, error) {
	if len(b) != Size {
		return Ciphertext{}, fmt.Errorf("ciphertext of %d bytes: %w", len(b), group.ErrLength)
	}
	c1, err := group.DecodeNonIdentity(b[:group.PointSize])
	if err != nil {
		return Ciphertext{}, fmt.Errorf("ciphertext, c1: %w", err)
	}
	c2, err := group.Decode(b[group.PointSize:])
	if err != nil {
		return Ciphertext{}, fmt.Errorf("ciphertext, c2: %w", err)
	}
	return Ciphertext{c1, c2}, nil
}
