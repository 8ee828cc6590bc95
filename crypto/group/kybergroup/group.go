// Package kybergroup presents crypto/group, ristretto255, as a kyber.Group, so
// that kyber's share package (Shamir polynomials, their commitments and
// Lagrange interpolation) computes in the group of the election.
//
// Decoding is as strict as crypto/group: UnmarshalBinary accepts canonical
// encodings only. Point.Mul is constant time. Data cannot be embedded in
// points: Embed and Data refuse.
package kybergroup

import (
	"crypto/cipher"

	"go.dedis.ch/kyber/v3"

	"isoloir/crypto/group"
)

// Group is ristretto255 as a kyber.Group. Its scalars and points are *Scalar
// and *Point.
type Group struct{}

// String returns the name of the group.
func (Group) String() string { return "ristretto255" }

// ScalarLen returns 32.
func (Group) ScalarLen() int { return group.ScalarSize }

// Scalar returns a new scalar, 0.
func (Group) Scalar() kyber.Scalar { return new(Scalar) }

// PointLen returns 32.
func (Group) PointLen() int { return group.PointSize }

// Point returns a new point, the identity.
func (Group) Point() kyber.Point { return &Point{P: group.Identity()} }

// uniform reads 64 bytes of the stream.
func uniform(rand cipher.Stream) (b [64]byte) {
	rand.XORKeyStream(b[:], b[:])
	return b
}
