package observe

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"sync"
	"time"
)

// How long a probe may take, for how long what it said stands, and how far clocks may be apart: from the first on it is told, from the second
// on a role is not ready, for challenges that one process gives another one refuses.
const (
	probePatience = 4 * time.Second
	probeAgain    = 2 * time.Second
	driftTold     = 2 * time.Second
	driftRefused  = time.Minute
)

// Why a role is not ready, beside what its probe says.
var (
	errStarting = errors.New("the roles are not open yet")
	errStopping = errors.New("the process stops")
	errClock    = errors.New("the clock is more than a minute off that of the database")
)

// Probe has a role's readiness told by a function, which looks whether it can do its work now. clock is that of its database, or nil.
func (w *Watch) Probe(r Role, ready func(context.Context) error, clock func(context.Context) (time.Time, error)) {
	w.mu.Lock()
	defer w.mu.Unlock()
	known := w.of(r)
	known.probe, known.clock = ready, clock
}

// Stop says that the process refuses what comes: from now on nothing is ready.
func (w *Watch) Stop() {
	w.mu.Lock()
	w.stopping = true
	w.mu.Unlock()
	w.Tell(Stopping{})
}

// look probes every role whose answer is older than probeAgain.
func (w *Watch) look(ctx context.Context) {
	w.mu.Lock()
	due := map[Role]role{}
	for name, r := range w.roles {
		if r.probe != nil && time.Since(r.looked) >= probeAgain {
			r.looked = time.Now()
			due[name] = *r
		}
	}
	w.mu.Unlock()
	ctx, cancel := context.WithTimeout(ctx, probePatience)
	defer cancel()
	var wg sync.WaitGroup
	for name, r := range due {
		wg.Go(func() { w.probed(ctx, name, r) })
	}
	wg.Wait()
}

// probed probes one, and tells what has changed.
func (w *Watch) probed(ctx context.Context, name Role, r role) {
	refused := r.probe(ctx)
	drift, timed := time.Duration(0), false
	if refused == nil && r.clock != nil {
		before := w.config.Now()
		if at, err := r.clock(ctx); err == nil {
			after := w.config.Now()
			drift, timed = at.Sub(before.Add(after.Sub(before)/2)), true
		}
	}
	if drift.Abs() > driftRefused {
		refused = errClock
	}
	w.mu.Lock()
	known := w.of(name)
	was, off := known.refused, known.drift.Abs() > driftTold
	known.refused, known.drift, known.timed = refused, drift, timed
	w.mu.Unlock()
	switch {
	case refused != nil && was == nil:
		w.Tell(NotReady{name, Because(refused)})
	case refused == nil && was != nil:
		w.Tell(ReadyAgain{name})
	}
	if drift.Abs() > driftTold && !off {
		w.Tell(ClockOff{name, DriftOf(drift)})
	}
}

// unready is what keeps a role from being ready, with the lock held.
func (w *Watch) unready(r *role) error {
	if w.stopping {
		return errStopping
	}
	return r.refused
}

// Ready says of each role why it is not ready, nil where it is.
func (w *Watch) Ready(ctx context.Context) map[Role]error {
	w.look(ctx)
	w.mu.Lock()
	defer w.mu.Unlock()
	all := map[Role]error{}
	for name, r := range w.roles {
		if r.probe != nil {
			all[name] = w.unready(r)
		}
	}
	if len(all) == 0 {
		all[Process] = errStarting
		if w.stopping {
			all[Process] = errStopping
		}
	}
	return all
}

// serveReady answers 200 if every role is ready, else 503, with a line for each.
func (w *Watch) serveReady(out http.ResponseWriter, r *http.Request) {
	all := w.Ready(r.Context())
	status := http.StatusOK
	for _, err := range all {
		if err != nil {
			status = http.StatusServiceUnavailable
		}
	}
	out.Header().Set("Content-Type", "text/plain; charset=utf-8")
	out.WriteHeader(status)
	for _, name := range slices.Sorted(maps.Keys(all)) {
		if err := all[name]; err != nil {
			fmt.Fprintf(out, "%s: %s\n", name, Because(err))
		} else {
			fmt.Fprintf(out, "%s: ready\n", name)
		}
	}
}
