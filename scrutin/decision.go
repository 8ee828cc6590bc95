package scrutin

// An Outcome is what follows from the counts of a question by the rule that the manifest
// seals, over all urns together in which it is asked: of what was counted there, and of no
// other way of voting.
type Outcome struct {
	Question string
	Electors int
	Voters   int
	// Expressed are the ballots that hold an option: neither blank nor nul.
	Expressed int
	// Turnout says whether as many voted as the rule asks for, which may be nobody.
	Turnout bool
	// Leading are the options with the most ballots; none where no ballot holds one.
	Leading []string
	// Carried is the option that the rule decides for; empty without one: too few voted,
	// several lead, none has the majority, or the rule only counts.
	Carried string
}

// Rules of a Decision that name one option.
const (
	RelativeMajority = "relative-majority" // more ballots than any other option
	AbsoluteMajority = "absolute-majority" // and more than half of those expressed
)

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

func (m *Manifest) outcome(q *Question, r *Result) Outcome {
	o := Outcome{Question: q.ID}
	ballots := make([]int, len(q.Options))
	for _, cell := range r.Cells {
		for _, counted := range cell.Questions {
			if counted.Question != q.ID {
				continue
			}
			o.Electors, o.Voters = o.Electors+cell.Electors, o.Voters+cell.Marks
			for i, n := range counted.Options {
				ballots[i] += n.Ballots
				o.Expressed += n.Ballots
			}
		}
	}
	most := 1
	for i, n := range ballots {
		if n > most {
			most, o.Leading = n, nil
		}
		if n == most {
			o.Leading = append(o.Leading, q.Options[i].ID)
		}
	}
	t := m.Decision.Turnout
	o.Turnout = int64(o.Voters)*int64(t.Denominator) >= int64(o.Electors)*int64(t.Numerator)
	enough := m.Decision.Rule == RelativeMajority || m.Decision.Rule == AbsoluteMajority && 2*most > o.Expressed
	if o.Turnout && enough && len(o.Leading) == 1 {
		o.Carried = o.Leading[0]
	}
	return o
}
