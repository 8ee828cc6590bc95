package main

import (
	"context"
	"errors"
	"fmt"
	"io"

	bureaupostgres "isoloir/bve/journal/postgres"
	"isoloir/pg"
	rollpostgres "isoloir/roll/postgres"
	"isoloir/server"
	urnpostgres "isoloir/urn/postgres"
)

// A store is one of the databases on the command line.
type store struct {
	name, file, address string
	rights              pg.Rights
	migrate             func(ctx context.Context, address string) (int64, error)
}

// A keeper is who keeps the databases, at one of his commands.
type keeper struct {
	operator
	stores []store
}

func storeFlags(command string, args []string, stdout, stderr io.Writer) (*keeper, error) {
	k := &keeper{operator: newOperator(stdout, stderr)}
	all := []store{
		{name: "roll", rights: rollpostgres.Rights, migrate: rollpostgres.Migrate},
		{name: "urn", rights: urnpostgres.Rights, migrate: urnpostgres.Migrate},
		{name: "bureau", rights: bureaupostgres.Rights, migrate: bureaupostgres.Migrate},
	}
	set := k.flags(command)
	for i := range all {
		set.StringVar(&all[i].file, all[i].name, "", "")
	}
	if err := k.parse(set, args, storesHelp); err != nil {
		return nil, err
	}
	if set.NArg() > 0 {
		return nil, k.usage(oneWordTooMany, set.Arg(0))
	}
	for _, s := range all {
		if s.file == "" {
			continue
		}
		var err error
		if s.address, err = server.ReadAddress(s.file); err != nil {
			return nil, k.explain(refused(err))
		}
		k.stores = append(k.stores, s)
	}
	if len(k.stores) == 0 {
		return nil, k.usage(storesNeed)
	}
	return k, nil
}

// unreachable gives an error of a database its exit code.
func (s store) unreachable(err error) error {
	if errors.Is(err, pg.ErrAddress) {
		return &exit{exitData, fmt.Errorf("%s: %w", s.file, err)}
	}
	return &exit{exitUnavailable, fmt.Errorf("%s: %w", s.name, err)}
}

func migrateStore(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	k, err := storeFlags("migrate-store", args, stdout, stderr)
	if err != nil {
		return err
	}
	for _, s := range k.stores {
		version, err := s.migrate(ctx, s.address)
		if err != nil {
			return k.explain(s.unreachable(err))
		}
		k.say(migrated, k.words(sides[s.name]), version)
	}
	return nil
}

func checkStore(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	k, err := storeFlags("check-store", args, stdout, stderr)
	if err != nil {
		return err
	}
	return k.explain(k.check(ctx))
}

func (k *keeper) check(ctx context.Context) error {
	wrong := 0
	show := func(title string, findings []pg.Finding, sentence func(pg.Finding) string) {
		fmt.Fprintf(k.out, "%s\n", title)
		for _, f := range findings {
			fmt.Fprintf(k.out, "  %-8s  %s\n", f.Verdict.Word(k.lang), sentence(f))
			if f.Verdict == pg.Wrong {
				wrong++
			}
		}
	}
	var identities []pg.Identity
	for _, s := range k.stores {
		id, findings, err := s.check(ctx)
		if err != nil {
			return s.unreachable(err)
		}
		identities = append(identities, id)
		show(fmt.Sprintf(k.words(ofStore), k.words(sides[s.name]), id.User, id.Database), findings, func(f pg.Finding) string { return f.Sentence(k.lang) })
	}
	if len(k.stores) > 1 && k.stores[0].name == "roll" && k.stores[1].name == "urn" {
		findings, err := k.apart(ctx, identities)
		if err != nil {
			return &exit{exitUnavailable, err}
		}
		show(k.words(ofBoth), findings, func(f pg.Finding) string { return f.Text })
	}
	if wrong > 0 {
		return &exit{exitRefused, fmt.Errorf(k.words(storesWrong), wrong)}
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
func (k *keeper) apart(ctx context.Context, ids []pg.Identity) (findings []pg.Finding, err error) {
	say := func(v pg.Verdict, p phrase, args ...any) {
		findings = append(findings, pg.Finding{Verdict: v, Text: fmt.Sprintf(k.words(p), args...)})
	}
	switch {
	case ids[0].Server != ids[1].Server:
		say(pg.Right, twoServers)
	case ids[0].Database != ids[1].Database:
		say(pg.Doubtful, oneServer)
	default:
		say(pg.Wrong, oneDatabase)
	}
	for i, s := range k.stores {
		other := 1 - i
		in, err := pg.Admits(ctx, k.stores[other].address, s.address)
		switch {
		case err != nil:
			return nil, err
		case in:
			say(pg.Wrong, getsIn, ids[i].User, k.words(sides[s.name]), ids[other].Database, k.words(sides[k.stores[other].name]))
		default:
			say(pg.Right, staysOut, ids[i].User, k.words(sides[s.name]), k.words(sides[k.stores[other].name]))
		}
	}
	return findings, nil
}
