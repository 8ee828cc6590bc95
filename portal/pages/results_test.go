package pages_test

import (
	"strings"
	"testing"

	"isoloir/portal/pages"
	"isoloir/scrutin"
)

// TestDecided reads what the page of the result says of the rule that was sealed.
func TestDecided(t *testing.T) {
	for _, c := range []struct {
		rule    string
		turnout scrutin.Fraction
		ballots []int // of the options of the first question, in its first urn
		says    string
	}{
		{"absolute-majority", scrutin.Fraction{Denominator: 1}, []int{30, 20, 5}, "Adopté à la majorité absolue des suffrages exprimés\u00a0: Ensemble à l’étranger."},
		{"absolute-majority", scrutin.Fraction{Denominator: 1}, []int{30, 28, 5}, "Aucun choix n’a plus de la moitié"},
		{"relative-majority", scrutin.Fraction{Denominator: 1}, []int{30, 28, 5}, "En tête, ce qui suffit"},
		{"relative-majority", scrutin.Fraction{Denominator: 1}, []int{30, 30, 5}, "à égalité en tête"},
		{"relative-majority", scrutin.Fraction{Denominator: 1}, []int{0, 0, 0}, "Aucun suffrage n’est exprimé"},
		{"relative-majority", scrutin.Fraction{Numerator: 2, Denominator: 5}, []int{30, 20, 5}, "elle n’est pas atteinte, et rien n’est décidé"},
		{"relative-majority", scrutin.Fraction{Numerator: 1, Denominator: 1000}, []int{30, 20, 5}, "elle est atteinte"},
		{"counts", scrutin.Fraction{Denominator: 1}, []int{30, 20, 5}, ""},
	} {
		f := newFake(t, func(m *scrutin.Manifest) {
			m.Scrutin.Profile, m.Schedule.PollingDay = scrutin.Consultation, ""
			m.Decision = scrutin.Decision{Rule: c.rule, Tie: "none", Turnout: c.turnout}
			m.Questions[0].Seats = 0
		})
		f.enter(pages.Published)
		for i := range f.progress.Result.Cells {
			cell := &f.progress.Result.Cells[i]
			for q := range cell.Questions {
				for o := range cell.Questions[q].Options {
					n := 0
					if i == 0 {
						n = c.ballots[o]
					}
					cell.Questions[q].Options[o].Ballots = n
				}
			}
			cell.Marks = 60
		}
		v := &visitor{h: f.site()}
		page := strings.NewReplacer("&#39;", "’", "'", "’").Replace(body(t, v.get("/fr/resultats")))
		if strings.Contains(page, `class="notice decided"`) != (c.says != "") || !strings.Contains(page, c.says) {
			t.Errorf("%s of %v, turnout %d/%d: the page does not say %q", c.rule, c.ballots, c.turnout.Numerator, c.turnout.Denominator, c.says)
		}
	}
}
