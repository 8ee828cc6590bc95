package issuer

import (
	"context"
	"errors"
	"fmt"

	"isoloir/account/exchange"
	"isoloir/parallel"
	"isoloir/scrutin"
)

// depositsAtOnce is how many electors one note holds: what an interrupted run does
// again at most.
const depositsAtOnce = 256

// Deposit leaves the deposits that are missing with the roll, and returns how many.
// Each costs one stretching of a code, which the manifest makes expensive: codes are
// stretched side by side, and what is done stays done when it is interrupted.
// progress may be nil.
func (s *Station) Deposit(ctx context.Context, to Roll, progress func(done, total int)) (done int, err error) {
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

// deposit leaves deposits for people, in ascending order, in one note.
func (s *Station) deposit(ctx context.Context, to Roll, people []Person) error {
	d := &exchange.Deposits{Manifest: s.Fingerprint, Issuer: s.Issuer, Lines: make([]exchange.Deposit, len(people))}
	failed := make([]error, len(people))
	parallel.Each(len(people), s.Workers, func(i int) {
		if failed[i] = ctx.Err(); failed[i] == nil {
			d.Lines[i], failed[i] = s.depositOf(people[i])
		}
	})
	if err := errors.Join(failed...); err != nil {
		return err
	}
	signed, err := d.Sign(s.Signer)
	if err != nil {
		return err
	}
	if err := to.Deposit(ctx, signed); err != nil {
		return fmt.Errorf("leaving %d deposits with the roll: %w", len(people), err)
	}
	return s.Store.Deposited(ctx, people)
}

func (s *Station) depositOf(p Person) (exchange.Deposit, error) {
	at := s.place(p.Urn, p.Elector)
	code, err := s.derived.code(s.Manifest.Codes, at, p.Generation)
	if err != nil {
		return exchange.Deposit{}, err
	}
	left := code.Stretch(s.Manifest.Codes, s.Fingerprint, at, s.Issuer).Deposit(s.derived.half(at))
	return exchange.Deposit{Urn: p.Urn, Elector: p.Elector, Generation: p.Generation,
		Login: scrutin.PointOf(left.Login), Masked: scrutin.ScalarOf(left.Masked)}, nil
}
