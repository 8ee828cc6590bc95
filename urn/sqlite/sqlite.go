// Package sqlite keeps urns in one SQLite file (package sqlfile), with the keys of
// pending ballots in a directory beside it (package batchkey). It is the embedded
// engine of urn.Store: no server, no set-up.
//
// How it keeps the promises of urn.Store:
//
//   - Insert-only: triggers refuse UPDATE and DELETE on everything but the pending
//     rows. The head of a log moves by inserting the next one under a unique key.
//   - No order of arrival: every table is WITHOUT ROWID, its key made of what the
//     row says; there is no sequence and no time. Pending rows are encrypted, and
//     named by a keyed tag, and so are the names by which a second use of an
//     account or of half a ciphertext is found. At flush they go to the log in
//     the order of their hashes; the rows that stay are written again under a new
//     key; the write-ahead log is emptied and the old key destroyed.
//   - What secure_delete might miss, when a page is rebuilt, is a row whose key is
//     gone. Where each authorisation stands in its page can tell when it came; it
//     says nothing of a ballot.
package sqlite

import (
	"context"
	"errors"
	"fmt"

	"isoloir/batchkey"
	"isoloir/rowmac"
	"isoloir/sqlfile"
	"isoloir/urn"
)

var _ urn.Store = (*Store)(nil)

// A Store is an open file. It implements urn.Store.
type Store struct {
	file *sqlfile.File
	keys *batchkey.Dir
	rows rowmac.Ledger
	step func(string)
}

// Options may be left zero.
type Options struct {
	// Step is told the name of each durable step of a flush when it is done.
	Step func(name string)
	// Rows ties the rows to this service (package urn/inspection).
	Rows rowmac.Key
	// MaxPages limits the file to so many pages of 4,096 bytes; 0 is no limit.
	MaxPages int
}

// Open opens the file at path, or makes it, with the directory of batch keys at
// keys. What an interrupted flush left to destroy is destroyed.
func Open(ctx context.Context, path, keys string, o Options) (*Store, error) {
	dir, err := batchkey.Open(keys)
	if err != nil {
		return nil, err
	}
	s := &Store{keys: dir, step: o.Step}
	s.rows.Key = o.Rows
	if s.step == nil {
		s.step = func(string) {}
	}
	if s.file, err = sqlfile.Open(ctx, path, schema, o.MaxPages); err != nil {
		return nil, fmt.Errorf("urn store: %w", err)
	}
	if err := s.sweep(ctx); err != nil {
		return nil, errors.Join(err, s.file.Close())
	}
	return s, nil
}

// Shut closes the file.
func (s *Store) Shut() error { return s.file.Close() }

// tx is a write transaction on one scrutin, with its newest batch key.
type tx struct {
	*sqlfile.Tx
	urn.Scope
	keys    *batchkey.Dir
	rows    *rowmac.Ledger
	changes rowmac.Changes
	epoch   int64 // of key; 0 before the first one
	key     *batchkey.Key
}

func (s *Store) write(ctx context.Context, scope urn.Scope, do func(*tx) error) error {
	err := s.file.Write(ctx, func(t *sqlfile.Tx) error {
		turn := &tx{Tx: t, Scope: scope, keys: s.keys, rows: &s.rows}
		if err := do(turn); err != nil {
			return err
		}
		return turn.count(&s.rows)
	})
	if err != nil {
		return fmt.Errorf("urn store: %w", err)
	}
	return nil
}

// loadKey finds the scrutin's newest key; there may be none.
func (t *tx) loadKey() error {
	var name []byte
	found, err := t.Row("SELECT number, name FROM batch_key WHERE organisation = ? AND scrutin = ? ORDER BY number DESC LIMIT 1",
		[]any{t.Organisation, t.Scrutin}, &t.epoch, &name)
	if err != nil || !found {
		return err
	}
	t.key, err = t.keys.Load(batchkey.ID(name))
	return err
}

// nextKey makes the scrutin's next key. The write lock is held from before the
// key exists until its name is committed, so that sweep never meets one between.
func (t *tx) nextKey() error {
	key, err := t.keys.New()
	if err != nil {
		return err
	}
	t.key, t.epoch = key, t.epoch+1
	_, err = t.Exec("INSERT INTO batch_key (organisation, scrutin, number, name) VALUES (?, ?, ?, ?)",
		t.Organisation, t.Scrutin, t.epoch, key.ID[:])
	return err
}

// sweep empties the write-ahead log and destroys every key but the newest of
// each scrutin.
func (s *Store) sweep(ctx context.Context) error {
	if err := s.file.Empty(ctx); err != nil {
		return fmt.Errorf("urn store: %w", err)
	}
	s.step("emptied")
	return s.write(ctx, urn.Scope{}, func(t *tx) error {
		var newest []batchkey.ID
		var name []byte
		err := t.Rows(`SELECT name FROM batch_key AS b WHERE number =
			(SELECT max(number) FROM batch_key WHERE organisation = b.organisation AND scrutin = b.scrutin)`,
			nil, []any{&name}, func() error {
				newest = append(newest, batchkey.ID(name))
				return nil
			})
		if err != nil {
			return err
		}
		if err := s.keys.Keep(newest...); err != nil {
			return err
		}
		s.step("destroyed")
		return nil
	})
}
