package tally

import (
	"errors"
	"slices"
	"testing"

	"isoloir/record"
	"isoloir/scrutin/scrutintest"
)

func TestCulpritsAreFoundOnDemand(t *testing.T) {
	e := twoClauses(t)
	mixed := e.open(t)
	where := Where{"bureau", "member-2", 1, "question-2"}
	fragment := e.fragments["bureau"]["member-2"]
	proofs, err := mixed.ProveEach(where, fragment)
	if err != nil {
		t.Fatal(err)
	}
	culprits := func(want ...int) {
		t.Helper()
		got, err := mixed.Culprits(e.reader(t), where, proofs)
		if err != nil || !slices.Equal(got, want) {
			t.Errorf("culprits %v, not %v: %v", got, want, err)
		}
	}
	culprits()
	path := record.SharesList(1, "question-2", "bureau", "member-2")
	list := e.read(t, path)
	copy(list[3*32:], randomPoint())
	clear(list[7*32 : 8*32])
	e.write(t, path, list)
	culprits(3, 7)
	list[5*32+31] |= 0x80
	e.write(t, path, list)
	culprits(3, 5, 7)
	clear(proofs[:32])
	culprits(0, 3, 5, 7)
	e.write(t, path, list[32:])
	if _, err := mixed.Culprits(e.reader(t), where, proofs); !errors.Is(err, ErrFile) {
		t.Errorf("a list too short: %v, not ErrFile", err)
	}
	for _, w := range []Where{{"nobody", "member-2", 1, "question-2"}, {"bureau", "member-5", 1, "question-2"}} {
		if _, err := mixed.ProveEach(w, fragment); !errors.Is(err, ErrHolder) {
			t.Errorf("%v: %v, not ErrHolder", w, err)
		}
	}
	for _, w := range []Where{{"bureau", "member-2", 3, "question-2"}, {"bureau", "member-2", 1, "question-9"}} {
		if _, err := mixed.Culprits(e.reader(t), w, proofs); !errors.Is(err, ErrInput) {
			t.Errorf("%v: %v, not ErrInput", w, err)
		}
	}
}

func TestCulpritOfASingleBallot(t *testing.T) {
	e := newElection(t, scrutintest.Options{Urns: 1}, [][][]int{{{2}}})
	e.params.Small = []string{"urn-1"}
	mixed := e.open(t)
	where := Where{"quorum", "member-1", 1, "question-1"}
	proofs, err := mixed.ProveEach(where, e.fragments["quorum"]["member-1"])
	if err != nil {
		t.Fatal(err)
	}
	e.write(t, record.SharesList(1, "question-1", "quorum", "member-1"), randomPoint())
	if got, err := mixed.Culprits(e.reader(t), where, proofs); err != nil || !slices.Equal(got, []int{0}) {
		t.Errorf("culprits %v: %v", got, err)
	}
}
