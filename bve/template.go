package bve

import (
	"fmt"
	"slices"

	"isoloir/scrutin"
)

// A Person is somebody who sits in a bureau, with the keys that his devices print: Key signs under his ID, Reception is that of his fragment, zero
// for who holds none.
type Person struct {
	ID, Label string
	Class     string // the body or list that he comes from
	Born      scrutin.Date
	Key       string
	Reception scrutin.Point
	// Substitute replaces him when he is not present; nil for nobody.
	Substitute *Person
}

// A Composition is a bureau with the fragments that its members hold: what a manifest says of them.
type Composition struct {
	Bureau  scrutin.Bureau
	Holders []scrutin.Holder
	Clauses []scrutin.Clause
}

// In writes the composition into a manifest.
func (c Composition) In(m *scrutin.Manifest) {
	m.Bureau, m.Holders, m.Clauses = c.Bureau, c.Holders, c.Clauses
}

// member seats a person, and his substitute behind him.
func (c *Composition) member(p Person, role, voice string) {
	c.seat(p, role, voice, scrutin.Titular, "")
	if p.Substitute != nil {
		c.seat(*p.Substitute, role, voice, scrutin.Substitute, p.ID)
	}
}

func (c *Composition) seat(p Person, role, voice, rank, replaces string) {
	c.Bureau.Members = append(c.Bureau.Members, scrutin.Member{ID: p.ID, Label: p.Label, Role: role, Voice: voice, Class: p.Class, Rank: rank,
		Replaces: replaces, Born: p.Born, Key: p.Key})
	if p.Reception != (scrutin.Point{}) {
		c.Holders = append(c.Holders, scrutin.Holder{Member: p.ID, Key: p.Key, Reception: p.Reception})
	}
}

// assign puts the holders in the order of the text, and gives a clause of this threshold to those whom it names; nil for all.
func (c *Composition) assign(id, label string, threshold int, names func(*scrutin.Member) bool) {
	order := FragmentOrder(&c.Bureau)
	c.Holders = slices.DeleteFunc(c.Holders, func(h scrutin.Holder) bool { return !slices.Contains(order, h.Member) })
	slices.SortStableFunc(c.Holders, func(a, b scrutin.Holder) int { return slices.Index(order, a.Member) - slices.Index(order, b.Member) })
	clause := scrutin.Clause{ID: id, Label: label, Threshold: threshold}
	for _, h := range c.Holders {
		i := slices.IndexFunc(c.Bureau.Members, func(m scrutin.Member) bool { return m.ID == h.Member })
		if names == nil || names(&c.Bureau.Members[i]) {
			clause.Holders = append(clause.Holders, h.Member)
		}
	}
	c.Clauses = append(c.Clauses, clause)
}

// Advisers are those who are heard and do not vote: the technical committee, its expert, and delegates with a consultative voice.
type Advisers struct{ Committee, Experts, Delegates []Person }

func (c *Composition) heard(a Advisers) {
	for _, p := range a.Delegates {
		p.Reception = scrutin.Point{}
		c.member(p, scrutin.Delegate, scrutin.Consultative)
	}
	for _, list := range []struct {
		role   string
		people []Person
	}{{scrutin.Committee, a.Committee}, {scrutin.Expert, a.Experts}} {
		for _, p := range list.people {
			p.Reception = scrutin.Point{}
			c.member(p, list.role, scrutin.Consultative)
		}
	}
}

// board seats a president and assessors who decide, a secretary who is heard and holds no fragment, and the advisers.
func (c *Composition) board(president Person, assessors []Person, secretary Person, a Advisers) {
	c.member(president, scrutin.President, scrutin.Deliberative)
	for _, p := range assessors {
		c.member(p, scrutin.Assessor, scrutin.Deliberative)
	}
	secretary.Reception = scrutin.Point{}
	c.member(secretary, scrutin.Secretary, scrutin.Consultative)
	c.heard(a)
}

// Decree2009 is the board of décret 2009-525, art. 10: a president, four assessors, all with their substitutes, and a secretary with a consultative
// voice; four members decide, and four keys open the urn, each titular and substitute having his own (art. 18 and 21).
func Decree2009(president Person, assessors [4]Person, secretary Person, a Advisers) (Composition, error) {
	var c Composition
	for _, p := range append([]Person{president}, assessors[:]...) {
		if p.Substitute == nil {
			return c, fmt.Errorf("%s has no substitute: the decree of 2009 gives one to each titular (art. 10)", p.ID)
		}
	}
	c.board(president, assessors[:], secretary, a)
	c.Bureau.Quorum.Count, c.Bureau.CastingVote = 4, true
	c.assign("bureau", "Quatre clés du bureau", 4, nil)
	return c, nil
}

// Consular is the board of code électoral, R. 176-3-1, as consular elections have it (décret 2014-290, art. 14 to 16): a member of the Conseil
// d'État presides; the administrations and the Assemblée des Français de l'étranger, which is the class afe, sit. Four decide, one of the AFE among
// them, and the president has a casting vote.
func Consular(president Person, assessors []Person, secretary Person, a Advisers) (Composition, error) {
	var c Composition
	if !slices.ContainsFunc(assessors, func(p Person) bool { return p.Class == AFE }) {
		return c, fmt.Errorf("no assessor is of the class %s: name its president and vice-presidents (code électoral, R. 176-3-1)", AFE)
	}
	c.board(president, assessors, secretary, a)
	c.Bureau.Quorum = scrutin.Quorum{Count: 4, Clauses: []scrutin.QuorumClause{{Label: "Un membre de l'AFE au moins", Classes: []string{AFE}, AtLeast: 1}}}
	c.Bureau.CastingVote = true
	c.assign("bureau", "Quatre clés du bureau", 4, nil)
	return c, nil
}

// AFE is the class of the Assemblée des Français de l'étranger.
const AFE = "afe"

// A Panel is one bureau of an election in the public service: its president, its secretary, and the delegates of the lists.
type Panel struct {
	President, Secretary Person
	Delegates            []Person
	Advisers             Advisers // without delegates
}

// PublicService is a bureau of CGFP, R. 211-552, R. 211-573 and R. 211-574: an act, and the opening of the urn, need the president or the secretary,
// and two delegates of the lists, or the only one.
func PublicService(p Panel) (Composition, error) {
	var c Composition
	n := min(2, len(p.Delegates))
	if n == 2 && len(p.Delegates) == 2 {
		return c, fmt.Errorf("with two delegates none can be lost: name a third one, or only one (CGFP, R. 211-552)")
	}
	if n == 0 {
		return c, fmt.Errorf("no list has named a delegate (CGFP, R. 211-552)")
	}
	c.member(p.President, scrutin.President, scrutin.Deliberative)
	c.member(p.Secretary, scrutin.Secretary, scrutin.Deliberative)
	for _, d := range p.Delegates {
		c.member(d, scrutin.Delegate, scrutin.Deliberative)
	}
	p.Advisers.Delegates = nil
	c.heard(p.Advisers)
	chair, delegates := []string{scrutin.President, scrutin.Secretary}, []string{scrutin.Delegate}
	c.Bureau.Quorum = scrutin.Quorum{Count: n + 1, Clauses: []scrutin.QuorumClause{
		{Label: "Le président ou le secrétaire", Roles: chair, Classes: []string{}, AtLeast: 1},
		{Label: "Les délégués des listes", Roles: delegates, Classes: []string{}, AtLeast: n}}}
	c.Bureau.CastingVote = true
	c.assign("presidence", "Le président ou le secrétaire", 1, func(m *scrutin.Member) bool { return slices.Contains(chair, m.Role) })
	c.assign("delegues", "Les délégués des listes", n, func(m *scrutin.Member) bool { return m.Role == scrutin.Delegate })
	return c, nil
}

// TwoBureaux is an election of two bureaux that vote on one platform, each its own scrutin: what touches the other's needs both presidents, who are
// two persons (arrêté du 25 août 2020, art. 29).
func TwoBureaux(first, second Panel) (a, b Composition, err error) {
	if first.President.Key == second.President.Key {
		return a, b, fmt.Errorf("%s presides over both bureaux: name another president for one", first.President.ID)
	}
	if a, err = PublicService(first); err != nil {
		return a, b, err
	}
	b, err = PublicService(second)
	return a, b, err
}

// TownCouncil is the bureau of a consultation that a town holds: the mayor or who stands for him presides over assessors of every group of the council;
// most of them decide, and open the urn.
func TownCouncil(president Person, assessors []Person, secretary Person, a Advisers) (Composition, error) {
	var c Composition
	if len(assessors) < 2 {
		return c, fmt.Errorf("with %d assessors nobody can be lost: name one of each group of the council, two at least", len(assessors))
	}
	c.board(president, assessors, secretary, a)
	most := (1+len(assessors))/2 + 1
	c.Bureau.Quorum.Count, c.Bureau.CastingVote = most, true
	c.assign("bureau", fmt.Sprintf("%d membres du bureau", most), most, nil)
	return c, nil
}

// delegateOf is in how many constituencies a party must stand to name a delegate.
const delegateOf = 3

// EntitledToDelegate says why a party may not name a delegate with a consultative voice: it stands in too few constituencies (décret 2009-525, art.
// 16).
func EntitledToDelegate(party string, constituencies []string) error {
	if n := len(slices.Compact(slices.Sorted(slices.Values(constituencies)))); n < delegateOf {
		return fmt.Errorf("%s stands in %d constituencies: a delegate is named from %d on (décret 2009-525, art. 16)", party, n, delegateOf)
	}
	return nil
}
