package archive_test

import (
	"path/filepath"
	"strings"
	"testing"

	"isoloir/audit"
	"isoloir/audit/audittest"
	"isoloir/scrutin"
	"isoloir/scrutin/scrutintest"
)

// Of scrutins of accounts, and of members and citizens with votes on paper, the archive alone is enough too: what a register and a standing bureau have signed is in it. (S004-22a)
func TestAccounts(t *testing.T) {
	holders := []scrutintest.Clause{{ID: "quorum", Threshold: 2, Holders: []int{1, 2, 3, 4}}}
	for name, c := range map[string]struct {
		shape audittest.Shape
		files []string
	}{
		"accounts": {audittest.Shape{Fixture: scrutintest.Options{Urns: 1, Electors: 11, Choices: 2, Mixers: 2, Clauses: holders, Revotes: 2}, Abstain: 1, Revoters: 2, Accounts: true, Supervised: 2, Standing: true},
			[]string{"export/enrolment/", "export/standing.json"}},
		"together": {audittest.Shape{Fixture: scrutintest.Options{Urns: 1, Electors: 8, Choices: 2, Mixers: 2, MinSize: 3, Clauses: holders, Edit: func(m *scrutin.Manifest) {
			m.Scrutin.Profile, m.Weight = scrutin.Consultation, scrutin.Weight{Rule: scrutin.Mixed, Absent: "counted", Several: "equal"}
			m.Urns[0].Represented, m.Urns[0].Members = 100, 1
		}}, Abstain: 4, Paper: 4}, []string{"export/paper/", "export/mixte/"}},
	} {
		t.Run(name, func(t *testing.T) {
			w, err := audittest.New(c.shape, 1)
			if err != nil {
				t.Fatal(err)
			}
			b := &bench{World: w.Advance(audittest.Listed), dir: filepath.Join(t.TempDir(), "export"), dossier: t.TempDir()}
			b.paper(t, "minutes.json", "the minutes")
			data := whole(t, b, nil)
			r, err := read(data)
			if err != nil {
				t.Fatal(err)
			}
			if report, err := audit.Verify(r.Export(), audit.Options{}); err != nil || report.Verdict != audit.Consistent {
				t.Errorf("%+v, %v", report, err)
			}
			names := strings.Join(r.Names(), "\n")
			for _, want := range c.files {
				if !strings.Contains(names, want) {
					t.Errorf("there is no %s in\n%s", want, names)
				}
			}
		})
	}
}
