package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"isoloir/bench/voters"
)

// A rush is all voters' paths.
type rush struct {
	plan
	*voters.Election
	fleet   fleet
	victims []victim // killed by turns

	times voters.Times
	fails voters.Counts
	ends  []voters.End
	falls []fall

	done           atomic.Int64 // voters who have come to an end
	inside, most   atomic.Int64 // with the page open
	bytes          atomic.Int64
	took           time.Duration
	served, driven time.Duration // of the processors
}

// A victim is something that is killed on the way, and begun again.
type victim interface {
	fmt.Stringer
	kill() error
	start(ctx context.Context) error
}

// A fall is when something was killed.
type fall struct {
	of string
	at time.Time
}

func (r *rush) run(ctx context.Context, electors []voters.Elector) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	r.ends = make([]voters.End, len(electors))
	start, used := time.Now(), own()
	before, err := r.fleet.processor()
	if err != nil {
		return err
	}
	killed := make(chan error, 1)
	go func() {
		err := errors.New("what was killed did not begin again")
		defer func() {
			if killed <- err; err != nil {
				stop() // nobody could vote any more
			}
		}()
		err = r.kills(ctx)
	}()
	var all sync.WaitGroup
	at := start
	for i, who := range electors {
		if r.rate > 0 {
			at = at.Add(time.Duration(rand.ExpFloat64() / r.rate * float64(time.Second)))
			if voters.Sleep(ctx, time.Until(at)) != nil {
				break
			}
		}
		all.Go(func() { r.ends[i] = r.one(ctx, i, who) })
	}
	all.Wait()
	r.took, r.driven = time.Since(start), own()-used
	if err := errors.Join(<-killed, ctx.Err()); err != nil {
		return err
	}
	after, err := r.fleet.processor()
	r.served = after - before
	return err
}

// one voter comes, thinks and votes.
func (r *rush) one(ctx context.Context, n int, who voters.Elector) voters.End {
	ctx, cancel := context.WithTimeout(ctx, r.patience)
	defer cancel()
	if inside := r.inside.Add(1); inside > r.most.Load() {
		r.most.Store(inside)
	}
	b := voters.NewBrowser(n, r.Origins.Portal, &r.times, &r.fails)
	defer func() {
		r.bytes.Add(b.Bytes)
		b.Close()
		r.inside.Add(-1)
		r.done.Add(1)
	}()
	var think time.Duration
	if r.rate > 0 {
		think = time.Duration((0.5 + rand.Float64()) * float64(r.together) / r.rate * float64(time.Second))
	}
	d, err := r.Vote(ctx, who, b, think, 0)
	end := voters.End{Place: who.Place, At: time.Now(), Err: err}
	if err == nil {
		end.Receipt = d.Receipt()
	}
	return end
}

// kills kills the victims by turns, as often as the plan says, at equal parts of the
// votes.
func (r *rush) kills(ctx context.Context) error {
	for k := range r.plan.kills {
		for r.done.Load() < int64((k+1)*r.voters/(r.plan.kills+1)) {
			if err := voters.Sleep(ctx, 10*time.Millisecond); err != nil {
				return err
			}
		}
		v := r.victims[k%len(r.victims)]
		r.falls = append(r.falls, fall{v.String(), time.Now()})
		if err := v.kill(); err != nil {
			return err
		}
		if err := v.start(ctx); err != nil {
			return err
		}
	}
	return nil
}

// again is how long after a kill a voter who needed what was killed, and asked after it
// was, had what he asked for: the page of the portal, else a mark, which needs all others.
// It is 0 if nobody came any more.
func (r *rush) again(f fall) time.Duration {
	if f.of == "portal" {
		return r.times.After("page", f.at)
	}
	return r.times.After("reserve to mark", f.at)
}

func (r *rush) print(out io.Writer) {
	fmt.Fprintf(out, "\n%d voters, %d with the page open at once at most, %d processors for server and generator\n", r.voters, r.most.Load(), runtime.NumCPU())
	fmt.Fprintf(out, "%.0f complete votes a second in the middle half, %.0f over all %.1f s; %.0f kB received by each voter\n",
		r.middle(), float64(r.voters)/r.took.Seconds(), r.took.Seconds(), float64(r.bytes.Load())/1000/float64(r.voters))
	for _, p := range []struct {
		name string
		used time.Duration
	}{{"server", r.served}, {"generator", r.driven}} {
		fmt.Fprintf(out, "%s: %.2f ms of a processor for each vote, %.2f processors\n", p.name, r.each(p.used), p.used.Seconds()/r.took.Seconds())
	}
	fmt.Fprintf(out, "the server held %d MB at most\n\n", r.fleet.memory()/1000)
	r.times.Print(out)
	for _, f := range r.falls {
		fmt.Fprintf(out, "%s killed: voters were served again after %.2f s\n", f.of, r.again(f).Seconds())
	}
	fmt.Fprintf(out, "\n%d attempts that were not answered, or refused\n", r.fails.Total())
	r.fails.Print(out)
	fmt.Fprintln(out)
}

// each is a voter's part of some time, in milliseconds.
func (r *rush) each(d time.Duration) float64 { return 1000 * d.Seconds() / float64(r.voters) }

// middle is how many votes ended in a second between the first quarter of them and
// the last one, while as many come as go.
func (r *rush) middle() float64 {
	at := make([]time.Time, len(r.ends))
	for i, e := range r.ends {
		at[i] = e.At
	}
	slices.SortFunc(at, time.Time.Compare)
	first, last := len(at)/4, len(at)-1-len(at)/4
	return float64(last-first) / at[last].Sub(at[first]).Seconds()
}

// unfinished names voters who do not know whether their vote is in.
func (r *rush) unfinished() error {
	var all []error
	for _, e := range r.ends {
		if e.Err != nil && len(all) < 10 {
			all = append(all, fmt.Errorf("elector %d of urn %d: %w", e.Elector, e.Urn, e.Err))
		}
	}
	return errors.Join(all...)
}
