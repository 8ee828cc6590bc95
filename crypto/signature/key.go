// Package signature says which Ed25519 public keys may stand in a manifest.
//
// Signatures are verified as crypto/ed25519 does it: RFC 8032 without the cofactor,
// s less than the order of the base point, R compared as bytes. Implementations
// differ on some keys and signatures all the same (Chalkias, Garillot, Nikolaenko,
// Taming the many EdDSAs, 2020): a key with a component of small order lets its owner
// make signatures that hold for some verifiers only, or of several messages.
package signature

import (
	"errors"

	"filippo.io/edwards25519"
)

// Why a key is refused.
var (
	ErrEncoding   = errors.New("the key is not the canonical encoding of a point of the curve")
	ErrSmallOrder = errors.New("the key is a point of small order")
	ErrTorsion    = errors.New("the key has a component of small order")
)

// CheckKey accepts the canonical encoding (RFC 8032, 32 bytes) of a point of the
// prime-order subgroup that is not the identity.
func CheckKey(key [32]byte) error {
	p, err := new(edwards25519.Point).SetBytes(key[:])
	if err != nil || [32]byte(p.Bytes()) != key {
		return ErrEncoding
	}
	identity := edwards25519.NewIdentityPoint()
	if new(edwards25519.Point).MultByCofactor(p).Equal(identity) == 1 {
		return ErrSmallOrder
	}
	one, _ := edwards25519.NewScalar().SetCanonicalBytes(append([]byte{1}, make([]byte, 31)...))
	// The order itself is no scalar: ℓ·p is (ℓ−1)·p and p once more.
	raised := new(edwards25519.Point).ScalarMult(edwards25519.NewScalar().Negate(one), p)
	if raised.Add(raised, p).Equal(identity) != 1 {
		return ErrTorsion
	}
	return nil
}
