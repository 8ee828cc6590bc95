package retention_test

import (
	"slices"
	"testing"
	"time"

	"isoloir/bve/retention"
	"isoloir/scrutin"
	"isoloir/scrutin/scrutintest"
)

// CNIL, FP-6: the time runs from the act archive, a hold stops it, and what outlives it are three classes.
func TestTable(t *testing.T) {
	m := scrutintest.New(t, scrutintest.Options{Edit: func(m *scrutin.Manifest) { m.Scrutin.Profile = scrutin.PublicService }}).Manifest
	day := time.Date(2027, 3, 14, 12, 0, 0, 0, time.UTC)
	act := func(n int, kind, reason string) *scrutin.Act {
		return &scrutin.Act{Seq: n, Type: kind, Time: scrutin.TimeOf(day), Body: scrutin.ActBody{Reason: reason}}
	}
	minutes, archive := act(1, scrutin.ActMinutes, ""), act(2, scrutin.ActArchive, "")
	hold, release, destroy := act(3, scrutin.ActHold, "un recours"), act(4, scrutin.ActRelease, "jugé"), act(5, scrutin.ActDestroy, "")
	until := m.Retained(scrutin.TimeOf(day))
	if until.Year() != 2029 {
		t.Fatalf("two years in the public service end on %s", until)
	}
	for _, c := range []struct {
		acts  []*scrutin.Act
		at    time.Time
		state string
		act   int
	}{
		{nil, day, retention.Running, 0},
		{[]*scrutin.Act{minutes}, until, retention.Running, 0},
		{[]*scrutin.Act{minutes, archive}, day, retention.Sealed, 2},
		{[]*scrutin.Act{minutes, archive}, until.Add(-time.Second), retention.Sealed, 2},
		{[]*scrutin.Act{minutes, archive}, until, retention.Due, 2},
		{[]*scrutin.Act{minutes, archive, hold}, until, retention.Held, 3},
		{[]*scrutin.Act{minutes, hold}, day, retention.Held, 3},
		{[]*scrutin.Act{minutes, archive, hold, release}, until, retention.Due, 4},
		{[]*scrutin.Act{minutes, archive, hold, release, destroy}, until, retention.Destroyed, 5},
	} {
		got := retention.Of(m, c.acts, c.at)
		if got.State != c.state || got.Act != c.act || (got.State == retention.Held) != (got.Reason != "") {
			t.Errorf("after %d acts at %s: %+v, want %s", len(c.acts), c.at, got, c.state)
		}
	}
	l := retention.ListOf(scrutin.Digest{1}, scrutin.NewProcedure(m, scrutin.Digest{1}))
	text, err := scrutin.Text(l)
	if err != nil {
		t.Fatal(err)
	}
	back, err := scrutin.Parse[retention.List](text)
	if err != nil || !slices.Equal(back.Keep, []string{"candidacies", "minutes", "appointments"}) || len(back.Destroy)+len(back.Keep) != len(retention.Classes()) {
		t.Errorf("%+v, %v", back, err)
	}
}
