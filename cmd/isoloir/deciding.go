package main

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"isoloir/bve/deciding"
	"isoloir/bve/totals"
	"isoloir/mixte"
	"isoloir/record"
	"isoloir/scrutin"
)

// decide is the command decide.
func decide(args []string, stdout, stderr io.Writer) error {
	o := newOperator(stdout, stderr)
	command := ""
	if len(args) > 0 {
		command, args = args[0], args[1:]
	}
	x := &decision{operator: &o}
	set := o.flags("decide " + command)
	for name, to := range map[string]*string{"record": &x.record, "minutes": &x.sheet.Minutes, "urn": &x.sheet.Urn, "station": &x.sheet.Station,
		"keys": &x.keys, "counts": &x.counts, "question": &x.question, "members": &x.members, "text": &x.text, "out": &x.out} {
		set.StringVar(to, name, "", "")
	}
	set.BoolVar(&x.provisional, "provisional", false, "")
	does, needs := map[string]func() error{"paper": x.paper, "statement": x.statement, "adopt": x.adopt}[command],
		map[string][]*string{"paper": {&x.record, &x.sheet.Minutes, &x.sheet.Urn, &x.sheet.Station, &x.keys, &x.out},
			"statement": {&x.record, &x.question, &x.members, &x.out}, "adopt": {&x.record, &x.text}}[command]
	if does == nil {
		fmt.Fprint(stderr, o.words(decideHelp))
		if command == "help" || command == "-h" {
			return nil
		}
		return o.usage(decideNeeds)
	}
	if err := o.parse(set, args, decideHelp); err != nil {
		return err
	}
	x.signed = set.Args()
	if slices.ContainsFunc(needs, func(s *string) bool { return *s == "" }) || (command == "adopt") != (len(x.signed) > 0) {
		return o.usage(decideNeeds)
	}
	err := does()
	var e *exit
	switch {
	case err == nil, errors.As(err, &e):
		return err
	case errors.Is(err, fs.ErrNotExist):
		return &exit{exitNoInput, err}
	case errors.Is(err, fs.ErrExist):
		return &exit{exitCannot, err}
	}
	return &exit{exitData, err}
}

// decision is the command line of decide.
type decision struct {
	*operator
	record, keys, counts, question, members, text, out string
	sheet                                              deciding.Sheet
	provisional                                        bool
	signed                                             []string
}

func (x *decision) desk() (*deciding.Desk, *record.Reader, error) {
	in, err := record.Open(x.record)
	if err != nil {
		return nil, nil, err
	}
	d, err := deciding.Sit(in)
	if err != nil {
		in.Close()
		return nil, nil, err
	}
	return d, in, nil
}

// paper draws up minutes of votes on paper: NAME.json, whose text members sign, and NAME.keys.
func (x *decision) paper() error {
	d, in, err := x.desk()
	if err != nil {
		return err
	}
	defer in.Close()
	text, err := os.ReadFile(x.keys)
	if err != nil {
		return err
	}
	keys, err := deciding.ReadKeys(string(text))
	if err != nil {
		return err
	}
	if x.counts != "" {
		counts, err := os.ReadFile(x.counts)
		if err != nil {
			return err
		}
		x.sheet.Counts = bytes.NewReader(counts)
	}
	minutes, file, clashes, err := d.Paper(x.sheet, keys)
	var mistakes totals.Mistakes
	switch {
	case errors.As(err, &mistakes):
		return x.mistaken(err)
	case err != nil:
		return err
	case len(clashes) > 0:
		for _, c := range clashes {
			x.say(clashOf(c), c.Voter, c.Account, c.Minutes)
		}
		return &exit{exitRefused, fmt.Errorf(x.words(paperClashes), len(clashes), len(keys))}
	}
	drawn, err := scrutin.Text(minutes)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(x.out, 0o755); err != nil {
		return &exit{exitCannot, err}
	}
	path := filepath.Join(x.out, minutes.Minutes)
	if err := fresh(path+".keys", file); err != nil {
		return err
	}
	if err := fresh(path+".json", []byte(drawn)); err != nil {
		return err
	}
	x.say(paperDrawn, path+".json", minutes.Voters, scrutin.TextDigest(drawn))
	return nil
}

// clashOf says why a voter on paper is not to be counted.
func clashOf(c deciding.Clash) phrase {
	switch {
	case errors.Is(c.Why, deciding.ErrTwice) && c.Minutes != "":
		return paperTwice
	case errors.Is(c.Why, deciding.ErrTwice):
		return paperTwiceHere
	case errors.Is(c.Why, deciding.ErrInUrn):
		return paperInUrn
	case errors.Is(c.Why, deciding.ErrUnknown):
		return paperUnknown
	}
	return paperUnproven
}

// statement draws up what members and citizens have decided.
func (x *decision) statement() error {
	d, in, err := x.desk()
	if err != nil {
		return err
	}
	defer in.Close()
	f, err := os.Open(x.members)
	if err != nil {
		return err
	}
	defer f.Close()
	members, err := readMembers(f)
	if err != nil {
		return err
	}
	status := mixte.Definitive
	if x.provisional {
		status = mixte.Provisional
	}
	s, err := d.Statement(x.question, status, members)
	if err != nil {
		return err
	}
	text, err := s.Text()
	if err != nil {
		return err
	}
	if err := fresh(x.out, []byte(text)); err != nil {
		return err
	}
	q, _ := d.Manifest.Question(x.question)
	for i, option := range q.Options {
		x.say(decidedOption, option.Label, s.Result.Members.Options[i].Decimal(0), s.Result.Citizens.Options[i].Decimal(0), s.Result.Mixed.Options[i].Decimal(6))
	}
	x.say(statementDrawn, x.out, s.Status, mixte.Digest(text))
	return nil
}

// membersHead is the first line of a file of the members' votes.
const membersHead = "id,label,electorate,list,position"

// readMembers reads what each member voted, a line each, CSV in UTF-8.
func readMembers(in io.Reader) ([]mixte.Member, error) {
	lines, err := csv.NewReader(in).ReadAll()
	if err != nil || len(lines) == 0 || strings.Join(lines[0], ",") != membersHead {
		return nil, errors.Join(err, fmt.Errorf("the members' votes are CSV, and its first line is %s", membersHead))
	}
	members := []mixte.Member{}
	for _, f := range lines[1:] {
		members = append(members, mixte.Member{ID: f[0], Label: f[1], Electorate: f[2], List: f[3], Position: f[4]})
	}
	return members, nil
}

// adopt puts what enough members signed into the record.
func (x *decision) adopt() error {
	d, in, err := x.desk()
	if err != nil {
		return err
	}
	defer in.Close()
	text, err := os.ReadFile(x.text)
	if err != nil {
		return err
	}
	keys, err := os.ReadFile(strings.TrimSuffix(x.text, ".json") + ".keys")
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	var signed [][]byte
	for _, path := range x.signed {
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		signed = append(signed, data)
	}
	out, err := record.Beside(x.record)
	if err != nil {
		return err
	}
	defer out.Close()
	path, err := d.Adopt(out, string(text), keys, signed...)
	if err != nil {
		return err
	}
	x.say(decisionAdopted, filepath.Join(x.record, filepath.FromSlash(path)))
	return nil
}

// fresh writes a file that is not there.
func fresh(path string, data []byte) error {
	if _, err := os.Lstat(path); err == nil {
		return fmt.Errorf("%s: %w", path, fs.ErrExist)
	}
	if err := record.WriteWhole(path, data); err != nil {
		return &exit{exitIO, err}
	}
	return nil
}
