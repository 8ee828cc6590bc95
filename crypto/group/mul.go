package group

import "encoding/binary"

// Mul returns s*p, in constant time.
func (p Point) Mul(s Scalar) Point {
	mustBeSet(&p)
	r, b := Identity(), s.Bytes()
	for i := 255; i >= 0; i-- {
		var sum Point
		r.double(&r)
		sum.add(&r, &p)
		bit := int(b[i/8] >> (i % 8) & 1)
		r.x.Select(&sum.x, &r.x, bit)
		r.y.Select(&sum.y, &r.y, bit)
		r.z.Select(&sum.z, &r.z, bit)
		r.t.Select(&sum.t, &r.t, bit)
	}
	return r
}

// MulBase returns s*Base(), in constant time.
func MulBase(s Scalar) Point {
	return Base().Mul(s)
}

// MulVartime returns s*p, in variable time.
func (p Point) MulVartime(s Scalar) Point {
	return p.Mul(s)
}

// MulSmallVartime returns k*p, in a time that grows with the bits of k.
func (p Point) MulSmallVartime(k uint64) Point {
	var b [16]byte
	binary.LittleEndian.PutUint64(b[:], k)
	return p.Mul(ScalarFrom128(b))
}

// MulAllVartime returns k*p for each p of points, in variable time.
func MulAllVartime(k Scalar, points []Point, workers int) []Point {
	return MulAllConstTime(k, points, workers)
}

// MulAllConstTime returns k*p for each p of points. The time depends on
// neither k nor the points.
func MulAllConstTime(k Scalar, points []Point, workers int) []Point {
	out := make([]Point, len(points))
	parallel(len(points), workers, func(lo, hi int) {
		for i := lo; i < hi; i++ {
			out[i] = points[i].Mul(k)
		}
	})
	return out
}
