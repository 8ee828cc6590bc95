package issuer

import (
	"context"
	"fmt"
)

// Renew gives the electors whom an address reaches, as it was typed, new codes, and
// returns how many: none for an address that is not in the book, and none for an
// elector whose code has not left yet. It then stretches a code all the same: who
// watches how busy the issuer is does not learn which addresses it knows. The former
// code is dead once this returns: the new deposit is with the roll. If it fails on the
// way there, [Station.Run] or [Station.Deposit] goes on, and no message leaves before.
func (s *Station) Renew(ctx context.Context, typed string) (int, error) {
	if s.Closed(s.Now()) {
		return 0, ErrClosed
	}
	people, err := s.Store.Reached(ctx, LookUp(s.Channel(), typed, s.Plan.Home))
	if err != nil {
		return 0, err
	}
	n, err := s.renew(ctx, people)
	if n == 0 && err == nil {
		_, err = s.depositOf(Person{})
	}
	return n, err
}

// RenewReference does that for one elector by his reference (ErrUnknown,
// ErrTooEarly): for the help desk's table.
func (s *Station) RenewReference(ctx context.Context, reference string) error {
	if s.Closed(s.Now()) {
		return ErrClosed
	}
	p, err := s.Store.Reference(ctx, reference)
	if err != nil {
		return fmt.Errorf("%q: %w", reference, err)
	}
	n, err := s.renew(ctx, []Person{p})
	if err == nil && n == 0 {
		err = fmt.Errorf("%q: %w", reference, ErrTooEarly)
	}
	return err
}

// renew gives people, in ascending order, their next generations.
func (s *Station) renew(ctx context.Context, people []Person) (int, error) {
	var renewed []Person
	for _, p := range people {
		next, done, err := s.Store.Renew(ctx, p.Urn, p.Elector, s.Now(), s.derived.name)
		if err != nil {
			return len(renewed), err
		}
		if done {
			renewed = append(renewed, next)
		}
	}
	if len(renewed) == 0 || s.Roll == nil {
		return len(renewed), nil
	}
	return len(renewed), s.deposit(ctx, s.Roll, renewed)
}
