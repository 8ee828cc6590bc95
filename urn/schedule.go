package urn

import (
	"context"
	"errors"
	"time"
)

// Slot is the first slot of a schedule after an instant: slots are the multiples of
// the period, a second or more, since 1970, the same for every process. Periods that
// divide a day have a slot at midnight UTC.
func Slot(after time.Time, period time.Duration) time.Time {
	seconds, step := after.Unix(), int64(period/time.Second)
	return time.Unix(seconds-seconds%step+step, 0).UTC()
}

// How long a flush that failed waits for its next try, and how long a clock that was
// set is believed.
const (
	flushAgain = 10 * time.Second
	lookAgain  = time.Minute
)

// FlushAtSlots calls Flush at every slot of the service's Period until ctx ends. After
// a failure, which failed is told, it tries again soon: what was to be forgotten or
// signed may wait for it. Several processes may run it over one store: a slot that
// two of them keep moves ballots once, since the second one finds too few.
func (s *Service) FlushAtSlots(ctx context.Context, failed func(error)) error {
	if s.Period < time.Second {
		return errors.New("the urn has no period of flushes")
	}
	for {
		if err := s.sleepUntil(ctx, Slot(s.Now(), s.Period)); err != nil {
			return nil
		}
		for {
			_, err := s.Flush(ctx)
			if err == nil || ctx.Err() != nil {
				break
			}
			failed(err)
			if s.sleepUntil(ctx, s.Now().Add(flushAgain)) != nil {
				return nil
			}
		}
	}
}

// sleepUntil waits until the service's clock has reached an instant.
func (s *Service) sleepUntil(ctx context.Context, at time.Time) error {
	for {
		left := at.Sub(s.Now())
		if left <= 0 {
			return ctx.Err()
		}
		timer := time.NewTimer(min(left, lookAgain))
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			return ctx.Err()
		}
	}
}
