package main

import (
	"context"
	"errors"
	"fmt"
	"os"

	"isoloir/roll"
	"isoloir/scrutin"
	"isoloir/server"
)

// companionImport is the command line of import-companion.
type companionImport struct {
	operator
	config, manifest, companion, extract string
	commit                               bool
}

func companionFlags(args []string, i *companionImport) error {
	set := i.flags("import-companion")
	set.StringVar(&i.config, "config", "", "")
	set.StringVar(&i.manifest, "manifest", "", "")
	set.StringVar(&i.companion, "companion", "", "")
	set.StringVar(&i.extract, "extract", "", "")
	set.BoolVar(&i.commit, "commit", false, "")
	if err := i.parse(set, args, companionHelp); err != nil {
		return err
	}
	switch {
	case set.NArg() > 0:
		return i.usage(oneWordTooMany, set.Arg(0))
	case i.config == "" || i.manifest == "" || i.companion == "" || i.extract == "":
		return i.usage(companionNeeds)
	}
	return nil
}

// importCompanion is the command import-companion.
func importCompanion(ctx context.Context, args []string, operator operator) error {
	i := &companionImport{operator: operator}
	if err := companionFlags(args, i); err != nil {
		return err
	}
	return i.explain(i.run(ctx))
}

func (i *companionImport) run(ctx context.Context) (err error) {
	m, _, err := i.readManifest(i.manifest)
	if err != nil {
		return err
	}
	companion, f, err := i.readManifest(i.companion)
	if err != nil {
		return err
	}
	number, named := m.CompanionNumber(f)
	if !named {
		return &exit{exitData, fmt.Errorf(i.words(notCompanion), i.companion, f, i.manifest)}
	}
	c, err := i.rollConfig(i.config)
	if err != nil {
		return err
	}
	store, err := server.OpenRoll(ctx, *c.Roll)
	if err != nil {
		return refused(err)
	}
	defer func() { err = errors.Join(err, store.Shut()) }()
	scope := roll.Scope{Organisation: m.Organisation.ID, Scrutin: m.Scrutin.ID}
	there, err := store.Paired(ctx, scope, number)
	if err != nil {
		return &exit{exitIO, err}
	}
	here, err := roll.References(ctx, store, scope, len(m.Urns))
	if err != nil {
		return &exit{exitIO, err}
	}
	pairs, err := i.read(companion, here)
	switch {
	case err != nil:
		return err
	case there > 0:
		return i.compare(ctx, store, scope, number, pairs)
	case !i.commit:
		i.say(pairsSound, i.extract, len(pairs))
		i.say(nothingImported)
		return nil
	}
	err = store.Pair(ctx, scope, number, func(yield func(roll.Pair, error) bool) {
		for _, p := range pairs {
			if !yield(p, nil) {
				return
			}
		}
	})
	if err != nil {
		return &exit{exitIO, err}
	}
	i.say(pairsImported, len(pairs), f)
	return nil
}

// read gives the pairs of the extract, or says every mistake of it.
func (i *companionImport) read(companion *scrutin.Manifest, here func(string) (roll.Place, bool)) (pairs []roll.Pair, err error) {
	file, err := os.Open(i.extract)
	if err != nil {
		return nil, refused(err)
	}
	defer file.Close()
	wrong := 0
	for p, err := range roll.ReadPairs(file, companion, here) {
		var mistake *roll.Mistake
		switch {
		case err == nil:
			pairs = append(pairs, p)
		case !errors.As(err, &mistake):
			return nil, err
		default:
			if wrong++; wrong <= mistakes {
				fmt.Fprintf(i.err, "isoloir: %s\n", mistake.Sentence(i.lang))
			}
		}
	}
	if wrong > 0 {
		return nil, &exit{exitData, fmt.Errorf(i.words(fileRefused), i.extract, wrong)}
	}
	return pairs, nil
}

// compare says whether pairs are those that were imported.
func (i *companionImport) compare(ctx context.Context, store roll.Store, scope roll.Scope, number int, pairs []roll.Pair) error {
	differ := 0
	for _, p := range pairs {
		all, err := store.Companions(ctx, scope, p.Place)
		if err != nil {
			return &exit{exitIO, err}
		}
		same := false
		for _, c := range all {
			same = same || c == roll.Companion{Number: number, In: p.In}
		}
		if !same {
			differ++
		}
	}
	if differ > 0 {
		return &exit{exitRefused, fmt.Errorf(i.words(pairsDiffer), differ)}
	}
	i.say(pairsSame, len(pairs))
	return nil
}
