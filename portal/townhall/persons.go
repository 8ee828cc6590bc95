package townhall

import (
	"net/url"
	"strconv"

	"isoloir/space"
)

func (s *site) people(v *visit) (view, error) {
	all, err := s.Space.Store.People(v.r.Context(), v.o.ID)
	return view{title: v.Say("hall.people"), body: people(v, all, nil, "")}, err
}

func (s *site) addPerson(v *visit) (view, error) {
	form, _, err := v.posted()
	if err != nil {
		return view{}, err
	}
	p, err := s.Space.Name(v.r.Context(), form.Get("label"), form.Get("role"), form.Get("constituency"))
	if err != nil {
		return view{}, err
	}
	return s.invited(v, p)
}

// invited shows the code of an invitation, this once.
func (s *site) invited(v *visit, p space.Person) (view, error) {
	code, err := s.invite(v.r.Context(), p.ID)
	if err != nil {
		return view{}, err
	}
	all, err := s.Space.Store.People(v.r.Context(), v.o.ID)
	return view{title: v.Say("hall.people"), body: people(v, all, &p, code)}, err
}

func (s *site) inviteAgain(v *visit) (view, error) {
	p, err := s.Space.Store.Person(v.r.Context(), v.o.ID, v.r.PathValue("id"))
	if err != nil {
		return view{}, err
	}
	if p.Ended {
		return view{}, errNoPage
	}
	return s.invited(v, p)
}

// endPerson ends somebody's access, but not one's own: there is always a publisher left.
func (s *site) endPerson(v *visit) (view, error) {
	id := v.r.PathValue("id")
	if id == v.who.ID {
		return view{}, errNotYours
	}
	return view{redirect: v.href("/personnes")}, s.Space.Store.EndPerson(v.r.Context(), v.o.ID, id)
}

func (s *site) arguments(v *visit) (view, error) {
	c, err := v.consultation()
	if err != nil {
		return view{}, err
	}
	all, err := s.Space.Store.Arguments(v.r.Context(), v.o.ID, c.ID)
	return view{title: v.Say("hall.arguments"), body: moderation(v, c, all)}, err
}

func (s *site) judge(v *visit) (view, error) {
	form, _, err := v.posted()
	if err != nil {
		return view{}, err
	}
	id, n := v.r.PathValue("id"), number(v.r.PathValue("n"))
	if form.Get("do") == "show" {
		err = s.Space.Show(v.r.Context(), *v.who, id, n)
	} else {
		err = s.Space.Refuse(v.r.Context(), *v.who, id, n, form.Get("reason"))
	}
	return view{redirect: v.href("/consultations/" + id + "/arguments")}, err
}

// A ballot is what one member did on one question, for the pages.
type ballot struct {
	space.Person
	question int // from 1
	vote     string
	by       string
}

func (s *site) votes(v *visit) (view, error) {
	c, err := v.consultation()
	if err != nil {
		return view{}, err
	}
	people, err := s.Space.Store.People(v.r.Context(), v.o.ID)
	if err != nil {
		return view{}, err
	}
	votes, err := s.Space.Store.Votes(v.r.Context(), v.o.ID, c.ID)
	if err != nil {
		return view{}, err
	}
	var all []ballot
	for q := range c.Draft.Questions {
		for _, p := range people {
			if p.Role != space.Member || p.Ended || !c.Votes(p.Constituency) {
				continue
			}
			b := ballot{Person: p, question: q + 1}
			for _, vote := range votes {
				if vote.Person == p.ID && vote.Question == q+1 {
					b.vote, b.by = vote.Vote, vote.By
				}
			}
			all = append(all, b)
		}
	}
	return view{title: v.Say("hall.votes"), body: assembly(v, c, all)}, nil
}

func (s *site) enterVote(v *visit) (view, error) {
	form, _, err := v.posted()
	if err != nil {
		return view{}, err
	}
	id := v.r.PathValue("id")
	err = s.Space.EnterVote(v.r.Context(), *v.who, id, form.Get("member"), number(form.Get("question")), form.Get("vote"))
	return view{redirect: v.href("/consultations/" + id + "/votes")}, err
}

// A spoken is what a page of a member or an author is made from.
type spoken struct {
	*space.Consultation
	positions []space.Position // his own, by question and version
	votes     []space.Vote     // his own, the last ones
	arguments []space.Argument
}

// last is his last position on a question, from 1; nil for none.
func (s *spoken) last(question int) *space.Position {
	var p *space.Position
	for i := range s.positions {
		if s.positions[i].Question == question {
			p = &s.positions[i]
		}
	}
	return p
}

// vote is what he did on a question; nil for nothing.
func (s *spoken) vote(question int) *space.Vote {
	var vote *space.Vote
	for i := range s.votes {
		if s.votes[i].Question == question {
			vote = &s.votes[i]
		}
	}
	return vote
}

func (s *site) voice(v *visit) (view, error) {
	c, err := v.consultation()
	if err != nil {
		return view{}, err
	}
	if c.State != space.Published {
		return view{}, errNoPage
	}
	sp := &spoken{Consultation: c}
	positions, err := s.Space.Store.Positions(v.r.Context(), v.o.ID, c.ID)
	if err != nil {
		return view{}, err
	}
	for _, p := range positions {
		if p.Person == v.who.ID {
			sp.positions = append(sp.positions, p)
		}
	}
	votes, err := s.Space.Store.Votes(v.r.Context(), v.o.ID, c.ID)
	if err != nil {
		return view{}, err
	}
	for _, vote := range votes {
		if vote.Person == v.who.ID {
			sp.votes = append(sp.votes, vote)
		}
	}
	sp.arguments, err = s.Space.Store.Arguments(v.r.Context(), v.o.ID, c.ID)
	return view{title: v.named(c), body: voice(v, sp), script: "validate"}, err
}

// spoke goes back to the page on which somebody has spoken.
func (v *visit) spoke(do func(form url.Values) error) (view, error) {
	form, _, err := v.posted()
	if err != nil {
		return view{}, err
	}
	return view{redirect: v.href("/voix/" + v.r.PathValue("id"))}, do(form)
}

func (s *site) takePosition(v *visit) (view, error) {
	return v.spoke(func(form url.Values) error {
		return s.Space.TakePosition(v.r.Context(), *v.who, v.r.PathValue("id"), number(form.Get("question")), form.Get("position"), form.Get("reasons"))
	})
}

func (s *site) ownVote(v *visit) (view, error) {
	return v.spoke(func(form url.Values) error {
		return s.Space.EnterVote(v.r.Context(), *v.who, v.r.PathValue("id"), v.who.ID, number(form.Get("question")), form.Get("vote"))
	})
}

// mine says whether an argument is of who visits.
func (v *visit) mine(a space.Argument) bool { return a.Author == v.who.ID }

func digits(n int) string { return strconv.Itoa(n) }
