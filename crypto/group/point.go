package group

import "filippo.io/edwards25519/field"

// Point is an element of the group. It represents a coset of edwards25519 in
// extended coordinates: x = X/Z, y = Y/Z, T = XY/Z. The zero value is no
// element: using it panics, as it would otherwise pass as equal to anything.
type Point struct {
	x, y, z, t field.Element
}

// Identity returns the neutral element.
func Identity() Point {
	var p Point
	p.setIdentity()
	return p
}

// Base returns the generator of RFC 9496, section 4.
func Base() Point {
	return basePoint
}

// Add returns p + q, in constant time.
func (p Point) Add(q Point) (r Point) {
	p.mustBeSet()
	q.mustBeSet()
	r.add(&p, &q)
	return r
}

// Sub returns p - q, in constant time.
func (p Point) Sub(q Point) (r Point) {
	p.mustBeSet()
	q.mustBeSet()
	q.negate(&q)
	r.add(&p, &q)
	return r
}

// Neg returns -p, in constant time.
func (p Point) Neg() Point {
	p.mustBeSet()
	p.negate(&p)
	return p
}

// Double returns 2p, in constant time.
func (p Point) Double() Point {
	p.mustBeSet()
	p.double(&p)
	return p
}

// Equal says whether p and q are the same element (RFC 9496, section 4.3.3),
// in constant time.
func (p Point) Equal(q Point) bool {
	p.mustBeSet()
	q.mustBeSet()
	var a, b field.Element
	same := a.Multiply(&p.x, &q.y).Equal(b.Multiply(&p.y, &q.x))
	same |= a.Multiply(&p.y, &q.y).Equal(b.Multiply(&p.x, &q.x))
	return same == 1
}

// IsIdentity says whether p is the neutral element, in constant time.
func (p Point) IsIdentity() bool {
	p.mustBeSet()
	return p.t.Equal(&feZero) == 1
}

// mustBeSet panics on a Point that was never given a value: no element has
// Z = 0.
func (p *Point) mustBeSet() {
	if p.z == (field.Element{}) {
		panic("group: use of a Point that was never set")
	}
}

func mustAllBeSet(points []Point) {
	for i := range points {
		points[i].mustBeSet()
	}
}

func (v *Point) setIdentity() {
	v.x.Zero()
	v.y.One()
	v.z.One()
	v.t.Zero()
}

// factors are what every formula ends in: X = ef, Y = gh, Z = fg, T = eh.
type factors struct {
	e, h field.Element
	fg   [2]field.Element
}

// complete sets v from its factors.
func (v *Point) complete(s *factors) {
	v.completeXYZ(s)
	v.t.Multiply(&s.e, &s.h)
}

// completeXYZ is complete leaving T aside, which doublings do not read.
func (v *Point) completeXYZ(s *factors) {
	v.x.Multiply(&s.e, &s.fg[0])
	v.y.Multiply(&s.fg[1], &s.h)
	v.z.Multiply(&s.fg[0], &s.fg[1])
}

// add sets v = p + q by the complete formulas of Hisil, Wong, Carter and
// Dawson, section 3.1, for a = -1.
func (v *Point) add(p, q *Point) {
	var s factors
	var c, d field.Element
	a, b := &s.fg[0], &s.fg[1]
	a.Multiply(a.Subtract(&p.y, &p.x), d.Subtract(&q.y, &q.x))
	b.Multiply(b.Add(&p.y, &p.x), d.Add(&q.y, &q.x))
	s.e.Subtract(b, a)
	s.h.Add(b, a)
	c.Multiply(c.Multiply(&p.t, &q.t), &fe2D)
	d.Multiply(&p.z, &q.z)
	d.Add(&d, &d)
	s.fg[0].Subtract(&d, &c)
	s.fg[1].Add(&d, &c)
	v.complete(&s)
}

// double sets v = 2p.
func (v *Point) double(p *Point) {
	var s factors
	s.double(p)
	v.complete(&s)
}

// doubleTimes sets v = 2^n v. Only the last doubling computes T.
func (v *Point) doubleTimes(n int) {
	var s factors
	for ; n > 0; n-- {
		s.double(v)
		v.completeXYZ(&s)
		if n == 1 {
			v.t.Multiply(&s.e, &s.h)
		}
	}
}

// double sets s to the factors of 2p (section 3.3, for a = -1).
func (s *factors) double(p *Point) {
	f, g := &s.fg[0], &s.fg[1]
	s.e.Square(&p.x)
	f.Square(&p.y)
	g.Subtract(f, &s.e)
	s.h.Add(f, &s.e)
	f.Square(&p.z)
	f.Add(f, f)
	f.Subtract(f, g)
	s.e.Multiply(&p.x, &p.y)
	s.e.Add(&s.e, &s.e)
}

func (v *Point) negate(p *Point) {
	v.x.Negate(&p.x)
	v.y = p.y
	v.z = p.z
	v.t.Negate(&p.t)
}
