package mixte_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"isoloir/mixte"
)

// examples are the worked examples of docs/mixte.md, by their number there.
var examples = []struct {
	name  string
	rules mixte.Rules
	// electorates: name N seats closed; members: electorate position; counts: name, electorate=direct …, for/against/blank/nul.
	electorates, members, counts string
	members2, citizens, mixed    string // for against blank abstain nul
	weights                      string // of members, then of ballots
}{
	{"1 one member each", rules(), "a 100 1 0,b 50 1 0,c 10 1 0", "a for,b against,c for", "a a=40 10/25/5/0,b b=5 5/0/0/0",
		"2 1 0 0 0", "15 25 5 0 0", "9/5 23/20 1/20 0/1 0/1", "3/5 9/10 1/1 1/100 1/50"},
	{"2 nobody and everybody", rules(), "a 4 1 0,b 3 1 0", "a for,b for", "b b=3 0/3/0/0",
		"2 0 0 0 0", "0 3 0 0 0", "1/1 1/1 0/1 0/1 0/1", "1/1 0/1 1/3"},
	{"3 abstaining, blank, nul", rules(), "a 10 1 0,b 10 1 0", "a abstain,b blank", "a a=4 1/1/1/1,b b=2 2/0/0/0",
		"0 0 1 1 0", "3 1 1 0 1", "3/10 1/10 9/10 3/5 1/10", "3/5 4/5 1/10 1/10"},
	{"4 absent, counted", rules(), "a 10 1 0,b 10 1 0", "a for,b absent", "a a=2 0/2/0/0,b b=5 5/0/0/0",
		"1 0 0 0 0", "5 2 0 0 0", "13/10 1/5 0/1 0/1 0/1", "4/5 1/2 1/10 1/10"},
	{"5 absent, zero", rules(func(r *mixte.Rules) { r.Absent = mixte.Zero }), "a 10 1 0,b 10 1 0", "a for,b absent", "a a=2 0/2/0/0,b b=5 5/0/0/0",
		"1 0 0 0 0", "5 2 0 0 0", "4/5 1/5 0/1 0/1 0/1", "4/5 1/2 1/10 0/1"},
	{"6 several members, equal", rules(), "town 1000 5 0", "town for,town for,town for,town against,town absent", "town town=200 50/150/0/0",
		"3 1 0 0 0", "50 150 0 0 0", "53/20 31/20 0/1 0/1 0/1", "4/5 1/200"},
	{"7 several members, equal, zero", rules(func(r *mixte.Rules) { r.Absent = mixte.Zero }), "town 1000 5 0", "town for,town for,town for,town against,town absent", "town town=200 50/150/0/0",
		"3 1 0 0 0", "50 150 0 0 0", "13/5 7/5 0/1 0/1 0/1", "4/5 1/250"},
	{"8 several members, list", rules(func(r *mixte.Rules) { r.Several = mixte.List }), "red 600 3 0,blue 400 2 0", "red for,red for,red for,blue against,blue absent", "red red=200 0/200/0/0",
		"3 1 0 0 0", "0 200 0 0 0", "2/1 2/1 0/1 0/1 0/1", "2/3 1/1 1/200"},
	{"9 territory", rules(func(r *mixte.Rules) { r.Scale = mixte.Territory }), "a 100 1 0,b 50 1 0,c 10 1 0", "a for,b against,c for", "a a=40 10/25/5/0,b b=5 5/0/0/0",
		"2 1 0 0 0", "15 25 5 0 0", "55/32 19/16 3/32 0/1 0/1", "23/32 23/32 23/32 3/160 3/160"},
	{"10 merged", rules(func(r *mixte.Rules) { r.MinimumSize = 5 }), "a 100 1 0,b 100 1 0,c 70 1 0", "a for,b against,c for", "a+b a=2 b=4 5/1/0/0,c c=4 0/4/0/0",
		"2 1 0 0 0", "5 1 0 0 0", "203/100 97/100 0/1 0/1 0/1", "49/50 24/25 1/1 1/100"},
	{"11 merged, one absent, zero", rules(func(r *mixte.Rules) { r.MinimumSize, r.Absent = 5, mixte.Zero }), "a 100 1 0,b 100 1 0", "a for,b absent", "a+b a=2 b=4 3/3/0/0",
		"1 0 0 0 0", "3 3 0 0 0", "99/100 1/100 0/1 0/1 0/1", "49/50 24/25 1/300"},
	{"12 on paper beside the urn", rules(), "a 100 1 0", "a for", "a a=20 0/20/0/0,a.paper a=10 0/10/0/0",
		"1 0 0 0 0", "0 30 0 0 0", "7/10 3/10 0/1 0/1 0/1", "7/10 1/100 1/100"},
	{"13 invalidated account: before", rules(), "a 100 1 0", "a for", "a a=20 0/20/0/0", "1 0 0 0 0", "0 20 0 0 0", "4/5 1/5 0/1 0/1 0/1", "4/5 1/100"},
	{"13 invalidated account: after", rules(), "a 100 1 0", "a for", "a a=19 0/19/0/0", "1 0 0 0 0", "0 19 0 0 0", "81/100 19/100 0/1 0/1 0/1", "81/100 1/100"},
}

func rules(change ...func(*mixte.Rules)) mixte.Rules {
	r := mixte.Rules{Scale: mixte.Constituency, Absent: mixte.Counted, Several: mixte.Equal, MinimumSize: 1, Options: []string{"for", "against"}}
	for _, c := range change {
		c(&r)
	}
	return r
}

// read makes a vote of the words of an example.
func read(r mixte.Rules, electorates, members, counts string) *vote {
	v := &vote{rules: r}
	for s := range strings.SplitSeq(electorates, ",") {
		var e mixte.Electorate
		fmt.Sscan(s, &e.ID, &e.Represented, &e.Seats, &e.Closed)
		e.Label = e.ID
		v.groups.Electorates = append(v.groups.Electorates, e)
	}
	for i, s := range strings.Split(members, ",") {
		m := mixte.Member{ID: fmt.Sprintf("m%d", i+1), Label: "member"}
		fmt.Sscan(s, &m.Electorate, &m.Position)
		m.List = m.Electorate
		v.members = append(v.members, m)
	}
	for s := range strings.SplitSeq(counts, ",") {
		if s == "" {
			continue
		}
		words := strings.Fields(s)
		c := mixte.Count{ID: words[0], Options: make([]int, 2)}
		for _, w := range words[1 : len(words)-1] {
			id, d, _ := strings.Cut(w, "=")
			p := mixte.Part{Electorate: id}
			fmt.Sscan(d, &p.Direct)
			c.Parts = append(c.Parts, p)
		}
		fmt.Sscanf(words[len(words)-1], "%d/%d/%d/%d", &c.Options[0], &c.Options[1], &c.Blank, &c.Nul)
		v.groups.Take(r, c)
	}
	return v
}

func words(t mixte.Tally, whole bool) string {
	var out []string
	for _, f := range append(t.Options, t.Blank, t.Abstain, t.Nul) {
		s := f.String()
		if whole {
			s = strings.TrimSuffix(s, "/1")
		}
		out = append(out, s)
	}
	return strings.Join(out, " ")
}

func TestExamples(t *testing.T) {
	text, err := os.ReadFile("../docs/mixte.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range examples {
		number, _, _ := strings.Cut(e.name, " ")
		if !strings.Contains(string(text), "**Example "+number+"**") && !strings.Contains(string(text), "**Example "+number+".**") {
			t.Errorf("docs/mixte.md has no example %s", number)
		}
		v := read(e.rules, e.electorates, e.members, e.counts)
		r, err := v.compute()
		if err != nil {
			t.Errorf("%s: %v", e.name, err)
			continue
		}
		var weights []string
		for _, row := range r.Rows {
			weights = append(weights, row.Weight.String())
		}
		for _, x := range []struct{ what, got, want string }{
			{"members", words(r.Members, true), e.members2},
			{"citizens", words(r.Citizens, true), e.citizens},
			{"mixed", words(r.Mixed, false), e.mixed},
			{"weights", strings.Join(weights, " "), e.weights},
		} {
			if x.got != x.want {
				t.Errorf("%s: %s are %s, not %s", e.name, x.what, x.got, x.want)
			}
		}
		if err := v.verify(); err != nil {
			t.Errorf("%s: %v", e.name, err)
		}
	}
}

// TestClosed: a count too small leaves its member whole and is said.
func TestClosed(t *testing.T) {
	v := read(rules(func(r *mixte.Rules) { r.MinimumSize = 5 }), "a 100 1 0", "a for", "a a=4 0/4/0/0")
	r, err := v.compute()
	if err != nil {
		t.Fatal(err)
	}
	if words(r.Mixed, false) != "1/1 0/1 0/1 0/1 0/1" || v.groups.Electorates[0].Closed != 4 {
		t.Error(words(r.Mixed, false), v.groups.Electorates[0].Closed)
	}
}

func TestLeading(t *testing.T) {
	for _, x := range []struct {
		counts string
		want   int
	}{{"", 0}, {"a a=2 0/2/0/0", -1}, {"a a=3 0/3/0/0", 1}} {
		v := read(rules(), "a 4 1 0", "a for", x.counts)
		r, err := v.compute()
		if err != nil {
			t.Fatal(err)
		}
		if got := r.Mixed.Leading(); got != x.want {
			t.Errorf("%q: option %d leads, not %d", x.counts, got, x.want)
		}
	}
	if got := new(mixte.Tally).Leading(); got != -1 {
		t.Error(got)
	}
}

func TestDecimals(t *testing.T) {
	for _, x := range []struct {
		n, d     int64
		decimals int
		want     string
	}{
		{1, 8, 2, "0.12"}, {3, 8, 2, "0.38"}, {1, 2, 0, "0"}, {3, 2, 0, "2"}, {5, 2, 0, "2"}, {1, 3, 4, "0.3333"}, {2, 3, 4, "0.6667"},
		{999, 1000, 2, "1.00"}, {577, 1, 3, "577.000"}, {0, 1, 2, "0.00"}, {1, 1000, 2, "0.00"}, {15, 1000, 2, "0.02"}, {25, 1000, 2, "0.02"}, {25001, 1000000, 2, "0.03"},
	} {
		f := mixte.Frac(x.n, x.d)
		if got := f.Decimal(x.decimals); got != x.want {
			t.Errorf("%d/%d is written %s, not %s", x.n, x.d, got, x.want)
		}
	}
	part, whole, none := mixte.Frac(1, 3), mixte.Frac(2, 1), mixte.Frac(0, 1)
	if got := part.Percent(&whole, 2); got != "16.67" {
		t.Error(got)
	}
	if got := part.Percent(&none, 2); got != "–" {
		t.Error(got)
	}
}
