package record

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"strings"

	"isoloir/scrutin"
	"isoloir/scrutin/note"
)

// Failures of reading, wrapped in a sentence that names the file.
var (
	ErrTooLarge   = errors.New("file larger than allowed")
	ErrNotRegular = errors.New("not a regular file")
)

// A Reader reads an export. It opens nothing outside the directory.
type Reader struct {
	root   *os.Root
	dir    string
	shared bool // others write here: what they have half written is not there yet
}

// Open opens an export for reading.
func Open(dir string) (*Reader, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, fmt.Errorf("cannot open the export %s: give the directory that holds %s: %w", dir, Manifest, err)
	}
	return &Reader{root: root, dir: dir}, nil
}

// Close ends the use of the export.
func (r *Reader) Close() error { return r.root.Close() }

// Dir is the directory as it was given.
func (r *Reader) Dir() string { return r.dir }

// Exists says whether there is a file, of whatever kind, at path.
func (r *Reader) Exists(path string) bool {
	if checkPath(path) != nil {
		return false
	}
	_, err := r.root.Lstat(path)
	return err == nil
}

// Stream opens a file and says its size in bytes. The caller closes it. An error
// wraps fs.ErrNotExist when the file is missing.
func (r *Reader) Stream(path string) (io.ReadSeekCloser, int64, error) {
	if err := checkPath(path); err != nil {
		return nil, 0, err
	}
	info, err := r.root.Lstat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, 0, fmt.Errorf("the export lacks the file %s: take a whole copy: %w", path, fs.ErrNotExist)
	}
	if err != nil {
		return nil, 0, err
	}
	if !info.Mode().IsRegular() {
		return nil, 0, fmt.Errorf("%w: %s: copy the export again, files only", ErrNotRegular, path)
	}
	f, err := r.root.Open(path)
	if err != nil {
		return nil, 0, fmt.Errorf("cannot read %s: %w", path, err)
	}
	opened, err := f.Stat()
	if err == nil && !os.SameFile(info, opened) {
		err = errors.New("it changed while it was opened")
	}
	if err != nil {
		return nil, 0, errors.Join(fmt.Errorf("cannot read %s: %w", path, err), f.Close())
	}
	return f, opened.Size(), nil
}

// Read returns a whole file of at most max bytes.
func (r *Reader) Read(path string, max int64) ([]byte, error) {
	f, size, err := r.Stream(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	if size > max {
		return nil, fmt.Errorf("%w: %s has %d bytes, at most %d are expected", ErrTooLarge, path, size, max)
	}
	data, err := io.ReadAll(io.LimitReader(f, max+1))
	if err != nil {
		return nil, fmt.Errorf("cannot read %s: %w", path, err)
	}
	if int64(len(data)) != size {
		return nil, fmt.Errorf("cannot read %s: it changed while it was read", path)
	}
	return data, nil
}

// Digest returns the path, size and SHA-256 of a file, read as a stream.
func (r *Reader) Digest(path string) (scrutin.File, error) { return Digest(r, path) }

// Digest is the path, size and SHA-256 of a file of an export, wherever it is streamed from.
func Digest(from interface {
	Stream(path string) (io.ReadSeekCloser, int64, error)
}, path string) (scrutin.File, error) {
	f, _, err := from.Stream(path)
	if err != nil {
		return scrutin.File{}, err
	}
	defer f.Close()
	h := sha256.New()
	n, err := io.Copy(h, f)
	if err != nil {
		return scrutin.File{}, fmt.Errorf("cannot read %s: %w", path, err)
	}
	return scrutin.File{Path: path, Size: n, SHA256: scrutin.Digest(h.Sum(nil))}, nil
}

// List returns the paths of all files of the export in ascending byte order. It
// fails on the first that is no regular file, or has no path of an export.
func (r *Reader) List() ([]string, error) {
	var paths []string
	err := fs.WalkDir(r.root.FS(), ".", func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return fmt.Errorf("cannot read %s: %w", path, err)
		case path == ".", r.shared && strings.HasPrefix(d.Name(), partial):
			return nil
		case checkPath(path) != nil:
			return fmt.Errorf("%w: %q: remove it, it is no part of the record", ErrPath, path)
		case d.IsDir():
			return nil
		case !d.Type().IsRegular():
			return fmt.Errorf("%w: %s: copy the export again, files only", ErrNotRegular, path)
		}
		paths = append(paths, path)
		return nil
	})
	slices.Sort(paths)
	return paths, err
}

// Acts reads the bureau's acts, signed notes, in the order of their numbers: those
// that followed the end of the procedure after the others.
func (r *Reader) Acts() ([][]byte, error) {
	paths, err := r.List()
	if err != nil {
		return nil, err
	}
	var acts [][]byte
	for _, dir := range []string{"acts/", "after/"} {
		for _, path := range paths {
			if !strings.HasPrefix(path, dir) {
				continue
			}
			data, err := r.Read(path, note.MaxSize)
			if err != nil {
				return nil, err
			}
			acts = append(acts, data)
		}
	}
	return acts, nil
}
