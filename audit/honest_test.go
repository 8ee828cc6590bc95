package audit_test

import (
	"bytes"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"isoloir/audit"
	"isoloir/audit/audittest"
	"isoloir/scrutin"
	"isoloir/scrutin/scrutintest"
)

// shapes are the elections that honest and mutated exports are made of.
var shapes = []audittest.Shape{
	{Fixture: scrutintest.Options{Urns: 2, Electors: 6, Choices: 2, Mixers: 2, Edit: consultation, MinSize: 2, Clauses: clauses}, Abstain: 1, Stamped: 2},
	{Fixture: scrutintest.Options{Urns: 3, Electors: 7, Choices: 3, Mixers: 2, Edit: consultation, MinSize: 3, Questions: 2, Clauses: clauses}, Abstain: 2, Void: true},
	{Fixture: scrutintest.Options{Urns: 2, Electors: 6, Choices: 2, Mixers: 2, Edit: consultation, MinSize: 2, Clauses: clauses, Revotes: 3}, Abstain: 1, Revoters: 2, Deputies: 3, Challenges: 3},
	{Fixture: scrutintest.Options{Urns: 3, Electors: 6, Choices: 2, Mixers: 2, Edit: consultation, MinSize: 7, Holders: 5, Clauses: roomy, Merge: true}, Abstain: 3, Void: true, Double: true},
	{Fixture: scrutintest.Options{Urns: 2, Electors: 6, Choices: 2, MinSize: 10, Clauses: clauses}, Abstain: 1},
	{Fixture: scrutintest.Options{Urns: 2, Electors: 6, Choices: 2, Mixers: 2, Edit: castOnly, MinSize: 2, Clauses: clauses}, Abstain: 1},
	{Fixture: scrutintest.Options{Urns: 2, Electors: 6, Choices: 2, Mixers: 2, Edit: consultation, MinSize: 2, Clauses: clauses}, Abstain: 1, Amend: amendments},
	{Fixture: scrutintest.Options{Urns: 1, Electors: 3, Choices: 2, Mixers: 2, Edit: consultation, MinSize: 2, Clauses: clauses}, Abstain: 3},
	{Fixture: scrutintest.Options{Urns: 2, Electors: 11, Choices: 2, Mixers: 2, Clauses: clauses, Revotes: 3}, Abstain: 1, Revoters: 3, Accounts: true, Supervised: 2, Few: 3, Standing: true},
	{Fixture: scrutintest.Options{Urns: 3, Electors: 6, Choices: 2, Mixers: 2, Edit: together, MinSize: 3, Clauses: clauses}, Abstain: 4, Paper: 4},
}

// amended is the shape with amendments of the roll, and silent the one in which nobody votes.
const (
	amended = 6
	silent  = 7
	// ofAccounts is a scrutin of accounts, whose key is a standing one.
	ofAccounts = 8
	joint      = 9
)

// amendments add to one urn and strike off in the other, and then the other way round,
// one of whom the first added.
var amendments = []audittest.Change{{Added: []int{3, 0}, Struck: [][]int{nil, {4}}}, {Added: []int{0, 2}, Struck: [][]int{{1, 7}, nil}}}

// consultation is a profile that allows two mixers and a small k.
func consultation(m *scrutin.Manifest) { m.Scrutin.Profile = scrutin.Consultation }

// together is a decision of members and citizens, the urns of which have a seat or two, some vacant.
func together(m *scrutin.Manifest) {
	consultation(m)
	weighed(m)
}

// weighed lets members decide with the citizens.
func weighed(m *scrutin.Manifest) {
	m.Weight = scrutin.Weight{Rule: scrutin.Mixed, Absent: "counted", Several: "equal"}
	for i := range m.Urns {
		m.Urns[i].Represented, m.Urns[i].Members = 100+i, 1+i%2
	}
}

// castOnly allows no challenge.
func castOnly(m *scrutin.Manifest) {
	consultation(m)
	m.Leaves = []string{"cast", "void"}
}

// clauses ask for two of four holders, and for two of three.
var clauses = []scrutintest.Clause{{ID: "quorum", Threshold: 2, Holders: []int{1, 2, 3, 4}}, {ID: "delegates", Threshold: 2, Holders: []int{2, 3, 4}}}

// roomy are clauses that can lose the second holder and the third.
var roomy = []scrutintest.Clause{{ID: "quorum", Threshold: 2, Holders: []int{1, 2, 3, 4, 5}}, {ID: "delegates", Threshold: 2, Holders: []int{1, 3, 4, 5}}}

func verify(t testing.TB, w *audittest.World, opt audit.Options) *audit.Report {
	t.Helper()
	r, err := audit.Verify(w.Source(), opt)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// TestHonestExportHolds: S002-g4d.
func TestHonestExportHolds(t *testing.T) {
	for i, shape := range shapes {
		w, err := audittest.New(shape, uint64(i))
		if err != nil {
			t.Fatal(err)
		}
		start := time.Now()
		w.Advance(audittest.Listed)
		made := time.Since(start)
		start = time.Now()
		r := verify(t, w, audit.Options{})
		t.Logf("shape %d: made in %v, verified in %v, %d files", i, made, time.Since(start), len(w.Files))
		if r.Verdict != audit.Consistent {
			r.WriteText(os.Stderr, audit.English)
			t.Fatalf("shape %d: %s", i, r.Verdict)
		}
		if i != amended {
			continue
		}
		want := []audit.Amended{{Amendment: 1, Act: 7, Urn: "urn-1", Added: 3}, {Amendment: 1, Act: 7, Urn: "urn-2", Struck: 1}, {Amendment: 2, Act: 8, Urn: "urn-1", Struck: 2}, {Amendment: 2, Act: 8, Urn: "urn-2", Added: 2}}
		var text bytes.Buffer
		r.WriteText(&text, audit.French)
		if !slices.Equal(r.Amended, want) || !strings.Contains(text.String(), "\n  modification 2 (acte 8), urn-1 : 0 ajoutés, 2 radiés\n") {
			t.Errorf("%+v\n%s", r.Amended, &text)
		}
	}
}
