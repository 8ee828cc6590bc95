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
		{"majority-3/5", scrutin.Fraction{Denominator: 1}, []int{33, 20, 2}, "Adopté avec 3/5 au moins des suffrages exprimés"},
		{"majority-2/3", scrutin.Fraction{Denominator: 1}, []int{33, 20, 2}, "Aucun choix n’a 2/3 des suffrages exprimés"},
		{"counts", scrutin.Fraction{Denominator: 1}, []int{30, 20, 5}, ""},
	} {
		f := newFake(t, func(m *scrutin.Manifest) {
			m.Scrutin.Profile, m.Schedule.PollingDay = scrutin.Consultation, ""
			m.Decision = scrutin.Decision{Rule: c.rule, Tie: "none", Turnout: c.turnout}
			m.Questions[0].Seats = 0
			for i := range m.Questions[0].Options {
				m.Questions[0].Options[i].Candidates = []string{}
			}
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

// TestApproved reads the page of the result of a question of approval: a row for each answer, with the ballots that
// approve of it.
func TestApproved(t *testing.T) {
	f := newFake(t, func(m *scrutin.Manifest) {
		m.Scrutin.Profile, m.Schedule.PollingDay = scrutin.Consultation, ""
		m.Decision = scrutin.Decision{Rule: "relative-majority", Tie: "none", Turnout: scrutin.Fraction{Denominator: 1}}
		m.Questions[0].Seats, m.Questions[0].Options = 0, scrutin.ApprovalOptions([]string{"Arbres", "Bancs", "Fontaine"}, 2)
	})
	f.enter(pages.Published)
	q := &f.progress.Result.Cells[0].Questions[0]
	q.Options = nil
	for i, o := range f.manifest.Questions[0].Options { // arbres, bancs, fontaine, arbres et bancs, arbres et fontaine, bancs et fontaine
		q.Options = append(q.Options, scrutin.OptionCount{Option: o.ID, Ballots: []int{1, 2, 3, 4, 5, 9}[i]})
	}
	f.progress.Result.Cells = f.progress.Result.Cells[:1]
	page := body(t, (&visitor{h: f.site()}).get("/fr/resultats"))
	for _, want := range []string{"jusqu’à 2 réponses", "<td>10</td>", "<td>15</td>", "<td>17</td>", "<td>24</td>", "Fontaine."} {
		if !strings.Contains(page, want) {
			t.Errorf("the page does not say %q", want)
		}
	}
	if strings.Contains(page, "Arbres + Bancs") {
		t.Error("the page has sets of answers")
	}
}

// A cell whose ballots were too few to be opened is said to be closed: zero votes for everything would be another result.
func TestClosedCell(t *testing.T) {
	f := newFake(t)
	f.enter(pages.Published)
	cell := &f.progress.Result.Cells[0]
	cell.Ballots, cell.Marks = 4, 4
	for i := range cell.Questions {
		q := &cell.Questions[i]
		q.Blank, q.Nul = 0, 0
		for o := range q.Options {
			q.Options[o].Ballots = 0
		}
	}
	v := &visitor{h: f.site()}
	for path, says := range map[string]string{"/fr/resultats": "4 bulletins restent fermés", "/en/resultats": "4 ballots stay closed"} {
		page := body(t, v.get(path))
		if strings.Contains(page, `id="table-`+cell.Questions[0].Question+"-"+cell.Cell+`"`) || strings.Count(page, says) != 2*len(cell.Questions) {
			t.Errorf("%s: a closed cell has a table, or is not said to be closed, under the total and in its place", path)
		}
	}
}
