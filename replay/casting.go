package replay

import (
	"context"
	"fmt"
	"sync"
	"time"

	"isoloir/crypto/group"
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
	period := r.m.Schedule.Close.Sub(r.m.Schedule.Open.Time) / (slots + 1)
	perSlot := (len(all) + slots - 1) / slots
	for done := 0; done < len(all); done += perSlot {
		if err := r.castSlot(ctx, all[done:min(done+perSlot, len(all))], func(n int) { tell(done+n, len(all)) }); err != nil {
			return err
		}
		r.clock.Pass(period)
		if _, err := r.services.urn.Flush(ctx); err != nil {
			return err
		}
		if err := r.services.rollStore.Forget(ctx); err != nil {
			return err
		}
	}
	return nil
}

// castSlot lets these electors vote. It stops at the first who cannot.
func (r *run) castSlot(ctx context.Context, all []turnout, tell func(int)) error {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	var (
		wg   sync.WaitGroup
		mu   sync.Mutex
		done int
		next = make(chan turnout)
	)
	for range min(atOnce, len(all)) {
		wg.Go(func() {
			for v := range next {
				if err := r.castOne(ctx, v); err != nil {
					stop(fmt.Errorf("elector %d of urn %s: %w", v.elector, r.m.Urns[v.urn].ID, err))
				}
				mu.Lock()
				done++
				if done%256 == 0 || done == len(all) {
					tell(done)
				}
				mu.Unlock()
			}
		})
	}
	for _, v := range all {
		if ctx.Err() != nil {
			break
		}
		next <- v
	}
	close(next)
	wg.Wait()
	return context.Cause(ctx)
}

// castOne is one elector's vote: reserve, append and mark, every answer verified by his device.
func (r *run) castOne(ctx context.Context, v turnout) error {
	device, err := voter.New(r.services.urnRules[v.urn], r.m.Platform.Roll.Verifier(), r.m.Platform.Urn.Verifier(),
		v.elector, r.secrets[v.urn][v.elector], []group.Point{v.choice})
	if err != nil {
		return err
	}
	return r.services.outage.explain(device.Cast(ctx, r.services.roll, r.services.urn))
}

// voting is the manifest's schedule as the services ask for it.
func (r *run) voting(at time.Time) bool {
	return !at.Before(r.m.Schedule.Open.Time) && at.Before(r.m.Schedule.Close.Time)
}
