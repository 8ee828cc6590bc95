package replay_test

import (
	"context"
	"encoding/csv"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"isoloir/audit"
	"isoloir/record"
	"isoloir/replay"
	"isoloir/replay/parties"
)

// A whole consultation of accounts, under a standing key: some change their minds, some go to the terminal, and what counts is what the text says.
func TestConsultation(t *testing.T) {
	draw := rand.New(rand.NewPCG(5, 7))
	c := &replay.Consultation{Title: "Piste cyclable", Options: []string{"Pour", "Contre"}, MinimumSize: 10, Revotes: 3, Standing: true,
		Shape: parties.Shape{Holders: 3, Threshold: 2, Mixers: 2, Witnesses: 2, WorkFactor: 4}}
	expected := map[string]int{}
	for i, n := range []int{14, 13, 13, 11} {
		u := replay.AccountUrn{ID: "canton-" + strconv.Itoa(i+1), Label: "Canton " + strconv.Itoa(i+1), Accounts: n}
		voters := n - 1 - i
		if i == 3 { // too few
			voters = 4
		}
		for account := range voters {
			v := replay.AccountVote{Account: account}
			for range 1 + draw.IntN(4) {
				v.Choices = append(v.Choices, draw.IntN(3))
			}
			if account%4 == 1 {
				v.Supervised = []int{draw.IntN(3), draw.IntN(3)}
			}
			if account == 5 {
				v.Choices = nil
			}
			if i < 3 {
				expected[append(append([]string(nil), c.Options...), "blanc")[v.Counted()]]++
			}
			u.Votes = append(u.Votes, v)
		}
		c.Urns = append(c.Urns, u)
	}
	dir := t.TempDir()
	o, err := replay.RunConsultation(context.Background(), c, dir, time.Date(2031, 5, 1, 8, 0, 0, 0, time.UTC),
		replay.Watcher{Stage: func(string, int, int) {}, Step: func(string, replay.Cost) {}})
	if err != nil {
		t.Fatal(err)
	}
	export, err := record.Open(o.Export)
	if err != nil {
		t.Fatal(err)
	}
	defer export.Close()
	report, err := audit.Verify(export, audit.Options{Fingerprint: (*[32]byte)(&o.Fingerprint)})
	if err != nil {
		t.Fatal(err)
	}
	if !report.Holds() {
		t.Fatalf("%s, refused by %v", report.Verdict, report.Failed())
	}
	file, err := os.Open(filepath.Join(dir, "result.csv"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	rows, err := csv.NewReader(file).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	counted := map[string]int{}
	for _, row := range rows[1:] {
		n, err := strconv.Atoi(row[2])
		if err != nil {
			t.Fatal(err)
		}
		counted[row[1]] += n
	}
	if last := report.Cells[len(report.Cells)-1]; last.Name != "canton-4" || last.Ballots != 4 || last.Marks != 4 || last.Questions[0].Blank != 0 {
		t.Errorf("the cell that stays closed: %+v", last)
	}
	for option, n := range expected {
		if counted[option] != n {
			t.Errorf("%s: %d, and not %d: %v", option, counted[option], n, rows)
		}
	}
}
