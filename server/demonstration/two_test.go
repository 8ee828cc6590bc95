package demonstration

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httputil"
	"net/netip"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"isoloir/observe"
	"isoloir/pg/postgrestest"
	"isoloir/roll"
	"isoloir/server"
	"isoloir/server/config"
	"isoloir/server/porttest"
	"isoloir/urn"
)

// one serves one role by a configuration of its own, until it is killed. Its urn flushes again and again, as two sequencers do at every slot.
func one(path, role string) {
	err := func() error {
		c, err := config.Read(path)
		if err != nil {
			return err
		}
		h := server.NewHouse(c, []string{role}, time.Now, observe.New(observe.Config{Log: os.Stderr, Now: time.Now}))
		if err := errors.Join(h.Listen(), h.Open(context.Background())); err != nil {
			return err
		}
		if u := h.Roles.Urn; u != nil {
			go func() {
				for ; ; time.Sleep(250 * time.Millisecond) {
					if _, err := u.Service.Flush(context.Background()); err != nil {
						fmt.Fprintln(os.Stderr, "flush:", err)
					}
				}
			}()
		}
		return h.Run(context.Background())
	}()
	fmt.Fprintln(os.Stderr, role, err)
	os.Exit(1)
}

// A process is one of two of a role.
type process struct {
	role, config, address string
	health                string // where its readiness is
	command               *exec.Cmd
}

// port finds one that is free.
func port(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// beside describes the second, third … process of a role: what it has in common with the first one is named by the same files, what is its own
// lies in a directory of its own.
func beside(t *testing.T, d *Demonstration, role string, number int) *process {
	t.Helper()
	p := &process{role: role, address: port(t), health: port(t)}
	dir := filepath.Join(d.dir, fmt.Sprintf("%s-%d", role, number))
	place := config.Place{Directory: dir, Listen: p.address, Proxies: []string{"127.0.0.1"}}
	c := config.Config{Record: d.Config.Record, Origins: d.Config.Origins, Observe: &config.Observe{Listen: p.health}}
	switch role {
	case "roll":
		r := *d.Config.Roll
		r.Place, c.Roll = place, &r
	case "urn":
		u := *d.Config.Urn
		u.Place, c.Urn = place, &u
	case "portal":
		o := *d.Config.Portal
		o.Place, c.Portal = place, &o
	}
	text, err := c.Bytes()
	p.config = dir + ".yaml"
	if err := errors.Join(err, os.Mkdir(dir, 0o700), os.WriteFile(p.config, text, 0o600)); err != nil {
		t.Fatal(err)
	}
	return p
}

// start begins the process, and waits until it is ready.
func (p *process) start(t *testing.T) {
	t.Helper()
	p.command = exec.Command(os.Args[0])
	p.command.Env = append(os.Environ(), "DEMONSTRATION_CONFIG="+p.config, "DEMONSTRATION_ROLE="+p.role)
	var said lines
	p.command.Stderr = &said
	if err := p.command.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		kill(p.command)
		if t.Failed() {
			t.Logf("%s: %s", p.config, said.String())
		}
	})
	for end := time.Now().Add(30 * time.Second); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		if a, err := http.Get("http://" + p.health + "/readyz"); err == nil {
			a.Body.Close()
			if a.StatusCode == http.StatusOK {
				return
			}
		}
	}
	t.Fatalf("%s is not ready: %s", p.config, said.String())
}

// turns sends each request to the next one of a role's processes; and to another, with the same bytes, where one does not answer.
type turns struct {
	processes []*process
	next      atomic.Uint64
	again     atomic.Int64
	answered  [2]atomic.Int64
}

// RoundTrip implements http.RoundTripper.
func (r *turns) RoundTrip(q *http.Request) (*http.Response, error) {
	var body []byte
	var err error
	if q.Body != nil {
		if body, err = io.ReadAll(q.Body); err != nil {
			return nil, err
		}
	}
	first := r.next.Add(1)
	for i := range uint64(len(r.processes)) {
		which := (first + i) % uint64(len(r.processes))
		try := q.Clone(q.Context())
		try.URL.Host = r.processes[which].address
		try.Body = io.NopCloser(bytes.NewReader(body))
		a, e := http.DefaultTransport.RoundTrip(try)
		if e == nil && a.StatusCode != http.StatusServiceUnavailable {
			r.answered[which].Add(1)
			return a, nil
		}
		if e == nil {
			a.Body.Close()
			e = errors.New(a.Status)
		}
		r.again.Add(1)
		err = errors.Join(err, e)
	}
	return nil, err
}

// proxy stands before a role's processes at its origin, until the end of the test or stop.
func proxy(t *testing.T, origin string, processes []*process) (r *turns, stop func()) {
	t.Helper()
	at, err := url.Parse(origin)
	if err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", at.Host)
	if err != nil {
		t.Fatal(err)
	}
	r = &turns{processes: processes}
	s := &http.Server{Handler: &httputil.ReverseProxy{Transport: r,
		Rewrite: func(p *httputil.ProxyRequest) {
			p.SetURL(at)
			p.SetXForwarded()
			p.Out.Host = at.Host
		},
		ErrorHandler: func(w http.ResponseWriter, _ *http.Request, _ error) { w.WriteHeader(http.StatusBadGateway) }}}
	go s.Serve(l)
	stop = sync.OnceFunc(func() { s.Close() })
	t.Cleanup(stop)
	return r, stop
}

// Two processes of portal, roll and urn each, every one killed once while two hundred people vote by turns through both: nobody loses his
// vote, nothing is doubled, and no log forks. (C19-2-01)
func TestTwoOfEach(t *testing.T) {
	const electors, together = 70, 16 // in each of three urns; at once
	s := postgrestest.Start(t)
	for _, room := range []string{"roll", "urn"} {
		s.Psql(t, filepath.Join("..", "..", room, "postgres", "setup.sql"))
	}
	listen, err := porttest.Row(len(roles))
	if err != nil {
		t.Fatal(err)
	}
	dir := prepare(t, electors, listen)
	address := func(room string) Database {
		return Database{s.Address(room+"_owner", room), s.Address(room+"_service", room)}
	}
	if err := OnPostgreSQL(context.Background(), dir, address("roll"), address("urn")); err != nil {
		t.Fatal(err)
	}
	d, err := Open(dir, 2)
	if err != nil {
		t.Fatal(err)
	}
	issuers := watched(t, dir, observe.Silent(), nil, "issuer-a", "issuer-b", "bureau")
	var all []*process
	var stops []func()
	proxies := map[string]*turns{}
	for role, origin := range map[string]string{"portal": d.Config.Origins.Portal, "roll": d.Config.Origins.Roll, "urn": d.Config.Origins.Urn} {
		pair := []*process{beside(t, d, role, 1), beside(t, d, role, 2)}
		for _, p := range pair {
			p.start(t)
		}
		all = append(all, pair...)
		through, stop := proxy(t, origin, pair)
		proxies[role], stops = through, append(stops, stop)
	}
	voters, want := ballots(t, d, issuers.house.Public, 3*electors)
	checkpoints := watchCheckpoints(t, all, issuers.house.Public)

	ctx, cancel := context.WithTimeout(context.Background(), 100*time.Second)
	defer cancel()
	var done atomic.Int64
	turn := make(chan *elector)
	var wg sync.WaitGroup
	for range together {
		wg.Go(func() {
			for e := range turn {
				if err := untilVoted(ctx, e); err != nil {
					t.Errorf("%s of urn %s: %v", e.voter.Reference, e.voter.Urn, err)
				}
				done.Add(1)
			}
		})
	}
	go func() {
		defer close(turn)
		for _, e := range voters {
			turn <- e
		}
	}()
	reached := func(n int64) {
		for done.Load() < n && ctx.Err() == nil {
			time.Sleep(5 * time.Millisecond)
		}
	}
	for i, number := range []int{0, 1} { // the first ones, then the second ones
		reached(int64(1+2*i) * int64(len(voters)) / 5)
		for pair := 0; pair < len(all); pair += 2 {
			kill(all[pair+number].command)
		}
		reached(int64(2+2*i) * int64(len(voters)) / 5)
		for pair := 0; pair < len(all); pair += 2 {
			all[pair+number].start(t)
		}
	}
	wg.Wait()

	for database, queries := range map[string][]string{
		"roll": {"SELECT count(*) FROM mark", "SELECT count(DISTINCT (urn, number)) FROM mark", "SELECT count(*) FROM reservation"},
		"urn":  {"SELECT count(*) FROM spent", "SELECT (SELECT count(*) FROM ballot) + (SELECT count(*) FROM pending)"},
	} {
		for _, q := range queries {
			if n := s.Query(t, database, q)[0]; n != fmt.Sprint(len(voters)) {
				t.Errorf("%s: %s, %d have voted", q, n, len(voters))
			}
		}
	}
	for role, p := range proxies {
		if p.answered[0].Load() == 0 || p.answered[1].Load() == 0 || p.again.Load() == 0 {
			t.Errorf("%s: the processes answered %d and %d times, and %d were asked again", role, p.answered[0].Load(), p.answered[1].Load(), p.again.Load())
		}
		t.Logf("%s: the processes answered %d and %d times, %d requests went to the other one", role, p.answered[0].Load(), p.answered[1].Load(), p.again.Load())
	}
	checkpoints()
	for _, p := range all {
		kill(p.command)
	}
	for _, stop := range stops {
		stop()
	}
	issuers.stop()
	finish(t, serve(t, dir), want)
}

// untilVoted goes on until an elector has his mark, as a device does, and looks at the portal meanwhile.
func untilVoted(ctx context.Context, e *elector) error {
	for {
		err := e.vote(ctx)
		var refused roll.Refusal
		var unsent urn.Refusal
		switch {
		case err == nil:
			a, err := http.Get(e.Config.Origins.Portal + "/status")
			if err == nil {
				defer a.Body.Close()
				if a.StatusCode != http.StatusOK {
					err = errors.New(a.Status)
				}
			}
			return err
		case errors.As(err, &refused) && refused != roll.ErrBusy && refused != roll.ErrSession && refused != roll.ErrCode && refused != roll.ErrWait,
			errors.As(err, &unsent) && unsent != urn.ErrBusy, ctx.Err() != nil:
			return err
		}
		time.Sleep(50 * time.Millisecond)
	}
}

// watchCheckpoints asks both processes of the urn, by themselves, for their last checkpoints again and again. What it returns ends this, and finds
// every one of them in the list that both have at the end.
func watchCheckpoints(t *testing.T, all []*process, public *server.Public) (end func()) {
	t.Helper()
	var seen sync.Map // what was seen, of which urn
	ctx, cancel := context.WithCancel(context.Background())
	var wg sync.WaitGroup
	get := func(p *process, name, what string) (string, bool) {
		a, err := http.Get("http://" + p.address + "/v1/" + name + "/" + what)
		if err != nil {
			return "", false
		}
		defer a.Body.Close()
		text, err := io.ReadAll(a.Body)
		return string(text), err == nil && a.StatusCode == http.StatusOK
	}
	for _, p := range all {
		if p.role != "urn" {
			continue
		}
		wg.Go(func() {
			for ctx.Err() == nil {
				for _, u := range public.Manifest.Urns {
					if text, there := get(p, u.ID, "checkpoint"); there {
						seen.Store(text, u.ID)
					}
				}
				time.Sleep(400 * time.Millisecond) // files have a limit
			}
		})
	}
	return func() {
		t.Helper()
		cancel()
		wg.Wait()
		found := 0
		for _, p := range all {
			if p.role != "urn" {
				continue
			}
			lists := map[string]string{}
			for _, u := range public.Manifest.Urns {
				for end := time.Now().Add(10 * time.Second); lists[u.ID] == "" && time.Now().Before(end); time.Sleep(100 * time.Millisecond) {
					lists[u.ID], _ = get(p, u.ID, "checkpoints")
				}
			}
			seen.Range(func(text, name any) bool {
				found++
				if !strings.Contains(lists[name.(string)], text.(string)) {
					t.Errorf("a checkpoint of %s that was shown is not in its chain: %s", name, text)
				}
				return true
			})
		}
		if found < 10 {
			t.Errorf("%d checkpoints were seen", found)
		}
		t.Logf("%d checkpoints were seen", found/2)
	}
}

// prepare prepares a demonstration of so many electors in each urn.
func prepare(t *testing.T, electors int, listen netip.AddrPort) string {
	t.Helper()
	o := small()
	o.Electors = electors
	dir := filepath.Join(t.TempDir(), "run")
	if err := Prepare(context.Background(), dir, o, listen, Watcher{Step: func(string) {}, Stage: func(string, int, int) {}}); err != nil {
		t.Fatal(err)
	}
	return dir
}
