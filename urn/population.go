package urn

import (
	"fmt"
	"slices"

	"isoloir/crypto/group"
	"isoloir/crypto/sigma"
	"isoloir/crypto/transcript"
)

// A Population is the account keys of an urn that were made anonymous together: those of
// the opening record, and then those of each amendment that adds electors to the urn.
type Population struct {
	Base     group.Point // its generator
	Accounts *Accounts
}

// populations are those of an urn, in their order, with what is computed once for each.
type populations struct {
	all    []Population
	proofs []*sigma.Ballots
}

// add takes a further population. No key may stand in two of them.
func (p *populations) add(ctx transcript.Context, next Population, key group.Point) error {
	proofs, err := sigma.NewBallots(ctx, sigma.NewElement(next.Base), sigma.NewElement(key))
	if err != nil {
		return fmt.Errorf("urn %s: %w", ctx.Urn, err)
	}
	for _, before := range p.all {
		if double, found := before.Accounts.shared(next.Accounts); found {
			return fmt.Errorf("urn %s: the account key %x stands in two populations", ctx.Urn, double)
		}
	}
	p.all, p.proofs = append(slices.Clip(p.all), next), append(slices.Clip(p.proofs), proofs)
	return nil
}

// find says in which population a key is, and its place among all keys of the urn.
func (p *populations) find(key [group.PointSize]byte) (population, position int, found bool) {
	before := 0
	for i, one := range p.all {
		if at, known := one.Accounts.Position(key); known {
			return i, before + at, true
		}
		before += one.Accounts.Len()
	}
	return 0, 0, false
}

// size is the number of keys.
func (p *populations) size() (n int) {
	for _, one := range p.all {
		n += one.Accounts.Len()
	}
	return n
}

// Amended is the rules of the same urn once an amendment of the roll has added electors to
// it. r stays as it is. It refuses a key that an earlier population has.
func (r *Rules) Amended(next Population) (*Rules, error) {
	amended := *r
	if err := amended.populations.add(r.context(), next, r.Params.Key); err != nil {
		return nil, err
	}
	return &amended, nil
}

// Size is the number of account keys, of all populations.
func (r *Rules) Size() int { return r.populations.size() }

// Populations are those of the urn, that of the opening record first.
func (r *Rules) Populations() []Population { return slices.Clone(r.populations.all) }

func (r *Rules) context() transcript.Context {
	return transcript.Context{Manifest: r.Manifest, Opening: r.Opening, Urn: r.Name}
}

// rulesOf are the rules of an urn as they are at the moment, nil for one that is not there.
func (s *Service) rulesOf(urn uint16) *Rules {
	r, _ := s.rules.Load(urn)
	rules, _ := r.(*Rules)
	return rules
}

// Amend takes up the accounts that an amendment of the roll adds to an urn: from now on
// their ballots are judged. It is called once for each amendment of the urn, in their
// order, by one caller at a time.
func (s *Service) Amend(urn uint16, p Population) error {
	r := s.rulesOf(urn)
	if r == nil {
		return ErrUrn
	}
	amended, err := r.Amended(p)
	if err == nil {
		s.rules.Store(urn, amended)
	}
	return err
}
