package audit_test

import (
	"bytes"
	"io"
	"math"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"isoloir/audit"
	"isoloir/audit/audittest"
	"isoloir/record"
	"isoloir/scrutin"
	"isoloir/scrutin/note"
)

// changing is an export on a medium that gives other bytes for a path from its
// n-th reading on.
type changing struct {
	audit.Source
	path  string
	n     int
	other []byte
	reads int
}

func (c *changing) turned(path string) bool {
	if path == c.path {
		c.reads++
	}
	return path == c.path && c.reads >= c.n
}

func (c *changing) Digest(path string) (scrutin.File, error) {
	if c.turned(path) {
		return scrutin.File{Path: path, Size: int64(len(c.other)), SHA256: scrutin.DigestOf(c.other)}, nil
	}
	return c.Source.Digest(path)
}

func (c *changing) Read(path string, most int64) ([]byte, error) {
	if c.turned(path) {
		return c.other, nil
	}
	return c.Source.Read(path, most)
}

func (c *changing) Stream(path string) (io.ReadSeekCloser, int64, error) {
	if c.turned(path) {
		return seeker{bytes.NewReader(c.other)}, int64(len(c.other)), nil
	}
	return c.Source.Stream(path)
}

type seeker struct{ *bytes.Reader }

func (seeker) Close() error { return nil }

// TestWhatIsCountedIsWhatWasProved lets the bureau proclaim what a list of shares
// opens that its holder never gave, and shows the auditor that list once the
// right one is verified.
func TestWhatIsCountedIsWhatWasProved(t *testing.T) {
	w := climb(t, 0, 22)[audittest.Shared]
	path := record.SharesList(1, "question-1", "quorum", "member-1")
	right := w.Files[path]
	var turned []byte
	for _, share := range slices.Backward(slices.Collect(slices.Chunk(right, 32))) {
		turned = append(turned, share...)
	}
	w.Files[path] = turned
	w.Advance(audittest.Counted)
	w.Files[path] = right
	w.Advance(audittest.Listed)
	for n := 1; n <= 6; n++ {
		r, err := audit.Verify(&changing{Source: w.Source(), path: path, n: n, other: turned}, audit.Options{Workers: 1})
		if err == nil && r.Holds() {
			t.Errorf("the list changed before its reading number %d: %s", n, r.Verdict)
		}
	}
}

// TestChangedWhileRead changes a file of every kind at each of its readings. Size
// and hash are two, then comes the use.
func TestChangedWhileRead(t *testing.T) {
	w := climb(t, 0, 23)[audittest.Listed]
	kinds := map[string]bool{}
	for path, data := range w.Files {
		kind := strings.Split(path, "/")[0] + filepath.Ext(path)
		if kinds[kind] {
			continue
		}
		kinds[kind] = true
		for n := 1; ; n++ {
			c := &changing{Source: w.Source(), path: path, n: n, other: flipped(data, w.Rand.IntN(len(data)))}
			r, err := audit.Verify(c, audit.Options{})
			if c.reads < n {
				break
			}
			if err == nil && (n > 2 || r.Holds()) || err != nil && !strings.Contains(err.Error(), path) {
				t.Errorf("%s changed before its reading number %d: %v", path, n, err)
			}
		}
	}
}

// sparse is an export in which one file pretends to be as large as a file can be.
type sparse struct {
	audit.Source
	path string
	read bool
}

func (s *sparse) Digest(path string) (scrutin.File, error) {
	s.read = s.read || path == s.path
	return s.Source.Digest(path)
}

func (s *sparse) Stream(path string) (io.ReadSeekCloser, int64, error) {
	f, size, err := s.Source.Stream(path)
	if path == s.path {
		size = math.MaxInt64
	}
	return f, size, err
}

// TestOtherSizesAreNotHashed sees that nobody keeps the auditor busy for years
// with a file that takes no room on a disk.
func TestOtherSizesAreNotHashed(t *testing.T) {
	for _, path := range []string{record.Leaves("urn-1"), "extra"} {
		w := climb(t, 0, 24)[audittest.Listed]
		w.Files["extra"] = nil
		s := &sparse{Source: w.Source(), path: path}
		r, err := audit.Verify(s, audit.Options{})
		if err != nil || r.Holds() || s.read {
			t.Errorf("%s: %v, %v, hashed %v", path, r, err, s.read)
		}
	}
}

// TestManyEmptyCheckpoints sees that a file of nothing but separators costs no more
// than its size.
func TestManyEmptyCheckpoints(t *testing.T) {
	w := climb(t, 0, 25)[audittest.Listed]
	for _, n := range []int{note.MaxSize / 2, note.MaxSize/2 + 1} {
		w.Files[record.Checkpoints("urn-1")] = bytes.Repeat([]byte("\x1e\n"), n)
		w.List("contents")
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		r := verify(t, w, audit.Options{})
		runtime.ReadMemStats(&after)
		if !slices.Contains(r.Failed(), 601) {
			t.Errorf("%s, %v", r.Verdict, r.Failed())
		}
		if used := after.TotalAlloc - before.TotalAlloc; used > 3*note.MaxSize {
			t.Errorf("%d bytes were allocated", used)
		}
	}
}
