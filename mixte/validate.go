package mixte

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"isoloir/scrutin"
	"isoloir/scrutin/canon"
	"isoloir/scrutin/note"
)

// Limits of what is accepted. Whatever they allow is computed exactly.
const (
	MaxElectorates = 65_535
	MaxSeats       = 1_000 // in one electorate
	MaxRepresented = 100_000_000
	MaxOptions     = scrutin.MixedOptions
	MaxLabel       = 2_000 // characters
)

// ErrInput is wrapped by every refusal of Compute.
var ErrInput = errors.New("these are not the figures of a scrutin mixte")

// maxFaults is how many mistakes one refusal names.
const maxFaults = 20

// A check looks at the figures of one vote and notes what is wrong, with what to do.
type check struct {
	rules  Rules
	at     map[string]int // electorates
	option map[string]int
	direct []int // d, of each electorate
	faults []error
}

func (c *check) when(bad bool, form string, args ...any) {
	if bad && len(c.faults) < maxFaults {
		c.faults = append(c.faults, fmt.Errorf(form, args...))
	}
}

func (c *check) err() error {
	if len(c.faults) == 0 {
		return nil
	}
	return fmt.Errorf("%w:\n%w", ErrInput, errors.Join(c.faults...))
}

func (c *check) ruleSet() {
	r := c.rules
	c.when(r.Scale != Constituency && r.Scale != Territory, "rules: the scale is %q: write constituency or territory", r.Scale)
	c.when(r.Absent != Counted && r.Absent != Zero, "rules: the rule for absent members is %q: write counted or zero", r.Absent)
	c.when(r.Several != Equal && r.Several != List, "rules: the rule for several members is %q: write equal or list", r.Several)
	c.when(r.Scale == Territory && r.Several == List, "rules: at the scale of the territory all members give up the same part: write equal, not list")
	c.when(r.MinimumSize < 1, "rules: the smallest number of ballots opened together is %d: write 1 or more", r.MinimumSize)
	c.when(len(r.Options) < 1 || len(r.Options) > MaxOptions, "rules: there are %d options: give from 1 to %d", len(r.Options), MaxOptions)
	c.option = make(map[string]int, len(r.Options))
	for i, o := range r.Options {
		c.name("option", o)
		c.when(o == Blank || o == Abstain || o == Absent || o == Nul, "option %s: this word has a meaning of its own: name the option otherwise", o)
		_, twice := c.option[o]
		c.when(twice, "option %s stands twice: remove one", o)
		c.option[o] = i
	}
}

func (c *check) name(what, id string) {
	c.when(!note.ValidName(id), "%s %q: a name has letters, digits, dots, hyphens and underscores, and is not empty", what, id)
}

func (c *check) label(what, id, label string) {
	c.when(!validLabel(label), "%s %s: its label is empty, too long or holds control characters: write one line of at most %d characters", what, id, MaxLabel)
}

func validLabel(s string) bool {
	return s != "" && utf8.RuneCountInString(s) <= MaxLabel && canon.CheckString(s) == nil
}

func (c *check) electorates(es []Electorate) {
	c.when(len(es) < 1 || len(es) > MaxElectorates, "there are %d electorates: give from 1 to %d", len(es), MaxElectorates)
	c.at = make(map[string]int, len(es))
	c.direct = make([]int, len(es))
	for i, e := range es {
		c.name("electorate", e.ID)
		c.label("electorate", e.ID, e.Label)
		_, twice := c.at[e.ID]
		c.when(twice, "electorate %s stands twice: remove one", e.ID)
		c.at[e.ID] = i
		c.when(e.Represented < 1 || e.Represented > MaxRepresented, "electorate %s: it has %d citizens: give from 1 to %d", e.ID, e.Represented, MaxRepresented)
		c.when(e.Seats < 1 || e.Seats > MaxSeats, "electorate %s: it has %d seats: give from 1 to %d", e.ID, e.Seats, MaxSeats)
		c.when(e.Closed < 0, "electorate %s: %d ballots left closed: give 0 or more", e.ID, e.Closed)
	}
}

func (c *check) members(es []Electorate, members []Member) {
	seated := make([]int, len(es))
	lists := make([]string, len(es))
	ids := make(map[string]bool, len(members))
	for _, m := range members {
		c.name("member", m.ID)
		c.label("member", m.ID, m.Label)
		c.when(ids[m.ID], "member %s stands twice: remove one", m.ID)
		ids[m.ID] = true
		if m.List != "" {
			c.name("list", m.List)
		}
		_, known := c.option[m.Position]
		c.when(!known && m.Position != Blank && m.Position != Abstain && m.Position != Absent,
			"member %s: his position is %q: write an option, blank, abstain or absent", m.ID, m.Position)
		e, ok := c.at[m.Electorate]
		if !ok {
			c.when(true, "member %s represents %q, which is no electorate: correct the one or add the other", m.ID, m.Electorate)
			continue
		}
		if c.rules.Several == List {
			c.when(m.List == "", "member %s: write the list on which he was elected, as the rule is list", m.ID)
			c.when(seated[e] > 0 && m.List != lists[e], "electorate %s has members of %s and %s: under the rule list make one electorate for each list", m.Electorate, lists[e], m.List)
		}
		lists[e] = m.List
		seated[e]++
	}
	for i, e := range es {
		c.when(seated[i] != e.Seats, "electorate %s has %d seats and %d members: give a member for each seat, a vacant one as absent", e.ID, e.Seats, seated[i])
	}
}

func (c *check) counts(g Groups) {
	ids := make(map[string]bool, len(g.Counts))
	for i := range g.Counts {
		n := &g.Counts[i]
		c.count(g.Electorates, n)
		c.when(ids[n.ID], "count %s stands twice: remove one", n.ID)
		ids[n.ID] = true
	}
	for i, e := range g.Electorates {
		c.when(c.direct[i] > e.Represented-e.Closed, "electorate %s: %d direct ballots and %d left closed are more than its %d citizens", e.ID, c.direct[i], e.Closed, e.Represented)
	}
}

func (c *check) count(es []Electorate, n *Count) {
	for id := range strings.SplitSeq(n.ID, "+") {
		c.name("count", id)
	}
	c.when(len(n.Options) != len(c.rules.Options), "count %s: it has %d options of %d: give a number for each", n.ID, len(n.Options), len(c.rules.Options))
	wrong := func(b int) bool { return b < 0 || b > MaxRepresented }
	c.when(slices.ContainsFunc(n.Options, wrong) || wrong(n.Blank) || wrong(n.Nul), "count %s: a number of ballots is negative or above %d", n.ID, MaxRepresented)
	c.when(n.Ballots() < c.rules.MinimumSize, "count %s: it holds %d ballots, fewer than %d: merge it or leave it closed", n.ID, n.Ballots(), c.rules.MinimumSize)
	c.when(len(n.Parts) == 0, "count %s: it does not say whose ballots it holds: name the electorates", n.ID)
	sum, first := 0, -1
	var seen []int
	for _, p := range n.Parts {
		e, ok := c.at[p.Electorate]
		if !ok {
			c.when(true, "count %s: %q is no electorate", n.ID, p.Electorate)
			continue
		}
		c.when(slices.Contains(seen, e), "count %s names %s twice: give one number", n.ID, p.Electorate)
		seen = append(seen, e)
		if p.Direct < 0 || p.Direct > MaxRepresented {
			c.when(true, "count %s: %d ballots of %s: give from 0 to %d", n.ID, p.Direct, p.Electorate, MaxRepresented)
			continue
		}
		sum += p.Direct
		c.direct[e] += p.Direct
		if first < 0 {
			first = e
		}
		a, b := es[e], es[first]
		c.when(c.rules.Scale == Constituency && (a.Represented != b.Represented || a.Seats != b.Seats),
			"count %s merges %s and %s, whose citizens have different weights: merge only equal numbers of citizens and of seats", n.ID, b.ID, a.ID)
	}
	c.when(sum != n.Ballots(), "count %s: it holds %d ballots and its electorates cast %d: the two must be equal", n.ID, n.Ballots(), sum)
}
