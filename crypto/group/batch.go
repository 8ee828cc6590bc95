package group

import (
	"fmt"
	"sync"
)

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
	parallel(len(points), workers, func(lo, hi int) {
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
	out := make([]byte, len(points)*PointSize)
	parallel(len(points), workers, func(lo, hi int) {
		for i := lo; i < hi; i++ {
			b := points[i].Bytes()
			copy(out[i*PointSize:], b[:])
		}
	})
	return out
}

// DoubleEncodeBatch returns the encodings of 2p for each p of halves, 32 bytes
// each, in their order. It costs a third of EncodeBatch: computing on halves
// and encoding the doubles replaces one square root per element by one
// inversion per batch.
func DoubleEncodeBatch(halves []Point, workers int) []byte {
	out := make([]byte, len(halves)*PointSize)
	parallel(len(halves), workers, func(lo, hi int) {
		for i := lo; i < hi; i++ {
			b := halves[i].Double().Bytes()
			copy(out[i*PointSize:], b[:])
		}
	})
	return out
}
