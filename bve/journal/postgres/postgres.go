// Package postgres keeps the bureau's journals, and the facts beside them, in a PostgreSQL database of their own (package pg). Its user may read
// and add, nothing else (Rights); triggers refuse to change or delete a row to the owner too, unless he removes them. Any number of services may
// work on one database: of two that write the same place, one has it.
package postgres

import (
	"bytes"
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"time"

	"isoloir/bve/journal"
	"isoloir/pg"
	"isoloir/scrutin"
)

var _ journal.Store = (*Store)(nil)

//go:embed migrations/*.sql
var files embed.FS

// Rights is what the user of the bureau's service may do, and the settings that its server must have.
var Rights = pg.Rights{
	Version:    1,
	Tables:     map[string]string{"goose_db_version": "SELECT", "entry": "INSERT SELECT", "fact": "INSERT SELECT"},
	InsertOnly: []string{"entry", "fact"},
}

// Migrate brings the database to the newest migration, by its owner's connection string.
func Migrate(ctx context.Context, address string) (version int64, err error) {
	sub, err := fs.Sub(files, "migrations")
	if err != nil {
		return 0, err
	}
	return pg.Migrate(ctx, address, sub)
}

// A Store is an open database. It implements journal.Store.
type Store struct{ db *pg.DB }

// Open connects to the database of the service's connection string. It refuses a database that lacks migrations, and one where Check finds
// something wrong.
func Open(ctx context.Context, address string) (*Store, error) {
	db, err := pg.Open(address)
	if err != nil {
		return nil, fmt.Errorf("bureau store: %w", err)
	}
	s := &Store{db}
	if err := db.Fit(ctx, Rights); err != nil {
		return nil, errors.Join(fmt.Errorf("bureau store: %w", err), s.Shut())
	}
	return s, nil
}

// Shut implements journal.Store.
func (s *Store) Shut() error {
	s.db.Close()
	return nil
}

// Clock is that of the database's server.
func (s *Store) Clock(ctx context.Context) (time.Time, error) { return s.db.Clock(ctx) }

// write runs do in a transaction, which may be run several times. Who was second at a place finds it taken.
func (s *Store) write(ctx context.Context, do func(*pg.Tx) error) error {
	err := s.db.Write(ctx, do)
	if _, second := pg.Violates(err, "entry_pkey", "entry_text"); second {
		err = journal.ErrTaken
	}
	if err != nil {
		return fmt.Errorf("bureau store: %w", err)
	}
	return nil
}

// Append implements journal.Store.
func (s *Store) Append(ctx context.Context, f scrutin.Digest, r journal.Row) error {
	return s.write(ctx, func(t *pg.Tx) error {
		var number int
		var head []byte
		known, err := t.Row("SELECT number, head FROM entry WHERE manifest IS NOT DISTINCT FROM $1 AND text = $2", []any{f[:], r.Text[:]}, &number, &head)
		switch {
		case err != nil:
			return err
		case known && number == r.Number && bytes.Equal(head, r.Head[:]):
			return nil
		case known:
			return journal.ErrTaken
		}
		n, err := t.Exec(`INSERT INTO entry (manifest, number, seconds, text, head, note)
			SELECT $1, $2, $3, $4, $5, $6 WHERE $2 = 1 + (SELECT coalesce(max(number), 0) FROM entry WHERE manifest = $1)`,
			f[:], int64(r.Number), r.Seconds, r.Text[:], r.Head[:], r.Note)
		if err == nil && n == 0 {
			err = journal.ErrTaken
		}
		return err
	})
}

// Rows implements journal.Store.
func (s *Store) Rows(ctx context.Context, f scrutin.Digest, after int) (rows []journal.Row, err error) {
	var number int
	var seconds int64
	var text, head, note []byte
	err = s.db.Read(ctx, "SELECT number, seconds, text, head, note FROM entry WHERE manifest = $1 AND number > $2 ORDER BY number", []any{f[:], int64(after)},
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

// Keep implements journal.Store. The same facts, written by a transaction of which nobody knew whether it had happened, are not told apart from
// those of somebody else: they are taken, and whoever asked begins again.
func (s *Store) Keep(ctx context.Context, f scrutin.Digest, facts ...journal.Fact) error {
	return s.write(ctx, func(t *pg.Tx) error {
		for _, a := range facts {
			n, err := t.Exec("INSERT INTO fact (manifest, kind, name, value) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING", f[:], a.Kind, a.Name, a.Stored())
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
	err = s.db.Read(ctx, "SELECT value FROM fact WHERE manifest = $1 AND kind = $2 AND name = $3", []any{f[:], kind, name}, []any{&b}, func() error {
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
	err = s.db.Read(ctx, "SELECT name, value FROM fact WHERE manifest = $1 AND kind = $2 ORDER BY name", []any{f[:], kind}, []any{&name, &b}, func() error {
		facts = append(facts, journal.Fact{Kind: kind, Name: name, Value: bytes.Clone(b)})
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("bureau store: %w", err)
	}
	return facts, nil
}
