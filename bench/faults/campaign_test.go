package faults

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"isoloir/bench/voters"
	"isoloir/pg/postgrestest"
	"isoloir/server/config"
)

var (
	number  = flag.Int("voters", 48, "how many voters come, for each engine")
	length  = flag.Duration("length", 12*time.Second, "in how long a time they come")
	gap     = flag.Duration("gap", 600*time.Millisecond, "mean time from a fault to the next")
	often   = flag.Float64("often", 0.01, "part of the messages whose answer is lost besides, and of those that arrive twice")
	seed    = flag.Uint64("seed", 0, "from which faults and voters' conduct are drawn; 0 for another one every time")
	isoloir = flag.String("isoloir", "", "the command to serve with, two processes of roll and of urn where they share a database; without it this program serves, one of each, by a clock that leaves most of every minute out")
)

// short is the cycle of that clock.
const short = 3 * time.Second

// TestCampaign has voters come while everything fails that can, on both engines, and judges
// what is left. With -v it prints the table of faults.
func TestCampaign(t *testing.T) {
	zerolog.SetGlobalLevel(zerolog.Disabled)
	from := *seed
	if from == 0 {
		from = rand.Uint64()
	}
	dir := filepath.Join(t.TempDir(), "vote")
	if err := voters.Prepare(context.Background(), dir, (*number+2)/3, netip.MustParseAddrPort(fmt.Sprintf("127.0.0.1:%d", port(t))), io.Discard); err != nil {
		t.Fatal(err)
	}
	var printing sync.Mutex
	for _, engine := range []string{"SQLite", "PostgreSQL"} {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			c := campaign{dir: moved(t, dir), seed: from, times: map[string]int{"portal": 1, "roll": 1, "urn": 1}}
			if engine == "PostgreSQL" {
				c.servers = map[string]*postgrestest.Server{"roll": postgrestest.Start(t), "urn": postgrestest.Start(t)}
				if *isoloir != "" {
					c.times["roll"], c.times["urn"] = 2, 2
				}
			}
			var out bytes.Buffer
			fmt.Fprintf(&out, "\n%s, seed %d\n", engine, from)
			c.run(t, &out)
			printing.Lock()
			defer printing.Unlock()
			if t.Failed() || testing.Verbose() {
				t.Log(out.String())
			}
		})
	}
}

// A campaign is a world's, on one engine.
type campaign struct {
	dir     string
	seed    uint64
	times   map[string]int
	servers map[string]*postgrestest.Server
}

func (c campaign) run(t *testing.T, out io.Writer) {
	ctx := context.Background()
	at, command := clock{from: time.Now()}, func(role, file string) []string {
		return []string{*isoloir, "serve", "-role", role, "-config", file}
	}
	if *isoloir == "" {
		at.cycle, command = short, func(_, file string) []string {
			return []string{os.Args[0], "-config", file, "-clock", at.String()}
		}
	}
	w := newWorld(t, c.dir, c.seed, c.times, c.servers, command, at)
	people, err := w.Electors()
	if err != nil {
		t.Fatal(err)
	}
	for _, role := range apart {
		for _, p := range w.processes[role] {
			if err := p.await(time.Minute); err != nil {
				t.Fatal(err)
			}
		}
	}
	random := rand.New(rand.NewPCG(c.seed, 0))
	random.Shuffle(len(people), func(i, j int) { people[i], people[j] = people[j], people[i] })
	all := &crowd{Election: w.Election, patience: *length + 2*time.Minute}
	conduct := rand.New(rand.NewPCG(c.seed, 1))
	for _, p := range w.passages {
		p.loses(*often)
	}
	begun, met, gone := time.Now(), make(chan struct{}), make(chan struct{})
	battered, came := context.WithCancel(ctx)
	defer came()
	go func() {
		defer close(gone)
		all.come(ctx, people[:min(*number, len(people))], *length, conduct, met, came)
	}()
	w.batter(battered, t, random, *gap, met)
	for _, p := range w.passages {
		p.loses(0)
	}
	<-gone
	fmt.Fprintf(out, "%d voters in %.0f s, while there were\n", len(all.visits), time.Since(begun).Seconds())
	w.tally.print(out)
	kinds, faults := w.missing()
	if len(kinds) > 0 {
		t.Errorf("no fault of these kinds has happened: give it longer: %s", strings.Join(kinds, "; "))
	}
	if *isoloir != "" && len(faults) > 0 {
		fmt.Fprintf(out, "what could have happened, and has not: %s\n", strings.Join(faults, "; "))
	}
	fmt.Fprintf(out, "%d attempts of voters were not answered, or refused\n", all.fails.Total())
	w.reconciled(ctx, t)
	if err := all.stand(ctx); err != nil {
		t.Error(err)
	}
	for _, role := range apart {
		for _, p := range w.processes[role] {
			p.end(syscall.SIGTERM)
		}
	}
	all.unclear(t)
	w.judge(ctx, t, all, out)
	if t.Failed() {
		w.logs(t)
	}
}

// reconciled waits until the roll must have asked about everybody who has left. By a clock
// that leaves time out it is started again then, since it asks when it starts.
func (w *world) reconciled(ctx context.Context, t *testing.T) {
	if w.clock.cycle == 0 {
		pass(ctx, reconcileAfter+reconcileEvery+10*time.Second)
		return
	}
	pass(ctx, w.clock.takes(reconcileAfter))
	for _, p := range w.processes["roll"] {
		p.kill()
		if err := p.await(time.Minute); err != nil {
			t.Fatal(err)
		}
	}
	pass(ctx, time.Second)
}

// unclear names voters who have come to no end.
func (c *crowd) unclear(t *testing.T) {
	for _, v := range c.visits {
		if v.err != nil {
			t.Errorf("elector %d of urn %d, %+v: %v", v.who.Elector, v.who.Urn, v.conduct, v.err)
		}
	}
}

// logs show the end of what the processes said.
func (w *world) logs(t *testing.T) {
	for _, role := range apart {
		for _, p := range w.processes[role] {
			if text, err := os.ReadFile(p.log.Name()); err == nil {
				t.Logf("%s ends with:\n%s", p.log.Name(), text[max(0, len(text)-2000):])
			}
		}
	}
}

// moved is a copy of a prepared demonstration, with origins of its own.
func moved(t *testing.T, from string) string {
	t.Helper()
	to := filepath.Join(t.TempDir(), "vote")
	if err := filepath.WalkDir(from, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		target := filepath.Join(to, strings.TrimPrefix(path, from))
		if d.IsDir() {
			return os.MkdirAll(target, 0o700)
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		return os.WriteFile(target, data, 0o600)
	}); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(to, voters.ConfigFile)
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	c, err := config.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	for _, origin := range []*string{&c.Origins.Portal, &c.Origins.Roll, &c.Origins.Urn, &c.Origins.IssuerA, &c.Origins.IssuerB} {
		*origin = "http://" + address(t)
	}
	if text, err = c.Bytes(); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, text, 0o600); err != nil {
		t.Fatal(err)
	}
	return to
}
