package group

import (
	"crypto/subtle"
	"fmt"

	"filippo.io/edwards25519/field"
)

// PointSize is the length of an encoded element, in bytes.
const PointSize = 32

// Decode reads an element from its 32 bytes (RFC 9496, section 4.3.1). It
// refuses any other length (ErrLength) and any string that is not the one
// encoding of an element (ErrNotCanonical).
func Decode(b []byte) (Point, error) {
	var p Point
	if err := p.decode(b); err != nil {
		return Point{}, err
	}
	return p, nil
}

// DecodeNonIdentity is Decode refusing the identity too (ErrIdentity).
func DecodeNonIdentity(b []byte) (Point, error) {
	p, err := Decode(b)
	if err != nil {
		return Point{}, err
	}
	if p.IsIdentity() {
		return Point{}, fmt.Errorf("element: %w", ErrIdentity)
	}
	return p, nil
}

func (v *Point) decode(b []byte) error {
	if len(b) != PointSize {
		return fmt.Errorf("element of %d bytes: %w", len(b), ErrLength)
	}
	var s, ss, u1, u2, w, inv, den field.Element
	if _, err := s.SetBytes(b); err != nil {
		panic("group: " + err.Error())
	}
	if b[0]&1 == 1 || !limbsOf(b).less(fieldPrime) {
		return fmt.Errorf("element: %w", ErrNotCanonical)
	}
	ss.Square(&s)
	u1.Subtract(&feOne, &ss)
	u2.Add(&feOne, &ss)
	ss.Square(&u2)
	w.Multiply(w.Square(&u1), &feMinusD)
	w.Subtract(&w, &ss)
	square := inverseRoot(&inv, ss.Multiply(&ss, &w))
	den.Multiply(&inv, &u2)
	v.x.Multiply(v.x.Add(&s, &s), &den)
	v.x.Absolute(&v.x)
	v.y.Multiply(&u1, den.Multiply(&den, w.Multiply(&w, &inv)))
	v.z.One()
	v.t.Multiply(&v.x, &v.y)
	if square == 0 || v.t.IsNegative() == 1 || isZero(&v.y) {
		return fmt.Errorf("element: %w", ErrNotCanonical)
	}
	return nil
}

// inverseRoot sets r to a square root of 1/a and returns 1; if a is no square,
// or 0, it returns 0 and r is meaningless. It is SQRT_RATIO_M1(1, a) of RFC
// 9496, section 4.2, but for the choice of the root, in constant time.
func inverseRoot(r, a *field.Element) int {
	var t field.Element
	r.Square(a)
	r.Multiply(r, a)
	t.Square(r)
	t.Multiply(&t, a)
	r.Multiply(r, t.Pow22523(&t))
	t.Multiply(t.Square(r), a)
	check := t.Bytes()
	one := subtle.ConstantTimeCompare(check, bytesOne[:])
	minusOne := subtle.ConstantTimeCompare(check, bytesMinusOne[:])
	r.Select(t.Multiply(r, &feSqrtM1), r, minusOne)
	return one | minusOne
}

// isZero says whether a is 0, in variable time.
func isZero(a *field.Element) bool {
	return [32]byte(a.Bytes()) == [32]byte{}
}

// Bytes returns the 32-byte encoding of p (RFC 9496, section 4.3.2), in
// constant time. [EncodeBatch] and [DoubleEncodeBatch] encode many.
func (p Point) Bytes() [PointSize]byte {
	p.mustBeSet()
	var u1, u2, inv, den1, den2, zInv, ix, iy, enchanted, tmp field.Element
	u1.Multiply(u1.Add(&p.z, &p.y), tmp.Subtract(&p.z, &p.y))
	u2.Multiply(&p.x, &p.y)
	inverseRoot(&inv, tmp.Multiply(tmp.Square(&u2), &u1))
	den1.Multiply(&inv, &u1)
	den2.Multiply(&inv, &u2)
	zInv.Multiply(zInv.Multiply(&den1, &den2), &p.t)
	ix.Multiply(&p.x, &feSqrtM1)
	iy.Multiply(&p.y, &feSqrtM1)
	enchanted.Multiply(&den1, &feInvSqrtAMinusD)
	rotate := tmp.Multiply(&p.t, &zInv).IsNegative()
	var x, y, den field.Element
	x.Select(&iy, &p.x, rotate)
	y.Select(&ix, &p.y, rotate)
	den.Select(&enchanted, &den2, rotate)
	negative := tmp.Multiply(&x, &zInv).IsNegative()
	y.Select(tmp.Negate(&y), &y, negative)
	tmp.Multiply(&den, tmp.Subtract(&p.z, &y))
	tmp.Absolute(&tmp)
	return [PointSize]byte(tmp.Bytes())
}

// mapUniform sets v to the image of 64 bytes (RFC 9496, section 4.3.4).
func (v *Point) mapUniform(b *[64]byte) {
	var q Point
	v.mapHalf(b[:32])
	q.mapHalf(b[32:])
	v.add(v, &q)
}

// mapHalf is MAP of RFC 9496, section 4.3.4, on 32 bytes.
func (v *Point) mapHalf(b []byte) {
	var t, r, u, w, c, s, sPrime, n, tmp field.Element
	if _, err := t.SetBytes(b); err != nil {
		panic("group: " + err.Error())
	}
	r.Multiply(&feSqrtM1, r.Square(&t))
	u.Multiply(u.Add(&r, &feOne), &feOneMinusDSq)
	c.Negate(&feOne)
	w.Subtract(&c, w.Multiply(&r, &feD))
	w.Multiply(&w, tmp.Add(&r, &feD))
	_, wasSquare := s.SqrtRatio(&u, &w)
	sPrime.Multiply(&s, &t)
	sPrime.Negate(sPrime.Absolute(&sPrime))
	s.Select(&s, &sPrime, wasSquare)
	c.Select(&c, &r, wasSquare)
	n.Multiply(&c, n.Subtract(&r, &feOne))
	n.Subtract(n.Multiply(&n, &feDMinusOneSq), &w)
	var w0, w1, w2, w3, ss field.Element
	ss.Square(&s)
	w0.Multiply(&s, &w)
	w0.Add(&w0, &w0)
	w1.Multiply(&n, &feSqrtADMinusOne)
	w2.Subtract(&feOne, &ss)
	w3.Add(&feOne, &ss)
	v.x.Multiply(&w0, &w3)
	v.y.Multiply(&w2, &w1)
	v.z.Multiply(&w1, &w3)
	v.t.Multiply(&w0, &w2)
}
