package scrutin_test

import (
	"slices"
	"testing"

	"isoloir/scrutin"
)

func TestOutcomes(t *testing.T) {
	for _, c := range []struct {
		name     string
		rule     string
		turnout  scrutin.Fraction
		electors int
		cells    [][3]int // ballots for a, for b, blank
		reached  bool
		leading  []string
		carried  string
	}{
		{"more than half", "absolute-majority", scrutin.Fraction{Denominator: 1}, 100, [][3]int{{6, 5, 30}}, true, []string{"a"}, "a"},
		{"over several urns", "absolute-majority", scrutin.Fraction{Denominator: 1}, 100, [][3]int{{6, 5, 0}, {1, 3, 2}}, true, []string{"b"}, "b"},
		{"half is no majority, and two lead", "absolute-majority", scrutin.Fraction{Denominator: 1}, 100, [][3]int{{5, 5, 0}}, true, []string{"a", "b"}, ""},
		{"two lead", "relative-majority", scrutin.Fraction{Denominator: 1}, 100, [][3]int{{5, 5, 9}}, true, []string{"a", "b"}, ""},
		{"one leads", "relative-majority", scrutin.Fraction{Denominator: 1}, 100, [][3]int{{1, 0, 9}}, true, []string{"a"}, "a"},
		{"just enough voted, blanks too", "relative-majority", scrutin.Fraction{Numerator: 2, Denominator: 5}, 25, [][3]int{{5, 3, 2}}, true, []string{"a"}, "a"},
		{"one too few voted", "relative-majority", scrutin.Fraction{Numerator: 2, Denominator: 5}, 26, [][3]int{{5, 3, 2}}, false, []string{"a"}, ""},
		{"two thirds", "majority-2/3", scrutin.Fraction{Denominator: 1}, 100, [][3]int{{8, 4, 30}}, true, []string{"a"}, "a"},
		{"one short of two thirds", "majority-2/3", scrutin.Fraction{Denominator: 1}, 100, [][3]int{{7, 4, 0}}, true, []string{"a"}, ""},
		{"all", "majority-1/1", scrutin.Fraction{Denominator: 1}, 100, [][3]int{{7, 0, 3}}, true, []string{"a"}, "a"},
		{"only counted", "counts", scrutin.Fraction{Numerator: 1, Denominator: 10}, 26, [][3]int{{5, 3, 2}}, true, []string{"a"}, ""},
		{"seats", "highest-averages", scrutin.Fraction{Denominator: 1}, 26, [][3]int{{5, 3, 2}}, true, []string{"a"}, ""},
		{"only blank", "absolute-majority", scrutin.Fraction{Denominator: 1}, 26, [][3]int{{0, 0, 2}}, true, nil, ""},
		{"nobody", "relative-majority", scrutin.Fraction{Numerator: 1, Denominator: 100}, 26, [][3]int{{}}, false, nil, ""},
	} {
		m := &scrutin.Manifest{Scrutin: scrutin.Scrutin{Profile: scrutin.Consultation},
			Questions: []scrutin.Question{{ID: "seat", Seats: 1}, {ID: "other", Options: []scrutin.Option{{ID: "x"}}}, {ID: "q", Options: []scrutin.Option{{ID: "a"}, {ID: "b"}}}},
			Decision:  scrutin.Decision{Rule: c.rule, Turnout: c.turnout}, Weight: scrutin.Weight{Rule: "equal"}}
		r := &scrutin.Result{}
		for i, n := range c.cells {
			cell := scrutin.CellResult{Marks: n[0] + n[1] + n[2], Questions: []scrutin.QuestionResult{{Question: "q",
				Options: []scrutin.OptionCount{{Option: "a", Ballots: n[0]}, {Option: "b", Ballots: n[1]}}, Blank: n[2]}}}
			if i == 0 {
				cell.Electors = c.electors
			}
			r.Cells = append(r.Cells, cell)
		}
		all := m.Outcomes(r)
		if len(all) != 2 || all[0].Carried != "" || all[0].Question != "other" {
			t.Fatalf("%s: %+v", c.name, all)
		}
		if o := all[1]; o.Turnout != c.reached || !slices.Equal(o.Leading, c.leading) || o.Carried != c.carried || o.Electors != c.electors {
			t.Errorf("%s: %+v", c.name, o)
		}
		mixed, regulated := *m, *m
		mixed.Weight.Rule, regulated.Scrutin.Profile = scrutin.Mixed, scrutin.WorksCouncil
		if len(mixed.Outcomes(r)) != 0 || len(regulated.Outcomes(r)) != 0 {
			t.Error("counts decide where weights do, or the law")
		}
	}
}
