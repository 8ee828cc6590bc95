package group

// MSM returns the sum of scalars[i]*points[i], in variable time; the identity
// if there are none. It panics if the lengths differ.
func MSM(scalars []Scalar, points []Point, workers int) Point {
	if len(scalars) != len(points) {
		panic("group: MSM over scalars and points of different lengths")
	}
	r := Identity()
	for i := range points {
		q := points[i].MulVartime(scalars[i])
		r.add(&r, &q)
	}
	return r
}

// MSM128 is MSM for scalars of 128 bits, given as little-endian integers.
func MSM128(scalars [][16]byte, points []Point, workers int) Point {
	if len(scalars) != len(points) {
		panic("group: MSM128 over scalars and points of different lengths")
	}
	r := Identity()
	for i := range points {
		q := points[i].MulVartime(ScalarFrom128(scalars[i]))
		r.add(&r, &q)
	}
	return r
}
