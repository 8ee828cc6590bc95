package scrutin_test

import (
	"strings"
	"testing"

	"isoloir/scrutin"
	"isoloir/scrutin/scrutintest"
)

func TestWarnings(t *testing.T) {
	m := golden(t)
	m.Urns[1].Electors, m.Timestamps, m.Witnesses = 2, nil, m.Witnesses[:2]
	if err := m.Validate(); err != nil {
		t.Fatal(err)
	}
	m.Clauses[0].Threshold = 3
	for _, code := range []string{"warn-options", "warn-small", "warn-timestamps", "warn-witnesses", "warn-two-quorums"} {
		if !m.Warnings().Has(code) {
			t.Errorf("%s: %v", code, m.Warnings())
		}
	}
	if s := m.Warnings().Sentences("fr"); strings.Contains(s, "%!") {
		t.Error(s)
	}
}

// What a manifest must be able to say of other votes.
func TestOtherProfiles(t *testing.T) {
	for name, o := range map[string]scrutintest.Options{
		"public service":  {},
		"revotes":         {Revotes: 5},
		"one of one":      {Clauses: []scrutintest.Clause{{ID: "all", Threshold: 3, Holders: []int{1, 2, 3, 4}}, {ID: "president", Threshold: 1, Holders: []int{1}}}},
		"two per person":  {Clauses: []scrutintest.Clause{{ID: "office", Threshold: 1, Holders: []int{1, 2}}, {ID: "delegates", Threshold: 2, Holders: []int{1, 3, 4}}}},
		"cards":           {Revotes: 1, Edit: cards},
		"mixed weights":   {Revotes: 1, Edit: mixed},
		"one mixer":       {Revotes: 1, Mixers: 1},
		"150 urns merged": {Urns: 150, Merge: true},
		"of accounts":     {Edit: ofAccounts},
		"a standing key":  {Edit: ofStanding},
	} {
		if _, err := scrutintest.Make(o); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func cards(m *scrutin.Manifest) {
	m.Colleges[0].Factors[0] = scrutin.Factor{Kind: "card", Channel: "none"}
	m.Codes.ScratchLength = 8
}

func mixed(m *scrutin.Manifest) {
	m.Scrutin.Profile = scrutin.Assembly
	m.Weight = scrutin.Weight{Rule: "mixed", Absent: "counted", Several: "equal"}
	for i := range m.Urns {
		m.Urns[i].Represented, m.Urns[i].Members = 1000, 1
	}
	m.Publication.Board = "public"
}
