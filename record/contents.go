package record

import (
	"errors"
	"sync"

	"isoloir/parallel"
	"isoloir/scrutin"
)

// MakeContents names every file of the export, with size and digest, but
// contents.note itself and the timestamps over it, for manifest f and opening o.
func MakeContents(r *Reader, f, o scrutin.Digest, workers int, progress func(done, total int)) (*scrutin.Contents, error) {
	files, err := digests(r, workers, progress)
	if err != nil {
		return nil, err
	}
	return &scrutin.Contents{OpenHead: scrutin.OpenHead{Head: scrutin.Head{Manifest: f}, Opening: o}, Files: files}, nil
}

func digests(r *Reader, workers int, progress func(done, total int)) ([]scrutin.File, error) {
	paths, err := r.List()
	if err != nil {
		return nil, err
	}
	kept := paths[:0]
	for _, p := range paths {
		if !Unlisted(p) {
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
