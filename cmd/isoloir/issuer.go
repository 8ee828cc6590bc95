package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"slices"

	"isoloir/audit"
	"isoloir/cmd/internal/meter"
	"isoloir/courier"
)

// Exit codes of issuers' commands, beside the others.
const (
	exitTrouble = 75 // a carrier or the roll does not take what it is given: try again later
	exitWaits   = 77 // what is asked must wait, or is refused
)

// An issuerCommand is one of `isoloir issuer`: the flags that it takes beside those of all, those that it needs, and what it does.
type issuerCommand struct {
	flags, needs []string
	do           func(*desk) error
}

var issuerCommands = map[string]issuerCommand{
	"init":        {[]string{"role", "id", "portal", "roll", "secret"}, []string{"role", "id"}, (*desk).init},
	"enrol":       {[]string{"manifest", "out"}, []string{"manifest", "out"}, (*desk).enrol},
	"import":      {[]string{"extract", "book", "letters", "dry-run", "without-digits"}, []string{"extract", "book"}, (*desk).importBooks},
	"amend":       {[]string{"amendment", "extract", "book", "letters", "out", "dry-run", "without-digits"}, []string{"amendment", "extract", "book", "out"}, (*desk).amend},
	"companion":   {[]string{"fingerprint", "extract"}, []string{"fingerprint", "extract"}, (*desk).companion},
	"information": {[]string{"again"}, nil, (*desk).information},
	"deposit":     {[]string{"out"}, nil, (*desk).deposit},
	"send":        {[]string{"again"}, nil, (*desk).send},
	"renew":       {[]string{"reference", "list"}, nil, (*desk).renew},
	"letters":     {[]string{"kind", "out"}, []string{"kind", "out"}, (*desk).letters},
	"deliveries":  {[]string{"bounces", "csv", "floor", "undelivered"}, nil, (*desk).deliveries},
}

// A desk is one command at work on an issuer's directory.
type desk struct {
	ctx      context.Context
	out, err io.Writer
	stdin    io.Reader
	meter    *meter.Meter

	dir, lang                  string
	role, id, portal, roll     string
	secret, fingerprint        string
	manifest, outDir           string
	extract, book, lettersBook string
	dryRun, again, csv, quiet  bool
	withoutDigits              bool
	reference, list            string
	kind, undelivered          string
	bounces                    []string
	floor, workers, amendment  int
}

// issue is the command issuer.
func issue(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) error {
	d := &desk{ctx: ctx, out: stdout, err: stderr, stdin: stdin, lang: systemLanguage()}
	if len(args) == 0 {
		fmt.Fprint(stderr, d.words(issuerHelp))
		return &exit{exitUsage, errors.New(d.words(sayWhat))}
	}
	if slices.Contains([]string{"help", "-h", "-help", "--help"}, args[0]) {
		if slices.Contains(args[1:], "-lang=fr") || len(args) > 2 && args[1] == "-lang" && args[2] == "fr" {
			d.lang = string(audit.French)
		}
		fmt.Fprint(stdout, d.words(issuerHelp))
		return nil
	}
	command, known := issuerCommands[args[0]]
	if !known {
		return &exit{exitUsage, fmt.Errorf(d.words(noSuchCommand), args[0])}
	}
	if err := d.parse(args[0], command, args[1:]); err != nil {
		return err
	}
	if d.quiet {
		d.err = io.Discard
	}
	d.meter = meter.New(d.err)
	defer d.meter.End()
	return d.explain(command.do(d))
}

// parse reads the command line.
func (d *desk) parse(name string, c issuerCommand, args []string) error {
	all := flag.NewFlagSet(name, flag.ContinueOnError)
	all.StringVar(&d.role, "role", "", "")
	all.StringVar(&d.id, "id", "", "")
	all.StringVar(&d.portal, "portal", "https://portal.invalid", "")
	all.StringVar(&d.roll, "roll", "https://roll.invalid", "")
	all.StringVar(&d.secret, "secret", "", "")
	all.StringVar(&d.fingerprint, "fingerprint", "", "")
	all.StringVar(&d.manifest, "manifest", "", "")
	all.StringVar(&d.outDir, "out", "", "")
	all.StringVar(&d.extract, "extract", "", "")
	all.StringVar(&d.book, "book", "", "")
	all.StringVar(&d.lettersBook, "letters", "", "")
	all.BoolVar(&d.dryRun, "dry-run", false, "")
	all.BoolVar(&d.withoutDigits, "without-digits", false, "")
	all.BoolVar(&d.again, "again", false, "")
	all.BoolVar(&d.csv, "csv", false, "")
	all.StringVar(&d.reference, "reference", "", "")
	all.StringVar(&d.list, "list", "", "")
	all.StringVar(&d.kind, "kind", "", "")
	all.StringVar(&d.undelivered, "undelivered", "", "")
	all.Func("bounces", "", func(path string) error { d.bounces = append(d.bounces, path); return nil })
	all.IntVar(&d.floor, "floor", 0, "")
	all.IntVar(&d.amendment, "amendment", 0, "")
	set := flag.NewFlagSet(name, flag.ContinueOnError)
	set.SetOutput(io.Discard)
	set.StringVar(&d.dir, "dir", "", "")
	set.StringVar(&d.lang, "lang", d.lang, "")
	set.BoolVar(&d.quiet, "quiet", false, "")
	set.IntVar(&d.workers, "workers", 0, "")
	for _, f := range c.flags {
		set.Var(all.Lookup(f).Value, f, "")
	}
	if err := set.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			fmt.Fprint(d.err, d.words(issuerHelp))
			return err
		}
		return &exit{exitUsage, err}
	}
	wrong := func(p phrase, args ...any) error { return &exit{exitUsage, fmt.Errorf(d.words(p), args...)} }
	given := map[string]bool{}
	set.Visit(func(f *flag.Flag) { given[f.Name] = f.Value.String() != "" })
	switch {
	case d.lang != string(audit.French) && d.lang != string(audit.English):
		return wrong(badLanguage, d.lang)
	case set.NArg() > 0:
		return wrong(oneWordTooMany, set.Arg(0))
	}
	for _, need := range append([]string{"dir"}, c.needs...) {
		if !given[need] {
			return wrong(missingFlag, need)
		}
	}
	switch {
	case name == "renew" && given["reference"] == given["list"]:
		return wrong(renewWhom)
	case name == "init" && d.role != "issuer-a" && d.role != "issuer-b":
		return wrong(badRole, d.role)
	case name == "letters" && !slices.Contains([]string{"information", "codes", "renewal"}, d.kind):
		return wrong(badKind, d.kind)
	case d.undelivered != "" && !slices.Contains(courier.Kinds, courier.Kind(d.undelivered)):
		return wrong(badKind, d.undelivered)
	case d.floor < 0 || d.floor > 100:
		return wrong(badFloor, d.floor)
	}
	return nil
}

// words says something in the person's language.
func (d *desk) words(p phrase) string {
	if d.lang == string(audit.French) {
		return p.fr
	}
	return p.en
}

// tell prints a line.
func (d *desk) tell(p phrase, args ...any) error {
	_, err := fmt.Fprintf(d.out, d.words(p)+"\n", args...)
	return err
}

// progress is told of a long work.
func (d *desk) progress(p phrase) func(done, total int) {
	return func(done, total int) { d.meter.Report(d.words(p), done, total) }
}

// open reads a file for input.
func (d *desk) open(path string) (*os.File, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, &exit{exitNoInput, err}
	}
	if info, err := file.Stat(); err == nil && info.IsDir() {
		file.Close()
		return nil, &exit{exitNoInput, fmt.Errorf(d.words(isDirectory), path)}
	}
	return file, nil
}
