// Package sqlite keeps subscriptions to notices in one SQLite file of their own (package
// sqlfile). What is forgotten is overwritten.
package sqlite

import (
	"context"
	"fmt"

	"isoloir/notice"
	"isoloir/sqlfile"
)

// Schema is what is kept: an address with its territory and language under a random name,
// which events were announced, and what has not left. No table says when somebody came.
const schema = `
CREATE TABLE IF NOT EXISTS subscription (id BLOB NOT NULL PRIMARY KEY, way TEXT NOT NULL, address TEXT NOT NULL, territory TEXT NOT NULL, language TEXT NOT NULL,
	until INTEGER NOT NULL, UNIQUE (way, address, territory)) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS announced (event TEXT NOT NULL PRIMARY KEY) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS due (event TEXT NOT NULL, id BLOB NOT NULL, PRIMARY KEY (event, id)) STRICT, WITHOUT ROWID;
`

var _ notice.Store = (*Store)(nil)

// A Store is an open file.
type Store struct{ file *sqlfile.File }

// Open opens the file at path, or makes it.
func Open(ctx context.Context, path string) (*Store, error) {
	file, err := sqlfile.Open(ctx, path, schema, 0)
	if err != nil {
		return nil, wrap(err)
	}
	return &Store{file}, nil
}

// Shut closes the file.
func (s *Store) Shut() error { return s.file.Close() }

func wrap(err error) error {
	if err != nil {
		return fmt.Errorf("store of notices: %w", err)
	}
	return nil
}

func (s *Store) write(ctx context.Context, do func(*sqlfile.Tx) error) error {
	return wrap(s.file.Write(ctx, do))
}

// Add implements notice.Store.
func (s *Store) Add(ctx context.Context, sub notice.Subscription, until int64) (fresh bool, err error) {
	err = s.write(ctx, func(t *sqlfile.Tx) error {
		n, err := t.Exec("INSERT OR IGNORE INTO subscription (id, way, address, territory, language, until) VALUES (?, ?, ?, ?, ?, ?)",
			sub.ID[:], sub.Way, sub.Address, sub.Territory, sub.Language, until)
		fresh = n > 0
		return err
	})
	return fresh, err
}

// Confirm implements notice.Store.
func (s *Store) Confirm(ctx context.Context, id [16]byte) (found bool, err error) {
	err = s.write(ctx, func(t *sqlfile.Tx) error {
		n, err := t.Exec("UPDATE subscription SET until = 0 WHERE id = ?", id[:])
		found = n > 0
		return err
	})
	return found, err
}

// Remove implements notice.Store.
func (s *Store) Remove(ctx context.Context, id [16]byte) error {
	return s.write(ctx, func(t *sqlfile.Tx) error {
		if _, err := t.Exec("DELETE FROM due WHERE id = ?", id[:]); err != nil {
			return err
		}
		_, err := t.Exec("DELETE FROM subscription WHERE id = ?", id[:])
		return err
	})
}

// RemoveAddress implements notice.Store.
func (s *Store) RemoveAddress(ctx context.Context, way, address string) error {
	return s.write(ctx, func(t *sqlfile.Tx) error {
		if _, err := t.Exec("DELETE FROM due WHERE id IN (SELECT id FROM subscription WHERE way = ? AND address = ?)", way, address); err != nil {
			return err
		}
		_, err := t.Exec("DELETE FROM subscription WHERE way = ? AND address = ?", way, address)
		return err
	})
}

// Expire implements notice.Store.
func (s *Store) Expire(ctx context.Context, now int64) error {
	return s.write(ctx, func(t *sqlfile.Tx) error {
		_, err := t.Exec("DELETE FROM subscription WHERE until > 0 AND until <= ?", now)
		return err
	})
}

// Announce implements notice.Store.
func (s *Store) Announce(ctx context.Context, event string, matches func(string) bool) (n int, err error) {
	err = s.write(ctx, func(t *sqlfile.Tx) error {
		fresh, err := t.Exec("INSERT OR IGNORE INTO announced (event) VALUES (?)", event)
		if err != nil || fresh == 0 {
			return err
		}
		var territories []string
		var one string
		if err := t.Rows("SELECT DISTINCT territory FROM subscription", nil, []any{&one}, func() error { territories = append(territories, one); return nil }); err != nil {
			return err
		}
		for _, territory := range territories {
			if !matches(territory) {
				continue
			}
			added, err := t.Exec("INSERT INTO due (event, id) SELECT ?, id FROM subscription WHERE territory = ? AND until = 0", event, territory)
			if err != nil {
				return err
			}
			n += int(added)
		}
		return nil
	})
	return n, err
}

// Due implements notice.Store.
func (s *Store) Due(ctx context.Context, limit int) (out []notice.Due, err error) {
	var d notice.Due
	var id []byte
	err = s.file.Read(ctx, "SELECT event, id, way, address, territory, language FROM due JOIN subscription USING (id) ORDER BY random() LIMIT ?", []any{limit},
		[]any{&d.Event, &id, &d.Way, &d.Address, &d.Territory, &d.Language}, func() error {
			copy(d.ID[:], id)
			out = append(out, d)
			return nil
		})
	return out, wrap(err)
}

// Settle implements notice.Store.
func (s *Store) Settle(ctx context.Context, event string, id [16]byte) error {
	return s.write(ctx, func(t *sqlfile.Tx) error {
		_, err := t.Exec("DELETE FROM due WHERE event = ? AND id = ?", event, id[:])
		return err
	})
}
