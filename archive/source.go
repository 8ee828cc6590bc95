package archive

import (
	"bytes"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"

	"isoloir/archive/ustar"
	"isoloir/record"
	"isoloir/scrutin"
)

// A source is where files are read from: a directory's export, an archive's, a dossier.
type source interface {
	List() ([]string, error)
	Stream(path string) (io.ReadSeekCloser, int64, error)
}

// A dossier is a directory of the bureau's papers: regular files, whose names an archive can have.
type dossier struct{ root *os.Root }

// List implements source.
func (d dossier) List() (paths []string, err error) {
	err = fs.WalkDir(d.root.FS(), ".", func(path string, e fs.DirEntry, err error) error {
		switch {
		case err != nil || path == ".":
			return err
		case e.IsDir():
			return nil
		case !e.Type().IsRegular():
			return fmt.Errorf("%w: %s: put files into the dossier, no links", record.ErrNotRegular, path)
		}
		paths = append(paths, path)
		return ustar.CheckName(dossierDir + path)
	})
	slices.Sort(paths)
	return paths, err
}

// Stream implements source.
func (d dossier) Stream(path string) (io.ReadSeekCloser, int64, error) {
	f, err := d.root.Open(path)
	if err != nil {
		return nil, 0, err
	}
	info, err := f.Stat()
	if err != nil {
		f.Close()
		return nil, 0, err
	}
	return f, info.Size(), nil
}

// A made is a file that an archive adds of its own.
type made []byte

// An item is a file of an archive on its way into it.
type item struct {
	file scrutin.File // Path is its name in the archive
	open func() (io.ReadSeekCloser, error)
}

func (m made) item(name string) item {
	return item{scrutin.File{Path: name, Size: int64(len(m)), SHA256: scrutin.DigestOf(m)},
		func() (io.ReadSeekCloser, error) {
			return ustar.Section{SectionReader: io.NewSectionReader(bytes.NewReader(m), 0, int64(len(m)))}, nil
		}}
}

// items are all files of a source, under a folder.
func items(s source, folder string) (all []item, err error) {
	paths, err := s.List()
	if err != nil {
		return nil, err
	}
	for _, p := range paths {
		f, err := record.Digest(s, p)
		if err != nil {
			return nil, err
		}
		f.Path = folder + p
		if err := ustar.CheckName(f.Path); err != nil {
			return nil, err
		}
		all = append(all, item{f, func() (io.ReadSeekCloser, error) { r, _, err := s.Stream(p); return r, err }})
	}
	return all, nil
}
