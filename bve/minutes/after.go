package minutes

import (
	"fmt"
	"strings"

	"isoloir/bve/journal"
	"isoloir/scrutin"
)

// activation: who opened the urn.
func activation(s *Source, b *sheet) {
	w := b.words
	a := s.act(scrutin.ActDecrypt)
	if a == nil {
		b.say("activation.none")
		return
	}
	b.say("activation", "Time", w.at(a.Time), "Present", s.labels(a.Present))
	if s.Result == nil {
		return
	}
	var rows [][]string
	valid := map[string]int{}
	for _, v := range s.Result.Shares {
		state := w.say("share.valid", nil)
		if v.Valid {
			valid[v.Clause]++
		} else {
			state = w.say("share.refused", map[string]any{"Reason": v.Reason})
		}
		rows = append(rows, []string{s.clause(v.Clause), s.label(v.Holder), state})
	}
	b.table("shares", []Column{{"column.clause", 40, false}, {"column.holder", 30, false}, {"column.state", 30, false}}, rows)
	for _, c := range s.Manifest.Clauses {
		b.say("clause.met", "Label", c.Label, "Valid", valid[c.ID], "Threshold", c.Threshold)
	}
}

func (s *Source) clause(id string) string {
	for _, c := range s.Manifest.Clauses {
		if c.ID == id {
			return c.Label
		}
	}
	return id
}

// results: what the opened urns hold, for each group of urns that was opened together.
func results(s *Source, b *sheet) {
	w := b.words
	for _, a := range s.Acts {
		if a.Type == scrutin.ActAnnul || a.Type == scrutin.ActStop {
			b.say("results.void", "Act", w.say("act."+a.Type, nil), "Time", w.at(a.Time), "Reason", a.Body.Reason)
		}
	}
	if s.Result == nil {
		b.say("results.none")
		return
	}
	if a := s.act(scrutin.ActProclaim); a != nil {
		b.say("results", "Time", w.at(a.Time), "Signers", s.labels(a.Signers))
	}
	columns := []Column{{"column.option", 60, false}, {"column.ballots", 20, true}, {"column.part", 20, true}}
	for _, c := range s.Result.Cells {
		var names []string
		for _, u := range c.Urns {
			urn, _ := s.Manifest.Urn(u)
			names = append(names, urn.Label)
		}
		b.heading("results.place", "Place", strings.Join(names, " + "))
		b.say("results.turnout", "Electors", c.Electors, "Marks", c.Marks, "Ballots", c.Ballots)
		for _, q := range c.Questions {
			question := s.question(q.Question)
			expressed := c.Ballots - q.Blank - q.Nul
			b.heading("question", "Title", question.Title)
			var rows [][]string
			for i, o := range q.Options {
				rows = append(rows, []string{question.Options[i].Label, fmt.Sprint(o.Ballots), w.part(o.Ballots, expressed)})
			}
			rows = append(rows,
				[]string{w.say("results.expressed", nil), fmt.Sprint(expressed), w.part(expressed, c.Ballots)},
				[]string{w.say("results.blank", nil), fmt.Sprint(q.Blank), w.part(q.Blank, c.Ballots)},
				[]string{w.say("results.nul", nil), fmt.Sprint(q.Nul), w.part(q.Nul, c.Ballots)})
			b.table("results.table", columns, rows)
		}
	}
}

func (s *Source) question(id string) *scrutin.Question {
	for i := range s.Manifest.Questions {
		if s.Manifest.Questions[i].ID == id {
			return &s.Manifest.Questions[i]
		}
	}
	return &scrutin.Question{Title: id}
}

// part is a share of a whole in hundredths of a percent, rounded half up, by whole numbers alone.
func (w *words) part(n, of int) string {
	if of == 0 {
		return "–"
	}
	hundredths := (20000*n + of) / (2 * of)
	mark, sign := ".", "%"
	if w.language == "fr" {
		mark, sign = ",", "\u00a0%"
	}
	return fmt.Sprintf("%d%s%02d%s", hundredths/100, mark, hundredths%100, sign)
}

// verification: the checks of the stores, and what the bureau compared.
func verification(s *Source, b *sheet) {
	w := b.words
	var rows [][]string
	for _, c := range said[journal.Checked](s) {
		var reports []string
		for _, r := range c.body.Reports {
			reports = append(reports, r.Role+" "+short(r.SHA256))
		}
		rows = append(rows, []string{w.at(c.entry.Time), w.say("verdict."+c.body.Verdict, nil), or(strings.Join(reports, ", "), "–")})
	}
	b.table("checks", []Column{{"column.when", 32, false}, {"column.verdict", 28, false}, {"column.reports", 40, false}}, rows)
	b.say("verification.again", "Fingerprint", s.Fingerprint.String())
}

// observations of voters, candidates, delegates and members, word for word.
func observations(s *Source, b *sheet) {
	all := said[journal.Observation](s)
	if len(all) == 0 {
		b.say("observations.none")
	}
	for i, o := range all {
		b.heading("observation", "Number", i+1, "Who", o.body.Who, "Quality", b.words.say("quality."+o.body.Quality, nil), "Time", b.words.at(o.entry.Time))
		for _, line := range o.body.Text {
			if line != "" {
				b.line(line)
			}
		}
	}
}

// annexes: what is kept beside the minutes.
func annexes(s *Source, b *sheet) {
	if s.Contents.IsZero() {
		b.say("annexes.none")
	} else {
		b.facts("annexes", [][]string{{"annexes.contents", s.Contents.String()}})
	}
	if n := len(s.Journal); n > 0 {
		b.say("annexes.journal", "Entries", n, "Head", s.Journal[n-1].Head.String())
	}
}

// custody: where each medium is now, by the last line of the register, and until when all is kept.
func custody(s *Source, b *sheet) {
	w := b.words
	last := map[string]int{}
	var rows [][]string
	for _, c := range said[journal.Custody](s) {
		digest := "–"
		if !c.body.SHA256.IsZero() {
			digest = c.body.SHA256.String()
		}
		row := []string{c.body.Medium, digest, or(c.body.Seal, "–"), c.body.Holder, w.say("state."+c.body.State, nil), w.at(c.entry.Time)}
		if i, known := last[c.body.Medium]; known {
			rows[i] = row
			continue
		}
		last[c.body.Medium] = len(rows)
		rows = append(rows, row)
	}
	b.table("custody", []Column{{"column.medium", 16, false}, {"column.digest", 24, false}, {"column.seal", 12, false}, {"column.holder", 15, false}, {"column.state", 12, false}, {"column.when", 21, false}}, rows)
	b.say("retention." + s.Manifest.Scrutin.Profile)
}

// signatures: how the pages are signed, since no text can hold the signatures upon itself.
func signatures(s *Source, b *sheet) {
	b.say("signatures.pages")
	b.say("signatures.act")
	b.say("signatures.later")
}
