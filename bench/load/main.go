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
	"runtime/debug"
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
	flags.IntVar(&p.kills, "kill", 0, "how often a process of the server is killed on the way, and begun again")
	flags.DurationVar(&p.patience, "patience", 3*time.Minute, "how long a voter tries")
	isoloir := flags.String("isoloir", "", "the command to serve with; this program itself if it is not given")
	apart := flags.Bool("apart", false, "serve each role by a process of its own")
	profile := flags.String("profile", "", "beginning of the names of files, for profiles of what the processors do in server and generator")
	served := flags.String("serve", "", "be the server of these roles of the directory, which this program starts itself")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if *dir == "" || flags.NArg() > 0 || p.voters < 1 {
		return errors.New("give -dir, and at least one voter")
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if *served != "" {
		return serve(ctx, *dir, *served, *profile)
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
	f, err := newFleet(e, *isoloir, *dir, *profile, *apart, logs)
	if err != nil {
		return err
	}
	if err := f.start(ctx); err != nil {
		return err
	}
	r := &rush{plan: p, Election: e, fleet: f, victims: f.met()}
	stopProfile, err := startProfile(*profile, "-generator")
	if err != nil {
		return err
	}
	err = r.run(ctx, electors[:p.voters])
	stopProfile()
	if err = errors.Join(err, f.stop()); err != nil {
		return err
	}
	r.print(out)
	return errors.Join(check(ctx, e, r.ends, out), r.unfinished())
}
