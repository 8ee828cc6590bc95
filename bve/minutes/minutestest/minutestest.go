// Package minutestest invents a vote whose minutes tests draw.
package minutestest

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"isoloir/bve/journal"
	"isoloir/bve/minutes"
	"isoloir/scrutin"
	"isoloir/scrutin/scrutintest"
)

// A Vote is one that was invented, up to its proclamation, with something of everything.
type Vote struct {
	*minutes.Source
	now time.Time
}

// Added is how many electors came to each urn's roll after the opening.
const Added = 12

// New invents one.
func New(t testing.TB) *Vote {
	t.Helper()
	f := scrutintest.New(t, scrutintest.Options{})
	m := f.Manifest
	v := &Vote{&minutes.Source{Manifest: m, Fingerprint: f.Fingerprint}, m.Schedule.Open.Add(-time.Hour)}
	o := &scrutin.Opening{Ceremony: scrutin.DigestOf([]byte("ceremony"))}
	for _, u := range m.Urns {
		o.Urns = append(o.Urns, scrutin.OpenUrn{Urn: u.ID, Electors: u.Electors, Root: scrutin.DigestOf([]byte(u.ID))})
	}
	v.Opening = o
	v.Say("member-1", journal.SessionOpen{Purpose: "essai"})
	v.Say("member-2", journal.Present{})
	suspended := journal.Motion{Act: scrutin.Act{Head: scrutin.Head{Manifest: f.Fingerprint}, Seq: 4, Previous: scrutin.DigestOf([]byte("p")), Type: scrutin.ActSuspend,
		Time: scrutin.TimeOf(v.now), Session: 1, Present: []string{"member-1"}}}
	text, err := suspended.Text()
	if err != nil {
		t.Fatal(err)
	}
	v.Say("member-1", suspended)
	v.Say("member-3", journal.Against{Motion: scrutin.TextDigest(text)})
	v.Say("contents", journal.Lapsed{Motion: scrutin.TextDigest(text), Reason: "rejetée faute de voix"})
	v.Act(scrutin.ActRehearse, scrutin.ActBody{Adopts: []scrutin.Adopted{{Path: "ceremony/1/rehearsal-1-member-1.note"}}})
	v.Say("contents", journal.Delivery{Rows: []journal.DeliveryRow{{Channel: "email", Operator: "poste.example", Country: "JP", Sent: 900, Delivered: 880, Bounced: 11, Pending: 9}}})
	v.Say("member-1", journal.Report{Title: "Rapport d’expertise", SHA256: scrutin.DigestOf([]byte("report")), Size: 4})
	v.Act(scrutin.ActOpen, scrutin.ActBody{Found: v.found(0)})
	for range 30 {
		v.Say("contents", journal.Turnout{Urns: v.found(25)})
	}
	v.Say("contents", journal.Alert{What: journal.AlertDisk, Severity: journal.Warning, Source: "urn", Detail: "disque à 91 %"})
	v.Say("member-2", journal.Acknowledged{Alert: v.Journal[len(v.Journal)-1].Text})
	v.Say("contents", journal.Intervention{Maintenance: journal.Maintenance{Ticket: "T-17", Who: "Une technicienne", Why: "disque", Measures: "agrandir", Data: "aucune"}})
	v.Say("contents", journal.Access{Processing: "urne", List: []string{"isoloir-urn (service)"}, Digest: scrutin.DigestOf([]byte("list"))})
	v.Say("contents", journal.Read{Member: "member-3", What: journal.ReadTurnout})
	v.Act(scrutin.ActSuspend, scrutin.ActBody{Reason: "incendie au centre de calcul", Opinion: "suspendre"})
	v.Say("member-4", journal.Against{Motion: v.Acts[len(v.Acts)-1].Text})
	v.Say("contents", journal.Observation{Who: "Jeanne Électrice", Quality: "voter", Text: []string{"Le site était lent.", "", strings.Repeat("très ", 180)}})
	v.Say("member-1", journal.Custody{Medium: "clé-3", Seal: "S-0042", Holder: "Membre 3", State: journal.Out})
	v.Say("member-1", journal.Custody{Medium: "clé-3", Seal: "S-0043", Holder: "Membre 3", State: journal.In})
	v.Act(scrutin.ActClose, scrutin.ActBody{Found: v.found(40)})
	v.Act(scrutin.ActSeal, scrutin.ActBody{Found: v.found(40), Adopts: []scrutin.Adopted{{Path: "log/urn-1/seal.note", SHA256: scrutin.DigestOf([]byte("seal"))}}})
	for _, u := range m.Urns {
		v.Rolls = append(v.Rolls, &scrutin.RollStatement{Urn: u.ID, Electors: u.Electors + Added, Marks: 40})
	}
	v.Challenges = []*scrutin.ChallengeStatement{{Urn: m.Urns[0].ID, Challenges: 31, Contested: 2, Failed: 1}}
	v.Say("contents", journal.Checked{Verdict: journal.Well, Reports: []journal.CheckedRole{{Role: "urn", SHA256: scrutin.DigestOf([]byte("report"))}}})
	v.Act(scrutin.ActDecrypt, scrutin.ActBody{})
	v.Act(scrutin.ActProclaim, scrutin.ActBody{})
	v.Result = &scrutin.Result{Shares: []scrutin.ShareVerdict{{Clause: m.Clauses[0].ID, Holder: m.Clauses[0].Holders[0], Valid: true}, {Clause: m.Clauses[0].ID, Holder: m.Clauses[0].Holders[1], Reason: "proof"}}}
	for _, u := range m.Urns {
		c := scrutin.CellResult{Cell: u.ID, Urns: []string{u.ID}, Electors: u.Electors, Marks: 40, Ballots: 40}
		for _, q := range m.Questions {
			if !slices.Contains(q.Urns, u.ID) {
				continue
			}
			r := scrutin.QuestionResult{Question: q.ID, Blank: 3, Nul: 1}
			for i, o := range q.Options {
				n := 0
				if i == 0 {
					n = 36
				}
				r.Options = append(r.Options, scrutin.OptionCount{Option: o.ID, Ballots: n})
			}
			c.Questions = append(c.Questions, r)
		}
		v.Result.Cells = append(v.Result.Cells, c)
	}
	v.Contents, v.Tokens = scrutin.DigestOf([]byte("contents")), []string{"timestamps/0006-seal.tsa-1.tsr"}
	return v
}

func (v *Vote) found(n int) (all []scrutin.Finding) {
	for _, u := range v.Manifest.Urns {
		all = append(all, scrutin.Finding{Urn: u.ID, Marks: n, Ballots: n})
	}
	return all
}

// Act adds an act, a minute after what was before.
func (v *Vote) Act(kind string, body scrutin.ActBody) {
	v.now = v.now.Add(time.Minute)
	a := &scrutin.Act{Seq: len(v.Acts) + 1, Type: kind, Time: scrutin.TimeOf(v.now), Session: 1 + len(v.Acts)/3, Present: []string{"member-1", "member-2", "member-3"}, Body: body}
	v.Acts = append(v.Acts, minutes.Act{Act: a, Text: scrutin.DigestOf(fmt.Appendf(nil, "%s %d", kind, a.Seq)), Signers: a.Present})
}

// Say adds a statement to the journal.
func (v *Vote) Say(by string, body journal.Body) {
	v.now = v.now.Add(time.Minute)
	n := len(v.Journal) + 1
	name := scrutin.DigestOf(fmt.Appendf(nil, "entry %d", n))
	v.Journal = append(v.Journal, &journal.Entry{Number: n, Time: scrutin.TimeOf(v.now), Text: name, Head: scrutin.DigestOf(name[:]),
		Statement: &journal.Statement{By: by, Body: body}})
}
