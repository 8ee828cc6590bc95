package office_test

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"isoloir/register"
	"isoloir/register/office"
	"isoloir/register/registertest"
	"isoloir/scrutin"
)

// FuzzStations: of a file of stations that is taken, each constituency has as many cards as electors; of a file of urns, each constituency one urn at most.
func FuzzStations(f *testing.F) {
	f.Add(stations)
	f.Add("urn,constituency\nu,nord\nu,sud\n")
	dir, now := filepath.Join(f.TempDir(), "register"), registertest.Opens.Add(-time.Hour)
	if _, err := office.Init(dir, template()); err != nil {
		f.Fatal(err)
	}
	d, err := office.Open(f.Context(), dir, func() time.Time { return now })
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(func() { d.Shut() })
	plan := office.Plan{Title: "Remise", Scope: register.General, Rounds: []register.Round{{Opens: scrutin.TimeOf(registertest.Opens), Closes: scrutin.TimeOf(registertest.Closes)}}}
	f.Fuzz(func(t *testing.T, file string) {
		if made, err := d.Distribution(plan, strings.NewReader(file)); err == nil {
			cards := map[string]int{}
			for _, s := range made.Stations {
				cards[s.Constituency] += s.Cards
			}
			for _, c := range made.Constituencies {
				if cards[c.ID] != c.Electors {
					t.Fatalf("%q: %d cards for %d electors of %s", file, cards[c.ID], c.Electors, c.ID)
				}
			}
		}
		urns, err := d.Urns(strings.NewReader(file))
		if err != nil {
			return
		}
		of := map[string]bool{}
		for _, u := range urns {
			for _, c := range u.Constituencies {
				if of[c] {
					t.Fatalf("%q: %s is in two urns", file, c)
				}
				of[c] = true
			}
		}
	})
}
