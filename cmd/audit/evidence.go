package main

import (
	"errors"
	"fmt"
	"io"

	"isoloir/audit"
	"isoloir/audit/evidence"
	"isoloir/record"
)

// judged says what a file of evidence proves.
func judged(args []string, stdout, stderr io.Writer) int {
	var s settings
	var export, manifest, vkey string
	set := newFlags("evidence", &s)
	set.StringVar(&export, "export", "", "")
	set.StringVar(&manifest, "manifest", "", "")
	set.StringVar(&s.fingerprint, "fingerprint", "", "")
	set.StringVar(&vkey, "vkey", "", "")
	if code, done := parse(set, args, stdout, stderr); done {
		return code
	}
	say, err := speaker(s.lang)
	if err != nil {
		return usage(stderr, err)
	}
	if set.NArg() != 1 {
		return usage(stderr, errors.New("give one file of evidence, and flags before it"))
	}
	data, err := readAtMost(set.Arg(0), evidence.MaxSize)
	if err != nil && !errors.Is(err, record.ErrTooLarge) {
		return failure(stderr, fmt.Errorf("%w: %w", errIO, err))
	}
	e, err := evidence.Read(data) // of what is too long, one byte too much
	if err != nil {
		fmt.Fprintln(stdout, say("nothing", err))
		return exitRefused
	}
	h := e.About()
	fmt.Fprintln(stdout, say("about", h.Manifest, h.Urn, h.Key))
	if manifest != "" {
		m, f, err := readManifest(manifest, s.fingerprint)
		if err != nil {
			return failure(stderr, err)
		}
		if _, known := m.Urn(h.Urn); !known || f != h.Manifest || m.Platform.Urn.Key != h.Key {
			fmt.Fprintln(stdout, say("nothing", "it is of another scrutin, urn or key than those of -manifest"))
			return exitRefused
		}
	}
	if vkey != "" && vkey != h.Key {
		fmt.Fprintln(stdout, say("nothing", "its key is not that of -vkey"))
		return exitRefused
	}
	verdict, err := proves(e, export)
	switch {
	case errors.Is(err, evidence.ErrNothing):
		fmt.Fprintln(stdout, say("nothing", err))
		return exitRefused
	case err != nil:
		return failure(stderr, err)
	}
	if m, ok := e.(*evidence.Missing); ok {
		said, _ := m.Said()
		fmt.Fprintln(stdout, say(verdict, said))
	} else {
		fmt.Fprintln(stdout, say(verdict))
	}
	if manifest == "" && vkey == "" {
		fmt.Fprintln(stdout, say("anonymous"))
	} else {
		fmt.Fprintln(stdout, say("known"))
	}
	if verdict == "shrunk" {
		return exitTestimony
	}
	return exitHolds
}

// proves gives the name of the verdict.
func proves(e evidence.Evidence, export string) (string, error) {
	switch e := e.(type) {
	case *evidence.Fork:
		return "fork", e.Check()
	case *evidence.Shrunk:
		return "shrunk", e.Check()
	case *evidence.Missing:
		if export == "" {
			return "", fmt.Errorf("%w: that a ballot is missing is seen in the export: give -export DIR", errUsage)
		}
		p, shut, err := prepared(export, audit.Options{})
		if err != nil {
			return "", err
		}
		defer shut()
		return "missing", p.Missing(e)
	}
	return "", evidence.ErrNothing
}

func prepared(export string, opt audit.Options) (*audit.Prepared, func() error, error) {
	source, _, shut, err := openExport(export)
	if err != nil {
		return nil, nil, err
	}
	p, err := audit.Prepare(source, opt)
	if err != nil {
		return nil, nil, errors.Join(err, shut())
	}
	return p, shut, nil
}
