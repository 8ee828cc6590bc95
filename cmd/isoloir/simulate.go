package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
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
	votes, out, lang string
	json, quiet      bool
}

// flags reads the command line of demo or simulate.
func flags(name, title string, args []string, stderr io.Writer) (*settings, error) {
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
	set.StringVar(&s.Title, "title", title, "")
	set.StringVar(&s.lang, "lang", systemLanguage(), "")
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
	case s.lang != string(audit.English) && s.lang != string(audit.French):
		return nil, &exit{exitUsage, fmt.Errorf("-lang %q: give en or fr", s.lang)}
	}
	if err := s.Check(); err != nil {
		return nil, &exit{exitUsage, err}
	}
	return s, nil
}

func simulate(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	s, err := flags("simulate", "Scrutin", args, stderr)
	if err != nil {
		return err
	}
	if s.Votes, err = readVotes(s.votes); err != nil {
		return err
	}
	return s.replay(ctx, stdout, stderr)
}

func readVotes(name string) ([]replay.UrnResult, error) {
	file, err := os.Open(name)
	if err != nil {
		return nil, &exit{exitNoInput, fmt.Errorf("the results file cannot be read: %w", err)}
	}
	defer file.Close()
	if info, err := file.Stat(); err == nil && info.IsDir() {
		return nil, &exit{exitNoInput, fmt.Errorf("%s is a directory: name the results file in it", name)}
	}
	votes, err := replay.ParseVotes(file)
	var unread *fs.PathError
	switch {
	case errors.As(err, &unread):
		return nil, &exit{exitNoInput, fmt.Errorf("the results file cannot be read: %w", err)}
	case err != nil:
		return nil, &exit{exitData, fmt.Errorf("%s is refused:\n%w", name, err)}
	}
	return votes, nil
}

// replay runs the procedure, audits the export, and compares the result with the file. An interruption ends it wherever it is: every file of an
// export is there whole or not at all, and the one that makes it complete comes last.
func (s *settings) replay(ctx context.Context, stdout, stderr io.Writer) error {
	done := make(chan error, 1)
	go func() { done <- s.run(ctx, stdout, stderr) }()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// An account is what -json prints.
type account struct {
	Fingerprint string        `json:"fingerprint"`
	Export      string        `json:"export"`
	Electors    int           `json:"electors"`
	Ballots     int           `json:"ballots"`
	Verdict     audit.Verdict `json:"verdict"`
	Exact       bool          `json:"exact"` // the table of results is that of the file
	Steps       []figure      `json:"steps"`
}

// A figure is what one step cost.
type figure struct {
	Step      string  `json:"step"`
	Seconds   float64 `json:"seconds"`
	Processor float64 `json:"processor_seconds"`
	PeakMB    int64   `json:"peak_mb"`
}

func (s *settings) run(ctx context.Context, stdout, stderr io.Writer) error {
	if s.quiet {
		stderr = io.Discard
	}
	m := meter.New(stderr)
	defer m.End()
	told := stdout
	if s.json {
		told = stderr
	}
	tell := story{told, audit.Language(s.lang)}
	var steps []figure
	note := func(step string, c replay.Cost) {
		steps = append(steps, figure{step, c.Took.Seconds(), c.Processor.Seconds(), c.Peak >> 20})
		m.End()
		tell.step(step, c)
	}
	tell.begin(s.Options)
	out, err := replay.Run(ctx, s.Options, s.out, time.Now(), replay.Watcher{Stage: m.Report, Step: note})
	switch {
	case errors.Is(err, replay.ErrOutput):
		return &exit{exitCannot, err}
	case errors.Is(err, replay.ErrVotes):
		return &exit{exitData, err}
	case err != nil:
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
	note(auditStep, cost)
	different := out.Compare(s.Votes)
	if s.json {
		err = json.NewEncoder(stdout).Encode(account{out.Fingerprint.String(), out.Export, out.Manifest.Electors(), out.Ballots,
			report.Verdict, different == nil, steps})
	} else {
		err = tell.end(report, out, different == nil)
	}
	switch {
	case err != nil:
		return &exit{exitIO, err}
	case !report.Holds():
		return &exit{exitRefused, errors.New("the auditor refuses the export")}
	case ofDisk(different):
		return different
	case different != nil:
		return &exit{exitRefused, different}
	}
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
