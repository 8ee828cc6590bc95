package register_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"isoloir/register"
	"isoloir/register/registertest"
	"isoloir/scrutin"
)

// TestShare (S000-05): the cards of a constituency are split pro rata and the sum is
// exact; no station is a whole card away from its due.
func TestShare(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		electors := rapid.SliceOfN(rapid.IntRange(0, 3000), 1, 40).Draw(t, "electors")
		total := 0
		for _, n := range electors {
			total += n
		}
		cards := rapid.IntRange(0, 100_000).Draw(t, "cards")
		sum := 0
		for i, got := range register.Share(cards, electors) {
			sum += got
			if total > 0 {
				if due := cards * electors[i]; got*total <= due-total || got*total >= due+total {
					t.Fatalf("station %d has %d of %d cards for %d of %d electors", i, got, cards, electors[i], total)
				}
			}
		}
		if total > 0 && sum != cards {
			t.Fatalf("%d cards of %d", sum, cards)
		}
	})
	for _, c := range []struct {
		cards    int
		electors []int
		want     []int
	}{{10, []int{1, 1, 1}, []int{4, 3, 3}}, {7, []int{3, 2, 2}, []int{3, 2, 2}}, {5, []int{0, 9}, []int{0, 5}}, {0, []int{4}, []int{0}}} {
		got := register.Share(c.cards, c.electors)
		for i := range got {
			if got[i] != c.want[i] {
				t.Errorf("%v: %v", c, got)
			}
		}
	}
}

// TestDistributionRefused names what is wrong, each by itself.
func TestDistributionRefused(t *testing.T) {
	w := registertest.NewTown(t, "nord", "sud")
	later := func(d time.Duration) scrutin.Time { return scrutin.TimeOf(registertest.Opens.Add(d)) }
	for name, c := range map[string]struct {
		edit func(d *register.Distribution)
		want string
	}{
		"nothing":                         {func(*register.Distribution) {}, ""},
		"another register":                {func(d *register.Distribution) { d.Register[0] ^= 1 }, "another register"},
		"a number below one":              {func(d *register.Distribution) { d.Number = 0 }, "numbered from 1"},
		"another scope":                   {func(d *register.Distribution) { d.Scope = "all" }, "general or addition"},
		"nine electors (S000-15)":         {func(d *register.Distribution) { d.Constituencies[0].Electors = 9 }, "are not hidden among each other"},
		"a constituency twice":            {func(d *register.Distribution) { d.Constituencies[1].ID = "NORD" }, "stands twice"},
		"another constituency":            {func(d *register.Distribution) { d.Constituencies[0].ID = "est" }, "has no constituency"},
		"a station of no constituency":    {func(d *register.Distribution) { d.Stations[0].Constituency = "est" }, "no constituency of this distribution"},
		"a station twice":                 {func(d *register.Distribution) { d.Stations[0].ID = d.Stations[1].ID }, "stands twice"},
		"one elector too many":            {func(d *register.Distribution) { d.Stations[0].Electors++ }, "its stations have"},
		"a card more here and less there": {func(d *register.Distribution) { d.Stations[0].Cards++; d.Stations[1].Cards-- }, "by their electors they have"},
		"no round":                        {func(d *register.Distribution) { d.Rounds = nil }, "one or two"},
		"it closes before it opens":       {func(d *register.Distribution) { d.Rounds[0].Closes = later(-time.Second) }, "closes before it opens"},
		"hours of nobody": {func(d *register.Distribution) {
			d.Rounds[0].Exceptions = []register.Hours{{Station: "est-1", Opens: later(0), Closes: later(1)}}
		}, "is no station"},
		"the second round too early": {func(d *register.Distribution) {
			d.Rounds[0].Exceptions = []register.Hours{{Station: "nord-1", Opens: later(0), Closes: later(14 * time.Hour)}}
			d.Rounds = append(d.Rounds, register.Round{Opens: later(13 * time.Hour), Closes: later(15 * time.Hour)})
		}, "before the round before has closed"},
	} {
		d := w.Distribution(1, 14, 6)
		c.edit(d)
		_, _, err := register.ParseDistribution(registertest.Text(t, d), w.Register, w.Rho)
		if c.want == "" && err != nil || c.want != "" && (!errors.Is(err, register.ErrInvalid) || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestOpen (S000-08): a station hands out cards from the second at which it opens, until
// the second at which it closes, by its own hours where it has any.
func TestOpen(t *testing.T) {
	w := registertest.NewTown(t, "nord")
	d := w.Distribution(1, 14, 6)
	later := scrutin.TimeOf(registertest.Closes.Add(2 * time.Hour))
	d.Rounds[0].Exceptions = []register.Hours{{Station: "nord-2", Opens: d.Rounds[0].Opens, Closes: later}}
	for _, c := range []struct {
		station string
		at      time.Time
		want    bool
	}{
		{"nord-1", registertest.Opens.Add(-time.Second), false}, {"nord-1", registertest.Opens, true},
		{"nord-1", registertest.Closes.Add(-time.Second), true}, {"nord-1", registertest.Closes, false},
		{"nord-2", registertest.Closes, true}, {"nord-2", later.Add(-time.Second), true}, {"nord-2", later.Time, false},
	} {
		if _, open := d.Open(c.station, c.at); open != c.want {
			t.Errorf("%s at %s: %v", c.station, c.at, open)
		}
	}
	if !d.Ends().Equal(later.Time) {
		t.Errorf("it ends at %s", d.Ends())
	}
}
