package elgamal

import (
	"fmt"

	"isoloir/crypto/group"
)

// List is a list of ciphertexts by columns, with its encoding: what a mixer, a
// holder and a verifier compute on. It is not changed once made.
type List struct {
	c1, c2  []group.Point
	encoded []byte
}

// Len returns the number of ciphertexts.
func (l List) Len() int { return len(l.c1) }

// C1 returns the first halves. The caller does not change them.
func (l List) C1() []group.Point { return l.c1 }

// C2 returns the second halves. The caller does not change them.
func (l List) C2() []group.Point { return l.c2 }

// At returns ciphertext i.
func (l List) At(i int) Ciphertext { return Ciphertext{l.c1[i], l.c2[i]} }

// Bytes returns the encoding, 64 bytes for each. The caller does not change it.
func (l List) Bytes() []byte { return l.encoded }

// C1Bytes returns the encodings of the first halves, 32 bytes for each.
func (l List) C1Bytes() []byte {
	out := make([]byte, 0, len(l.c1)*group.PointSize)
	for b := l.encoded; len(b) > 0; b = b[Size:] {
		out = append(out, b[:group.PointSize]...)
	}
	return out
}

// NewList encodes ciphertexts into a list. It does not look for an identity.
func NewList(ciphertexts []Ciphertext, workers int) List {
	points := make([]group.Point, 0, 2*len(ciphertexts))
	for _, c := range ciphertexts {
		points = append(points, c.C1, c.C2)
	}
	return columns(points, group.EncodeBatch(points, workers))
}

// NewListFromColumns encodes first and second halves, as many of each, into a
// list, which keeps both. It does not look for an identity.
func NewListFromColumns(c1, c2 []group.Point, workers int) List {
	if len(c1) != len(c2) {
		panic("elgamal: columns of different lengths")
	}
	first, second := group.EncodeBatch(c1, workers), group.EncodeBatch(c2, workers)
	encoded := make([]byte, 0, len(c1)*Size)
	for at := 0; at < len(first); at += group.PointSize {
		encoded = append(encoded, first[at:at+group.PointSize]...)
		encoded = append(encoded, second[at:at+group.PointSize]...)
	}
	return List{c1, c2, encoded}
}

// DecodeList reads 64n bytes, n ciphertexts, each by the rules of [Decode]. The
// error names the first one refused, counted from 0. The list keeps b.
func DecodeList(b []byte, workers int) (List, error) {
	if len(b)%Size != 0 {
		return List{}, fmt.Errorf("ciphertexts in %d bytes: %w", len(b), group.ErrLength)
	}
	points, err := group.DecodeBatch(b, workers)
	if err != nil {
		return List{}, fmt.Errorf("halves of ciphertexts, two for each: %w", err)
	}
	l := columns(points, b)
	for i, p := range l.c1 {
		if p.IsIdentity() {
			return List{}, fmt.Errorf("ciphertext %d, c1: %w", i, group.ErrIdentity)
		}
	}
	return l, nil
}

// columns splits c1, c2, c1, c2 … into columns.
func columns(points []group.Point, encoded []byte) List {
	n := len(points) / 2
	l := List{make([]group.Point, n), make([]group.Point, n), encoded}
	for i := range n {
		l.c1[i], l.c2[i] = points[2*i], points[2*i+1]
	}
	return l
}
