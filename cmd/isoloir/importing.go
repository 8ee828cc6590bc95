package main

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"strconv"

	"isoloir/roll"
	"isoloir/scrutin"
	"isoloir/server"
)

// mistakes is how many of a file are said one by one.
const mistakes = 100

// rollImport is the command line of import-roll.
type rollImport struct {
	operator
	config, manifest, file, extract string
	commit                          bool
}

func importFlags(args []string, stdout, stderr io.Writer) (*rollImport, error) {
	i := &rollImport{operator: newOperator(stdout, stderr)}
	set := i.flags("import-roll")
	set.StringVar(&i.config, "config", "", "")
	set.StringVar(&i.manifest, "manifest", "", "")
	set.StringVar(&i.file, "roll", "", "")
	set.StringVar(&i.extract, "extract", "", "")
	set.BoolVar(&i.commit, "commit", false, "")
	if err := i.parse(set, args, importHelp); err != nil {
		return nil, err
	}
	switch {
	case set.NArg() > 0:
		return nil, i.usage(oneWordTooMany, set.Arg(0))
	case i.config == "" || i.manifest == "" || i.file == "":
		return nil, i.usage(importNeeds)
	case i.extract != "" && !i.commit:
		return nil, i.usage(extractNeeds)
	}
	return i, nil
}

// importRoll is the command import-roll.
func importRoll(ctx context.Context, args []string, stdout, stderr io.Writer) (err error) {
	i, err := importFlags(args, stdout, stderr)
	if err != nil {
		return err
	}
	return i.explain(i.run(ctx))
}

func (i *rollImport) run(ctx context.Context) (err error) {
	m, _, err := i.readManifest(i.manifest)
	if err != nil {
		return err
	}
	c, err := i.rollConfig(i.config)
	if err != nil {
		return err
	}
	scope, there := roll.Scope{Organisation: m.Organisation.ID, Scrutin: m.Scrutin.ID}, false
	store, away := server.OpenRoll(ctx, *c.Roll)
	if away == nil {
		defer func() { err = errors.Join(err, store.Shut()) }()
		if there, err = imported(ctx, store, scope, m); err == nil && there {
			m, err = amended(ctx, store, scope, m)
		}
		if err != nil {
			return &exit{exitIO, err}
		}
	}
	count, err := i.judge(m)
	if err != nil {
		return err
	}
	i.say(noMistake, i.file, count, len(m.Urns))
	switch {
	case away != nil:
		return refused(away)
	case there:
		err = i.compare(ctx, store, scope, m)
	case !i.commit:
		i.say(nothingImported)
	default:
		err = i.write(ctx, store, scope, m)
	}
	if err == nil && i.extract != "" {
		err = i.writeExtract(ctx, store, scope, m)
	}
	return err
}

// read gives the electors of the roll file to do.
func (i *rollImport) read(m *scrutin.Manifest, do func(electors electors) error) error {
	f, err := os.Open(i.file)
	if err != nil {
		return refused(err)
	}
	defer f.Close()
	return do(roll.ReadElectors(f, m))
}

// electors are those of a roll file.
type electors = func(yield func(roll.Elector, error) bool)

// judge reads the whole file and says every mistake.
func (i *rollImport) judge(m *scrutin.Manifest) (count int, err error) {
	wrong := 0
	err = i.read(m, func(all electors) error {
		for _, err := range all {
			var mistake *roll.Mistake
			switch {
			case err == nil:
				count++
			case !errors.As(err, &mistake):
				return err
			default:
				if wrong++; wrong <= mistakes {
					fmt.Fprintf(i.err, "isoloir: %s\n", mistake.Sentence(i.lang))
				}
			}
		}
		return nil
	})
	if err == nil && wrong > 0 {
		err = &exit{exitData, fmt.Errorf(i.words(fileRefused), i.file, wrong)}
	}
	return count, err
}

// imported says whether there is a roll of the scrutin.
func imported(ctx context.Context, store roll.Store, scope roll.Scope, m *scrutin.Manifest) (bool, error) {
	there := errors.New("there is")
	for n := range m.Urns {
		if err := store.Statuses(ctx, scope, uint16(n), func(roll.Status) error { return there }); errors.Is(err, there) {
			return true, nil
		} else if err != nil {
			return false, err
		}
	}
	return false, nil
}

// amended is the manifest with as many electors in each urn as the roll has that was imported, and amended, those struck off left out.
func amended(ctx context.Context, store roll.Store, scope roll.Scope, m *scrutin.Manifest) (*scrutin.Manifest, error) {
	of := *m
	of.Urns = slices.Clone(m.Urns)
	for n := range of.Urns {
		of.Urns[n].Electors = 0
		if err := store.Statuses(ctx, scope, uint16(n), func(st roll.Status) error {
			if !st.Struck {
				of.Urns[n].Electors++
			}
			return nil
		}); err != nil {
			return nil, err
		}
	}
	return &of, nil
}

func (i *rollImport) compare(ctx context.Context, store roll.Store, scope roll.Scope, m *scrutin.Manifest) error {
	return i.read(m, func(all electors) error {
		c, err := roll.Compare(ctx, store, scope, len(m.Urns), all)
		if err != nil {
			return &exit{exitIO, err}
		}
		i.say(importedAlready, c.Same, c.Changed, c.New, c.Gone)
		for _, list := range []struct {
			what phrase
			of   []string
		}{{differs, c.ChangedOnes}, {isNew, c.NewOnes}, {isMissing, c.GoneOnes}} {
			for _, reference := range list.of {
				fmt.Fprintf(i.out, "  %-8s %s\n", i.words(list.what), reference)
			}
		}
		if !c.Equal() {
			return &exit{exitRefused, errors.New(i.words(rollStays))}
		}
		return nil
	})
}

func (i *rollImport) write(ctx context.Context, store roll.Store, scope roll.Scope, m *scrutin.Manifest) error {
	return i.read(m, func(all electors) error {
		if err := store.Import(ctx, scope, all); err != nil {
			return &exit{exitIO, err}
		}
		i.say(isImported)
		return nil
	})
}

// writeExtract writes what the issuers know electors by, for its owner only.
func (i *rollImport) writeExtract(ctx context.Context, store roll.Store, scope roll.Scope, m *scrutin.Manifest) error {
	f, err := os.OpenFile(i.extract, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		if errors.Is(err, fs.ErrExist) {
			return &exit{exitCannot, err}
		}
		return &exit{exitIO, err}
	}
	w := csv.NewWriter(f)
	err = w.Write([]string{"reference", "urn", "number", "country"})
	for n, u := range m.Urns {
		err = errors.Join(err, store.Statuses(ctx, scope, uint16(n), func(st roll.Status) error {
			return w.Write([]string{st.Elector.Reference, u.ID, strconv.FormatUint(uint64(st.Elector.Number), 10), st.Elector.Country})
		}))
	}
	w.Flush()
	if err := errors.Join(err, w.Error(), f.Sync(), f.Close()); err != nil {
		return &exit{exitIO, err}
	}
	return nil
}
