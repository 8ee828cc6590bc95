package prepare

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"isoloir/record"
	"isoloir/scrutin"
)

// Why a manifest is not written: the place is taken, or a document was changed while the folder was read.
var (
	ErrTaken   = errors.New("the directory is not empty")
	ErrChanged = errors.New("a document was changed while the folder was read")
)

// Write writes the manifest, and the documents of the folder under their digests, into a directory that does not exist or is empty; the manifest last,
// so that where it stands all is there.
func (p *Prepared) Write(dir fs.FS, out string) error {
	if entries, err := os.ReadDir(out); err == nil && len(entries) > 0 {
		return fmt.Errorf("%s: %w", out, ErrTaken)
	}
	documents := filepath.Join(out, Documents)
	if err := os.MkdirAll(documents, 0o755); err != nil {
		return err
	}
	for digest, path := range p.Documents {
		data, err := fs.ReadFile(dir, path)
		if err != nil {
			return err
		}
		if scrutin.DigestOf(data) != digest {
			return fmt.Errorf("%s: %w", path, ErrChanged)
		}
		if err := record.WriteWhole(filepath.Join(documents, digest.String()), data); err != nil {
			return err
		}
	}
	return record.WriteWhole(filepath.Join(out, record.Manifest), p.Bytes)
}
