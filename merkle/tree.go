// Package merkle is the hash tree of RFC 6962, section 2, over SHA-256: of an
// urn's log, whose checkpoints witnesses co-sign, and of the account keys that the
// opening record fixes. The hashes and the proofs are those of x/mod/sumdb/tlog;
// here are the trees that append, in the memory of their right edge or whole.
package merkle

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"math/bits"

	"golang.org/x/mod/sumdb/tlog"
)

// Hash is the SHA-256 of a leaf or of two subtrees.
type Hash = [sha256.Size]byte

// LeafHash is the hash of a leaf in the tree: SHA-256(0x00 ‖ leaf).
func LeafHash(leaf []byte) Hash { return Hash(tlog.RecordHash(leaf)) }

// Root is the root of the tree whose leaves, of size bytes each, stand one after
// the other. It panics if the last one is not whole.
func Root(leaves []byte, size int) Hash {
	if len(leaves)%size != 0 {
		panic("merkle: the last leaf is not whole")
	}
	var f Frontier
	for ; len(leaves) > 0; leaves = leaves[size:] {
		f.Append(leaves[:size])
	}
	return f.Root()
}

// A Frontier is the right edge of a tree: all that is needed to append leaves and
// to know the root, in 32 bytes for each bit of the size.
// The zero value is the empty tree.
type Frontier struct {
	size  uint64
	peaks []Hash // roots of the complete subtrees, from the largest to the smallest
}

// Append adds a leaf.
func (f *Frontier) Append(leaf []byte) { f.AppendHash(LeafHash(leaf)) }

// AppendHash adds a leaf by its hash in the tree.
func (f *Frontier) AppendHash(h Hash) {
	for n := f.size; n&1 == 1; n >>= 1 {
		last := len(f.peaks) - 1
		h = Hash(tlog.NodeHash(tlog.Hash(f.peaks[last]), tlog.Hash(h)))
		f.peaks = f.peaks[:last]
	}
	f.peaks = append(f.peaks, h)
	f.size++
}

// Size is the number of leaves.
func (f *Frontier) Size() uint64 { return f.size }

// Root is the tree's root: SHA-256 of nothing for the empty tree.
func (f *Frontier) Root() Hash {
	if f.size == 0 {
		return sha256.Sum256(nil)
	}
	last := len(f.peaks) - 1
	root := f.peaks[last]
	for i := last - 1; i >= 0; i-- {
		root = Hash(tlog.NodeHash(tlog.Hash(f.peaks[i]), tlog.Hash(root)))
	}
	return root
}

// Clone returns an independent copy.
func (f *Frontier) Clone() Frontier {
	return Frontier{f.size, append([]Hash(nil), f.peaks...)}
}

// Peaks is the encoding of the frontier beside its size: 32 bytes for each
// complete subtree, from the largest to the smallest.
func (f *Frontier) Peaks() []byte {
	b := make([]byte, 0, len(f.peaks)*sha256.Size)
	for _, p := range f.peaks {
		b = append(b, p[:]...)
	}
	return b
}

// NewFrontier reads what Size and Peaks gave.
func NewFrontier(size uint64, peaks []byte) (Frontier, error) {
	if len(peaks) != bits.OnesCount64(size)*sha256.Size {
		return Frontier{}, fmt.Errorf("a tree of %d leaves has %d complete subtrees, not %d bytes", size, bits.OnesCount64(size), len(peaks))
	}
	f := Frontier{size: size}
	for ; len(peaks) > 0; peaks = peaks[sha256.Size:] {
		f.peaks = append(f.peaks, Hash(peaks[:sha256.Size]))
	}
	return f, nil
}

// A Tree keeps every hash of a Merkle tree, 64 bytes for each leaf, and proves
// inclusion and consistency. The zero value is the empty tree.
type Tree struct {
	size   int64
	hashes []tlog.Hash
}

// Append adds a leaf by its hash in the tree.
func (t *Tree) Append(h Hash) error {
	more, err := tlog.StoredHashesForRecordHash(t.size, tlog.Hash(h), t)
	if err != nil {
		return err
	}
	t.hashes = append(t.hashes, more...)
	t.size++
	return nil
}

// Size is the number of leaves.
func (t *Tree) Size() int64 { return t.size }

// ReadHashes implements tlog.HashReader.
func (t *Tree) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	out := make([]tlog.Hash, len(indexes))
	for i, x := range indexes {
		if x < 0 || x >= int64(len(t.hashes)) {
			return nil, errors.New("no such hash in this tree")
		}
		out[i] = t.hashes[x]
	}
	return out, nil
}

// Root is the root of the first size leaves.
func (t *Tree) Root(size int64) (Hash, error) {
	if size < 0 || size > t.size {
		return Hash{}, fmt.Errorf("the tree has %d leaves, not %d", t.size, size)
	}
	h, err := tlog.TreeHash(size, t)
	return Hash(h), err
}

// Inclusion proves that leaf n is in the tree of the first size leaves.
func (t *Tree) Inclusion(n, size int64) (tlog.RecordProof, error) {
	if size > t.size {
		return nil, fmt.Errorf("the tree has %d leaves, not %d", t.size, size)
	}
	return tlog.ProveRecord(size, n, t)
}

// Consistency proves that the tree of the first old leaves is a prefix of that
// of the first size leaves.
func (t *Tree) Consistency(old, size int64) (tlog.TreeProof, error) {
	if size > t.size {
		return nil, fmt.Errorf("the tree has %d leaves, not %d", t.size, size)
	}
	return tlog.ProveTree(size, old, t)
}

// CheckInclusion verifies that the tree of that size and root holds leaf at n.
func CheckInclusion(proof tlog.RecordProof, size int64, root Hash, n int64, leaf []byte) error {
	return tlog.CheckRecord(proof, size, tlog.Hash(root), n, tlog.RecordHash(leaf))
}

// CheckConsistency verifies that the tree of size and root extends that of
// oldSize and oldRoot.
func CheckConsistency(proof tlog.TreeProof, size int64, root Hash, oldSize int64, oldRoot Hash) error {
	return tlog.CheckTree(proof, size, tlog.Hash(root), oldSize, tlog.Hash(oldRoot))
}
