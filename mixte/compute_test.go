package mixte_test

import (
	"fmt"
	"math/big"
	"math/rand/v2"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"isoloir/mixte"
)

// A vote is one set of figures.
type vote struct {
	rules   mixte.Rules
	members []mixte.Member
	groups  mixte.Groups
}

func (v *vote) compute() (*mixte.Result, error) { return mixte.Compute(v.rules, v.members, v.groups) }

// random draws a small vote of any shape: several seats, vacant or absent ones, nobody or everybody voting directly,
// merged counts, ballots on paper beside those of the urn, closed groups.
func random(intn func(int) int) *vote {
	pick := func(words ...string) string { return words[intn(len(words))] }
	v := &vote{rules: mixte.Rules{Scale: pick(mixte.Constituency, mixte.Territory), Absent: pick(mixte.Counted, mixte.Zero), Several: mixte.Equal,
		MinimumSize: 1 + intn(3), Options: []string{"for", "against", "later"}[:1+intn(3)]}}
	if v.rules.Scale == mixte.Constituency {
		v.rules.Several = pick(mixte.Equal, mixte.List)
	}
	left := map[string]int{}
	for e := range 1 + intn(5) {
		id := fmt.Sprintf("e%d", e)
		x := mixte.Electorate{ID: id, Label: id, Represented: 1 + intn(9), Seats: 1 + intn(3)}
		if e > 0 && intn(2) == 0 { // so that some can be merged
			x.Represented, x.Seats = v.groups.Electorates[e-1].Represented, v.groups.Electorates[e-1].Seats
		}
		v.groups.Electorates = append(v.groups.Electorates, x)
		left[id] = x.Represented
		for s := range x.Seats {
			position := append(slices.Clone(v.rules.Options), mixte.Blank, mixte.Abstain, mixte.Absent)
			v.members = append(v.members, mixte.Member{ID: fmt.Sprintf("m%d-%d", e, s), Label: "m", Electorate: id, List: "l", Position: pick(position...)})
		}
	}
	for i := 0; i < len(v.groups.Electorates); i++ {
		first := v.groups.Electorates[i]
		c := mixte.Count{ID: first.ID, Options: make([]int, len(v.rules.Options))}
		parts := []mixte.Electorate{first}
		for i+1 < len(v.groups.Electorates) && intn(2) == 0 && (v.rules.Scale == mixte.Territory ||
			v.groups.Electorates[i+1].Represented == first.Represented && v.groups.Electorates[i+1].Seats == first.Seats) {
			i++
			parts = append(parts, v.groups.Electorates[i])
		}
		v.fill(c, parts, left, intn)
		if intn(4) == 0 {
			c.ID, c.Options = first.ID+".paper", make([]int, len(v.rules.Options))
			v.fill(c, parts, left, intn)
		}
	}
	return v
}

// fill draws direct voters among those left, and their ballots.
func (v *vote) fill(c mixte.Count, of []mixte.Electorate, left map[string]int, intn func(int) int) {
	for _, e := range of {
		d := 0
		switch intn(4) {
		case 0:
		case 1:
			d = left[e.ID]
		default:
			d = intn(left[e.ID] + 1)
		}
		left[e.ID] -= d
		c.Parts = append(c.Parts, mixte.Part{Electorate: e.ID, Direct: d})
		for range d {
			switch a := intn(len(c.Options) + 2); a {
			case len(c.Options):
				c.Blank++
			case len(c.Options) + 1:
				c.Nul++
			default:
				c.Options[a]++
			}
		}
	}
	v.groups.Take(v.rules, c)
}

// shares computes the same result in another way, in whole numbers and seat by seat. A seat of an electorate of N is N
// shares, one for each citizen. A citizen who votes directly speaks for his share of each seat, and the member for the
// shares that are left. At the scale of the territory every seat has a share of every citizen. Everything is counted in
// units of 1/L, L the product of all N, from which no fraction is ever formed before the end.
func (v *vote) shares() map[string]*big.Rat {
	n := map[string]int64{}
	seats := map[string][]mixte.Member{}
	var all []mixte.Member
	var territory int64
	for _, e := range v.groups.Electorates {
		n[e.ID] = int64(e.Represented)
		territory += int64(e.Represented)
	}
	for _, m := range v.members {
		seats[m.Electorate] = append(seats[m.Electorate], m)
		all = append(all, m)
	}
	if v.rules.Scale == mixte.Territory {
		for id := range n {
			n[id], seats[id] = territory, all
		}
	}
	whole := int64(1)
	for _, e := range v.groups.Electorates {
		whole *= n[e.ID]
	}
	units := map[string]*big.Int{}
	give := func(answer string, share *big.Int) {
		if units[answer] == nil {
			units[answer] = new(big.Int)
		}
		units[answer].Add(units[answer], share)
	}
	keeps := map[string]int64{} // the units that a seat's member is left with
	for _, m := range v.members {
		keeps[m.ID] = whole
	}
	scale := int64(1) // ballots of a merged count share by whole parts of this
	for _, c := range v.groups.Counts {
		scale *= int64(c.Ballots())
	}
	for _, c := range v.groups.Counts {
		var taken int64 // by all ballots of the count, in units
		for _, p := range c.Parts {
			for range p.Direct {
				for _, m := range seats[p.Electorate] {
					keeps[m.ID] -= whole / n[p.Electorate]
					if m.Position != mixte.Absent || v.rules.Absent == mixte.Counted {
						taken += whole / n[p.Electorate]
					}
				}
			}
		}
		each := new(big.Int).Mul(big.NewInt(taken), big.NewInt(scale/int64(c.Ballots())))
		for i, b := range c.Options {
			for range b {
				give(v.rules.Options[i], each)
			}
		}
		for range c.Blank {
			give(mixte.Blank, each)
		}
		for range c.Nul {
			give(mixte.Nul, each)
		}
	}
	for _, m := range v.members {
		if m.Position != mixte.Absent {
			give(m.Position, new(big.Int).Mul(big.NewInt(keeps[m.ID]), big.NewInt(scale)))
		}
	}
	out := map[string]*big.Rat{}
	for answer, u := range units {
		out[answer] = new(big.Rat).SetFrac(u, new(big.Int).Mul(big.NewInt(whole), big.NewInt(scale)))
	}
	return out
}

func answers(r mixte.Rules, t *mixte.Tally) map[string]*big.Rat {
	out := map[string]*big.Rat{mixte.Blank: t.Blank.Rat(), mixte.Abstain: t.Abstain.Rat(), mixte.Nul: t.Nul.Rat()}
	for i, o := range r.Options {
		out[o] = t.Options[i].Rat()
	}
	return out
}

// expectedTotal is the sum that always holds: the members present, and of the absent ones, where they are counted, what
// direct voters took.
func (v *vote) expectedTotal() *big.Rat {
	total := new(big.Rat)
	direct, citizens := map[string]int64{}, map[string]int64{}
	var allDirect, allCitizens int64
	for _, e := range v.groups.Electorates {
		citizens[e.ID] = int64(e.Represented)
		allCitizens += int64(e.Represented)
	}
	for _, c := range v.groups.Counts {
		for _, p := range c.Parts {
			direct[p.Electorate] += int64(p.Direct)
			allDirect += int64(p.Direct)
		}
	}
	for _, m := range v.members {
		switch {
		case m.Position != mixte.Absent:
			total.Add(total, big.NewRat(1, 1))
		case v.rules.Absent == mixte.Zero:
		case v.rules.Scale == mixte.Territory:
			total.Add(total, big.NewRat(allDirect, allCitizens))
		default:
			total.Add(total, big.NewRat(direct[m.Electorate], citizens[m.Electorate]))
		}
	}
	return total
}

func (v *vote) verify() error {
	r, err := v.compute()
	if err != nil {
		return err
	}
	want := v.shares()
	for answer, got := range answers(v.rules, &r.Mixed) {
		w := want[answer]
		if w == nil {
			w = new(big.Rat)
		}
		if got.Cmp(w) != 0 {
			return fmt.Errorf("%s weighs %s, by shares %s", answer, got, w)
		}
	}
	total := r.Mixed.Total()
	if sum := v.expectedTotal(); total.Rat().Cmp(sum) != 0 {
		return fmt.Errorf("the weights are %s together, not %s", total, sum)
	}
	one := mixte.Frac(1, 1)
	for _, row := range r.Rows {
		if row.Kind == mixte.MembersRow && row.Weight.Cmp(&one) > 0 || row.Weight.Rat().Sign() < 0 {
			return fmt.Errorf("%s weighs %s", row.Name, row.Weight)
		}
	}
	return nil
}

// TestInstances compares a hundred thousand votes with the count by shares, in exact arithmetic.
func TestInstances(t *testing.T) {
	const instances = 100_000
	for seed := range uint64(instances) {
		v := random(rand.New(rand.NewPCG(seed, 2)).IntN)
		if err := v.verify(); err != nil {
			t.Fatalf("seed %d: %v\n%+v", seed, err, v)
		}
	}
}

// TestOrder shuffles everything that has no order of its own.
func TestOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v := random(func(n int) int { return rapid.IntRange(0, n-1).Draw(t, "n") })
		if err := v.verify(); err != nil {
			t.Fatal(err)
		}
		before, err := v.compute()
		if err != nil {
			t.Fatal(err)
		}
		v.members = rapid.Permutation(v.members).Draw(t, "members")
		v.groups.Electorates = rapid.Permutation(v.groups.Electorates).Draw(t, "electorates")
		if len(v.groups.Counts) > 0 {
			v.groups.Counts = rapid.Permutation(v.groups.Counts).Draw(t, "counts")
		}
		for i := range v.groups.Counts {
			v.groups.Counts[i].Parts = rapid.Permutation(v.groups.Counts[i].Parts).Draw(t, "parts")
		}
		after, err := v.compute()
		if err != nil {
			t.Fatal(err)
		}
		for answer, w := range answers(v.rules, &before.Mixed) {
			if answers(v.rules, &after.Mixed)[answer].Cmp(w) != 0 {
				t.Fatalf("%s weighs otherwise in another order", answer)
			}
		}
	})
}

// TestMergedOrAlone: merging counts of equal electorates moves no weight where absent seats count.
func TestMergedOrAlone(t *testing.T) {
	for seed := range uint64(2000) {
		intn := rand.New(rand.NewPCG(seed, 3)).IntN
		n, seats := 5+intn(9), 1+intn(3)
		v := &vote{rules: mixte.Rules{Scale: mixte.Constituency, Absent: mixte.Counted, Several: mixte.Equal, MinimumSize: 1, Options: []string{"for", "against"}}}
		merged := mixte.Count{ID: "a+b", Options: make([]int, 2)}
		for _, id := range []string{"a", "b"} {
			v.groups.Electorates = append(v.groups.Electorates, mixte.Electorate{ID: id, Label: id, Represented: n, Seats: seats})
			for s := range seats {
				v.members = append(v.members, mixte.Member{ID: fmt.Sprint(id, s), Label: "m", Electorate: id, Position: []string{"for", "against", mixte.Absent}[intn(3)]})
			}
			c := mixte.Count{ID: id, Options: []int{1 + intn(2), 1 + intn(2)}, Blank: intn(2)}
			c.Parts = []mixte.Part{{Electorate: id, Direct: c.Ballots()}}
			v.groups.Counts = append(v.groups.Counts, c)
			merged.Parts = append(merged.Parts, c.Parts...)
			merged.Blank += c.Blank
			for i := range c.Options {
				merged.Options[i] += c.Options[i]
			}
		}
		alone, err := v.compute()
		if err != nil {
			t.Fatal(err)
		}
		v.groups.Counts = []mixte.Count{merged}
		together, err := v.compute()
		if err != nil {
			t.Fatal(err)
		}
		if fmt.Sprint(alone.Mixed) != fmt.Sprint(together.Mixed) {
			t.Fatalf("seed %d: %v alone, %v merged", seed, alone.Mixed, together.Mixed)
		}
	}
}
