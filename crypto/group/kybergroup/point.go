package kybergroup

import (
	"crypto/cipher"
	"encoding/hex"
	"errors"
	"io"

	"go.dedis.ch/kyber/v3"

	"isoloir/crypto/group"
)

// Point is a group.Point as a mutable kyber.Point.
type Point struct {
	P group.Point
}

func pointOf(p kyber.Point) group.Point { return p.(*Point).P }

func (p *Point) set(v group.Point) kyber.Point {
	p.P = v
	return p
}

// Equal says whether p and o are the same element.
func (p *Point) Equal(o kyber.Point) bool { return p.P.Equal(pointOf(o)) }

// Null sets p to the identity.
func (p *Point) Null() kyber.Point { return p.set(group.Identity()) }

// Base sets p to the generator.
func (p *Point) Base() kyber.Point { return p.set(group.Base()) }

// Pick sets p to a random multiple of the generator, drawn from rand.
func (p *Point) Pick(rand cipher.Stream) kyber.Point {
	return p.set(group.MulBase(group.ScalarFromWide(uniform(rand))))
}

// Set sets p to q.
func (p *Point) Set(q kyber.Point) kyber.Point { return p.set(pointOf(q)) }

// Clone returns a copy of p.
func (p *Point) Clone() kyber.Point { return &Point{p.P} }

// EmbedLen returns 0: no data can be embedded.
func (p *Point) EmbedLen() int { return 0 }

// Embed refuses, by a panic, any data; without data it is Pick.
func (p *Point) Embed(data []byte, rand cipher.Stream) kyber.Point {
	if len(data) > 0 {
		panic("kybergroup: points of this group carry no data")
	}
	return p.Pick(rand)
}

// Data refuses: points of this group carry no data.
func (p *Point) Data() ([]byte, error) {
	return nil, errors.New("points of this group carry no data")
}

// Add sets p to a + b.
func (p *Point) Add(a, b kyber.Point) kyber.Point { return p.set(pointOf(a).Add(pointOf(b))) }

// Sub sets p to a - b.
func (p *Point) Sub(a, b kyber.Point) kyber.Point { return p.set(pointOf(a).Sub(pointOf(b))) }

// Neg sets p to -a.
func (p *Point) Neg(a kyber.Point) kyber.Point { return p.set(pointOf(a).Neg()) }

// Mul sets p to s*q, and to s times the generator when q is nil, in constant
// time.
func (p *Point) Mul(s kyber.Scalar, q kyber.Point) kyber.Point {
	if q == nil {
		return p.set(group.MulBase(scalarOf(s)))
	}
	return p.set(pointOf(q).Mul(scalarOf(s)))
}

// String returns the encoding of p in hexadecimal.
func (p *Point) String() string {
	b := p.P.Bytes()
	return hex.EncodeToString(b[:])
}

// MarshalSize returns 32.
func (p *Point) MarshalSize() int { return group.PointSize }

// MarshalBinary returns the 32 bytes of p.
func (p *Point) MarshalBinary() ([]byte, error) {
	b := p.P.Bytes()
	return b[:], nil
}

// UnmarshalBinary sets p from its canonical 32 bytes.
func (p *Point) UnmarshalBinary(b []byte) error {
	v, err := group.Decode(b)
	if err != nil {
		return err
	}
	p.P = v
	return nil
}

// MarshalTo writes the 32 bytes of p.
func (p *Point) MarshalTo(w io.Writer) (int, error) {
	b := p.P.Bytes()
	return w.Write(b[:])
}

// UnmarshalFrom reads 32 bytes and sets p from them.
func (p *Point) UnmarshalFrom(r io.Reader) (int, error) {
	var b [group.PointSize]byte
	n, err := io.ReadFull(r, b[:])
	if err != nil {
		return n, err
	}
	return n, p.UnmarshalBinary(b[:])
}
