package record

import (
	"bytes"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"sync"

	"isoloir/scrutin"
)

// Failures of writing, wrapped in a sentence that names the file.
var (
	ErrDirectoryInUse = errors.New("the output directory is not empty")
	ErrDifferent      = errors.New("a file of other contents stands there already")
)

// partial begins the names of files that are being written.
const partial = ".partial-"

// WriteWhole writes a file beside an export, at any path: it is there whole, with
// these bytes and durably, or as it was.
func WriteWhole(path string, data []byte) (err error) {
	f, err := os.CreateTemp(filepath.Dir(path), partial)
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			os.Remove(f.Name())
		}
	}()
	_, err = f.Write(data)
	if err = errors.Join(err, f.Chmod(0o644), f.Sync(), f.Close()); err != nil {
		return err
	}
	if err := os.Rename(f.Name(), path); err != nil {
		return err
	}
	d, err := os.Open(filepath.Dir(path))
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// A Writer writes an export, which it can also read. It may be used by several
// goroutines.
type Writer struct {
	Reader
	rename sync.Mutex      // held from the look for an existing file to the rename
	named  map[string]bool // directories whose own name is known to be durable
}

// Create makes the directory of a new export. It refuses one that exists and is
// not empty.
func Create(dir string) (*Writer, error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, fmt.Errorf("cannot make the directory %s: choose another: %w", dir, err)
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, fmt.Errorf("cannot read the directory %s: choose another: %w", dir, err)
	}
	if len(entries) > 0 {
		return nil, fmt.Errorf("%w: %s holds %s: give a new directory, nothing there was changed", ErrDirectoryInUse, dir, entries[0].Name())
	}
	return Resume(dir)
}

// Resume goes on writing an export. What a stopped process left half written is
// removed.
func Resume(dir string) (*Writer, error) {
	r, err := Open(dir)
	if err != nil {
		return nil, err
	}
	w := &Writer{Reader: *r, named: map[string]bool{}}
	err = fs.WalkDir(w.root.FS(), ".", func(p string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() && strings.HasPrefix(d.Name(), partial) {
			err = w.root.Remove(p)
		}
		return err
	})
	if err != nil {
		return nil, errors.Join(fmt.Errorf("cannot go on with the export %s: %w", dir, err), w.Close())
	}
	return w, nil
}

// Beside goes on writing an export that others write into at the same time: what they
// have half written stays, and is not listed.
func Beside(dir string) (*Writer, error) {
	r, err := Open(dir)
	if err != nil {
		return nil, err
	}
	r.shared = true
	return &Writer{Reader: *r, named: map[string]bool{}}, nil
}

// Write writes a whole file. If it is there with the same bytes, nothing is done;
// with other bytes, the error wraps ErrDifferent and the file stays.
func (w *Writer) Write(path string, data []byte) error {
	f, err := w.Begin(path)
	if err != nil {
		return err
	}
	defer f.Abort()
	if _, err := io.Copy(f, bytes.NewReader(data)); err != nil {
		return err
	}
	_, err = f.Commit()
	return err
}

// A File is being written: invisible until Commit. Its methods are for one
// goroutine.
type File struct {
	w    *Writer
	f    *os.File // nil after Commit or Abort
	temp string
	path string
	hash hash.Hash
	size int64
}

// Begin begins a file. The caller calls Commit, or Abort, or both in this order.
func (w *Writer) Begin(p string) (*File, error) {
	if err := checkPath(p); err != nil {
		return nil, err
	}
	dir := path.Dir(p)
	if err := w.root.MkdirAll(dir, 0o755); err != nil {
		return nil, fmt.Errorf("cannot write %s: %w", p, err)
	}
	temp := path.Join(dir, partial+rand.Text())
	f, err := w.root.OpenFile(temp, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return nil, fmt.Errorf("cannot write %s: %w", p, err)
	}
	return &File{w: w, f: f, temp: temp, path: p, hash: sha256.New()}, nil
}

// Write implements io.Writer.
func (f *File) Write(b []byte) (int, error) {
	if f.f == nil {
		return 0, fmt.Errorf("%s: %w", f.path, fs.ErrClosed)
	}
	n, err := f.f.Write(b)
	f.hash.Write(b[:n])
	f.size += int64(n)
	if err != nil {
		return n, fmt.Errorf("cannot write %s: nothing of it was kept; make room and begin it again: %w", f.path, err)
	}
	return n, nil
}

// Commit makes the file durable and gives it its name. If a file stands there with
// the same bytes, that one is kept; with others, the error wraps ErrDifferent.
func (f *File) Commit() (scrutin.File, error) {
	if f.f == nil {
		return scrutin.File{}, fmt.Errorf("%s: %w", f.path, fs.ErrClosed)
	}
	written := scrutin.File{Path: f.path, Size: f.size, SHA256: scrutin.Digest(f.hash.Sum(nil))}
	err := errors.Join(f.f.Sync(), f.f.Close())
	f.f = nil
	if err == nil {
		err = f.place(written)
	}
	if err != nil {
		f.w.root.Remove(f.temp)
		return scrutin.File{}, fmt.Errorf("cannot write %s: %w", f.path, err)
	}
	return written, nil
}

func (f *File) place(written scrutin.File) error {
	f.w.rename.Lock()
	defer f.w.rename.Unlock()
	switch there, err := f.w.Digest(f.path); {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return err
	case there != written:
		return fmt.Errorf("%w: the record is never rewritten; give a new directory", ErrDifferent)
	default:
		return f.w.root.Remove(f.temp)
	}
	if err := f.w.root.Rename(f.temp, f.path); err != nil {
		return err
	}
	return f.w.syncUp(path.Dir(f.path))
}

// syncUp makes the names in dir durable, and once for each directory its own.
func (w *Writer) syncUp(dir string) error {
	d, err := w.root.Open(dir)
	if err != nil {
		return err
	}
	if err := errors.Join(d.Sync(), d.Close()); err != nil {
		return err
	}
	if dir == "." || w.named[dir] {
		return nil
	}
	if err := w.syncUp(path.Dir(dir)); err != nil {
		return err
	}
	w.named[dir] = true
	return nil
}

// Abort gives the file up. After Commit it does nothing.
func (f *File) Abort() {
	if f.f == nil {
		return
	}
	f.f.Close()
	f.f = nil
	f.w.root.Remove(f.temp)
}
