package audittest

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"slices"

	"isoloir/record"
	"isoloir/scrutin"
)

// source lets the auditor read a world as it reads a directory.
type source struct{ files map[string][]byte }

// Source is the export as the auditor reads it.
func (w *World) Source() interface {
	List() ([]string, error)
	Digest(path string) (scrutin.File, error)
	Read(path string, most int64) ([]byte, error)
	Stream(path string) (io.ReadSeekCloser, int64, error)
} {
	return source{w.Files}
}

func (s source) List() ([]string, error) { return slices.Sorted(maps.Keys(s.files)), nil }

func (s source) Digest(path string) (scrutin.File, error) {
	data, err := s.Read(path, 1<<40)
	return scrutin.File{Path: path, Size: int64(len(data)), SHA256: sha256.Sum256(data)}, err
}

func (s source) Read(path string, most int64) ([]byte, error) {
	data, ok := s.files[path]
	switch {
	case !ok:
		return nil, fmt.Errorf("the export lacks the file %s: %w", path, fs.ErrNotExist)
	case int64(len(data)) > most:
		return nil, fmt.Errorf("%w: %s", record.ErrTooLarge, path)
	}
	return data, nil
}

func (s source) Stream(path string) (io.ReadSeekCloser, int64, error) {
	data, err := s.Read(path, 1<<40)
	return closer{bytes.NewReader(data)}, int64(len(data)), err
}

type closer struct{ *bytes.Reader }

func (closer) Close() error { return nil }

// Write puts the export into a directory.
func (w *World) Write(dir string) error {
	out, err := record.Create(dir)
	if err != nil {
		return err
	}
	defer out.Close()
	for path, data := range w.Files {
		if err := out.Write(path, data); err != nil {
			return err
		}
	}
	return nil
}
