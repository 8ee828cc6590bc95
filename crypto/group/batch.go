package group

import (
	"fmt"
	"sync"

	"filippo.io/edwards25519/field"

	"isoloir/parallel"
)

// chunkSize is the number of elements that share an inversion: enough to make
// its cost small, few enough to stay in the cache.
const chunkSize = 256

// DecodeBatch reads len(src)/32 elements by the rules of [Decode]. The error
// names the first element refused, counted from 0; ErrLength if src is no
// whole number of elements.
func DecodeBatch(src []byte, workers int) ([]Point, error) {
	if len(src)%PointSize != 0 {
		return nil, fmt.Errorf("elements in %d bytes: %w", len(src), ErrLength)
	}
	points := make([]Point, len(src)/PointSize)
	var mu sync.Mutex
	first, firstErr := len(points), error(nil)
	parallel.Chunks(len(points), chunkSize, workers, func(lo, hi int) {
		for i := lo; i < hi; i++ {
			if err := points[i].decode(src[i*PointSize : (i+1)*PointSize]); err != nil {
				mu.Lock()
				if i < first {
					first, firstErr = i, err
				}
				mu.Unlock()
				return
			}
		}
	})
	if firstErr != nil {
		return nil, fmt.Errorf("number %d: %w", first, firstErr)
	}
	return points, nil
}

// EncodeBatch returns the encodings of points, 32 bytes each, in their order.
func EncodeBatch(points []Point, workers int) []byte {
	mustAllBeSet(points)
	out := make([]byte, len(points)*PointSize)
	parallel.Chunks(len(points), chunkSize, workers, func(lo, hi int) {
		for i := lo; i < hi; i++ {
			b := points[i].Bytes()
			copy(out[i*PointSize:], b[:])
		}
	})
	return out
}

// DoubleEncodeBatch returns the encodings of 2p for each p of halves, 32 bytes
// each, in their order. It costs an eighth of EncodeBatch: the square root that
// an encoding takes is known for a double, up to an inversion that chunkSize
// points share. Constant time, but for a batch with the identity in it.
func DoubleEncodeBatch(halves []Point, workers int) []byte {
	mustAllBeSet(halves)
	out := make([]byte, len(halves)*PointSize)
	parallel.Chunks(len(halves), chunkSize, workers, func(lo, hi int) {
		var doubles [chunkSize]doubled
		var inverses [chunkSize]field.Element
		n := hi - lo
		for i := range n {
			doubles[i].set(&halves[lo+i])
			inverses[i].Multiply(&doubles[i].t, &doubles[i].z)
		}
		invert(inverses[:n])
		for i := range n {
			doubles[i].encode(out[(lo+i)*PointSize:], &inverses[i])
		}
	})
	return out
}

// doubled is the double of a point in factors, and its T and Z. On the
// curve Z^2 - Y^2 = (a-d)(eg)^2, so that the encoding of RFC 9496, which starts
// with the square root of 1/((Z^2-Y^2)(XY)^2), comes to
//
//	|(f ∓ h) / (e sqrt(a-d))|   or, after the rotation,   |(g ∓ ie) / h|
type doubled struct {
	factors
	t, z field.Element
}

func (v *doubled) set(p *Point) {
	v.double(p)
	v.t.Multiply(&v.e, &v.h)
	v.z.Multiply(&v.fg[0], &v.fg[1])
}

// encode writes the encoding to out, given 1/(TZ), or 0 if that is 0.
func (v *doubled) encode(out []byte, inverse *field.Element) {
	var invT, invZ, tmp field.Element
	invT.Multiply(inverse, &v.z)
	invZ.Multiply(inverse, &v.t)
	rotate := tmp.Multiply(&v.t, &invZ).IsNegative()

	var x, ie, z, y, den field.Element
	ie.Multiply(&v.e, &feSqrtM1)
	tmp.Multiply(&v.h, &feSqrtM1)
	x.Select(tmp.Multiply(&tmp, &v.fg[1]), x.Multiply(&v.e, &v.fg[0]), rotate)
	z.Select(&v.fg[1], &v.fg[0], rotate)
	y.Select(&ie, &v.h, rotate)
	den.Select(&v.e, den.Multiply(&v.h, &feInvSqrtAMinusD), rotate)

	negative := x.Multiply(&x, &invZ).IsNegative()
	y.Select(tmp.Negate(&y), &y, negative)
	den.Multiply(&den, &invT)
	z.Multiply(z.Subtract(&z, &y), &den)
	copy(out, z.Absolute(&z).Bytes())
}
