package merkle_test

import (
	"encoding/hex"
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

// TestRoot compares the root of leaves in one file with that of the log
// implementation that witnesses use.
func TestRoot(t *testing.T) {
	const size = 3
	file := make([]byte, 257*size)
	for i := range file {
		file[i] = byte(i * 7 % 251)
	}
	for _, n := range []int{0, 1, 2, 3, 4, 5, 7, 8, 9, 100, 257} {
		want, err := tlog.TreeHash(int64(n), stored(t, n, func(i int) []byte { return file[i*size : (i+1)*size] }))
		if err != nil {
			t.Fatal(err)
		}
		if got := merkle.Root(file[:n*size], size); got != merkle.Hash(want) {
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
