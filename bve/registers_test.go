package bve

import (
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"isoloir/bve/journal"
	"isoloir/scrutin"
	"isoloir/scrutin/note"
	"isoloir/scrutin/scrutintest"
)

// CE-4: the vote opens when the codes have arrived, or with a reason.
func TestDelivery(t *testing.T) {
	b := world(t)
	b.until(scrutin.ActOpen)
	for name, rows := range map[string][]journal.DeliveryRow{
		"nothing said": nil,
		"11 per cent in one country": {{Channel: "email", Sent: 900, Delivered: 900}, {Channel: "sms", Country: "AR", Operator: "x", Sent: 100, Delivered: 11},
			{Channel: "sms", Country: "FR", Sent: 9000, Delivered: 9000}},
		"few everywhere": {{Channel: "email", Sent: 100, Delivered: 90}, {Channel: "sms", Sent: 100, Delivered: 85}},
	} {
		t.Run("CE-4 S002-03 "+name, func(t *testing.T) {
			if rows != nil {
				b.says(journal.Delivery{Rows: rows})
			}
			_, err := b.Draft(ctx, scrutin.ActOpen, scrutin.ActBody{})
			refused(t, err, RuleDelivery)
			steps := b.state().Path(b.at)
			if s := steps[slices.IndexFunc(steps, func(s Step) bool { return s.Kind == scrutin.ActOpen })]; s.Standing != Blocked || !slices.Contains(s.Who, "issuer-1") {
				t.Errorf("%+v", s)
			}
		})
	}
	if _, err := b.Draft(ctx, scrutin.ActOpen, scrutin.ActBody{Reason: "renvoi par courrier fait"}); err != nil {
		t.Error(err)
	}
}

// S004-12d: a medium that was taken out keeps the session from closing.
func TestCustody(t *testing.T) {
	b := world(t)
	b.open(four...)
	medium := func(state string) journal.Custody {
		return journal.Custody{Medium: "clé de member-2", Holder: "member-2", Seal: "A-17", State: state}
	}
	refused(t, b.tell("member-2", medium(journal.Out)), RuleRegister)
	b.told("member-2", medium(journal.In))
	b.told("member-2", medium(journal.Out))
	refused(t, b.tell("member-2", medium(journal.Out)), RuleRegister)
	t.Run("S004-12d", func(t *testing.T) {
		err := b.close()
		refused(t, err, RuleCustody)
		if s, ok := err.(*Refusal); !ok || !slices.Contains(s.Who, "member-2") || !strings.Contains(s.Sentence("fr"), "art") && !strings.Contains(s.Sentence("fr"), "R. ") {
			t.Errorf("%v", err)
		}
	})
	other := medium(journal.Seen)
	other.SHA256[0] = 1
	refused(t, b.tell("member-2", other), RuleRegister)
	b.told("member-2", medium(journal.Tested))
	if err := b.close(); err != nil {
		t.Error(err)
	}
	b.open(four...)
	b.told("member-2", medium(journal.Out))
	b.told("member-2", medium(journal.Lost)) // said, so that nobody looks for it
	if err := b.close(); err != nil {
		t.Error(err)
	}
}

// S004-12d: a medium that opened the test text before the vote does so again before the close, is declared lost, or the close gives its reason.
func TestTestedAgain(t *testing.T) {
	b := world(t)
	b.until(scrutin.ActOpen)
	medium := func(name, state string) {
		b.told("member-2", journal.Custody{Medium: name, Holder: "member-2", Seal: "A-17", State: state})
	}
	for _, name := range []string{"first", "second", "roll"} {
		medium(name, journal.In)
	}
	medium("first", journal.Tested)
	medium("second", journal.Tested)
	b.step(scrutin.ActOpen)
	b.at = b.state().Procedure.Ends()
	b.count(20)
	lacking := func() (n int) {
		for _, r := range b.state().lacks(scrutin.ActClose, nil) {
			if errors.Is(r, RuleRegister) && strings.Contains(r.Sentence("fr"), "trustee test") {
				n++
			}
		}
		return n
	}
	if n := lacking(); n != 2 {
		t.Errorf("%d media wait to be tested, not two", n)
	}
	medium("first", journal.Seen) // seen is not tested
	if n := lacking(); n != 2 {
		t.Errorf("%d media wait to be tested, not two", n)
	}
	_, err := b.move(scrutin.ActClose, scrutin.ActBody{})
	if refused(t, err, RuleRegister); !Surmountable(err) {
		t.Errorf("no reason helps: %v", err)
	}
	medium("first", journal.Tested)
	medium("second", journal.Lost)
	if n := lacking(); n != 0 {
		t.Errorf("%d media wait to be tested still", n)
	}
	b.step(scrutin.ActClose)
}

// Nobody sends codes to accounts: their vote is opened without a report of it.
func TestNoDeliveryToAccounts(t *testing.T) {
	lacking := func(s *State) bool {
		return slices.ContainsFunc(s.lacks(scrutin.ActOpen, nil), func(r *Refusal) bool { return errors.Is(r, RuleDelivery) })
	}
	s := world(t).state()
	if !lacking(s) {
		t.Error("codes were never sent, and the vote may be opened")
	}
	accounts := *s.manifest
	scrutintest.OfAccounts(&accounts)
	if s.manifest = &accounts; lacking(s) {
		t.Error("a scrutin of accounts waits for codes")
	}
}

// S004-12e, S003-28-5: who may reach the processings, and who repairs them.
func TestRegisters(t *testing.T) {
	b := world(t)
	list := func(who ...string) journal.Access {
		return journal.Access{Processing: "liste", List: who, Digest: scrutin.DigestOf([]byte(strings.Join(who, "\n")))}
	}
	t.Run("S004-12e", func(t *testing.T) {
		b.says(list("anne", "bruno"))
		if a := b.state().Accesses[0]; !slices.Equal(a.Came, []string{"anne", "bruno"}) || a.During {
			t.Errorf("%+v", a)
		}
		b.until(scrutin.ActClose)
		b.at = b.Manifest.Schedule.Open.Add(time.Hour)
		b.says(list("bruno", "chloé"))
		if a := b.state().Accesses[0]; !slices.Equal(a.Came, []string{"chloé"}) || !slices.Equal(a.Gone, []string{"anne"}) || !a.During || len(b.state().Accesses) != 1 {
			t.Errorf("%+v", a)
		}
	})
	t.Run("S003-28-5", func(t *testing.T) {
		m := journal.Maintenance{Ticket: "T-1", Who: "D. Durand", Why: "disque", Measures: "remplacement", Data: "aucune"}
		if _, err := b.Say(ctx, journal.InterventionEnd{Maintenance: m}); !errors.Is(err, RuleRegister) {
			t.Errorf("an end without a ticket: %v", err)
		}
		b.says(journal.Intervention{Maintenance: m})
		if _, err := b.Say(ctx, journal.Intervention{Maintenance: m}); !errors.Is(err, RuleRegister) {
			t.Errorf("a ticket twice: %v", err)
		}
		b.at, b.found = b.state().Procedure.Ends(), nil
		b.count(20)
		_, err := b.Draft(ctx, scrutin.ActClose, scrutin.ActBody{})
		refused(t, err, RuleRegister)
		if _, err := b.Draft(ctx, scrutin.ActClose, scrutin.ActBody{Reason: "le technicien est injoignable"}); err != nil {
			t.Error(err)
		}
		b.says(journal.InterventionEnd{Maintenance: m})
		if _, err := b.Draft(ctx, scrutin.ActClose, scrutin.ActBody{}); err != nil {
			t.Error(err)
		}
	})
	t.Run("S004-15b CE-3", func(t *testing.T) {
		o := journal.Observation{Who: "Une électrice", Quality: "voter", Text: []string{"le code est venu tard"}, Annex: true}
		if _, err := b.Say(ctx, o); !errors.Is(err, RuleRegister) {
			t.Errorf("an annex before the minutes: %v", err)
		}
		o.Annex = false
		b.says(o)
		for _, k := range path[slices.Index(path, scrutin.ActClose) : slices.Index(path, scrutin.ActMinutes)+1] {
			b.step(k)
		}
		if _, err := b.Say(ctx, o); !errors.Is(err, RuleRegister) {
			t.Errorf("in the minutes after they were signed: %v", err)
		}
		o.Annex = true
		b.says(o)
	})
	t.Run("S004-08b CE-2", func(t *testing.T) {
		r := journal.Report{Title: "rapport", SHA256: scrutin.DigestOf([]byte("r")), Size: 1}
		refused(t, b.tell("member-1", r), RuleOffice)
		b.told("expert", r)
	})
}

// S003-29b: what touches the scrutin of another bureau needs both presidents.
func TestTwoPresidents(t *testing.T) {
	b := world(t)
	m := newTemplate(t, scrutintest.Options{Edit: func(m *scrutin.Manifest) { m.Companions = []scrutin.Digest{b.Fingerprint} }})
	a := m.sit(t, filepath.Join(t.TempDir(), "record"))
	for _, x := range []*table{a, b} {
		x.until(scrutin.ActClose)
		x.at = x.Manifest.Schedule.Open.Add(time.Hour)
		x.told("comite", journal.Opinion{About: scrutin.ActSuspend, Opinion: "favorable"})
	}
	given := scrutin.ActBody{Reason: "panne", Opinion: "favorable"}
	unheard, err := a.Draft(ctx, scrutin.ActSuspend, given)
	refused(t, err, RuleAgreement) // nobody knows the other president
	if unheard != nil {
		t.Error("it is drafted")
	}
	a.Touched = []*Office{b.Office}
	acts, err := Together(ctx, []*Office{a.Office, b.Office}, scrutin.ActSuspend, given)
	if err != nil || len(acts) != 2 || acts[0].Manifest == acts[1].Manifest {
		t.Fatal(acts, err)
	}
	motion := journal.Motion{Act: *acts[0]}
	a.told("member-1", motion)
	text, err := motion.Text()
	if err != nil {
		t.Fatal(err)
	}
	name := scrutin.TextDigest(text)
	if err := a.support(name, four...); err != nil {
		t.Fatal(err)
	}
	refused(t, a.Adopt(ctx, "member-1", name), RuleAgreement)
	a.Touched = nil
	refused(t, a.Adopt(ctx, "member-1", name), RuleAgreement) // by another process, which does not know him
	a.Touched = []*Office{b.Office}
	refused(t, b.tell("member-2", journal.Agreement{Motion: name, Scrutin: a.Fingerprint}), RuleOffice)
	b.told("member-1", journal.Agreement{Motion: name, Scrutin: b.Fingerprint}) // of another scrutin
	refused(t, a.Adopt(ctx, "member-1", name), RuleAgreement)
	b.told("member-1", journal.Agreement{Motion: name, Scrutin: a.Fingerprint})
	if err := a.Adopt(ctx, "member-1", name); err != nil {
		t.Fatal(err)
	}
	if a.state().Procedure.Voting() || !b.state().Procedure.Voting() {
		t.Error("not the one that was suspended")
	}
}

// S003-25a, S002-04: a seat without a fragment keeps the vote from opening unless the bureau waives it.
func TestWaive(t *testing.T) {
	m := newTemplate(t, scrutintest.Options{Edit: func(m *scrutin.Manifest) {
		key, err := note.GenerateKey("sans-cle")
		if err != nil {
			t.Fatal(err)
		}
		m.Bureau.Members = slices.Insert(m.Bureau.Members, 4, scrutin.Member{ID: "sans-cle", Label: "Sans clé", Role: scrutin.Assessor, Voice: scrutin.Deliberative,
			Class: "administration", Rank: scrutin.Titular, Born: "1970-01-01", Key: key.Verifier().String()})
	}})
	b := m.sit(t, filepath.Join(t.TempDir(), "record"))
	b.until(scrutin.ActOpen)
	b.says(journal.Delivery{Rows: []journal.DeliveryRow{{Channel: "email", Sent: 80, Delivered: 80}}})
	_, err := b.Draft(ctx, scrutin.ActOpen, scrutin.ActBody{})
	refused(t, err, RuleSeat)
	if err := b.act(scrutin.ActWaive, scrutin.ActBody{Waives: []string{"sans-cle"}, Reason: "nommé après la cérémonie"}); err != nil {
		t.Fatal(err)
	}
	b.step(scrutin.ActOpen)
}

// S004-20a, FP-1, FP-7: the vote is opened and sealed on a system that was found well.
func TestSound(t *testing.T) {
	b := world(t)
	b.until(scrutin.ActOpen)
	b.says(journal.Delivery{Rows: []journal.DeliveryRow{{Channel: "email", Sent: 80, Delivered: 80}}})
	alert := func(what, source string) scrutin.Digest {
		e, err := b.Say(ctx, journal.Alert{What: what, Severity: journal.Critical, Source: source})
		if err != nil {
			t.Fatal(err)
		}
		return e.Text
	}
	t.Run("FP-1 another program", func(t *testing.T) {
		name := alert(journal.AlertProgram, "urn")
		_, err := b.Draft(ctx, scrutin.ActOpen, scrutin.ActBody{})
		refused(t, err, RuleIntegrity)
		b.says(journal.AlertEnd{Alert: name})
	})
	b.step(scrutin.ActOpen)
	b.step(scrutin.ActClose)
	t.Run("S004-20a unchecked", func(t *testing.T) {
		_, err := b.Draft(ctx, scrutin.ActSeal, scrutin.ActBody{})
		refused(t, err, RuleIntegrity)
		b.says(journal.Checked{Verdict: journal.Found})
		_, err = b.Draft(ctx, scrutin.ActSeal, scrutin.ActBody{})
		refused(t, err, RuleIntegrity)
		if _, err := b.Draft(ctx, scrutin.ActSeal, scrutin.ActBody{Reason: "ligne surnuméraire écartée"}); err != nil {
			t.Error(err)
		}
	})
	t.Run("FP-7 one node away", func(t *testing.T) {
		b.says(journal.Checked{Verdict: journal.Well})
		name := alert(journal.AlertSilent, "roll")
		_, err := b.Draft(ctx, scrutin.ActSeal, scrutin.ActBody{})
		refused(t, err, RuleIntegrity)
		b.says(journal.AlertEnd{Alert: name})
		b.step(scrutin.ActSeal)
	})
}
