package audit_test

import (
	"bytes"
	"strings"
	"testing"

	"isoloir/audit"
	"isoloir/audit/audittest"
	"isoloir/scrutin"
	"isoloir/scrutin/scrutintest"
)

// TestDecided prints what follows from the counts: by approval, by a part of the votes, by weights, and nothing where too few voted.
func TestDecided(t *testing.T) {
	for name, c := range map[string]struct {
		edit func(m *scrutin.Manifest)
		says []string
	}{
		"approval": {func(m *scrutin.Manifest) {
			m.Questions[0].Seats, m.Questions[0].Options = 0, scrutin.ApprovalOptions([]string{"Arbres", "Bancs", "Fontaine"}, 2)
		}, []string{"Arbres : ", " approbations", "participation : 9 sur 12, 1/2 demandés : atteinte"}},
		"too few": {func(m *scrutin.Manifest) {
			m.Questions[0].Seats, m.Decision.Turnout = 0, scrutin.Fraction{Numerator: 9, Denominator: 10}
		}, []string{"participation : 9 sur 12, 9/10 demandés : non atteinte", "règle relative-majority : rien n'est décidé par ce décompte"}},
		"part": {func(m *scrutin.Manifest) { m.Questions[0].Seats, m.Decision.Rule = 0, "majority-99/100" }, []string{"règle majority-99/100 : rien n'est décidé"}},
		"together": {func(m *scrutin.Manifest) {
			m.Weight, m.Questions[0].Seats = scrutin.Weight{Rule: scrutin.Mixed, Absent: "counted", Several: "equal"}, 0
			m.Urns[0].Represented, m.Urns[0].Members = 100, 1
		}, []string{"scrutin mixte", "participation : 9 sur 12", "l'emporte : Liste 1"}},
	} {
		w, err := audittest.New(audittest.Shape{Abstain: 3, Fixture: scrutintest.Options{Urns: 1, Electors: 12, Mixers: 2, MinSize: 4, Edit: func(m *scrutin.Manifest) {
			consultation(m)
			m.Decision = scrutin.Decision{Rule: scrutin.RelativeMajority, Tie: "none", Turnout: scrutin.Fraction{Numerator: 1, Denominator: 2}}
			c.edit(m)
		}}}, 7)
		if err != nil {
			t.Fatal(name, err)
		}
		r := verify(t, w.Advance(audittest.Listed), audit.Options{})
		var text bytes.Buffer
		if err := r.WriteText(&text, audit.French); err != nil || len(r.Decided) != 1 || r.Verdict != audit.Consistent {
			t.Fatalf("%s: %v, %s, %d decided", name, err, r.Verdict, len(r.Decided))
		}
		for _, want := range c.says {
			if !strings.Contains(text.String(), want) {
				_, said, _ := strings.Cut(text.String(), "Ce qui en suit")
				t.Errorf("%s: the report does not say %q:%s", name, want, said)
			}
		}
	}
}
