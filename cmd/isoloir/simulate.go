package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"time"

	"isoloir/audit"
	"isoloir/cmd/internal/meter"
	"isoloir/record"
	"isoloir/replay"
	"isoloir/scrutin/note"
)

type settings struct {
	replay.Options
	votes, out  string
	json, quiet bool
}

// flags reads the command line of demo or simulate.
func flags(name string, args []string, stderr io.Writer) (*settings, error) {
	s := &settings{Options: replay.Default()}
	set := flag.NewFlagSet(name, flag.ContinueOnError)
	set.SetOutput(io.Discard)
	if name == "simulate" {
		set.StringVar(&s.votes, "votes", "", "")
	}
	set.StringVar(&s.out, "out", "", "")
	set.IntVar(&s.Holders, "holders", s.Holders, "")
	set.IntVar(&s.Threshold, "threshold", s.Threshold, "")
	set.IntVar(&s.ClassHolders, "class-holders", s.ClassHolders, "")
	set.IntVar(&s.ClassThreshold, "class-threshold", s.ClassThreshold, "")
	set.IntVar(&s.Mixers, "mixers", s.Mixers, "")
	set.IntVar(&s.Witnesses, "witnesses", s.Witnesses, "")
	set.IntVar(&s.MinimumSize, "k", s.MinimumSize, "")
	set.Uint64Var(&s.Seed, "seed", 1, "")
	set.IntVar(&s.Workers, "workers", 0, "")
	set.StringVar(&s.Title, "title", s.Title, "")
	set.BoolVar(&s.json, "json", false, "")
	set.BoolVar(&s.quiet, "quiet", false, "")
	if err := set.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			fmt.Fprint(stderr, help)
			return nil, err
		}
		return nil, &exit{exitUsage, err}
	}
	switch {
	case set.NArg() > 0:
		return nil, &exit{exitUsage, fmt.Errorf("%q is one word too many: everything is said by flags", set.Arg(0))}
	case name == "simulate" && s.votes == "":
		return nil, &exit{exitUsage, errors.New("-votes is missing: name the results file")}
	case s.out == "":
		return nil, &exit{exitUsage, errors.New("-out is missing: name a directory that does not exist yet")}
	}
	if err := s.Check(); err != nil {
		return nil, &exit{exitUsage, err}
	}
	return s, nil
}

func simulate(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	s, err := flags("simulate", args, stderr)
	if err != nil {
		return err
	}
	file, err := os.Open(s.votes)
	if err != nil {
		return &exit{exitNoInput, fmt.Errorf("the results file cannot be read: %w", err)}
	}
	s.Votes, err = replay.ParseVotes(file)
	file.Close()
	if err != nil {
		return &exit{exitData, fmt.Errorf("%s is refused:\n%w", s.votes, err)}
	}
	return s.replay(ctx, stdout, stderr)
}

// A figure is what one step cost.
type figure struct {
	Step      string  `json:"step"`
	Seconds   float64 `json:"seconds"`
	Processor float64 `json:"processor_seconds"`
	PeakMB    int64   `json:"peak_mb"`
}

// replay runs the procedure, audits the export, and compares the result with the file.
func (s *settings) replay(ctx context.Context, stdout, stderr io.Writer) error {
	if s.quiet {
		stderr = io.Discard
	}
	m := meter.New(stderr)
	defer m.End()
	var steps []figure
	note := func(step string, c replay.Cost) {
		steps = append(steps, figure{step, c.Took.Seconds(), c.Processor.Seconds(), c.Peak >> 20})
		m.Line("%-16s %8.1f s %6d MB", step, c.Took.Seconds(), c.Peak>>20)
	}
	out, err := replay.Run(ctx, s.Options, s.out, time.Now(), replay.Watcher{Stage: m.Report, Step: note})
	if errors.Is(err, replay.ErrOutput) {
		return &exit{exitCannot, err}
	}
	if err != nil {
		return err
	}
	var report *audit.Report
	cost, err := replay.Measure(func() (err error) {
		report, err = s.audit(out, m)
		return err
	})
	if err != nil {
		return err
	}
	note("audit", cost)
	m.End()
	if err := report.WriteText(stdout, audit.English); err != nil {
		return &exit{exitIO, err}
	}
	if s.json {
		if err := json.NewEncoder(stdout).Encode(steps); err != nil {
			return &exit{exitIO, err}
		}
	}
	switch {
	case !report.Holds():
		return &exit{exitRefused, errors.New("the auditor refuses the export")}
	}
	if err := out.Compare(s.Votes); err != nil {
		return &exit{exitRefused, err}
	}
	fmt.Fprintf(stdout, "\nThe opened urn holds exactly the %d ballots of the file. Export: %s, fingerprint: %s\n", out.Ballots, out.Export, out.Fingerprint)
	return nil
}

// audit verifies the export as `audit verify` does, anchored by the fingerprint and the witnesses' keys.
func (s *settings) audit(out *replay.Outcome, m *meter.Meter) (*audit.Report, error) {
	export, err := record.Open(out.Export)
	if err != nil {
		return nil, err
	}
	defer export.Close()
	fingerprint := [32]byte(out.Fingerprint)
	var witnesses []note.Verifier
	for _, w := range out.Manifest.WitnessVerifiers() {
		witnesses = append(witnesses, w.Plain())
	}
	return audit.Verify(export, audit.Options{Fingerprint: &fingerprint, Witnesses: witnesses, Workers: s.Workers, Progress: m.Report})
}
