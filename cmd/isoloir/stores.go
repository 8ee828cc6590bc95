package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"

	"isoloir/pg"
	rollpostgres "isoloir/roll/postgres"
	"isoloir/server"
	urnpostgres "isoloir/urn/postgres"
)

const storesHelp = `isoloir migrate-store and check-store are for who keeps the PostgreSQL databases of roll and urn (docs/postgresql.md).

  isoloir migrate-store [-roll FILE] [-urn FILE]   bring the tables up to this program, as the owner of the database
  isoloir check-store [-roll FILE] [-urn FILE]     say whether rights and settings are as they must be, as the service's user

FILE holds the connection string of one database, on one line, as postgres://USER:PASSWORD@HOST/DATABASE or as
host=… user=… password=… dbname=…; nobody but its owner may read it. Give both to check-store where one person may hold both: it
then tries too whether the user of one database gets into the other.

check-store changes nothing. It prints a line for all that it looked at: right; doubtful, which you should be able to explain; or
wrong, with which the service does not start.

Exit codes: 0 done, nothing is wrong; 1 something is wrong; 64 the command line is wrong; 65 a file holds no connection string;
66 a file cannot be read; 69 a database cannot be reached, or refuses; 77 others than its owner can read a file.
`

// A store is one of the two databases on the command line.
type store struct {
	name, file, address string
	rights              pg.Rights
	migrate             func(ctx context.Context, address string) (int64, error)
}

func storeFlags(command string, args []string, stderr io.Writer) ([]store, error) {
	all := []store{
		{name: "roll", rights: rollpostgres.Rights, migrate: rollpostgres.Migrate},
		{name: "urn", rights: urnpostgres.Rights, migrate: urnpostgres.Migrate},
	}
	set := flag.NewFlagSet(command, flag.ContinueOnError)
	set.SetOutput(io.Discard)
	for i := range all {
		set.StringVar(&all[i].file, all[i].name, "", "")
	}
	if err := set.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			fmt.Fprint(stderr, storesHelp)
			return nil, err
		}
		return nil, &exit{exitUsage, err}
	}
	if set.NArg() > 0 {
		return nil, &exit{exitUsage, fmt.Errorf("%q is one word too many: everything is said by flags", set.Arg(0))}
	}
	var given []store
	for _, s := range all {
		if s.file == "" {
			continue
		}
		var err error
		if s.address, err = server.ReadAddress(s.file); err != nil {
			return nil, refused(err)
		}
		given = append(given, s)
	}
	if len(given) == 0 {
		return nil, &exit{exitUsage, errors.New("give -roll, -urn or both: the file of a connection string each")}
	}
	return given, nil
}

// unreachable gives an error of a database its exit code.
func (s store) unreachable(err error) error {
	if errors.Is(err, pg.ErrAddress) {
		return &exit{exitData, fmt.Errorf("%s: %w", s.file, err)}
	}
	return &exit{exitUnavailable, fmt.Errorf("%s: %w", s.name, err)}
}

func migrateStore(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	stores, err := storeFlags("migrate-store", args, stderr)
	if err != nil {
		return err
	}
	for _, s := range stores {
		version, err := s.migrate(ctx, s.address)
		if err != nil {
			return s.unreachable(err)
		}
		fmt.Fprintf(stdout, "%s: migration %d\n", s.name, version)
	}
	return nil
}

func checkStore(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	stores, err := storeFlags("check-store", args, stderr)
	if err != nil {
		return err
	}
	wrong := 0
	show := func(title string, findings []pg.Finding) {
		fmt.Fprintf(stdout, "%s\n", title)
		for _, f := range findings {
			fmt.Fprintf(stdout, "  %-8s  %s\n", f.Verdict, f.Text)
			if f.Verdict == pg.Wrong {
				wrong++
			}
		}
	}
	var identities []pg.Identity
	for _, s := range stores {
		id, findings, err := s.check(ctx)
		if err != nil {
			return s.unreachable(err)
		}
		identities = append(identities, id)
		show(fmt.Sprintf("%s: user %s of database %s", s.name, id.User, id.Database), findings)
	}
	if len(stores) == 2 {
		findings, err := apart(ctx, stores, identities)
		if err != nil {
			return &exit{exitUnavailable, err}
		}
		show("both", findings)
	}
	if wrong > 0 {
		return &exit{exitRefused, fmt.Errorf("%d of these are wrong: a service does not start on such a database", wrong)}
	}
	return nil
}

func (s store) check(ctx context.Context) (id pg.Identity, findings []pg.Finding, err error) {
	db, err := pg.Open(s.address)
	if err != nil {
		return id, nil, err
	}
	defer db.Close()
	if id, err = db.Identity(ctx); err == nil {
		findings, err = db.Check(ctx, s.rights)
	}
	return id, findings, err
}

// apart says whether roll and urn are two databases, and the user of neither gets
// into the other.
func apart(ctx context.Context, stores []store, ids []pg.Identity) (findings []pg.Finding, err error) {
	say := func(v pg.Verdict, form string, args ...any) {
		findings = append(findings, pg.Finding{Verdict: v, Text: fmt.Sprintf(form, args...)})
	}
	switch {
	case ids[0].Server != ids[1].Server:
		say(pg.Right, "roll and urn are on two servers")
	case ids[0].Database != ids[1].Database:
		say(pg.Doubtful, "roll and urn are on one server: its administrator, its write-ahead log and its backups hold both; a regulated vote wants two")
	default:
		say(pg.Wrong, "roll and urn are one database")
	}
	for i, s := range stores {
		other := 1 - i
		in, err := pg.Admits(ctx, stores[other].address, s.address)
		switch {
		case err != nil:
			return nil, err
		case in:
			say(pg.Wrong, "user %s of the %s gets into database %s of the %s", ids[i].User, s.name, ids[other].Database, stores[other].name)
		default:
			say(pg.Right, "user %s of the %s does not get into the database of the %s", ids[i].User, s.name, stores[other].name)
		}
	}
	return findings, nil
}
