// Package ustar is the one form of our tar files: POSIX ustar, regular files alone, in ascending order of their names, without owner and date
// (docs/archive.md, section 1). So the bytes follow from the files, and a reader accepts these bytes and no other.
package ustar

import (
	"archive/tar"
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"regexp"
	"slices"
	"strings"
	"time"
)

// ErrForm says that a file has another form, or a name cannot stand in one.
var ErrForm = errors.New("this is no archive in the one accepted form")

const (
	block   = 512
	trailer = 2 * block
	maxSize = 8<<30 - 1 // of a file, in bytes: eleven octal digits
)

// component is one part of a name.
var component = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$`)

// CheckName says why a file cannot have a name.
func CheckName(name string) error {
	parts := strings.Split(name, "/")
	for _, p := range parts {
		if !component.MatchString(p) {
			return fmt.Errorf("%w: a file cannot be called %q", ErrForm, name)
		}
	}
	if len(parts) > 6 {
		return fmt.Errorf("%w: %q has more than six parts", ErrForm, name)
	}
	return nil
}

// header is the block before a file of this name and size in bytes.
func header(name string, size int64) ([]byte, error) {
	if err := CheckName(name); err != nil {
		return nil, err
	}
	if size < 0 || size > maxSize {
		return nil, fmt.Errorf("%w: %s has %d bytes, and no file has more than %d", ErrForm, name, size, int64(maxSize))
	}
	var out bytes.Buffer
	err := tar.NewWriter(&out).WriteHeader(&tar.Header{Typeflag: tar.TypeReg, Name: name, Size: size, Mode: 0o644, ModTime: time.Unix(0, 0), Format: tar.FormatUSTAR})
	if err != nil {
		return nil, fmt.Errorf("%w: %s: %w", ErrForm, name, err)
	}
	return out.Bytes(), nil
}

// padding is how many zeros follow a file of a size.
func padding(size int64) int64 { return -size & (block - 1) }

// A Writer writes files in the form of an archive: ustar, names ascending, no owner, no date.
type Writer struct {
	out  io.Writer
	last string
}

// NewWriter begins one.
func NewWriter(out io.Writer) *Writer { return &Writer{out: out} }

// Add writes the next file, of exactly so many bytes. ErrForm for a name that cannot stand there, or not behind the last one.
func (w *Writer) Add(name string, size int64, from io.Reader) error {
	if name <= w.last {
		return fmt.Errorf("%w: %s stands behind %s", ErrForm, name, w.last)
	}
	h, err := header(name, size)
	if err != nil {
		return err
	}
	w.last = name
	if _, err := w.out.Write(h); err != nil {
		return err
	}
	if _, err := io.CopyN(w.out, from, size); err != nil {
		return fmt.Errorf("%s: it has not the %d bytes that it had: %w", name, size, err)
	}
	_, err = w.out.Write(make([]byte, padding(size)))
	return err
}

// Close writes the end. It does not close what is written to.
func (w *Writer) Close() error {
	_, err := w.out.Write(make([]byte, trailer))
	return err
}

// A Reader reads files where they stand. It is safe for concurrent use.
type Reader struct {
	file  io.ReaderAt
	names []string
	at    map[string]span
}

type span struct{ offset, size int64 }

// Read looks through a file of so many bytes. ErrForm for any other form than a Writer gives.
func Read(file io.ReaderAt, size int64) (*Reader, error) {
	r := &Reader{file: file, at: map[string]span{}}
	var head, zeros [block]byte
	last := ""
	for offset := int64(0); ; {
		if size-offset < trailer {
			return nil, fmt.Errorf("%w: it is cut, or no tar file", ErrForm)
		}
		if _, err := file.ReadAt(head[:], offset); err != nil {
			return nil, err
		}
		if head == zeros {
			return r, r.ends(offset, size)
		}
		h, err := tar.NewReader(bytes.NewReader(head[:])).Next()
		if err != nil {
			return nil, fmt.Errorf("%w: %w", ErrForm, err)
		}
		want, err := header(h.Name, h.Size)
		if err != nil {
			return nil, err
		}
		if !bytes.Equal(want, head[:]) {
			return nil, fmt.Errorf("%w: the header of %s is not the one that it must have (no links, no folders, no owner, no date)", ErrForm, h.Name)
		}
		offset += block
		whole := h.Size + padding(h.Size)
		if h.Name <= last || size-offset < whole {
			return nil, fmt.Errorf("%w: %s is cut, stands twice, or not in its place", ErrForm, h.Name)
		}
		if err := zeroed(file, offset+h.Size, whole-h.Size); err != nil {
			return nil, fmt.Errorf("%s: %w", h.Name, err)
		}
		last = h.Name
		r.names, r.at[last] = append(r.names, last), span{offset, h.Size}
		offset += whole
	}
}

func (r *Reader) ends(offset, size int64) error {
	switch {
	case size-offset != trailer:
		return fmt.Errorf("%w: something stands behind its end", ErrForm)
	case len(r.names) == 0:
		return fmt.Errorf("%w: it is empty", ErrForm)
	}
	return zeroed(r.file, offset, trailer)
}

func zeroed(file io.ReaderAt, offset, n int64) error {
	rest := make([]byte, n)
	if _, err := file.ReadAt(rest, offset); err != nil && n > 0 {
		return err
	}
	if slices.ContainsFunc(rest, func(b byte) bool { return b != 0 }) {
		return fmt.Errorf("%w: something else than zeros fills it up", ErrForm)
	}
	return nil
}

// Names are those of all files, ascending.
func (r *Reader) Names() []string { return slices.Clone(r.names) }

// Has says whether there is a file of a name.
func (r *Reader) Has(name string) bool { _, there := r.at[name]; return there }

// Stream opens one file, and says its size in bytes. An error wraps fs.ErrNotExist where there is none.
func (r *Reader) Stream(name string) (io.ReadSeekCloser, int64, error) {
	s, there := r.at[name]
	if !there {
		return nil, 0, fmt.Errorf("the archive lacks the file %s: take a whole copy: %w", name, fs.ErrNotExist)
	}
	return Section{io.NewSectionReader(r.file, s.offset, s.size)}, s.size, nil
}

// A Section is a file in another one, which stays open.
type Section struct{ *io.SectionReader }

// Close does nothing.
func (Section) Close() error { return nil }
