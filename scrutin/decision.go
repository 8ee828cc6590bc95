package scrutin

import (
	"fmt"
	"math/big"
	"regexp"
	"slices"
	"strconv"
)

// An Outcome is what follows from the counts of a question by the rule that the manifest
// seals, over all urns together in which it is asked: of what was counted there, and of no
// other way of voting.
type Outcome struct {
	Question string
	Electors int
	Voters   int
	// Expressed are the ballots that hold an option: neither blank nor nul.
	Expressed int
	// Ballots are those of each option, in the order of the manifest; of a question of
	// approval those that approve of each of its answers.
	Ballots []int
	// Turnout says whether as many voted as the rule asks for, which may be nobody.
	Turnout bool
	// Leading are the options with the most ballots; none where no ballot holds one.
	Leading []string
	// Carried is the option that the rule decides for; empty without one: too few voted,
	// several lead, none has the majority, or the rule only counts.
	Carried string
}

// Rules of a Decision that name one option. A third kind, "majority-2/3", asks for at least
// that part of those expressed, which is more than half, in lowest terms.
const (
	RelativeMajority = "relative-majority" // more ballots than any other option
	AbsoluteMajority = "absolute-majority" // and more than half of those expressed

	qualified = "majority-"
)

// Qualified is the rule that asks for a part of the ballots expressed.
func Qualified(part Fraction) string {
	return fmt.Sprintf("%s%d/%d", qualified, part.Numerator, part.Denominator)
}

// Part is what a qualified majority asks for; false under another rule.
func (d Decision) Part() (Fraction, bool) {
	parts := qualifiedForm.FindStringSubmatch(d.Rule)
	if parts == nil {
		return Fraction{}, false
	}
	n, _ := strconv.Atoi(parts[1])
	of, _ := strconv.Atoi(parts[2])
	return Fraction{n, of}, n <= of && 2*n > of && gcd(n, of) == 1
}

var qualifiedForm = regexp.MustCompile(`^majority-([1-9][0-9]{0,3})/([1-9][0-9]{0,3})$`)

// decisionRule accepts what a Decision may have for its rule.
func decisionRule(rule string) bool {
	_, part := Decision{Rule: rule}.Part()
	return part || slices.Contains([]string{"counts", RelativeMajority, AbsoluteMajority, "highest-averages", "largest-remainders"}, rule)
}

// Enough says whether an answer with this many of the votes expressed is decided for, if no
// other has as many: votes or weights, which are fractions.
func (d Decision) Enough(votes, expressed *big.Rat) bool {
	half := Fraction{1, 2}
	part, is := d.Part()
	switch {
	case votes.Sign() <= 0:
		return false
	case d.Rule == RelativeMajority:
		return true
	case d.Rule == AbsoluteMajority:
		return votes.Cmp(half.of(expressed)) > 0
	}
	return is && votes.Cmp(part.of(expressed)) >= 0
}

// Reached says whether as many have voted as the rule asks for.
func (d Decision) Reached(voters, electors int) bool {
	return int64(voters)*int64(d.Turnout.Denominator) >= int64(electors)*int64(d.Turnout.Numerator)
}

func (f Fraction) of(whole *big.Rat) *big.Rat {
	return new(big.Rat).Mul(big.NewRat(int64(f.Numerator), int64(f.Denominator)), whole)
}

// Outcomes applies the rule of the manifest to its result, for each question that fills no
// seat. There is none in a regulated vote, which the law decides with all its ways of
// voting, and where members and citizens decide together, which the weights do.
func (m *Manifest) Outcomes(r *Result) (all []Outcome) {
	if m.Weight.IsMixed() || m.Scrutin.Regulated() {
		return nil
	}
	for i := range m.Questions {
		if m.Questions[i].Seats == 0 {
			all = append(all, m.outcome(&m.Questions[i], r))
		}
	}
	return all
}

// Turnout says who could vote on a question and who did, beside so many who voted on paper,
// and whether these are enough; nothing of what they chose.
func (m *Manifest) Turnout(q *Question, r *Result, onPaper int) Outcome {
	o := Outcome{Question: q.ID, Voters: onPaper}
	for _, cell := range r.Cells {
		if slices.ContainsFunc(cell.Questions, func(c QuestionResult) bool { return c.Question == q.ID }) {
			o.Electors, o.Voters = o.Electors+cell.Electors, o.Voters+cell.Marks
		}
	}
	o.Turnout = m.Decision.Reached(o.Voters, o.Electors)
	return o
}

func (m *Manifest) outcome(q *Question, r *Result) Outcome {
	o := m.Turnout(q, r, 0)
	ballots := make([]int, len(q.Options))
	for _, cell := range r.Cells {
		for _, counted := range cell.Questions {
			if counted.Question != q.ID {
				continue
			}
			for i, n := range counted.Options {
				ballots[i] += n.Ballots
				o.Expressed += n.Ballots
			}
		}
	}
	answers := q.Options
	if a, approval := q.Approval(); approval {
		answers, ballots = a.Answers, a.Count(ballots)
	}
	o.Ballots = ballots
	most := 1
	for i, n := range ballots {
		if n > most {
			most, o.Leading = n, nil
		}
		if n == most {
			o.Leading = append(o.Leading, answers[i].ID)
		}
	}
	if o.Turnout && len(o.Leading) == 1 && m.Decision.Enough(big.NewRat(int64(most), 1), big.NewRat(int64(o.Expressed), 1)) {
		o.Carried = o.Leading[0]
	}
	return o
}
