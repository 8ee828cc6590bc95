package batchkey_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"isoloir/batchkey"
)

func TestKey(t *testing.T) {
	path := filepath.Join(t.TempDir(), "keys")
	d, err := batchkey.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	k, err := d.New()
	if err != nil {
		t.Fatal(err)
	}
	row, place := []byte("a ballot"), []byte("its place")
	box := k.Seal(row, place)
	again, err := d.Load(k.ID)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := again.Open(box, place); err != nil || !bytes.Equal(got, row) {
		t.Errorf("%q, %v", got, err)
	}
	if again.Tag("half", row) != k.Tag("half", row) || k.Tag("half", row) == k.Tag("place", row) || k.Tag("half", row) == k.Tag("half", place) {
		t.Error("a tag does not name its value")
	}
	if bytes.Equal(k.Seal(row, place), box) {
		t.Error("two boxes of one row are equal")
	}
	other, err := d.New()
	if err != nil {
		t.Fatal(err)
	}
	for name, f := range map[string]func() ([]byte, error){
		"another key":   func() ([]byte, error) { return other.Open(box, place) },
		"another place": func() ([]byte, error) { return k.Open(box, []byte("elsewhere")) },
		"a cut box":     func() ([]byte, error) { return k.Open(box[:len(box)-1], place) },
		"a short box":   func() ([]byte, error) { return k.Open(box[:5], place) },
		"a changed box": func() ([]byte, error) { b := bytes.Clone(box); b[14] ^= 1; return k.Open(b, place) },
	} {
		if _, err := f(); !errors.Is(err, batchkey.ErrBox) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestKeep(t *testing.T) {
	path := t.TempDir()
	d, err := batchkey.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	var keys []*batchkey.Key
	for range 3 {
		k, err := d.New()
		if err != nil {
			t.Fatal(err)
		}
		keys = append(keys, k)
	}
	stranger := filepath.Join(path, "README")
	if err := os.WriteFile(stranger, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	// What is destroyed is overwritten: a second name of the file shows it.
	names, err := filepath.Glob(filepath.Join(path, "*.key"))
	if err != nil || len(names) != 3 {
		t.Fatal(names, err)
	}
	before := map[string][]byte{}
	for _, n := range names {
		if before[n], err = os.ReadFile(n); err != nil {
			t.Fatal(err)
		}
		if err := os.Link(n, n+".copy"); err != nil {
			t.Fatal(err)
		}
	}
	if err := d.Keep(keys[1].ID); err != nil {
		t.Fatal(err)
	}
	if _, err := d.Load(keys[1].ID); err != nil {
		t.Errorf("the kept key: %v", err)
	}
	for _, k := range []*batchkey.Key{keys[0], keys[2]} {
		if _, err := d.Load(k.ID); !errors.Is(err, batchkey.ErrLost) {
			t.Errorf("a destroyed key: %v", err)
		}
	}
	for _, n := range names {
		after, err := os.ReadFile(n + ".copy")
		_, gone := os.Stat(n)
		if err != nil || errors.Is(gone, os.ErrNotExist) == bytes.Equal(after, before[n]) {
			t.Errorf("a key was unlinked and not overwritten, or the reverse: %v", err)
		}
	}
	if _, err := os.Stat(stranger); err != nil {
		t.Error("another file was destroyed")
	}
}

// TestKeyIsNotPrinted prints a key in the ways in which one slips into a log.
func TestKeyIsNotPrinted(t *testing.T) {
	d, err := batchkey.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	k, err := d.New()
	if err != nil {
		t.Fatal(err)
	}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s"} {
		if got := fmt.Sprintf(verb, k); got != k.String() || len(got) != len("batch key ")+32 {
			t.Errorf("%s prints %s", verb, got)
		}
	}
}

// A file of any length is gone, and what was in it is not in a link to it either; a link is not followed, and what is gone is destroyed already.
func TestDestroy(t *testing.T) {
	dir := t.TempDir()
	path, same, link := filepath.Join(dir, "store"), filepath.Join(dir, "same"), filepath.Join(dir, "link")
	secret := bytes.Repeat([]byte("secret"), 20_000)
	if err := errors.Join(os.WriteFile(path, secret, 0o600), os.Link(path, same), os.Symlink(same, link)); err != nil {
		t.Fatal(err)
	}
	if err := batchkey.Destroy(path); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(same)
	if err != nil || len(data) != len(secret) || bytes.Contains(data, []byte("secret")) {
		t.Errorf("%d bytes are left, %v", len(data), err)
	}
	if err := batchkey.Destroy(path); err != nil {
		t.Errorf("again: %v", err)
	}
	if err := batchkey.Destroy(link); err == nil {
		t.Error("a link is followed")
	}
	if err := batchkey.Destroy(dir); err == nil {
		t.Error("a directory is destroyed")
	}
}
