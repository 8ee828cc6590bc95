package mixte

import (
	"fmt"

	"isoloir/scrutin"
)

// FromResult takes the rules and the citizens' side of a scrutin mixte from the opened urn: the manifest, whose weight
// rule is mixed; the question voted on; what the act seal found in each urn; the result. Every urn is an electorate.
// A cell with fewer ballots than the manifest's smallest number stays out, even where an act of the bureau opened it:
// who weighs what follows from what was sealed before the vote. The minutes are those of votes on paper; only those of
// urns that are asked the question count. The members are for the caller to add.
func FromResult(m *scrutin.Manifest, question string, sealed []scrutin.Finding, r *scrutin.Result, minutes ...*Minutes) (Rules, Groups, error) {
	fail := func(form string, args ...any) (Rules, Groups, error) {
		return Rules{}, Groups{}, fmt.Errorf("%w: %w", ErrInput, fmt.Errorf(form, args...))
	}
	rules, g, err := FromManifest(m, question)
	if err != nil {
		return fail("%w", err)
	}
	if len(sealed) != len(m.Urns) {
		return fail("the seal has the ballots of %d urns of %d", len(sealed), len(m.Urns))
	}
	asked := make(map[string]bool, len(g.Electorates))
	for _, e := range g.Electorates {
		asked[e.ID] = true
	}
	direct := make(map[string]int, len(asked))
	for i, u := range m.Urns {
		if sealed[i].Urn != u.ID {
			return fail("urn %d of the seal is %s where the manifest has %s", i+1, sealed[i].Urn, u.ID)
		}
		if asked[u.ID] {
			direct[u.ID] = sealed[i].Ballots
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
	for _, x := range minutes {
		if !asked[x.Urn] {
			continue
		}
		c, err := x.count(&rules, question)
		if err != nil {
			return fail("%w", err)
		}
		g.Take(rules, *c)
	}
	return rules, g, nil
}

// FromManifest takes the rules and the electorates of a question from the manifest, whose weight rule is Mixed or
// MixedTerritory: what is sealed before the vote, and all that a provisional statement rests on beside the members.
func FromManifest(m *scrutin.Manifest, question string) (Rules, Groups, error) {
	if !m.Weight.IsMixed() {
		return Rules{}, Groups{}, fmt.Errorf("the manifest's weight rule is %q, not mixed: its result is that of the citizens alone", m.Weight.Rule)
	}
	q, ok := m.Question(question)
	if !ok {
		return Rules{}, Groups{}, fmt.Errorf("the manifest has no question %q", question)
	}
	rules := Rules{Scale: Constituency, Absent: m.Weight.Absent, Several: m.Weight.Several, MinimumSize: m.MinimumSize}
	if m.Weight.Rule == scrutin.MixedTerritory {
		rules.Scale = Territory
	}
	for _, o := range q.Options {
		rules.Options = append(rules.Options, o.ID)
	}
	var g Groups
	asked := make(map[string]bool, len(q.Urns))
	for _, id := range q.Urns {
		asked[id] = true
	}
	for _, u := range m.Urns {
		if asked[u.ID] {
			g.Electorates = append(g.Electorates, Electorate{ID: u.ID, Label: u.Label, Represented: u.Represented, Seats: u.Members})
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
	if sum < r.MinimumSize && c.Ballots() == 0 {
		c.Blank = sum // never opened, in a scrutin of accounts; Take leaves it closed
	}
	if sum != c.Ballots() {
		return nil, fmt.Errorf("cell %s holds %d ballots and the seal %d", cell.Cell, c.Ballots(), sum)
	}
	return c, nil
}
