package record_test

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"io"
	"io/fs"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"

	"isoloir/record"
)

func create(t testing.TB) *record.Writer {
	t.Helper()
	w, err := record.Create(filepath.Join(t.TempDir(), "export"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { w.Close() })
	return w
}

func write(t testing.TB, w *record.Writer, path, data string) {
	t.Helper()
	if err := w.Write(path, []byte(data)); err != nil {
		t.Fatal(err)
	}
}

func TestPaths(t *testing.T) {
	for got, want := range map[string]string{
		record.Act(7, "open"):                           "acts/0007-open.note",
		record.Ceremony(2, "rehearsal-1", "anne"):       "ceremony/2/rehearsal-1-anne.note",
		record.CeremonyAgain(1, "commit", "anne"):       "ceremony/1/commit-anne-again.note",
		record.Timestamp(7, "open", "tsa.b"):            "timestamps/0007-open.tsa.b.tsr",
		record.Timestamp(0, "open", "tsa"):              "",
		record.ContentsTimestamp("tsa.b"):               "contents.tsa.b.tsr",
		record.CeremonyAgain(0, "commit", "anne"):       "",
		record.Enrolment("i"):                           "enrolment/i.note",
		record.EnrolmentKeys("u", "i"):                  "enrolment/u/i.keys",
		record.Anonymisation(3):                         "anonymisation/3.note",
		record.AnonymisationKeys("u", 3):                "anonymisation/u/3.keys",
		record.AnonymisationProof("u", 3):               "anonymisation/u/3.proof",
		record.Amendment(2):                             "addenda/2/roll.note",
		record.Amendment(0):                             "",
		record.Population(0).Enrolment("i"):             "enrolment/i.note",
		record.Population(2).Enrolment("i"):             "addenda/2/enrolment/i.note",
		record.Population(2).EnrolmentKeys("u", "i"):    "addenda/2/enrolment/u/i.keys",
		record.Population(2).Anonymisation(3):           "addenda/2/anonymisation/3.note",
		record.Population(2).AnonymisationKeys("u", 3):  "addenda/2/anonymisation/u/3.keys",
		record.Population(2).AnonymisationProof("u", 3): "addenda/2/anonymisation/u/3.proof",
		record.Population(2).Enrolment("../i"):          "",
		record.Population(10000).Enrolment("i"):         "",
		record.Leaves("u"):                              "log/u/leaves",
		record.Checkpoints("u"):                         "log/u/checkpoints",
		record.Seal("u"):                                "log/u/seal.note",
		record.Roll("u"):                                "roll/u.note",
		record.Marks("u"):                               "roll/u.marks",
		record.Mix(1):                                   "mix/1.note",
		record.MixList(12, "q", 1):                      "mix/012/q/1.list",
		record.MixProof(1234, "q", 1):                   "mix/1234/q/1.proof",
		record.Shares("bureau", "anne.b"):               "shares/bureau.anne.b.note",
		record.SharesList(1, "q", "bureau", "anne"):     "shares/001/q/bureau.anne.list",
	} {
		if got != want {
			t.Errorf("%q, expected %q", got, want)
		}
	}
	long := strings.Repeat("a", 41)
	for _, bad := range []string{"", ".", "..", "../x", "a/b", "a\\b", "é", ".a", "a b", "a\x00", "/etc", long, "a\n"} {
		for i, path := range []string{record.Act(1, bad), record.Timestamp(1, bad, "a"), record.Timestamp(1, "open", bad), record.ContentsTimestamp(bad), record.Ceremony(1, bad, "a"), record.Ceremony(1, "seal", bad), record.Enrolment(bad), record.EnrolmentKeys(bad, "i"),
			record.EnrolmentKeys("u", bad), record.AnonymisationKeys(bad, 1), record.AnonymisationProof(bad, 1), record.Leaves(bad), record.Checkpoints(bad), record.Seal(bad),
			record.Roll(bad), record.Marks(bad), record.MixList(1, bad, 1), record.MixProof(1, bad, 1), record.Shares(bad, "h"), record.Shares("c", bad),
			record.SharesList(1, bad, "c", "h"), record.SharesList(1, "q", bad, "h"), record.SharesList(1, "q", "c", bad)} {
			if path != "" {
				t.Errorf("path %d of %q is %q", i, bad, path)
			}
		}
	}
	for i, path := range []string{record.Act(0, "open"), record.Act(10000, "open"), record.Ceremony(0, "seal", "a"), record.Anonymisation(0), record.Mix(-1), record.AnonymisationKeys("u", 0),
		record.MixList(0, "q", 1), record.MixList(1, "q", 0), record.SharesList(0, "q", "c", "h"), record.Shares("a.b", "c"), record.SharesList(1, "q", "a.b", "c")} {
		if path != "" {
			t.Errorf("path %d is %q", i, path)
		}
	}
}

func TestTraversal(t *testing.T) {
	w := create(t)
	secret := filepath.Join(filepath.Dir(w.Dir()), "secret")
	if err := os.WriteFile(secret, []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{"", "../secret", "/etc/passwd", "acts/../../secret", "acts//x", "./x", "a/./b", ".hidden", "a\\b", "a/b/c/d/e/f", secret, "acts/"} {
		if err := w.Write(path, []byte("y")); !errors.Is(err, record.ErrPath) {
			t.Errorf("write %q: %v", path, err)
		}
		if _, err := w.Read(path, 10); !errors.Is(err, record.ErrPath) {
			t.Errorf("read %q: %v", path, err)
		}
		if w.Exists(path) {
			t.Errorf("%q exists", path)
		}
	}
	if b, err := os.ReadFile(secret); err != nil || string(b) != "x" {
		t.Error("the file outside has changed")
	}
}

func TestCreateRefuses(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "mine.txt"), []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := record.Create(dir); !errors.Is(err, record.ErrDirectoryInUse) || !strings.Contains(err.Error(), "mine.txt") {
		t.Error(err)
	}
	if _, err := record.Create(filepath.Join(dir, "mine.txt")); err == nil {
		t.Error("a file is taken for a directory")
	}
	if _, err := record.Create(filepath.Join(dir, "mine.txt", "x")); err == nil {
		t.Error("a file is taken for a directory")
	}
	if _, err := record.Open(filepath.Join(dir, "nowhere")); !errors.Is(err, fs.ErrNotExist) {
		t.Error(err)
	}
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) != 1 {
		t.Error("something was written: ", entries, err)
	}
	empty, err := record.Create(t.TempDir()) // exists, and is empty
	if err != nil {
		t.Fatal(err)
	}
	empty.Close()
}

func TestWriteOnce(t *testing.T) {
	w := create(t)
	write(t, w, record.Roll("u"), "one")
	write(t, w, record.Roll("u"), "one")
	for _, other := range []string{"two", "", "one more", "on"} {
		if err := w.Write(record.Roll("u"), []byte(other)); !errors.Is(err, record.ErrDifferent) {
			t.Errorf("%q: %v", other, err)
		}
	}
	if b, err := w.Read(record.Roll("u"), 3); err != nil || string(b) != "one" {
		t.Error(string(b), err)
	}
	if _, err := w.Read(record.Roll("u"), 2); !errors.Is(err, record.ErrTooLarge) {
		t.Error(err)
	}
	if _, err := w.Read(record.Roll("v"), 2); !errors.Is(err, fs.ErrNotExist) {
		t.Error(err)
	}
	if err := w.Write(record.Enrolment("u"), nil); err != nil {
		t.Error(err)
	}
	// a directory where a file should be, and a file where a directory should be
	if err := os.MkdirAll(filepath.Join(w.Dir(), record.Mix(1)), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := w.Write(record.Mix(1), []byte("x")); !errors.Is(err, record.ErrNotRegular) {
		t.Error(err)
	}
	write(t, w, "shares", "x")
	if err := w.Write(record.Shares("c", "h"), []byte("x")); err == nil {
		t.Error("written below a file")
	}
	if left := partials(t, w.Dir()); left != 0 {
		t.Errorf("%d half files are left", left)
	}
}

func partials(t *testing.T, dir string) (n int) {
	t.Helper()
	err := filepath.WalkDir(dir, func(p string, d fs.DirEntry, err error) error {
		if err == nil && strings.HasPrefix(d.Name(), ".") {
			n++
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestStream(t *testing.T) {
	w := create(t)
	f, err := w.Begin(record.Leaves("u"))
	if err != nil {
		t.Fatal(err)
	}
	beside, err := record.Beside(w.Dir())
	if err != nil {
		t.Fatal(err)
	}
	write(t, beside, record.Roll("u"), "by another process")
	if paths, err := beside.List(); err != nil || !slices.Equal(paths, []string{record.Roll("u")}) {
		t.Errorf("beside what is half written: %v, %v", paths, err)
	}
	if err := beside.Close(); err != nil || partials(t, w.Dir()) != 1 {
		t.Fatal("who writes beside has touched what is half written: ", err)
	}
	big := bytes.Repeat([]byte("0123456789abcdef"), 1<<16)
	if n, err := io.Copy(f, bytes.NewReader(big)); err != nil || n != int64(len(big)) {
		t.Fatal(n, err)
	}
	if w.Exists(record.Leaves("u")) {
		t.Error("the file is seen before it is whole")
	}
	got, err := f.Commit()
	if err != nil || got.Size != int64(len(big)) || got.SHA256 != sha256.Sum256(big) || got.Path != record.Leaves("u") {
		t.Error(got, err)
	}
	f.Abort()
	if _, err := f.Commit(); !errors.Is(err, fs.ErrClosed) {
		t.Error(err)
	}
	if _, err := f.Write(nil); !errors.Is(err, fs.ErrClosed) {
		t.Error(err)
	}
	if d, err := w.Digest(record.Leaves("u")); err != nil || d != got {
		t.Error(d, err)
	}
	r, size, err := w.Stream(record.Leaves("u"))
	if err != nil || size != int64(len(big)) {
		t.Fatal(size, err)
	}
	if err := r.Close(); err != nil {
		t.Error(err)
	}
	g, err := w.Begin(record.Leaves("v"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := g.Write([]byte("half")); err != nil {
		t.Fatal(err)
	}
	g.Abort()
	if w.Exists(record.Leaves("v")) || partials(t, w.Dir()) != 0 {
		t.Error("an aborted file is left")
	}
}

// What a killed process left half written goes when the export is resumed; until
// then it is no file of the export.
func TestResume(t *testing.T) {
	w := create(t)
	write(t, w, record.Manifest, "m")
	f, err := w.Begin(record.Leaves("u"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.Write([]byte("half")); err != nil {
		t.Fatal(err)
	}
	if _, err := w.List(); !errors.Is(err, record.ErrPath) {
		t.Error(err)
	}
	again, err := record.Resume(w.Dir())
	if err != nil {
		t.Fatal(err)
	}
	defer again.Close()
	if list, err := again.List(); err != nil || !slices.Equal(list, []string{record.Manifest}) {
		t.Error(list, err)
	}
	if _, err := f.Commit(); err == nil {
		t.Error("a file that was cleared away is committed")
	}
}

func TestSpecialFiles(t *testing.T) {
	outside := filepath.Join(t.TempDir(), "outside")
	if err := os.WriteFile(outside, []byte("secret"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, make := range map[string]func(path string) error{
		"link out":          func(p string) error { return os.Symlink(outside, p) },
		"link in":           func(p string) error { return os.Symlink("../manifest.json", p) },
		"link to nothing":   func(p string) error { return os.Symlink("nowhere", p) },
		"named pipe":        func(p string) error { return syscall.Mkfifo(p, 0o600) },
		"link to directory": func(p string) error { return os.Symlink(filepath.Dir(outside), p) },
	} {
		w := create(t)
		write(t, w, record.Manifest, "m")
		write(t, w, record.Roll("v"), "x")
		if err := make(filepath.Join(w.Dir(), record.Roll("u"))); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Read(record.Roll("u"), 100); !errors.Is(err, record.ErrNotRegular) {
			t.Errorf("%s is read: %v", name, err)
		}
		if _, err := w.List(); !errors.Is(err, record.ErrNotRegular) {
			t.Errorf("%s is listed: %v", name, err)
		}
		if err := w.Write(record.Roll("u"), []byte("secret")); !errors.Is(err, record.ErrNotRegular) {
			t.Errorf("%s is written over: %v", name, err)
		}
	}
	// a directory that leads out of the export
	w := create(t)
	if err := os.Symlink(filepath.Dir(outside), filepath.Join(w.Dir(), "roll")); err != nil {
		t.Fatal(err)
	}
	if err := w.Write(record.Roll("u"), []byte("x")); err == nil {
		t.Error("written outside of the directory")
	}
}

func TestStrangeNames(t *testing.T) {
	for _, name := range []string{".DS_Store", "acts/.0001-open.note.swp", "Thumbs db", "é", "a/b/c/d/e/f"} {
		w := create(t)
		path := filepath.Join(w.Dir(), name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, nil, 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := w.List(); !errors.Is(err, record.ErrPath) {
			t.Errorf("%q: %v", name, err)
		}
	}
}

// A full disk (here, a limit on the size of files) leaves an error and no half file.
func TestDiskFull(t *testing.T) {
	w := create(t)
	write(t, w, record.Manifest, "m")
	signal.Ignore(syscall.SIGXFSZ)
	defer signal.Reset(syscall.SIGXFSZ)
	var old syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_FSIZE, &old); err != nil {
		t.Fatal(err)
	}
	limit := syscall.Rlimit{Cur: 1 << 16, Max: old.Max}
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &limit); err != nil {
		t.Skip("this system sets no limit on the size of files: ", err)
	}
	defer syscall.Setrlimit(syscall.RLIMIT_FSIZE, &old)
	err := w.Write(record.Leaves("u"), make([]byte, 1<<17))
	if err == nil || !strings.Contains(err.Error(), "make room") {
		t.Error(err)
	}
	if w.Exists(record.Leaves("u")) || partials(t, w.Dir()) != 0 {
		t.Error("half a file is left")
	}
	write(t, w, record.Leaves("u"), "small")
}

func TestConcurrent(t *testing.T) {
	w := create(t)
	var all sync.WaitGroup
	var same, other int
	var count sync.Mutex
	for i := range 16 {
		all.Go(func() {
			err := w.Write(record.Mix(1), []byte{byte(i % 2)})
			count.Lock()
			defer count.Unlock()
			switch {
			case err == nil:
				same++
			case errors.Is(err, record.ErrDifferent):
				other++
			default:
				t.Error(err)
			}
		})
	}
	all.Wait()
	if same != 8 || other != 8 {
		t.Errorf("%d written, %d refused", same, other)
	}
}
