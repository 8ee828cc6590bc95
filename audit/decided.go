package audit

import (
	"fmt"
	"slices"
	"strings"

	"isoloir/scrutin"
)

// A Decided is what follows from the counts of a question by the rule that the manifest
// seals (docs/manifest.md, `decision`); where members and citizens decide together, from
// their weights. Nothing follows from those of a regulated vote here.
type Decided struct {
	Question string `json:"question"`
	Title    string `json:"title"`
	Rule     string `json:"rule"`
	Electors int    `json:"electors"`
	Voters   int    `json:"voters"`  // with those on paper
	Turnout  string `json:"turnout"` // the part of the electors that is asked for; 0/1 for none
	Reached  bool   `json:"reached"`
	// Approval is of how many answers one may approve; 0 where one chooses an option. The
	// answers have then the ballots that approve of each.
	Approval int           `json:"approval,omitempty"`
	Answers  []OptionCount `json:"answers,omitempty"`
	Carried  string        `json:"carried"` // what the rule decides for, by its label; empty for nothing
}

// decide says what follows from the counts, once every list was opened.
func (v *verification) decide() {
	r := new(scrutin.Result)
	for _, c := range v.cells {
		if c.closed {
			return
		}
		r.Cells = append(r.Cells, c.result())
	}
	for _, o := range v.m.Outcomes(r) {
		q, _ := v.m.Question(o.Question)
		d := v.decided(q, o)
		answers := q.Options
		if a, approval := q.Approval(); approval {
			answers, d.Approval = a.Answers, a.Most
			for i, answer := range answers {
				d.Answers = append(d.Answers, OptionCount{answer.ID, answer.Label, o.Ballots[i]})
			}
		}
		if i := slices.IndexFunc(answers, func(x scrutin.Option) bool { return x.ID == o.Carried }); i >= 0 {
			d.Carried = answers[i].Label
		}
		v.out.Decided = append(v.out.Decided, d)
	}
	for _, m := range v.out.Mixte {
		q, _ := v.m.Question(m.Question)
		o := v.m.Turnout(q, r, v.onPaper(q))
		d := v.decided(q, o)
		if lead := m.Mixed.Carried(v.m.Decision); o.Turnout && lead >= 0 {
			d.Carried = m.Options[lead]
		}
		v.out.Decided = append(v.out.Decided, d)
	}
}

func (v *verification) decided(q *scrutin.Question, o scrutin.Outcome) Decided {
	t := v.m.Decision.Turnout
	return Decided{Question: q.ID, Title: q.Title, Rule: v.m.Decision.Rule, Electors: o.Electors, Voters: o.Voters,
		Turnout: fmt.Sprintf("%d/%d", t.Numerator, t.Denominator), Reached: o.Turnout}
}

// onPaper is how many answered a question on paper.
func (v *verification) onPaper(q *scrutin.Question) (n int) {
	for _, x := range v.minutes {
		if slices.Contains(q.Urns, x.Urn) {
			n += x.Voters
		}
	}
	return n
}

// decidedWords are those of what follows from the counts.
type decidedWords struct{ title, turnout, reached, missed, rule, carried, nothing, approve string }

func wordsOfDecided(lang Language) decidedWords {
	if lang == French {
		return decidedWords{"Ce qui en suit, selon la règle scellée", "participation : %d sur %d, %s demandés : %s", "atteinte", "non atteinte", "règle %s : %s",
			"l'emporte : %s", "rien n'est décidé par ce décompte", "%s : %d approbations"}
	}
	return decidedWords{"What follows, by the sealed rule", "turnout: %d of %d, %s asked for: %s", "reached", "not reached", "rule %s: %s",
		"carried: %s", "nothing is decided by this count", "%s: %d approve"}
}

// writeDecided tells what follows from the counts.
func (r *Report) writeDecided(b *strings.Builder, lang Language) {
	p := wordsOfDecided(lang)
	for i, d := range r.Decided {
		if i == 0 {
			fmt.Fprintf(b, "\n%s\n", p.title)
		}
		fmt.Fprintf(b, "  %s\n", printable(d.Title))
		for _, a := range d.Answers {
			fmt.Fprintf(b, "      "+p.approve+"\n", printable(a.Label), a.Ballots)
		}
		reached, carried := p.missed, p.nothing
		if d.Reached {
			reached = p.reached
		}
		if d.Carried != "" {
			carried = fmt.Sprintf(p.carried, printable(d.Carried))
		}
		fmt.Fprintf(b, "      "+p.turnout+"\n      "+p.rule+"\n", d.Voters, d.Electors, d.Turnout, reached, d.Rule, carried)
	}
}
