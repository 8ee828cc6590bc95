package account

import (
	"errors"
	"math/rand/v2"
	"strings"
	"testing"
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
