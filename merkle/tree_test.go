package merkle_test

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"testing"

	"golang.org/x/mod/sumdb/tlog"

	"isoloir/merkle"
)

// TestVectors6962 takes the leaves and roots of the vectors of RFC 6962's reference
// implementation.
func TestVectors6962(t *testing.T) {
	leaves := []string{"", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"}
	roots := []string{
		"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
		"6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
		"fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
		"aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
		"d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
		"4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
		"76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
		"ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
		"5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
	}
	var f merkle.Frontier
	for i, want := range roots {
		if got := f.Root(); hex.EncodeToString(got[:]) != want {
			t.Errorf("root of %d leaves: %x", i, got)
		}
		if i < len(leaves) {
			leaf, _ := hex.DecodeString(leaves[i])
			f.Append(leaf)
		}
	}
}

// TestTree compares frontier, tree and tlog, and verifies every proof.
func TestTree(t *testing.T) {
	var f merkle.Frontier
	var tree merkle.Tree
	var roots []merkle.Hash
	const n = 70
	for i := range n {
		roots = append(roots, f.Root())
		leaf := []byte(fmt.Sprint("leaf ", i))
		f.Append(leaf)
		if err := tree.Append(merkle.LeafHash(leaf)); err != nil {
			t.Fatal(err)
		}
		again, err := merkle.NewFrontier(f.Size(), f.Peaks())
		if err != nil || again.Root() != f.Root() {
			t.Fatalf("a frontier of %d leaves read again: %v", f.Size(), err)
		}
		if root, err := tree.Root(int64(i + 1)); err != nil || root != f.Root() {
			t.Fatalf("roots of %d leaves differ: %v", i+1, err)
		}
	}
	roots = append(roots, f.Root())
	for size := int64(1); size <= n; size += 7 {
		for i := int64(0); i < size; i += 3 {
			proof, err := tree.Inclusion(i, size)
			if err != nil {
				t.Fatal(err)
			}
			leaf := []byte(fmt.Sprint("leaf ", i))
			if err := merkle.CheckInclusion(proof, size, roots[size], i, leaf); err != nil {
				t.Errorf("leaf %d of %d: %v", i, size, err)
			}
			if merkle.CheckInclusion(proof, size, roots[size], i, append(leaf, '.')) == nil {
				t.Errorf("leaf %d of %d: another leaf is proved", i, size)
			}
		}
		for old := int64(1); old < size; old += 3 {
			proof, err := tree.Consistency(old, size)
			if err != nil {
				t.Fatal(err)
			}
			if err := merkle.CheckConsistency(proof, size, roots[size], old, roots[old]); err != nil {
				t.Errorf("%d before %d: %v", old, size, err)
			}
			if merkle.CheckConsistency(proof, size, roots[size], old, roots[old-1]) == nil {
				t.Errorf("%d before %d: another past is proved", old, size)
			}
		}
	}
	if _, err := tree.Inclusion(0, n+1); err == nil {
		t.Error("a proof in a tree larger than this one")
	}
	if _, err := merkle.NewFrontier(3, make([]byte, 32)); err == nil {
		t.Error("a frontier with too few subtrees")
	}
	if tlog.Hash(roots[0]) != tlog.Hash(sha256.Sum256(nil)) {
		t.Error("root of the empty tree")
	}
}

// TestRoot compares the root of leaves in one file with that of the log
// implementation that witnesses use.
func TestRoot(t *testing.T) {
	const size = 3
	file := make([]byte, 257*size)
	for i := range file {
		file[i] = byte(i * 7 % 251)
	}
	for _, n := range []int{0, 1, 2, 3, 4, 5, 7, 8, 9, 100, 257} {
		var tree merkle.Tree
		for i := range n {
			if err := tree.Append(merkle.LeafHash(file[i*size : (i+1)*size])); err != nil {
				t.Fatal(err)
			}
		}
		want, err := tree.Root(int64(n))
		if err != nil {
			t.Fatal(err)
		}
		if got := merkle.Root(file[:n*size], size); got != want {
			t.Errorf("root of %d leaves: %x, not %x", n, got, want)
		}
	}
	defer func() {
		if recover() == nil {
			t.Error("a leaf that is not whole is taken")
		}
	}()
	merkle.Root(file[:size+1], size)
}
