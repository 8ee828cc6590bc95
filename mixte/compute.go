package mixte

import (
	"math/big"

	"isoloir/scrutin"
)

// A Result is what the members, the citizens, and both together have decided. Every number is exact.
type Result struct {
	// Members is the vote of the members alone, each for one; Citizens that of those who voted directly, each for one.
	Members  Tally `json:"members"`
	Citizens Tally `json:"citizens"`
	// Mixed is the result.
	Mixed Tally `json:"mixed"`
	// Rows are the lines of the table: the sum over them of ballots times weight is Mixed.
	Rows []Row `json:"rows"`
}

// A Tally is the weight of each answer. Nobody expresses a vote by blank, abstention or a nul ballot.
type Tally struct {
	Options []Fraction `json:"options"` // in the order of Rules
	Blank   Fraction   `json:"blank"`
	Abstain Fraction   `json:"abstain"` // members only
	Nul     Fraction   `json:"nul"`     // citizens only
}

// Kinds of Row.
const (
	MembersRow  = "members"
	CitizensRow = "citizens"
)

// A Row is the members of one electorate, or the ballots of one count, who all have the same weight.
type Row struct {
	Kind string `json:"kind"` // MembersRow or CitizensRow
	// Name is the electorate's, or the count's.
	Name string `json:"name"`
	// Represented, Seats, Present and Direct are the citizens, the seats, the members who take part and the direct
	// ballots of the electorate; in a row of citizens, of the count's electorates together, Direct being the count's own.
	Represented int64 `json:"represented"`
	Seats       int64 `json:"seats"`
	Present     int64 `json:"present"`
	Direct      int64 `json:"direct"`
	// Weight is that of each member present, or of each ballot.
	Weight Fraction `json:"weight"`
	// Options, Blank, Abstain and Nul say how many of them answer what.
	Options []int64 `json:"options"`
	Blank   int64   `json:"blank"`
	Abstain int64   `json:"abstain"`
	Nul     int64   `json:"nul"`
}

// Total is the weight of all answers together.
func (t *Tally) Total() Fraction {
	f := t.Expressed()
	f.r.Add(&f.r, &t.Blank.r)
	f.r.Add(&f.r, &t.Abstain.r)
	f.r.Add(&f.r, &t.Nul.r)
	return f
}

// Expressed is the weight of all options together.
func (t *Tally) Expressed() Fraction {
	var f Fraction
	for i := range t.Options {
		f.r.Add(&f.r, &t.Options[i].r)
	}
	return f
}

// Leading is the number of the option that weighs most, or -1 where several weigh as much or none weighs anything.
func (t *Tally) Leading() int {
	var most Fraction
	lead := -1
	for i := range t.Options {
		switch t.Options[i].Cmp(&most) {
		case 1:
			most, lead = t.Options[i], i
		case 0:
			lead = -1
		}
	}
	return lead
}

// Carried is the number of the option that the rule of decision is for, or -1 where there is none:
// the one that weighs most, where it weighs enough of what is expressed.
func (t *Tally) Carried(d scrutin.Decision) int {
	lead, expressed := t.Leading(), t.Expressed()
	if lead < 0 || !d.Enough(t.Options[lead].Rat(), expressed.Rat()) {
		return -1
	}
	return lead
}

// Compute weighs the votes by the rules. It refuses figures that cannot be those of one vote, and then says all that is
// wrong with them, one sentence on each line; the error wraps ErrInput. The order of members, electorates, counts and
// parts changes nothing but the order of the rows.
func Compute(r Rules, members []Member, g Groups) (*Result, error) {
	c := &check{rules: r}
	c.ruleSet()
	c.electorates(g.Electorates)
	c.members(g.Electorates, members)
	c.counts(g)
	if err := c.err(); err != nil {
		return nil, err
	}
	rows := make([]Row, len(g.Electorates), len(g.Electorates)+len(g.Counts))
	for i, e := range g.Electorates {
		rows[i] = Row{Kind: MembersRow, Name: e.ID, Represented: int64(e.Represented), Seats: int64(e.Seats), Direct: int64(c.direct[i]), Options: make([]int64, len(r.Options))}
	}
	for _, m := range members {
		rows[c.at[m.Electorate]].add(m.Position, c.option)
	}
	weights(r, rows)
	whole := together(rows)
	for i := range g.Counts {
		rows = append(rows, c.citizens(&g.Counts[i], rows[:len(g.Electorates)], &whole))
	}
	alone := make([]Row, len(rows))
	for i, row := range rows {
		alone[i] = row
		alone[i].Weight = Frac(1, 1)
	}
	n := len(g.Electorates)
	return &Result{Members: sum(alone[:n], r), Citizens: sum(alone[n:], r), Mixed: sum(rows, r), Rows: rows}, nil
}

// add enters a member's position.
func (row *Row) add(position string, option map[string]int) {
	switch position {
	case Absent:
		return
	case Blank:
		row.Blank++
	case Abstain:
		row.Abstain++
	default:
		row.Options[option[position]]++
	}
	row.Present++
}

// weights gives the members of each electorate what citizens leave them: (N − d)/N.
func weights(r Rules, rows []Row) {
	whole := together(rows)
	for i := range rows {
		from := &rows[i]
		if r.Scale == Territory {
			from = &whole
		}
		rows[i].Weight = Frac(from.Represented-from.Direct, from.Represented)
	}
}

// together is the electorate that these make.
func together(rows []Row) (whole Row) {
	for _, row := range rows {
		whole.Represented += row.Represented
		whole.Seats += row.Seats
		whole.Present += row.Present
		whole.Direct += row.Direct
	}
	return whole
}

// citizens is the row of a count. Each ballot takes 1/N from each of the seats that count: it weighs t/N. In a merged
// count, where the number t can differ, nobody knows whose ballot is whose: each weighs the mean.
func (c *check) citizens(n *Count, members []Row, whole *Row) Row {
	of := make([]Row, len(n.Parts))
	for i, p := range n.Parts {
		of[i] = members[c.at[p.Electorate]]
	}
	row := together(of)
	row.Kind, row.Name, row.Direct = CitizensRow, n.ID, int64(n.Ballots())
	row.Options = make([]int64, len(n.Options))
	for i, b := range n.Options {
		row.Options[i] = int64(b)
	}
	row.Blank, row.Nul = int64(n.Blank), int64(n.Nul)
	if c.rules.Scale == Territory {
		row.Weight = Frac(c.taken(whole), whole.Represented)
		return row
	}
	taken := new(big.Int)
	for i, p := range n.Parts {
		taken.Add(taken, new(big.Int).Mul(big.NewInt(int64(p.Direct)), big.NewInt(c.taken(&of[i]))))
	}
	row.Weight.r.SetFrac(taken, new(big.Int).Mul(big.NewInt(row.Direct), big.NewInt(of[0].Represented)))
	return row
}

// taken is t, the number of seats from which a citizen takes what counts.
func (c *check) taken(row *Row) int64 {
	if c.rules.Absent == Zero {
		return row.Present
	}
	return row.Seats
}

// sum adds up ballots times weight. It works with whole numbers over the least common denominator, for the sum of
// hundreds of fractions has a denominator of a thousand digits.
func sum(rows []Row, r Rules) Tally {
	common, gcd := big.NewInt(1), new(big.Int)
	for i := range rows {
		d := rows[i].Weight.r.Denom()
		gcd.GCD(nil, nil, common, d)
		common.Mul(common, gcd.Quo(d, gcd))
	}
	options := make([]big.Int, len(r.Options))
	var blank, abstain, nul, unit, term big.Int
	for i := range rows {
		row := &rows[i]
		unit.Quo(common, row.Weight.r.Denom())
		unit.Mul(&unit, row.Weight.r.Num())
		add := func(to *big.Int, n int64) {
			if n != 0 {
				to.Add(to, term.Mul(&unit, term.SetInt64(n)))
			}
		}
		for j, n := range row.Options {
			add(&options[j], n)
		}
		add(&blank, row.Blank)
		add(&abstain, row.Abstain)
		add(&nul, row.Nul)
	}
	t := Tally{Options: make([]Fraction, len(options))}
	for j := range options {
		t.Options[j].r.SetFrac(&options[j], common)
	}
	t.Blank.r.SetFrac(&blank, common)
	t.Abstain.r.SetFrac(&abstain, common)
	t.Nul.r.SetFrac(&nul, common)
	return t
}
