package office

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"isoloir/register"
	"isoloir/scrutin"
)

// Acts are what was decided at the desk, in its order, and the head: the digest of the
// last act's text. An act that was changed or taken away is found.
func (d *Office) Acts(ctx context.Context) ([]register.Act, scrutin.Digest, error) {
	signed, err := d.Store.Acts(ctx)
	if err != nil {
		return nil, scrutin.Digest{}, err
	}
	return register.Chained(signed, d.Service.Rho, d.Signer.Verifier())
}

// Allow lets a station of the last distribution hand out cards though its count is not
// that of the plan; by says who decided it.
func (d *Office) Allow(ctx context.Context, station, by, reason string) error {
	n := d.Service.Next() - 1
	planned, err := d.Service.Distribution(n)
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(planned.Stations, func(s register.Station) bool { return s.ID == station }) {
		return fmt.Errorf("%s: %w", station, register.ErrUnknown)
	}
	act := register.Act{Kind: register.ActAllow, Distribution: n, Station: station, By: by, Reason: reason}
	return d.Store.Allow(ctx, n, station, reason, func(last []byte) ([]byte, error) { return act.Sign(last, d.Service.Rho, d.Signer) })
}

// Invalidate ends an account for good, by its number, for somebody who has lost all that
// opened it: register.ErrUnknown, ErrOver, ErrUnborn. Its citizen is represented by his
// member in what opens later.
func (d *Office) Invalidate(ctx context.Context, n register.Number, by, reason string) error {
	digits, err := n.MarshalText()
	if err != nil {
		return err
	}
	err = d.Store.Invalidate(ctx, n, func(c register.Card, last []byte) ([]byte, error) {
		act := register.Act{Kind: register.ActInvalidate, Distribution: c.Distribution, Station: c.Station, Account: string(digits), By: by, Reason: reason}
		return act.Sign(last, d.Service.Rho, d.Signer)
	})
	if err != nil {
		return fmt.Errorf("account %s: %w", n, err)
	}
	return nil
}

// Sent makes the accounts of the last distribution active, once both their codes have left:
// only of one whose cards are no cards (package halves); register.ErrOther. It says how many.
func (d *Office) Sent(ctx context.Context, by, reason string) (int, error) {
	n := d.Service.Next() - 1
	if finished, err := d.Service.Finished(n); err != nil || finished {
		return 0, errors.Join(err, fmt.Errorf("%w: distribution %d is over", register.ErrInvalid, n))
	}
	act := register.Act{Kind: register.ActSent, Distribution: n, By: by, Reason: reason}
	moved, err := d.Store.Sent(ctx, n, func(last []byte) ([]byte, error) { return act.Sign(last, d.Service.Rho, d.Signer) })
	if errors.Is(err, register.ErrOther) {
		err = fmt.Errorf("%w: cards of distribution %d are handed out by stations, which scan them", register.ErrInvalid, n)
	}
	return moved, err
}
