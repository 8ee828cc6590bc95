package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"isoloir/bve/minutes"
	"isoloir/bve/totals"
	"isoloir/record"
	"isoloir/scrutin"
)

// addTotals is the command totals.
func addTotals(args []string, stdout, stderr io.Writer) error {
	o := newOperator(stdout, stderr)
	var dir, other, out string
	set := o.flags("totals")
	set.StringVar(&dir, "record", "", "")
	set.StringVar(&other, "other", "", "")
	set.StringVar(&out, "out", "", "")
	if err := o.line(set, args, totalsHelp, func() bool { return dir == "" || other == "" || out == "" }, totalsNeeds); err != nil {
		return err
	}
	s, err := o.source(papers{dir: dir})
	if err != nil {
		return err
	}
	if s.Result == nil {
		return &exit{exitData, errors.New(o.words(notProclaimed))}
	}
	data, err := os.ReadFile(other)
	if err != nil {
		return &exit{exitNoInput, err}
	}
	places, err := o.otherWays(data, s.Manifest)
	if err != nil {
		return err
	}
	result, err := scrutin.Text(s.Result)
	if err != nil {
		return err
	}
	sum, err := totals.Add(s.Manifest, s.Fingerprint, s.Result, scrutin.TextDigest(result), scrutin.DigestOf(data), places)
	if err != nil {
		return &exit{exitData, err}
	}
	text, err := scrutin.Text(sum)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(out, 0o755); err != nil {
		return &exit{exitCannot, err}
	}
	for name, data := range map[string][]byte{"total.csv": sum.CSV(), "total.json": []byte(text)} {
		path := filepath.Join(out, name)
		if _, err := os.Lstat(path); err == nil {
			return &exit{exitCannot, fmt.Errorf(o.words(paperThere), path)}
		}
		if err := record.WriteWhole(path, data); err != nil {
			return &exit{exitIO, err}
		}
	}
	for _, d := range sum.Differences {
		fmt.Fprintf(o.err, o.words(placeDiffers)+"\n", d.Place, d.Urn, d.Question, d.Ballots, d.Marks)
	}
	o.say(totalsMade, filepath.Join(out, "total.json"), len(places), len(sum.Differences), scrutin.TextDigest(text))
	return nil
}

// otherWays reads a file of results, and says every mistake in the operator's language.
func (o *operator) otherWays(data []byte, m *scrutin.Manifest) ([]*totals.Place, error) {
	places, err := totals.Read(bytes.NewReader(data), m)
	return places, o.mistaken(err)
}

// mistaken says the mistakes of a file, each with its line.
func (o *operator) mistaken(err error) error {
	var mistakes totals.Mistakes
	switch {
	case err == nil:
		return nil
	case !errors.As(err, &mistakes):
		return &exit{exitData, err}
	}
	for _, m := range mistakes {
		fmt.Fprintf(o.err, o.words(phrase{"line %d: %s", "ligne %d : %s"})+"\n", m.Line, o.words(phrase{m.English, m.French}))
	}
	return &exit{exitData, fmt.Errorf(o.words(fileMistakes), len(mistakes))}
}

// compareLists is the command clashes.
func compareLists(args []string, stdout, stderr io.Writer) error {
	o := newOperator(stdout, stderr)
	var other string
	set := o.flags("clashes")
	set.StringVar(&other, "other", "", "")
	switch err := o.parse(set, args, totalsHelp); {
	case err != nil:
		return err
	case other == "" || set.NArg() == 0:
		return o.usage(clashesNeeds)
	}
	var lists []*minutes.List
	for _, path := range set.Args() {
		data, err := os.ReadFile(path)
		if err != nil {
			return &exit{exitNoInput, err}
		}
		l, err := scrutin.Parse[minutes.List](string(data))
		if err != nil {
			return &exit{exitData, fmt.Errorf("%s: %w", path, err)}
		}
		lists = append(lists, l)
	}
	f, err := os.Open(other)
	if err != nil {
		return &exit{exitNoInput, err}
	}
	defer f.Close()
	found, err := totals.Clashes(f, lists)
	if err := o.mistaken(err); err != nil {
		return err
	}
	for _, c := range found {
		if c.Absent {
			o.say(onNoList, c.Line, c.Place, c.Family, c.Given, c.Born)
		} else {
			o.say(markedTwice, c.Line, c.Place, c.Family, c.Given, c.Born, c.Urn, c.Order)
		}
	}
	if len(found) > 0 {
		return &exit{exitRefused, fmt.Errorf(o.words(clashesFound), len(found))}
	}
	o.say(noClash)
	return nil
}
