// Package sqlite keeps a register of accounts in one SQLite file (package sqlfile), with
// the keys of what scans have changed in a directory beside it (package batchkey). It is
// the embedded engine of register.Store.
//
// How it keeps the promise that nobody's order is kept: what a scan changes is one sealed
// row, named by a keyed tag of the card, and overwritten by the next scan of that card. A
// flush enters all of them in the order of account numbers, empties the write-ahead log,
// and destroys the key. The names of scans stay, so that one that is sent again is known;
// they are random, and of no card.
package sqlite

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"

	"isoloir/batchkey"
	"isoloir/register"
	"isoloir/sqlfile"
)

var _ register.Store = (*Store)(nil)

// A Store is an open file.
type Store struct {
	file *sqlfile.File
	keys *batchkey.Dir
}

// Open opens the file at path, or makes it, with the directory of batch keys at keys.
// What an interrupted flush left to destroy is destroyed.
func Open(ctx context.Context, path, keys string) (*Store, error) {
	dir, err := batchkey.Open(keys)
	if err != nil {
		return nil, err
	}
	file, err := sqlfile.Open(ctx, path, schema+accounts+decided, 0)
	if err != nil {
		return nil, fmt.Errorf("register's store: %w", err)
	}
	s := &Store{file: file, keys: dir}
	if err := s.sweep(ctx); err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return s, nil
}

// Copy writes a whole copy of the file at path to another one, as it is at one moment, while it is used or not.
func Copy(ctx context.Context, path, to string) error { return sqlfile.Snapshot(ctx, path, to) }

// Shut closes the file.
func (s *Store) Shut() error { return s.file.Close() }

// tx is a write transaction with the newest batch key, nil before the first.
type tx struct {
	*sqlfile.Tx
	keys *batchkey.Dir
	key  *batchkey.Key
}

func (s *Store) write(ctx context.Context, do func(*tx) error) error {
	err := s.file.Write(ctx, func(t *sqlfile.Tx) error {
		turn := &tx{Tx: t, keys: s.keys}
		if err := turn.loadKey(); err != nil {
			return err
		}
		return do(turn)
	})
	if err != nil {
		return fmt.Errorf("register's store: %w", err)
	}
	return nil
}

func (t *tx) loadKey() error {
	var name []byte
	found, err := t.Row("SELECT name FROM batch_key ORDER BY number DESC LIMIT 1", nil, &name)
	if err != nil || !found {
		return err
	}
	if t.key, err = t.keys.Load(batchkey.ID(name)); !errors.Is(err, batchkey.ErrLost) {
		return err
	}
	var waiting int
	if _, err := t.Row("SELECT count(*) FROM pending", nil, &waiting); err != nil {
		return err
	}
	if waiting > 0 {
		return fmt.Errorf("%d cards wait under it: %w", waiting, err)
	}
	t.key = nil // a copy, whose keys are in no backup, and nothing waits
	return nil
}

// Discard opens a store whose key is lost, as that of a backup is, without what had waited
// under it, and says how many cards that were: they are as at the last flush.
func Discard(ctx context.Context, path string) (n int64, err error) {
	file, err := sqlfile.Open(ctx, path, schema+accounts+decided, 0)
	if err != nil {
		return 0, fmt.Errorf("register's store: %w", err)
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	return n, wrap(file.Write(ctx, func(t *sqlfile.Tx) error {
		n, err = t.Exec("DELETE FROM pending")
		return err
	}))
}

// nextKey makes the next key. The write lock is held from before the key exists until
// its name is committed, so that sweep never meets one between.
func (t *tx) nextKey() (err error) {
	if t.key, err = t.keys.New(); err != nil {
		return err
	}
	_, err = t.Exec("INSERT INTO batch_key (number, name) SELECT coalesce(max(number), 0) + 1, ? FROM batch_key", t.key.ID[:])
	return err
}

// sweep empties the write-ahead log and destroys every key but the newest.
func (s *Store) sweep(ctx context.Context) error {
	if err := s.file.Empty(ctx); err != nil {
		return fmt.Errorf("register's store: %w", err)
	}
	return s.write(ctx, func(t *tx) error {
		if t.key == nil {
			return s.keys.Keep()
		}
		return s.keys.Keep(t.key.ID)
	})
}

// name is that of a card's pending row.
func (t *tx) name(n register.Number) []byte {
	tag := t.key.Tag("card", binary.LittleEndian.AppendUint64(nil, uint64(n)))
	return tag[:]
}

// pending is the state to which scans have brought a card since the last flush.
func (t *tx) pending(n register.Number, flushed register.State) (register.State, error) {
	if t.key == nil {
		return flushed, nil
	}
	var box []byte
	name := t.name(n)
	found, err := t.Row("SELECT box FROM pending WHERE name = ?", []any{name}, &box)
	if err != nil || !found {
		return flushed, err
	}
	_, state, err := t.open(name, box)
	return state, err
}

func (t *tx) open(name, box []byte) (register.Number, register.State, error) {
	row, err := t.key.Open(box, name)
	if err != nil {
		return 0, 0, err
	}
	if len(row) != 9 {
		return 0, 0, fmt.Errorf("a pending row of %d bytes", len(row))
	}
	return register.Number(binary.LittleEndian.Uint64(row)), register.State(row[8]), nil
}

// wait keeps the new state of a card until the next flush.
func (t *tx) wait(n register.Number, state register.State) error {
	if t.key == nil {
		if err := t.nextKey(); err != nil {
			return err
		}
	}
	name := t.name(n)
	row := append(binary.LittleEndian.AppendUint64(nil, uint64(n)), byte(state))
	_, err := t.Exec("INSERT OR REPLACE INTO pending (name, box) VALUES (?, ?)", name, t.key.Seal(row, name))
	return err
}

func (t *tx) count(distribution int, station, kind string) error {
	_, err := t.Exec("INSERT INTO counter (distribution, station, kind, n) VALUES (?, ?, ?, 1) ON CONFLICT DO UPDATE SET n = n + 1", distribution, station, kind)
	return err
}
