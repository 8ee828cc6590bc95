// Package integritytest is what tests of inspections share: an operator who may do
// everything to a store, on each engine, and whole checks of it. No command imports it.
package integritytest

import (
	"context"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"isoloir/integrity"
	"isoloir/pg/postgrestest"
	"isoloir/sqlfile"
)

// An Operator has full rights on a store, and no key of its service.
type Operator interface {
	// Do runs statements, with every trigger off.
	Do(t testing.TB, statements ...string)
	// Flip changes a bit in the middle of a column of the first row that where finds.
	Flip(t testing.TB, table, column, where string)
	// Blob writes bytes as a literal.
	Blob(b []byte) string
}

// A File is the operator of an SQLite file, which a service may have open.
type File struct{ Path string }

// Do implements Operator.
func (o File) Do(t testing.TB, statements ...string) {
	t.Helper()
	o.write(t, func(tx *sqlfile.Tx) error {
		for _, s := range statements {
			if n, err := tx.Exec(s); err != nil || n == 0 && !strings.HasPrefix(s, "CREATE") {
				return fmt.Errorf("%s: %d rows, %w", s, n, err)
			}
		}
		return nil
	})
}

// Flip implements Operator.
func (o File) Flip(t testing.TB, table, column, where string) {
	t.Helper()
	o.write(t, func(tx *sqlfile.Tx) error {
		var b []byte
		if _, err := tx.Row("SELECT "+column+" FROM "+table+" WHERE "+where, nil, &b); err != nil {
			return err
		}
		old := o.Blob(b)
		b[len(b)/2] ^= 1
		n, err := tx.Exec("UPDATE " + table + " SET " + column + " = " + o.Blob(b) + " WHERE " + where + " AND " + column + " = " + old)
		if err == nil && n != 1 {
			err = fmt.Errorf("%d rows of %s changed", n, table)
		}
		return err
	})
}

// Blob implements Operator.
func (o File) Blob(b []byte) string { return "x'" + hex.EncodeToString(b) + "'" }

func (o File) write(t testing.TB, do func(*sqlfile.Tx) error) {
	t.Helper()
	ctx := context.Background()
	f, err := sqlfile.Open(ctx, o.Path, "", 0)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	err = f.Write(ctx, func(tx *sqlfile.Tx) error {
		var triggers []string
		var name string
		if err := tx.Rows("SELECT name FROM sqlite_schema WHERE type = 'trigger'", nil, []any{&name}, func() error {
			triggers = append(triggers, name)
			return nil
		}); err != nil {
			return err
		}
		for _, name := range triggers {
			if _, err := tx.Exec("DROP TRIGGER " + name); err != nil {
				return err
			}
		}
		return do(tx)
	})
	if err != nil {
		t.Fatal(err)
	}
}

// A Database is the superuser of a PostgreSQL server, in one database.
type Database struct {
	*postgrestest.Server
	Name string
}

// Do implements Operator.
func (o Database) Do(t testing.TB, statements ...string) {
	t.Helper()
	for _, s := range statements {
		if strings.HasPrefix(s, "DELETE") || strings.HasPrefix(s, "UPDATE") || strings.HasPrefix(s, "INSERT") {
			s = "WITH done AS (" + s + " RETURNING 1) SELECT 1 / count(*) FROM done"
		}
		o.Exec(t, o.Name, "SET session_replication_role = replica; "+s)
	}
}

// Flip implements Operator.
func (o Database) Flip(t testing.TB, table, column, where string) {
	t.Helper()
	o.Do(t, fmt.Sprintf("UPDATE %[1]s SET %[2]s = set_byte(%[2]s, length(%[2]s) / 2, get_byte(%[2]s, length(%[2]s) / 2) # 1) WHERE ctid = (SELECT ctid FROM %[1]s WHERE %[3]s LIMIT 1)", table, column, where))
}

// Blob implements Operator.
func (o Database) Blob(b []byte) string { return `'\x` + hex.EncodeToString(b) + `'::bytea` }

// Keep remembers what stands in all tables, and gives what puts it back.
func (o Database) Keep(t testing.TB) (restore func(t testing.TB)) {
	t.Helper()
	tables := o.Query(t, o.Name, "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace")
	put := "SET session_replication_role = replica"
	for _, name := range tables {
		o.Exec(t, o.Name, "CREATE SCHEMA IF NOT EXISTS kept; CREATE TABLE kept."+name+" AS TABLE public."+name)
		put += "; DELETE FROM public." + name + "; INSERT INTO public." + name + " SELECT * FROM kept." + name
	}
	return func(t testing.TB) {
		t.Helper()
		o.Exec(t, o.Name, put)
	}
}

// Whole makes a whole check, and gives what it finds, a line each.
func Whole(t testing.TB, s integrity.Subject) (lines []string) {
	t.Helper()
	for _, step := range append(s.Near(), s.All()...) {
		for more := true; more; {
			var l integrity.Look
			var err error
			if more, err = step.Do(context.Background(), &l); err != nil {
				t.Fatalf("table %s: %v", step.Table, err)
			}
			for _, f := range l.Findings {
				lines = append(lines, f.String())
			}
		}
	}
	return lines
}

// Named says whether one of the lines is what want, a regular expression for all of it,
// describes.
func Named(lines []string, want string) bool {
	r := regexp.MustCompile("^(" + want + ")$")
	for _, line := range lines {
		if r.MatchString(line) {
			return true
		}
	}
	return false
}

// Copy copies a directory.
func Copy(t testing.TB, from, to string) {
	t.Helper()
	if err := os.CopyFS(to, os.DirFS(from)); err != nil {
		t.Fatal(err)
	}
	err := filepath.WalkDir(to, func(path string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			err = os.Chmod(path, 0o600)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
