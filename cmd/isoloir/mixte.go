package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"math/big"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"isoloir/mixte"
	"isoloir/mixte/assemblee"
	"isoloir/record"
)

// mixteHelp is the help of the command mixte: the term is the French one, English has none.
const mixteHelp = `isoloir mixte weighs public ballots of the Assemblée nationale with the votes of citizens (docs/mixte.md).

  isoloir mixte -data DIR -scrutin N|all [-citizens FILE|RATE] [flags]

DIR holds deputes.csv, scrutins_1_2000.csv, matrice_votes_1_2000.csv and mises_au_point_1_2000.csv. Without citizens the
result must be the published one. FILE is CSV in UTF-8 with the columns urn,option,ballots: urn is a constituency, as 75-02
(ZZ-01: French citizens abroad), option pour, contre, blanc or nul. RATE, from 0 to 1 with at most six decimals, is the part
of the electors who vote directly: citizens are then drawn by lot. A file whose name is a number is written ./NAME.

  -data DIR           the published files
  -scrutin N          number of the ballot, or all: one line for each
  -citizens FILE|RATE the citizens who vote directly (default: none)
  -seed N             draws the citizens of RATE, with the ballot's number (default 1)
  -k N                smallest number of direct ballots opened in a constituency (default 20)
  -absent RULE        direct voters of an absent member: counted or zero (default counted)
  -scale SCALE        a citizen is one among those of his constituency or of the territory (default constituency)
  -csv FILE           write the table of constituencies and weights
  -json FILE          write the statement: provisional without citizens, definitive with them
  -provisional FILE   the statement that the definitive one replaces; says whether it confirms or reverses it

Exit codes: 0 done; 1 what was published contradicts itself (ballot 1), or is not the result; 64 the command line is wrong;
65 a file is wrong; 66 a file cannot be read; 74 writing failed.
`

// mixteSettings is the command line of mixte.
type mixteSettings struct {
	data, scrutin, citizens string
	csv, json, provisional  string
	absent, scale           string
	seed                    uint64
	k                       int
	rate                    *big.Rat // nil: citizens names a file, or nobody
}

var rateForm = regexp.MustCompile(`^(0|1|0\.[0-9]{1,6}|1\.0{1,6})$`)

func mixteFlags(args []string, stderr io.Writer) (*mixteSettings, error) {
	s := &mixteSettings{}
	set := flag.NewFlagSet("mixte", flag.ContinueOnError)
	set.SetOutput(io.Discard)
	set.StringVar(&s.data, "data", "", "")
	set.StringVar(&s.scrutin, "scrutin", "", "")
	set.StringVar(&s.citizens, "citizens", "", "")
	set.StringVar(&s.csv, "csv", "", "")
	set.StringVar(&s.json, "json", "", "")
	set.StringVar(&s.provisional, "provisional", "", "")
	set.StringVar(&s.absent, "absent", mixte.Counted, "")
	set.StringVar(&s.scale, "scale", mixte.Constituency, "")
	set.Uint64Var(&s.seed, "seed", 1, "")
	set.IntVar(&s.k, "k", 20, "")
	if err := set.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			fmt.Fprint(stderr, mixteHelp)
			return nil, err
		}
		return nil, &exit{exitUsage, err}
	}
	wrong := func(form string, args ...any) (*mixteSettings, error) {
		return nil, &exit{exitUsage, fmt.Errorf(form, args...)}
	}
	switch {
	case set.NArg() > 0:
		return wrong("%q is one word too many: everything is said by flags", set.Arg(0))
	case s.data == "":
		return wrong("-data is missing: name the directory of the published files")
	case s.scrutin == "":
		return wrong("-scrutin is missing: give the number of a ballot, or all")
	case s.absent != mixte.Counted && s.absent != mixte.Zero:
		return wrong("-absent is %q: write counted or zero", s.absent)
	case s.scale != mixte.Constituency && s.scale != mixte.Territory:
		return wrong("-scale is %q: write constituency or territory", s.scale)
	case s.k < 1:
		return wrong("-k is %d: write 1 or more", s.k)
	case s.scrutin == "all" && (s.csv != "" || s.json != "" || s.provisional != ""):
		return wrong("-csv, -json and -provisional are for one ballot: give its number")
	case s.provisional != "" && s.citizens == "":
		return wrong("-provisional is for a definitive result: give the citizens too")
	}
	if n, err := strconv.Atoi(s.scrutin); s.scrutin != "all" && (err != nil || n < 1) {
		return wrong("-scrutin is %q: give the number of a ballot, or all", s.scrutin)
	}
	if rateForm.MatchString(s.citizens) {
		s.rate, _ = new(big.Rat).SetString(s.citizens)
	} else if _, err := strconv.ParseFloat(s.citizens, 64); err == nil {
		return wrong("-citizens is %s: a rate goes from 0 to 1 with at most six decimals; write ./%s for a file of that name", s.citizens, s.citizens)
	}
	return s, nil
}

// weigh is the command mixte.
func weigh(args []string, stdout, stderr io.Writer) error {
	s, err := mixteFlags(args, stderr)
	if err != nil {
		return err
	}
	data, err := assemblee.Load(os.DirFS(s.data))
	var path *fs.PathError
	switch {
	case errors.Is(err, assemblee.ErrData):
		return &exit{exitData, err}
	case errors.As(err, &path):
		return &exit{exitNoInput, fmt.Errorf("%s: %s cannot be read: %w", s.data, path.Path, path.Err)}
	case err != nil:
		return &exit{exitNoInput, err}
	}
	if s.scrutin == "all" {
		return s.all(data, stdout, stderr)
	}
	n, _ := strconv.Atoi(s.scrutin)
	if n > len(data.Ballots) {
		return &exit{exitUsage, fmt.Errorf("-scrutin is %d: the files end at %d", n, len(data.Ballots))}
	}
	return s.one(data, &data.Ballots[n-1], stdout)
}

// vote returns a ballot with its citizens, weighed.
func (s *mixteSettings) vote(data *assemblee.Data, b *assemblee.Ballot) (*mixte.Statement, error) {
	v := &mixte.Statement{Status: mixte.Definitive, Decision: b.Title, Rules: assemblee.Rules(s.scale, s.absent, s.k), Members: data.Members(b)}
	v.Electorates = slices.Clone(data.Electorates)
	switch {
	case s.rate != nil:
		v.Groups = data.Synthetic(v.Rules, s.rate, s.seed<<16^uint64(b.Number))
	case s.citizens == "":
		v.Status = mixte.Provisional
	default:
		file, err := os.Open(s.citizens)
		if err != nil {
			return nil, &exit{exitNoInput, fmt.Errorf("the citizens' ballots cannot be read: %w", err)}
		}
		defer file.Close()
		if err := v.ReadCSV(v.Rules, file); err != nil {
			return nil, &exit{exitData, fmt.Errorf("%s is refused: %w", s.citizens, err)}
		}
	}
	r, err := mixte.Compute(v.Rules, v.Members, v.Groups)
	if err != nil {
		return nil, err
	}
	v.Result = *r
	return v, nil
}

// compare holds the members alone against what was published.
func compare(data *assemblee.Data, b *assemblee.Ballot, v *mixte.Statement) error {
	alone, err := mixte.Compute(v.Rules, v.Members, mixte.Groups{Electorates: data.Electorates})
	if err != nil {
		return err
	}
	if err := b.Compare(alone); err != nil {
		return &exit{exitRefused, err}
	}
	return nil
}

// one weighs one ballot and writes what was asked for, before it says that what was published contradicts itself.
func (s *mixteSettings) one(data *assemblee.Data, b *assemblee.Ballot, stdout io.Writer) error {
	v, err := s.vote(data, b)
	if err != nil {
		return err
	}
	var before *mixte.Statement
	if s.provisional != "" {
		if before, err = s.follow(v); err != nil {
			return err
		}
	}
	text, err := v.Text()
	if err != nil {
		return err
	}
	if err := s.write(v.Result.CSV(v.Rules), []byte(text)); err != nil {
		return &exit{exitIO, err}
	}
	if _, err := stdout.Write(mixteReport(b, v, before)); err != nil {
		return &exit{exitIO, err}
	}
	return compare(data, b, v)
}

// write writes the files that were asked for, both or none.
func (s *mixteSettings) write(table, statement []byte) error {
	var written []string
	for _, x := range []struct {
		path string
		data []byte
	}{{s.csv, table}, {s.json, statement}} {
		if x.path == "" {
			continue
		}
		_, err := os.Lstat(x.path)
		if errors.Is(err, fs.ErrNotExist) {
			written = append(written, x.path)
		}
		if err := record.WriteWhole(x.path, x.data); err != nil {
			for _, path := range written {
				os.Remove(path)
			}
			return err
		}
	}
	return nil
}

// follow refers v to the provisional statement, which it must follow.
func (s *mixteSettings) follow(v *mixte.Statement) (*mixte.Statement, error) {
	text, err := os.ReadFile(s.provisional)
	if err != nil {
		return nil, &exit{exitNoInput, fmt.Errorf("the provisional statement cannot be read: %w", err)}
	}
	before, err := mixte.Parse(string(text))
	if err == nil {
		v.Provisional = mixte.Digest(string(text))
		err = v.Follow(before, string(text))
	}
	if err != nil {
		return nil, &exit{exitData, fmt.Errorf("%s is refused: %w", s.provisional, err)}
	}
	return before, nil
}

// all prints a line for each ballot, and then says which contradict themselves.
func (s *mixteSettings) all(data *assemblee.Data, stdout, stderr io.Writer) error {
	if _, err := fmt.Fprintln(stdout, "ballot,date,type,published,members_pour,members_contre,citizens_pour,citizens_contre,mixed_pour,mixed_contre,mixed"); err != nil {
		return &exit{exitIO, err}
	}
	var contradictions []string
	reversed := 0
	for i := range data.Ballots {
		b := &data.Ballots[i]
		v, err := s.vote(data, b)
		if err != nil {
			return err
		}
		var found *exit
		if err := compare(data, b, v); errors.As(err, &found) {
			contradictions = append(contradictions, found.Error())
		} else if err != nil {
			return err
		}
		r := &v.Result
		adopted := b.Adopted(&r.Mixed)
		if adopted != b.Summary.Adopted {
			reversed++
		}
		_, err = fmt.Fprintf(stdout, "%d,%s,%s,%s,%s,%s,%s,%s,%s,%s,%s\n", b.Number, b.Date, b.Type, outcome(b.Summary.Adopted),
			r.Members.Options[0].Decimal(0), r.Members.Options[1].Decimal(0), r.Citizens.Options[0].Decimal(0), r.Citizens.Options[1].Decimal(0),
			r.Mixed.Options[0].Decimal(6), r.Mixed.Options[1].Decimal(6), outcome(adopted))
		if err != nil {
			return &exit{exitIO, err}
		}
	}
	fmt.Fprintf(stderr, "isoloir: %d ballots, of which citizens reverse %d\n", len(data.Ballots), reversed)
	if len(contradictions) > 0 {
		return &exit{exitRefused, errors.New(strings.Join(contradictions, "\n"))}
	}
	return nil
}
