package group

import (
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"

	"filippo.io/edwards25519"
)

// ScalarSize is the length of an encoded scalar, in bytes.
const ScalarSize = 32

// Errors of the decoders. They are returned wrapped: compare with errors.Is.
var (
	// ErrLength says that the input does not have the length of an encoding.
	ErrLength = errors.New("wrong length")
	// ErrNotCanonical says that the input is not the canonical encoding of
	// any element or scalar.
	ErrNotCanonical = errors.New("not a canonical encoding")
	// ErrIdentity says that the input encodes the identity element where it
	// is refused.
	ErrIdentity = errors.New("identity element")
)

// Scalar is an integer modulo the group order l. Its zero value is 0. All
// operations are constant time.
type Scalar struct {
	s edwards25519.Scalar
}

// RandomScalar returns a uniform scalar: 64 bytes of crypto/rand reduced
// modulo l.
func RandomScalar() Scalar {
	var wide [64]byte
	rand.Read(wide[:])
	return ScalarFromWide(wide)
}

// ScalarFromWide returns the 512-bit little-endian integer b modulo l. If b is
// uniform, the scalar is within 2^-256 of uniform.
func ScalarFromWide(b [64]byte) Scalar {
	var r Scalar
	if _, err := r.s.SetUniformBytes(b[:]); err != nil {
		panic("group: " + err.Error())
	}
	return r
}

// ScalarFromUint64 returns the scalar v.
func ScalarFromUint64(v uint64) Scalar {
	var b [16]byte
	binary.LittleEndian.PutUint64(b[:], v)
	return ScalarFrom128(b)
}

// ScalarFrom128 returns the 128-bit little-endian integer b, which is always
// below l.
func ScalarFrom128(b [16]byte) Scalar {
	var wide [ScalarSize]byte
	copy(wide[:], b[:])
	var r Scalar
	if _, err := r.s.SetCanonicalBytes(wide[:]); err != nil {
		panic("group: " + err.Error())
	}
	return r
}

// DecodeScalar reads 32 little-endian bytes. It refuses any other length
// (ErrLength) and any integer of l or above (ErrNotCanonical).
func DecodeScalar(b []byte) (Scalar, error) {
	if len(b) != ScalarSize {
		return Scalar{}, fmt.Errorf("scalar of %d bytes: %w", len(b), ErrLength)
	}
	var r Scalar
	if _, err := r.s.SetCanonicalBytes(b); err != nil {
		return Scalar{}, fmt.Errorf("scalar: %w", ErrNotCanonical)
	}
	return r, nil
}

// Bytes returns the 32 canonical little-endian bytes of a.
func (a Scalar) Bytes() [ScalarSize]byte {
	return [ScalarSize]byte(a.s.Bytes())
}

// Add returns a + b.
func (a Scalar) Add(b Scalar) (r Scalar) {
	r.s.Add(&a.s, &b.s)
	return r
}

// Sub returns a - b.
func (a Scalar) Sub(b Scalar) (r Scalar) {
	r.s.Subtract(&a.s, &b.s)
	return r
}

// Mul returns a * b.
func (a Scalar) Mul(b Scalar) (r Scalar) {
	r.s.Multiply(&a.s, &b.s)
	return r
}

// Neg returns -a.
func (a Scalar) Neg() (r Scalar) {
	r.s.Negate(&a.s)
	return r
}

// Inverse returns 1/a, and 0 when a is 0.
func (a Scalar) Inverse() (r Scalar) {
	r.s.Invert(&a.s)
	return r
}

// Equal says whether a and b are the same scalar.
func (a Scalar) Equal(b Scalar) bool {
	return a.s.Equal(&b.s) == 1
}

// IsZero says whether a is 0.
func (a Scalar) IsZero() bool {
	return a.Equal(Scalar{})
}
