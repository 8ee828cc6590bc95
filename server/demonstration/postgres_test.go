package demonstration

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"isoloir/pg/postgrestest"
	"isoloir/roll"
	rollpostgres "isoloir/roll/postgres"
	rollsqlite "isoloir/roll/sqlite"
	"isoloir/server"
	urnpostgres "isoloir/urn/postgres"
)

// onPostgreSQL has a demonstration's roll and urn served from two databases of a server: the configuration names them, and the roll that was
// prepared in a file is brought over.
func onPostgreSQL(dir string, s *postgrestest.Server) error {
	ctx := context.Background()
	d, err := Open(dir, 2)
	if err != nil {
		return err
	}
	from, err := server.OpenRoll(ctx, *d.Config.Roll)
	if err != nil {
		return err
	}
	r, u := d.Config.Roll, d.Config.Urn
	r.Database, r.Postgres, r.BatchKeys = "", filepath.Join(r.Directory, "address"), filepath.Join(r.Directory, "batch-keys")
	u.Database, u.Postgres = "", filepath.Join(u.Directory, "address")
	config, err := d.Config.Bytes()
	_, rollError := rollpostgres.Migrate(ctx, s.Address("roll_owner", "roll"))
	_, urnError := urnpostgres.Migrate(ctx, s.Address("urn_owner", "urn"))
	if err := errors.Join(err, rollError, urnError, os.WriteFile(d.at(configFile), config, 0o600),
		server.WriteSecret(r.Postgres, s.Address("roll_service", "roll")), server.WriteSecret(u.Postgres, s.Address("urn_service", "urn"))); err != nil {
		return err
	}
	to, err := server.OpenRoll(ctx, *r)
	if err != nil {
		return err
	}
	p, err := server.OpenPublic(d.Config.Record)
	if err != nil {
		return err
	}
	scope := roll.Scope{Organisation: p.Manifest.Organisation.ID, Scrutin: p.Manifest.Scrutin.ID}
	return errors.Join(move(ctx, from, to, scope, len(p.Manifest.Urns)), from.Shut(), to.Shut(), p.Record.Close())
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

// A whole vote over two databases, whose server stops at once in the middle and starts again, and from which a second house goes on.
func TestPostgreSQL(t *testing.T) {
	s, dir := postgrestest.Start(t), copied(t)
	for _, room := range []string{"roll", "urn"} {
		s.Psql(t, filepath.Join("..", "..", room, "postgres", "setup.sql"))
	}
	if err := onPostgreSQL(dir, s); err != nil {
		t.Fatal(err)
	}
	w := serve(t, dir)
	all, want := ballots(t, w.Demonstration, w.house.Public, 12)
	cast := func(some []*elector) {
		t.Helper()
		if err := castAll(context.Background(), some); err != nil {
			t.Fatal(err)
		}
	}
	cast(all[:6])
	s.Stop(t, syscall.SIGQUIT)
	s.Run(t)
	cast(all[3:9])
	w.stop()
	w = serve(t, dir)
	cast(all[9:])
	for database, table := range map[string]string{"roll": "mark", "urn": "spent"} {
		if n := s.Query(t, database, "SELECT count(*) FROM "+table)[0]; n != fmt.Sprint(len(all)) {
			t.Errorf("%s rows in table %s", n, table)
		}
	}
	finish(t, w, want)
}
