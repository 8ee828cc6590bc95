package urn

import (
	"bytes"
	"fmt"
	"slices"

	"isoloir/crypto/group"
	"isoloir/merkle"
)

// Accounts is the set of an urn's account keys, in 32 bytes for each. It is safe
// for concurrent use.
type Accounts struct {
	sorted [][group.PointSize]byte
	root   Hash
}

// NewAccounts takes the file of an urn's account keys, 32 bytes each, in its
// order. It refuses keys that are equal; that they are canonical and not the
// identity is for the proof of anonymisation to say.
func NewAccounts(keys []byte) (*Accounts, error) {
	if len(keys)%group.PointSize != 0 {
		return nil, fmt.Errorf("a file of account keys has 32 bytes for each key, not %d in all", len(keys))
	}
	a := &Accounts{sorted: make([][group.PointSize]byte, len(keys)/group.PointSize)}
	for i := range a.sorted {
		a.sorted[i] = [group.PointSize]byte(keys[i*group.PointSize:])
	}
	a.root = merkle.Root(keys, group.PointSize)
	slices.SortFunc(a.sorted, compareKeys)
	for i := 1; i < len(a.sorted); i++ {
		if a.sorted[i-1] == a.sorted[i] {
			return nil, fmt.Errorf("the account key %x stands there twice", a.sorted[i])
		}
	}
	return a, nil
}

func compareKeys(a, b [group.PointSize]byte) int { return bytes.Compare(a[:], b[:]) }

// Len is the number of keys.
func (a *Accounts) Len() int { return len(a.sorted) }

// Root is the RFC 6962 root of the keys in the order of their file.
func (a *Accounts) Root() Hash { return a.root }

// Position is the rank of key in ascending order, if it is one of them.
func (a *Accounts) Position(key [group.PointSize]byte) (int, bool) {
	return slices.BinarySearchFunc(a.sorted, key, compareKeys)
}
