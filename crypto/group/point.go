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
	mustBeSet(&p, &q)
	r.add(&p, &q)
	return r
}

// Sub returns p - q, in constant time.
func (p Point) Sub(q Point) (r Point) {
	mustBeSet(&p, &q)
	q.negate(&q)
	r.add(&p, &q)
	return r
}

// Neg returns -p, in constant time.
func (p Point) Neg() Point {
	mustBeSet(&p)
	p.negate(&p)
	return p
}

// Double returns 2p, in constant time.
func (p Point) Double() Point {
	mustBeSet(&p)
	p.double(&p)
	return p
}

// Equal says whether p and q are the same element (RFC 9496, section 4.3.3),
// in constant time.
func (p Point) Equal(q Point) bool {
	mustBeSet(&p, &q)
	var a, b field.Element
	same := a.Multiply(&p.x, &q.y).Equal(b.Multiply(&p.y, &q.x))
	same |= a.Multiply(&p.y, &q.y).Equal(b.Multiply(&p.x, &q.x))
	return same == 1
}

// IsIdentity says whether p is the neutral element, in constant time.
func (p Point) IsIdentity() bool {
	mustBeSet(&p)
	return p.t.Equal(&feZero) == 1
}

// mustBeSet panics on a Point that was never given a value: no element has
// Z = 0.
func mustBeSet(points ...*Point) {
	for _, p := range points {
		if p.z == (field.Element{}) {
			panic("group: use of a Point that was never set")
		}
	}
}

func (v *Point) setIdentity() {
	v.x.Zero()
	v.y.One()
	v.z.One()
	v.t.Zero()
}

// add sets v = p + q by the complete formulas of Hisil, Wong, Carter and
// Dawson, section 3.1, for a = -1.
func (v *Point) add(p, q *Point) {
	var a, b, c, d, e, f, g, h field.Element
	a.Multiply(a.Subtract(&p.y, &p.x), e.Subtract(&q.y, &q.x))
	b.Multiply(b.Add(&p.y, &p.x), e.Add(&q.y, &q.x))
	c.Multiply(c.Multiply(&p.t, &q.t), &fe2D)
	d.Multiply(&p.z, &q.z)
	d.Add(&d, &d)
	e.Subtract(&b, &a)
	f.Subtract(&d, &c)
	g.Add(&d, &c)
	h.Add(&b, &a)
	v.complete(&e, &f, &g, &h)
}

// double sets v = 2p; it does not read p.t.
func (v *Point) double(p *Point) {
	var e, f, g, h field.Element
	doubling(p, &e, &f, &g, &h)
	v.complete(&e, &f, &g, &h)
}

// doubleNoT is double leaving v.t meaningless, for chains of doublings.
func (v *Point) doubleNoT(p *Point) {
	var e, f, g, h field.Element
	doubling(p, &e, &f, &g, &h)
	v.x.Multiply(&e, &f)
	v.y.Multiply(&g, &h)
	v.z.Multiply(&f, &g)
}

// doubling computes the four factors of 2p (section 3.3, a = -1).
func doubling(p *Point, e, f, g, h *field.Element) {
	var a, b, c field.Element
	a.Square(&p.x)
	b.Square(&p.y)
	c.Square(&p.z)
	c.Add(&c, &c)
	e.Multiply(&p.x, &p.y)
	e.Add(e, e)
	g.Subtract(&b, &a)
	h.Add(&b, &a)
	f.Subtract(&c, g)
}

// complete sets v from the factors shared by all addition formulas.
func (v *Point) complete(e, f, g, h *field.Element) {
	v.x.Multiply(e, f)
	v.y.Multiply(g, h)
	v.z.Multiply(f, g)
	v.t.Multiply(e, h)
}

func (v *Point) negate(p *Point) {
	v.x.Negate(&p.x)
	v.y = p.y
	v.z = p.z
	v.t.Negate(&p.t)
}
