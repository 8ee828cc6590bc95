package mixte_test

import (
	"errors"
	"strings"
	"testing"

	"isoloir/mixte"
)

// refusals are votes that no rule can weigh, each with the sentence that says so.
var refusals = []struct {
	want   string
	change func(*vote)
}{
	{"the scale is \"nation\": write constituency or territory", func(v *vote) { v.rules.Scale = "nation" }},
	{"the rule for absent members is \"\": write counted or zero", func(v *vote) { v.rules.Absent = "" }},
	{"the rule for several members is \"none\": write equal or list", func(v *vote) { v.rules.Several = "none" }},
	{"write equal, not list", func(v *vote) { v.rules.Scale, v.rules.Several = mixte.Territory, mixte.List }},
	{"opened together is 0: write 1 or more", func(v *vote) { v.rules.MinimumSize = 0 }},
	{"there are 0 options", func(v *vote) { v.rules.Options = nil }},
	{"option for stands twice", func(v *vote) { v.rules.Options[1] = "for" }},
	{"option blank: this word has a meaning", func(v *vote) { v.rules.Options[1] = mixte.Blank }},
	{"option abstain: this word", func(v *vote) { v.rules.Options[1] = mixte.Abstain }},
	{"option absent: this word", func(v *vote) { v.rules.Options[1] = mixte.Absent }},
	{"option nul: this word", func(v *vote) { v.rules.Options[1] = mixte.Nul }},
	{"option \"=1+1\": a name has letters", func(v *vote) { v.rules.Options[1] = "=1+1" }},
	{"there are 0 electorates", func(v *vote) { v.groups = mixte.Groups{} }},
	{"electorate \"\": a name has letters", func(v *vote) { v.groups.Electorates[0].ID = "" }},
	{"electorate b stands twice", func(v *vote) { v.groups.Electorates[0].ID = "b" }},
	{"electorate a: its label is empty", func(v *vote) { v.groups.Electorates[0].Label = "" }},
	{"electorate a: its label is empty, too long or holds control", func(v *vote) { v.groups.Electorates[0].Label = "a\x00" }},
	{"electorate a: its label is empty, too long", func(v *vote) { v.groups.Electorates[0].Label = strings.Repeat("é", 2001) }},
	{"electorate a: it has 0 citizens", func(v *vote) { v.groups.Electorates[0].Represented = 0 }},
	{"electorate a: it has -1 citizens", func(v *vote) { v.groups.Electorates[0].Represented = -1 }},
	{"electorate a: it has 100000001 citizens", func(v *vote) { v.groups.Electorates[0].Represented = 100_000_001 }},
	{"electorate a: it has 0 seats", func(v *vote) { v.groups.Electorates[0].Seats = 0 }},
	{"electorate a: it has 1001 seats", func(v *vote) { v.groups.Electorates[0].Seats = 1001 }},
	{"electorate a: -1 ballots left closed", func(v *vote) { v.groups.Electorates[0].Closed = -1 }},
	{"electorate a: 6 direct ballots and 95 left closed are more than its 100 citizens", func(v *vote) { v.groups.Electorates[0].Closed = 95 }},
	{"member \"\": a name", func(v *vote) { v.members[0].ID = "" }},
	{"member m1: its label is empty", func(v *vote) { v.members[0].Label = "" }},
	{"member m2 stands twice", func(v *vote) { v.members[0].ID = "m2" }},
	{"list \"a b\": a name", func(v *vote) { v.members[0].List = "a b" }},
	{"member m1: his position is \"pour\": write an option, blank, abstain or absent", func(v *vote) { v.members[0].Position = "pour" }},
	{"member m1: his position is \"nul\"", func(v *vote) { v.members[0].Position = mixte.Nul }},
	{"member m1 represents \"z\", which is no electorate", func(v *vote) { v.members[0].Electorate = "z" }},
	{"electorate a has 2 seats and 1 members", func(v *vote) { v.groups.Electorates[0].Seats = 2 }},
	{"electorate b has 1 seats and 2 members", func(v *vote) { v.members[0].Electorate = "b" }},
	{"electorate a has 1 seats and 0 members", func(v *vote) { v.members = v.members[1:] }},
	{"member m1: write the list on which he was elected", func(v *vote) { v.rules.Several = mixte.List; v.members[0].List = "" }},
	{"electorate a has members of red and blue: under the rule list make one electorate for each list", func(v *vote) {
		v.rules.Several = mixte.List
		v.groups.Electorates[0].Seats = 2
		v.members[0].List = "red"
		v.members = append(v.members, mixte.Member{ID: "m4", Label: "m", Electorate: "a", List: "blue", Position: "for"})
	}},
	{"count \"=a\": a name", func(v *vote) { v.groups.Counts[0].ID = "=a" }},
	{"count \"\": a name", func(v *vote) { v.groups.Counts[0].ID = "a++b" }},
	{"count c stands twice", func(v *vote) { v.groups.Counts[0].ID = "c" }},
	{"count a: it has 3 options of 2", func(v *vote) { v.groups.Counts[0].Options = []int{2, 2, 2} }},
	{"count a: a number of ballots is negative", func(v *vote) { v.groups.Counts[0].Options = []int{-1, 7} }},
	{"count a: a number of ballots is negative", func(v *vote) { v.groups.Counts[0].Options[0] = 7; v.groups.Counts[0].Blank = -1 }},
	{"count a: a number of ballots is negative", func(v *vote) { v.groups.Counts[0].Options[0] = 7; v.groups.Counts[0].Nul = -1 }},
	{"count a: a number of ballots is negative or above 100000000", func(v *vote) { v.groups.Counts[0].Nul = 100_000_001 }},
	{"count a: it holds 6 ballots, fewer than 7: merge it or leave it closed", func(v *vote) { v.rules.MinimumSize = 7 }},
	{"count a: it holds 0 ballots, fewer than 1", func(v *vote) { v.groups.Counts[0] = mixte.Count{ID: "a", Options: []int{0, 0}} }},
	{"count a: it does not say whose ballots it holds", func(v *vote) { v.groups.Counts[0].Parts = nil }},
	{"count a: \"z\" is no electorate", func(v *vote) { v.groups.Counts[0].Parts[0].Electorate = "z" }},
	{"count a names a twice", func(v *vote) { p := &v.groups.Counts[0].Parts; *p = append(*p, (*p)[0]) }},
	{"count a: -6 ballots of a", func(v *vote) { v.groups.Counts[0].Parts[0].Direct = -6 }},
	{"count a merges a and c, whose citizens have different weights", func(v *vote) {
		p := &v.groups.Counts[0].Parts
		*p = append(*p, mixte.Part{Electorate: "c"})
	}},
	{"count a merges a and b, whose citizens have different weights", func(v *vote) { // as many citizens, more seats
		p := &v.groups.Counts[0].Parts
		*p = append(*p, mixte.Part{Electorate: "b"})
		v.groups.Electorates[1].Seats = 2
		v.members = append(v.members, mixte.Member{ID: "m4", Label: "m", Electorate: "b", Position: "for"})
	}},
	{"count a: it holds 6 ballots and its electorates cast 5", func(v *vote) { v.groups.Counts[0].Parts[0].Direct = 5 }},
	{"electorate c: 71 direct ballots and 0 left closed are more than its 70 citizens", func(v *vote) {
		v.groups.Counts[1].Options[0] = 71
		v.groups.Counts[1].Parts[0].Direct = 71
	}},
}

func sound() *vote {
	return read(rules(), "a 100 1 0,b 100 1 0,c 70 1 0", "a for,b against,c absent", "a a=6 5/1/0/0,c c=1 1/0/0/0")
}

func TestRefused(t *testing.T) {
	if _, err := sound().compute(); err != nil {
		t.Fatal(err)
	}
	for _, x := range refusals {
		v := sound()
		x.change(v)
		_, err := v.compute()
		if !errors.Is(err, mixte.ErrInput) || !strings.Contains(err.Error(), x.want) {
			t.Errorf("%s:\n%v", x.want, err)
		}
	}
}

// TestManyMistakes: all are named, up to twenty.
func TestManyMistakes(t *testing.T) {
	v := sound()
	for i := range v.members {
		v.members[i].Position = "pour"
	}
	_, err := v.compute()
	if n := strings.Count(err.Error(), "\n"); n != 3 {
		t.Errorf("%d lines: %v", n, err)
	}
	for range 100 {
		v.members = append(v.members, mixte.Member{})
	}
	_, err = v.compute()
	if n := strings.Count(err.Error(), "\n"); n != 20 {
		t.Errorf("%d lines: %v", n, err)
	}
}

func TestTableRefused(t *testing.T) {
	const head = "urn,option,ballots\n"
	for _, x := range []struct{ text, want string }{
		{"", "it is empty: the first line must be urn,option,ballots"},
		{"urn;option;ballots\n", "the first line must be exactly urn,option,ballots"},
		{"\"urn", "extraneous or missing"},
		{head + "a,for\n", "wrong number of fields"},
		{head + "z,for,1\n", "line 2: \"z\" is no electorate"},
		{head + "a,pour,1\n", "line 2: \"pour\" is no option: write one of the vote, blanc or nul"},
		{head + "a,blank,1\n", "line 2: \"blank\" is no option"},
		{head + "a,for,-1\n", "line 2: \"-1\" is no number of ballots"},
		{head + "a,for,+1\n", "\"+1\" is no number"},
		{head + "a,for,01\n", "\"01\" is no number"},
		{head + "a,for,1.5\n", "\"1.5\" is no number"},
		{head + "a,for,99999999999999999999\n", "is no number"},
		{head + "a,for,\n", "\"\" is no number"},
		{head + "a,for,1\nb,for,1\na,for,0\n", "line 4: option for of urn a stands twice"},
		{head + "a,for,99\na,blanc,2\n", "urn a: 101 ballots are more than its 100 citizens"},
	} {
		v := sound()
		v.groups.Counts = nil
		err := v.groups.ReadCSV(v.rules, strings.NewReader(x.text))
		if !errors.Is(err, mixte.ErrTable) || !strings.Contains(err.Error(), x.want) {
			t.Errorf("%q: %v", x.text, err)
		}
		if len(v.groups.Counts) > 0 {
			t.Errorf("%q: something was taken", x.text)
		}
	}
}
