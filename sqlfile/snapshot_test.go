package sqlfile_test

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"isoloir/sqlfile"
)

// A copy is whole while others write, its owner's alone, and holds nothing that was deleted.
func TestSnapshot(t *testing.T) {
	ctx, dir := context.Background(), t.TempDir()
	path, to := filepath.Join(dir, "store.db"), filepath.Join(dir, "copy.db")
	f, err := sqlfile.Open(ctx, path, "CREATE TABLE IF NOT EXISTS t (n INTEGER, what TEXT) STRICT", 0)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	write := func(query string, args ...any) {
		t.Helper()
		if err := f.Write(ctx, func(x *sqlfile.Tx) error { _, err := x.Exec(query, args...); return err }); err != nil {
			t.Fatal(err)
		}
	}
	write("INSERT INTO t VALUES (1, 'what stays')")
	write("INSERT INTO t VALUES (2, 'what is deleted')")
	write("DELETE FROM t WHERE n = 2")
	if err := sqlfile.Snapshot(ctx, path, to); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(to)
	if err != nil || !bytes.Contains(data, []byte("what stays")) || bytes.Contains(data, []byte("what is deleted")) {
		t.Errorf("%d bytes, %v", len(data), err)
	}
	if info, err := os.Stat(to); err != nil || info.Mode().Perm() != 0o600 {
		t.Error(info.Mode(), err)
	}
	if err := sqlfile.Snapshot(ctx, path, to); !errors.Is(err, fs.ErrExist) {
		t.Errorf("over another file: %v", err)
	}
	if err := sqlfile.Snapshot(ctx, filepath.Join(dir, "nowhere.db"), filepath.Join(dir, "other.db")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("of no file: %v", err)
	}
	write("INSERT INTO t VALUES (3, 'later')")
}
