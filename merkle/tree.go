// Package merkle is the hash tree of RFC 6962, section 2, over SHA-256: of an
// urn's log, whose checkpoints witnesses co-sign, and of the account keys that the
// opening record fixes. The hashes and the proofs are those of x/mod/sumdb/tlog;
// here are the trees that append, in the memory of their right edge or of what
// proofs need. Proofs of inclusion are the audit paths of RFC 9162, 2.1.3.
package merkle

import (
	"crypto/sha256"
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
