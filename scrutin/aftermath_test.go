package scrutin_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"isoloir/scrutin"
	"isoloir/scrutin/scrutintest"
)

// do applies acts that must hold.
func (b *board) do(t testing.TB, kinds ...string) {
	t.Helper()
	for _, kind := range kinds {
		if err := b.apply(kind); err != nil {
			t.Fatal(err)
		}
	}
}

// refused requires that an act, as edited, breaks a rule.
func (b *board) refused(t testing.TB, kind string, want scrutin.Rule, edit func(a *scrutin.Act)) {
	t.Helper()
	a := b.draft(kind)
	if edit != nil {
		edit(a)
	}
	err := b.p.Apply(b.sign(a, b.present...))
	if !errors.Is(err, want) {
		t.Errorf("%s: %v, expected rule %q", kind, err, string(want))
	}
	var broken *scrutin.ActError
	if errors.As(err, &broken) {
		article := want.Article(b.Manifest.Scrutin.Profile, "fr")
		if french := broken.Sentence("fr"); !strings.Contains(french, article) || strings.Contains(french, "act ") {
			t.Errorf("%q does not cite %q in French", french, article)
		}
	}
}

var everyKind = append([]string{scrutin.ActSuspend, scrutin.ActResume, scrutin.ActExtend, scrutin.ActAddendum, scrutin.ActUpdate, scrutin.ActStop, scrutin.ActAppend,
	scrutin.ActAnnul, scrutin.ActMinutes, scrutin.ActArchive, scrutin.ActHold, scrutin.ActRelease, scrutin.ActDestroy}, straight...)

// What is stopped or annulled is never counted: no act leads on but those after the end.
func TestStoppedAndAnnulled(t *testing.T) {
	t.Run("S003-29a S004-14 stopped", func(t *testing.T) {
		b := newBoard(t, scrutintest.Options{Edit: func(m *scrutin.Manifest) { m.Addenda.Allowed = nil }}) // no manifest takes the right away
		b.until(t, scrutin.ActClose)
		b.refused(t, scrutin.ActStop, scrutin.RuleOpinion, func(a *scrutin.Act) { a.Body.Opinion = "" })
		b.refused(t, scrutin.ActStop, scrutin.RuleBody, func(a *scrutin.Act) { a.Body.Reason = "" })
		b.do(t, scrutin.ActStop)
		if !b.p.Stopped() || !b.p.Ended() || b.p.Voting() || b.p.Annulled() {
			t.Error("not stopped")
		}
		for _, kind := range straight {
			b.refused(t, kind, scrutin.RuleOrder, nil)
		}
		b.refused(t, scrutin.ActResume, scrutin.RuleOrder, nil)
		b.do(t, scrutin.ActAnnul, scrutin.ActMinutes, scrutin.ActArchive)
		if !b.p.Annulled() || b.p.Void() != "" {
			t.Error("not annulled")
		}
	})
	for i, kind := range straight {
		t.Run("S003-29a annulled before "+kind, func(t *testing.T) {
			b := newBoard(t, scrutintest.Options{})
			b.until(t, kind)
			if i == 0 {
				b.refused(t, scrutin.ActAnnul, scrutin.RuleOrder, nil)
				return
			}
			b.refused(t, scrutin.ActAnnul, scrutin.RuleBody, func(a *scrutin.Act) { a.Body.Reason = "" })
			b.do(t, scrutin.ActAnnul)
			for _, k := range straight {
				b.refused(t, k, scrutin.RuleOrder, nil)
			}
			b.refused(t, scrutin.ActAnnul, scrutin.RuleOrder, nil)
			b.do(t, scrutin.ActMinutes)
		})
	}
	t.Run("FP-11 after the proclamation", func(t *testing.T) {
		b := newBoard(t, scrutintest.Options{})
		b.until(t, "")
		for _, kind := range straight { // FP-11: the count is not resumed
			b.refused(t, kind, scrutin.RuleOrder, nil)
		}
		if !b.p.Beside(scrutin.ActAnnul) {
			t.Error("an annulment after the proclamation belongs beside the export")
		}
		b.do(t, scrutin.ActAnnul)
		if !b.p.Annulled() || !b.p.Proclaimed() || b.p.Void() != "décision du juge" {
			t.Errorf("void: %q", b.p.Void())
		}
		b.refused(t, scrutin.ActAnnul, scrutin.RuleOrder, nil)
	})
}

// S004-22b, FP-6: what is kept is destroyed by act alone, never under a hold and
// never before the retention of its profile has ended, to the second.
func TestRetention(t *testing.T) {
	for _, x := range []struct{ id, profile, archived, until string }{
		{"FP-6 two years", scrutin.PublicService, "2026-12-10T23:30:00Z", "2028-12-11T23:00:00Z"}, // the 11th in Paris, until the end of that day
		{"FP-6 leap day", scrutin.PublicService, "2028-02-29T12:00:00Z", "2030-03-01T23:00:00Z"},
		{"S004-22 abroad", scrutin.FrenchAbroad, "2026-03-25T12:00:00Z", "2026-04-04T22:00:00Z"}, // summer time begins between
		{"works council", scrutin.WorksCouncil, "2026-10-20T12:00:00Z", "2026-11-04T23:00:00Z"},  // and ends
		{"consultation", scrutin.Consultation, "2026-12-31T12:00:00Z", "2027-03-03T23:00:00Z"},
	} {
		t.Run(x.id, func(t *testing.T) {
			m := &scrutin.Manifest{Scrutin: scrutin.Scrutin{Profile: x.profile}, Schedule: scrutin.Schedule{Zone: "Europe/Paris"}}
			if got := scrutin.TimeOf(m.Retained(instant(t, x.archived))).String(); got != x.until {
				t.Errorf("kept until %s, expected %s", got, x.until)
			}
		})
	}
	t.Run("S004-22b", func(t *testing.T) {
		b := newBoard(t, scrutintest.Options{})
		b.until(t, "")
		b.refused(t, scrutin.ActArchive, scrutin.RuleOrder, nil)
		b.refused(t, scrutin.ActDestroy, scrutin.RuleOrder, nil)
		b.do(t, scrutin.ActMinutes)
		b.refused(t, scrutin.ActMinutes, scrutin.RuleOrder, nil)
		b.do(t, scrutin.ActHold, scrutin.ActArchive)
		b.refused(t, scrutin.ActArchive, scrutin.RuleOrder, nil)
		b.refused(t, scrutin.ActHold, scrutin.RuleOrder, nil)
		end := b.p.Retained()
		b.refused(t, scrutin.ActDestroy, scrutin.RuleHold, func(a *scrutin.Act) { a.Time = scrutin.TimeOf(end) })
		b.do(t, scrutin.ActRelease)
		b.refused(t, scrutin.ActRelease, scrutin.RuleOrder, nil)
		b.refused(t, scrutin.ActDestroy, scrutin.RuleRetention, func(a *scrutin.Act) { a.Time = scrutin.TimeOf(end.Add(-time.Second)) })
		b.refused(t, scrutin.ActDestroy, scrutin.RuleBody, func(a *scrutin.Act) { a.Time, a.Body.Adopts = scrutin.TimeOf(end), nil })
		b.at = end.Add(-time.Minute)
		b.do(t, scrutin.ActDestroy)
		for _, kind := range everyKind {
			b.refused(t, kind, scrutin.RuleOrder, nil)
		}
		if !b.p.Destroyed() || len(b.p.Next()) != 0 {
			t.Error("something can follow: ", b.p.Next())
		}
	})
}

func instant(t testing.TB, s string) (at scrutin.Time) {
	t.Helper()
	if err := at.UnmarshalText([]byte(s)); err != nil {
		t.Fatal(err)
	}
	return at
}

// S003-25a, S004-18a: a seat without a fragment keeps the vote from opening unless an
// act waives it and says why.
func TestSeats(t *testing.T) {
	lacking := func(m *scrutin.Manifest) {
		m.Holders = m.Holders[:3]
		m.Clauses[0].Holders, m.Clauses[0].Threshold = m.Clauses[0].Holders[:3], 2
	}
	b := newBoard(t, scrutintest.Options{Edit: lacking})
	b.until(t, scrutin.ActOpen)
	waive := func(names ...string) func(*scrutin.Act) {
		return func(a *scrutin.Act) {
			a.Type, a.Body = scrutin.ActWaive, scrutin.ActBody{Waives: names, Reason: "malade"}
		}
	}
	b.refused(t, scrutin.ActOpen, scrutin.RuleSeat, nil)
	b.refused(t, scrutin.ActAnnul, scrutin.RuleBody, waive())
	b.refused(t, scrutin.ActAnnul, scrutin.RuleBody, waive("member-1"))
	b.refused(t, scrutin.ActAnnul, scrutin.RuleBody, waive("member-4", "member-4"))
	b.refused(t, scrutin.ActAnnul, scrutin.RuleBody, func(a *scrutin.Act) { waive("member-4")(a); a.Body.Reason = "" })
	a := b.draft(scrutin.ActAnnul)
	waive("member-4")(a)
	if err := b.p.Apply(b.sign(a, b.present...)); err != nil {
		t.Fatal(err)
	}
	b.refused(t, scrutin.ActAnnul, scrutin.RuleBody, waive("member-4"))
	b.do(t, scrutin.ActOpen)
	b.refused(t, scrutin.ActAnnul, scrutin.RuleOrder, waive("member-4"))

	excluding := newBoard(t, scrutintest.Options{})
	excluding.do(t, scrutin.ActConstitute)
	a = excluding.draft(scrutin.ActCeremony)
	a.Body.Excluded = []scrutin.Exclusion{{Run: 1, Holder: "member-4"}}
	a.Body.Adopts[0].SHA256 = some("second run")
	excluding.Manifest.Clauses[0].Threshold = 2
	if err := excluding.p.Apply(excluding.sign(a, excluding.present...)); err != nil {
		t.Fatal(err)
	}
	if got := excluding.p.Unfilled(); len(got) != 1 || got[0] != "member-4" {
		t.Errorf("without a fragment: %v", got)
	}
}

// S004-21a, CE-6: nothing is opened before the last polling station has closed.
func TestCount(t *testing.T) {
	var count scrutin.Time
	b := newBoard(t, scrutintest.Options{Edit: func(m *scrutin.Manifest) {
		m.Schedule.Count = scrutin.TimeOf(m.Schedule.Close.AddDate(0, 0, 4))
		count = m.Schedule.Count
	}})
	b.until(t, scrutin.ActDecrypt)
	b.refused(t, scrutin.ActDecrypt, scrutin.RuleCount, func(a *scrutin.Act) { a.Time = scrutin.TimeOf(count.Add(-time.Second)) })
	b.at = count.Add(-time.Minute)
	b.do(t, scrutin.ActDecrypt, scrutin.ActProclaim)
}

// S003-30, FP-5, S002-05: the vote is not closed before the sealed hour and the time
// of grace, to the second, also when the clocks change during the vote.
func TestGrace(t *testing.T) {
	zone, err := time.LoadLocation("Europe/Paris")
	if err != nil {
		t.Fatal(err)
	}
	for _, week := range []struct {
		name        string
		open, close time.Time
		utc         string // of the close
	}{
		{"summer time begins", time.Date(2027, 3, 26, 12, 0, 0, 0, zone), time.Date(2027, 3, 31, 18, 0, 0, 0, zone), "2027-03-31T16:00:00Z"},
		{"summer time ends", time.Date(2027, 10, 29, 12, 0, 0, 0, zone), time.Date(2027, 11, 3, 18, 0, 0, 0, zone), "2027-11-03T17:00:00Z"},
		{"in the hour that is skipped", time.Date(2027, 3, 26, 12, 0, 0, 0, zone), time.Date(2027, 3, 28, 2, 30, 0, 0, zone), "2027-03-28T01:30:00Z"},
		{"in the hour that comes twice", time.Date(2027, 10, 29, 12, 0, 0, 0, zone), time.Date(2027, 10, 31, 2, 30, 0, 0, zone), "2027-10-31T01:30:00Z"},
	} {
		for _, grace := range []int{0, 15, 30} {
			t.Run("S003-30 FP-5 "+week.name, func(t *testing.T) {
				b := newBoard(t, scrutintest.Options{Open: week.open, Edit: func(m *scrutin.Manifest) {
					m.Schedule.Close, m.Schedule.GraceMinutes = scrutin.TimeOf(week.close), grace
				}})
				if got := b.Manifest.Schedule.Close.String(); got != week.utc {
					t.Fatalf("closes at %s, expected %s", got, week.utc)
				}
				b.until(t, scrutin.ActClose)
				end := week.close.Add(time.Duration(grace) * time.Minute)
				at := func(s time.Duration) func(*scrutin.Act) {
					return func(a *scrutin.Act) { a.Time = scrutin.TimeOf(end.Add(s)) }
				}
				b.refused(t, scrutin.ActClose, scrutin.RuleTime, at(-time.Second))
				for _, late := range []time.Duration{0, time.Second} {
					p := *b.p
					a := b.draft(scrutin.ActClose)
					at(late)(a)
					if err := p.Apply(b.sign(a, b.present...)); err != nil {
						t.Error(err)
					}
				}
			})
		}
	}
}

// S004-08a, S004-22: an emergency update says the old and the new digest, and no gap is
// left between two of them. (CoE-43)
func TestUpdate(t *testing.T) {
	b := newBoard(t, scrutintest.Options{Edit: func(m *scrutin.Manifest) { m.Addenda.Allowed = append(m.Addenda.Allowed, "update") }})
	b.until(t, scrutin.ActClose)
	for name, edit := range map[string]func(a *scrutin.Act){
		"nothing old":   func(a *scrutin.Act) { a.Body.Replaces = nil },
		"nothing new":   func(a *scrutin.Act) { a.Body.Adopts = nil },
		"nothing else":  func(a *scrutin.Act) { a.Body.Replaces = a.Body.Adopts },
		"another thing": func(a *scrutin.Act) { a.Body.Adopts[0].Path, a.Body.Replaces[0].Path = "client", "client" },
		"no reason":     func(a *scrutin.Act) { a.Body.Reason = "" },
	} {
		t.Run(name, func(t *testing.T) { b.refused(t, scrutin.ActUpdate, scrutin.RuleBody, edit) })
	}
	b.refused(t, scrutin.ActUpdate, scrutin.RuleOpinion, func(a *scrutin.Act) { a.Body.Opinion = "" })
	b.do(t, scrutin.ActUpdate)
	b.refused(t, scrutin.ActUpdate, scrutin.RuleBody, nil)
	a := b.draft(scrutin.ActUpdate)
	a.Body.Replaces[0].SHA256, a.Body.Adopts[0].SHA256 = some("software"), some("newer")
	if err := b.p.Apply(b.sign(a, b.present...)); err != nil {
		t.Fatal(err)
	}
	if n := len(b.p.Updates); n != 2 || b.p.Updates[1] != (scrutin.Update{Old: some("software"), New: some("newer")}) {
		t.Errorf("%+v", b.p.Updates)
	}
	none := newBoard(t, scrutintest.Options{})
	none.until(t, scrutin.ActClose)
	none.refused(t, scrutin.ActUpdate, scrutin.RuleAddendum, nil)
}
