package main

import (
	"context"
	"errors"
	"fmt"
	"os"

	"isoloir/register/office"
	"isoloir/server"
)

// backup writes an encrypted copy of the register.
func (r *registry) backup(ctx context.Context) error {
	f, err := os.OpenFile(r.out, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	if err := errors.Join(office.Backup(ctx, r.dir, f), f.Sync(), f.Close()); err != nil {
		return errors.Join(err, os.Remove(r.out))
	}
	r.say(registerCopied, r.out)
	return nil
}

func (r *registry) hold(ctx context.Context) error {
	return r.within(ctx, func(d *office.Office) error {
		if err := d.Hold(ctx, r.by, r.reason); err != nil {
			return err
		}
		r.say(registerHeld)
		return nil
	})
}

func (r *registry) release(ctx context.Context) error {
	return r.within(ctx, func(d *office.Office) error {
		if err := d.Release(ctx, r.by, r.reason); err != nil {
			return err
		}
		r.say(registerReleased)
		return nil
	})
}

// destroy ends the register, or goes on with its end.
func (r *registry) destroy(ctx context.Context) (err error) {
	if _, err := os.Lstat(r.out); err == nil {
		return &exit{exitCannot, fmt.Errorf(r.words(paperThere), r.out)}
	}
	claim, err := server.Take(r.dir)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, claim.Release()) }()
	if err := r.within(ctx, func(d *office.Office) error { return d.Destroy(ctx, r.by, r.reason) }); err != nil && !errors.Is(err, office.ErrEnding) {
		return err
	}
	statement, err := office.Carry(ctx, r.dir)
	if err != nil {
		return err
	}
	if err := writeFresh(r.out, statement); err != nil {
		return err
	}
	r.say(registerDestroyed, r.out)
	return nil
}
