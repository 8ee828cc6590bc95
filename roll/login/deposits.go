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
// ErrUrn, ErrElector, ErrDeposit. No session is needed, nor that the vote is open.
func Deposit(ctx context.Context, store roll.Store, scope roll.Scope, m *scrutin.Manifest, f scrutin.Digest, data []byte) error {
	d, issuer, err := exchange.OpenDeposits(data, m, f)
	switch {
	case errors.Is(err, exchange.ErrFormat):
		return fmt.Errorf("%w: %w", roll.ErrFormat, err)
	case err != nil:
		return fmt.Errorf("%w: %w", roll.ErrSignature, err)
	}
	deposits := make([]roll.Deposit, len(d.Lines))
	for i, l := range d.Lines {
		switch {
		case int(l.Urn) >= len(m.Urns):
			return fmt.Errorf("%w: number %d", roll.ErrUrn, l.Urn)
		case uint64(l.Elector) >= uint64(m.Urns[l.Urn].Electors):
			return fmt.Errorf("%w: elector %d of urn number %d", roll.ErrElector, l.Elector, l.Urn)
		}
		deposits[i] = roll.Deposit{Place: roll.Place{Urn: l.Urn, Elector: l.Elector}, Issuer: issuer,
			Half: roll.Half{Generation: l.Generation, Login: l.Login, Masked: l.Masked}}
	}
	err = store.Deposit(ctx, scope, deposits)
	if err == nil || errors.Is(err, roll.ErrDeposit) {
		return err
	}
	return busy(err)
}
