package bve

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"isoloir/bve/journal"
	"isoloir/record"
	"isoloir/scrutin"
)

// S004-09, S002-01: the whole path, each step by an act in an open session, in the order of the text and no other.
func TestWholePath(t *testing.T) {
	b := world(t)
	if _, err := b.Draft(ctx, scrutin.ActConstitute, scrutin.ActBody{}); true {
		refused(t, err, RuleSession) // S004-09: nothing outside a session
	}
	if s := b.state().Path(b.at)[0]; s.Standing != Blocked || s.Who[0] != "member-1" {
		t.Errorf("before the first session: %+v", s)
	}
	b.open(four...)
	for i, kind := range path {
		for _, other := range path {
			if !slices.Contains(b.state().Procedure.Next(), other) {
				_, err := b.Draft(ctx, other, scrutin.ActBody{Reason: "trop tôt"})
				if err == nil {
					t.Fatalf("%s before %s is drafted", other, kind)
				}
			}
		}
		b.step(kind)
		steps := b.state().Path(b.at)
		for j, s := range steps {
			want := Later
			if j <= i {
				want = Done
			} else if j == i+1 {
				if s.Standing != Possible && s.Standing != Blocked {
					t.Errorf("after %s, %s is %s", kind, s.Kind, s.Standing)
				}
				continue
			}
			if s.Standing != want {
				t.Errorf("after %s, %s is %s, expected %s", kind, s.Kind, s.Standing, want)
			}
		}
	}
	s := b.state()
	if !s.Procedure.Destroyed() || len(s.Acts()) != len(path) || s.Acts()[len(path)-1].Path != record.After(len(path), scrutin.ActDestroy) {
		t.Errorf("%d acts, the last one at %s", len(s.Acts()), s.Acts()[len(s.Acts())-1].Path)
	}
	for _, m := range s.Motions {
		if m.Outcome != Adopted || !m.Said {
			t.Errorf("motion %s: %s", m.Act.Type, m.Outcome)
		}
	}
	if err := b.close(); err != nil {
		t.Error(err)
	}
	if _, err := journal.Verify(b.Manifest, b.Fingerprint, b.store.rows[b.Fingerprint]); err != nil {
		t.Error(err)
	}
}

// Sessions, attendance and voices: who may say what, and when.
func TestSessions(t *testing.T) {
	b := world(t)
	refused(t, b.tell("member-1", journal.Present{}), RuleSession)
	refused(t, b.tell("comite", journal.SessionOpen{Purpose: "séance"}), RuleOffice)
	refused(t, b.tell("technicien", journal.SessionOpen{Purpose: "séance"}), RuleOffice)
	b.told("member-2", journal.SessionOpen{Purpose: "ouverture"}) // the president may be away
	refused(t, b.tell("member-1", journal.SessionOpen{Purpose: "séance"}), RuleSession)
	refused(t, b.tell("technicien", journal.Present{}), RuleOffice)
	b.told("member-2", journal.Present{})
	refused(t, b.tell("member-2", journal.Present{}), RuleSession)
	refused(t, b.tell("member-1", journal.Leave{}), RuleOffice)
	refused(t, b.close(), RuleOffice)
	_, err := b.Draft(ctx, scrutin.ActConstitute, scrutin.ActBody{})
	refused(t, err, RuleOffice) // one of four cannot decide
	b.told("member-1", journal.Present{})
	if c := Presiding(b.Manifest, b.state().Session.Present); c.Member != "member-1" || c.How != Titular {
		t.Errorf("%+v", c)
	}
	b.told("member-3", journal.Present{})
	b.told("comite", journal.Present{})
	name, err := b.move(scrutin.ActConstitute, scrutin.ActBody{})
	if err != nil {
		t.Fatal(err)
	}
	_, err = b.move(scrutin.ActConstitute, scrutin.ActBody{})
	refused(t, err, RuleMotion)                         // one at a time
	refused(t, b.support(name, "comite"), RuleOffice)   // heard, no more
	refused(t, b.support(name, "member-4"), RuleOffice) // not there
	refused(t, b.tell("member-1", journal.Support{Motion: name, Signature: b.sign(name, "member-2")}), RuleSignature)
	t.Run("S004-10c", func(t *testing.T) { // two of the three that the quorum wants
		if err := b.support(name, "member-1", "member-2"); err != nil {
			t.Fatal(err)
		}
		refused(t, b.support(name, "member-1"), RuleMotion) // one voice each
		refused(t, b.tell("member-1", journal.Abstain{Motion: name}), RuleMotion)
		refused(t, b.Adopt(ctx, "member-1", name), scrutin.RuleQuorum)
		b.told("member-3", journal.Against{Motion: name})
		if m, _ := b.state().Motion(name); m.Outcome != Lapsed || !m.Said || !strings.Contains(m.Why.(*Refusal).Sentence("fr"), "ont signé quand il en faut") {
			t.Errorf("no voice is left that could carry it, and it is %s: %v", m.Outcome, m.Why)
		}
		refused(t, b.Adopt(ctx, "member-1", name), RuleMotion)
	})
	_, err = b.move(scrutin.ActConstitute, scrutin.ActBody{})
	refused(t, err, RuleMotion) // it would be the same act
	b.at = b.at.Add(time.Second)
	if name, err = b.move(scrutin.ActConstitute, scrutin.ActBody{}); err != nil {
		t.Fatal(err)
	}
	b.told("member-4", journal.Present{})
	if m, _ := b.state().Motion(name); m.Outcome != Lapsed || !m.Said {
		t.Errorf("somebody came, and the motion is %s", m.Outcome)
	}
	refused(t, b.Adopt(ctx, "member-1", name), RuleMotion)
	b.at = b.at.Add(time.Second)
	if err := b.act(scrutin.ActConstitute, scrutin.ActBody{}); err != nil {
		t.Fatal(err)
	}
	b.told("member-4", journal.Leave{})
	if got := b.state().Session.Present; !slices.Equal(got, []string{"member-1", "member-2", "member-3", "comite"}) {
		t.Error(got)
	}
	if err := b.close(); err != nil {
		t.Fatal(err)
	}
	if n := b.state().NextSession(); n != 2 {
		t.Errorf("the next session is %d", n)
	}
}

// S004-21a, protocol, section 9: a cell of few ballots is opened only where an act names it.
func TestSmallCell(t *testing.T) {
	b := world(t)
	b.until(scrutin.ActClose)
	b.at = b.state().Procedure.Ends()
	b.count(3)
	if err := b.act(scrutin.ActClose, scrutin.ActBody{}); err != nil {
		t.Fatal(err)
	}
	b.step(scrutin.ActSeal)
	_, err := b.Draft(ctx, scrutin.ActMix, scrutin.ActBody{})
	refused(t, err, RuleSmall)
	b.at = b.at.Add(time.Minute)
	if err := b.act(scrutin.ActOpenSmall, scrutin.ActBody{Cells: []string{"urn-1", "urn-2"}, Reason: "aucune autre urne"}); err != nil {
		t.Fatal(err)
	}
	b.step(scrutin.ActMix)
}

// What a motion adopts and finds is what the service holds, whoever drafts it.
func TestFigures(t *testing.T) {
	b := world(t)
	b.until(scrutin.ActEnrol)
	a, err := b.Draft(ctx, scrutin.ActEnrol, scrutin.ActBody{})
	if err != nil {
		t.Fatal(err)
	}
	a.Body.Adopts[0].SHA256[0] ^= 1
	refused(t, b.tell("member-1", journal.Motion{Act: *a}), RuleFigures)
	a.Body.Adopts[0].SHA256[0] ^= 1
	a.Present = a.Present[:3]
	refused(t, b.tell("member-1", journal.Motion{Act: *a}), RuleMotion)
	a.Present, a.Time = four, scrutin.TimeOf(b.at.Add(time.Hour))
	refused(t, b.tell("member-1", journal.Motion{Act: *a}), RuleLate)
	for _, k := range []string{scrutin.ActEnrol, scrutin.ActAnonymise} {
		b.step(k)
	}
	b.says(journal.Delivery{Rows: []journal.DeliveryRow{{Channel: "email", Sent: 80, Delivered: 80}}})
	t.Run("S004-18b", func(t *testing.T) { // a ballot in the urn before the opening
		b.count(1)
		_, err := b.Draft(ctx, scrutin.ActOpen, scrutin.ActBody{})
		refused(t, err, scrutin.RuleEmptyUrn)
		b.count(0)
		a, err := b.Draft(ctx, scrutin.ActOpen, scrutin.ActBody{})
		if err != nil {
			t.Fatal(err)
		}
		b.count(1)
		b.says(journal.Turnout{Urns: b.found}) // the figures have changed since
		refused(t, b.tell("member-1", journal.Motion{Act: *a}), RuleFigures)
		b.count(0)
	})
	b.step(scrutin.ActOpen)
	b.at = b.state().Procedure.Ends()
	t.Run("S004-20c", func(t *testing.T) { // as many ballots as marks, in each urn
		b.count(20)
		b.step(scrutin.ActClose)
		b.says(journal.Checked{Verdict: journal.Well})
		b.found[1].Ballots--
		_, err := b.Draft(ctx, scrutin.ActSeal, scrutin.ActBody{})
		refused(t, err, scrutin.RuleSince)
		b.count(20)
		b.found[0].Marks++
		_, err = b.Draft(ctx, scrutin.ActSeal, scrutin.ActBody{})
		refused(t, err, scrutin.RuleEqual)
	})
}

// S004-14, S003-29a: the vote is suspended, extended and stopped after the committee was heard, whose words the act quotes.
func TestOpinion(t *testing.T) {
	b := world(t)
	b.until(scrutin.ActClose)
	b.at = b.Manifest.Schedule.Open.Add(time.Hour)
	given := scrutin.ActBody{Reason: "panne", Opinion: "favorable"}
	for _, kind := range []string{scrutin.ActSuspend, scrutin.ActStop, scrutin.ActExtend, scrutin.ActUpdate} {
		t.Run("S004-14 S004-11 "+kind, func(t *testing.T) {
			body := given
			switch kind {
			case scrutin.ActExtend:
				body.Close = scrutin.TimeOf(b.state().Procedure.Closes().Add(time.Hour))
			case scrutin.ActUpdate:
				body.Adopts, body.Replaces = bare(scrutin.AdoptSoftware), []scrutin.Adopted{{Path: scrutin.AdoptSoftware, SHA256: scrutin.DigestOf([]byte("old"))}}
			}
			_, err := b.move(kind, body)
			refused(t, err, RuleOpinion)
			refused(t, b.tell("member-2", journal.Opinion{About: kind, Opinion: "favorable"}), RuleOffice)
			b.told("comite", journal.Opinion{About: kind, Opinion: "réservé"})
			_, err = b.move(kind, body)
			refused(t, err, RuleOpinion) // the act quotes something else
			b.told("expert", journal.Opinion{About: kind, Opinion: "favorable"})
			if kind == scrutin.ActStop {
				return
			}
			if err := b.act(kind, body); err != nil {
				t.Fatal(err)
			}
			if kind == scrutin.ActSuspend {
				if err := b.act(scrutin.ActResume, scrutin.ActBody{}); err != nil {
					t.Fatal(err)
				}
			}
		})
	}
	t.Run("S003-29a", func(t *testing.T) {
		b.at = b.at.Add(time.Minute)
		if err := b.act(scrutin.ActStop, given); err != nil {
			t.Fatal(err)
		}
		for _, kind := range path[slices.Index(path, scrutin.ActClose):slices.Index(path, scrutin.ActMinutes)] {
			_, err := b.Draft(ctx, kind, scrutin.ActBody{})
			if err == nil {
				t.Errorf("%s after the vote was stopped", kind)
			}
		}
		steps := b.state().Path(b.at)
		if i := slices.IndexFunc(steps, func(s Step) bool { return s.Standing == Possible }); i < 0 || steps[i].Kind != scrutin.ActMinutes || steps[i-1].Kind != scrutin.ActStop {
			t.Errorf("%+v", steps)
		}
		b.step(scrutin.ActMinutes)
	})
}

// A motion that was in time when it was made lapses when the time has passed.
func TestLate(t *testing.T) {
	b := world(t)
	b.until(scrutin.ActClose)
	b.told("comite", journal.Opinion{About: scrutin.ActExtend, Opinion: "favorable"})
	closes := b.state().Procedure.Closes()
	b.at = closes.Add(-time.Minute)
	name, err := b.move(scrutin.ActExtend, scrutin.ActBody{Reason: "panne", Opinion: "favorable", Close: scrutin.TimeOf(closes.Add(time.Hour))})
	if err != nil {
		t.Fatal(err)
	}
	if err := b.support(name, four...); err != nil {
		t.Fatal(err)
	}
	b.at = closes.Time
	refused(t, b.Adopt(ctx, "member-1", name), RuleLate)
	if b.state().Procedure.Closes() != closes {
		t.Error("the vote was extended after its end")
	}
}

// S004-21a: nothing is opened before the last polling station has closed, nor with too few keys.
func TestOpening(t *testing.T) {
	b := world(t)
	b.until(scrutin.ActDecrypt)
	t.Run("S004-21a CE-6 before the end", func(t *testing.T) {
		b.at = b.Manifest.Schedule.Count.Add(-time.Second)
		_, err := b.Draft(ctx, scrutin.ActDecrypt, scrutin.ActBody{})
		refused(t, err, RuleTime)
	})
	t.Run("S004-21a two of three", func(t *testing.T) {
		few := b.template.sit(t, filepath.Join(t.TempDir(), "record"))
		if err := os.Remove(filepath.Join(few.dir, record.Shares("quorum", "member-2"))); err != nil {
			t.Fatal(err)
		}
		few.again()
		few.until(scrutin.ActDecrypt)
		few.at = few.Manifest.Schedule.Count.Time
		_, err := few.Draft(ctx, scrutin.ActDecrypt, scrutin.ActBody{})
		refused(t, err, RuleMissing)
		if !slices.Contains(err.(*Refusal).Who, "member-1") {
			t.Errorf("%v", err.(*Refusal).Who)
		}
	})
	b.at = b.Manifest.Schedule.Count.Time
	name := b.overtaken()
	refused(t, b.Adopt(ctx, "member-1", name), RuleFigures) // every share that stands in the record is adopted
	b.step(scrutin.ActDecrypt)
}

// The minutes tell of this journal, as it has been: another head is refused, also in an act that the service has not drafted.
func TestMinutesHead(t *testing.T) {
	b := world(t)
	b.until(scrutin.ActMinutes)
	given := scrutin.ActBody{Adopts: b.minutes()}
	earlier := b.Office.Journal().Entries(0)[3].Head
	a, err := b.Draft(ctx, scrutin.ActMinutes, given)
	if err != nil {
		t.Fatal(err)
	}
	given.Adopts = bare(scrutin.AdoptMinutes, scrutin.AdoptJournal)
	_, err = b.Draft(ctx, scrutin.ActMinutes, given)
	refused(t, err, RuleFigures)
	forged := *a
	forged.Body.Adopts = given.Adopts
	refused(t, b.tell("member-1", journal.Motion{Act: forged}), RuleFigures)
	given.Adopts[1].SHA256 = earlier
	if err := b.act(scrutin.ActMinutes, given); err != nil {
		t.Error(err)
	}
}

// An opinion serves for one act: the next one of the same type is heard about anew.
func TestOldOpinion(t *testing.T) {
	b := world(t)
	b.until(scrutin.ActClose)
	b.at = b.Manifest.Schedule.Open.Add(time.Hour)
	given := scrutin.ActBody{Reason: "panne", Opinion: "favorable"}
	b.told("comite", journal.Opinion{About: scrutin.ActSuspend, Opinion: "favorable"})
	b.told("comite", journal.Opinion{About: scrutin.ActStop, Opinion: "favorable"})
	if err := b.act(scrutin.ActSuspend, given); err != nil {
		t.Fatal(err)
	}
	next := func(at time.Time) Step {
		steps := b.state().Path(at)
		return steps[slices.IndexFunc(steps, func(s Step) bool { return s.Standing == Possible || s.Standing == Blocked })]
	}
	if s := next(b.at); s.Kind != scrutin.ActResume || s.Standing != Possible {
		t.Errorf("while the vote is suspended, %+v is next", s)
	}
	if s := next(b.state().Procedure.Closes().Time); s.Kind != scrutin.ActClose {
		t.Errorf("once a suspended vote has come to its end, %+v is next", s)
	}
	if err := b.act(scrutin.ActResume, scrutin.ActBody{}); err != nil {
		t.Fatal(err)
	}
	if s := next(b.at); s.Kind != scrutin.ActClose {
		t.Errorf("once it is resumed, %+v is next", s)
	}
	b.at = b.at.Add(time.Hour)
	b.again()
	_, err := b.move(scrutin.ActSuspend, given)
	refused(t, err, RuleOpinion)
	if _, err := b.Draft(ctx, scrutin.ActStop, given); err != nil {
		t.Errorf("about another act: %v", err)
	}
	b.told("comite", journal.Opinion{About: scrutin.ActSuspend, Opinion: "favorable"})
	if err := b.act(scrutin.ActSuspend, given); err != nil {
		t.Error(err)
	}
}
