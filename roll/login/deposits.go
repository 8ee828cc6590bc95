package login

import (
	"context"
	"errors"
	"fmt"

	"isoloir/account/exchange"
	"isoloir/roll"
	"isoloir/scrutin"
)

// Deposit keeps what an issuer of a manifest, of fingerprint f, leaves with the roll in
// a note that it alone signed (docs/online.md, section 1): all of it, or nothing with
// the reason. ErrFormat, ErrSignature (of no issuer, for another scrutin, or false),
// ErrUrn, ErrElector, ErrDeposit. Who is added by an amendment that is under way is an
// elector here. No session is needed, nor that the vote is open.
func Deposit(ctx context.Context, store roll.Store, scope roll.Scope, m *scrutin.Manifest, f scrutin.Digest, data []byte) error {
	d, issuer, err := exchange.OpenDeposits(data, m, f)
	switch {
	case errors.Is(err, exchange.ErrFormat):
		return fmt.Errorf("%w: %w", roll.ErrFormat, err)
	case err != nil:
		return fmt.Errorf("%w: %w", roll.ErrSignature, err)
	}
	deposits := make([]roll.Deposit, len(d.Lines))
	var later []roll.Place
	for i, l := range d.Lines {
		p := roll.Place{Urn: l.Urn, Elector: l.Elector}
		if int(l.Urn) >= len(m.Urns) {
			return fmt.Errorf("%w: number %d", roll.ErrUrn, l.Urn)
		}
		if uint64(l.Elector) >= uint64(m.Urns[l.Urn].Electors) {
			later = append(later, p)
		}
		deposits[i] = roll.Deposit{Place: p, Issuer: issuer, Half: roll.Half{Generation: l.Generation, Login: l.Login, Masked: l.Masked}}
	}
	if err := added(ctx, store, scope, later); err != nil {
		return err
	}
	err = store.Deposit(ctx, scope, deposits)
	if err == nil || errors.Is(err, roll.ErrDeposit) {
		return err
	}
	return busy(err)
}

// added says whether amendments add electors at all these places, one that is under way
// too; roll.ErrElector if not.
func added(ctx context.Context, store roll.Store, scope roll.Scope, places []roll.Place) error {
	if len(places) == 0 {
		return nil
	}
	a, err := store.Staged(ctx, scope)
	if err != nil {
		return busy(err)
	}
	staged := map[roll.Place]bool{}
	for _, e := range a.Added {
		staged[roll.Place{Urn: e.Urn, Elector: e.Number}] = true
	}
	for _, p := range places {
		if staged[p] {
			continue
		}
		switch _, err := store.Elector(ctx, scope, p); {
		case errors.Is(err, roll.ErrElector):
			return fmt.Errorf("%w: elector %d of urn number %d", roll.ErrElector, p.Elector, p.Urn)
		case err != nil:
			return busy(err)
		}
	}
	return nil
}
