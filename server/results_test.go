package server

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"isoloir/audit/audittest"
	"isoloir/mixte"
	"isoloir/portal/result"
	"isoloir/record"
	"isoloir/scrutin"
	"isoloir/scrutin/scrutintest"
)

// A statement is shown when it may be seen, and only as the bureau's quorum has signed it on this result.
func TestDecided(t *testing.T) {
	sound, err := audittest.New(audittest.Shape{Fixture: scrutintest.Options{Electors: 12, Edit: func(m *scrutin.Manifest) {
		m.Scrutin.Profile, m.MergeLists = scrutin.Consultation, nil
		m.Weight = scrutin.Weight{Rule: scrutin.Mixed, Absent: "counted", Several: "equal"}
		for i := range m.Urns {
			m.Urns[i].Represented, m.Urns[i].Members = 100+i, 1
		}
	}}}, 3)
	if err != nil {
		t.Fatal(err)
	}
	sound.Advance(audittest.Adopted)
	question := sound.Manifest.Questions[0].ID
	at := func(p *Public, now time.Time) (*result.Decision, error) {
		return (&decided{Setting: Setting{Public: p, Now: func() time.Time { return now }}}).Decision(t.Context(), question)
	}
	closes := sound.Manifest.Schedule.Close.Time

	p := published(t, sound)
	d, err := at(p, closes.Add(time.Hour))
	if err != nil || d.Statement.Status != mixte.Definitive || d.Before == nil || len(d.Labels) != len(d.Statement.Rules.Options) || !strings.Contains(d.Text, d.Title) {
		t.Fatalf("%+v %v", d, err)
	}
	if mixte.Digest(d.Earlier) != d.Statement.Provisional || d.Rule.Rule != sound.Manifest.Decision.Rule || d.Voters == 0 || d.Voters > d.Electors {
		t.Errorf("the provisional text, the rule %q, or %d voters of %d", d.Rule.Rule, d.Voters, d.Electors)
	}
	if _, err := (&decided{Setting: Setting{Public: p, Now: time.Now}}).Decision(t.Context(), "other"); !errors.Is(err, result.ErrUnknown) {
		t.Error(err)
	}

	last := ""
	for path := range sound.Files {
		if strings.HasPrefix(path, "acts/") {
			last = max(last, path)
		}
	}
	early := sound.Clone()
	delete(early.Files, last)
	p = published(t, early)
	if d, err := at(p, closes.Add(time.Hour)); err != nil || d.Statement.Status != mixte.Provisional || d.Before != nil {
		t.Errorf("before the result is proclaimed: %v %v", d, err)
	}

	for name, c := range map[string]struct {
		edit    func(*mixte.Statement)
		signers int // all where none
		want    string
	}{
		"of another question":  {func(s *mixte.Statement) { s.Question = "other" }, 0, "another scrutin"},
		"of another scrutin":   {func(s *mixte.Statement) { s.Manifest[0]++ }, 0, "another scrutin"},
		"of another result":    {func(s *mixte.Statement) { s.Opened[0]++ }, 0, "another result"},
		"without quorum":       {func(*mixte.Statement) {}, 1, ""},
		"a vote changed later": {func(s *mixte.Statement) { s.Members[0].Position = mixte.Absent }, 0, "a member's vote has changed"},
	} {
		w := sound.Clone()
		s := w.Mixed(question, mixte.Definitive)
		s.Provisional = w.Text(record.MixteProvisional(question))
		c.edit(s)
		signers := w.Members()
		if c.signers > 0 {
			signers = signers[:c.signers]
		}
		if w.Files[record.Mixte(question)], err = s.Sign(w.Keyring(signers...)...); err != nil {
			t.Fatal(err)
		}
		if d, err := at(published(t, w), closes.Add(time.Hour)); err == nil || errors.Is(err, result.ErrUnknown) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v %v", name, d, err)
		}
	}

	void := sound.Clone()
	void.Act(scrutin.ActAnnul, scrutin.ActBody{Reason: "the judge annulled it"})
	if d, err := at(published(t, void), closes.Add(time.Hour)); err != nil || d.Void == nil || d.Void.Type != scrutin.ActAnnul || d.Zone == nil {
		t.Errorf("what was annulled: %+v %v", d, err)
	}

	p = published(t, sound)
	if err := os.Remove(filepath.Join(p.Record.Dir(), record.Mixte(question))); err != nil {
		t.Fatal(err)
	}
	if d, err := at(p, closes.Add(time.Hour)); err != nil || d.Statement.Status != mixte.Provisional {
		t.Errorf("before it is weighed: %v %v", d, err)
	}
}
