package sqlfile_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"isoloir/sqlfile"
)

var ctx = context.Background()

const schema = "CREATE TABLE IF NOT EXISTS t (k INTEGER PRIMARY KEY, v BLOB NOT NULL) STRICT"

func open(t *testing.T, path string) *sqlfile.File {
	t.Helper()
	f, err := sqlfile.Open(ctx, path, schema, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

func count(t *testing.T, f *sqlfile.File) (n int) {
	t.Helper()
	if err := f.Read(ctx, "SELECT count(*) FROM t", nil, []any{&n}, func() error { return nil }); err != nil {
		t.Fatal(err)
	}
	return n
}

func insert(f *sqlfile.File, k int, v []byte) error {
	return f.Write(ctx, func(t *sqlfile.Tx) error {
		_, err := t.Exec("INSERT INTO t (k, v) VALUES (?, ?)", k, v)
		return err
	})
}

// TestPragmas asks the file for what the package promises.
func TestPragmas(t *testing.T) {
	f := open(t, filepath.Join(t.TempDir(), "a name with spaces & é?.db"))
	for pragma, want := range map[string]string{
		"journal_mode": "wal", "synchronous": "2", "secure_delete": "1", "auto_vacuum": "0", "temp_store": "2", "recursive_triggers": "1",
		"trusted_schema": "0", "cell_size_check": "1", "busy_timeout": "20000",
	} {
		var got string
		if err := f.Write(ctx, func(t *sqlfile.Tx) error {
			_, err := t.Row("PRAGMA "+pragma, nil, &got)
			return err
		}); err != nil || got != want {
			t.Errorf("the writer's %s is %q, not %q: %v", pragma, got, want, err)
		}
	}
	if err := f.Read(ctx, "INSERT INTO t (k, v) VALUES (1, x'00') RETURNING k", nil, []any{new(int)}, func() error { return nil }); err == nil {
		t.Error("a reader has written")
	}
}

func TestAllOrNothing(t *testing.T) {
	f := open(t, filepath.Join(t.TempDir(), "f.db"))
	refused := errors.New("refused")
	if err := f.Write(ctx, func(tx *sqlfile.Tx) error {
		if _, err := tx.Exec("INSERT INTO t (k, v) VALUES (?, ?)", 1, []byte{1}); err != nil {
			return err
		}
		return refused
	}); !errors.Is(err, refused) || count(t, f) != 0 {
		t.Errorf("%v, %d rows", err, count(t, f))
	}
	gone, cancel := context.WithCancel(ctx)
	cancel()
	if err := f.Write(gone, func(*sqlfile.Tx) error { t.Error("begun for nobody"); return nil }); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	if err := insert(f, 1, []byte{1}); err != nil || count(t, f) != 1 {
		t.Errorf("afterwards: %v", err)
	}
	if err := insert(f, 1, []byte{2}); err == nil || count(t, f) != 1 {
		t.Errorf("a key twice: %v", err)
	}
}

// TestTwoProcesses has two files open on one path, as two processes have.
func TestTwoProcesses(t *testing.T) {
	path := filepath.Join(t.TempDir(), "f.db")
	a, b := open(t, path), open(t, path)
	done := make(chan error, 2)
	for i, f := range []*sqlfile.File{a, b} {
		go func() {
			for k := range 50 {
				if err := insert(f, 2*k+i, []byte{1}); err != nil {
					done <- err
					return
				}
			}
			done <- nil
		}()
	}
	if err := errors.Join(<-done, <-done); err != nil || count(t, a) != 100 {
		t.Errorf("%d rows: %v", count(t, a), err)
	}
}

// TestNothingLeft deletes a row and looks for it in the raw files.
func TestNothingLeft(t *testing.T) {
	path := filepath.Join(t.TempDir(), "f.db")
	f := open(t, path)
	secret := make([]byte, 600)
	rand.Read(secret)
	for k := range 40 {
		if err := insert(f, k, append([]byte{byte(k)}, secret...)); err != nil {
			t.Fatal(err)
		}
	}
	if err := f.Write(ctx, func(t *sqlfile.Tx) error {
		_, err := t.Exec("DELETE FROM t WHERE k % 7 <> 0")
		if err == nil {
			_, err = t.Exec("DELETE FROM t")
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	raw := func() (all []byte) {
		for _, suffix := range []string{"", "-wal", "-shm"} {
			b, err := os.ReadFile(path + suffix)
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, b...)
		}
		return all
	}
	if !bytes.Contains(raw(), secret[:100]) {
		t.Fatal("nothing is in the write-ahead log: this test looks in the wrong place")
	}
	if err := f.Empty(ctx); err != nil {
		t.Fatal(err)
	}
	for at := 0; at+8 <= len(secret); at++ {
		if bytes.Contains(raw(), secret[at:at+8]) {
			t.Fatalf("byte %d of what was deleted is left", at)
		}
	}
}

// TestOfDisk: a file at its limit is the disk's fault, a key that stands twice is not.
func TestOfDisk(t *testing.T) {
	f, err := sqlfile.Open(ctx, filepath.Join(t.TempDir(), "t.db"), schema, 8)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := insert(f, 1, []byte{}); err != nil {
		t.Fatal(err)
	}
	if err := insert(f, 1, []byte{}); err == nil || sqlfile.OfDisk(err) {
		t.Errorf("a key that stands twice: %v", err)
	}
	if err := insert(f, 2, make([]byte, 1<<16)); !sqlfile.OfDisk(err) {
		t.Errorf("more than the file may hold: %v", err)
	}
	if sqlfile.OfDisk(nil) || sqlfile.OfDisk(errors.New("another error")) {
		t.Error("another error is the disk's")
	}
}

// TestOwner looks at the rights of every file while it is written, also of one that lay
// there open to others.
func TestOwner(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "t.db")
	if err := errors.Join(os.WriteFile(path, nil, 0o644), os.Chmod(path, 0o644)); err != nil {
		t.Fatal(err)
	}
	if err := insert(open(t, path), 1, []byte("secret")); err != nil {
		t.Fatal(err)
	}
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) < 3 { // the log and its index too
		t.Fatal(entries, err)
	}
	for _, e := range entries {
		if info, err := e.Info(); err != nil || info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s: %v, %v", e.Name(), info.Mode(), err)
		}
	}
}

// TestPanic goes on after a transaction that ended in a panic.
func TestPanic(t *testing.T) {
	f := open(t, filepath.Join(t.TempDir(), "t.db"))
	func() {
		defer func() {
			if recover() == nil {
				t.Error("the panic was kept")
			}
		}()
		f.Write(ctx, func(t *sqlfile.Tx) error {
			t.Exec("INSERT INTO t (k, v) VALUES (1, x'00')")
			panic("now")
		})
	}()
	if err := insert(f, 2, []byte{0}); err != nil || count(t, f) != 1 {
		t.Errorf("%v, %d rows", err, count(t, f))
	}
}
