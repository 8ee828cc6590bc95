package issuer

import (
	"context"
	"fmt"
)

// pacePerHour is how many codes are renewed in an hour on request, at least; of a large
// book it is one in a hundred.
const pacePerHour = 60

// waiting is how many requests there may be before others are refused, beside as many
// as the book has electors.
const waiting = 4096

// Ask keeps durably that somebody asks for a new code by an address as it was typed,
// at the help desk or by himself: [Station.Run] does it, in this process or the next.
// It costs the same whether the book has the address or not, and says nothing of it.
// It refuses ErrClosed once this vote and all that it leads are over, ErrLed, and ErrBusy
// where too many wait, whoever asks.
func (s *Station) Ask(ctx context.Context, typed string, desk bool) error {
	switch {
	case s.Led:
		return ErrLed
	case s.over():
		return ErrClosed
	}
	return s.Store.Ask(ctx, LookUp(s.Channel(), typed, s.Plan.Home), desk, waiting+s.Manifest.Electors())
}

// Renewals gives those who have asked new codes, as fast as the pace allows, and
// returns how many; the others go on waiting. None is renewed for an address that is
// not in the book, nor for an elector whose code has not left yet; a code is then
// stretched all the same: who watches how busy the issuer is does not learn which
// addresses it knows. The former code is dead once the new deposits are with all rolls.
// If it fails on the way there, [Station.Run] or [Station.Deposit] goes on, and no
// message leaves before.
func (s *Station) Renewals(ctx context.Context) (n int, err error) {
	if s.Led {
		return 0, ErrLed
	}
	if err := s.complete(ctx); err != nil {
		return 0, err
	}
	pace := max(pacePerHour, s.Manifest.Electors()/100)
	for !s.over() && ctx.Err() == nil {
		people, there, err := s.Store.Begin(ctx, s.Now(), pace, s.derived.name)
		if err != nil || !there {
			return n, err
		}
		n += len(people)
		switch {
		case len(people) == 0:
			_, _, err = s.depositOf(Person{})
		case s.Roll != nil:
			err = s.deposit(ctx, s.Roll, people)
		}
		if err != nil {
			return n, err
		}
	}
	return n, ctx.Err()
}

// RenewReference does that for one elector by his reference (ErrUnknown,
// ErrTooEarly), at once and beside the pace: for the issuer's own table.
func (s *Station) RenewReference(ctx context.Context, reference string) error {
	switch {
	case s.Led:
		return ErrLed
	case s.over():
		return ErrClosed
	}
	if err := s.complete(ctx); err != nil {
		return err
	}
	p, err := s.Store.Reference(ctx, reference)
	if err != nil {
		return fmt.Errorf("%q: %w", reference, err)
	}
	next, done, err := s.Store.Renew(ctx, p.Urn, p.Elector, s.Now(), s.derived.name)
	switch {
	case err != nil:
		return err
	case !done:
		return fmt.Errorf("%q: %w", reference, ErrTooEarly)
	case s.Roll == nil:
		return nil
	}
	return s.deposit(ctx, s.Roll, []Person{next})
}
