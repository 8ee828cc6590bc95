package demonstration

import (
	"context"
	"errors"
	"path/filepath"

	"isoloir/record"
	"isoloir/roll"
	rollpostgres "isoloir/roll/postgres"
	"isoloir/server"
	urnpostgres "isoloir/urn/postgres"
)

// A Database is an empty one on a PostgreSQL server that was set up for roll or urn, by the connection strings of its two users.
type Database struct{ Owner, Service string }

// OnPostgreSQL has the demonstration in dir, which nobody serves, work on two databases from then on: it makes their tables, brings the roll
// over that was prepared in a file, and names them in the configuration.
func OnPostgreSQL(ctx context.Context, dir string, rolls, urns Database) (err error) {
	d, err := Open(dir, 0)
	if err != nil {
		return err
	}
	p, err := server.OpenPublic(d.Config.Record)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, p.Close()) }()
	from, err := server.OpenRoll(ctx, *d.Config.Roll)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, from.Shut()) }()
	r, u := d.Config.Roll, d.Config.Urn
	r.Database, r.Postgres, r.BatchKeys = "", filepath.Join(r.Directory, "address"), filepath.Join(r.Directory, "batch-keys")
	u.Database, u.Postgres = "", filepath.Join(u.Directory, "address")
	r.Rows, u.Rows = filepath.Join(r.Directory, "rows.key"), filepath.Join(u.Directory, "rows.key")
	_, rollError := rollpostgres.Migrate(ctx, rolls.Owner)
	_, urnError := urnpostgres.Migrate(ctx, urns.Owner)
	config, err := d.Config.Bytes()
	if err := errors.Join(err, rollError, urnError, server.WriteSecret(r.Postgres, rolls.Service), server.WriteSecret(u.Postgres, urns.Service)); err != nil {
		return err
	}
	to, err := server.OpenRoll(ctx, *r)
	if err != nil {
		return err
	}
	scope := roll.Scope{Organisation: p.Manifest.Organisation.ID, Scrutin: p.Manifest.Scrutin.ID}
	if err := errors.Join(move(ctx, from, to, scope, len(p.Manifest.Urns)), to.Shut()); err != nil {
		return err
	}
	return record.WriteWhole(d.at(configFile), config)
}

// move brings electors, and what they log in with, from one store to another.
func move(ctx context.Context, from, to server.RollStore, scope roll.Scope, urns int) error {
	var electors []roll.Elector
	var deposits []roll.Deposit
	for urn := range uint16(urns) {
		if err := from.Statuses(ctx, scope, urn, func(st roll.Status) error {
			electors = append(electors, st.Elector)
			return nil
		}); err != nil {
			return err
		}
	}
	for _, e := range electors {
		l, err := from.Login(ctx, scope, roll.Place{Urn: e.Urn, Elector: e.Number})
		if err != nil {
			return err
		}
		for i, half := range l.Halves {
			deposits = append(deposits, roll.Deposit{Place: l.Place, Issuer: i, Half: half})
		}
	}
	return errors.Join(to.Import(ctx, scope, func(yield func(roll.Elector, error) bool) {
		for _, e := range electors {
			if !yield(e, nil) {
				return
			}
		}
	}), to.Deposit(ctx, scope, deposits))
}
