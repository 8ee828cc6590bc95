package roll

import (
	"bufio"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"hash"
	"io"
	"time"

	"isoloir/parallel"
)

// MarkSize is the length in bytes of a mark in the marks file: LE32(number) ‖ R ‖ s.
const MarkSize = 4 + SignatureSize

// Bytes is the mark of the marks file.
func (s Signed) Bytes() []byte {
	return append(binary.LittleEndian.AppendUint32(make([]byte, 0, MarkSize), s.Elector), s.Signature[:]...)
}

// Hash is the SHA-256 of Bytes, the value of the signed mark.
func (s Signed) Hash() Hash { return sha256.Sum256(s.Bytes()) }

// A MarksWriter writes the marks file.
type MarksWriter struct {
	w    *bufio.Writer
	hash hash.Hash
	last int64
	n    int
}

// NewMarksWriter returns a writer onto w.
func NewMarksWriter(w io.Writer) *MarksWriter {
	return &MarksWriter{w: bufio.NewWriterSize(w, 1<<16), hash: sha256.New(), last: -1}
}

// Write adds a mark. Marks come in ascending order of their numbers (ErrMarks).
func (m *MarksWriter) Write(s Signed) error {
	if int64(s.Elector) <= m.last {
		return ErrMarks
	}
	m.last = int64(s.Elector)
	m.n++
	b := s.Bytes()
	m.hash.Write(b)
	_, err := m.w.Write(b)
	return err
}

// Close writes what is buffered, and gives the number of marks and the SHA-256 of
// the file.
func (m *MarksWriter) Close() (marks int, file Hash, err error) {
	return m.n, Hash(m.hash.Sum(nil)), m.w.Flush()
}

// Marks is what a marks file holds.
type Marks struct {
	Count int
	File  Hash // SHA-256 of the file
}

// A MarkError says which mark is refused, counted from 0.
type MarkError struct {
	Urn     string
	Mark    int
	Elector uint32
	Err     error
}

// Error says which mark, and why it is refused.
func (e *MarkError) Error() string {
	return fmt.Sprintf("urn %s, mark %d, of elector %d: %v", e.Urn, e.Mark, e.Elector, e.Err)
}

// Unwrap returns the reason.
func (e *MarkError) Unwrap() error { return e.Err }

// marksChunk is how many signatures are verified together.
const marksChunk = 512

// ReadMarks reads a marks file and verifies every elector's signature, by so many
// workers, holding a few hundred marks at a time. ErrMarks for what is out of
// order, doubled, or ends within a mark; a refused mark comes as *MarkError.
func (r *Rules) ReadMarks(file io.Reader, workers int, progress func(done, total int)) (*Marks, error) {
	workers = parallel.Workers(workers)
	digest, last := sha256.New(), int64(-1)
	in := bufio.NewReaderSize(io.TeeReader(file, digest), 1<<16)
	found := &Marks{}
	for end := false; !end; {
		chunks, err := readMarks(in, workers)
		if end = errors.Is(err, io.EOF); err != nil && !end {
			return nil, fmt.Errorf("marks of urn %s: %w", r.Name, err)
		}
		refused := make([][]error, len(chunks))
		parallel.Each(len(chunks), workers, func(k int) { refused[k] = r.Verify(chunks[k]) })
		for k := range chunks {
			for i, s := range chunks[k] {
				err := refused[k][i]
				if int64(s.Elector) <= last {
					err = ErrMarks
				}
				if err != nil {
					return nil, &MarkError{r.Name, found.Count, s.Elector, err}
				}
				last = int64(s.Elector)
				found.Count++
			}
		}
		if progress != nil {
			progress(found.Count, r.Electors())
		}
	}
	found.File = Hash(digest.Sum(nil))
	return found, nil
}

// readMarks reads up to n chunks; io.EOF comes with the last ones.
func readMarks(in io.Reader, n int) (chunks [][]Signed, err error) {
	buffer := make([]byte, marksChunk*MarkSize)
	for len(chunks) < n {
		size, err := io.ReadFull(in, buffer)
		if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
			return nil, err
		}
		if size%MarkSize != 0 {
			return nil, ErrMarks
		}
		chunk := make([]Signed, size/MarkSize)
		for i := range chunk {
			mark := buffer[i*MarkSize : (i+1)*MarkSize]
			chunk[i] = Signed{binary.LittleEndian.Uint32(mark), [SignatureSize]byte(mark[4:])}
		}
		if len(chunk) > 0 {
			chunks = append(chunks, chunk)
		}
		if err != nil {
			return chunks, io.EOF
		}
	}
	return chunks, nil
}

// A DatedMark is a link of the roll's own chain of marks, one chain for each urn.
// It stays with the roll.
type DatedMark struct {
	Sequence uint64 // from 1
	Mark     Signed
	Time     time.Time // whole seconds, UTC
	Previous Hash      // Hash of the link before, zero for the first
}

// Hash is the SHA-256 of isoloir/v1/mark ‖ previous ‖ LE64(sequence) ‖ LE64(seconds
// since 1970) ‖ the mark's 68 bytes.
func (d DatedMark) Hash() Hash {
	b := append([]byte("isoloir/v1/mark"), d.Previous[:]...)
	b = binary.LittleEndian.AppendUint64(b, d.Sequence)
	b = binary.LittleEndian.AppendUint64(b, uint64(d.Time.Unix()))
	return sha256.Sum256(append(b, d.Mark.Bytes()...))
}
