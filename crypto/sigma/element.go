package sigma

import (
	"fmt"

	"isoloir/crypto/group"
)

// Element is a public point with its encoding: statements hash the one and
// compute on the other, and neither is made twice.
type Element struct {
	point   group.Point
	encoded [group.PointSize]byte
}

// NewElement encodes p.
func NewElement(p group.Point) Element { return Element{p, p.Bytes()} }

// KnownElement is NewElement for who has the encoding of p already. Nothing
// checks that it is the one.
func KnownElement(p group.Point, encoded [group.PointSize]byte) Element { return Element{p, encoded} }

// DecodeElement reads 32 bytes by the rules of group.DecodeNonIdentity.
func DecodeElement(b []byte) (Element, error) {
	p, err := group.DecodeNonIdentity(b)
	if err != nil {
		return Element{}, err
	}
	return Element{p, [group.PointSize]byte(b)}, nil
}

// Point returns the point.
func (e Element) Point() group.Point { return e.point }

// Bytes returns its encoding.
func (e Element) Bytes() [group.PointSize]byte { return e.encoded }

// List is a list of public points with its encoding, 32 bytes for each. It is
// not changed once made.
type List struct {
	points  []group.Point
	encoded []byte
}

// NewList encodes points.
func NewList(points []group.Point, workers int) List {
	return List{points, group.EncodeBatch(points, workers)}
}

// KnownList is NewList for who has the encoding already. It panics if the
// lengths differ; nothing checks that the bytes are those of the points.
func KnownList(points []group.Point, encoded []byte) List {
	if len(encoded) != len(points)*group.PointSize {
		panic("sigma: points and encodings of different lengths")
	}
	return List{points, encoded}
}

// DecodeList reads 32n bytes as n points. It refuses what group.DecodeBatch
// refuses, and the identity (group.ErrIdentity), naming the first one. The
// list keeps b.
func DecodeList(b []byte, workers int) (List, error) {
	points, err := group.DecodeBatch(b, workers)
	if err != nil {
		return List{}, err
	}
	l := List{points, b}
	return l, l.refuseIdentity()
}

func (l List) refuseIdentity() error {
	for i, p := range l.points {
		if p.IsIdentity() {
			return fmt.Errorf("number %d: %w", i, group.ErrIdentity)
		}
	}
	return nil
}

// Len returns the number of points.
func (l List) Len() int { return len(l.points) }

// Points returns the points. The caller does not change them.
func (l List) Points() []group.Point { return l.points }

// Bytes returns their encodings. The caller does not change them.
func (l List) Bytes() []byte { return l.encoded }

// At returns point i.
func (l List) At(i int) Element {
	return Element{l.points[i], [group.PointSize]byte(l.encoded[i*group.PointSize:])}
}
