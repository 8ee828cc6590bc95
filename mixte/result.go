package mixte

import (
	"fmt"

	"isoloir/scrutin"
)

// FromResult takes the rules and the citizens' side of a scrutin mixte from the opened urn: the manifest, whose weight
// rule is mixed; the question voted on; what the act seal found in each urn; the result. Every urn is an electorate.
// A cell with fewer ballots than the manifest's smallest number stays out, even where an act of the bureau opened it:
// who weighs what follows from what was sealed before the vote. The members are for the caller to add.
func FromResult(m *scrutin.Manifest, question string, sealed []scrutin.Finding, r *scrutin.Result) (Rules, Groups, error) {
	fail := func(form string, args ...any) (Rules, Groups, error) {
		return Rules{}, Groups{}, fmt.Errorf("%w: %w", ErrInput, fmt.Errorf(form, args...))
	}
	if m.Weight.Rule != "mixed" {
		return fail("the manifest's weight rule is %q, not mixed: its result is that of the citizens alone", m.Weight.Rule)
	}
	q, ok := m.Question(question)
	if !ok {
		return fail("the manifest has no question %q", question)
	}
	rules := Rules{Scale: Constituency, Absent: m.Weight.Absent, Several: m.Weight.Several, MinimumSize: m.MinimumSize}
	for _, o := range q.Options {
		rules.Options = append(rules.Options, o.ID)
	}
	if len(sealed) != len(m.Urns) {
		return fail("the seal has the ballots of %d urns of %d", len(sealed), len(m.Urns))
	}
	var g Groups
	direct := map[string]int{}
	for i, u := range m.Urns {
		if sealed[i].Urn != u.ID {
			return fail("urn %d of the seal is %s where the manifest has %s", i+1, sealed[i].Urn, u.ID)
		}
		for _, asked := range q.Urns {
			if asked == u.ID {
				g.Electorates = append(g.Electorates, Electorate{ID: u.ID, Label: u.Label, Represented: u.Represented, Seats: u.Members})
				direct[u.ID] = sealed[i].Ballots
			}
		}
	}
	found := map[string]bool{}
	for _, cell := range r.Cells {
		for _, answer := range cell.Questions {
			if answer.Question != question {
				continue
			}
			c, err := count(&rules, &cell, &answer, direct)
			if err != nil {
				return fail("%w", err)
			}
			for _, p := range c.Parts {
				if found[p.Electorate] {
					return fail("urn %s is in two cells of the result", p.Electorate)
				}
				found[p.Electorate] = true
			}
			g.Take(rules, *c)
		}
	}
	for _, e := range g.Electorates {
		if !found[e.ID] {
			return fail("urn %s is in no cell of the result", e.ID)
		}
	}
	return rules, g, nil
}

// count is what one cell answers.
func count(r *Rules, cell *scrutin.CellResult, answer *scrutin.QuestionResult, direct map[string]int) (*Count, error) {
	c := &Count{ID: cell.Cell, Blank: answer.Blank, Nul: answer.Nul}
	sum := 0
	for _, u := range cell.Urns {
		d, ok := direct[u]
		if !ok {
			return nil, fmt.Errorf("cell %s has the urn %s, which is not asked this question", cell.Cell, u)
		}
		c.Parts = append(c.Parts, Part{u, d})
		sum += d
	}
	if len(answer.Options) != len(r.Options) {
		return nil, fmt.Errorf("cell %s answers by %d options of %d", cell.Cell, len(answer.Options), len(r.Options))
	}
	for i, o := range answer.Options {
		if o.Option != r.Options[i] {
			return nil, fmt.Errorf("cell %s has the option %s where the manifest has %s", cell.Cell, o.Option, r.Options[i])
		}
		c.Options = append(c.Options, o.Ballots)
	}
	if sum != c.Ballots() {
		return nil, fmt.Errorf("cell %s holds %d ballots and the seal %d", cell.Cell, c.Ballots(), sum)
	}
	return c, nil
}
