package server

import (
	"context"

	"isoloir/roll/login"
	rollpostgres "isoloir/roll/postgres"
	rollsqlite "isoloir/roll/sqlite"
	"isoloir/server/config"
	"isoloir/urn"
	urnpostgres "isoloir/urn/postgres"
	urnsqlite "isoloir/urn/sqlite"
)

// A RollStore is an engine of the roll's stores.
type RollStore interface {
	login.Store
	Shut() error
}

type urnStore interface {
	urn.Store
	Shut() error
}

// OpenRoll opens the store of a roll: a file, or a database on a PostgreSQL server.
func OpenRoll(ctx context.Context, c config.Roll) (RollStore, error) {
	if c.Postgres == "" {
		return rollsqlite.Open(ctx, c.Database, rollsqlite.Options{})
	}
	address, err := ReadAddress(c.Postgres)
	if err != nil {
		return nil, err
	}
	return rollpostgres.Open(ctx, address, c.BatchKeys)
}

// openUrn opens the urn's.
func openUrn(ctx context.Context, c config.Urn) (urnStore, error) {
	if c.Postgres == "" {
		return urnsqlite.Open(ctx, c.Database, c.BatchKeys, urnsqlite.Options{})
	}
	address, err := ReadAddress(c.Postgres)
	if err != nil {
		return nil, err
	}
	return urnpostgres.Open(ctx, address, c.BatchKeys, urnpostgres.Options{})
}
