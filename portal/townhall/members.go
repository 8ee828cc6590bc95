package townhall

import (
	"context"
	"slices"

	"isoloir/account"
	"isoloir/portal/citizen"
	"isoloir/space"
)

var _ citizen.Assembly = (*Shelf)(nil)

// Members implements citizen.Assembly.
func (s *Shelf) Members(ctx context.Context) ([]citizen.Member, error) {
	org := s.Space.Organisation.ID
	people, err := s.Space.Store.People(ctx, org)
	if err != nil {
		return nil, err
	}
	all, err := s.Space.Store.Consultations(ctx, org)
	if err != nil {
		return nil, err
	}
	said := map[string][]citizen.Said{}
	for i := range all {
		if all[i].State != space.Published {
			continue
		}
		if err := s.heard(ctx, &all[i], people, said); err != nil {
			return nil, err
		}
	}
	var members []citizen.Member
	for _, p := range people {
		spoke := slices.ContainsFunc(said[p.ID], func(x citizen.Said) bool { return x.Vote != "" || len(x.Positions) > 0 })
		if p.Role == space.Member && (!p.Ended || spoke) {
			members = append(members, citizen.Member{ID: p.ID, Name: p.Label, Constituency: p.Constituency, Said: said[p.ID]})
		}
	}
	return members, nil
}

// heard adds what each member has said and done on a consultation.
func (s *Shelf) heard(ctx context.Context, c *space.Consultation, people []space.Person, said map[string][]citizen.Said) error {
	org := s.Space.Organisation.ID
	positions, err := s.Space.Store.Positions(ctx, org, c.ID)
	if err != nil {
		return err
	}
	votes, err := s.Space.Store.Votes(ctx, org, c.ID)
	if err != nil {
		return err
	}
	places, err := s.electorates(ctx, c)
	if err != nil {
		return err
	}
	for i := range c.Draft.Questions {
		number := i + 1
		for _, p := range people {
			if p.Role != space.Member || !c.Votes(p.Constituency) {
				continue
			}
			x := citizen.Said{Consultation: c.ID, Title: c.Draft.Title, Number: number, Question: &c.Draft.Questions[i], Smallest: c.Draft.Smallest, Electorate: p.Constituency}
			if urn := places[p.Constituency]; urn != nil {
				x.Electorate = urn.Urn
				if len(urn.Constituencies) > 1 {
					x.Together = urn.Constituencies
				}
			}
			for _, v := range positions {
				if v.Person == p.ID && v.Question == number {
					x.Positions = slices.Insert(x.Positions, 0, v)
				}
			}
			for _, v := range votes { // by version
				if v.Person == p.ID && v.Question == number {
					x.Vote = v.Vote
				}
			}
			if s.Weighed != nil {
				if w := s.Weighed(c.ID, number); w != nil {
					x.Counted = true
					if d, any := w.Divided(x.Electorate); any {
						x.Divided = &d
					}
				}
			}
			said[p.ID] = append(said[p.ID], x)
		}
	}
	return nil
}

// electorates are the urns in which the constituencies of a consultation vote, as the register has listed its accounts: none where
// members alone decide.
func (s *Shelf) electorates(ctx context.Context, c *space.Consultation) (map[string]*account.SnapshotUrn, error) {
	if c.Draft.Deciders != space.Both {
		return nil, nil
	}
	g, err := s.Space.Works.Ground(ctx, c.ID)
	if err != nil || g.Snapshot == nil {
		return nil, err
	}
	found := map[string]*account.SnapshotUrn{}
	for i := range g.Snapshot.Urns {
		for _, id := range g.Snapshot.Urns[i].Constituencies {
			found[id] = &g.Snapshot.Urns[i]
		}
	}
	return found, nil
}
