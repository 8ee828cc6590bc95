package group

import (
	"crypto/subtle"
	"math/bits"

	"filippo.io/edwards25519"

	"isoloir/parallel"
)

// Mul returns s*p, in constant time.
func (p Point) Mul(s Scalar) Point {
	return MulAllConstTime(s, []Point{p}, 1)[0]
}

// MulBase returns s*Base(), in constant time.
func MulBase(s Scalar) Point {
	var p edwards25519.Point
	x, y, z, t := p.ScalarBaseMult(&s.s).ExtendedCoordinates()
	return Point{*x, *y, *z, *t}
}

// MulVartime returns s*p, in variable time.
func (p Point) MulVartime(s Scalar) Point {
	return straus([]Point{p}, func(int) (limbs, int) { return s.magnitude() })
}

// MulSmallVartime returns k*p, in a time that grows with the bits of k.
func (p Point) MulSmallVartime(k uint64) Point {
	return straus([]Point{p}, func(int) (limbs, int) { return limbs{k}, 0 })
}

// mulAllGroup points share the inversion that prepares their multiples, of
// which there are mulAllMultiples for each.
const (
	mulAllGroup     = chunkSize / mulAllMultiples
	mulAllMultiples = 8
)

// MulAllVartime returns k*p for each p of points, in variable time.
func MulAllVartime(k Scalar, points []Point, workers int) []Point {
	mustAllBeSet(points)
	m, sign := k.magnitude()
	steps := stepsOf(&m)
	out := make([]Point, len(points))
	parallel.Chunks(len(points), mulAllGroup, workers, func(lo, hi int) {
		table := multiples(points[lo:hi], 1, 2)
		for i := lo; i < hi; i++ {
			r, odd := Identity(), table[(i-lo)*mulAllMultiples:]
			for _, step := range steps {
				negative, d := split(step.digit)
				r.addThenDouble(&odd[d/2], negative^sign, step.doublings)
			}
			out[i] = r
		}
	})
	return out
}

// step adds an odd multiple and then doubles so many times.
type step struct{ digit, doublings int }

// stepsOf returns the steps that multiply by m, from the left.
func stepsOf(m *limbs) []step {
	digits, n := m.naf(5)
	var steps []step
	for i := n - 1; i >= 0; i-- {
		if digits[i] != 0 {
			steps = append(steps, step{digit: int(digits[i])})
		}
		if i > 0 {
			steps[len(steps)-1].doublings++
		}
	}
	return steps
}

// MulAllConstTime returns k*p for each p of points, in constant time: k may be
// secret.
func MulAllConstTime(k Scalar, points []Point, workers int) []Point {
	mustAllBeSet(points)
	m, sign := k.magnitude()
	code := secretRecoding
	m = code.shift(m)
	out := make([]Point, len(points))
	parallel.Chunks(len(points), mulAllGroup, workers, func(lo, hi int) {
		table := multiples(points[lo:hi], 1, 1)
		for i := lo; i < hi; i++ {
			r, own := Identity(), table[(i-lo)*mulAllMultiples:][:mulAllMultiples]
			for j := int(code.windows) - 1; j >= 0; j-- {
				q := lookup(own, code.digit(&m, uint(j)), sign)
				r.addThenDouble(&q, 0, min(j, 1)*int(code.width))
			}
			out[i] = r
		}
	})
	return out
}

// multiples returns for each p of points the prepared forms of first*p,
// (first+step)*p, ... mulAllMultiples of them.
func multiples(points []Point, first, step int) []niels {
	all := make([]Point, 0, chunkSize)
	for i := range points {
		p, q := points[i], points[i]
		if step == 2 {
			q.double(&q)
		}
		var c cached
		c.fromPoint(&q)
		all = append(all, p)
		for range mulAllMultiples - 1 {
			p.addCached(&p, &c, 0)
			all = append(all, p)
		}
	}
	table := make([]niels, len(all))
	prepare(table, all)
	return table
}

// split returns the sign (1 if negative) and the absolute value of d, in
// constant time.
func split(d int) (sign, abs int) {
	sign = int(uint(d) >> (bits.UintSize - 1))
	return sign, (d ^ -sign) + sign
}

// lookup returns d times the point whose multiples by 1, 2, ... are in table,
// negated when negative is 1. It reads the whole table, in constant time.
func lookup(table []niels, d, negative int) niels {
	sign, abs := split(d)
	q := nielsIdentity
	for j := range table {
		p, found := &table[j], subtle.ConstantTimeEq(int32(abs), int32(j+1))
		q.plusMinus[0].Select(&p.plusMinus[0], &q.plusMinus[0], found)
		q.plusMinus[1].Select(&p.plusMinus[1], &q.plusMinus[1], found)
		q.dt.Select(&p.dt, &q.dt, found)
	}
	q.negate(sign ^ negative)
	return q
}
