package sqlite_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"isoloir/batchkey"
	"isoloir/sqlfile"
	"isoloir/urn"
	"isoloir/urn/sqlite"
	"isoloir/urn/urntest"
)

var ctx = context.Background()

func open(t testing.TB, dir string, o sqlite.Options) *sqlite.Store {
	t.Helper()
	s, err := sqlite.Open(ctx, filepath.Join(dir, "urn.db"), filepath.Join(dir, "keys"), o)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestConformance(t *testing.T) {
	root := t.TempDir()
	urntest.Exercise(t, func(t testing.TB, name string) (urn.Store, func() error) {
		dir := filepath.Join(root, strings.ReplaceAll(name, "/", "-"))
		if err := os.MkdirAll(dir, 0o700); err != nil {
			t.Fatal(err)
		}
		s := open(t, dir, sqlite.Options{})
		return s, s.Shut
	})
}

// TestInsertOnly has somebody with the file try to rewrite it. (S003-28-1)
func TestInsertOnly(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir, sqlite.Options{})
	f := urntest.New(t, urntest.Size{})
	service := f.Service(t, s)
	for i := range 4 {
		if a := service.Append(ctx, []urn.AppendRequest{f.Request(t, urntest.Token(), f.Ballot(t, 0, i, i))}); a[0].Err != nil {
			t.Fatal(a[0].Err)
		}
	}
	opened, c := f.Opened(t, 0, 5, 1)
	if _, err := service.Challenge(ctx, 0, c.Bytes()); err != nil {
		t.Fatal(err)
	}
	if err := service.Contest(ctx, 0, opened.Hash()); err != nil {
		t.Fatal(err)
	}
	if err := service.Close(ctx); err != nil {
		t.Fatal(err)
	}
	if err := s.Shut(); err != nil {
		t.Fatal(err)
	}
	file, err := sqlfile.Open(ctx, filepath.Join(dir, "urn.db"), "", 0)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	for _, table := range []string{"opened", "closed", "batch_key", "spent", "ballot", "half", "leaf", "head", "checkpoint", "challenge", "contested"} {
		column := map[string]string{"opened": "urn", "closed": "urn", "batch_key": "name", "spent": "fate", "ballot": "hash", "half": "half", "leaf": "leaf", "head": "peaks", "checkpoint": "note", "challenge": "record", "contested": "code"}[table]
		for _, statement := range []string{
			"UPDATE " + table + " SET " + column + " = " + column,
			"DELETE FROM " + table,
			"INSERT OR REPLACE INTO " + table + " SELECT * FROM " + table + " LIMIT 1",
		} {
			err := file.Write(ctx, func(tx *sqlfile.Tx) error {
				_, err := tx.Exec(statement)
				return err
			})
			if err == nil || !strings.Contains(err.Error(), table+" is insert-only") {
				t.Errorf("%s: %v", statement, err)
			}
		}
	}
}

// TestFullDisk fills the file: what cannot be written is refused cleanly, what was
// answered stays, and with room again everything goes on.
func TestFullDisk(t *testing.T) {
	dir := t.TempDir()
	f := urntest.New(t, urntest.Size{Electors: 400})
	small := open(t, dir, sqlite.Options{MaxPages: 60})
	service := f.Service(t, small)
	var in, out []urn.AppendRequest
	for i := range 400 {
		q := f.Request(t, urntest.Token(), f.Ballot(t, 0, i, i))
		a := service.Append(ctx, []urn.AppendRequest{q})[0]
		if a.Err == nil {
			in = append(in, q)
			continue
		}
		if !errors.Is(a.Err, urn.ErrBusy) {
			t.Fatalf("ballot %d: %v", i, a.Err)
		}
		if out = append(out, q); len(out) == 5 {
			break
		}
	}
	if len(in) == 0 || len(out) != 5 {
		t.Fatalf("%d in, %d refused: the limit is not where it should be", len(in), len(out))
	}
	if _, err := service.Flush(ctx); err == nil {
		t.Fatal("a flush into a full file went through")
	}
	if n, err := small.Pending(ctx, f.Scope); err != nil || n[0] != len(in) {
		t.Fatalf("%v pending, %d promised, %v", n, len(in), err)
	}
	if err := small.Shut(); err != nil {
		t.Fatal(err)
	}
	large := open(t, dir, sqlite.Options{})
	defer large.Shut()
	service = f.Service(t, large)
	for i, a := range service.Append(ctx, append(out, in...)) {
		if a.Err != nil {
			t.Fatalf("request %d with room again: %v", i, a.Err)
		}
	}
	if err := service.Close(ctx); err != nil {
		t.Fatal(err)
	}
	count, err := f.Count(t, service, 0, urn.NewBook())
	if err != nil || count.Ballots != len(in)+len(out) {
		t.Fatalf("%v, %v", count, err)
	}
}

// TestLostKey takes the directory of batch keys away: nothing is accepted or lost
// silently.
func TestLostKey(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir, sqlite.Options{})
	f := urntest.New(t, urntest.Size{})
	service := f.Service(t, s)
	q := f.Request(t, urntest.Token(), f.Ballot(t, 0, 0, 0))
	if a := service.Append(ctx, []urn.AppendRequest{q}); a[0].Err != nil {
		t.Fatal(a[0].Err)
	}
	if err := os.RemoveAll(filepath.Join(dir, "keys")); err != nil {
		t.Fatal(err)
	}
	if a := service.Append(ctx, []urn.AppendRequest{q}); !errors.Is(a[0].Err, urn.ErrBusy) || !errors.Is(a[0].Err, batchkey.ErrLost) {
		t.Errorf("append: %v", a[0].Err)
	}
	if _, err := s.Flush(ctx, f.Scope, urn.Everything); !errors.Is(err, batchkey.ErrLost) {
		t.Errorf("flush: %v", err)
	}
	if err := s.Shut(); err != nil {
		t.Fatal(err)
	}
}
