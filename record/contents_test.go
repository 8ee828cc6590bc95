package record_test

import (
	"slices"
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
	write(t, w, record.ContentsTimestamp("a"), "no part of what it stamps")
	read, err := scrutin.Parse[scrutin.Contents](text)
	if err != nil || !slices.Equal(read.Files, c.Files) || len(c.Files) != 5 {
		t.Fatalf("%+v, not %+v: %v", read, c, err)
	}
	for _, file := range c.Files {
		if want := (scrutin.File{Path: file.Path, Size: int64(len(file.Path)), SHA256: scrutin.DigestOf([]byte(file.Path))}); file != want {
			t.Errorf("%+v, not %+v", file, want)
		}
	}
	again, err := record.MakeContents(&w.Reader, f, o, 0, nil)
	if err != nil || !slices.Equal(again.Files, c.Files) {
		t.Errorf("contents that list themselves: %+v, %v", again, err)
	}
}
