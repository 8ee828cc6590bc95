package tally

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"isoloir/parallel"
	"isoloir/record"
	"isoloir/scrutin"
	"isoloir/scrutin/scrutintest"
)

// spread gives n ballots to the choices 0 … choices−1 in turn.
func spread(n, choices int) []int {
	list := make([]int, n)
	for i := range list {
		list[i] = i % choices
	}
	return list
}

// twoClauses is a scrutin of two urns and two questions, with two clauses beside the
// president's own.
func twoClauses(t testing.TB) *election {
	return newElection(t, scrutintest.Options{
		Urns: 2, Questions: 2, Holders: 5, MinSize: 3, Revotes: 1,
		Clauses: []scrutintest.Clause{{ID: "bureau", Threshold: 2, Holders: []int{1, 2, 3, 4}}, {ID: "delegates", Threshold: 1, Holders: []int{4, 5}},
			{ID: "presidency", Threshold: 1, Holders: []int{1}}},
	}, [][][]int{{spread(9, 4), spread(9, 3)}, {spread(5, 2), spread(5, 4)}})
}

func TestCountIsTheChoices(t *testing.T) {
	e := twoClauses(t)
	e.open(t)
	shares, r, err := e.count(t)
	if err != nil {
		t.Fatal(err)
	}
	e.expect(t, r)
	if len(shares.Verdicts) != 7 || len(shares.Refusals) != 0 {
		t.Errorf("%d verdicts, %d refusals", len(shares.Verdicts), len(shares.Refusals))
	}
}

// For random small elections with random clauses, the count is that of the
// choices from every quorum.
func TestEveryQuorumCountsTheChoices(t *testing.T) {
	outer := t
	run := 0
	rapid.Check(t, func(t *rapid.T) {
		if run++; run > 12 {
			return
		}
		o := scrutintest.Options{
			Urns: rapid.IntRange(1, 4).Draw(t, "urns"), Questions: rapid.IntRange(1, 2).Draw(t, "questions"),
			Choices: rapid.IntRange(1, 4).Draw(t, "options"), Holders: rapid.IntRange(4, 7).Draw(t, "holders"),
			Revotes: 1, MinSize: rapid.IntRange(2, 8).Draw(t, "k"), Merge: rapid.Bool().Draw(t, "merge"),
		}
		for c := range rapid.IntRange(1, 3).Draw(t, "clauses") {
			least := 1
			n := o.Holders // everybody is in the first, and any two quorums meet there
			if c == 0 {
				least = n/2 + 1
			} else {
				n = rapid.IntRange(2, o.Holders).Draw(t, "holders of the clause")
			}
			everybody := make([]int, o.Holders)
			for i := range everybody {
				everybody[i] = i + 1
			}
			o.Clauses = append(o.Clauses, scrutintest.Clause{
				ID: fmt.Sprintf("clause-%d", c+1), Threshold: rapid.IntRange(least, n-1).Draw(t, "threshold"),
				Holders: rapid.Permutation(everybody).Draw(t, "order")[:n],
			})
		}
		choices := make([][][]int, o.Urns)
		for u := range choices {
			ballots := rapid.IntRange(0, 12).Draw(t, "ballots")
			for range o.Questions {
				choices[u] = append(choices[u], rapid.SliceOfN(rapid.IntRange(-1, o.Choices), ballots, ballots).Draw(t, "choices"))
			}
		}
		e := newElection(outer, o, choices)
		for _, c := range e.Manifest.Cells(e.marks()) {
			e.params.Small = append(e.params.Small, c.Name)
		}
		mixed := e.mix(outer)
		for _, c := range e.Manifest.Clauses {
			for _, h := range rapid.Permutation(c.Holders).Draw(t, "who comes")[:c.Threshold] {
				e.share(outer, mixed, c.ID, h)
			}
		}
		_, r, err := e.count(outer)
		if err != nil {
			t.Fatal(err)
		}
		e.expect(outer, r)
	})
}

// Another quorum, another number of workers, another run: the same bytes.
func TestResultDoesNotDependOnTheQuorum(t *testing.T) {
	e := twoClauses(t)
	e.open(t)
	_, r, err := e.count(t)
	if err != nil {
		t.Fatal(err)
	}
	whole, err := scrutin.Text(r)
	if err != nil {
		t.Fatal(err)
	}
	e.params.Workers = 1
	_, again, err := e.count(t)
	if err != nil {
		t.Fatal(err)
	}
	if text, err := scrutin.Text(again); err != nil || text != whole {
		t.Errorf("a second run gives another result: %v", err)
	}
	for _, absent := range []string{"bureau.member-1", "bureau.member-3", "delegates.member-4"} {
		e.remove(t, "shares/"+absent+".note")
	}
	shares, other, err := e.count(t)
	if err != nil {
		t.Fatal(err)
	}
	if len(shares.Verdicts) != 4 {
		t.Fatalf("%d verdicts of 4", len(shares.Verdicts))
	}
	other.Shares = r.Shares
	if text, err := scrutin.Text(other); err != nil || text != whole {
		t.Errorf("the last quorum gives another result: %v", err)
	}
}

func TestShareListsAreTheSameEachTime(t *testing.T) {
	e := twoClauses(t)
	mixed := e.mix(t)
	e.share(t, mixed, "bureau", "member-2")
	first := e.read(t, record.Shares("bureau", "member-2"))
	e.share(t, mixed, "bureau", "member-2")
	if !bytes.Equal(first, e.read(t, record.Shares("bureau", "member-2"))) {
		t.Error("a second run in the same directory changes the statement")
	}
	other, err := record.Create(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	if err := mixed.Share(other, "bureau", "member-2", e.fragments["bureau"]["member-2"], e.Signers["member-2"]); err != nil {
		t.Fatal(err)
	}
	for cell := 1; cell <= 2; cell++ {
		for _, q := range []string{"question-1", "question-2"} {
			path := record.SharesList(cell, q, "bureau", "member-2")
			again, err := other.Read(path, 1<<20)
			if err != nil || !bytes.Equal(again, e.read(t, path)) {
				t.Errorf("%s is not the same on another medium: %v", path, err)
			}
		}
	}
}

func TestEmptyAndSmallCells(t *testing.T) {
	o := scrutintest.Options{Urns: 3, MinSize: 4, Revotes: 1}
	choices := [][][]int{{spread(6, 4)}, {{}}, {spread(2, 2)}}
	e := newElection(t, o, choices)
	if _, err := NewSealed(e.params); !errors.Is(err, ErrSmall) {
		t.Fatalf("a cell of 2 ballots under k = 4: %v, not ErrSmall", err)
	}
	e.params.Small = []string{"urn-1"}
	if _, err := NewSealed(e.params); !errors.Is(err, ErrSmall) {
		t.Fatalf("the act names another cell: %v, not ErrSmall", err)
	}
	e.params.Small = []string{"urn-3"}
	e.open(t)
	_, r, err := e.count(t)
	if err != nil {
		t.Fatal(err)
	}
	e.expect(t, r)
	o.Merge = true
	e = newElection(t, o, choices)
	e.open(t)
	if _, r, err = e.count(t); err != nil {
		t.Fatal(err)
	}
	e.expect(t, r)
	var names []string
	for _, c := range r.Cells {
		names = append(names, c.Cell)
	}
	if !slices.Equal(names, []string{"urn-1+urn-2+urn-3"}) {
		t.Errorf("merged into %v", names)
	}
}

func TestScrutinWithoutBallots(t *testing.T) {
	e := newElection(t, scrutintest.Options{Urns: 2}, [][][]int{{{}}, {{}}})
	e.open(t)
	_, r, err := e.count(t)
	if err != nil {
		t.Fatal(err)
	}
	e.expect(t, r)
}

// Cells so large that all workers share one, beside small ones.
func TestLargeAndSmallCells(t *testing.T) {
	e := newElection(t, scrutintest.Options{Urns: 2, Electors: 2 * parallel.Alone}, [][][]int{{spread(20, 3)}, {spread(parallel.Alone+chunkBallots/2, 4)}})
	last, total := 0, 0
	e.params.Progress = func(done, all int) {
		if done < 0 || done > all {
			t.Errorf("progress %d of %d", done, all)
		}
		last, total = done, all
	}
	e.open(t)
	_, r, err := e.count(t)
	if err != nil {
		t.Fatal(err)
	}
	e.expect(t, r)
	if last != total || total != 20+parallel.Alone+chunkBallots/2 {
		t.Errorf("progress ends at %d of %d", last, total)
	}
}

func TestInputsThatDoNotFitTheManifest(t *testing.T) {
	for name, change := range map[string]func(p *Params){
		"an urn less":             func(p *Params) { p.Counted = p.Counted[:1] },
		"an urn more":             func(p *Params) { p.Counted = append(p.Counted, p.Counted[0]) },
		"a question less":         func(p *Params) { p.Counted[1] = p.Counted[1][:1] },
		"half a ciphertext":       func(p *Params) { p.Counted[0][0] = p.Counted[0][0][:100] },
		"questions of two sizes":  func(p *Params) { p.Counted[0][1] = p.Counted[0][1][64:] },
		"an urn without question": func(p *Params) { p.Counted[0] = nil },
	} {
		e := twoClauses(t)
		change(&e.params)
		if _, err := NewSealed(e.params); !errors.Is(err, ErrInput) {
			t.Errorf("%s: %v, not ErrInput", name, err)
		}
	}
	e := twoClauses(t)
	e.open(t)
	in := e.reader(t)
	mixed, err := e.seal(t).Mixed(in)
	if err != nil {
		t.Fatal(err)
	}
	shares, err := mixed.Shares(in)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := shares.Result([]int{14}); !errors.Is(err, ErrInput) {
		t.Errorf("marks of one urn: %v, not ErrInput", err)
	}
}
