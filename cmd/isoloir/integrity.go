package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"time"

	"isoloir/integrity"
	"isoloir/server"
	"isoloir/server/config"
)

const integrityHelp = `isoloir check-integrity reads the whole store of roll or urn and says what its service did not write (docs/integrity.md).

  isoloir check-integrity -role roll|urn -config FILE [-report FILE]
  isoloir check-integrity -role roll -config FILE -row NAME
  isoloir compare-integrity -config FILE URN-REPORT ROLL-REPORT

check-integrity runs beside the service, or without it, and changes nothing in the store. It prints a line for each finding and
writes the report, signed with the role's key, to FILE, or to standard output. With -row it says which elector a finding means
by "row #NAME": for who works on the roll, and may know it.

compare-integrity is for who was given the reports of both, and needs neither store: for each urn as many émargements as ballots,
or no more between than may be. The configuration tells where the public record is.

Exit codes: 0 nothing was found, and reports agree; 1 something was found, or they do not agree; 64 the command line is wrong;
65 the configuration, a secret, the public record or a report is wrong; 66 a file cannot be read; 73 the report cannot be
written; 74 the store cannot be read; 77 others than its owner can read a secret.
`

func integrityFlags(name string, args []string, stderr io.Writer, set func(*flag.FlagSet)) (*flag.FlagSet, error) {
	f := flag.NewFlagSet(name, flag.ContinueOnError)
	f.SetOutput(io.Discard)
	set(f)
	if err := f.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			fmt.Fprint(stderr, integrityHelp)
			return nil, err
		}
		return nil, &exit{exitUsage, err}
	}
	return f, nil
}

// checkIntegrity is the command of that name.
func checkIntegrity(ctx context.Context, args []string, stdout, stderr io.Writer) (err error) {
	var role, file, report, row string
	set, err := integrityFlags("check-integrity", args, stderr, func(f *flag.FlagSet) {
		f.StringVar(&role, "role", "", "")
		f.StringVar(&file, "config", "", "")
		f.StringVar(&report, "report", "", "")
		f.StringVar(&row, "row", "", "")
	})
	switch {
	case err != nil:
		return err
	case set.NArg() > 0:
		return &exit{exitUsage, fmt.Errorf("%q is one word too many: everything is said by flags", set.Arg(0))}
	case role != "roll" && role != "urn" || row != "" && role != "roll":
		return &exit{exitUsage, errors.New("-role is roll or urn, and roll with -row")}
	case file == "":
		return &exit{exitUsage, errors.New("-config is missing: name the file of the configuration")}
	}
	c, err := config.Read(file)
	if err != nil {
		return refused(err)
	}
	check, err := server.OpenCheck(ctx, c, role, time.Now)
	if err != nil {
		return refused(err)
	}
	defer func() { err = errors.Join(err, check.Shut()) }()
	if row != "" {
		return whose(check, row, stdout)
	}
	return wholeCheck(ctx, check, report, stdout, stderr)
}

// whose says which elector a finding means.
func whose(check *server.StoreCheck, row string, stdout io.Writer) error {
	urn, elector, found := check.Elector(row)
	if !found {
		return &exit{exitRefused, fmt.Errorf("no elector's rows are called #%s", row)}
	}
	fmt.Fprintf(stdout, "urn %s, elector %d\n", urn, elector)
	return nil
}

func wholeCheck(ctx context.Context, check *server.StoreCheck, file string, stdout, stderr io.Writer) error {
	report, signed, err := check.Whole(ctx)
	if err != nil {
		return &exit{exitIO, err}
	}
	out := stderr
	if file != "" {
		out = stdout
		if err := integrity.Replace(file, signed); err != nil {
			return &exit{exitCannot, err}
		}
	} else if _, err := stdout.Write(signed); err != nil {
		return &exit{exitIO, err}
	}
	for i, f := range report.Findings {
		fmt.Fprintf(out, "%3d  %s\n", i+1, f)
	}
	took := report.Ended.Sub(report.Begun.Time)
	if len(report.Findings) > 0 {
		return &exit{exitRefused, fmt.Errorf("%d findings in %d rows (%s): change nothing in the store, and tell the bureau", len(report.Findings), report.Rows, took)}
	}
	fmt.Fprintf(out, "nothing was found in %d rows (%s)\n", report.Rows, took)
	return nil
}

// compareIntegrity is the command of that name.
func compareIntegrity(args []string, stdout, stderr io.Writer) error {
	var file string
	set, err := integrityFlags("compare-integrity", args, stderr, func(f *flag.FlagSet) { f.StringVar(&file, "config", "", "") })
	switch {
	case err != nil:
		return err
	case set.NArg() != 2 || file == "":
		return &exit{exitUsage, errors.New("give -config, and the files of two reports: the urn's, and the roll's")}
	}
	c, err := config.Read(file)
	if err != nil {
		return refused(err)
	}
	p, err := server.OpenPublic(c.Record)
	if err != nil {
		return refused(err)
	}
	defer p.Close()
	var reports []*integrity.Report
	for i, key := range []string{"urn", "roll"} {
		data, err := os.ReadFile(set.Arg(i))
		if err != nil {
			return &exit{exitNoInput, err}
		}
		r, err := p.IntegrityReport(data, key)
		if err != nil {
			return &exit{exitData, fmt.Errorf("%s: %w", set.Arg(i), err)}
		}
		reports = append(reports, r)
	}
	all, err := integrity.Compare(reports[0], reports[1])
	if err != nil {
		return &exit{exitData, err}
	}
	wrong := len(reports[0].Findings) + len(reports[1].Findings)
	for _, c := range all {
		fmt.Fprintf(stdout, "%s: %d ballots, %d marks, %d authorisations held: %s\n", c.Urn, c.Ballots, c.Marks, c.Held, c.Verdict)
		if c.Verdict == integrity.Unequal {
			wrong++
		}
	}
	if wrong > 0 {
		return &exit{exitRefused, fmt.Errorf("%d findings and differences", wrong)}
	}
	return nil
}
