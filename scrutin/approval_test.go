package scrutin_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"

	"isoloir/scrutin"
	"isoloir/scrutin/scrutintest"
)

// approving is a manifest that asks which of so many answers one approves of.
func approving(t *testing.T, answers, most int) *scrutin.Manifest {
	m := scrutintest.New(t, scrutintest.Options{Revotes: 3}).Manifest
	var labels []string
	for i := range answers {
		labels = append(labels, fmt.Sprintf("Projet %d", i+1))
	}
	m.Questions[0].Seats, m.Questions[0].Options = 0, scrutin.ApprovalOptions(labels, most)
	return m
}

// TestApproval reads a question of approval back, and counts each answer once for each ballot that approves of it.
func TestApproval(t *testing.T) {
	m := approving(t, 4, 2)
	if _, _, err := m.Bytes(); err != nil {
		t.Fatal(err)
	}
	q := &m.Questions[0]
	a, ok := q.Approval()
	if !ok || a.Most != 2 || len(a.Answers) != 4 || len(q.Options) != 10 || q.Options[5].ID != "option-1.3" || q.Options[5].Label != "Projet 1 + Projet 3" {
		t.Fatalf("%+v of %+v", a, q.Options)
	}
	ballots := make([]int, len(q.Options))
	ballots[0], ballots[5], ballots[9] = 3, 2, 1 // 1; 1 and 3; 3 and 4
	if got := a.Count(ballots); !slices.Equal(got, []int{5, 0, 3, 1}) {
		t.Errorf("%v approve", got)
	}
	answer := scrutin.QuestionResult{Question: q.ID, Blank: 4}
	for i, o := range q.Options {
		answer.Options = append(answer.Options, scrutin.OptionCount{Option: o.ID, Ballots: ballots[i]})
	}
	m.Decision = scrutin.Decision{Rule: scrutin.AbsoluteMajority, Tie: "none", Turnout: scrutin.Fraction{Numerator: 1, Denominator: 2}}
	r := &scrutin.Result{Cells: []scrutin.CellResult{{Electors: 20, Marks: 10, Questions: []scrutin.QuestionResult{answer}}}}
	if o := m.Outcomes(r)[0]; o.Carried != "option-1" || o.Expressed != 6 || !slices.Equal(o.Ballots, []int{5, 0, 3, 1}) {
		t.Errorf("outcome %+v", o)
	}
}

// TestApprovalRefused has one set missing, one twice, one in another place, one with a name that is no answer, and more sets than there may be.
func TestApprovalRefused(t *testing.T) {
	for name, edit := range map[string]func(q *scrutin.Question){
		"a set is missing":           func(q *scrutin.Question) { q.Options = slices.Delete(q.Options, 6, 7) },
		"two in each other's place":  func(q *scrutin.Question) { q.Options[6], q.Options[7] = q.Options[7], q.Options[6] },
		"a name that is no answer":   func(q *scrutin.Question) { q.Options[6].Candidates[1] = "Projet 9" },
		"answers in another order":   func(q *scrutin.Question) { slices.Reverse(q.Options[6].Candidates) },
		"an option that names none":  func(q *scrutin.Question) { q.Options[6].Candidates = []string{} },
		"only some options name any": func(q *scrutin.Question) { q.Options[0].Candidates = []string{} },
	} {
		m := approving(t, 4, 2)
		edit(&m.Questions[0])
		var found scrutin.Problems
		if errors.As(m.Validate(), &found); !slices.ContainsFunc(found, func(p scrutin.Problem) bool { return p.Code == "approval" }) {
			t.Errorf("%s: %v", name, found)
		}
	}
	for _, x := range []struct{ answers, most, sets int }{{10, 3, 175}, {24, 3, 2324}, {64, 2, 2080}, {25, 3, scrutin.MaxSets + 1}, {64, 64, scrutin.MaxSets + 1}, {2, 5, 3}} {
		if got := scrutin.CountSets(x.answers, x.most); got != x.sets || got <= scrutin.MaxSets && got != len(scrutin.Sets(x.answers, x.most)) {
			t.Errorf("up to %d of %d: %d sets", x.most, x.answers, got)
		}
	}
}

// FuzzDecisionRule: what is accepted as a part of the votes expressed is written in one way alone.
func FuzzDecisionRule(f *testing.F) {
	for _, s := range []string{"majority-2/3", "majority-3/5", "majority-4/6", "majority-1/2", "majority-03/5", "majority-1/1", "majority-5/3"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, rule string) {
		if part, ok := (scrutin.Decision{Rule: rule}).Part(); ok && (scrutin.Qualified(part) != rule || 2*part.Numerator <= part.Denominator || part.Numerator > part.Denominator) {
			t.Errorf("%q is read as %v", rule, part)
		}
	})
}
