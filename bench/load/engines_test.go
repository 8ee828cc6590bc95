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
	"os/exec"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strings"
	"testing"
	"time"

	"isoloir/bench/voters"
	"isoloir/pg/postgrestest"
	"isoloir/server/demonstration"
)

var (
	campaign = flag.Bool("campaign", false, "measure, and print the table")
	number   = flag.Int("voters", 24, "how many vote, each time")
	pace     = flag.Float64("rate", 20, "how many come in a second")
	open     = flag.Int("together", 5, "how many have the page open at once, in the mean")
	turns    = flag.Int("turns", 1, "how often each way to serve has its turn")
	isoloir  = flag.String("isoloir", "", "the command to serve with, instead of this program")
)

// slower is how much slower voters come while what serves them is killed.
const slower = 6

// A way to serve.
type way struct {
	name            string
	apart, postgres bool
	standby         bool // of each server, synchronous
}

// The embedded default first, with which the others are compared.
var ways = []way{{name: "embedded, one process"}, {name: "embedded, a process each", apart: true}, {name: "PostgreSQL, a process each", apart: true, postgres: true}}

// heading is that of the figures of each turn.
var heading = fmt.Sprintf("%-28s %5s %7s %23s %23s %8s %10s %9s %5s", "", "load", "votes/s", "a vote p50/p95/p99 ms", "append p50/p95/p99 ms", "services", "PostgreSQL", "generator", "MB")

// TestRush has voters come to the same election, served in each of the ways by turns,
// and once more while everything that serves them is killed. With -campaign it prints
// what each way takes.
func TestRush(t *testing.T) {
	dir := prepared(t)
	p := plan{voters: *number, rate: *pace, together: *open, patience: 3 * time.Minute}
	if *campaign {
		results := map[string][]figures{}
		fmt.Println(heading)
		for n := range *turns {
			for _, w := range ways {
				t.Run(fmt.Sprint(w.name, " ", n), func(t *testing.T) {
					_, f := w.serve(t, dir, p)
					fmt.Printf("%-28s %v\n", w.name, f)
					results[w.name] = append(results[w.name], f)
				})
			}
		}
		if t.Failed() {
			return
		}
		if *turns > 0 {
			ratios(results)
		}
	}
	if *campaign { // so that voters still come when the last one has been killed
		p.rate, p.together = p.rate/slower, p.together/slower
	}
	for i, w := range ways {
		if !*campaign && i == 1 { // what it has, the one before and the one after have too
			continue
		}
		t.Run(w.name+", killed", func(t *testing.T) {
			p := p
			p.kills = w.victims()
			r, _ := w.serve(t, dir, p)
			if i == 0 {
				missed(t, r)
			}
			for _, f := range r.falls {
				if *campaign {
					fmt.Printf("%-28s %s killed: voters were served again after %.2f s\n", w.name, f.of, r.again(f).Seconds())
				}
			}
			if len(r.falls) != p.kills {
				t.Errorf("%d were killed, not %d", len(r.falls), p.kills)
			}
		})
	}
}

// prepared is an election in which nobody has voted.
func prepared(t *testing.T) (dir string) {
	t.Helper()
	if *campaign {
		debug.SetGCPercent(gcPercent)
	}
	dir = filepath.Join(t.TempDir(), "vote")
	if err := voters.Prepare(context.Background(), dir, (*number+2)/3+2, netip.MustParseAddrPort("127.0.0.1:18730"), io.Discard); err != nil {
		t.Fatal(err)
	}
	return dir
}

// victims is how much serves voters, and can be killed.
func (w way) victims() int {
	switch {
	case w.postgres:
		return 5
	case w.apart:
		return 3
	}
	return 1
}

// serve serves a copy of the election to voters, and compares in the end.
func (w way) serve(t *testing.T, prepared string, p plan) (*rush, figures) {
	ctx, dir := context.Background(), filepath.Join(t.TempDir(), "vote")
	if out, err := exec.Command("cp", "-pR", prepared, dir).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	var servers []database
	var lost []victim
	if w.postgres {
		servers, lost = w.move(t, dir)
	}
	e, err := voters.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	electors, err := e.Electors()
	if err != nil {
		t.Fatal(err)
	}
	rand.Shuffle(len(electors), func(i, j int) { electors[i], electors[j] = electors[j], electors[i] })
	logs, err := os.Create(filepath.Join(dir, "server.log"))
	if err != nil {
		t.Fatal(err)
	}
	defer logs.Close()
	f, err := newFleet(e, *isoloir, dir, "", w.apart, logs)
	if err != nil {
		t.Fatal(err)
	}
	if err := f.start(ctx); err != nil {
		t.Fatal(err)
	}
	defer func() { // those that are there still
		for _, c := range f {
			_ = c.process.Process.Kill()
		}
	}()
	r := &rush{plan: p, Election: e, fleet: f, victims: append(f.met(), lost...)}
	if w.standby {
		r.victims = lost
	}
	before, load := taken(servers), average(t)
	err = r.run(ctx, electors[:p.voters])
	stored := time.Duration(0)
	if p.kills == 0 { // else nobody knows
		stored = taken(servers) - before
	}
	if err = errors.Join(err, f.stop(), r.unfinished(), check(ctx, e, r.ends, io.Discard)); err != nil {
		text, _ := os.ReadFile(logs.Name())
		t.Fatalf("%v\n%s", err, text[max(0, len(text)-3000):])
	}
	return r, r.figures(load, stored)
}

// move brings the election in dir to two servers, and says what of these can be lost.
func (w way) move(t *testing.T, dir string) (servers []database, lost []victim) {
	var of [2]demonstration.Database
	for i, role := range []string{"roll", "urn"} {
		s := postgrestest.Start(t, "shared_buffers=128MB")
		s.Psql(t, filepath.Join("..", "..", role, "postgres", "setup.sql"))
		d := database{s, t, role}
		of[i] = demonstration.Database{Owner: s.Address(role+"_owner", role), Service: s.Address(role+"_service", role)}
		if w.standby {
			c := copied{t, role, s, s.Standby(t)}
			of[i].Service = s.Either(c.copy, role+"_service", role)
			lost = append(lost, c, replaced{c})
		} else {
			lost = append(lost, d)
		}
		servers = append(servers, d)
	}
	if err := demonstration.OnPostgreSQL(context.Background(), dir, of[0], of[1]); err != nil {
		t.Fatal(err)
	}
	return servers, lost
}

// A database is a server that can be killed.
type database struct {
	server *postgrestest.Server
	t      *testing.T
	role   string
}

func (d database) String() string { return "PostgreSQL of the " + d.role }

func (d database) kill() error {
	d.server.Kill(d.t)
	return nil
}

func (d database) start(context.Context) error {
	d.server.Run(d.t)
	return nil
}

// taken is the time that servers took of the processors.
func taken(servers []database) (all time.Duration) {
	for _, s := range servers {
		all += s.server.Processor(s.t)
	}
	return all
}

// average is how many processes wanted a processor in the last minute.
func average(t *testing.T) string {
	text, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		t.Fatal(err)
	}
	first, _, _ := strings.Cut(string(text), " ")
	return first
}

// figures are what a turn gave: milliseconds, but for votes a second and MB.
type figures struct {
	load                      string
	votes                     float64
	vote, append              [3]float64
	served, stored, generated float64 // of a processor, for each vote
	memory                    int
}

func (r *rush) figures(load string, stored time.Duration) figures {
	f := figures{load: load, votes: r.middle(), served: r.each(r.served), stored: r.each(stored), generated: r.each(r.driven), memory: r.fleet.memory() / 1000}
	for i, q := range []float64{0.50, 0.95, 0.99} {
		f.vote[i] = 1000 * r.times.Quantile("the vote, all steps", q).Seconds()
		f.append[i] = 1000 * r.times.Quantile("append", q).Seconds()
	}
	return f
}

func (f figures) String() string {
	three := func(q [3]float64) string { return fmt.Sprintf("%.0f / %.0f / %.0f", q[0], q[1], q[2]) }
	return fmt.Sprintf("%5s %7.0f %23s %23s %8.2f %10.2f %9.2f %5d", f.load, f.votes, three(f.vote), three(f.append), f.served, f.stored, f.generated, f.memory)
}

// ratios prints what each way has of the first one's, by their medians.
func ratios(all map[string][]figures) {
	median := func(w way, of func(figures) float64) float64 {
		var list []float64
		for _, f := range all[w.name] {
			list = append(list, of(f))
		}
		slices.Sort(list)
		return list[len(list)/2]
	}
	for _, w := range ways[1:] {
		ratio := func(of func(figures) float64) float64 { return median(w, of) / median(ways[0], of) }
		fmt.Printf("%-28s to %s: votes a second %.2f, p50 of a vote %.2f, p99 %.2f, processor for a vote without the generator %.2f\n", w.name, ways[0].name,
			ratio(func(f figures) float64 { return f.votes }), ratio(func(f figures) float64 { return f.vote[0] }), ratio(func(f figures) float64 { return f.vote[2] }),
			ratio(func(f figures) float64 { return f.served + f.stored }))
	}
}
