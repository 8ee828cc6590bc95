package archive

import (
	"fmt"
	"io"
	"os"
	"strings"

	"isoloir/archive/ustar"
	"isoloir/record"
	"isoloir/scrutin"
)

// A Reader reads files where they stand in an archive, or in the export alone as the portal gives it. It is safe for concurrent use.
type Reader struct {
	*ustar.Reader
	shut func() error
}

// Open opens the file at path.
func Open(path string) (*Reader, error) {
	info, err := os.Stat(path) // before it is opened: who opens a pipe waits for its other end
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%w: %s is no regular file", ErrForm, path)
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	info, err = f.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = fmt.Errorf("%w: %s is no regular file", ErrForm, path)
	}
	var r *Reader
	if err == nil {
		r, err = Read(f, info.Size())
	}
	if err != nil {
		f.Close()
		return nil, err
	}
	r.shut = f.Close
	return r, nil
}

// Read looks through a file of so many bytes. ErrForm for any other form than that of package ustar.
func Read(file io.ReaderAt, size int64) (*Reader, error) {
	in, err := ustar.Read(file, size)
	if err != nil {
		return nil, err
	}
	return &Reader{in, func() error { return nil }}, nil
}

// Close ends the use of the file.
func (r *Reader) Close() error { return r.shut() }

// Export reads the export in the archive: what stands under export/, or all where it is the export alone.
func (r *Reader) Export() *Export {
	if r.Has(Sums) {
		return &Export{r, exportDir}
	}
	return &Export{r, ""}
}

// Whole reads all files of the archive by their names in it.
func (r *Reader) Whole() *Export { return &Export{r, ""} }

// read returns a whole file of at most so many bytes.
func (r *Reader) read(name string, most int64) ([]byte, error) {
	f, size, err := r.Stream(name)
	if err != nil {
		return nil, err
	}
	if size > most {
		return nil, fmt.Errorf("%w: %s has %d bytes, at most %d are expected", record.ErrTooLarge, name, size, most)
	}
	return io.ReadAll(f)
}

// An Export is the export in an archive, as [record.Reader] is one in a directory: package audit reads it.
type Export struct {
	in     *Reader
	folder string
}

// List returns the paths of all files of the export in ascending byte order.
func (e *Export) List() (paths []string, err error) {
	for _, n := range e.in.Names() {
		if p, of := strings.CutPrefix(n, e.folder); of {
			paths = append(paths, p)
		}
	}
	return paths, nil
}

// Read returns a whole file of at most so many bytes.
func (e *Export) Read(path string, most int64) ([]byte, error) { return e.in.read(e.folder+path, most) }

// Stream opens a file and says its size in bytes. An error wraps fs.ErrNotExist when the file is missing.
func (e *Export) Stream(path string) (io.ReadSeekCloser, int64, error) {
	return e.in.Stream(e.folder + path)
}

// Digest returns the path, size and SHA-256 of a file, read as a stream.
func (e *Export) Digest(path string) (scrutin.File, error) { return record.Digest(e, path) }
