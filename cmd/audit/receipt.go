package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"isoloir/audit"
	"isoloir/audit/evidence"
	"isoloir/record"
)

// received says where the ballot of a receipt is in an export.
func received(args []string, stdout, stderr io.Writer) int {
	var s settings
	var export, file string
	set := newFlags("receipt", &s)
	set.StringVar(&export, "export", "", "")
	set.StringVar(&file, "evidence", "", "")
	set.StringVar(&s.fingerprint, "fingerprint", "", "")
	set.StringVar(&s.witness, "witness", "", "")
	if code, done := parse(set, args, stdout, stderr); done {
		return code
	}
	say, err := speaker(s.lang)
	if err != nil {
		return usage(stderr, err)
	}
	if export == "" || set.NArg() == 0 {
		return usage(stderr, errors.New("receipt needs -export, and a receipt code or the receipt file after the flags"))
	}
	r, err := readReceipt(strings.Join(set.Args(), " "))
	if err != nil {
		return failure(stderr, err)
	}
	opt, err := s.options()
	if err != nil {
		return failure(stderr, err)
	}
	p, shut, err := prepared(export, opt)
	if err != nil {
		return failure(stderr, err)
	}
	defer shut()
	t, err := p.Trace(r)
	if err != nil {
		return failure(stderr, err)
	}
	if s.json {
		err = writeJSON(stdout, t)
	} else {
		_, err = io.WriteString(stdout, traced(say, t, file))
	}
	if err == nil && t.Missing != nil && file != "" {
		err = accuse(t.Missing, file)
	}
	switch {
	case err != nil:
		return failure(stderr, fmt.Errorf("%w: %w", errIO, err))
	case t.Missing != nil:
		return exitMissing
	case len(t.Faults) > 0 || !slices.Contains([]string{audit.BallotCounted, audit.BallotReplaced, audit.BallotClosed}, t.State) || t.Promise == audit.PromiseFalse:
		return exitRefused
	}
	return exitHolds
}

// readReceipt takes what was given as a code or, failing that, as the name of a file.
func readReceipt(given string) (audit.Receipt, error) {
	r, err := audit.ParseReceipt(given)
	if err == nil {
		return r, nil
	}
	info, statErr := os.Stat(given)
	if statErr != nil || info.Size() > 1<<16 {
		return r, fmt.Errorf("%w: %w", errUsage, err)
	}
	text, err := readAtMost(given, 1<<16)
	if err != nil {
		return r, fmt.Errorf("%w: %w", errIO, err)
	}
	if r, err = audit.ParseReceipt(string(text)); err != nil {
		err = fmt.Errorf("%w: %s: %w", errUsage, given, err)
	}
	return r, err
}

func accuse(m *evidence.Missing, file string) error {
	data, err := evidence.Bytes(m)
	if err != nil {
		return err
	}
	return record.WriteWhole(file, data)
}

// traced tells it in plain words, a line for each step.
func traced(say sayer, t *audit.Trace, file string) string {
	lines := []string{say("ballot", t.Ballot)}
	if t.State == audit.BallotAbsent {
		lines = append(lines, say("absent"))
	} else {
		lines = append(lines, say("logged", t.Leaf+1, t.Leaves, t.Urn, len(t.Path), t.Root), say("cosigned", t.Witnesses, t.Of))
		if t.State == audit.BallotCounted {
			lines = append(lines, say("counted", t.Place+1, t.Ballots, t.Cell, t.Mixers))
		} else {
			lines = append(lines, say(t.State))
		}
	}
	switch {
	case t.Promise == audit.PromiseBroken && file != "":
		lines = append(lines, say("broken", file))
	case t.Promise == audit.PromiseBroken:
		lines = append(lines, say("unproved"))
	case t.Promise != audit.PromiseNone || t.State == audit.BallotAbsent:
		lines = append(lines, say(t.Promise))
	}
	if len(t.Faults) > 0 {
		lines = append(lines, say("faults", t.Faults))
	}
	return strings.Join(append(lines, say("verify")), "\n") + "\n"
}
