package roll

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"isoloir/crypto/group"
)

// rulesOf are the rules of an urn as they are at the moment, nil for one that is not there.
func (s *Service) rulesOf(urn uint16) *Rules {
	r, _ := s.rules.Load(urn)
	rules, _ := r.(*Rules)
	return rules
}

// Votes says whether an elector may be let in: his number is given in the urn, by the
// opening or by an amendment that was taken up, and he is not struck off.
func (s *Service) Votes(p Place) bool {
	r := s.rulesOf(p.Urn)
	return r != nil && r.votes(p.Elector)
}

// Awaits says whether an elector may be of an amendment that the bureau has adopted, and
// that is not taken up yet.
func (s *Service) Awaits(p Place) bool {
	r := s.rulesOf(p.Urn)
	return r != nil && uint64(p.Elector) >= uint64(r.Numbered()) && s.behind()
}

func (s *Service) behind() bool { return s.Behind != nil && s.Behind() }

// settlings is how often those who took another authorisation meanwhile are settled.
const settlings = 8

// Bar closes the login to all whom the staged amendment strikes off, before the roll
// signs it. Who holds an authorisation is first settled with the urn. ErrMarked, naming
// them, if some of them have voted: then it cannot be signed.
func (s *Service) Bar(ctx context.Context, urn Urn) error {
	voted, err := s.spare(ctx, urn, func() (Spared, error) {
		spared, err := s.Store.Bar(ctx, s.Scope)
		if len(spared.Voted) > 0 {
			spared.Holding = nil // nothing comes of it: they keep what they hold
		}
		return spared, err
	})
	return errors.Join(err, haveVoted(voted))
}

// Adopt takes up an amendment that the bureau has adopted, keys being the account keys
// before anonymisation of the electors that it adds to each of its urns, 32 bytes each.
// It may be done again, by other processes too; amendments are taken up in their order, by
// one caller at a time. ErrMarked, naming them, if some whom it strikes off have voted:
// the rest of it is taken up.
func (s *Service) Adopt(ctx context.Context, urn Urn, a Adoption, keys [][]byte) error {
	if len(keys) != len(a.Urns) {
		return fmt.Errorf("amendment %d: keys of %d urns for %d: %w", a.Amendment, len(keys), len(a.Urns), ErrFormat)
	}
	for i, u := range a.Urns {
		if r := s.rulesOf(u.Urn); r == nil || r.Numbered() < u.Before || len(keys[i]) != u.Added*group.PointSize {
			return fmt.Errorf("amendment %d, urn number %d: it does not follow from what the roll has: %w", a.Amendment, u.Urn, ErrFormat)
		}
	}
	voted, err := s.spare(ctx, urn, func() (Spared, error) { return s.Store.Adopt(ctx, s.Scope, a) })
	if err != nil {
		return err
	}
	for i, u := range a.Urns {
		r := s.rulesOf(u.Urn)
		struck := slices.DeleteFunc(slices.Clone(u.Struck), func(n uint32) bool { return !r.votes(n) || slices.Contains(voted, Place{u.Urn, n}) })
		added := keys[i]
		if r.Numbered() > u.Before {
			added = nil
		}
		if len(added)+len(struck) > 0 {
			s.rules.Store(u.Urn, r.Amended(added, struck))
		}
	}
	return haveVoted(voted)
}

// haveVoted names those who were to be struck off and have voted: ErrMarked if there are
// any.
func haveVoted(voted []Place) error {
	if len(voted) == 0 {
		return nil
	}
	return fmt.Errorf("they are to be struck off, by urn and number, and have voted: %v: %w", voted, ErrMarked)
}

// spare settles with the urn those who are spared since they hold an authorisation, until
// there are none, and gives those who have voted.
func (s *Service) spare(ctx context.Context, urn Urn, strike func() (Spared, error)) (voted []Place, err error) {
	for range settlings {
		spared, err := strike()
		if err != nil || len(spared.Holding) == 0 {
			return spared.Voted, err
		}
		for _, p := range spared.Holding {
			if err := s.Release(ctx, urn, p.Urn, p.Elector); err != nil && !errors.Is(err, ErrMarked) && !errors.Is(err, ErrReservation) {
				return nil, err
			}
		}
	}
	return nil, fmt.Errorf("some who are to be struck off go on taking authorisations: %w", ErrBusy)
}

// Adds says whether the electors that an amendment adds to an urn are still to be put on a
// roll that has so many there: those that are staged. ErrFormat if neither they, nor that
// roll, are what it was made for.
func (u AmendedUrn) Adds(electors int, staged []Elector) (bool, error) {
	switch {
	case u.Added == 0 && electors >= u.Before, electors >= u.Before+u.Added:
		return false, nil
	case electors != u.Before || len(staged) != u.Added:
		return false, fmt.Errorf("urn number %d has %d electors and %d are staged, where an amendment adds %d to %d: %w", u.Urn, electors, len(staged), u.Added, u.Before, ErrFormat)
	}
	for i, e := range staged {
		if int(e.Number) != u.Before+i {
			return false, fmt.Errorf("urn number %d: elector %d is staged in the place of %d: %w", u.Urn, e.Number, u.Before+i, ErrFormat)
		}
	}
	return true, nil
}

// Equal says whether two stagings are the same.
func (a Staging) Equal(b Staging) bool {
	same := func(x, y Elector) bool {
		_, one := digests(x)
		_, other := digests(y)
		return x.Number == y.Number && one == other
	}
	return a.Amendment == b.Amendment && slices.EqualFunc(a.Added, b.Added, same) && slices.Equal(a.Struck, b.Struck)
}

// Sort puts electors and places in their order.
func (a *Staging) Sort() {
	slices.SortFunc(a.Added, func(x, y Elector) int {
		return cmp.Or(cmp.Compare(x.Urn, y.Urn), cmp.Compare(x.Number, y.Number))
	})
	slices.SortFunc(a.Struck, func(x, y Place) int {
		return cmp.Or(cmp.Compare(x.Urn, y.Urn), cmp.Compare(x.Elector, y.Elector))
	})
}

// Of is the electors that a staged amendment of that number adds to an urn; none if it is
// another amendment.
func (a Staging) Of(amendment int, urn uint16) (added []Elector) {
	if a.Amendment != amendment {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(a.Added), func(e Elector) bool { return e.Urn != urn })
}
