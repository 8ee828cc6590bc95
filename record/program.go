package record

import (
	"crypto/sha256"
	"fmt"
	"io"
	"os"
	"sync"

	"isoloir/scrutin"
)

// Software is the SHA-256 of the file of the program that runs, which is read once.
// The opening record names it, roles tell it to the bureau, and the list of a release
// (docs/build.md) has it beside the file's name.
var Software = sync.OnceValues(func() (scrutin.Digest, error) {
	path, err := os.Executable()
	if err != nil {
		return scrutin.Digest{}, fmt.Errorf("the running program cannot be found to hash it: %w", err)
	}
	f, err := os.Open(path)
	if err != nil {
		return scrutin.Digest{}, fmt.Errorf("the running program cannot be read to hash it: %w", err)
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return scrutin.Digest{}, fmt.Errorf("the running program cannot be read to hash it: %w", err)
	}
	return scrutin.Digest(h.Sum(nil)), nil
})
