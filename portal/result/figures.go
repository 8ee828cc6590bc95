package result

import (
	"fmt"
	"strings"

	"isoloir/mixte"
	"isoloir/portal/words"
	"isoloir/scrutin"
)

// A column is one of the three results, in the order in which they stand.
type column struct {
	key   string // of its title
	tally *mixte.Tally
}

func (v *view) columns() []column {
	r := &v.Statement.Result
	all := []column{{"mixte.members", &r.Members}, {"mixte.citizens", &r.Citizens}, {"mixte.mixed", &r.Mixed}}
	if v.Statement.Status == mixte.Provisional {
		return all[:1]
	}
	return all
}

// An answer is a row of the table of results.
type answer struct {
	label     string
	of        func(*mixte.Tally) *mixte.Fraction
	expressed bool
}

func (v *view) answers() (all []answer) {
	for i, label := range v.Labels {
		all = append(all, answer{label, func(t *mixte.Tally) *mixte.Fraction { return &t.Options[i] }, true})
	}
	return append(all,
		answer{v.Say("mixte.blank"), func(t *mixte.Tally) *mixte.Fraction { return &t.Blank }, false},
		answer{v.Say("mixte.abstain"), func(t *mixte.Tally) *mixte.Fraction { return &t.Abstain }, false},
		answer{v.Say("mixte.nul"), func(t *mixte.Tally) *mixte.Fraction { return &t.Nul }, false})
}

// decimals writes a number for the eye, whole ones as such.
func (v *view) decimals(f *mixte.Fraction) string {
	if f.Rat().IsInt() {
		return v.point(f.Decimal(0))
	}
	return v.point(f.Decimal(3))
}

// part is what an answer has of the votes expressed.
func (v *view) part(f *mixte.Fraction, t *mixte.Tally) string {
	whole := t.Expressed()
	return v.point(f.Percent(&whole, 2)) + "\u00a0%"
}

// point writes a decimal as the language does.
func (v *view) point(s string) string {
	if v.Language() == words.French {
		return strings.Replace(s, ".", ",", 1)
	}
	return s
}

// short says whether a fraction can be read at once.
func short(f *mixte.Fraction) bool { return len(f.String()) <= 24 }

// fraction writes one as people do: a whole number without its denominator.
func fraction(f *mixte.Fraction) string { return strings.TrimSuffix(f.String(), "/1") }

// leads is what the option that weighs most is called; empty where none does.
func (v *view) leads(t *mixte.Tally) string {
	if i := t.Leading(); i >= 0 {
		return v.Labels[i]
	}
	return ""
}

// verdict says which option leads in the result, and what that is to what the members would have decided alone; nothing
// of a vote that is void.
func (v *view) verdict() []string {
	if v.Void != nil {
		return nil
	}
	r := &v.Statement.Result
	mixed, alone := v.leads(&r.Mixed), v.leads(&r.Members)
	if v.Statement.Status == mixte.Provisional {
		if alone == "" {
			return []string{v.Say("mixte.tie")}
		}
		return []string{v.Say("mixte.leads-alone", "Option", alone, "Part", v.part(&r.Members.Options[r.Members.Leading()], &r.Members))}
	}
	var said []string
	if mixed == "" {
		said = append(said, v.Say("mixte.tie"))
	} else {
		said = append(said, v.Say("mixte.leads", "Option", mixed, "Part", v.part(&r.Mixed.Options[r.Mixed.Leading()], &r.Mixed)))
	}
	said = append(said, v.ruled()...)
	switch {
	case v.Before != nil && mixed == alone:
		said = append(said, v.Say("mixte.confirms"))
	case v.Before != nil:
		said = append(said, v.Say("mixte.reverses"))
	case mixed == alone:
		said = append(said, v.Say("mixte.same"))
	default:
		said = append(said, v.Say("mixte.other"))
	}
	return said
}

// ruled says what the rule that was sealed makes of the result: nothing where it only counts.
func (v *view) ruled() (said []string) {
	if t := v.Rule.Turnout; t.Numerator > 0 && v.Electors > 0 {
		part := v.Percent(t.Numerator, t.Denominator)
		if !v.Rule.Reached(v.Voters, v.Electors) {
			return []string{v.Say("results.turnout-missed", "Part", part)}
		}
		said = append(said, v.Say("results.turnout-reached", "Part", part))
	}
	carried := v.Statement.Result.Mixed.Carried(v.Rule)
	part, qualified := v.Rule.Part()
	asked := fmt.Sprintf("%d/%d", part.Numerator, part.Denominator)
	switch {
	case carried >= 0 && qualified:
		return append(said, v.Say("results.carried-part", "Option", v.Labels[carried], "Part", asked))
	case carried >= 0 && v.Rule.Rule == scrutin.AbsoluteMajority:
		return append(said, v.Say("results.carried-absolute", "Option", v.Labels[carried]))
	case carried >= 0:
		return append(said, v.Say("results.carried-relative", "Option", v.Labels[carried]))
	case qualified:
		return append(said, v.Say("results.no-part", "Part", asked))
	case v.Rule.Rule == scrutin.AbsoluteMajority:
		return append(said, v.Say("results.no-majority"))
	}
	return said
}

// A place is what one electorate gave, a row of the table of constituencies.
type place struct {
	label               string
	represented, direct int
	seats, present      int
	closed              int
	member              mixte.Fraction // weight of each member present
	ballots             []ballots      // of its counts
}

// ballots are one count: how many of it, its weight, and what it holds.
type ballots struct {
	name   string
	shared bool // opened with those of other electorates
	row    mixte.Row
}

func (v *view) places() []place {
	s := v.Statement
	all := make([]place, len(s.Electorates))
	at := map[string]int{}
	for i, e := range s.Electorates {
		row := s.Result.Rows[i]
		at[e.ID] = i
		all[i] = place{label: e.Label, represented: e.Represented, direct: int(row.Direct), seats: e.Seats, present: int(row.Present), closed: e.Closed, member: row.Weight}
	}
	for i, c := range s.Counts {
		row := s.Result.Rows[len(s.Electorates)+i]
		for _, p := range c.Parts {
			if p.Direct > 0 {
				x := &all[at[p.Electorate]]
				x.ballots = append(x.ballots, ballots{c.ID, len(c.Parts) > 1, row})
			}
		}
	}
	return all
}

// A seat is one member with his public vote, a row of the table of members.
type seat struct{ name, place, vote, weight string }

func (v *view) seated() []seat {
	s := v.Statement
	at, said := map[string]int{}, map[string]string{mixte.Blank: v.Say("mixte.blank"), mixte.Abstain: v.Say("mixte.abstain"), mixte.Absent: v.Say("mixte.absent")}
	for i, e := range s.Electorates {
		at[e.ID] = i
	}
	for i, o := range s.Rules.Options {
		said[o] = v.Labels[i]
	}
	all := make([]seat, len(s.Members))
	for i, m := range s.Members {
		e := at[m.Electorate]
		all[i] = seat{m.Label, s.Electorates[e].Label, said[m.Position], fraction(&s.Result.Rows[e].Weight)}
		if m.Position == mixte.Absent {
			all[i].weight = "–"
		}
	}
	return all
}

// choices says what a count holds, in words.
func (v *view) choices(row *mixte.Row) string {
	var said []string
	for i, n := range row.Options {
		said = append(said, fmt.Sprintf("%s\u00a0%s", v.Labels[i], v.Number(int(n))))
	}
	for _, x := range []struct {
		key string
		n   int64
	}{{"mixte.blank", row.Blank}, {"mixte.nul", row.Nul}} {
		if x.n > 0 {
			said = append(said, fmt.Sprintf("%s\u00a0%s", v.Say(x.key), v.Number(int(x.n))))
		}
	}
	return strings.Join(said, ", ")
}

// width is the length of a bar, in percent of the votes expressed.
func width(f *mixte.Fraction, t *mixte.Tally) string {
	whole := t.Expressed()
	if whole.Rat().Sign() == 0 {
		return "0%"
	}
	return f.Percent(&whole, 2) + "%"
}

// sheet is the formula of a spreadsheet for the answer in a column.
func (v *view) sheet(column, which string) string {
	last := len(v.Statement.Result.Rows) + 1
	if which == "mixed" {
		return fmt.Sprintf("=SUMPRODUCT(%s2:%s%d, G2:G%d / H2:H%d)", column, column, last, last, last)
	}
	return fmt.Sprintf("=SUMIF(A2:A%d, %q, %s2:%s%d)", last, which, column, column, last)
}
