package merkle_test

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"testing"

	"golang.org/x/mod/sumdb/tlog"

	"isoloir/merkle"
)

// stored is the log implementation that witnesses use, with every hash.
func stored(t *testing.T, n int, leaf func(i int) []byte) tlog.HashReaderFunc {
	t.Helper()
	var hashes []tlog.Hash
	read := tlog.HashReaderFunc(func(indexes []int64) ([]tlog.Hash, error) {
		out := make([]tlog.Hash, len(indexes))
		for i, x := range indexes {
			out[i] = hashes[x]
		}
		return out, nil
	})
	for i := range n {
		more, err := tlog.StoredHashes(int64(i), leaf(i), read)
		if err != nil {
			t.Fatal(err)
		}
		hashes = append(hashes, more...)
	}
	return read
}

func leaf(i int) []byte { return fmt.Append(nil, "leaf ", i) }

func grown(n uint64) *merkle.Tree {
	tree := merkle.NewTree(func(i uint64) merkle.Hash { return merkle.LeafHash(leaf(int(i))) })
	tree.Grow(n / 2)
	tree.Grow(n)
	return tree
}

// TestTree compares frontier, tree and tlog, and verifies every proof.
func TestTree(t *testing.T) {
	const n = 70
	var f merkle.Frontier
	var roots []merkle.Hash
	tree, oracle := grown(n), stored(t, n, leaf)
	for i := range n + 1 {
		roots = append(roots, f.Root())
		if root, err := tree.Root(uint64(i)); err != nil || root != f.Root() {
			t.Fatalf("roots of %d leaves differ: %v", i, err)
		}
		again, err := merkle.NewFrontier(f.Size(), f.Peaks())
		if err != nil || again.Root() != f.Root() {
			t.Fatalf("a frontier of %d leaves read again: %v", f.Size(), err)
		}
		f.Append(leaf(i))
	}
	same := func(got []merkle.Hash, want []tlog.Hash) bool {
		return slices.EqualFunc(got, want, func(a merkle.Hash, b tlog.Hash) bool { return a == merkle.Hash(b) })
	}
	for size := uint64(1); size <= n; size++ {
		for i := range size {
			path, err := tree.Inclusion(i, size)
			want, _ := tlog.ProveRecord(int64(size), int64(i), oracle)
			if err != nil || !same(path, want) {
				t.Fatalf("leaf %d of %d: %v", i, size, err)
			}
			if err := merkle.CheckInclusion(path, size, roots[size], i, merkle.LeafHash(leaf(int(i)))); err != nil {
				t.Errorf("leaf %d of %d: %v", i, size, err)
			}
		}
		for old := uint64(1); old < size; old++ {
			path, err := tree.Consistency(old, size)
			want, _ := tlog.ProveTree(int64(size), int64(old), oracle)
			if err != nil || !same(path, want) {
				t.Fatalf("%d before %d: %v", old, size, err)
			}
			if err := merkle.CheckConsistency(path, size, roots[size], old, roots[old]); err != nil {
				t.Errorf("%d before %d: %v", old, size, err)
			}
			if merkle.CheckConsistency(path, size, roots[size], old, roots[old-1]) == nil {
				t.Errorf("%d before %d: another past is proved", old, size)
			}
		}
	}
	for name, ask := range map[string]func() ([]merkle.Hash, error){
		"a tree larger than this one": func() ([]merkle.Hash, error) { return tree.Inclusion(0, n+1) },
		"a leaf beyond the tree":      func() ([]merkle.Hash, error) { return tree.Inclusion(40, 40) },
		"a larger past":               func() ([]merkle.Hash, error) { return tree.Consistency(41, 40) },
		"no past":                     func() ([]merkle.Hash, error) { return tree.Consistency(0, 40) },
	} {
		if _, err := ask(); err == nil {
			t.Errorf("a proof for %s", name)
		}
	}
	if _, err := tree.Root(n + 1); err == nil {
		t.Error("a root of more leaves than there are")
	}
	if _, err := merkle.NewFrontier(3, make([]byte, 32)); err == nil {
		t.Error("a frontier with too few subtrees")
	}
	if roots[0] != sha256.Sum256(nil) {
		t.Error("root of the empty tree")
	}
}

// TestPaths6962 takes the audit paths of the vectors of RFC 6962's reference
// implementation, whose tree of eight leaves is that of TestVectors6962.
func TestPaths6962(t *testing.T) {
	leaves := []string{"", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"}
	tree := merkle.NewTree(func(n uint64) merkle.Hash {
		b, _ := hex.DecodeString(leaves[n])
		return merkle.LeafHash(b)
	})
	tree.Grow(8)
	for _, v := range []struct {
		n, size uint64
		path    []string
	}{
		{0, 1, nil},
		{0, 8, []string{"96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
			"5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
			"6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4"}},
		{5, 8, []string{"bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
			"ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
			"d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"}},
		{2, 3, []string{"fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"}},
		{1, 5, []string{"6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
			"5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
			"bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b"}},
	} {
		path, err := tree.Inclusion(v.n, v.size)
		if err != nil || len(path) != len(v.path) {
			t.Fatalf("leaf %d of %d: %d hashes, %v", v.n, v.size, len(path), err)
		}
		for i, h := range path {
			if hex.EncodeToString(h[:]) != v.path[i] {
				t.Errorf("leaf %d of %d: hash %d is %x", v.n, v.size, i, h)
			}
		}
	}
}

// TestForgedPaths changes all that a proof of inclusion says, one thing at a time.
func TestForgedPaths(t *testing.T) {
	const size, n = 27, 13
	tree := grown(40)
	root, _ := tree.Root(size)
	path, _ := tree.Inclusion(n, size)
	larger, _ := tree.Root(size + 1)
	h := merkle.LeafHash(leaf(n))
	inner, _ := tree.Root(2)
	changed := func(i int) []merkle.Hash {
		p := slices.Clone(path)
		p[i][31] ^= 1
		return p
	}
	for name, got := range map[string]error{
		"a longer path":          merkle.CheckInclusion(append(slices.Clone(path), path[0]), size, root, n, h),
		"a shorter path":         merkle.CheckInclusion(path[:len(path)-1], size, root, n, h),
		"no path":                merkle.CheckInclusion(nil, size, root, n, h),
		"a changed first hash":   merkle.CheckInclusion(changed(0), size, root, n, h),
		"a changed last hash":    merkle.CheckInclusion(changed(len(path)-1), size, root, n, h),
		"two hashes exchanged":   merkle.CheckInclusion(append([]merkle.Hash{path[1], path[0]}, path[2:]...), size, root, n, h),
		"another leaf":           merkle.CheckInclusion(path, size, root, n, merkle.LeafHash(leaf(n+1))),
		"the neighbour's place":  merkle.CheckInclusion(path, size, root, n-1, h),
		"a place beyond":         merkle.CheckInclusion(path, size, root, size, h),
		"another size":           merkle.CheckInclusion(path, size+8, root, n, h),
		"another root":           merkle.CheckInclusion(path, size, larger, n, h),
		"an empty tree":          merkle.CheckInclusion(nil, 0, root, 0, h),
		"a tree of one leaf":     merkle.CheckInclusion(nil, 1, root, 0, h),
		"a size beyond counting": merkle.CheckInclusion(path, 1<<63, root, n, h),
		"two leaves as one":      merkle.CheckInclusion(nil, 2, inner, 0, inner),
	} {
		if !errors.Is(got, merkle.ErrPath) {
			t.Errorf("%s: %v", name, got)
		}
	}
	if err := merkle.CheckInclusion(path, size, root, n, h); err != nil {
		t.Error(err)
	}
	defer func() {
		if recover() == nil {
			t.Error("a tree shrinks")
		}
	}()
	tree.Grow(3)
}
