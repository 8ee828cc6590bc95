package issuer

import (
	"context"
	"errors"
	"fmt"

	"isoloir/account"
	"isoloir/account/exchange"
	"isoloir/parallel"
	"isoloir/scrutin"
	"isoloir/scrutin/note"
)

// depositsAtOnce is how many electors one note holds: what an interrupted run does
// again at most.
const depositsAtOnce = 256

// Deposit leaves the deposits that are missing with the roll, and with those of the
// companions, and returns of how many electors. Each costs one stretching of a code,
// which the manifest makes expensive: codes are stretched side by side, and what is done
// stays done when it is interrupted. An elector's deposits are there once every roll has
// them. progress may be nil. It refuses ErrLed, and ErrCompanion where it is not known
// who is who in a companion.
func (s *Station) Deposit(ctx context.Context, to Roll, progress func(done, total int)) (done int, err error) {
	if s.Led {
		return 0, ErrLed
	}
	if err := s.complete(ctx); err != nil {
		return 0, err
	}
	total := 0
	for {
		people, missing, err := s.Store.Undeposited(ctx, depositsAtOnce)
		if err != nil || len(people) == 0 {
			return done, err
		}
		total = max(total, done+missing)
		if err := s.deposit(ctx, to, people); err != nil {
			return done, err
		}
		if done += len(people); progress != nil {
			progress(min(done, total), total)
		}
	}
}

// deposit leaves deposits for people, in ascending order, in one note for each roll. If
// it fails on the way, all of it is done again.
func (s *Station) deposit(ctx context.Context, to Roll, people []Person) error {
	stretched := make([]account.Stretched, len(people))
	lines := make([]exchange.Deposit, len(people))
	failed := make([]error, len(people))
	parallel.Each(len(people), s.Workers, func(i int) {
		if failed[i] = ctx.Err(); failed[i] == nil {
			stretched[i], lines[i], failed[i] = s.depositOf(people[i])
		}
	})
	if err := errors.Join(failed...); err != nil {
		return err
	}
	for i := range s.Companions {
		if err := s.depositIn(ctx, i, people, stretched); err != nil {
			return err
		}
	}
	if err := leave(ctx, to, exchange.Deposits{Manifest: s.Fingerprint, Issuer: s.Issuer, Lines: lines}, s.Signer); err != nil {
		return err
	}
	return s.Store.Deposited(ctx, people)
}

// leave signs deposits and leaves them with a roll, if there are any.
func leave(ctx context.Context, to Roll, d exchange.Deposits, signer note.Signer) error {
	if len(d.Lines) == 0 {
		return nil
	}
	signed, err := d.Sign(signer)
	if err == nil && to == nil {
		err = ErrNoRoll
	}
	if err == nil {
		err = to.Deposit(ctx, signed)
	}
	if err != nil {
		err = fmt.Errorf("leaving %d deposits with the roll: %w", len(d.Lines), err)
	}
	return err
}

func (s *Station) depositOf(p Person) (account.Stretched, exchange.Deposit, error) {
	at := s.place(p.Urn, p.Elector)
	code, err := s.derived.code(s.Manifest.Codes, at, p.Generation)
	if err != nil {
		return account.Stretched{}, exchange.Deposit{}, err
	}
	stretched := code.Stretch(s.Manifest.Codes, s.Fingerprint, at, s.Issuer)
	return stretched, line(exchange.Elector{Urn: p.Urn, Number: p.Elector}, p.Generation, stretched.Deposit(s.derived.half(at))), nil
}

func line(e exchange.Elector, generation uint32, left account.Deposit) exchange.Deposit {
	return exchange.Deposit{Urn: e.Urn, Elector: e.Number, Generation: generation,
		Login: scrutin.PointOf(left.Login), Masked: scrutin.ScalarOf(left.Masked)}
}
