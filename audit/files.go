package audit

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"sync"

	"isoloir/scrutin"
	"isoloir/scrutin/note"
)

// A Source is where an export is read from: *record.Reader for a directory.
type Source interface {
	List() ([]string, error)                                      // all paths, ascending
	Digest(path string) (scrutin.File, error)                     // size and SHA-256
	Read(path string, most int64) ([]byte, error)                 // a whole file
	Stream(path string) (f io.ReadSeekCloser, n int64, err error) // a file and its size
}

// files reads an export so that a file has the same bytes at every reading. It is
// safe for concurrent use.
type files struct {
	source Source

	mu      sync.Mutex
	claimed map[string]bool                // paths that the protocol has a use for
	digests map[string]scrutin.Digest      // of the first reading of each file
	blocks  map[string][][sha256.Size]byte // digests of its blocks, for files that are read in parts
	failed  error                          // the first fault of the disk
}

func newFiles(source Source) *files {
	return &files{source: source, claimed: map[string]bool{}, digests: map[string]scrutin.Digest{}, blocks: map[string][][sha256.Size]byte{}}
}

// fault is why there can be no report.
func (r *files) fault() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.failed
}

// claim says that the protocol has a use for a file.
func (r *files) claim(path string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.claimed[path] = true
}

// first is the digest of the first reading of a file.
func (r *files) first(path string) scrutin.Digest {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.digests[path]
}

// read returns the bytes of a file that the protocol has a use for, at most so
// many. They are those of every other reading of it.
func (r *files) read(path string, most int64) ([]byte, error) {
	r.claim(path)
	data, err := r.source.Read(path, most)
	if err != nil {
		return nil, r.readError(err)
	}
	return data, r.unchanged(path, scrutin.DigestOf(data))
}

// unchanged compares the digest of a file with that of its first reading: what is
// counted must be what was proved. Another one ends the verification without a
// report.
func (r *files) unchanged(path string, d scrutin.Digest) error {
	r.mu.Lock()
	first, read := r.digests[path]
	if !read {
		r.digests[path], first = d, d
	}
	r.mu.Unlock()
	if first != d {
		return r.changed(path)
	}
	return nil
}

func (r *files) changed(path string) error {
	return r.fail(fmt.Errorf("reading the export: %s changed while it was verified: take a copy that nobody writes to", path))
}

// fail keeps the first fault, and returns it.
func (r *files) fail(err error) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.failed == nil {
		r.failed = err
	}
	return r.failed
}

// readError keeps the faults of an export, such as a missing file, apart from
// those of the disk: these end the verification without a report.
func (r *files) readError(err error) error {
	var disk *fs.PathError
	if errors.As(err, &disk) && !errors.Is(err, fs.ErrNotExist) {
		_ = r.fail(fmt.Errorf("reading the export: %w", err))
	}
	return err
}

// openNote reads a signed note. Whatever is wrong with the file or its
// signatures goes to check; its text is kept even if a signature is false, so
// that every other check still speaks for itself. The note is nil where there
// is no text.
func (v *verification) openNote(check int, subject, path string, known ...note.Verifier) *note.Note {
	data, err := v.read(path, note.MaxSize)
	if err != nil {
		v.enter(check, subject, err)
		return nil
	}
	n, err := note.Open(data, known...)
	if err != nil {
		v.refuse(check, subject, path, err)
		text, err := note.Text(data)
		if err != nil {
			return nil
		}
		n = &note.Note{Text: text}
	}
	v.countSignatures(data)
	v.texts[path] = scrutin.TextDigest(n.Text)
	return n
}

// countSignatures counts the signature lines of a note, all of which opening it
// verified.
func (v *verification) countSignatures(data []byte) {
	lines := bytes.Count(data[bytes.LastIndex(data, []byte("\n\n")):], []byte("\n— "))
	v.figures.add(figSignatures, lines)
	v.figures.expect(figSignatures, lines)
}

// readNote is openNote for a record of type T. Both results are nil where the
// text is no such record.
func readNote[T any, P interface {
	*T
	scrutin.Record
}](v *verification, check int, subject, path string, known ...note.Verifier) (*T, *note.Note) {
	n := v.openNote(check, subject, path, known...)
	if n == nil {
		return nil, nil
	}
	r, err := scrutin.Parse[T, P](n.Text)
	if err != nil {
		v.refuse(check, subject, path, err)
		return nil, nil
	}
	v.bound(path, P(r).Heading().Manifest, P(r).OpeningDigest())
	return r, n
}

// bound compares what a record says it belongs to with manifest and opening
// record. Until the opening record is read, o is zero.
func (v *verification) bound(path string, f, o scrutin.Digest) {
	if f != v.f {
		v.refuse(112, "", path, fmt.Errorf("it names the manifest %s", f))
	}
	if o != v.o {
		v.refuse(113, "", path, fmt.Errorf("it names the opening record %s", o))
	}
}

// closeRecords ends the checks that every record had to pass, and says which
// listed files nothing had a use for.
func (v *verification) closeRecords() {
	v.enter(112, "", nil)
	v.enter(113, "", nil)
	for _, f := range v.list.Files {
		if !v.claimed[f.Path] {
			v.refuse(105, "", f.Path, errors.New("the protocol has no use for this file here"))
		}
	}
	v.enter(105, "", nil)
}

// digest is the SHA-256 of a file as it lies in the export; zero if it is not
// there.
func (v *verification) digest(path string) scrutin.Digest {
	return v.found[path].SHA256
}

// sameFile compares what a statement says of a file with the file.
func (v *verification) sameFile(check int, subject, path string, stated scrutin.Digest) {
	if actual := v.digest(path); actual != stated {
		v.refuse(check, subject, path, fmt.Errorf("the statement names the digest %s, the file has %s", stated, actual))
	}
}
