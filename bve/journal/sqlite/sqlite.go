// Package sqlite keeps the bureau's journals, and the facts beside them, in one SQLite file (package sqlfile). It is the embedded engine of
// journal.Store: no server, no set-up. Triggers refuse UPDATE and DELETE on both tables.
package sqlite

import (
	"bytes"
	"context"
	"fmt"

	"isoloir/bve/journal"
	"isoloir/scrutin"
	"isoloir/sqlfile"
)

var _ journal.Store = (*Store)(nil)

const schema = `
CREATE TABLE IF NOT EXISTS entry (manifest BLOB NOT NULL, number INTEGER NOT NULL, seconds INTEGER NOT NULL, text BLOB NOT NULL, head BLOB NOT NULL, note BLOB NOT NULL,
	PRIMARY KEY (manifest, number)) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX IF NOT EXISTS entry_text ON entry (manifest, text);
CREATE TABLE IF NOT EXISTS fact (manifest BLOB NOT NULL, kind TEXT NOT NULL, name TEXT NOT NULL, value BLOB NOT NULL,
	PRIMARY KEY (manifest, kind, name)) STRICT, WITHOUT ROWID;
CREATE TRIGGER IF NOT EXISTS entry_no_update BEFORE UPDATE ON entry BEGIN SELECT RAISE(ABORT, 'entry is insert-only'); END;
CREATE TRIGGER IF NOT EXISTS entry_no_delete BEFORE DELETE ON entry BEGIN SELECT RAISE(ABORT, 'entry is insert-only'); END;
CREATE TRIGGER IF NOT EXISTS fact_no_update BEFORE UPDATE ON fact BEGIN SELECT RAISE(ABORT, 'fact is insert-only'); END;
CREATE TRIGGER IF NOT EXISTS fact_no_delete BEFORE DELETE ON fact BEGIN SELECT RAISE(ABORT, 'fact is insert-only'); END;
`

// A Store is an open file. It implements journal.Store.
type Store struct{ file *sqlfile.File }

// Open opens the file at path, or makes it.
func Open(ctx context.Context, path string) (*Store, error) {
	file, err := sqlfile.Open(ctx, path, schema, 0)
	if err != nil {
		return nil, fmt.Errorf("bureau store: %w", err)
	}
	return &Store{file}, nil
}

// Shut implements journal.Store.
func (s *Store) Shut() error { return s.file.Close() }

// write runs do in a transaction.
func (s *Store) write(ctx context.Context, do func(*sqlfile.Tx) error) error {
	if err := s.file.Write(ctx, do); err != nil {
		return fmt.Errorf("bureau store: %w", err)
	}
	return nil
}

// Append implements journal.Store.
func (s *Store) Append(ctx context.Context, f scrutin.Digest, r journal.Row) error {
	return s.write(ctx, func(t *sqlfile.Tx) error {
		var number int
		var head []byte
		known, err := t.Row("SELECT number, head FROM entry WHERE manifest = ? AND text = ?", []any{f[:], r.Text[:]}, &number, &head)
		if err != nil {
			return err
		}
		if known {
			return same(number == r.Number && bytes.Equal(head, r.Head[:]))
		}
		last := 0
		if _, err := t.Row("SELECT coalesce(max(number), 0) FROM entry WHERE manifest = ?", []any{f[:]}, &last); err != nil {
			return err
		}
		if last != r.Number-1 {
			return journal.ErrTaken
		}
		_, err = t.Exec("INSERT INTO entry (manifest, number, seconds, text, head, note) VALUES (?, ?, ?, ?, ?, ?)", f[:], r.Number, r.Seconds, r.Text[:], r.Head[:], r.Note)
		return err
	})
}

func same(yes bool) error {
	if !yes {
		return journal.ErrTaken
	}
	return nil
}

// Rows implements journal.Store.
func (s *Store) Rows(ctx context.Context, f scrutin.Digest, after int) (rows []journal.Row, err error) {
	var number int
	var seconds int64
	var text, head, note []byte
	err = s.file.Read(ctx, "SELECT number, seconds, text, head, note FROM entry WHERE manifest = ? AND number > ? ORDER BY number", []any{f[:], after},
		[]any{&number, &seconds, &text, &head, &note}, func() error {
			r, err := journal.ReadRow(number, seconds, text, head, note)
			rows = append(rows, r)
			return err
		})
	if err != nil {
		return nil, fmt.Errorf("bureau store: %w", err)
	}
	return rows, nil
}

// Keep implements journal.Store.
func (s *Store) Keep(ctx context.Context, f scrutin.Digest, facts ...journal.Fact) error {
	return s.write(ctx, func(t *sqlfile.Tx) error {
		for _, a := range facts {
			n, err := t.Exec("INSERT INTO fact (manifest, kind, name, value) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING", f[:], a.Kind, a.Name, a.Stored())
			if err != nil {
				return err
			}
			if n == 0 {
				return journal.ErrTaken
			}
		}
		return nil
	})
}

// Fact implements journal.Store.
func (s *Store) Fact(ctx context.Context, f scrutin.Digest, kind, name string) (value []byte, known bool, err error) {
	var b []byte
	err = s.file.Read(ctx, "SELECT value FROM fact WHERE manifest = ? AND kind = ? AND name = ?", []any{f[:], kind, name}, []any{&b}, func() error {
		value, known = bytes.Clone(b), true
		return nil
	})
	if err != nil {
		return nil, false, fmt.Errorf("bureau store: %w", err)
	}
	return value, known, nil
}

// Facts implements journal.Store.
func (s *Store) Facts(ctx context.Context, f scrutin.Digest, kind string) (facts []journal.Fact, err error) {
	var name string
	var b []byte
	err = s.file.Read(ctx, "SELECT name, value FROM fact WHERE manifest = ? AND kind = ? ORDER BY name", []any{f[:], kind}, []any{&name, &b}, func() error {
		facts = append(facts, journal.Fact{Kind: kind, Name: name, Value: bytes.Clone(b)})
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("bureau store: %w", err)
	}
	return facts, nil
}
