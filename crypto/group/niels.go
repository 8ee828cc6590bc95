package group

import "filippo.io/edwards25519/field"

// niels is a point prepared to be added: (Y+X)/2Z, (Y-X)/2Z and dT/Z. Halving
// saves the doubling of the other point's Z. Adding one takes 7 products
// instead of 9.
type niels struct {
	plusMinus [2]field.Element
	dt        field.Element
}

// cached is the same before the division by 2Z, and 2Z itself: Y+X, Y-X, 2dT
// and 2Z. It needs no inversion; adding one takes 8 products.
type cached struct {
	niels
	z2 field.Element
}

// addMixed sets v = p + q, or p - q when sign is 1.
func (v *Point) addMixed(p *Point, q *niels, sign int) {
	var s factors
	s.add(p, &p.z, q, sign)
	v.complete(&s)
}

// addThenDouble sets v = 2^n (v + q), or 2^n (v - q) when sign is 1.
func (v *Point) addThenDouble(q *niels, sign, n int) {
	var s factors
	s.add(v, &v.z, q, sign)
	if n == 0 {
		v.complete(&s)
		return
	}
	v.completeXYZ(&s)
	v.doubleTimes(n)
}

// addCached sets v = p + q, or p - q when sign is 1.
func (v *Point) addCached(p *Point, q *cached, sign int) {
	var s factors
	var z field.Element
	s.add(p, z.Multiply(&p.z, &q.z2), &q.niels, sign)
	v.complete(&s)
}

// add sets s to the factors of p + q, or p - q when sign is 1, as Point.add
// does with z in the place of 2 Z1 Z2. Subtracting exchanges the two factors of
// q, and the signs of its third. sign picks by index and so is not secret.
func (s *factors) add(p *Point, z *field.Element, q *niels, sign int) {
	var c field.Element
	sign &= 1
	a, b := &s.fg[0], &s.fg[1]
	a.Multiply(a.Subtract(&p.y, &p.x), &q.plusMinus[1-sign])
	b.Multiply(b.Add(&p.y, &p.x), &q.plusMinus[sign])
	s.e.Subtract(b, a)
	s.h.Add(b, a)
	c.Multiply(&p.t, &q.dt)
	s.fg[sign].Subtract(z, &c)
	s.fg[1-sign].Add(z, &c)
}

func (v *cached) fromPoint(p *Point) {
	v.plusMinus[0].Add(&p.y, &p.x)
	v.plusMinus[1].Subtract(&p.y, &p.x)
	v.dt.Multiply(&p.t, &fe2D)
	v.z2.Add(&p.z, &p.z)
}

// negate replaces q by -q when cond is 1, in constant time.
func (q *niels) negate(cond int) {
	var dt field.Element
	q.plusMinus[0].Swap(&q.plusMinus[1], cond)
	dt.Negate(&q.dt)
	q.dt.Select(&dt, &q.dt, cond)
}

// fromNiels sets v to q.
func (v *Point) fromNiels(q *niels) {
	v.x.Subtract(&q.plusMinus[0], &q.plusMinus[1])
	v.y.Add(&q.plusMinus[0], &q.plusMinus[1])
	v.z.One()
	v.t.Multiply(&v.x, &v.y)
}

// prepare sets each dst[i] to the prepared form of src[i], at one inversion for
// chunkSize of them. Points fresh from decoding have Z = 1 and cost less.
func prepare(dst []niels, src []Point) {
	for len(src) > chunkSize {
		prepare(dst[:chunkSize], src[:chunkSize])
		dst, src = dst[chunkSize:], src[chunkSize:]
	}
	var inverses [chunkSize]field.Element
	n := 0
	for i := range src {
		if src[i].z != feOne {
			inverses[n].Add(&src[i].z, &src[i].z)
			n++
		}
	}
	invert(inverses[:n])
	n = 0
	for i := range src {
		p, q := &src[i], &dst[i]
		half, dHalf := &feHalf, &feD
		var d field.Element
		if p.z != feOne {
			half, dHalf = &inverses[n], d.Multiply(&inverses[n], &fe2D)
			n++
		}
		q.plusMinus[0].Add(&p.y, &p.x)
		q.plusMinus[0].Multiply(&q.plusMinus[0], half)
		q.plusMinus[1].Subtract(&p.y, &p.x)
		q.plusMinus[1].Multiply(&q.plusMinus[1], half)
		q.dt.Multiply(&p.t, dHalf)
	}
}

// invert replaces every element by its inverse, and leaves 0 at 0, with one
// inversion and three products for each (Montgomery); at most chunkSize
// elements. Its time tells whether there is a 0.
func invert(elements []field.Element) {
	if len(elements) == 0 {
		return
	}
	var before [chunkSize]field.Element
	product := feOne
	for i := range elements {
		before[i] = product
		product.Multiply(&product, &elements[i])
	}
	if product.Equal(&feZero) == 1 {
		invertAmongZeros(elements)
		return
	}
	product.Invert(&product)
	for i := len(elements) - 1; i >= 0; i-- {
		e := elements[i]
		elements[i].Multiply(&product, &before[i])
		product.Multiply(&product, &e)
	}
}

func invertAmongZeros(elements []field.Element) {
	var zeros []int
	for i := range elements {
		if elements[i].Equal(&feZero) == 1 {
			zeros = append(zeros, i)
			elements[i] = feOne
		}
	}
	invert(elements)
	for _, i := range zeros {
		elements[i] = feZero
	}
}
