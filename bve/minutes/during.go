package minutes

import (
	"fmt"
	"slices"
	"strings"

	"isoloir/bve/journal"
	"isoloir/scrutin"
)

// course: everything that happened between opening and close, in its order.
func course(s *Source, b *sheet) {
	w := b.words
	var rows [][]string
	for _, a := range s.Acts {
		if during(a.Type) {
			rows = append(rows, []string{w.at(a.Time), w.say("act."+a.Type, nil), reasons(w, a), voices(s, w, a)})
		}
	}
	b.table("decisions", []Column{{"column.when", 20, false}, {"column.act", 18, false}, {"column.reason", 38, false}, {"column.voices", 24, false}}, rows)

	rows = nil
	for _, l := range said[journal.Lapsed](s) {
		for _, m := range said[journal.Motion](s) {
			if motion := m.motion(); motion == l.body.Motion {
				rows = append(rows, []string{w.at(l.entry.Time), actWords(w, m.body.Act.Type), l.body.Reason, opposed(s, w, motion)})
			}
		}
	}
	b.table("lapsed", []Column{{"column.when", 20, false}, {"column.act", 18, false}, {"column.reason", 38, false}, {"column.voices", 24, false}}, rows)

	rows = nil
	for _, t := range said[journal.Turnout](s) {
		marks, ballots := 0, 0
		for _, u := range t.body.Urns {
			marks, ballots = marks+u.Marks, ballots+u.Ballots
		}
		rows = append(rows, []string{w.at(t.entry.Time), fmt.Sprint(marks), fmt.Sprint(ballots)})
	}
	b.table("turnout", []Column{{"column.when", 60, false}, {"column.marks", 20, true}, {"column.ballots", 20, true}}, rows)

	rows = nil
	for _, a := range said[journal.Alert](s) {
		rows = append(rows, []string{w.at(a.entry.Time), w.say("alert."+a.body.What, nil), w.say("severity."+a.body.Severity, nil), a.body.Source,
			or(a.body.Detail, "–"), acknowledged(s, w, a)})
	}
	b.table("alerts", []Column{{"column.when", 20, false}, {"column.alert", 20, false}, {"column.severity", 11, false}, {"column.source", 11, false}, {"column.detail", 19, false}, {"column.acknowledged", 19, false}}, rows)

	rows = nil
	for _, i := range said[journal.Intervention](s) {
		rows = append(rows, worked(w, i.entry, "intervention.begin", i.body.Maintenance))
	}
	for _, i := range said[journal.InterventionEnd](s) {
		rows = append(rows, worked(w, i.entry, "intervention.end", i.body.Maintenance))
	}
	slices.SortStableFunc(rows, func(x, y []string) int { return strings.Compare(x[0], y[0]) })
	for i := range rows {
		rows[i] = rows[i][1:]
	}
	b.table("interventions", []Column{{"column.when", 19, false}, {"column.what", 9, false}, {"column.ticket", 12, false}, {"column.who", 15, false}, {"column.why", 15, false}, {"column.measures", 15, false}, {"column.data", 15, false}}, rows)

	rows = nil
	for _, a := range said[journal.Access](s) {
		rows = append(rows, []string{w.at(a.entry.Time), a.body.Processing, strings.Join(a.body.List, ", ")})
	}
	b.table("access", []Column{{"column.when", 24, false}, {"column.processing", 18, false}, {"column.list", 58, false}}, rows)

	rows = nil
	for _, r := range said[journal.Read](s) {
		rows = append(rows, []string{w.at(r.entry.Time), s.label(r.body.Member), w.say("read."+r.body.What, nil), place(s, r.body)})
	}
	b.table("readings", []Column{{"column.when", 30, false}, {"column.member", 25, false}, {"column.what", 20, false}, {"column.place", 25, false}}, rows)
}

// during says whether a type of act belongs to the vote's course.
func during(kind string) bool {
	return slices.Contains([]string{scrutin.ActSuspend, scrutin.ActResume, scrutin.ActExtend, scrutin.ActAddendum, scrutin.ActUpdate, scrutin.ActStop,
		scrutin.ActAnnul, scrutin.ActWaive, scrutin.ActAppend, scrutin.ActWithdraw, scrutin.ActAuthority, scrutin.ActOpenSmall}, kind)
}

// reasons are what an act says of why.
func reasons(w *words, a Act) string {
	text := or(a.Body.Reason, "–")
	if a.Body.Opinion != "" {
		text += w.say("opinion", map[string]any{"Opinion": a.Body.Opinion})
	}
	return text
}

// voices are those for an act, and, where the journal has its motion, those against and who abstained.
func voices(s *Source, w *words, a Act) string {
	return w.say("voices.for", map[string]any{"Members": s.labels(a.Signers)}) + opposed(s, w, a.Text)
}

// opposed are those against a motion, and who abstained.
func opposed(s *Source, w *words, motion scrutin.Digest) (text string) {
	for _, v := range said[journal.Against](s) {
		if v.body.Motion == motion {
			text += w.say("voices.against", map[string]any{"Member": s.label(v.entry.Statement.By)})
		}
	}
	for _, v := range said[journal.Abstain](s) {
		if v.body.Motion == motion {
			text += w.say("voices.abstain", map[string]any{"Member": s.label(v.entry.Statement.By)})
		}
	}
	return text
}

// motion is the digest by which a motion is named.
func (t told[B]) motion() scrutin.Digest {
	m, is := any(t.body).(journal.Motion)
	if !is {
		return scrutin.Digest{}
	}
	text, err := m.Text()
	if err != nil {
		return scrutin.Digest{}
	}
	return scrutin.TextDigest(text)
}

// actWords is what a type of act is called; an ordinary step by its own name.
func actWords(w *words, kind string) string {
	if during(kind) {
		return w.say("act."+kind, nil)
	}
	return w.say("act.step", map[string]any{"Type": kind})
}

func acknowledged(s *Source, w *words, alert told[journal.Alert]) string {
	var all []string
	for _, a := range said[journal.Acknowledged](s) {
		if a.body.Alert == alert.entry.Text {
			all = append(all, s.label(a.entry.Statement.By)+", "+w.at(a.entry.Time))
		}
	}
	return or(strings.Join(all, "; "), "–")
}

// worked is a row of the interventions, with the number of its entry before it.
func worked(w *words, e *journal.Entry, what string, m journal.Maintenance) []string {
	return []string{fmt.Sprintf("%012d", e.Number), w.at(e.Time), w.say(what, nil), m.Ticket, m.Who, m.Why, m.Measures, m.Data}
}

func place(s *Source, r journal.Read) string {
	if u, known := s.Manifest.Urn(r.Urn); known {
		return u.Label
	}
	return or(r.Station, "–")
}

// closing: the end of the vote, and what was frozen.
func closing(s *Source, b *sheet) {
	w := b.words
	a := s.act(scrutin.ActClose)
	if a == nil {
		b.say("closing.none")
		return
	}
	b.say("closing", "Time", w.at(a.Time), "Session", a.Session, "Grace", s.Manifest.Schedule.GraceMinutes)
	found(s, b, "closing.found", a)
	b.say("signed", "Signers", s.labels(a.Signers))
	if seal := s.act(scrutin.ActSeal); seal != nil {
		b.say("seal", "Time", w.at(seal.Time), "Seal", seal.Text.String())
		var rows [][]string
		for _, d := range seal.Body.Adopts {
			rows = append(rows, []string{d.Path, d.SHA256.String()})
		}
		b.table("frozen", []Column{{"column.file", 35, false}, {"column.digest", 65, false}}, rows)
	}
	if s.Contents.IsZero() { // more of them may still come
		b.say("tokens.later")
		return
	}
	var rows [][]string
	for _, t := range s.Tokens {
		rows = append(rows, []string{t})
	}
	b.table("tokens", []Column{{"column.file", 100, false}}, rows)
}

// reconciliation: electors by the roll as it was sealed, marks and ballots of every urn.
func reconciliation(s *Source, b *sheet) {
	seal := s.act(scrutin.ActSeal)
	if seal == nil {
		b.say("reconciliation.none")
		return
	}
	var rows [][]string
	different := 0
	for i, f := range seal.Body.Found {
		u, _ := s.Manifest.Urn(f.Urn)
		different += abs(f.Ballots - f.Marks)
		rows = append(rows, []string{u.Label, fmt.Sprint(s.Rolls[i].Electors), fmt.Sprint(f.Marks), fmt.Sprint(f.Ballots), fmt.Sprint(f.Ballots - f.Marks)})
	}
	b.table("reconciliation", []Column{{"column.urn", 36, false}, {"column.registered", 16, true}, {"column.marks", 16, true}, {"column.ballots", 16, true}, {"column.difference", 16, true}}, rows)
	if different == 0 {
		b.say("reconciliation.equal")
	} else {
		b.say("reconciliation.differs", "Count", different)
	}
	devices(s, b)
}

// devices: ballots that voters' devices, or those of delegates, opened instead of casting
// them, as the urn sealed it.
func devices(s *Source, b *sheet) {
	var rows [][]string
	failed := 0
	for _, c := range s.Challenges {
		u, _ := s.Manifest.Urn(c.Urn)
		rows = append(rows, []string{u.Label, fmt.Sprint(c.Challenges), fmt.Sprint(c.Contested), fmt.Sprint(c.Failed)})
		failed += c.Failed
	}
	b.table("devices", []Column{{"column.urn", 40, false}, {"column.opened", 20, true}, {"column.contested", 20, true}, {"column.failed", 20, true}}, rows)
	switch {
	case len(rows) == 0:
	case failed == 0:
		b.say("devices.well")
	default:
		b.say("devices.failed", "Count", failed)
	}
}

func abs(n int) int { return max(n, -n) }
