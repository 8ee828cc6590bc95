package main

import (
	"context"
	"encoding/csv"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strconv"
	"strings"

	"isoloir/roll"
	"isoloir/scrutin"
	"isoloir/scrutin/note"
	"isoloir/server"
	"isoloir/server/config"
)

const importHelp = `isoloir import-roll reads the electors of a scrutin into the roll that serve will serve (docs/manifest.md, "Roll file").

  isoloir import-roll -config FILE -manifest FILE -roll CSV [-commit] [-extract FILE]

  -config FILE     the configuration of serve; its section roll says where the roll is kept
  -manifest FILE   manifest.json, sealed
  -roll CSV        the roll file
  -commit          import it; without, the file is read and judged, and nothing is written
  -extract FILE    after the import, write reference,urn,number,country of every elector, for the issuers

All electors are imported or none, once for a scrutin; each gets a number by lot. Where the roll is imported already, the file is
compared with it, and what differs is said.

Exit codes: 0 the file is sound, imported, or the same as the roll; 1 the file differs from the roll; 64 the command line is
wrong; 65 the file, the manifest or the configuration is wrong, every mistake with its line; 66 a file cannot be read; 73 the extract
is there already; 74 the store failed.
`

// mistakes is how many of a file are said one by one.
const mistakes = 100

// rollImport is the command line of import-roll.
type rollImport struct {
	config, manifest, file, extract string
	commit                          bool
}

func importFlags(args []string, stderr io.Writer) (*rollImport, error) {
	i := &rollImport{}
	set := flag.NewFlagSet("import-roll", flag.ContinueOnError)
	set.SetOutput(io.Discard)
	set.StringVar(&i.config, "config", "", "")
	set.StringVar(&i.manifest, "manifest", "", "")
	set.StringVar(&i.file, "roll", "", "")
	set.StringVar(&i.extract, "extract", "", "")
	set.BoolVar(&i.commit, "commit", false, "")
	if err := set.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			fmt.Fprint(stderr, importHelp)
			return nil, err
		}
		return nil, &exit{exitUsage, err}
	}
	switch {
	case set.NArg() > 0:
		return nil, &exit{exitUsage, fmt.Errorf("%q is one word too many: everything is said by flags", set.Arg(0))}
	case i.config == "" || i.manifest == "" || i.file == "":
		return nil, &exit{exitUsage, errors.New("-config, -manifest and -roll are needed: see isoloir import-roll -h")}
	case i.extract != "" && !i.commit:
		return nil, &exit{exitUsage, errors.New("-extract is written after an import: give -commit too")}
	}
	return i, nil
}

// importRoll is the command import-roll.
func importRoll(ctx context.Context, args []string, stdout, stderr io.Writer) (err error) {
	i, err := importFlags(args, stderr)
	if err != nil {
		return err
	}
	m, err := i.readManifest()
	if err != nil {
		return err
	}
	c, err := config.Read(i.config)
	if err != nil {
		return refused(err)
	}
	if c.Roll == nil {
		return &exit{exitData, fmt.Errorf("%s has no section roll", i.config)}
	}
	count, err := i.judge(m, stderr)
	if err != nil {
		return err
	}
	fmt.Fprintf(stdout, "%s: %d electors of %d urns, no mistake\n", i.file, count, len(m.Urns))
	store, err := server.OpenRoll(ctx, *c.Roll)
	if err != nil {
		return refused(err)
	}
	defer func() { err = errors.Join(err, store.Shut()) }()
	scope := roll.Scope{Organisation: m.Organisation.ID, Scrutin: m.Scrutin.ID}
	there, err := imported(ctx, store, scope, m)
	switch {
	case err != nil:
		return &exit{exitIO, err}
	case there:
		err = i.compare(ctx, store, scope, m, stdout)
	case !i.commit:
		fmt.Fprintln(stdout, "nothing is imported: run it again with -commit")
	default:
		err = i.write(ctx, store, scope, m, stdout)
	}
	if err == nil && i.extract != "" {
		err = i.writeExtract(ctx, store, scope, m)
	}
	return err
}

func (i *rollImport) readManifest() (*scrutin.Manifest, error) {
	f, err := os.Open(i.manifest)
	if err != nil {
		return nil, refused(err)
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, note.MaxSize+1))
	if err != nil {
		return nil, &exit{exitNoInput, err}
	}
	m, _, err := scrutin.ParseManifest(data)
	if err != nil {
		return nil, &exit{exitData, fmt.Errorf("%s: %w", i.manifest, err)}
	}
	return m, nil
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
func (i *rollImport) judge(m *scrutin.Manifest, stderr io.Writer) (count int, err error) {
	wrong := 0
	err = i.read(m, func(all electors) error {
		for _, err := range all {
			if err == nil {
				count++
			} else if wrong++; wrong <= mistakes {
				fmt.Fprintf(stderr, "isoloir: %s\n", strings.TrimSuffix(err.Error(), ": "+roll.ErrFormat.Error()))
			}
		}
		return nil
	})
	if err == nil && wrong > 0 {
		err = &exit{exitData, fmt.Errorf("%s has %d mistake(s), and is not imported", i.file, wrong)}
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

func (i *rollImport) compare(ctx context.Context, store roll.Store, scope roll.Scope, m *scrutin.Manifest, stdout io.Writer) error {
	return i.read(m, func(all electors) error {
		c, err := roll.Compare(ctx, store, scope, len(m.Urns), all)
		if err != nil {
			return &exit{exitIO, err}
		}
		fmt.Fprintf(stdout, "the roll is imported already: %d electors are the same, %d differ, %d are new in the file, %d are missing from it\n", c.Same, c.Changed, c.New, c.Gone)
		for _, list := range []struct {
			what string
			of   []string
		}{{"differs", c.ChangedOnes}, {"new", c.NewOnes}, {"missing", c.GoneOnes}} {
			for _, reference := range list.of {
				fmt.Fprintf(stdout, "  %-8s %s\n", list.what, reference)
			}
		}
		if !c.Equal() {
			return &exit{exitRefused, errors.New("the roll stays as it was imported: who is added or removed later is the bureau's act (addendum)")}
		}
		return nil
	})
}

func (i *rollImport) write(ctx context.Context, store roll.Store, scope roll.Scope, m *scrutin.Manifest, stdout io.Writer) error {
	return i.read(m, func(all electors) error {
		if err := store.Import(ctx, scope, all); err != nil {
			return &exit{exitIO, err}
		}
		fmt.Fprintln(stdout, "imported")
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
