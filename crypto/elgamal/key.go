package elgamal

import "isoloir/crypto/group"

// keyWindow is the window, in bits, of the table of a key: narrow, since all of
// it is read at each encryption.
const keyWindow = 4

// Key is an encryption key with a table of its multiples, for many encryptions.
// It is safe for concurrent use.
type Key struct {
	y     group.Point
	table *group.Table
}

// NewKey returns y ready for many encryptions.
func NewKey(y group.Point) *Key {
	return &Key{y, group.NewTable(y, keyWindow)}
}

// Point returns the key itself.
func (k *Key) Point() group.Point { return k.y }

// Encrypt is the function [Encrypt] under k, in constant time.
func (k *Key) Encrypt(m group.Point, r group.Scalar) Ciphertext {
	return Ciphertext{group.MulBase(r), m.Add(k.table.MulConstTime(r))}
}
