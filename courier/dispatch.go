package courier

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"isoloir/groupcommit"
)

// A Dispatcher empties one channel's part of a spool into a carrier.
type Dispatcher struct {
	Spool   Spool
	Channel Channel
	Carrier Carrier
	// Write makes the text of a row. It is called when the message leaves.
	Write func(Row) (Message, error)
	Now   func() time.Time
	// PerSecond is how many messages the carrier may be given in a second; 0 is no
	// limit.
	PerSecond float64
	// Workers is how many messages leave side by side; 0 for 8.
	Workers int
	// Lease is how long a claimed row is nobody else's; 0 for two minutes. A
	// carrier gets half of that.
	Lease time.Duration
	// Progress, which may be nil, is told after each message, one at a time.
	Progress func(Summary)
}

// A Summary is what one pass came to.
type Summary struct{ Sent, Refused, Postponed int }

// How many failures in a row end a pass, the first delay before another attempt and
// the longest.
const (
	patience   = 5
	firstDelay = time.Minute
	lastDelay  = 4 * time.Hour
)

// delay is how long a row waits that failed for the nth time: twice as long each
// time, and a part drawn at random, so that they do not come back together.
func delay(attempts int) time.Duration {
	d := lastDelay
	if attempts < 9 {
		d = min(lastDelay, firstDelay<<max(0, attempts-1))
	}
	return d + rand.N(d/4)
}

// Drain sends what is due, until nothing is. It ends early, with ErrTrouble, after
// five failures in a row, and with the error of ctx or of the spool; rows that it
// has claimed are then due again when their lease has run out.
func (d *Dispatcher) Drain(ctx context.Context) (Summary, error) {
	p := &pass{Dispatcher: d, limiter: rate.NewLimiter(rate.Inf, 1)}
	if d.PerSecond > 0 {
		p.limiter = rate.NewLimiter(rate.Limit(d.PerSecond), 1)
	}
	if p.lease = d.Lease; p.lease <= 0 {
		p.lease = 2 * time.Minute
	}
	p.settle = groupcommit.New(256, 256, func(ctx context.Context, results []Result) ([]struct{}, error) {
		return make([]struct{}, len(results)), d.Spool.Settle(ctx, results)
	})
	workers := d.Workers
	if workers <= 0 {
		workers = 8
	}
	ctx, p.stop = context.WithCancelCause(ctx)
	defer p.stop(nil)
	for {
		limit := 16 * workers
		if d.PerSecond > 0 { // no more than leave within half the lease
			limit = max(1, min(limit, int(d.PerSecond*p.lease.Seconds()/2)))
		}
		now := d.Now()
		rows, err := d.Spool.Claim(ctx, d.Channel, now, now.Add(p.lease), limit)
		if err != nil || len(rows) == 0 {
			return p.summary, errors.Join(context.Cause(ctx), err)
		}
		queue := make(chan Row, len(rows))
		for _, row := range rows {
			queue <- row
		}
		close(queue)
		var wg sync.WaitGroup
		for range workers {
			wg.Go(func() {
				for row := range queue {
					if err := p.send(ctx, row); err != nil {
						p.stop(err)
						return
					}
				}
			})
		}
		wg.Wait()
		if err := context.Cause(ctx); err != nil {
			return p.summary, err
		}
	}
}

// Run drains now, and again every interval, until ctx ends. It tells failed of what
// went wrong with the spool or the carrier, and goes on.
func (d *Dispatcher) Run(ctx context.Context, interval time.Duration, failed func(error)) {
	for {
		if _, err := d.Drain(ctx); err != nil && ctx.Err() == nil {
			failed(fmt.Errorf("messages by %s: %w", d.Channel, err))
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(interval):
		}
	}
}

// A pass is one Drain at work.
type pass struct {
	*Dispatcher
	limiter *rate.Limiter
	lease   time.Duration
	settle  *groupcommit.Group[Result, struct{}]
	stop    context.CancelCauseFunc

	mu      sync.Mutex
	summary Summary
	failing int
}

// send brings one row on its way. Its error ends the pass.
func (p *pass) send(ctx context.Context, row Row) error {
	if err := p.limiter.Wait(ctx); err != nil {
		return context.Cause(ctx)
	}
	if err := context.Cause(ctx); err != nil {
		return err
	}
	m, err := p.Write(row)
	if err != nil {
		return fmt.Errorf("writing the message %s to elector %d of urn number %d: %w", row.Kind, row.Elector, row.Urn, err)
	}
	limited, cancel := context.WithTimeout(ctx, p.lease/2)
	trouble := p.Carrier.Carry(limited, m)
	cancel()
	r := Result{Key: row.Key, State: Sent}
	switch {
	case errors.Is(trouble, ErrRefused):
		r.State = Refused
	case trouble != nil && ctx.Err() != nil:
		return context.Cause(ctx) // its lease runs out
	case trouble != nil:
		r.State, r.Next = Pending, p.Now().Add(delay(row.Attempts))
	}
	// What a carrier has accepted is marked even when the pass is being ended.
	if _, err := p.settle.Do(context.WithoutCancel(ctx), []Result{r}); err != nil {
		return err
	}
	return p.count(r.State, trouble)
}

func (p *pass) count(state State, trouble error) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch state {
	case Sent:
		p.summary.Sent++
		p.failing = 0
	case Refused:
		p.summary.Refused++
		p.failing = 0
	default:
		p.summary.Postponed++
		if p.failing++; p.failing >= patience {
			return fmt.Errorf("%w: %w", ErrTrouble, trouble)
		}
	}
	if p.Progress != nil {
		p.Progress(p.summary)
	}
	return nil
}
