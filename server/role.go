package server

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"isoloir/portal/guard"
	"isoloir/server/config"
)

// A Setting is what every role is told.
type Setting struct {
	Public  *Public
	Origins config.Origins
	Now     func() time.Time
	Workers int // computations at once; 0 or less: as many as processors
	Log     *slog.Logger
}

// A Role is one of the scrutin's at work on its directory, which is its own until Shut.
type Role struct {
	Name    string
	Handler http.Handler

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

// enter makes a role of the directory, once it is nobody else's.
func enter(name, dir string) (*Role, error) {
	claim, err := Take(dir)
	if err != nil {
		return nil, err
	}
	return &Role{Name: name, closing: []func() error{claim.Release}}, nil
}

// guard is that of a role's handlers. What fails behind it is logged by its route, never by what was asked.
func (s Setting) guard(name, origin string, p config.Place, refuse func(http.ResponseWriter, *http.Request, int)) *guard.Guard {
	return guard.New(guard.Config{TLS: strings.HasPrefix(origin, "https://"), Now: s.Now, Address: guard.Behind(p.Networks()), Refuse: refuse,
		Failed: func(route string, said any) {
			s.Log.Error("a handler failed", "role", name, "route", route, "said", said)
		}})
}

// failed logs what went wrong at a role's hours; it is tried again at the next one.
func (s Setting) failed(name, what string) func(error) {
	return func(err error) { s.Log.Warn(what, "role", name, "error", err) }
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

// every does something at an interval until ctx ends, beginning at once.
func every(interval time.Duration, do func(context.Context) error, failed func(error)) func(context.Context) {
	return func(ctx context.Context) {
		for {
			if err := do(ctx); err != nil && ctx.Err() == nil {
				failed(err)
			}
			if !wait(ctx, interval) {
				return
			}
		}
	}
}
