// Package sqlite keeps subscriptions to notices in one SQLite file of their own (package
// sqlfile). What is forgotten is overwritten.
package sqlite

import (
	"context"
	"fmt"
	"slices"

	"isoloir/notice"
	"isoloir/sqlfile"
)

// Schema is what is kept: an address with its territory and language under a random name,
// which events were announced, what has not left, and how many questions a mailbox was asked. Of
// time there is the day alone on which an address that is not confirmed, or a count, is forgotten.
const schema = `
CREATE TABLE IF NOT EXISTS subscription (id BLOB NOT NULL PRIMARY KEY, way TEXT NOT NULL, address TEXT NOT NULL, territory TEXT NOT NULL, language TEXT NOT NULL,
	until INTEGER NOT NULL, UNIQUE (way, address, territory)) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS mailbox (mailbox BLOB NOT NULL PRIMARY KEY, questions INTEGER NOT NULL, until INTEGER NOT NULL) STRICT, WITHOUT ROWID;
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
func (s *Store) Add(ctx context.Context, sub notice.Subscription) error {
	return s.write(ctx, func(t *sqlfile.Tx) error { return enter(t, sub, 0) })
}

func enter(t *sqlfile.Tx, sub notice.Subscription, until int64) error {
	_, err := t.Exec("INSERT OR IGNORE INTO subscription (id, way, address, territory, language, until) VALUES (?, ?, ?, ?, ?, ?)",
		sub.ID[:], sub.Way, sub.Address, sub.Territory, sub.Language, until)
	return err
}

// Ask implements notice.Store.
func (s *Store) Ask(ctx context.Context, sub notice.Subscription, m notice.Mailbox, most int, until int64) error {
	return s.write(ctx, func(t *sqlfile.Tx) error {
		if _, err := t.Exec("INSERT INTO mailbox (mailbox, questions, until) VALUES (?, 1, ?) ON CONFLICT DO UPDATE SET questions = questions + 1", m[:], until); err != nil {
			return err
		}
		var asked int
		if _, err := t.Row("SELECT questions FROM mailbox WHERE mailbox = ?", []any{m[:]}, &asked); err != nil || asked > most {
			return err
		}
		if err := enter(t, sub, until); err != nil {
			return err
		}
		_, err := t.Exec("INSERT OR IGNORE INTO due (event, id) SELECT '', id FROM subscription WHERE way = ? AND address = ? AND territory = ? AND until > 0", sub.Way, sub.Address, sub.Territory)
		return err
	})
}

// Confirm implements notice.Store.
func (s *Store) Confirm(ctx context.Context, id [16]byte) (found bool, err error) {
	err = s.write(ctx, func(t *sqlfile.Tx) error {
		n, err := t.Exec("UPDATE subscription SET until = 0 WHERE id = ?", id[:])
		if found = n > 0; err != nil {
			return err
		}
		_, err = t.Exec("DELETE FROM due WHERE event = '' AND id = ?", id[:])
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
func (s *Store) Expire(ctx context.Context, today int64) error {
	return s.write(ctx, func(t *sqlfile.Tx) error {
		for _, query := range []string{"DELETE FROM due WHERE id IN (SELECT id FROM subscription WHERE until > 0 AND until <= ?)",
			"DELETE FROM subscription WHERE until > 0 AND until <= ?", "DELETE FROM mailbox WHERE until <= ?"} {
			if _, err := t.Exec(query, today); err != nil {
				return err
			}
		}
		return nil
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

// Keep implements notice.Store.
func (s *Store) Keep(ctx context.Context, events []string) error {
	return s.write(ctx, func(t *sqlfile.Tx) error {
		var over []string
		var one string
		if err := t.Rows("SELECT DISTINCT event FROM due WHERE event <> ''", nil, []any{&one}, func() error {
			if !slices.Contains(events, one) {
				over = append(over, one)
			}
			return nil
		}); err != nil {
			return err
		}
		for _, event := range over {
			if _, err := t.Exec("DELETE FROM due WHERE event = ?", event); err != nil {
				return err
			}
		}
		return nil
	})
}

// Due implements notice.Store.
func (s *Store) Due(ctx context.Context, way string, limit int) (out []notice.Due, err error) {
	var d notice.Due
	var id []byte
	err = s.file.Read(ctx, "SELECT event, id, way, address, territory, language FROM due JOIN subscription USING (id) WHERE way = ? ORDER BY random() LIMIT ?", []any{way, limit},
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
