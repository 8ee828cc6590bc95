package scrutin_test

import (
	"errors"
	"slices"
	"strconv"
	"testing"

	"isoloir/scrutin"
)

// The bureau of the golden manifest: 1 president, 2 to 6 assessors (4 and 5 of the
// AFE), 7 substitute of 2, 8 secretary. Quorum 4, of whom one of the AFE.
func TestQuorum(t *testing.T) {
	ids := func(numbers ...int) (out []string) {
		for _, n := range numbers {
			out = append(out, "membre-"+strconv.Itoa(n))
		}
		return out
	}
	for _, c := range []struct {
		name             string
		present, signers []string
		want             error
	}{
		{"all titulars", ids(1, 2, 3, 4, 5, 6), ids(1, 2, 3, 4, 5, 6), nil},
		{"four of six", ids(1, 2, 3, 4, 5, 6), ids(1, 2, 3, 4), nil},
		{"three of six", ids(1, 2, 3, 4, 5, 6), ids(1, 2, 4), scrutin.RuleQuorum},
		{"the secretary's voice does not count", ids(1, 2, 4, 8), ids(1, 2, 4, 8), scrutin.RuleQuorum},
		{"the secretary may sign besides", ids(1, 2, 3, 4, 8), ids(1, 2, 3, 4, 8), nil},
		{"a substitute beside his titular does not count", ids(1, 2, 4, 7), ids(1, 2, 4, 7), scrutin.RuleQuorum},
		{"nor in his place when he is there", ids(1, 2, 3, 4, 7), ids(1, 3, 4, 7), scrutin.RuleQuorum},
		{"a substitute of an absent titular counts", ids(1, 3, 4, 7), ids(1, 3, 4, 7), nil},
		{"nobody of the AFE", ids(1, 2, 3, 6), ids(1, 2, 3, 6), scrutin.RuleClause},
		{"of the AFE present but not signing", ids(1, 2, 3, 4, 6), ids(1, 2, 3, 6), scrutin.RuleClause},
		{"not present", ids(1, 2, 3, 4), ids(1, 2, 3, 5), scrutin.RulePresence},
	} {
		s, err := golden(t).Sitting(c.present)
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Adopted(c.signers); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, expected %v", c.name, err, c.want)
		}
	}
}

func TestMajority(t *testing.T) {
	m := golden(t)
	m.Bureau.Quorum = scrutin.Quorum{Count: 2}
	present := []string{"membre-1", "membre-2", "membre-3", "membre-4", "membre-8"}
	for _, c := range []struct {
		signers []string
		casting bool
		want    error
	}{
		{present[:3], true, nil},
		{present[:2], true, nil},
		{present[:2], false, scrutin.RuleMajority},
		{present[1:3], true, scrutin.RuleMajority},
		{[]string{"membre-2", "membre-3", "membre-8"}, true, scrutin.RuleMajority},
	} {
		m.Bureau.CastingVote = c.casting
		s, err := m.Sitting(present)
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Adopted(c.signers); !errors.Is(err, c.want) {
			t.Errorf("%v of %v, casting %v: %v", c.signers, present, c.casting, err)
		}
	}
}

// The oldest assessor presides for an absent president, the youngest keeps the
// minutes for an absent secretary; a substitute of the office comes first.
func TestSuccession(t *testing.T) {
	m := golden(t)
	for i, born := range []scrutin.Date{"1970-01-01", "1980-01-01", "1950-01-01", "1960-01-01", "1990-01-01", "1965-01-01", "1940-01-01"} {
		m.Bureau.Members[i].Born = born
	}
	check := func(present []string, president, secretary string) {
		t.Helper()
		s, err := m.Sitting(present)
		if err != nil {
			t.Fatal(err)
		}
		if s.Presiding() != president || s.Keeping() != secretary {
			t.Errorf("%v: %s presides and %s keeps the minutes, expected %s and %s", present, s.Presiding(), s.Keeping(), president, secretary)
		}
	}
	all := names(m)
	check(all, "membre-1", "membre-8")
	check(all[1:], "membre-7", "membre-8")
	check(all[1:6], "membre-3", "membre-5")
	check(all[7:], "", "membre-8")
	m.Bureau.Members = append(m.Bureau.Members, scrutin.Member{ID: "membre-9", Role: scrutin.President, Rank: scrutin.Substitute, Replaces: "membre-1", Voice: scrutin.Deliberative})
	check(append(slices.Clone(all[1:6]), "membre-9"), "membre-9", "membre-5")
}
