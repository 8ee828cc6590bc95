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
	named names
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
	w := newWriter(r)
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
	return newWriter(r), nil
}

func newWriter(r *Reader) *Writer { return &Writer{Reader: *r, named: names{known: map[string]bool{}}} }

// Alone does something while nobody else, of this process or another on this machine, does anything alone with this record: so that what is found
// there still holds when what follows from it is written. It is not to be nested.
func (w *Writer) Alone(do func() error) error {
	dir, err := w.root.Open(".")
	if err != nil {
		return err
	}
	defer dir.Close()
	if err := lock(dir); err != nil {
		return fmt.Errorf("cannot lock the record %s: keep it where files can be locked: %w", w.dir, err)
	}
	return do()
}

// WriteAct writes an act, by its number and its type. The error wraps ErrDifferent if another act has this number: there is one of each. Who may
// write acts beside others is alone while it looks what follows, and writes it.
func (w *Writer) WriteAct(seq int, path string, data []byte) error {
	paths, err := w.List()
	if err != nil {
		return err
	}
	number := fmt.Sprintf("%04d-", seq)
	for _, p := range paths {
		name, act := strings.CutPrefix(p, "acts/")
		if !act {
			name, act = strings.CutPrefix(p, "after/")
		}
		if act && strings.HasPrefix(name, number) && p != path {
			return fmt.Errorf("%w: %s was written meanwhile: look at it, then decide anew", ErrDifferent, p)
		}
	}
	return w.Write(path, data)
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

// place gives the file its name, unless a file has it: of several processes that write one, the first does.
func (f *File) place(written scrutin.File) error {
	if err := f.w.root.Link(f.temp, f.path); errors.Is(err, fs.ErrExist) { // another process was first
		return f.same(written)
	} else if err != nil {
		return err
	}
	return errors.Join(f.w.root.Remove(f.temp), f.w.named.durable(f.w.root, path.Dir(f.path)))
}

// same gives up this file for the one that stands in its place, if they are the same.
func (f *File) same(written scrutin.File) error {
	there, err := f.w.Digest(f.path)
	if err != nil {
		return err
	}
	if there != written {
		return fmt.Errorf("%w: the record is never rewritten; give a new directory", ErrDifferent)
	}
	return errors.Join(f.w.root.Remove(f.temp), f.w.named.durable(f.w.root, path.Dir(f.path)))
}

// names are the directories whose own name is known to be durable.
type names struct {
	mu    sync.Mutex
	known map[string]bool
}

// durable makes the names in dir durable, and once for each directory its own.
func (n *names) durable(root *os.Root, dir string) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.sync(root, dir)
}

func (n *names) sync(root *os.Root, dir string) error {
	d, err := root.Open(dir)
	if err != nil {
		return err
	}
	if err := errors.Join(d.Sync(), d.Close()); err != nil {
		return err
	}
	if dir == "." || n.known[dir] {
		return nil
	}
	if err := n.sync(root, path.Dir(dir)); err != nil {
		return err
	}
	n.known[dir] = true
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
