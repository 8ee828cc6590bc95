package merkle

import (
	"errors"
	"fmt"

	"golang.org/x/mod/sumdb/tlog"
)

// A Tree proves inclusion and consistency. It keeps the root of every complete
// subtree of two leaves and more, 32 bytes for each leaf in all; the hashes of the
// leaves themselves come from who has them. A proof reads two hashes, or fewer, for
// each bit of the size. Trees that only grow may be read by many at once.
type Tree struct {
	leaf   func(n uint64) Hash
	size   uint64
	levels [][]Hash // levels[k][i] is the root of the 2^(k+1) leaves from i·2^(k+1)
}

// NewTree returns the empty tree whose leaf n will have the hash leaf(n), always
// the same.
func NewTree(leaf func(n uint64) Hash) *Tree { return &Tree{leaf: leaf} }

// Size is the number of leaves.
func (t *Tree) Size() uint64 { return t.size }

// Grow takes in the leaves up to size. It panics on a size below the tree's.
func (t *Tree) Grow(size uint64) {
	if size < t.size {
		panic("merkle: a tree does not shrink")
	}
	for ; t.size < size; t.size++ {
		h := t.leaf(t.size)
		for level, n := 0, t.size; n&1 == 1; level, n = level+1, n>>1 {
			h = Hash(tlog.NodeHash(tlog.Hash(t.at(level, n-1)), tlog.Hash(h)))
			if level == len(t.levels) {
				t.levels = append(t.levels, nil)
			}
			t.levels[level] = append(t.levels[level], h)
		}
	}
}

func (t *Tree) at(level int, n uint64) Hash {
	if level == 0 {
		return t.leaf(n)
	}
	return t.levels[level-1][n]
}

func (t *Tree) reader() tlog.HashReaderFunc {
	return func(indexes []int64) ([]tlog.Hash, error) {
		out := make([]tlog.Hash, len(indexes))
		for i, x := range indexes {
			level, n := tlog.SplitStoredHashIndex(x)
			out[i] = tlog.Hash(t.at(level, uint64(n)))
		}
		return out, nil
	}
}

func (t *Tree) holds(size uint64) error {
	if size > t.size {
		return fmt.Errorf("the tree has %d leaves, not %d", t.size, size)
	}
	return nil
}

// Root is the root of the first size leaves.
func (t *Tree) Root(size uint64) (Hash, error) {
	if err := t.holds(size); err != nil {
		return Hash{}, err
	}
	if size == 0 {
		return new(Frontier).Root(), nil
	}
	h, err := tlog.TreeHash(int64(size), t.reader())
	return Hash(h), err
}

// Subtree is the root of the 2^level leaves from n·2^level.
func (t *Tree) Subtree(level int, n uint64) (Hash, error) {
	if level < 0 || level > 62 || n >= t.size>>level {
		return Hash{}, fmt.Errorf("the tree of %d leaves has no whole subtree %d of level %d", t.size, n, level)
	}
	return t.at(level, n), nil
}

// Inclusion is the audit path of leaf n in the tree of the first size leaves, from
// the leaf's sibling upwards.
func (t *Tree) Inclusion(n, size uint64) ([]Hash, error) {
	if err := t.holds(size); err != nil {
		return nil, err
	}
	if n >= size {
		return nil, fmt.Errorf("no leaf %d among %d", n, size)
	}
	path, err := tlog.ProveRecord(int64(size), int64(n), t.reader())
	return fromLog(path), err
}

// Consistency proves that the tree of the first old leaves, one at least, is a
// prefix of that of the first size leaves.
func (t *Tree) Consistency(old, size uint64) ([]Hash, error) {
	if err := t.holds(size); err != nil {
		return nil, err
	}
	path, err := tlog.ProveTree(int64(size), int64(old), t.reader())
	return fromLog(path), err
}

// ErrPath says that a path does not lead from this leaf, or tree, to that root.
var ErrPath = errors.New("the path of hashes does not lead to this root")

// CheckInclusion verifies that the tree of that size and root holds the leaf of that
// hash at n (RFC 9162, 2.1.3.2): ErrPath otherwise, also for a path of another
// length.
func CheckInclusion(path []Hash, size uint64, root Hash, n uint64, leaf Hash) error {
	if n >= size || size > 1<<62 || tlog.CheckRecord(toLog(path), int64(size), tlog.Hash(root), int64(n), tlog.Hash(leaf)) != nil {
		return ErrPath
	}
	return nil
}

// CheckConsistency verifies that the tree of size and root extends that of oldSize,
// one at least, and oldRoot: ErrPath otherwise.
func CheckConsistency(path []Hash, size uint64, root Hash, oldSize uint64, oldRoot Hash) error {
	if oldSize > size || size > 1<<62 || tlog.CheckTree(toLog(path), int64(size), tlog.Hash(root), int64(oldSize), tlog.Hash(oldRoot)) != nil {
		return ErrPath
	}
	return nil
}

func toLog(path []Hash) []tlog.Hash {
	out := make([]tlog.Hash, len(path))
	for i, h := range path {
		out[i] = tlog.Hash(h)
	}
	return out
}

func fromLog(path []tlog.Hash) []Hash {
	out := make([]Hash, len(path))
	for i, h := range path {
		out[i] = Hash(h)
	}
	return out
}
