package oversight

import (
	"crypto/sha256"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"sync"

	"isoloir/scrutin"
)

// Program is the SHA-256 of the program that runs, which is read once.
var Program = sync.OnceValues(func() (scrutin.Digest, error) {
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
		return scrutin.Digest{}, err
	}
	return scrutin.Digest(h.Sum(nil)), nil
})

// Disks says how full the disks are on which things are kept, each thing by its name; those that can be looked at.
func Disks(kept map[string]string) (all []Disk) {
	for _, name := range slices.Sorted(maps.Keys(kept)) {
		if used, known := used(kept[name]); known && kept[name] != "" {
			all = append(all, Disk{name, used})
		}
	}
	return all
}
