package shuffle

import (
	"fmt"

	"isoloir/crypto/group"
)

// Keys is a list of account keys, at once as its bytes and as elements. It
// does not change.
type Keys struct {
	raw    []byte
	points []group.Point
}

// DecodeKeys reads a list of n times 32 bytes and keeps raw, which must not be
// changed afterwards. It refuses an empty list (ErrEmpty), a broken one
// (ErrLength), whatever is not canonical (ErrEncoding), and the identity
// (ErrIdentity).
func DecodeKeys(raw []byte, workers int) (*Keys, error) {
	if len(raw) == 0 {
		return nil, ErrEmpty
	}
	if len(raw)%group.PointSize != 0 {
		return nil, fmt.Errorf("keys in %d bytes: %w", len(raw), ErrLength)
	}
	points, err := group.DecodeBatch(raw, workers)
	if err != nil {
		return nil, fmt.Errorf("key %w: %w", err, ErrEncoding)
	}
	return newKeys(raw, points)
}

// EncodeKeys makes a list of keys that were computed, and keeps points, which
// must not be changed afterwards. It refuses an empty list (ErrEmpty) and the
// identity (ErrIdentity).
func EncodeKeys(points []group.Point, workers int) (*Keys, error) {
	return newKeys(group.EncodeBatch(points, workers), points)
}

func newKeys(raw []byte, points []group.Point) (*Keys, error) {
	if err := checkPoints("key", points); err != nil {
		return nil, err
	}
	return &Keys{raw: raw, points: points}, nil
}

// Len returns the number of keys.
func (l *Keys) Len() int { return len(l.points) }

// Bytes returns the list's bytes, 32 for each key, not to be changed.
func (l *Keys) Bytes() []byte { return l.raw }

// Points returns the keys, not to be changed.
func (l *Keys) Points() []group.Point { return l.points }
