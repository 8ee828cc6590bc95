package record_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"isoloir/record"
	"isoloir/scrutin"
)

func TestContents(t *testing.T) {
	f, o := scrutin.DigestOf([]byte("f")), scrutin.DigestOf([]byte("o"))
	w := create(t)
	for _, p := range []string{record.Manifest, record.Roll("u"), record.Mix(2), record.Mix(10), record.Mix(1)} {
		write(t, w, p, p)
	}
	steps := 0
	c, err := record.MakeContents(&w.Reader, f, o, 2, func(done, total int) {
		if steps++; done != steps || total != 5 {
			t.Errorf("%d of %d at step %d", done, total, steps)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	text, err := scrutin.Text(c)
	if err != nil {
		t.Fatal(err)
	}
	write(t, w, record.Contents, text)
	if c, err = scrutin.Parse[scrutin.Contents](text); err != nil {
		t.Fatal(err)
	}
	check := func(name, want string) {
		t.Helper()
		before := len(c.Files)
		err := record.CheckContents(&w.Reader, c, 0, nil)
		var d *record.Differences
		if want == "" && err != nil || want != "" && (!errors.As(err, &d) || !strings.Contains(err.Error(), want)) {
			t.Errorf("%s: %v, expected %q", name, err, want)
		}
		if len(c.Files) != before {
			t.Error("the contents were changed by checking them")
		}
	}
	check("whole", "")
	path := func(p string) string { return filepath.Join(w.Dir(), p) }
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(os.WriteFile(path(record.Mix(1)), []byte("mix/1.notf"), 0o644))
	check("changed", "1 changed: mix/1.note")
	must(os.WriteFile(path(record.Mix(1)), []byte("mix/1.note "), 0o644))
	check("longer", "1 changed: mix/1.note")
	must(os.Remove(path(record.Mix(1))))
	check("lost", "1 missing: mix/1.note")
	must(os.WriteFile(path(record.Mix(3)), []byte("x"), 0o644))
	check("lost and added", "1 not listed: mix/3.note; 1 missing: mix/1.note")
	must(os.Rename(path(record.Mix(3)), path(record.Mix(1))))
	must(os.WriteFile(path(record.Mix(1)), []byte("mix/1.note"), 0o644))
	check("restored", "")
	a, b := path(record.Mix(2)), path(record.Roll("u"))
	must(os.Rename(a, a+"x"))
	must(os.Rename(b, a))
	must(os.Rename(a+"x", b))
	check("swapped", "2 changed: mix/2.note, roll/u.note")
}
