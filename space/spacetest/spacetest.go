// Package spacetest makes small installations of spaces for the tests of the packages above: an
// organisation with its constituencies, a standing bureau that can be brought to its key, and a
// register that signs lists of accounts. No command imports it.
package spacetest

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"isoloir/account"
	"isoloir/record"
	"isoloir/scrutin"
	"isoloir/scrutin/note"
	"isoloir/scrutin/scrutintest"
	"isoloir/space"
	"isoloir/space/office"
)

// Now is when these installations are.
var Now = time.Date(2032, 4, 1, 9, 0, 0, 0, time.UTC)

// A World is an installation with one space, of the town of scrutintest.
type World struct {
	testing.TB
	Dir    string
	Office *office.Office
	Space  *space.Space
	At     time.Time

	fixture  *scrutintest.Fixture
	standing *record.Writer
	acts     *scrutin.Procedure
	at       time.Time
}

// New makes one of a kind: scrutin.Real or scrutin.Rehearsal. Its bureau, of the kind keys, has not met.
func New(t testing.TB, kind, keys string) *World {
	t.Helper()
	w := &World{TB: t, Dir: t.TempDir(), At: Now, at: Now.AddDate(0, -1, 0)}
	var parties *space.Parties
	var err error
	w.fixture, err = scrutintest.Make(scrutintest.Options{Holders: 3, Mixers: 2, Witnesses: 1, Revotes: 1, Edit: func(m *scrutin.Manifest) {
		for i, name := range []string{"Claire Dubois", "Amadou Sarr", "Hélène Le Goff"} {
			m.Bureau.Members[i].Label = name
		}
		parties = &space.Parties{Mixers: m.Mixers, Witnesses: m.Witnesses, Timestamps: []scrutin.Authority{}, Platform: m.Platform, Terminals: []scrutin.Party{}}
		s := m.Scrutin
		s.ID, s.Kind, s.Profile, s.Title = "permanent", keys, scrutin.StandingKey, "Bureau permanent de Chartres"
		*m = scrutin.Manifest{Record: m.Record, Organisation: m.Organisation, Scrutin: s, Bureau: m.Bureau, Holders: m.Holders, Clauses: m.Clauses, Protocol: m.Protocol}
	}})
	w.must(err)
	ctx := context.Background()
	w.Office, err = office.Open(ctx, w.Dir, func() time.Time { return w.At })
	w.must(err)
	t.Cleanup(func() { w.Office.Shut() })
	w.must(w.Office.Init(ctx, Organisation("ville", kind)))
	w.Space, err = w.Office.Space(ctx, "ville")
	w.must(err)
	text, err := parties.Bytes()
	w.must(err)
	w.must(os.WriteFile(filepath.Join(w.Dir, "ville", "parties.json"), text, 0o600))
	w.standing, err = record.Create(filepath.Join(w.Dir, "ville", "standing"))
	w.must(err)
	w.must(w.standing.Write(record.Manifest, w.fixture.Bytes))
	w.acts = scrutin.NewProcedure(w.fixture.Manifest, w.fixture.Fingerprint)
	return w
}

// Organisation is one with three constituencies, the last of which elects nobody.
func Organisation(id, kind string) space.Organisation {
	return space.Organisation{ID: id, Label: "Ville de Chartres", Kind: kind, Zone: "Europe/Paris", Register: scrutin.Digest{7}, MinimumSize: 20, Constituencies: []space.Constituency{
		{ID: "nord", Label: "Quartier Nord", Electors: 4000, Seats: 2}, {ID: "sud", Label: "Quartier Sud", Electors: 3000, Seats: 1}, {ID: "hameaux", Label: "Les hameaux", Electors: 500}}}
}

func (w *World) must(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

// Act writes an act of the standing bureau, signed by all.
func (w *World) Act(kind string, body scrutin.ActBody) {
	w.Helper()
	w.at = w.at.Add(time.Hour)
	var present []string
	var signers []note.Signer
	for _, m := range w.fixture.Manifest.Bureau.Members {
		present, signers = append(present, m.ID), append(signers, w.fixture.Signers[m.ID])
	}
	a := w.acts.Draft(kind, scrutin.TimeOf(w.at), 1, present, body)
	data, err := scrutin.Sign(a, signers...)
	w.must(err)
	w.must(w.acts.Apply(data))
	w.must(w.standing.Write(record.Act(a.Seq, kind), data))
}

// Constitutes is what the first act adopts.
func (w *World) Constitutes() []scrutin.Adopted { return w.acts.Constitutes() }

// Commit has the first holders send their first message of the ceremony; nobody reads it here.
func (w *World) Commit(holders int) {
	w.Helper()
	for _, h := range w.fixture.Manifest.Holders[:holders] {
		w.must(w.standing.Write(record.Ceremony(1, "commit", h.Member), []byte("a message\n")))
	}
}

// Ceremony brings the standing bureau to its key: the acts alone, since messages are the auditor's to read.
func (w *World) Ceremony() {
	w.Helper()
	if w.acts.Seq() == 0 {
		w.Act(scrutin.ActConstitute, scrutin.ActBody{Adopts: w.acts.Constitutes()})
	}
	w.Act(scrutin.ActCeremony, scrutin.ActBody{Adopts: []scrutin.Adopted{{Path: scrutin.AdoptCeremony, SHA256: scrutin.Digest{9}}}})
	w.Act(scrutin.ActRehearse, scrutin.ActBody{Adopts: []scrutin.Adopted{{Path: record.Ceremony(1, "rehearsal-1", "member-1"), SHA256: scrutin.Digest{8}}}})
}

// List has the register sign the list of accounts of a consultation, an urn for each name: a constituency, or several with a plus between them.
func (w *World) List(id string, constituencies ...string) {
	w.Helper()
	s := &account.Snapshot{Register: w.Space.Organisation.Register, Scrutin: id}
	for i, c := range constituencies {
		urn := strings.ReplaceAll(c, "+", "-")
		s.Urns = append(s.Urns, account.SnapshotUrn{Urn: urn, Constituencies: strings.Split(c, "+"), Electors: 300 + i, Keys: scrutin.DigestOf([]byte(urn))})
	}
	w.Sign(s, "roll")
}

// Sign has somebody sign a list of accounts in the register's place, of which nobody reads the keys.
func (w *World) Sign(s *account.Snapshot, by string) {
	w.Helper()
	data, _, err := s.Sign(w.fixture.Signers[by])
	w.must(err)
	out, err := record.Create(filepath.Join(w.Dir, "ville", "lists", s.Scrutin))
	w.must(err)
	w.must(out.Write(record.Enrolment("roll"), data))
	for _, u := range s.Urns {
		w.must(out.Write(record.EnrolmentKeys(u.Urn, "roll"), []byte(u.Urn)))
	}
}

// Draft is a complete one, of citizens in two constituencies.
func (w *World) Draft() *space.Draft {
	d := space.NewDraft(w.Space.Organisation)
	d.Title, d.Context = "La place du marché", []string{"La place peut être rendue aux piétons.", "", "Les travaux dureraient six mois."}
	d.Questions[0].Title = "Faut-il fermer la place du marché aux voitures ?"
	d.Territory, d.Opens, d.Closes, d.Rule = []string{"nord", "sud"}, "2032-05-21T10:00", "2032-05-26T18:00", "absolute-majority"
	return d
}

// Begin keeps a draft, and gives its identifier.
func (w *World) Begin(d *space.Draft) string {
	w.Helper()
	ctx := context.Background()
	id, err := w.Space.Begin(ctx)
	w.must(err)
	w.must(w.Space.Save(ctx, id, 1, d))
	return id
}

// Person enters somebody of the space.
func (w *World) Person(label, role, constituency string) space.Person {
	w.Helper()
	p, err := w.Space.Name(context.Background(), label, role, constituency)
	w.must(err)
	return p
}
