package account

import (
	"crypto/sha256"
	"errors"
	"math/rand/v2"
	"strings"
	"testing"

	"golang.org/x/mod/sumdb/tlog"
)

func randomKeys(seed uint64, n int) []byte {
	r := rand.NewChaCha8([32]byte{byte(seed)})
	keys := make([]byte, 32*n)
	r.Read(keys)
	return keys
}

func TestDistinct(t *testing.T) {
	var d Distinct
	for i := range 5 {
		d.Add(string(rune('A'+i)), randomKeys(uint64(i), 300))
	}
	if err := d.Check(); err != nil {
		t.Fatal(err)
	}
	d.Add("F", randomKeys(2, 300)[32*7:32*8])
	err := d.Check()
	if !errors.Is(err, ErrEqualKeys) {
		t.Fatalf("a key of two urns: %v, not ErrEqualKeys", err)
	}
	if !strings.Contains(err.Error(), "number 7 of urn C and number 0 of urn F") {
		t.Errorf("the error names other places: %v", err)
	}
	var same Distinct
	k := randomKeys(9, 1)
	same.Add("A", append(k, k...))
	if err := same.Check(); !errors.Is(err, ErrEqualKeys) {
		t.Fatalf("a key twice in one urn: %v, not ErrEqualKeys", err)
	}
}

// The root is that of the log implementation that witnesses use.
func TestRootIsTheOneOfTheLogLibrary(t *testing.T) {
	if Root(nil) != sha256.Sum256(nil) {
		t.Error("the root of no key is not the hash of nothing")
	}
	for _, n := range []int{1, 2, 3, 4, 5, 7, 8, 9, 100, 257} {
		keys := randomKeys(uint64(n), n)
		var stored []tlog.Hash
		read := tlog.HashReaderFunc(func(at []int64) ([]tlog.Hash, error) {
			var out []tlog.Hash
			for _, i := range at {
				out = append(out, stored[i])
			}
			return out, nil
		})
		for i := range n {
			h, err := tlog.StoredHashes(int64(i), keys[32*i:32*i+32], read)
			if err != nil {
				t.Fatal(err)
			}
			stored = append(stored, h...)
		}
		want, err := tlog.TreeHash(int64(n), read)
		if err != nil {
			t.Fatal(err)
		}
		if got := Root(keys); got != want {
			t.Errorf("root of %d keys: %v, not %v", n, got, want)
		}
	}
}
