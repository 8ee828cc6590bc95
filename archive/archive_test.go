package archive_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"isoloir/archive"
	"isoloir/archive/ustar"
	"isoloir/audit"
	"isoloir/audit/audittest"
	"isoloir/record"
	"isoloir/scrutin"
	"isoloir/scrutin/scrutintest"
)

// counted is a small election that was counted and listed, with timestamps. Nobody changes it: tests clone it.
var counted = sync.OnceValues(func() (*audittest.World, error) {
	shape := audittest.Shape{Fixture: scrutintest.Options{Urns: 2, Electors: 4, Choices: 2, Mixers: 2, MinSize: 2,
		Clauses: []scrutintest.Clause{{ID: "quorum", Threshold: 2, Holders: []int{1, 2, 3, 4}}},
		Edit:    func(m *scrutin.Manifest) { m.Scrutin.Profile = scrutin.Consultation }}, Stamped: 1}
	w, err := audittest.New(shape, 1)
	if err != nil {
		return nil, err
	}
	return w.Advance(audittest.Listed), nil
})

// A bench is an export and a dossier on a disk.
type bench struct {
	*audittest.World
	dir, dossier string
}

func newBench(t testing.TB) *bench {
	t.Helper()
	w, err := counted()
	if err != nil {
		t.Fatal(err)
	}
	b := &bench{World: w.Clone(), dir: filepath.Join(t.TempDir(), "export"), dossier: t.TempDir()}
	b.paper(t, "minutes.json", "the minutes")
	b.paper(t, "lists/urn-1.csv", "a list")
	return b
}

func (b *bench) paper(t testing.TB, name, text string) {
	t.Helper()
	path := filepath.Join(b.dossier, name)
	if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, []byte(text), 0o644)); err != nil {
		t.Fatal(err)
	}
}

// gather writes the export anew and looks through it.
func (b *bench) gather(t testing.TB) *archive.Parcel {
	t.Helper()
	if err := errors.Join(os.RemoveAll(b.dir), b.Write(b.dir)); err != nil {
		t.Fatal(err)
	}
	in, err := record.Open(b.dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { in.Close() })
	p, err := archive.Gather(in, b.dossier)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.Close() })
	return p
}

func (b *bench) make(t testing.TB, kept *archive.Kept) ([]byte, error) {
	t.Helper()
	var out bytes.Buffer
	err := b.gather(t).Write(&out, kept)
	return out.Bytes(), err
}

func whole(t testing.TB, b *bench, kept *archive.Kept) []byte {
	t.Helper()
	data, err := b.make(t, kept)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func read(data []byte) (*archive.Reader, error) {
	r, err := archive.Read(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return nil, err
	}
	_, err = r.Check()
	return r, err
}

// The bytes follow from what is in it, and the auditor reads the export where it stands. (S004-22a)
func TestSameBytes(t *testing.T) {
	b := newBench(t)
	first := whole(t, b, nil)
	other := newBench(t)
	other.Files = b.Files
	for _, name := range []string{"minutes.json", "lists/urn-1.csv"} { // another machine has other dates and rights
		path := filepath.Join(other.dossier, name)
		if err := errors.Join(os.Chtimes(path, time.Unix(1, 0), time.Unix(2, 0)), os.Chmod(path, 0o600)); err != nil {
			t.Fatal(err)
		}
	}
	if again := whole(t, other, nil); !bytes.Equal(first, again) {
		t.Fatal("two people who make the archive of the same files get other bytes")
	}
	r, err := read(first)
	if err != nil {
		t.Fatal(err)
	}
	report, err := audit.Verify(r.Export(), audit.Options{})
	if err != nil || report.Verdict != audit.Consistent {
		t.Fatalf("%v, %v", report, err)
	}
	names := strings.Join(r.Names(), "\n")
	for _, want := range []string{"SHA256SUMS", "certificates/", "dossier/lists/urn-1.csv", "export/contents.note", "index.html", "kept.json", "software.txt", "specification/protocol.md"} {
		if !strings.Contains(names, want) {
			t.Errorf("there is no %s", want)
		}
	}
	other.paper(t, "minutes.json", "other minutes")
	if bytes.Equal(first, whole(t, other, nil)) {
		t.Error("other minutes give the same bytes")
	}
}

// The index is one page with nothing from outside, which says fingerprint, result and last act.
func TestPage(t *testing.T) {
	b := newBench(t)
	data := whole(t, b, nil)
	from := bytes.Index(data, []byte("<!doctype html>"))
	page := string(data[from : from+bytes.Index(data[from:], []byte("</html>"))])
	if strings.Contains(page, "src=") || strings.Contains(page, "http://") || strings.Contains(page, "https://") || strings.Contains(page, "<script") || strings.Contains(page, "url(") {
		t.Error("the page asks for something from outside")
	}
	f := b.Fingerprint.String()
	for _, want := range []string{f, f[:4] + " " + f[4:8], "<code>proclaim</code>", b.Last.String(), "sha256sum -c SHA256SUMS", "<td class=\"n\">105</td>", b.Manifest.Urns[0].Label} {
		if !strings.Contains(page, want) {
			t.Errorf("the page does not say %q", want)
		}
	}
}

// What is adopted stays as it was; what comes later is there beside it.
func TestKept(t *testing.T) {
	b := newBench(t)
	act := func(kind string, adopts ...scrutin.Adopted) { b.Act(kind, scrutin.ActBody{Adopts: adopts}) }
	act(scrutin.ActMinutes, scrutin.Adopted{Path: scrutin.AdoptMinutes, SHA256: scrutin.DigestOf([]byte("the minutes"))}, scrutin.Adopted{Path: scrutin.AdoptJournal, SHA256: scrutin.DigestOf([]byte("head"))})
	kept := b.gather(t).Kept()
	text, err := scrutin.Text(kept)
	if err != nil {
		t.Fatal(err)
	}
	if back, err := scrutin.Parse[archive.Kept](text); err != nil || len(back.Files) != len(kept.Files) {
		t.Fatal(err)
	}
	act(scrutin.ActArchive, scrutin.Adopted{Path: scrutin.AdoptArchive, SHA256: scrutin.TextDigest(text)})
	b.Act(scrutin.ActHold, scrutin.ActBody{Reason: "an appeal"})
	if r, err := read(whole(t, b, nil)); err != nil || len(r.Names()) == 0 { // nothing came later but acts: it is the list that was adopted
		t.Fatal(err)
	}
	b.paper(t, "annex-1.json", "an observation")
	if _, err := b.make(t, nil); !errors.Is(err, archive.ErrKept) {
		t.Errorf("another list than the adopted one: %v", err)
	}
	if _, err := read(whole(t, b, kept)); err != nil {
		t.Error(err)
	}
	b.paper(t, "minutes.json", "other minutes")
	if _, err := b.make(t, kept); !errors.Is(err, archive.ErrKept) {
		t.Errorf("other minutes than the kept ones: %v", err)
	}
	b.paper(t, "minutes.json", "the minutes")
	b.Files["roll/added.note"] = []byte("what the list does not have\n")
	if _, err := b.make(t, kept); !errors.Is(err, archive.ErrKept) {
		t.Errorf("an export that has grown: %v", err)
	}
}

// An archive that is changed anywhere is refused, by its form, its sums or its list; the export of the portal alone is read too.
func TestChanged(t *testing.T) {
	b := newBench(t)
	good := whole(t, b, nil)
	for at := 100; at < len(good); at += 9973 {
		bad := bytes.Clone(good)
		bad[at] ^= 1
		if _, err := read(bad); !errors.Is(err, archive.ErrForm) && !errors.Is(err, archive.ErrKept) {
			t.Fatalf("byte %d changed: %v", at, err)
		}
	}
	for at := 512; at < len(good); at += 65 * 512 {
		if _, err := read(good[:at]); err == nil {
			t.Fatalf("cut at %d: accepted", at)
		}
	}
	var alone bytes.Buffer
	w := ustar.NewWriter(&alone)
	in, err := record.Open(b.dir)
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	paths, err := in.List()
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range paths {
		f, size, err := in.Stream(p)
		if err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(w.Add(p, size, f), f.Close()); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	r, err := read(alone.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	if d, err := r.Export().Digest(record.Manifest); err != nil || d.SHA256 != b.Fingerprint {
		t.Error(d, err)
	}
	if _, _, err := r.Export().Stream("nowhere"); !errors.Is(err, os.ErrNotExist) {
		t.Error(err)
	}
	if _, err := r.Export().Read(record.Manifest, 3); !errors.Is(err, record.ErrTooLarge) {
		t.Error(err)
	}
	if err := w.Add("a", 0, strings.NewReader("")); !errors.Is(err, archive.ErrForm) {
		t.Errorf("a file out of its place: %v", err)
	}
	if err := ustar.NewWriter(io.Discard).Add("a", 4, strings.NewReader("abc")); !errors.Is(err, io.EOF) {
		t.Errorf("a file that shrank: %v", err)
	}
}

// The page is drawn again, and a reader is told which papers no act adopts: who rewrites the sums with them rewrites nothing that he can have believed.
func TestRewritten(t *testing.T) {
	b := newBench(t)
	act := func(kind string, adopts ...scrutin.Adopted) { b.Act(kind, scrutin.ActBody{Adopts: adopts}) }
	act(scrutin.ActMinutes, scrutin.Adopted{Path: scrutin.AdoptMinutes, SHA256: scrutin.DigestOf([]byte("the minutes"))}, scrutin.Adopted{Path: scrutin.AdoptJournal, SHA256: scrutin.DigestOf([]byte("head"))})
	unadopted := func(data []byte) []string {
		t.Helper()
		r, err := archive.Read(bytes.NewReader(data), int64(len(data)))
		if err != nil {
			t.Fatal(err)
		}
		c, err := r.Check()
		if err != nil || c.OtherPage {
			t.Fatal(c, err)
		}
		return c.Unadopted
	}
	first := whole(t, b, nil)
	if got := unadopted(first); !slices.Equal(got, []string{"dossier/lists/urn-1.csv"}) { // the minutes by their act
		t.Errorf("before the act: %q", got)
	}
	kept := b.gather(t).Kept()
	text, err := scrutin.Text(kept)
	if err != nil {
		t.Fatal(err)
	}
	act(scrutin.ActArchive, scrutin.Adopted{Path: scrutin.AdoptArchive, SHA256: scrutin.TextDigest(text)})
	good := whole(t, b, nil)
	if got := unadopted(good); len(got) > 0 {
		t.Errorf("all is adopted: %q", got)
	}
	b.paper(t, "minutes-2.pdf", "other minutes")
	if got := unadopted(whole(t, b, kept)); !slices.Equal(got, []string{"dossier/minutes-2.pdf"}) {
		t.Errorf("a paper that came later: %q", got)
	}
	for when, change := range map[string]func(map[string][]byte){
		"another page":             func(files map[string][]byte) { files[archive.Index] = []byte("<!doctype html>another result") },
		"no page":                  func(files map[string][]byte) { delete(files, archive.Index) },
		"a page that lacks a file": func(files map[string][]byte) { files["dossier/minutes-2.pdf"] = []byte("other minutes") },
	} {
		if _, err := read(rewritten(t, good, change)); !errors.Is(err, archive.ErrKept) || !strings.Contains(err.Error(), archive.Index) {
			t.Errorf("%s: %v", when, err)
		}
	}
	opening := b.O
	for _, other := range []scrutin.Digest{{}, {1}} { // of a vote that was never opened, or of another one
		bad := rewritten(t, first, func(files map[string][]byte) {
			files[archive.KeptList] = bytes.Replace(files[archive.KeptList], []byte(opening.String()), []byte(other.String()), 1)
		})
		if _, err := read(bad); !errors.Is(err, archive.ErrKept) || !strings.Contains(err.Error(), "opening record") {
			t.Errorf("a list of the opening record %s: %v", other, err)
		}
	}
	if _, err := read(rewritten(t, good, func(map[string][]byte) {})); err != nil {
		t.Errorf("nothing changed: %v", err)
	}
}

// rewritten is an archive of other files, with the sums that go with them.
func rewritten(t *testing.T, data []byte, change func(files map[string][]byte)) []byte {
	t.Helper()
	r, err := archive.Read(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	files := map[string][]byte{}
	for _, name := range r.Names() {
		if files[name], err = r.Whole().Read(name, 1<<20); err != nil {
			t.Fatal(err)
		}
	}
	change(files)
	delete(files, archive.Sums)
	var sums strings.Builder
	for _, name := range slices.Sorted(maps.Keys(files)) {
		fmt.Fprintf(&sums, "%s  %s\n", scrutin.DigestOf(files[name]), name)
	}
	files[archive.Sums] = []byte(sums.String())
	var out bytes.Buffer
	w := ustar.NewWriter(&out)
	for _, name := range slices.Sorted(maps.Keys(files)) {
		if err := w.Add(name, int64(len(files[name])), bytes.NewReader(files[name])); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}
