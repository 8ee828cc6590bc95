package scrutin

import (
	"fmt"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// A check collects what is wrong with a manifest.
type check struct {
	m     *Manifest
	found Problems
}

func (c *check) add(path, code string, args ...any) {
	c.found = append(c.found, Problem{path, code, args})
}

// when adds a problem if it is there.
func (c *check) when(wrong bool, path, code string, args ...any) {
	if wrong {
		c.add(path, code, args...)
	}
}

// Validate returns nil or every problem of the manifest, as Problems. The rules
// that compare fields are asked only when each field is right by itself.
func (m *Manifest) Validate() error {
	if ps := m.expected(fieldProblems(m)); len(ps) > 0 {
		return ps
	}
	c := &check{m: m}
	if m.Scrutin.Profile == StandingKey {
		for _, rules := range []func(*check){(*check).standingKey, (*check).bureau, (*check).quorum, (*check).holders, (*check).clauses, (*check).keys} {
			rules(c)
		}
		return c.err()
	}
	for _, rules := range []func(*check){
		(*check).territories, (*check).colleges, (*check).urns, (*check).stations, (*check).questions, (*check).draw, (*check).schedule,
		(*check).finality, (*check).decision, (*check).leaves, (*check).mergeLists, (*check).bureau, (*check).quorum,
		(*check).holders, (*check).clauses, (*check).parties, (*check).keys, (*check).codes, (*check).companions,
		(*check).accounts, (*check).standing,
	} {
		rules(c)
	}
	return c.err()
}

func (c *check) err() error {
	if len(c.found) > 0 {
		return c.found
	}
	return nil
}

func at(list string, i int) string { return fmt.Sprintf("%s[%d]", list, i) }

// unique adds a problem for every identifier that stands twice, letters of either
// case being the same: identifiers are names of files.
func (c *check) unique(list string, n int, id func(int) string) {
	seen := make(map[string]bool, n)
	for i := range n {
		key := strings.ToLower(id(i))
		c.when(seen[key], at(list, i), "duplicate", id(i))
		seen[key] = true
	}
}

func (c *check) territories() {
	m := c.m
	c.unique("territories", len(m.Territories), func(i int) string { return m.Territories[i].ID })
	before := map[string]bool{"": true}
	for i, t := range m.Territories {
		c.when(!before[t.Parent], at("territories", i)+".parent", "parent", t.Parent)
		before[t.ID] = true
	}
	c.when(!slices.IsSorted(m.RestrictedCountries) || len(slices.Compact(slices.Clone(m.RestrictedCountries))) != len(m.RestrictedCountries),
		"restricted_countries", "sorted")
}

func (c *check) colleges() {
	m := c.m
	c.unique("colleges", len(m.Colleges), func(i int) string { return m.Colleges[i].ID })
	for i, college := range m.Colleges {
		path := at("colleges", i)
		kinds, channels := 0, map[string]bool{}
		for j, f := range college.Factors {
			sent := f.Kind == "identifier" || f.Kind == "password" || f.Kind == "code"
			c.when(sent == (f.Channel == "none"), fmt.Sprintf("%s.factors[%d]", path, j), "factor-channel", f.Kind)
			c.when(slices.Index(college.Factors, f) < j, fmt.Sprintf("%s.factors[%d]", path, j), "duplicate", f.Kind)
			if f.Kind != "question" {
				kinds++
				channels[f.Kind+f.Channel] = true
				if sent {
					delete(channels, f.Kind+f.Channel)
					channels[f.Channel] = true
				}
			}
		}
		if len(m.Register) == 0 && (m.Scrutin.Regulated() || m.Scrutin.Level >= 2) {
			c.when(kinds < 2 || len(channels) < 2, path+".factors", "two-factors")
		}
		c.when((college.Validation.Kind == "code") == (college.Validation.Channel == "none"), path+".validation", "validation-channel")
		c.when(m.Scrutin.Profile == FrenchAbroad && college.Validation.Kind != "code", path+".validation", "validation-code")
	}
}

func (c *check) urns() {
	m := c.m
	c.unique("urns", len(m.Urns), func(i int) string { return m.Urns[i].ID })
	territories, colleges := map[string]bool{}, map[string]bool{}
	for _, t := range m.Territories {
		territories[t.ID] = true
	}
	for _, college := range m.Colleges {
		colleges[college.ID] = true
	}
	asked := map[string]int{}
	for _, q := range m.Questions {
		for _, u := range q.Urns {
			asked[u]++
		}
	}
	const most = 64
	for i, u := range m.Urns {
		path := at("urns", i)
		c.when(!territories[u.Territory], path+".territory", "unknown", u.Territory)
		c.when(!colleges[u.College], path+".college", "unknown", u.College)
		c.when(asked[u.ID] == 0, path, "urn-without-question", u.ID)
		c.when(asked[u.ID] > most, path, "urn-questions", u.ID, most)
		if m.Weight.IsMixed() {
			c.when(u.Represented == 0 || u.Members == 0, path, "weight-urn", u.ID)
			c.when(u.Represented > 0 && u.Represented < u.Electors, path+".represented", "weight-represented", u.ID)
		} else {
			c.when(u.Represented != 0 || u.Members != 0, path, "weight-urn-equal", u.ID)
		}
	}
	for i, s := range m.Stations {
		c.when(!territories[s.Territory], at("stations", i)+".territory", "unknown", s.Territory)
	}
}

// known adds a problem for every name in list that is no urn, or stands twice or
// before one that comes earlier in the manifest.
func (c *check) known(path string, list []string, number map[string]int) {
	last := -1
	for i, id := range list {
		n, ok := number[id]
		switch {
		case !ok:
			c.add(at(path, i), "unknown", id)
		case n <= last:
			c.add(at(path, i), "urn-order", id)
		}
		last = max(last, n)
	}
}

func (c *check) urnNumbers() map[string]int {
	number := make(map[string]int, len(c.m.Urns))
	for i, u := range c.m.Urns {
		number[u.ID] = i
	}
	return number
}

func (c *check) stations() {
	m := c.m
	c.unique("stations", len(m.Stations), func(i int) string { return m.Stations[i].ID })
	number := c.urnNumbers()
	for i, s := range m.Stations {
		path := at("stations", i)
		c.known(path+".urns", s.Urns, number)
		for j, h := range s.Hours {
			c.when(!h.Open.Before(h.Close.Time) || j > 0 && h.Open.Before(s.Hours[j-1].Close.Time), fmt.Sprintf("%s.hours[%d]", path, j), "hours")
		}
	}
}

func (c *check) questions() {
	m := c.m
	c.unique("questions", len(m.Questions), func(i int) string { return m.Questions[i].ID })
	number := c.urnNumbers()
	fold := cases.Fold()
	for i, q := range m.Questions {
		path := at("questions", i)
		c.known(path+".urns", q.Urns, number)
		c.unique(path+".options", len(q.Options), func(j int) string { return q.Options[j].ID })
		labels := map[string]bool{}
		for j, o := range q.Options {
			option := fmt.Sprintf("%s.options[%d]", path, j)
			id := strings.ToLower(o.ID)
			c.when(id == Blank || id == Nul, option+".id", "reserved", o.ID)
			c.when(m.Weight.IsMixed() && (id == "abstain" || id == "absent"), option+".id", "weight-reserved", o.ID)
			label := fold.String(norm.NFKC.String(o.Label))
			c.when(labels[label], option+".label", "same-label", o.Label)
			c.when(readsAsNone(label), option+".label", "none-label", o.Label)
			labels[label] = true
		}
		_, approval := q.Approval()
		c.when(q.approves() && !approval, path+".options", "approval", MaxSets)
		c.when(m.Weight.IsMixed() && len(q.Options) > MixedOptions, path+".options", "weight-options", MixedOptions)
		c.when(approval && m.Weight.IsMixed(), path+".options", "approval-mixed")
		c.when(q.Seats == 0 && (m.Decision.Rule == "highest-averages" || m.Decision.Rule == "largest-remainders"), path+".seats", "seats")
	}
}

// readsAsNone says whether a label, folded, says nothing but blank or nul, which are
// rows of every result.
func readsAsNone(label string) bool {
	words := strings.FieldsFunc(label, func(r rune) bool { return !unicode.IsLetter(r) })
	words = slices.DeleteFunc(words, func(w string) bool {
		return slices.Contains([]string{"vote", "votes", "bulletin", "bulletins", "ballot", "ballots"}, w)
	})
	return len(words) == 1 && slices.Contains([]string{"blanc", "blancs", "blank", "nul", "nuls", "null"}, words[0])
}

func (c *check) draw() {
	d := c.m.Draw
	drawn := d.Method == "lot"
	c.when(drawn && (d.Date == "" || d.Minutes.IsZero()), "draw", "draw-minutes")
	c.when(!drawn && (d.Date != "" || !d.Minutes.IsZero()), "draw", "draw-none")
}

func (c *check) leaves() {
	order := []string{"cast", "challenged", "quarantined", "void", "supervised"}
	last := -1
	for i, l := range c.m.Leaves {
		n := slices.Index(order, l)
		c.when(n <= last, at("leaves", i), "leaf-order", l)
		last = max(last, n)
	}
	for _, needed := range []string{"cast", "void"} {
		if needed == "void" && c.m.Accounts() != nil {
			continue
		}
		c.when(!slices.Contains(c.m.Leaves, needed), "leaves", "leaf-needed", needed)
	}
}

func (c *check) mergeLists() {
	m := c.m
	c.unique("merge_lists", len(m.MergeLists), func(i int) string { return m.MergeLists[i].ID })
	c.when(m.Scrutin.Regulated() && m.MinimumSize < 10, "minimum_size", "minimum-size", 10)
	number, listed := c.urnNumbers(), map[string]bool{}
	asked := map[string]string{}
	for i, q := range m.Questions {
		for _, u := range q.Urns {
			asked[u] += fmt.Sprint(i, " ")
		}
	}
	for i, list := range m.MergeLists {
		path := at("merge_lists", i)
		c.known(path+".urns", list.Urns, number)
		for j, id := range list.Urns {
			c.when(listed[id], fmt.Sprintf("%s.urns[%d]", path, j), "merged-twice", id)
			listed[id] = true
			n, ok := number[id]
			first, okFirst := number[list.Urns[0]]
			if !ok || !okFirst {
				continue
			}
			u, f := m.Urns[n], m.Urns[first]
			c.when(asked[id] != asked[f.ID], fmt.Sprintf("%s.urns[%d]", path, j), "merge-options", id, f.ID)
			c.when(u.Represented != f.Represented || u.Members != f.Members, fmt.Sprintf("%s.urns[%d]", path, j), "merge-weights", id, f.ID)
		}
	}
}
