package pages

import (
	"fmt"
	"slices"
	"strings"

	"isoloir/scrutin"
)

// A tallied is what was counted of one question in one place: an urn, urns opened
// together, or all of them.
type tallied struct {
	id       string
	place    string
	question *scrutin.Question
	electors int
	voters   int
	rows     []row // options in the order of the manifest, or the answers of a question of approval
	cast     int   // ballots that chose an option: neither blank nor nul
	blank    int
	nul      int
	closed   int // ballots that were too few to be opened
}

// opened says whether anything was counted there, or could have been.
func (t tallied) opened() bool { return t.closed == 0 || t.cast+t.blank+t.nul > 0 }

// A row is the ballots of one option.
type row struct {
	label   string
	ballots int
}

// most is the longest bar of the chart.
func (t tallied) most() int {
	n := max(t.blank, t.nul, 1)
	for _, r := range t.rows {
		n = max(n, r.ballots)
	}
	return n
}

// asked is a question with its counts, the total first where there are several
// places.
type asked struct {
	question *scrutin.Question
	counts   []tallied
}

func (s *Site) results(v *Visit) (View, error) {
	return View{Title: v.Say("link.results"), Body: results(v)}, nil
}

// answers are the counts of every question, in the order of the manifest. There are
// none before the result is released.
func (v *Visit) answers() (out []asked) {
	if v.Phase != Published {
		return nil
	}
	for i := range v.Manifest.Questions {
		q := &v.Manifest.Questions[i]
		a, total := asked{question: q}, tallied{place: v.Say("results.total"), question: q, id: q.ID + "-total"}
		for _, cell := range v.Progress.Result.Cells {
			for _, counted := range cell.Questions {
				if counted.Question == q.ID {
					t := v.tallied(q, cell, counted)
					total.add(t)
					a.counts = append(a.counts, t)
				}
			}
		}
		if len(a.counts) > 1 {
			a.counts = slices.Insert(a.counts, 0, total)
		}
		out = append(out, a)
	}
	return out
}

// decided says, in sentences, what follows from the counts by the rule that was sealed:
// nothing where it only counts and asks for no turnout, something else decides, or the
// result is void.
func (v *Visit) decided(q *scrutin.Question) (sentences []string) {
	if v.Progress.Void() != nil {
		return nil
	}
	all := v.Manifest.Outcomes(v.Progress.Result)
	at := slices.IndexFunc(all, func(o scrutin.Outcome) bool { return o.Question == q.ID })
	if at < 0 {
		return nil
	}
	o, d := all[at], v.Manifest.Decision
	if t := d.Turnout; t.Numerator > 0 {
		part := v.Percent(t.Numerator, t.Denominator)
		if sentences = append(sentences, v.Say("results.turnout-reached", "Part", part)); !o.Turnout {
			return []string{v.Say("results.turnout-missed", "Part", part)}
		}
	}
	label := ""
	if i := slices.IndexFunc(q.Options, func(x scrutin.Option) bool { return x.ID == o.Carried }); i >= 0 {
		label = q.Options[i].Label
	}
	part, qualified := d.Part()
	switch absolute := d.Rule == scrutin.AbsoluteMajority; {
	case qualified && label != "":
		return append(sentences, v.Say("results.carried-part", "Option", label, "Part", fmt.Sprintf("%d/%d", part.Numerator, part.Denominator)))
	case qualified:
		return append(sentences, v.Say("results.no-part", "Part", fmt.Sprintf("%d/%d", part.Numerator, part.Denominator)))
	case !absolute && d.Rule != scrutin.RelativeMajority:
		return sentences
	case label != "" && absolute:
		return append(sentences, v.Say("results.carried-absolute", "Option", label))
	case label != "":
		return append(sentences, v.Say("results.carried-relative", "Option", label))
	case absolute:
		return append(sentences, v.Say("results.no-majority"))
	case len(o.Leading) == 0:
		return append(sentences, v.Say("results.no-choice"))
	}
	return append(sentences, v.Say("results.equal"))
}

func (v *Visit) tallied(q *scrutin.Question, cell scrutin.CellResult, counted scrutin.QuestionResult) tallied {
	t := tallied{id: q.ID + "-" + cell.Cell, question: q, electors: cell.Electors, voters: cell.Marks, blank: counted.Blank, nul: counted.Nul}
	if counted.Total() == 0 { // of a cell that is opened each ballot is counted, as nul at least
		t.closed = cell.Ballots
	}
	var places []string
	for _, id := range cell.Urns {
		if u, known := v.Manifest.Urn(id); known {
			places = append(places, u.Label)
		}
	}
	t.place = strings.Join(places, ", ")
	options, ballots := q.Options, make([]int, len(counted.Options))
	for i, o := range counted.Options {
		ballots[i] = o.Ballots
		t.cast += o.Ballots
	}
	if a, approval := q.Approval(); approval {
		options, ballots = a.Answers, a.Count(ballots)
	}
	for i, o := range options {
		t.rows = append(t.rows, row{o.Label, ballots[i]})
	}
	return t
}

func (t *tallied) add(other tallied) {
	if t.rows == nil {
		for _, r := range other.rows {
			t.rows = append(t.rows, row{label: r.label})
		}
	}
	for i, r := range other.rows {
		t.rows[i].ballots += r.ballots
	}
	t.cast += other.cast
	t.electors += other.electors
	t.voters += other.voters
	t.blank += other.blank
	t.nul += other.nul
	t.closed += other.closed
}
