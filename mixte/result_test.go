package mixte_test

import (
	"errors"
	"reflect"
	"strings"
	"testing"

	"isoloir/mixte"
	"isoloir/scrutin"
	"isoloir/scrutin/scrutintest"
)

// opened is the manifest, seal and result of four urns; the last two, too small, are one cell. k is 5.
func opened(t *testing.T) (*scrutin.Manifest, []scrutin.Finding, *scrutin.Result) {
	f := scrutintest.New(t, scrutintest.Options{Urns: 4, Electors: 100, Choices: 2, MinSize: 5, Edit: func(m *scrutin.Manifest) {
		m.Scrutin.Profile = scrutin.Assembly
		m.Weight = scrutin.Weight{Rule: "mixed", Absent: "counted", Several: "equal"}
		for i := range m.Urns {
			m.Urns[i].Represented, m.Urns[i].Members = 100, 1
		}
		m.MergeLists = []scrutin.MergeList{{ID: "small", Urns: []string{"urn-3", "urn-4"}}}
	}})
	cell := func(name string, one, two, blank int) scrutin.CellResult {
		n := one + two + blank
		return scrutin.CellResult{Cell: name, Urns: strings.Split(name, "+"), Electors: 100, Marks: n, Ballots: n, Questions: []scrutin.QuestionResult{
			{Question: "question-1", Options: []scrutin.OptionCount{{Option: "option-1", Ballots: one}, {Option: "option-2", Ballots: two}}, Blank: blank}}}
	}
	return f.Manifest,
		[]scrutin.Finding{{Urn: "urn-1", Marks: 20, Ballots: 20}, {Urn: "urn-2", Marks: 3, Ballots: 3}, {Urn: "urn-3", Marks: 2, Ballots: 2}, {Urn: "urn-4", Marks: 4, Ballots: 4}},
		&scrutin.Result{Cells: []scrutin.CellResult{cell("urn-1", 5, 14, 1), cell("urn-2", 3, 0, 0), cell("urn-3+urn-4", 6, 0, 0)}}
}

func TestFromResult(t *testing.T) {
	m, sealed, opening := opened(t)
	rules, groups, err := mixte.FromResult(m, "question-1", sealed, opening)
	if err != nil {
		t.Fatal(err)
	}
	var members []mixte.Member
	for i, e := range groups.Electorates {
		members = append(members, mixte.Member{ID: e.ID, Label: e.Label, Electorate: e.ID, Position: rules.Options[i%2]})
	}
	r, err := mixte.Compute(rules, members, groups)
	if err != nil {
		t.Fatal(err)
	}
	// Urn 2 has three ballots, below k: its member keeps 1. 4/5 + 5/100 + 98/100 + 6/100; 1 + 14/100 + 96/100.
	if got := words(r.Mixed, false); got != "189/100 21/10 1/100 0/1 0/1" {
		t.Error(got)
	}
	if groups.Electorates[1].Closed != 3 {
		t.Error("the ballots of urn 2 are not said to be closed")
	}
	opening.Cells[1].Questions[0].Options[0].Ballots = 0 // as where the cell was never opened
	_, same, err := mixte.FromResult(m, "question-1", sealed, opening)
	if err != nil || !reflect.DeepEqual(same, groups) {
		t.Errorf("%v, %+v", err, same)
	}
}

func TestFromResultRefused(t *testing.T) {
	for want, change := range map[string]func(*scrutin.Manifest, *[]scrutin.Finding, *scrutin.Result){
		"weight rule is \"equal\", not mixed":         func(m *scrutin.Manifest, _ *[]scrutin.Finding, _ *scrutin.Result) { m.Weight.Rule = "equal" },
		"no question":                                 func(m *scrutin.Manifest, _ *[]scrutin.Finding, _ *scrutin.Result) { m.Questions[0].ID = "other" },
		"the seal has the ballots of 3 urns of 4":     func(_ *scrutin.Manifest, s *[]scrutin.Finding, _ *scrutin.Result) { *s = (*s)[:3] },
		"urn 1 of the seal is urn-2":                  func(_ *scrutin.Manifest, s *[]scrutin.Finding, _ *scrutin.Result) { (*s)[0].Urn = "urn-2" },
		"cell urn-1 holds 20 ballots and the seal 21": func(_ *scrutin.Manifest, s *[]scrutin.Finding, _ *scrutin.Result) { (*s)[0].Ballots = 21 },
		"urn urn-2 is in no cell": func(_ *scrutin.Manifest, _ *[]scrutin.Finding, r *scrutin.Result) {
			r.Cells = append(r.Cells[:1], r.Cells[2])
		},
		"urn urn-1 is in two cells":         func(_ *scrutin.Manifest, _ *[]scrutin.Finding, r *scrutin.Result) { r.Cells[1] = r.Cells[0] },
		"the urn urn-9, which is not asked": func(_ *scrutin.Manifest, _ *[]scrutin.Finding, r *scrutin.Result) { r.Cells[0].Urns[0] = "urn-9" },
		"1 options of 2": func(_ *scrutin.Manifest, _ *[]scrutin.Finding, r *scrutin.Result) {
			q := &r.Cells[0].Questions[0]
			q.Options = q.Options[:1]
		},
		"the option option-2 where the manifest has option-1": func(_ *scrutin.Manifest, _ *[]scrutin.Finding, r *scrutin.Result) {
			o := r.Cells[0].Questions[0].Options
			o[0], o[1] = o[1], o[0]
		},
	} {
		m, sealed, r := opened(t)
		change(m, &sealed, r)
		if _, _, err := mixte.FromResult(m, "question-1", sealed, r); !errors.Is(err, mixte.ErrInput) || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", want, err)
		}
	}
}
