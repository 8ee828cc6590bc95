package account

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"slices"

	"isoloir/crypto/group"
)

// ErrEqualKeys says that two accounts of the scrutin have the same key.
var ErrEqualKeys = errors.New("two accounts have the same key")

// Distinct gathers the account keys of a whole scrutin and finds whether two
// are equal. It holds 40 bytes for each.
type Distinct struct {
	urns []string
	keys []keyPlace
}

type keyPlace struct {
	key    [group.PointSize]byte
	urn    uint32
	number uint32
}

// Add takes the keys of one urn, 32 bytes each.
func (d *Distinct) Add(urn string, keys []byte) {
	at := uint32(len(d.urns))
	d.urns = append(d.urns, urn)
	d.keys = slices.Grow(d.keys, len(keys)/group.PointSize)
	for i := 0; i+group.PointSize <= len(keys); i += group.PointSize {
		d.keys = append(d.keys, keyPlace{[group.PointSize]byte(keys[i:]), at, uint32(i / group.PointSize)})
	}
}

// Check returns ErrEqualKeys, naming two places, if any two of the keys are
// equal.
func (d *Distinct) Check() error {
	slices.SortFunc(d.keys, func(a, b keyPlace) int {
		if c := bytes.Compare(a.key[:], b.key[:]); c != 0 {
			return c
		}
		return cmp.Or(cmp.Compare(d.urns[a.urn], d.urns[b.urn]), cmp.Compare(a.number, b.number))
	})
	for i := 1; i < len(d.keys); i++ {
		if a, b := d.keys[i-1], d.keys[i]; a.key == b.key {
			return fmt.Errorf("number %d of urn %s and number %d of urn %s: %w",
				a.number, d.urns[a.urn], b.number, d.urns[b.urn], ErrEqualKeys)
		}
	}
	return nil
}
