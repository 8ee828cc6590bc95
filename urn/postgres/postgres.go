// Package postgres keeps urns in a PostgreSQL database of their own (package pg),
// with the keys of pending ballots in a directory that belongs to no database
// (package batchkey). Any number of services may work on one database, if they
// share that directory.
//
// How it keeps the promises of urn.Store:
//
//   - Insert-only: the service's user has no right to change or delete anything
//     but pending rows (Rights); triggers refuse it to the owner too, unless he
//     removes them.
//   - Who writes in a scrutin first locks its row of the table batch: its turn.
//     What a ballot is judged by, and the key that it is sealed under, stand until
//     it is in. The head of a log moves by inserting the next one under a unique
//     key: a sequencer that had lost its turn would fail there, and no log forks.
//   - No time and no sequence stands in a table. Pending rows and the names by which
//     a second use is found are sealed under the batch key. At flush they go to the
//     log in the order of their hashes; the rows that stay are written again under
//     a new key, in the order of their new names; the old key is destroyed.
//
// What PostgreSQL keeps all the same. Deleted rows stay in a table's pages until
// they are used again, and every row, deleted or not, in the write-ahead log until
// its segments are used again, or for ever where it is archived. A row bears the
// number of the transaction that wrote it (xmin) and its place in the table (ctid);
// the write-ahead log dates each commit. So who reads the files, or an archive of
// the log, sees when, and in which order, each H(τ) came and a sealed row with
// it; and, of each batch, when it entered the log. What leads from one to the other
// is sealed under the batch key: with the key destroyed, an H(τ) is one of those
// that were pending, as on any engine. Therefore the directory of keys is in no
// backup and no snapshot, ever; and track_commit_timestamp, which dates every row
// for whoever may ask, is off (Check).
package postgres

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"path/filepath"

	"isoloir/batchkey"
	"isoloir/pg"
	"isoloir/urn"
)

var _ urn.Store = (*Store)(nil)

// A Store is an open database. It implements urn.Store.
type Store struct {
	db   *pg.DB
	keys string
	step func(string)
}

// Options may be left zero.
type Options struct {
	// Step is told the name of each durable step of a flush when it is done.
	Step func(name string)
}

// Open connects to the database of the service's connection string, with the
// directory of batch keys at keys. It refuses a database that lacks migrations, and
// one where Check finds something wrong.
func Open(ctx context.Context, address, keys string, o Options) (*Store, error) {
	db, err := pg.Open(address)
	if err != nil {
		return nil, fmt.Errorf("urn store: %w", err)
	}
	s := &Store{db: db, keys: keys, step: o.Step}
	if s.step == nil {
		s.step = func(string) {}
	}
	if err := db.Fit(ctx, Rights); err != nil {
		return nil, errors.Join(fmt.Errorf("urn store: %w", err), s.Shut())
	}
	return s, nil
}

// Shut closes the connections.
func (s *Store) Shut() error {
	s.db.Close()
	return nil
}

// tx is a write transaction on one scrutin, whose turn it has.
type tx struct {
	*pg.Tx
	urn.Scope
	keys   *batchkey.Dir
	opened bool   // there is a batch
	number int64  // of the batch
	name   []byte // of its key
}

// write runs do when it is its turn. It may run several times.
func (s *Store) write(ctx context.Context, scope urn.Scope, do func(*tx) error) error {
	keys, err := s.dir(scope)
	if err == nil {
		err = s.db.Write(ctx, func(w *pg.Tx) error {
			t := &tx{Tx: w, Scope: scope, keys: keys}
			if err := t.turn(); err != nil {
				return err
			}
			return do(t)
		})
	}
	if err != nil {
		return fmt.Errorf("urn store: %w", err)
	}
	return nil
}

// dir is a scrutin's own directory of keys: what its turn protects.
func (s *Store) dir(scope urn.Scope) (*batchkey.Dir, error) {
	name := sha256.Sum256([]byte(scope.Organisation + "\x00" + scope.Scrutin))
	return batchkey.Open(filepath.Join(s.keys, hex.EncodeToString(name[:16])))
}

// turn waits for the scrutin's turn. A statement that comes after it sees all that
// those before it have done.
func (t *tx) turn() (err error) {
	t.opened, err = t.Row("SELECT number, key FROM batch WHERE organisation = $1 AND scrutin = $2 FOR UPDATE",
		[]any{t.Organisation, t.Scrutin}, &t.number, &t.name)
	return err
}

func (t *tx) key() (*batchkey.Key, error) { return t.keys.Load(batchkey.ID(t.name)) }

// begin makes the scrutin's first batch, or takes the turn after somebody else who
// has made it meanwhile: sweep then destroys the key made here.
func (t *tx) begin() error {
	key, err := t.keys.New()
	if err != nil {
		return err
	}
	if _, err := t.Exec("INSERT INTO batch (organisation, scrutin, number, key) VALUES ($1, $2, 1, $3) ON CONFLICT DO NOTHING",
		t.Organisation, t.Scrutin, key.ID[:]); err != nil {
		return err
	}
	return t.turn()
}

// nextKey makes the key of the next batch.
func (t *tx) nextKey() (*batchkey.Key, error) {
	key, err := t.keys.New()
	if err != nil {
		return nil, err
	}
	moved, err := t.Exec("UPDATE batch SET number = number + 1, key = $3 WHERE organisation = $1 AND scrutin = $2 AND number = $4",
		t.Organisation, t.Scrutin, key.ID[:], t.number)
	if err == nil && moved != 1 {
		err = errors.New("another flush came between")
	}
	return key, err
}

// sweep destroys every key of the scrutin but that of its batch. Nobody makes one
// out of his turn.
func (s *Store) sweep(ctx context.Context, scope urn.Scope) error {
	return s.write(ctx, scope, func(t *tx) error {
		if !t.opened {
			return nil
		}
		if err := t.keys.Keep(batchkey.ID(t.name)); err != nil {
			return err
		}
		s.step("destroyed")
		return nil
	})
}
