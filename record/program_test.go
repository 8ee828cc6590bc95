package record_test

import (
	"crypto/sha256"
	"os"
	"testing"

	"isoloir/record"
)

// TestSoftware: the program says the digest that sha256sum would give of its file.
func TestSoftware(t *testing.T) {
	path, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	file, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := record.Software(); err != nil || got != sha256.Sum256(file) {
		t.Errorf("%s, %v: the file has %x", got, err, sha256.Sum256(file))
	}
}
