package record

import (
	"errors"
	"fmt"
	"strings"
	"sync"

	"isoloir/parallel"
	"isoloir/scrutin"
)

// MakeContents names every file of the export, with size and digest, but
// contents.note itself, for manifest f and opening o.
func MakeContents(r *Reader, f, o scrutin.Digest, workers int, progress func(done, total int)) (*scrutin.Contents, error) {
	files, err := digests(r, workers, progress)
	if err != nil {
		return nil, err
	}
	return &scrutin.Contents{OpenHead: scrutin.OpenHead{Head: scrutin.Head{Manifest: f}, Opening: o}, Files: files}, nil
}

// Differences is an error: how an export differs from its contents. Each list
// holds paths in ascending byte order.
type Differences struct {
	Unlisted []string // there, but not in the contents
	Missing  []string // in the contents, but not there
	Changed  []string // of other size or digest
}

// Error names the files.
func (d *Differences) Error() string {
	var parts []string
	for _, l := range []struct {
		what  string
		paths []string
	}{{"not listed", d.Unlisted}, {"missing", d.Missing}, {"changed", d.Changed}} {
		if n := len(l.paths); n > 0 {
			const most = 5
			parts = append(parts, fmt.Sprintf("%d %s: %s", n, l.what, strings.Join(l.paths[:min(n, most)], ", ")))
		}
	}
	return "the export is not what its contents say: " + strings.Join(parts, "; ") + ": take another copy"
}

// CheckContents reads every file of the export and returns nil if they are those
// that c lists, else *Differences or an error of reading.
func CheckContents(r *Reader, c *scrutin.Contents, workers int, progress func(done, total int)) error {
	files, err := digests(r, workers, progress)
	if err != nil {
		return err
	}
	d := new(Differences)
	for len(files) > 0 || len(c.Files) > 0 {
		switch {
		case len(c.Files) == 0 || len(files) > 0 && files[0].Path < c.Files[0].Path:
			d.Unlisted = append(d.Unlisted, files[0].Path)
			files = files[1:]
		case len(files) == 0 || c.Files[0].Path < files[0].Path:
			d.Missing = append(d.Missing, c.Files[0].Path)
			c = &scrutin.Contents{Files: c.Files[1:]}
		default:
			if files[0] != c.Files[0] {
				d.Changed = append(d.Changed, files[0].Path)
			}
			files, c = files[1:], &scrutin.Contents{Files: c.Files[1:]}
		}
	}
	if d.Unlisted != nil || d.Missing != nil || d.Changed != nil {
		return d
	}
	return nil
}

func digests(r *Reader, workers int, progress func(done, total int)) ([]scrutin.File, error) {
	paths, err := r.List()
	if err != nil {
		return nil, err
	}
	kept := paths[:0]
	for _, p := range paths {
		if p != Contents {
			kept = append(kept, p)
		}
	}
	files, errs := make([]scrutin.File, len(kept)), make([]error, len(kept))
	var count sync.Mutex
	done := 0
	parallel.Each(len(kept), workers, func(i int) {
		files[i], errs[i] = r.Digest(kept[i])
		count.Lock()
		defer count.Unlock()
		done++
		if progress != nil {
			progress(done, len(kept))
		}
	})
	return files, errors.Join(errs...)
}
