package server

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"isoloir/custody"
	"isoloir/observe"
	"isoloir/portal/guard"
	"isoloir/server/config"
	"isoloir/urn"
)

// A Setting is what every role is told.
type Setting struct {
	Public  *Public
	Origins config.Origins
	// Leading is the portal of the scrutin that this one is a companion of, or empty; Companions are those that it leads, in the manifest's order.
	Leading    string
	Companions []*Companion
	Age        *config.Age   // where files of keys and secrets are age files
	Vault      *config.Vault // where some of them are in a Vault
	Alerts     *config.Alerts
	Now        func() time.Time
	Workers    int // computations at once; 0 or less: as many as processors
	Watch      *observe.Watch
}

// A Role is one of the scrutin's at work on its directory, which is its own until Shut.
type Role struct {
	Name    string
	Handler http.Handler
	// Ready looks whether the role can do its work now; Clock is that of its database, nil where that is a file.
	Ready func(context.Context) error
	Clock func(context.Context) (time.Time, error)
	// Inspection watches the role's store; nil where it has none that is watched.
	Inspection *Inspection

	renew   func() error            // the role's deputies; nil where it has none
	hours   []func(context.Context) // what it does at its hours, until the context ends
	closing []func() error          // in the order of opening
}

// Run keeps the role's hours until ctx ends.
func (r *Role) Run(ctx context.Context) {
	var wg sync.WaitGroup
	for _, keep := range r.hours {
		wg.Go(func() { keep(ctx) })
	}
	wg.Wait()
}

// Shut closes what the role has opened. Nothing is asked of it any more.
func (r *Role) Shut() error {
	var failed error
	for _, c := range slices.Backward(r.closing) {
		failed = errors.Join(failed, c())
	}
	return failed
}

// enter makes a role of the directory, once it is nobody else's, beside other processes that sign by the same key; but not where its end has begun.
func enter(name, dir, key string) (_ *Role, err error) {
	r := &Role{Name: name}
	defer func() {
		if err != nil {
			err = errors.Join(err, r.Shut())
		}
	}()
	claim, err := Take(dir)
	if err != nil {
		return nil, err
	}
	r.closing = append(r.closing, claim.Release)
	if claim, err = hold(key, false); err != nil {
		return nil, err
	}
	if claim != nil {
		r.closing = append(r.closing, claim.Release)
	}
	return r, ending(dir)
}

// checkKeysEvery is how often the Vault of a role's keys is asked whether it answers, votes or not, and whether a day has begun.
const checkKeysEvery = time.Minute

// custody opens the custody of the role's keys and secrets.
func (r *Role) custody(ctx context.Context, s Setting, p config.Place) (custody.Keeper, error) {
	k, err := OpenKeeper(ctx, s, p)
	if err != nil {
		return nil, err
	}
	r.closing = append(r.closing, k.Close)
	if p.AppRole != nil {
		r.hours = append(r.hours, s.every(checkKeysEvery, r.Name, observe.Keys, func(ctx context.Context) error {
			err := k.Check(ctx)
			if err == nil && r.renew != nil {
				err = r.renew()
			}
			return err
		}))
	}
	return k, nil
}

// guard is that of a role's handlers, whose answers it counts. What fails behind it is told by its route, never by what was asked.
func (s Setting) guard(name, origin string, p config.Place, refuse func(http.ResponseWriter, *http.Request, int)) *guard.Guard {
	role := observe.RoleOf(name)
	g := guard.New(guard.Config{TLS: strings.HasPrefix(origin, "https://"), Passkeys: name == "bureau" || name == "hall" || s.Origins.Register != "", Now: s.Now, Address: guard.Behind(p.Networks()), Refuse: refuse, Leading: s.Leading,
		Failed: func(route string, said any) {
			s.Watch.Tell(observe.HandlerFailed{Role: role, Route: observe.RouteOf(route), Cause: observe.BecauseOf(said)})
		}})
	s.Watch.Answers(role, func() (all []observe.Count) {
		for _, c := range g.Counts() {
			all = append(all, observe.Count(c))
		}
		return all
	})
	return g
}

// failed tells what went wrong at a role's hours; it is tried again.
func (s Setting) failed(name string, duty observe.Duty) func(error) {
	return func(err error) { s.Watch.Failed(observe.RoleOf(name), duty, err) }
}

// keep does a role's duty, and tells how it went.
func (s Setting) keep(ctx context.Context, name string, duty observe.Duty, do func(context.Context) error) {
	switch err := do(ctx); {
	case err == nil:
		s.Watch.Kept(observe.RoleOf(name), duty)
	case ctx.Err() == nil:
		s.failed(name, duty)(err)
	}
}

// wait waits, and says whether ctx has not ended.
func wait(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-t.C:
		return ctx.Err() == nil
	}
}

// every does a duty at an interval until ctx ends, beginning at once.
func (s Setting) every(interval time.Duration, name string, duty observe.Duty, do func(context.Context) error) func(context.Context) {
	return func(ctx context.Context) {
		for {
			s.keep(ctx, name, duty, do)
			if !wait(ctx, interval) {
				return
			}
		}
	}
}

// atSlots does something at every slot of a period until ctx ends. Slots are those of the urn's flushes, so that what is done says no more of
// when somebody voted than they do.
func atSlots(now func() time.Time, period time.Duration, do func(context.Context)) func(context.Context) {
	return func(ctx context.Context) {
		for {
			at := urn.Slot(now(), period)
			for now().Before(at) {
				if !wait(ctx, min(at.Sub(now()), lookForClose)) {
					return
				}
			}
			do(ctx)
		}
	}
}
