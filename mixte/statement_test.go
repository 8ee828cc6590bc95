package mixte_test

import (
	"encoding/csv"
	"errors"
	"math/big"
	"math/rand/v2"
	"strings"
	"testing"

	"isoloir/mixte"
	"isoloir/scrutin"
)

func (v *vote) statement() *mixte.Statement {
	return &mixte.Statement{Status: mixte.Definitive, Decision: "Une école", Rules: v.rules, Members: v.members, Groups: v.groups}
}

func text(t *testing.T, s *mixte.Statement) string {
	t.Helper()
	text, err := s.Text()
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func TestStatement(t *testing.T) {
	for seed := range uint64(300) {
		first := text(t, random(rand.New(rand.NewPCG(seed, 4)).IntN).statement())
		s, err := mixte.Parse(first)
		if err != nil {
			t.Fatal(err)
		}
		if again := text(t, s); again != first {
			t.Fatal("a statement is written otherwise when read and written again")
		}
	}
}

func TestStatementRefused(t *testing.T) {
	good := text(t, sound().statement())
	for _, x := range []struct{ old, new, want string }{
		{`"status": "definitive"`, `"status": "final"`, "its status is"},
		{`"status": "definitive"`, `"status": "provisional"`, "it is provisional and holds citizens' ballots"},
		{`"decision": "Une école"`, `"decision": ""`, "the decision has no title"},
		{"isoloir/v1/mixte", "isoloir/v2/mixte", "does not follow"},
		{`"47/50"`, `"94/100"`, "lowest terms"},
		{`"47/50"`, `"1e9/50"`, "numerator/denominator"},
		{`"47/50"`, `"47"`, "numerator/denominator"},
		{`"47/50"`, `"-47/50"`, "numerator/denominator"},
		{`"47/50"`, `"47/0"`, "numerator/denominator"},
		{`"47/50"`, `"+47/50"`, "lowest terms"},
		{`"47/50"`, `"1/50"`, "its result does not follow from its votes"},
		{`"47/50"`, `"` + strings.Repeat("1", mixte.MaxDigits) + `/1"`, "longer than"},
		{`"represented": 100`, `"represented": 0`, "it has 0 citizens"},
		{`"position": "for"`, `"position": "against"`, "does not follow from its votes"},
		{`"closed": 0`, `"closed": 1`, ""},
		{"\n}\n", "\n}\n\n", "not a canonical record"},
		{`"nul": 0`, `"nul": null`, "not a canonical record"},
	} {
		bad := strings.Replace(good, x.old, x.new, 1)
		_, err := mixte.Parse(bad)
		switch {
		case x.want == "" && err != nil:
			t.Errorf("%s: %v", x.new, err)
		case x.want != "" && (err == nil || !strings.Contains(err.Error(), x.want)):
			t.Errorf("%.40s: %v", x.new, err)
		}
	}
}

func TestFollow(t *testing.T) {
	provisional := sound().statement()
	provisional.Status, provisional.Counts = mixte.Provisional, nil
	first := text(t, provisional)
	follow := func(change func(*mixte.Statement)) error {
		s := sound().statement()
		s.Provisional = mixte.Digest(first)
		change(s)
		p, err := mixte.Parse(first)
		if err != nil {
			t.Fatal(err)
		}
		d, err := mixte.Parse(text(t, s))
		if err != nil {
			t.Fatal(err)
		}
		return d.Follow(p, first)
	}
	if err := follow(func(s *mixte.Statement) { s.Electorates[1].Closed = 1; s.Opened = scrutin.Digest{1} }); err != nil {
		t.Error(err)
	}
	for want, change := range map[string]func(*mixte.Statement){
		"it names":                func(s *mixte.Statement) { s.Provisional = scrutin.Digest{1} },
		"the first must be":       func(s *mixte.Statement) { s.Status, s.Counts, s.Provisional = mixte.Provisional, nil, scrutin.Digest{} },
		"another decision":        func(s *mixte.Statement) { s.Decision = "Un stade" },
		"is of another":           func(s *mixte.Statement) { s.Manifest, s.Question = scrutin.Digest{1}, "quay" },
		"the rules":               func(s *mixte.Statement) { s.Rules.Absent = mixte.Zero },
		"the electorates":         func(s *mixte.Statement) { s.Electorates[1].Represented = 101 },
		"a member's vote":         func(s *mixte.Statement) { s.Members[1].Position = "for" },
		"the rules, sealed befor": func(s *mixte.Statement) { s.Rules.Scale = mixte.Territory },
	} {
		if err := follow(change); !errors.Is(err, mixte.ErrFollows) || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", want, err)
		}
	}
	for want, change := range map[string]func(*mixte.Statement){
		"refers to another provisional": func(s *mixte.Statement) { s.Provisional = scrutin.Digest{1} },
		"holds citizens' ballots":       func(s *mixte.Statement) { s.Opened = scrutin.Digest{1} },
	} {
		s := *provisional
		change(&s)
		if _, err := s.Text(); !errors.Is(err, mixte.ErrStatement) || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", want, err)
		}
	}
}

// TestSpreadsheet computes the result from the table by the formula of docs/mixte.md, and the weights of every row that
// is not merged by theirs.
func TestSpreadsheet(t *testing.T) {
	for seed := range uint64(2000) {
		v := random(rand.New(rand.NewPCG(seed, 5)).IntN)
		r, err := v.compute()
		if err != nil {
			t.Fatal(err)
		}
		table, err := csv.NewReader(strings.NewReader(string(r.CSV(v.rules)))).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		cell := func(row []string, column int) *big.Rat {
			n, ok := new(big.Rat).SetString(row[column])
			if !ok {
				t.Fatalf("column %d of %q", column, row)
			}
			return n
		}
		got := map[string]*big.Rat{}
		for _, row := range table[1:] {
			weight := new(big.Rat).Quo(cell(row, 6), cell(row, 7))
			if v.rules.Scale == mixte.Constituency && !strings.Contains(row[1], "+") && row[0] == mixte.MembersRow {
				if own := new(big.Rat).Quo(new(big.Rat).Sub(cell(row, 2), cell(row, 5)), cell(row, 2)); own.Cmp(weight) != 0 {
					t.Fatalf("%q: by the formula a member weighs %s", row, own)
				}
			}
			for i := 8; i < len(row); i++ {
				answer := table[0][i]
				if got[answer] == nil {
					got[answer] = new(big.Rat)
				}
				got[answer].Add(got[answer], new(big.Rat).Mul(weight, cell(row, i)))
			}
		}
		for answer, w := range answers(v.rules, &r.Mixed) {
			if got[answer] == nil || got[answer].Cmp(w) != 0 {
				t.Fatalf("seed %d: by the table %s weighs %s, not %s", seed, answer, got[answer], w)
			}
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add(mustText(sound().statement()))
	for seed := range uint64(5) {
		f.Add(mustText(random(rand.New(rand.NewPCG(seed, 6)).IntN).statement()))
	}
	f.Fuzz(func(t *testing.T, in string) {
		s, err := mixte.Parse(in)
		if err != nil {
			return
		}
		if out := mustText(s); out != in {
			t.Fatal("accepted and written otherwise")
		}
	})
}

func FuzzReadCSV(f *testing.F) {
	f.Add("urn,option,ballots\na,for,3\na,blanc,1\nc,nul,2\n")
	f.Add("urn,option,ballots\n\"a\",for,100\n")
	f.Fuzz(func(t *testing.T, in string) {
		v := sound()
		v.groups.Counts = nil
		if err := v.groups.ReadCSV(v.rules, strings.NewReader(in)); err != nil {
			return
		}
		if _, err := v.compute(); err != nil {
			t.Fatalf("taken from the table and refused: %v", err)
		}
	})
}

func mustText(s *mixte.Statement) string {
	text, err := s.Text()
	if err != nil {
		panic(err)
	}
	return text
}
