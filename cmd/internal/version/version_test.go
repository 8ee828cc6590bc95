package version_test

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"os"
	"runtime"
	"testing"

	"isoloir/cmd/internal/version"
)

// TestWrite: what the program says of itself is what sha256sum says of its file. (S004-18b)
func TestWrite(t *testing.T) {
	path, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	file, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	want := fmt.Sprintf("audit %s\n%s %s/%s\nsha256 %x\n", version.Release, runtime.Version(), runtime.GOOS, runtime.GOARCH, sha256.Sum256(file))
	var got bytes.Buffer
	if err := version.Write(&got, "audit"); err != nil || got.String() != want {
		t.Errorf("%q, %v, not %q", &got, err, want)
	}
}
