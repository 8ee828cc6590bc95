package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"isoloir/audit"
	"isoloir/record"
	"isoloir/scrutin"
)

// devices reads the public record in a directory: a whole export, or manifest and opening
// record as the portal gives them.
func (s *settings) devices(dir string) (*audit.Devices, *record.Reader, error) {
	if dir == "" {
		return nil, nil, fmt.Errorf("%w: -record is needed: a directory with manifest.json and opening.note", errUsage)
	}
	opt, err := s.options()
	if err != nil {
		return nil, nil, err
	}
	r, err := record.Open(dir)
	if err != nil {
		return nil, nil, fmt.Errorf("%w: %w", errNoExport, err)
	}
	d, err := audit.ReadDevices(r, (*scrutin.Digest)(opt.Fingerprint))
	if err != nil {
		return nil, nil, errors.Join(fmt.Errorf("%w: %w", errNoExport, err), r.Close())
	}
	return d, r, nil
}

// challenged says what ballots held that devices opened instead of casting them.
func challenged(args []string, stdout, stderr io.Writer) int {
	var s settings
	var dir, code string
	set := newFlags("challenge", &s)
	set.StringVar(&dir, "record", "", "")
	set.StringVar(&code, "code", "", "")
	set.StringVar(&s.fingerprint, "fingerprint", "", "")
	if code, done := parse(set, args, stdout, stderr); done {
		return code
	}
	say, err := speaker(s.lang)
	if err != nil {
		return usage(stderr, err)
	}
	if (code == "") == (set.NArg() == 0) {
		return usage(stderr, errors.New("challenge needs -record, and either -code or the files that the page gave"))
	}
	d, export, err := s.devices(dir)
	if err != nil {
		return failure(stderr, err)
	}
	defer export.Close()
	var all []*audit.OpenedBallot
	if code != "" {
		r, err := audit.ParseReceipt(code)
		if err != nil {
			return usage(stderr, err)
		}
		found, err := d.Listed(export, r.Ballot)
		if err != nil {
			return failure(stderr, err)
		}
		if found == nil {
			fmt.Fprintln(stdout, say("unopened"))
			return exitRefused
		}
		all = append(all, found)
	}
	for _, file := range set.Args() {
		data, err := os.ReadFile(file)
		if err != nil {
			return failure(stderr, fmt.Errorf("%w: %w", errIO, err))
		}
		o, err := d.File(data)
		if err != nil {
			return failure(stderr, fmt.Errorf("%w: %s: %w", errUsage, file, err))
		}
		all = append(all, o)
	}
	holds := true
	for _, o := range all {
		holds = holds && o.Refused == ""
	}
	if s.json {
		err = writeJSON(stdout, all)
	} else {
		_, err = io.WriteString(stdout, openedText(say, all))
	}
	switch {
	case err != nil:
		return failure(stderr, fmt.Errorf("%w: %w", errIO, err))
	case !holds:
		return exitRefused
	}
	return exitHolds
}

func openedText(say sayer, all []*audit.OpenedBallot) string {
	var b strings.Builder
	for _, o := range all {
		if o.Refused != "" {
			fmt.Fprintln(&b, say("unverified", o.Code, o.Urn, o.Refused))
			continue
		}
		fmt.Fprintln(&b, say("held", o.Code, o.Urn))
		writeChoices(&b, say, o.Choices)
	}
	return b.String()
}

func writeChoices(b *strings.Builder, say sayer, choices []audit.Chosen) {
	for _, c := range choices {
		option := fmt.Sprintf("%q", c.Option)
		if c.Option == "" {
			option = say("blank")
		}
		fmt.Fprintf(b, "  %q: %s\n", c.Question, option)
	}
}

// scripted prints a delegate's day of checks.
func scripted(args []string, stdout, stderr io.Writer) int {
	var s settings
	var dir, seed, from string
	checks, minutes := 12, 8*60
	set := newFlags("script", &s)
	set.StringVar(&dir, "record", "", "")
	set.StringVar(&seed, "seed", "", "")
	set.StringVar(&from, "from", "09:00", "")
	set.IntVar(&checks, "checks", checks, "")
	set.IntVar(&minutes, "minutes", minutes, "")
	set.StringVar(&s.fingerprint, "fingerprint", "", "")
	if code, done := parse(set, args, stdout, stderr); done {
		return code
	}
	say, err := speaker(s.lang)
	start, badHour := time.Parse("15:04", from)
	switch {
	case err != nil:
		return usage(stderr, err)
	case badHour != nil:
		return usage(stderr, fmt.Errorf("-from %q: give an hour as 09:00", from))
	case seed == "" || set.NArg() > 0:
		return usage(stderr, errors.New("script needs -record, and -seed: a file with what was drawn in public"))
	case checks < 1 || checks > 10_000 || minutes < 1 || minutes > 24*60:
		return usage(stderr, errors.New("-checks is from 1 to 10000, -minutes from 1 to 1440"))
	}
	d, export, err := s.devices(dir)
	if err != nil {
		return failure(stderr, err)
	}
	defer export.Close()
	drawn, err := os.ReadFile(seed)
	if err != nil {
		return failure(stderr, fmt.Errorf("%w: %w", errIO, err))
	}
	script, digest := d.Script(drawn, checks, minutes)
	if s.json {
		return printed(stderr, writeJSON(stdout, script))
	}
	var b strings.Builder
	fmt.Fprintln(&b, say("seed", digest))
	for _, c := range script {
		at := start.Add(time.Duration(c.Minute) * time.Minute)
		fmt.Fprintln(&b, say("ask", at.Format("15:04"), c.Number, c.Urn))
		writeChoices(&b, say, c.Choices)
	}
	_, err = io.WriteString(stdout, b.String())
	return printed(stderr, err)
}
