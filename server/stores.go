package server

import (
	"context"
	"errors"
	"time"

	"isoloir/roll"
	rollinspection "isoloir/roll/inspection"
	"isoloir/roll/login"
	rollpostgres "isoloir/roll/postgres"
	rollsqlite "isoloir/roll/sqlite"
	"isoloir/rowmac"
	"isoloir/server/config"
	"isoloir/urn"
	urninspection "isoloir/urn/inspection"
	urnpostgres "isoloir/urn/postgres"
	urnsqlite "isoloir/urn/sqlite"
)

// A RollStore is an engine of the roll's stores.
type RollStore interface {
	login.Store
	rollinspection.Store
	Shut() error
}

type urnStore interface {
	urn.Store
	urninspection.Store
	Shut() error
}

// OpenRoll opens the store of a roll, a file, or a database on a PostgreSQL server, with the key that ties its rows.
func OpenRoll(ctx context.Context, c config.Roll) (RollStore, error) {
	return tied(ctx, c.Directory, c.Rows, func(rows rowmac.Key) (RollStore, error) {
		if c.Postgres == "" {
			return rollsqlite.Open(ctx, c.Database, rollsqlite.Options{Rows: rows})
		}
		address, err := ReadAddress(c.Postgres)
		if err != nil {
			return nil, err
		}
		return rollpostgres.Open(ctx, address, c.BatchKeys, rollpostgres.Options{Rows: rows})
	})
}

// openUrn opens the urn's.
func openUrn(ctx context.Context, c config.Urn) (urnStore, error) {
	return tied(ctx, c.Directory, c.Rows, func(rows rowmac.Key) (urnStore, error) {
		if c.Postgres == "" {
			return urnsqlite.Open(ctx, c.Database, c.BatchKeys, urnsqlite.Options{Rows: rows})
		}
		address, err := ReadAddress(c.Postgres)
		if err != nil {
			return nil, err
		}
		return urnpostgres.Open(ctx, address, c.BatchKeys, urnpostgres.Options{Rows: rows})
	})
}

// tied opens a store with the key that ties its rows, that of a file, or of the role's own directory. Where there is no key the store is opened
// without one first, to see whether it has rows: rowmac.ErrLost if it has; else a key is drawn.
func tied[S interface {
	rowmac.Viewer
	Shut() error
}](ctx context.Context, dir, file string, open func(rowmac.Key) (S, error)) (s S, err error) {
	rows, err := rowsKey(dir, file, func() (bool, error) {
		s, err := open(rowmac.Key{})
		if err != nil {
			return false, err
		}
		has, err := rowmac.Begun(ctx, s)
		return has, errors.Join(err, s.Shut())
	})
	if err != nil {
		return s, err
	}
	return open(rows)
}

// flushed tells when a flush has succeeded.
type flushed struct {
	urnStore
	kept func()
}

// Flush implements urn.Store.
func (f flushed) Flush(ctx context.Context, s urn.Scope, plan urn.Plan) (int, error) {
	n, err := f.urnStore.Flush(ctx, s, plan)
	if err == nil {
		f.kept()
	}
	return n, err
}

// urnReady looks for a ballot that nobody has: the store answers, and the key under which pending ballots wait is there.
func urnReady(s urn.Store, scope urn.Scope) func(context.Context) error {
	return func(ctx context.Context) error {
		_, err := s.Find(ctx, scope, urn.Hash{})
		return err
	}
}

// rollReady looks where the first elector stands: the store answers; and for the key of authorisations, where it is apart from the store.
func rollReady(s roll.Store, scope roll.Scope) func(context.Context) error {
	return func(ctx context.Context) error {
		if _, err := s.Standing(ctx, scope, roll.Place{}); err != nil {
			return err
		}
		if k, apart := s.(interface {
			Keyed(context.Context, roll.Scope) error
		}); apart {
			return k.Keyed(ctx, scope)
		}
		return nil
	}
}

// clockOf is the clock of a store's database, nil where it is a file of this machine.
func clockOf(store any) func(context.Context) (time.Time, error) {
	if c, has := store.(interface {
		Clock(context.Context) (time.Time, error)
	}); has {
		return c.Clock
	}
	return nil
}
