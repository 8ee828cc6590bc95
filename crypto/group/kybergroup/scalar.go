package kybergroup

import (
	"crypto/cipher"
	"io"

	"go.dedis.ch/kyber/v3"

	"isoloir/crypto/group"
)

// Scalar is a group.Scalar as a mutable kyber.Scalar.
type Scalar struct {
	S group.Scalar
}

func scalarOf(s kyber.Scalar) group.Scalar { return s.(*Scalar).S }

func (s *Scalar) set(v group.Scalar) kyber.Scalar {
	s.S = v
	return s
}

// Equal says whether s and o are the same scalar.
func (s *Scalar) Equal(o kyber.Scalar) bool { return s.S.Equal(scalarOf(o)) }

// Set sets s to a.
func (s *Scalar) Set(a kyber.Scalar) kyber.Scalar { return s.set(scalarOf(a)) }

// Clone returns a copy of s.
func (s *Scalar) Clone() kyber.Scalar { return &Scalar{s.S} }

// SetInt64 sets s to v modulo l.
func (s *Scalar) SetInt64(v int64) kyber.Scalar {
	if v < 0 {
		return s.set(group.ScalarFromUint64(-uint64(v)).Neg())
	}
	return s.set(group.ScalarFromUint64(uint64(v)))
}

// Zero sets s to 0.
func (s *Scalar) Zero() kyber.Scalar { return s.set(group.Scalar{}) }

// One sets s to 1.
func (s *Scalar) One() kyber.Scalar { return s.set(group.ScalarFromUint64(1)) }

// Add sets s to a + b.
func (s *Scalar) Add(a, b kyber.Scalar) kyber.Scalar { return s.set(scalarOf(a).Add(scalarOf(b))) }

// Sub sets s to a - b.
func (s *Scalar) Sub(a, b kyber.Scalar) kyber.Scalar { return s.set(scalarOf(a).Sub(scalarOf(b))) }

// Mul sets s to a * b.
func (s *Scalar) Mul(a, b kyber.Scalar) kyber.Scalar { return s.set(scalarOf(a).Mul(scalarOf(b))) }

// Neg sets s to -a.
func (s *Scalar) Neg(a kyber.Scalar) kyber.Scalar { return s.set(scalarOf(a).Neg()) }

// Inv sets s to 1/a, and to 0 when a is 0.
func (s *Scalar) Inv(a kyber.Scalar) kyber.Scalar { return s.set(scalarOf(a).Inverse()) }

// Div sets s to a/b, and to 0 when b is 0.
func (s *Scalar) Div(a, b kyber.Scalar) kyber.Scalar {
	return s.set(scalarOf(a).Mul(scalarOf(b).Inverse()))
}

// Pick sets s to a uniform scalar drawn from rand.
func (s *Scalar) Pick(rand cipher.Stream) kyber.Scalar {
	return s.set(group.ScalarFromWide(uniform(rand)))
}

// SetBytes sets s to the little-endian integer b modulo l. It panics above 64
// bytes.
func (s *Scalar) SetBytes(b []byte) kyber.Scalar {
	var wide [64]byte
	if len(b) > len(wide) {
		panic("kybergroup: scalar of more than 64 bytes")
	}
	copy(wide[:], b)
	return s.set(group.ScalarFromWide(wide))
}

// String says what s is without its value, as scalars are often secret.
func (s *Scalar) String() string { return "ristretto255 scalar" }

// MarshalSize returns 32.
func (s *Scalar) MarshalSize() int { return group.ScalarSize }

// MarshalBinary returns the 32 canonical little-endian bytes of s.
func (s *Scalar) MarshalBinary() ([]byte, error) {
	b := s.S.Bytes()
	return b[:], nil
}

// UnmarshalBinary sets s from 32 canonical little-endian bytes.
func (s *Scalar) UnmarshalBinary(b []byte) error {
	v, err := group.DecodeScalar(b)
	if err != nil {
		return err
	}
	s.S = v
	return nil
}

// MarshalTo writes the 32 bytes of s.
func (s *Scalar) MarshalTo(w io.Writer) (int, error) {
	b := s.S.Bytes()
	return w.Write(b[:])
}

// UnmarshalFrom reads 32 bytes and sets s from them.
func (s *Scalar) UnmarshalFrom(r io.Reader) (int, error) {
	var b [group.ScalarSize]byte
	n, err := io.ReadFull(r, b[:])
	if err != nil {
		return n, err
	}
	return n, s.UnmarshalBinary(b[:])
}
