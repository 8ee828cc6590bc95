package group

import "isoloir/parallel"

// MSM returns the sum of scalars[i]*points[i], in variable time; the identity
// if there are none. It panics if the lengths differ. It is cheaper when the
// scalars are small, or opposite of small.
func MSM(scalars []Scalar, points []Point, workers int) Point {
	if len(scalars) != len(points) {
		panic("group: MSM over scalars and points of different lengths")
	}
	return sumOfProducts(points, workers, func(i int) (limbs, int) {
		return scalars[i].magnitude()
	})
}

// MSM128 is MSM for scalars of 128 bits, given as little-endian integers.
func MSM128(scalars [][16]byte, points []Point, workers int) Point {
	if len(scalars) != len(points) {
		panic("group: MSM128 over scalars and points of different lengths")
	}
	return sumOfProducts(points, workers, func(i int) (limbs, int) {
		return limbsOf(scalars[i][:]), 0
	})
}

// bucketsFrom is the number of points from which buckets beat windows.
const bucketsFrom = 90

func sumOfProducts(points []Point, workers int, scalar func(i int) (limbs, int)) Point {
	if len(points) < bucketsFrom {
		return straus(points, scalar)
	}
	return pippenger(points, workers, scalar)
}

// pippenger sorts the points, at each window of the scalars' digits, into
// buckets by digit, adds inside the buckets, and weighs each by its digit.
func pippenger(points []Point, workers int, scalar func(i int) (limbs, int)) Point {
	mustAllBeSet(points)
	n := len(points)
	prepared, digits, signs := make([]niels, n), make([]limbs, n), make([]int8, n)
	var largest limbs
	for i := range digits {
		m, sign := scalar(i)
		digits[i], signs[i] = m, int8(sign)
		if largest.less(m) {
			largest = m
		}
	}
	code := bucketWidth(n, largest)
	parallel.Chunks(n, chunkSize, workers, func(lo, hi int) {
		prepare(prepared[lo:hi], points[lo:hi])
		for i := lo; i < hi; i++ {
			prepared[i].negate(int(signs[i]))
			digits[i] = code.shift(digits[i])
		}
	})
	workers = parallel.Workers(workers)
	// Windows are dealt to the workers, and cut in parts when there are too few
	// to keep all of them busy to the end.
	windows := int(code.windows)
	parts := 1
	if workers > 1 {
		parts = min((4*workers+windows-1)/windows, 1+n>>code.width)
	}
	sums := make([]Point, windows*parts)
	parallel.Each(len(sums), workers, func(i int) {
		part := i % parts
		lo, hi := part*n/parts, (part+1)*n/parts
		sums[i] = bucketSum(prepared[lo:hi], digits[lo:hi], &code, uint(i/parts))
	})
	r := Identity()
	for i := windows - 1; i >= 0; i-- {
		r.doubleTimes(int(code.width))
		for j := range parts {
			r.add(&r, &sums[i*parts+j])
		}
	}
	return r
}

// bucketSum returns the sum of the points times their digit at window i.
func bucketSum(points []niels, digits []limbs, code *recoding, i uint) Point {
	buckets := make([]Point, 1<<(code.width-1))
	used := make([]bool, len(buckets))
	for j := range points {
		sign, abs := split(code.digit(&digits[j], i))
		if abs == 0 {
			continue
		}
		b := &buckets[abs-1]
		if used[abs-1] {
			b.addMixed(b, &points[j], sign)
			continue
		}
		used[abs-1] = true
		q := points[j]
		q.negate(sign)
		b.fromNiels(&q)
	}
	sum, weighted := Identity(), Identity()
	for d := len(buckets) - 1; d >= 0; d-- {
		if used[d] {
			sum.add(&sum, &buckets[d])
		}
		weighted.add(&weighted, &sum)
	}
	return weighted
}

// bucketWidth picks the width of the windows that costs least, with buckets
// (160 bytes each) that stay within a second-level cache.
func bucketWidth(n int, largest limbs) recoding {
	var best recoding
	cost := -1
	for width := uint(4); width <= 13; width++ {
		r := newRecoding(width, largest)
		c := int(r.windows) * (4*n + 10<<(width-1))
		if cost < 0 || c < cost {
			best, cost = r, c
		}
	}
	return best
}
