package totals_test

import (
	"encoding/csv"
	"fmt"
	"strings"
	"testing"

	"isoloir/bve/minutes"
	"isoloir/bve/minutes/minutestest"
	"isoloir/bve/totals"
)

// What stands in the roll or in a place's name is computed by no spreadsheet that opens our tables, and is the same person or place when it comes back.
func TestFormulas(t *testing.T) {
	v := minutestest.New(t)
	names := []string{"=HYPERLINK(\"http://x\")", "+Paul", "-Durand", "@SUM(A1)", "'=x", "d'Arc"}
	l, err := minutes.MakeList(v.Manifest, v.Fingerprint, v.Fingerprint, v.Manifest.Urns[0].ID, "", v.Manifest.Schedule.Close, "fr", func(yield func(minutes.Elector, error) bool) {
		for _, n := range names {
			if !yield(minutes.Elector{Family: n, Given: n, Born: "1971-05-24", Voted: true}, nil) {
				return
			}
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(strings.NewReader(string(l.CSV()))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var other strings.Builder
	w := csv.NewWriter(&other)
	w.Write(strings.Split(totals.ListHead, ","))
	for _, r := range rows[1 : len(rows)-1] {
		for _, c := range r {
			if c != "" && strings.Contains("=+-@\t\r", c[:1]) {
				t.Errorf("%q would be computed", c)
			}
		}
		w.Write([]string{"Bureau 1", r[1], r[2], r[3]})
	}
	w.Flush()
	found, err := totals.Clashes(strings.NewReader(other.String()), []*minutes.List{l})
	if err != nil || len(found) != len(names) {
		t.Fatalf("%d of %d are found again: %v", len(found), len(names), err)
	}
	for i, c := range found {
		if c.Absent || c.Family != names[i] || c.Order != fmt.Sprint(i+1) {
			t.Errorf("%q has come back as %+v", names[i], c)
		}
	}
	places, err := totals.Read(strings.NewReader(strings.ReplaceAll(paper(v.Manifest, 1, 7), "Bureau 1", "'=Bureau 1")), v.Manifest)
	if err != nil || places[0].Name != "=Bureau 1" {
		t.Errorf("%v", err)
	}
}
