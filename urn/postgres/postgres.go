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
//   - Who writes in a scrutin takes its turn (package batch). What a ballot is
//     judged by, and the key that it is sealed under, stand until it is in. The head of a log moves by inserting the next one under a unique
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
	"errors"
	"fmt"
	"time"

	"isoloir/pg"
	"isoloir/pg/batch"
	"isoloir/rowmac"
	"isoloir/urn"
)

var _ urn.Store = (*Store)(nil)

// A Store is an open database. It implements urn.Store.
type Store struct {
	db    *pg.DB
	batch batch.Store
	rows  rowmac.Ledger
	step  func(string)
}

// Options may be left zero.
type Options struct {
	// Step is told the name of each durable step of a flush when it is done.
	Step func(name string)
	// Rows ties the rows to the services that have this key (package urn/inspection).
	Rows rowmac.Key
}

// Open connects to the database of the service's connection string, with the
// directory of batch keys at keys. It refuses a database that lacks migrations, and
// one where Check finds something wrong.
func Open(ctx context.Context, address, keys string, o Options) (*Store, error) {
	db, err := pg.Open(address)
	if err != nil {
		return nil, fmt.Errorf("urn store: %w", err)
	}
	s := &Store{db: db, batch: batch.Store{DB: db, Keys: keys}, step: o.Step}
	s.rows.Key = o.Rows
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

// Clock is that of the database's server.
func (s *Store) Clock(ctx context.Context) (time.Time, error) { return s.db.Clock(ctx) }

// write runs do when it is the scrutin's turn. It may run several times.
func (s *Store) write(ctx context.Context, scope urn.Scope, do func(*tx) error) error {
	err := s.batch.Write(ctx, scope.Organisation, scope.Scrutin, func(t *batch.Turn) error {
		turn := &tx{Turn: t, rows: s.rows.Key}
		if err := do(turn); err != nil {
			return err
		}
		return t.Count(&s.rows, &turn.changes)
	})
	if err != nil {
		return fmt.Errorf("urn store: %w", err)
	}
	return nil
}

// tx is a write transaction on one scrutin, whose turn it has.
type tx struct {
	*batch.Turn
	rows    rowmac.Key
	changes rowmac.Changes
}

func (t *tx) scope() urn.Scope { return urn.Scope{Organisation: t.Organisation, Scrutin: t.Scrutin} }

// sweep destroys the keys of batches that are over.
func (s *Store) sweep(ctx context.Context, scope urn.Scope) error {
	if err := s.batch.Sweep(ctx, scope.Organisation, scope.Scrutin); err != nil {
		return fmt.Errorf("urn store: %w", err)
	}
	s.step("destroyed")
	return nil
}
