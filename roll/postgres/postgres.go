// Package postgres keeps rolls in a PostgreSQL database of their own (package pg),
// with the keys of authorisations in a directory that belongs to no database
// (package batchkey). Any number of services may work on one database, if they
// share that directory. It is an engine of roll.Store and login.Store.
//
// How it keeps their promises:
//
//   - Marks, signatures and pairs with companions are insert-only: the service's user has no right to
//     change or delete them (Rights); triggers refuse it to the owner too, unless
//     he removes them.
//   - Who writes in a scrutin takes its turn (package batch): an elector's standing
//     is what was read until the commit. The chain of an urn's marks moves by
//     inserting the next link under a unique key.
//   - PostgreSQL overwrites nothing: a deleted row stays in a table's pages until
//     they are used again, and in the write-ahead log, in its archive and in its
//     replicas for as long as these keep it. Therefore τ never stands in the
//     database as it is, but sealed under the batch key. Forget seals again, under a
//     new key, those that are still held, and destroys the old key: what remains of
//     the others is noise. The directory of keys is in no backup and no snapshot,
//     ever.
//
// What stands there in clear, and is dated in the write-ahead log to the instant, is
// what the roll is for: who reserved and who was marked, and when.
package postgres

import (
	"context"
	"errors"
	"fmt"
	"time"

	"isoloir/pg"
	"isoloir/pg/batch"
	"isoloir/roll"
	"isoloir/roll/login"
	"isoloir/rowmac"
)

var _ login.Store = (*Store)(nil)

// A Store is an open database. It implements login.Store, and so roll.Store.
type Store struct {
	db    *pg.DB
	batch batch.Store
	rows  rowmac.Ledger
}

// Options may be left zero.
type Options struct {
	// Rows ties the rows to the services that have this key (package roll/inspection).
	Rows rowmac.Key
}

// Open connects to the database of the service's connection string, with the
// directory of batch keys at keys. It refuses a database that lacks migrations, and
// one where pg.DB.Check finds something wrong.
func Open(ctx context.Context, address, keys string, o Options) (*Store, error) {
	db, err := pg.Open(address)
	if err != nil {
		return nil, fmt.Errorf("roll store: %w", err)
	}
	s := &Store{db: db, batch: batch.Store{DB: db, Keys: keys}, rows: rowmac.Ledger{Key: o.Rows}}
	if err := db.Fit(ctx, Rights); err != nil {
		return nil, errors.Join(fmt.Errorf("roll store: %w", err), s.Shut())
	}
	return s, nil
}

// Shut closes the connections.
func (s *Store) Shut() error {
	s.db.Close()
	return nil
}

// Keyed looks whether the key under which authorisations are sealed is in its directory: batchkey.ErrLost if it is not.
func (s *Store) Keyed(ctx context.Context, scope roll.Scope) error {
	return s.batch.Keyed(ctx, scope.Organisation, scope.Scrutin)
}

// Clock is that of the database's server.
func (s *Store) Clock(ctx context.Context) (time.Time, error) { return s.db.Clock(ctx) }

// tx is a write transaction on one scrutin, whose turn it has.
type tx struct {
	*batch.Turn
	rows    rowmac.Key
	changes rowmac.Changes
}

func (t *tx) scope() roll.Scope { return roll.Scope{Organisation: t.Organisation, Scrutin: t.Scrutin} }

// write runs do when it is the scrutin's turn. It may run several times.
func (s *Store) write(ctx context.Context, scope roll.Scope, do func(*tx) error) error {
	err := s.batch.Write(ctx, scope.Organisation, scope.Scrutin, func(t *batch.Turn) error {
		if err := t.Begin(); err != nil {
			return err
		}
		turn := &tx{Turn: t, rows: s.rows.Key}
		if err := do(turn); err != nil {
			return err
		}
		return t.Count(&s.rows, &turn.changes)
	})
	if err != nil {
		return fmt.Errorf("roll store: %w", err)
	}
	return nil
}

func (s *Store) read(ctx context.Context, query string, args, dest []any, yield func() error) error {
	if err := s.db.Read(ctx, query, args, dest, yield); err != nil {
		return fmt.Errorf("roll store: %w", err)
	}
	return nil
}

func nothing() error { return nil }

// columns are places as two arrays.
func columns(places []roll.Place) (urns []int32, numbers []int64) {
	for _, p := range places {
		urns, numbers = append(urns, int32(p.Urn)), append(numbers, int64(p.Elector))
	}
	return urns, numbers
}
