package urn

import (
	"bytes"
	"fmt"
	"slices"
	"sync"

	"isoloir/crypto/group"
	"isoloir/merkle"
)

// Accounts is the set of an urn's account keys, in 36 bytes for each, and 32 more
// once a place has been proved. It is safe for concurrent use.
type Accounts struct {
	keys   []byte   // in the order of their file
	sorted []uint32 // places in ascending order of the keys
	root   Hash
	tree   func() *merkle.Tree
}

// NewAccounts takes the file of an urn's account keys, 32 bytes each, in its
// order, and keeps it. It refuses keys that are equal; that they are canonical and
// not the identity is for the proof of anonymisation to say.
func NewAccounts(keys []byte) (*Accounts, error) {
	if len(keys)%group.PointSize != 0 {
		return nil, fmt.Errorf("a file of account keys has 32 bytes for each key, not %d in all", len(keys))
	}
	a := &Accounts{keys: keys, sorted: make([]uint32, len(keys)/group.PointSize), root: merkle.Root(keys, group.PointSize)}
	for i := range a.sorted {
		a.sorted[i] = uint32(i)
	}
	slices.SortFunc(a.sorted, func(i, j uint32) int { return bytes.Compare(a.key(i), a.key(j)) })
	for i := 1; i < len(a.sorted); i++ {
		if key := a.key(a.sorted[i]); bytes.Equal(key, a.key(a.sorted[i-1])) {
			return nil, fmt.Errorf("the account key %x stands there twice", key)
		}
	}
	a.tree = sync.OnceValue(func() *merkle.Tree {
		t := merkle.NewTree(func(n uint64) Hash { return merkle.LeafHash(a.key(uint32(n))) })
		t.Grow(uint64(a.Len()))
		return t
	})
	return a, nil
}

func (a *Accounts) key(place uint32) []byte {
	return a.keys[int(place)*group.PointSize : (int(place)+1)*group.PointSize]
}

// Len is the number of keys.
func (a *Accounts) Len() int {
	if a == nil {
		return 0
	}
	return len(a.sorted)
}

// shared finds a key that another set has too.
func (a *Accounts) shared(other *Accounts) (key [group.PointSize]byte, found bool) {
	for i := range uint32(other.Len()) {
		key = [group.PointSize]byte(other.key(i))
		if _, found = a.Position(key); found {
			return key, true
		}
	}
	return key, false
}

// Root is the RFC 6962 root of the keys in the order of their file.
func (a *Accounts) Root() Hash { return a.root }

// Position is the place of key in the file, from 0, if it is one of them.
func (a *Accounts) Position(key [group.PointSize]byte) (int, bool) {
	if a == nil {
		return 0, false
	}
	at, found := slices.BinarySearchFunc(a.sorted, key[:], func(i uint32, key []byte) int { return bytes.Compare(a.key(i), key) })
	if !found {
		return 0, false
	}
	return int(a.sorted[at]), true
}

// Prove is Position with the audit path of the key under Root. The first call
// hashes the whole tree, every other one reads two hashes for each bit of Len.
func (a *Accounts) Prove(key [group.PointSize]byte) (place int, path []Hash, found bool) {
	if place, found = a.Position(key); !found {
		return 0, nil, false
	}
	path, err := a.tree().Inclusion(uint64(place), uint64(a.Len()))
	if err != nil {
		panic("urn: the tree of account keys is not whole: " + err.Error())
	}
	return place, path, true
}
