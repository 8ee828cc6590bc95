package totals_test

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"isoloir/bve/minutes"
	"isoloir/bve/minutes/minutestest"
	"isoloir/bve/totals"
	"isoloir/scrutin"
)

// paper is a file of results: each place of each urn gives so many to each choice.
func paper(m *scrutin.Manifest, places, each int) string {
	var b strings.Builder
	b.WriteString(totals.Head + "\n")
	for _, q := range m.Questions {
		for _, urn := range q.Urns {
			for place := range places {
				line := func(option string, n int) { fmt.Fprintf(&b, "Bureau %d,%s,%s,%s,%d\n", place+1, urn, q.ID, option, n) }
				for _, o := range q.Options {
					line(o.ID, each)
				}
				line(totals.Blank, 2)
				line(totals.Nul, 1)
				line(totals.Marks, each*len(q.Options)+3)
			}
		}
	}
	return b.String()
}

// S004-21d: the result by Internet and those of the stations are added, choice by choice, and every total is the sum.
func TestAdd(t *testing.T) {
	v := minutestest.New(t)
	v.Result.Opening = scrutin.DigestOf([]byte("o"))
	for i := range v.Result.Cells {
		v.Result.Cells[i].Electors = 400
	}
	file := paper(v.Manifest, 3, 7)
	places, err := totals.Read(strings.NewReader(file), v.Manifest)
	if err != nil {
		t.Fatal(err)
	}
	sum, err := totals.Add(v.Manifest, v.Fingerprint, v.Result, scrutin.DigestOf([]byte("r")), scrutin.DigestOf([]byte(file)), places)
	if err != nil {
		t.Fatal(err)
	}
	text, err := scrutin.Text(sum)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := scrutin.Parse[totals.Total](text); err != nil {
		t.Fatal(err)
	}
	for i, c := range sum.Cells {
		urns := len(v.Result.Cells[i].Urns)
		for j, q := range c.Questions {
			want := v.Result.Cells[i].Questions[j]
			for k, r := range q.Rows[:len(q.Rows)-2] {
				if r.Internet != want.Options[k].Ballots || r.Other != 21*urns || r.Total != r.Internet+r.Other {
					t.Errorf("%s, %s: %+v", c.Cell, q.Question, r)
				}
			}
			if blank := q.Rows[len(q.Rows)-2]; blank.Option != "blanc" || blank.Total != want.Blank+6*urns {
				t.Errorf("blank: %+v", blank)
			}
		}
		if c.Other == 0 || len(sum.Differences) != 0 {
			t.Errorf("%d marks, differences %v", c.Other, sum.Differences)
		}
	}
	if lines := bytes.Count(sum.CSV(), []byte("\n")); lines < 2 {
		t.Errorf("%d lines of CSV", lines)
	}
	sum.Cells[0].Questions[0].Rows[0].Total++
	if _, err := scrutin.Text(sum); !errors.Is(err, scrutin.ErrMalformed) {
		t.Errorf("a total that is no sum: %v", err)
	}
}

// A place that counted another number of ballots than it has marks is named.
func TestDifference(t *testing.T) {
	v := minutestest.New(t)
	v.Result.Opening = scrutin.DigestOf([]byte("o"))
	for i := range v.Result.Cells {
		v.Result.Cells[i].Electors = 400
	}
	file := strings.Replace(paper(v.Manifest, 1, 7), ",nul,1", ",nul,2", 1)
	places, err := totals.Read(strings.NewReader(file), v.Manifest)
	if err != nil {
		t.Fatal(err)
	}
	sum, err := totals.Add(v.Manifest, v.Fingerprint, v.Result, v.Fingerprint, v.Fingerprint, places)
	if err != nil || len(sum.Differences) != 1 || sum.Differences[0].Ballots != sum.Differences[0].Marks+1 {
		t.Fatalf("%+v, %v", sum.Differences, err)
	}
}

// More voters, by all ways together, than are registered are named.
func TestTooMany(t *testing.T) {
	v := minutestest.New(t)
	v.Result.Opening = scrutin.DigestOf([]byte("o"))
	places, err := totals.Read(strings.NewReader(paper(v.Manifest, 1, 7)), v.Manifest)
	if err != nil {
		t.Fatal(err)
	}
	sum, err := totals.Add(v.Manifest, v.Fingerprint, v.Result, v.Fingerprint, v.Fingerprint, places)
	if err != nil || len(sum.Differences) != len(sum.Cells) || sum.Differences[0].Ballots <= sum.Differences[0].Marks {
		t.Fatalf("%+v, %v", sum.Differences, err)
	}
}

// A file that does not say everything is refused, by its line, in both languages.
func TestMistakes(t *testing.T) {
	m := minutestest.New(t).Manifest
	good := paper(m, 1, 7)
	first := strings.SplitAfter(good, "\n")[1]
	urn := m.Questions[0].Urns[0]
	for name, c := range map[string]struct {
		file string
		line int
	}{
		"no head":        {strings.TrimPrefix(good, totals.Head+"\n"), 1},
		"empty":          {"", 1},
		"a line lacking": {strings.Replace(good, first, "", 1), 2},
		"twice":          {good + first, strings.Count(good, "\n") + 1},
		"unknown option": {good + "Bureau 1," + urn + ",,autre,1\n", strings.Count(good, "\n") + 1},
		"unknown urn":    {good + "Bureau 1,nulle-part,,blanc,1\n", strings.Count(good, "\n") + 1},
		"no number":      {strings.Replace(good, ",7\n", ",07\n", 1), 2},
		"negative":       {strings.Replace(good, ",7\n", ",-7\n", 1), 2},
		"no place":       {strings.Replace(good, "Bureau 1", "", 1), 2},
		"four fields":    {strings.Replace(good, ",7\n", "\n", 1), 2},
	} {
		_, err := totals.Read(strings.NewReader(c.file), m)
		var mistakes totals.Mistakes
		if !errors.As(err, &mistakes) || !slices.ContainsFunc(mistakes, func(x totals.Mistake) bool { return x.Line == c.line && x.English != "" && x.French != "" }) {
			t.Errorf("%s: %v, want a mistake in line %d", name, err, c.line)
		}
	}
}

// S004-02b: who is marked in both is named, whatever the capitals; who is on no list is named; nobody else is.
func TestClashes(t *testing.T) {
	v := minutestest.New(t)
	people := []minutes.Elector{{Family: "Éluard", Given: "Anne  Marie", Born: "1971-05-24", Voted: true}, {Family: "Dubois", Given: "Paul", Born: "1980-01-02"}, {Family: "Dubois", Given: "Paul", Born: "1981-01-02", Voted: true}}
	l, err := minutes.MakeList(v.Manifest, v.Fingerprint, v.Fingerprint, v.Manifest.Urns[0].ID, "", v.Manifest.Schedule.Close, "fr", func(yield func(minutes.Elector, error) bool) {
		for _, p := range people {
			if !yield(p, nil) {
				return
			}
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	file := totals.ListHead + "\nBureau 1,E\u0301LUARD,anne Marie,1971-05-24\nBureau 1,Dubois,Paul,1980-01-02\nBureau 2,Inconnu,Jean,1950-12-31\n"
	found, err := totals.Clashes(strings.NewReader(file), []*minutes.List{l})
	if err != nil {
		t.Fatal(err)
	}
	if len(found) != 2 || found[0].Line != 2 || found[0].Order != "1" || found[0].Absent || found[1].Line != 4 || !found[1].Absent {
		t.Errorf("%+v", found)
	}
	other := *l
	other.Manifest[0] ^= 1
	if _, err := totals.Clashes(strings.NewReader(file), []*minutes.List{l, &other}); !errors.Is(err, totals.ErrOtherList) {
		t.Errorf("lists of two scrutins: %v", err)
	}
	for _, bad := range []string{"", "a,b\n", totals.ListHead + "\nBureau 1,X,Y,24/05/1971\n", totals.ListHead + "\nBureau 1,,Y,1971-05-24\n"} {
		if _, err := totals.Clashes(strings.NewReader(bad), []*minutes.List{l}); err == nil {
			t.Errorf("%q is taken for a list", bad)
		}
	}
}

func FuzzRead(f *testing.F) {
	m := minutestest.New(f).Manifest
	f.Add(paper(m, 1, 7))
	f.Fuzz(func(t *testing.T, file string) {
		places, err := totals.Read(strings.NewReader(file), m)
		if err != nil {
			return
		}
		for _, p := range places {
			if p.Name == "" || p.Ballots() < 0 {
				t.Fatalf("%+v", p)
			}
		}
	})
}
