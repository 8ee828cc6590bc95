package shuffle

import (
	"fmt"

	"isoloir/crypto/group"
)

// ProofSize returns the length in bytes of a proof about n elements, of either
// kind.
func ProofSize(n int) int { return 288 + 160*n }

// layout is the bytes of a proof cut into its fields (docs/protocol.md §8.3).
type layout struct {
	permutation []byte // c, n elements
	chain       []byte // ĉ, n elements
	links       []byte // t̂, n elements
	sums        []byte // t_1 … t_5
	answers     []byte // s_1 … s_4
	linkAnswers []byte // ŝ, n scalars
	weights     []byte // s', n scalars
}

// cut returns the fields of proof, which has the length for n elements.
func cut(proof []byte, n int) (l layout) {
	next := func(count int) []byte {
		field := proof[: count*32 : count*32]
		proof = proof[count*32:]
		return field
	}
	l.permutation = next(n)
	l.chain = next(n)
	l.links = next(n)
	l.sums = next(5)
	l.answers = next(4)
	l.linkAnswers = next(n)
	l.weights = next(n)
	return l
}

// decodeScalars reads the scalars of field from index lo to hi.
func decodeScalars(name string, field []byte, lo, hi int) ([]group.Scalar, error) {
	out := make([]group.Scalar, hi-lo)
	for i := range out {
		var err error
		at := (lo + i) * group.ScalarSize
		if out[i], err = group.DecodeScalar(field[at : at+group.ScalarSize]); err != nil {
			return nil, fmt.Errorf("%s, number %d: %w: %w", name, lo+i, err, ErrEncoding)
		}
	}
	return out, nil
}

// decodePoints reads the elements of field from index lo to hi.
func decodePoints(name string, field []byte, lo, hi int) ([]group.Point, error) {
	out, err := group.DecodeBatch(field[lo*group.PointSize:hi*group.PointSize], 1)
	if err != nil {
		return nil, fmt.Errorf("%s, after %d, %w: %w", name, lo, err, ErrEncoding)
	}
	return out, nil
}

func putScalar(field []byte, i int, s group.Scalar) {
	b := s.Bytes()
	copy(field[i*group.ScalarSize:], b[:])
}

func putPoint(field []byte, i int, p group.Point) {
	b := p.Bytes()
	copy(field[i*group.PointSize:], b[:])
}
