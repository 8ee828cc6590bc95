package replay

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"isoloir/parallel"
	"isoloir/voter"
)

const (
	atOnce = 512 // voters on their way at a time
	slots  = 12  // flushes of the urns during the vote
)

// cast lets every elector who votes do so from his own device, over the messages of the protocol, many at a time. The urns flush at the
// slots of the schedule.
func (r *run) cast(ctx context.Context, all []turnout) error {
	tell := r.progress("voting")
	period := r.Manifest.Schedule.Close.Sub(r.Manifest.Schedule.Open.Time) / (slots + 1)
	perSlot := (len(all) + slots - 1) / slots
	for done := 0; done < len(all); done += perSlot {
		if err := r.castSlot(ctx, all[done:min(done+perSlot, len(all))], func(n int) { tell(done+n, len(all)) }); err != nil {
			return err
		}
		r.clock.Pass(period)
		if _, err := r.services.Urn.Flush(ctx); err != nil {
			return err
		}
		if err := r.services.rollStore.Forget(ctx); err != nil {
			return err
		}
	}
	return nil
}

// castSlot lets these electors vote, so many at a time: their devices are prepared, and then all cast at once. It stops at the first who cannot.
func (r *run) castSlot(ctx context.Context, all []turnout, tell func(int)) error {
	done := 0
	for together := range slices.Chunk(all, atOnce) {
		devices, errs := make([]*voter.Device, len(together)), make([]error, len(together))
		parallel.Each(len(together), r.opts.Workers, func(i int) { devices[i], errs[i] = r.device(together[i]) })
		if err := r.name(together, errs); err != nil {
			return err
		}
		var wg sync.WaitGroup
		for i, d := range devices {
			wg.Go(func() { errs[i] = r.services.outage.explain(d.Cast(ctx, r.services.Roll, r.services.Urn)) })
		}
		wg.Wait()
		if err := cmp.Or(ctx.Err(), r.name(together, errs)); err != nil {
			return err
		}
		done += len(together)
		tell(done)
	}
	return nil
}

// device makes an elector's ballot on a device of his own, which verifies every answer that it gets.
func (r *run) device(v turnout) (*voter.Device, error) {
	return voter.New(r.services.rulesOf(r.Manifest, v), r.Manifest.Platform.Roll.Verifier(), r.Manifest.Platform.Urn.Verifier(),
		v.elector, r.secrets[v.urn][v.elector], v.choices)
}

// name says of the first error whose it is.
func (r *run) name(electors []turnout, errs []error) error {
	for i, err := range errs {
		if err != nil {
			return fmt.Errorf("elector %d of urn %s: %w", electors[i].elector, r.Manifest.Urns[electors[i].urn].ID, err)
		}
	}
	return nil
}

// voting is the manifest's schedule, with its time of grace, as the services ask for it.
func (r *run) voting(at time.Time) bool {
	s := &r.Manifest.Schedule
	return !r.suspended.Load() && !at.Before(s.Open.Time) && at.Before(s.Ends(s.Close))
}
