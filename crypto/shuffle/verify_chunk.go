package shuffle

import "isoloir/crypto/group"

// Sizes of the part of a proof that a worker verifies at once: enough for
// multi-scalar multiplication to be at its best, few enough for the elements
// decoded on the way not to count in memory.
const (
	smallestPart = 1 << 9
	largestPart  = 1 << 13
)

// partSize shares n elements out so that about half of them are in work at a
// time, within these sizes.
func partSize(n, workers int) int {
	return min(largestPart, max(smallestPart, (n+2*workers-1)/(2*workers)))
}

// partial is the sum of the equations over a part of the elements, with what
// falls to g and h kept as scalars.
type partial struct {
	point   group.Point
	base    group.Scalar // to multiply g
	h       group.Scalar // to multiply h
	product group.Scalar // of the weights u_j
}

func (p *partial) join(q partial) {
	p.point = p.point.Add(q.point)
	p.base = p.base.Add(q.base)
	p.h = p.h.Add(q.h)
	p.product = p.product.Mul(q.product)
}

// chunk decodes and sums what the elements from lo to hi contribute.
func (v *verification) chunk(w weighing, rel *terms, lo, hi int) (partial, error) {
	p := partial{product: group.ScalarFromUint64(1)}
	u, links := make([][16]byte, hi-lo), w.forLinks(lo, min(hi+1, v.n))
	v.u.Fill(u, lo)
	for i := range u {
		p.product = p.product.Mul(group.ScalarFrom128(u[i]))
	}
	short, err := v.shortExponents(w, rel, u, links, lo, hi)
	if err != nil {
		return p, err
	}
	long, err := v.longExponents(&p, w, rel, links, lo, hi)
	if err != nil {
		return p, err
	}
	p.point = short.Add(long)
	return p, nil
}

// shortExponents sums what is raised to 128 bits and then to a common factor:
// c_j and the inputs, by u_j, and t̂_i, by the link's weight. c_j stands in
// equation 1 too, by itself.
func (v *verification) shortExponents(w weighing, rel *terms, u, links [][16]byte, lo, hi int) (group.Point, error) {
	var factors []group.Scalar
	var sums []group.Point
	add := func(factor group.Scalar, sum group.Point) {
		factors, sums = append(factors, factor), append(sums, sum)
	}
	minusC := v.challenge.Neg()
	points, err := decodePoints("c", v.fields.permutation, lo, hi)
	if err != nil {
		return group.Point{}, err
	}
	plain := group.Identity()
	for i := range points {
		plain = plain.Add(points[i])
	}
	add(minusC.Mul(w.v[0]), plain)
	add(minusC.Mul(w.v[2]), group.MSM128(u, points, 1))
	if points, err = decodePoints("t̂", v.fields.links, lo, hi); err != nil {
		return group.Point{}, err
	}
	add(group.ScalarFromUint64(1).Neg(), group.MSM128(links[:hi-lo], points, 1))
	for _, in := range rel.byWeight {
		add(in.factor, group.MSM128(u, in.points[lo:hi], 1))
	}
	return group.MSM(factors, sums, 1), nil
}

// longExponents sums what is raised to exponents of full length: ĉ_i, which
// stands in link i, in link i+1 and at the end in equation 2; h_i, and the
// outputs, by s'_i. It adds to p what falls to g and h.
func (v *verification) longExponents(p *partial, w weighing, rel *terms, links [][16]byte, lo, hi int) (group.Point, error) {
	next := lo + len(links)
	answers, err := decodeScalars("s'", v.fields.weights, lo, next)
	if err != nil {
		return group.Point{}, err
	}
	linkAnswers, err := decodeScalars("ŝ", v.fields.linkAnswers, lo, hi)
	if err != nil {
		return group.Point{}, err
	}
	elements, err := decodePoints("ĉ", v.fields.chain, lo, hi)
	if err != nil {
		return group.Point{}, err
	}
	size := hi - lo
	scalars := make([]group.Scalar, 0, (2+len(rel.byAnswer))*size)
	points := append(make([]group.Point, 0, cap(scalars)), elements...)
	minusC := v.challenge.Neg()
	current := group.ScalarFrom128(links[0])
	if lo == 0 {
		p.h = answers[0].Mul(current)
	}
	for i := range size {
		p.base = p.base.Add(current.Mul(linkAnswers[i]))
		s := minusC.Mul(current)
		if lo+i+1 < v.n {
			current = group.ScalarFrom128(links[i+1])
			s = s.Add(answers[i+1].Mul(current))
		} else {
			s = s.Add(minusC.Mul(w.v[1]))
		}
		scalars = append(scalars, s)
	}
	// Half i is h_i / 2.
	points = append(points, v.halves[lo+1:hi+1]...)
	twice := w.v[2].Add(w.v[2])
	constant := v.challenge.Mul(w.v[0])
	constant = constant.Add(constant)
	for _, s := range answers[:size] {
		scalars = append(scalars, constant.Add(twice.Mul(s)))
	}
	for _, out := range rel.byAnswer {
		points = append(points, out.points[lo:hi]...)
		for _, s := range answers[:size] {
			scalars = append(scalars, out.factor.Mul(s))
		}
	}
	return group.MSM(scalars, points, 1), nil
}
