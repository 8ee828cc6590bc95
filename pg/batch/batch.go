// Package batch is the turn that writers of one scrutin take in a PostgreSQL store,
// and the key under which rows wait in it until they may be forgotten (package
// batchkey). Both are one row of the store's table
//
//	batch (organisation text, scrutin text, number int8, key bytea, PRIMARY KEY (organisation, scrutin))
//
// of which the service may change number and key. With the turn comes what the store
// counts of the scrutin's urns, its table counted (package rowmac).
//
// What it promises. Who has the turn reads what nobody changes until he commits, on
// any number of services over one database; what he seals, he seals under the key of
// the batch that he commits into. A key is destroyed only by who has the turn, and
// only when the next batch is committed: so no row is left without its key, and a
// key that an interrupted transaction made goes at the next sweep. The services
// share the directory of keys.
package batch

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"path/filepath"

	"isoloir/batchkey"
	"isoloir/pg"
	"isoloir/rowmac"
)

// A Store is a database with its directory of keys.
type Store struct {
	DB   *pg.DB
	Keys string
}

// A Turn is a write transaction of one scrutin, when it is its turn.
type Turn struct {
	*pg.Tx
	Organisation, Scrutin string
	Begun                 bool  // there is a batch
	Number                int64 // of the batch
	Name                  batchkey.ID
	keys                  *batchkey.Dir
	states                map[uint16][]byte // of the table counted
}

// Write runs do in a transaction (pg.DB.Write) when it is the scrutin's turn.
// Until the scrutin has its first batch there is no turn to wait for.
func (s *Store) Write(ctx context.Context, organisation, scrutin string, do func(*Turn) error) error {
	keys, err := s.Dir(organisation, scrutin)
	if err != nil {
		return err
	}
	return s.DB.Write(ctx, func(tx *pg.Tx) error {
		t := &Turn{Tx: tx, Organisation: organisation, Scrutin: scrutin, keys: keys}
		if err := t.wait(); err != nil {
			return err
		}
		return do(t)
	})
}

// Dir is a scrutin's own directory of keys.
func (s *Store) Dir(organisation, scrutin string) (*batchkey.Dir, error) {
	name := sha256.Sum256([]byte(organisation + "\x00" + scrutin))
	return batchkey.Open(filepath.Join(s.Keys, hex.EncodeToString(name[:16])))
}

// wait waits for the turn. A statement that comes after it sees all that those
// before have done.
func (t *Turn) wait() error {
	var name, state []byte
	var urn uint16
	t.Begun, t.states = false, map[uint16][]byte{}
	return t.Rows(
		t.Query("SELECT number, key FROM batch WHERE organisation = $1 AND scrutin = $2 FOR UPDATE").
			Each(func() { t.Begun, t.Name = true, batchkey.ID(name) }, &t.Number, &name),
		t.Query("SELECT urn, state FROM counted WHERE organisation = $1 AND scrutin = $2").
			Each(func() { t.states[urn] = bytes.Clone(state) }, &urn, &state))
}

// Count moves what the store counts by what the turn has changed, at its end. All of it
// goes in one way there and back.
func (t *Turn) Count(l *rowmac.Ledger, c *rowmac.Changes) error {
	var writes []pg.Query
	err := l.Write(t.Organisation, t.Scrutin, c, func(urn uint16) ([]byte, error) { return t.states[urn], nil }, func(urn uint16, state []byte) error {
		t.states[urn] = state
		writes = append(writes, t.Query("INSERT INTO counted (organisation, scrutin, urn, state) VALUES ($1, $2, $3, $4) ON CONFLICT (organisation, scrutin, urn) DO UPDATE SET state = excluded.state", urn, state))
		return nil
	})
	if err != nil || len(writes) == 0 {
		return err
	}
	return t.Rows(writes...)
}

// Begin makes the scrutin's first batch if there is none. Where somebody else makes
// it at the same time, his is taken.
func (t *Turn) Begin() error {
	if t.Begun {
		return nil
	}
	key, err := t.keys.New()
	if err != nil {
		return err
	}
	if _, err := t.Exec("INSERT INTO batch (organisation, scrutin, number, key) VALUES ($1, $2, 1, $3) ON CONFLICT DO NOTHING",
		t.Organisation, t.Scrutin, key.ID[:]); err != nil {
		return err
	}
	return t.wait()
}

// Key is that of the batch.
func (t *Turn) Key() (*batchkey.Key, error) { return t.keys.Load(t.Name) }

// Next makes the next batch, and gives its key. The key before it goes at the sweep.
func (t *Turn) Next() (*batchkey.Key, error) {
	key, err := t.keys.New()
	if err != nil {
		return nil, err
	}
	moved, err := t.Exec("UPDATE batch SET number = $4, key = $3 WHERE organisation = $1 AND scrutin = $2 AND number = $4 - 1",
		t.Organisation, t.Scrutin, key.ID[:], t.Number+1)
	if err == nil && moved != 1 {
		err = errors.New("another batch began out of turn")
	}
	t.Number, t.Name = t.Number+1, key.ID
	return key, err
}

// Keyed looks whether the key of a scrutin's batch is in the directory: batchkey.ErrLost if it is not. Where there is no batch yet, none is
// missing.
func (s *Store) Keyed(ctx context.Context, organisation, scrutin string) error {
	keys, err := s.Dir(organisation, scrutin)
	if err != nil {
		return err
	}
	for last := int64(0); ; {
		var number int64
		var name []byte
		if err := s.DB.Read(ctx, "SELECT number, key FROM batch WHERE organisation = $1 AND scrutin = $2",
			[]any{organisation, scrutin}, []any{&number, &name}, func() error { return nil }); err != nil || number == 0 {
			return err
		}
		if _, err = keys.Load(batchkey.ID(name)); !errors.Is(err, batchkey.ErrLost) || number == last {
			return err
		}
		last = number // the next batch may have begun between
	}
}

// Sweep destroys every key of the scrutin but that of its batch.
func (s *Store) Sweep(ctx context.Context, organisation, scrutin string) error {
	return s.Write(ctx, organisation, scrutin, func(t *Turn) error {
		if !t.Begun {
			return nil
		}
		return t.keys.Keep(t.Name)
	})
}

// Query is a statement whose first two arguments are organisation and scrutin.
func (t *Turn) Query(sql string, args ...any) pg.Query {
	return pg.Query{SQL: sql, Args: append([]any{t.Organisation, t.Scrutin}, args...)}
}
