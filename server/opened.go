package server

import (
	"context"
	"sync"

	"isoloir/observe"
	"isoloir/portal/oversight"
	"isoloir/scrutin"
)

// opened adds what the bureau asks of ballots that devices opened: while people vote, as of the last slot of the flushes, so that no answer dates
// one.
func (u *Urn) opened(s Setting, e *oversight.Endpoints) {
	if e == nil {
		return
	}
	var mu sync.Mutex
	var held *oversight.Challenges
	look := func(ctx context.Context) (*oversight.Challenges, error) {
		c := &oversight.Challenges{At: scrutin.TimeOf(s.Now())}
		for i, urn := range s.Public.Manifest.Urns {
			n, err := u.Service.Challenges(ctx, uint16(i), nil)
			if err != nil {
				return nil, err
			}
			if n.Challenges > 0 {
				c.Urns = append(c.Urns, oversight.ChallengeCount{Urn: urn.ID, Opened: n.Challenges, Contested: n.Contested, Failed: n.Failed})
			}
		}
		return c, nil
	}
	e.Answers.Challenges = func(ctx context.Context) (*oversight.Challenges, error) {
		if s.Public.resting(s.Now()) {
			return look(ctx)
		}
		mu.Lock()
		defer mu.Unlock()
		if held == nil {
			return nil, oversight.ErrNone
		}
		return held, nil
	}
	u.hours = append(u.hours, atSlots(s.Now, s.Public.period(), func(ctx context.Context) {
		s.keep(ctx, u.Name, observe.Oversee, func(ctx context.Context) error {
			c, err := look(ctx)
			if err == nil {
				mu.Lock()
				held = c
				mu.Unlock()
			}
			return err
		})
	}))
}
