package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"net/netip"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"isoloir/bench/voters"
)

func main() {
	if err := run(os.Args[1:], os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "load:", err)
		os.Exit(1)
	}
}

// A plan is how many voters come, and how.
type plan struct {
	voters   int
	rate     float64 // arrivals a second; 0 or less: all at once
	together int     // voters whose page is open at once, in the mean
	kills    int
	patience time.Duration // after which a voter has come to no end
}

// gcPercent has the generator collect its garbage less often: it is to be no load.
const gcPercent = 800

func run(args []string, out io.Writer) error {
	flags := flag.NewFlagSet("load", flag.ContinueOnError)
	dir := flags.String("dir", "", "directory of the demonstration, made if it is not there; with votes in it, it is of no use again")
	listen := flags.String("listen", "127.0.0.1:8700", "the first of five neighbouring ports")
	var p plan
	flags.IntVar(&p.voters, "voters", 6000, "how many vote")
	flags.Float64Var(&p.rate, "rate", 300, "how many come in a second; 0: all at once")
	flags.IntVar(&p.together, "together", 2000, "how many have the page open at once, in the mean: those who come think for that long")
	flags.IntVar(&p.kills, "kill", 0, "how often the server is killed on the way, and begun again")
	flags.DurationVar(&p.patience, "patience", 3*time.Minute, "how long a voter tries")
	isoloir := flags.String("isoloir", "", "the command to serve with; this program itself if it is not given")
	profile := flags.String("profile", "", "beginning of the names of two files, for profiles of what the processors do in server and generator")
	served := flags.Bool("serve", false, "be the server of the directory, which this program starts itself")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if *dir == "" || flags.NArg() > 0 || p.voters < 1 {
		return errors.New("give -dir, and at least one voter")
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if *served {
		return serve(ctx, *dir, *profile)
	}
	debug.SetGCPercent(gcPercent)
	at, err := netip.ParseAddrPort(*listen)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "preparing %d electors in %s\n", (p.voters+2)/3*3, *dir)
	if err := voters.Prepare(ctx, *dir, (p.voters+2)/3, at, out); err != nil {
		return err
	}
	e, err := voters.Open(*dir)
	if err != nil {
		return err
	}
	electors, err := e.Electors()
	if err != nil {
		return err
	}
	if len(electors) < p.voters {
		return fmt.Errorf("%s has %d electors only: give another directory", *dir, len(electors))
	}
	rand.Shuffle(len(electors), func(i, j int) { electors[i], electors[j] = electors[j], electors[i] })
	logs, err := os.OpenFile(filepath.Join(*dir, "server.log"), os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		return err
	}
	defer logs.Close()
	c := &child{Election: e, log: logs}
	if c.program, err = program(*isoloir, *dir, *profile); err != nil {
		return err
	}
	if err := c.start(ctx); err != nil {
		return err
	}
	r := &rush{plan: p, Election: e, child: c}
	stopProfile, err := startProfile(*profile, "-generator")
	if err != nil {
		return err
	}
	err = r.run(ctx, electors[:p.voters])
	stopProfile()
	if err = errors.Join(err, c.stop()); err != nil {
		return err
	}
	r.print(out)
	return errors.Join(check(ctx, e, r.ends, out), r.unfinished())
}

// A rush is all voters' paths.
type rush struct {
	plan
	*voters.Election
	child *child

	times voters.Times
	fails voters.Counts
	ends  []voters.End

	done           atomic.Int64 // voters who have come to an end
	inside, most   atomic.Int64 // with the page open
	bytes          atomic.Int64
	took           time.Duration
	served, driven time.Duration // of the processors
}

func (r *rush) run(ctx context.Context, electors []voters.Elector) error {
	r.ends = make([]voters.End, len(electors))
	start, used := time.Now(), own()
	before, err := r.child.processor()
	if err != nil {
		return err
	}
	killed := make(chan error, 1)
	go func() { killed <- r.kills(ctx) }()
	var all sync.WaitGroup
	at := start
	for i, who := range electors {
		if r.rate > 0 {
			at = at.Add(time.Duration(rand.ExpFloat64() / r.rate * float64(time.Second)))
			if err := voters.Sleep(ctx, time.Until(at)); err != nil {
				return err
			}
		}
		all.Go(func() { r.ends[i] = r.one(ctx, i, who) })
	}
	all.Wait()
	r.took, r.driven = time.Since(start), own()-used
	if err := <-killed; err != nil {
		return err
	}
	after, err := r.child.processor()
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

// kills kills the server as often as the plan says, at equal parts of the votes.
func (r *rush) kills(ctx context.Context) error {
	for k := range r.plan.kills {
		for r.done.Load() < int64((k+1)*r.voters/(r.plan.kills+1)) {
			if err := voters.Sleep(ctx, 10*time.Millisecond); err != nil {
				return err
			}
		}
		if err := r.child.kill(); err != nil {
			return err
		}
		if err := r.child.start(ctx); err != nil {
			return err
		}
	}
	return nil
}

func (r *rush) print(out io.Writer) {
	fmt.Fprintf(out, "\n%d voters, %d with the page open at once at most, %d processors for server and generator\n", r.voters, r.most.Load(), runtime.NumCPU())
	fmt.Fprintf(out, "%.0f complete votes a second in the middle half, %.0f over all %.1f s; %.0f kB received by each voter\n",
		r.middle(), float64(r.voters)/r.took.Seconds(), r.took.Seconds(), float64(r.bytes.Load())/1000/float64(r.voters))
	for _, p := range []struct {
		name string
		used time.Duration
	}{{"server", r.served}, {"generator", r.driven}} {
		fmt.Fprintf(out, "%s: %.2f ms of a processor for each vote, %.2f processors\n", p.name, 1000*p.used.Seconds()/float64(r.voters), p.used.Seconds()/r.took.Seconds())
	}
	fmt.Fprintf(out, "the server held %d MB at most\n\n", r.child.memory/1000)
	r.times.Print(out)
	fmt.Fprintf(out, "\n%d attempts that were not answered, or refused\n", r.fails.Total())
	r.fails.Print(out)
	fmt.Fprintln(out)
}

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
