package minutes

import (
	"fmt"
	"slices"
	"strings"

	"isoloir/bve/journal"
	"isoloir/scrutin"
)

// composition: which vote, who sits, and who was there.
func composition(s *Source, b *sheet) {
	m, w := s.Manifest, b.words
	b.facts("vote", [][]string{
		{"vote.organisation", m.Organisation.Label},
		{"vote.title", m.Scrutin.Title},
		{"vote.kind", w.say("kind."+m.Scrutin.Kind, nil)},
		{"vote.profile", w.say("profile."+m.Scrutin.Profile, nil)},
		{"vote.level", fmt.Sprint(m.Scrutin.Level)},
		{"vote.basis", strings.Join(m.Scrutin.LegalBasis, "; ")},
		{"vote.fingerprint", s.Fingerprint.String()},
	})
	var rows [][]string
	for _, p := range m.Bureau.Members {
		replaces := ""
		if p.Replaces != "" {
			replaces = s.label(p.Replaces)
		}
		rows = append(rows, []string{p.Label, w.say("role."+p.Role, nil), w.say("voice."+p.Voice, nil), p.Class, w.say("rank."+p.Rank, nil), replaces})
	}
	b.table("members", []Column{{"column.member", 26, false}, {"column.role", 16, false}, {"column.voice", 15, false}, {"column.class", 15, false}, {"column.rank", 11, false}, {"column.replaces", 17, false}}, rows)
	b.say("quorum", "Count", m.Bureau.Quorum.Count)
	for _, c := range m.Bureau.Quorum.Clauses {
		b.say("quorum.clause", "Label", c.Label, "Count", c.AtLeast)
	}
	b.table("sessions", []Column{{"column.session", 9, true}, {"column.when", 29, false}, {"column.present", 36, false}, {"column.presiding", 13, false}, {"column.keeping", 13, false}}, sessions(s, w))
	b.table("attendance", []Column{{"column.when", 40, false}, {"column.session", 10, true}, {"column.member", 28, false}, {"column.what", 22, false}}, attendance(s, w))
}

// sessions are those in which the bureau acted, by the acts' own statements of who was there.
func sessions(s *Source, w *words) (rows [][]string) {
	for i, a := range s.Acts {
		if i > 0 && s.Acts[i-1].Session == a.Session && slices.Equal(s.Acts[i-1].Present, a.Present) {
			continue
		}
		row := []string{fmt.Sprint(a.Session), w.at(a.Time), s.labels(a.Present), "–", "–"}
		if sitting, err := s.Manifest.Sitting(a.Present); err == nil {
			row[3], row[4] = s.label(sitting.Presiding()), s.label(sitting.Keeping())
		}
		rows = append(rows, row)
	}
	return rows
}

// attendance is who opened, closed, joined and left sessions, by the journal, those without an act too.
func attendance(s *Source, w *words) (rows [][]string) {
	for _, e := range s.Journal {
		switch kind := e.Statement.Body.Kind(); kind {
		case "session-open", "session-close", "present", "leave":
			rows = append(rows, []string{w.at(e.Time), fmt.Sprint(e.Statement.Session), s.label(e.Statement.By), w.say("attendance."+kind, nil)})
		}
	}
	return rows
}

// sealed: what was fixed before the vote, by its digests.
func sealed(s *Source, b *sheet) {
	m, w := s.Manifest, b.words
	b.facts("schedule", [][]string{
		{"schedule.open", w.at(m.Schedule.Open)},
		{"schedule.close", w.at(m.Schedule.Close)},
		{"schedule.grace", w.say("minutes", map[string]any{"Count": m.Schedule.GraceMinutes})},
		{"schedule.count", w.at(m.Schedule.Count)},
		{"schedule.finality", w.say("finality."+m.Finality.Mode, nil)},
		{"schedule.minimum", fmt.Sprint(m.MinimumSize)},
		{"schedule.draw", w.say("draw."+m.Draw.Method, nil)},
	})
	if o := s.Opening; o != nil {
		b.facts("digests", [][]string{
			{"digests.ceremony", o.Ceremony.String()},
			{"digests.key", fmt.Sprintf("%x", o.Key[:])},
			{"digests.software", o.Software.String()},
			{"digests.specification", o.Specification.String()},
			{"digests.client", o.Client.String()},
		})
	}
	var rows [][]string
	for _, u := range m.Urns {
		root := "–"
		if o := s.Opening; o != nil {
			if open, known := o.Urn(u.ID); known {
				root = open.Root.String()
			}
		}
		rows = append(rows, []string{u.Label, fmt.Sprint(u.Electors), root})
	}
	b.table("urns", []Column{{"column.urn", 30, false}, {"column.electors", 12, true}, {"column.root", 58, false}}, rows)
	for _, q := range m.Questions {
		b.heading("question", "Title", q.Title)
		rows = nil
		for i, o := range q.Options {
			rows = append(rows, []string{fmt.Sprint(i + 1), o.Label, strings.Join(o.Candidates, ", ")})
		}
		b.table("options", []Column{{"column.order", 8, true}, {"column.option", 40, false}, {"column.candidates", 52, false}}, rows)
	}
	for _, c := range m.Clauses {
		b.say("clause", "Label", c.Label, "Threshold", c.Threshold, "Holders", s.labels(c.Holders))
	}
}

// trials: rehearsals, the delivery of the codes, and the expert.
func trials(s *Source, b *sheet) {
	var rows [][]string
	for _, a := range s.Acts {
		if a.Type == scrutin.ActRehearse {
			rows = append(rows, []string{b.words.at(a.Time), fmt.Sprint(len(a.Body.Adopts))})
		}
	}
	b.table("rehearsals", []Column{{"column.when", 60, false}, {"column.media", 40, true}}, rows)
	rows = nil
	if d := beforeOpening(s); d != nil {
		b.say("delivery.when", "Time", b.words.at(d.entry.Time))
		for _, r := range d.body.Rows {
			rows = append(rows, []string{b.words.say("channel."+r.Channel, nil), or(r.Operator, "–"), or(r.Country, "–"),
				fmt.Sprint(r.Sent), fmt.Sprint(r.Delivered), fmt.Sprint(r.Bounced), fmt.Sprint(r.Pending)})
		}
	}
	b.table("delivery", []Column{{"column.channel", 16, false}, {"column.operator", 26, false}, {"column.country", 10, false}, {"column.sent", 12, true}, {"column.delivered", 12, true}, {"column.bounced", 12, true}, {"column.pending", 12, true}}, rows)
	rows = nil
	for _, r := range said[journal.Report](s) {
		rows = append(rows, []string{b.words.at(r.entry.Time), s.label(r.entry.Statement.By), r.body.Title, r.body.SHA256.String()})
	}
	b.table("reports", []Column{{"column.when", 20, false}, {"column.member", 18, false}, {"column.title", 22, false}, {"column.digest", 40, false}}, rows)
}

// beforeOpening is the last table of delivery before the act open, or the last one of all where there is no such act.
func beforeOpening(s *Source) *told[journal.Delivery] {
	open := s.act(scrutin.ActOpen)
	var last *told[journal.Delivery]
	for _, d := range said[journal.Delivery](s) {
		if open == nil || !d.entry.Time.After(open.Time.Time) {
			last = &d
		}
	}
	return last
}

// opening: the urns found empty, and who declared the vote open.
func opening(s *Source, b *sheet) {
	a := s.act(scrutin.ActOpen)
	if a == nil {
		b.say("opening.none")
		return
	}
	b.say("opening", "Time", b.words.at(a.Time), "Session", a.Session, "Opening", a.Opening.String())
	found(s, b, "opening.found", a)
	b.say("signed", "Signers", s.labels(a.Signers))
}

// found is the table of what an act found in every urn.
func found(s *Source, b *sheet, key string, a *Act) {
	var rows [][]string
	for _, f := range a.Body.Found {
		u, _ := s.Manifest.Urn(f.Urn)
		rows = append(rows, []string{u.Label, fmt.Sprint(f.Marks), fmt.Sprint(f.Ballots)})
	}
	b.table(key, []Column{{"column.urn", 50, false}, {"column.marks", 25, true}, {"column.ballots", 25, true}}, rows)
}

func or(text, otherwise string) string {
	if text == "" {
		return otherwise
	}
	return text
}
