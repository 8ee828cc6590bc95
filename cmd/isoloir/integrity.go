package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"isoloir/integrity"
	"isoloir/server"
	"isoloir/server/config"
)

// checkIntegrity is the command of that name.
func checkIntegrity(ctx context.Context, args []string, stdout, stderr io.Writer) (err error) {
	var role, file, report, row string
	o := newOperator(stdout, stderr)
	set := o.flags("check-integrity")
	set.StringVar(&role, "role", "", "")
	set.StringVar(&file, "config", "", "")
	set.StringVar(&report, "report", "", "")
	set.StringVar(&row, "row", "", "")
	switch err := o.parse(set, args, integrityHelp); {
	case err != nil:
		return err
	case set.NArg() > 0:
		return o.usage(oneWordTooMany, set.Arg(0))
	case role != "roll" && role != "urn" || row != "" && role != "roll":
		return o.usage(integrityRole)
	case file == "":
		return o.usage(integrityConfig)
	}
	c, err := config.Read(file)
	if err != nil {
		return o.explain(refused(err))
	}
	check, err := server.OpenCheck(ctx, c, role, time.Now)
	if err != nil {
		return o.explain(refused(err))
	}
	defer func() { err = errors.Join(err, check.Shut()) }()
	if row != "" {
		return o.whose(check, row)
	}
	return o.wholeCheck(ctx, check, report)
}

// whose says which elector a finding means.
func (o *operator) whose(check *server.StoreCheck, row string) error {
	urn, elector, found := check.Elector(row)
	if !found {
		return &exit{exitRefused, fmt.Errorf(o.words(nobodysRow), row)}
	}
	o.say(somebodysRow, urn, elector)
	return nil
}

func (o *operator) wholeCheck(ctx context.Context, check *server.StoreCheck, file string) error {
	report, signed, err := check.Whole(ctx)
	if err != nil {
		return o.explain(&exit{exitIO, err})
	}
	out := o.err
	if file != "" {
		out = o.out
		if err := integrity.Replace(file, signed); err != nil {
			return &exit{exitCannot, err}
		}
	} else if _, err := o.out.Write(signed); err != nil {
		return &exit{exitIO, err}
	}
	for i, f := range report.Findings {
		fmt.Fprintf(out, "%3d  %s\n", i+1, o.words(phrase{f.String(), f.French()}))
	}
	took := report.Ended.Sub(report.Begun.Time)
	if len(report.Findings) > 0 {
		return &exit{exitRefused, fmt.Errorf(o.words(somethingFound), len(report.Findings), report.Rows, took)}
	}
	fmt.Fprintf(out, o.words(nothingFound)+"\n", report.Rows, took)
	return nil
}

// compareIntegrity is the command of that name.
func compareIntegrity(args []string, stdout, stderr io.Writer) error {
	var file string
	o := newOperator(stdout, stderr)
	set := o.flags("compare-integrity")
	set.StringVar(&file, "config", "", "")
	switch err := o.parse(set, args, integrityHelp); {
	case err != nil:
		return err
	case set.NArg() != 2 || file == "":
		return o.usage(twoReports)
	}
	c, err := config.Read(file)
	if err != nil {
		return o.explain(refused(err))
	}
	p, err := server.OpenPublic(c.Record)
	if err != nil {
		return o.explain(refused(err))
	}
	defer p.Close()
	var reports []*integrity.Report
	for i, role := range []string{"urn", "roll"} {
		data, err := os.ReadFile(set.Arg(i))
		if err != nil {
			return o.explain(&exit{exitNoInput, err})
		}
		r, err := p.IntegrityReport(data, role)
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
		o.say(besideEachOther, c.Urn, c.Ballots, c.Marks, c.Held, o.words(verdicts[c.Verdict]))
		if c.Verdict == integrity.Unequal {
			wrong++
		}
	}
	if wrong > 0 {
		return &exit{exitRefused, fmt.Errorf(o.words(notTheSame), wrong)}
	}
	return nil
}
