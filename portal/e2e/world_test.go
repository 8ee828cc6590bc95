package e2e

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"isoloir/courier"
	"isoloir/courier/outbox"
	"isoloir/observe"
	"isoloir/replay/parties"
	"isoloir/scrutin"
	"isoloir/server"
	"isoloir/server/config"
	"isoloir/server/demonstration"
	"isoloir/web/chrome"
)

// electors of each urn of the demonstration, enough for every test to have its own.
const electors = 10

// The urns of the demonstration: centre and rives validate by six digits by e-mail,
// rives has two questions, agents asks for nothing but the codes, associations for six
// digits by text message at the login.
var urns = []string{"centre", "rives", "agents", "associations"}

func TestMain(m *testing.M) {
	code := m.Run()
	if base, err := temporary(); err == nil {
		os.RemoveAll(base)
	}
	if _, end, err := browser(); err == nil {
		end()
	}
	os.Exit(code)
}

// browser is the one of all tests.
var browser = func() func() (*chrome.Browser, func(), error) {
	type opened struct {
		b   *chrome.Browser
		end func()
	}
	once := sync.OnceValues(func() (opened, error) {
		b, end, err := chrome.Open()
		return opened{b, end}, err
	})
	return func() (*chrome.Browser, func(), error) {
		o, err := once()
		return o.b, o.end, err
	}
}()

// temporary is the directory of what is prepared once.
var temporary = sync.OnceValues(func() (string, error) { return os.MkdirTemp("", "e2e-") })

// prepared is the demonstration of which every world is a copy.
var prepared = sync.OnceValues(func() (string, error) {
	base, err := temporary()
	if err != nil {
		return "", err
	}
	dir := filepath.Join(base, "run")
	o := demonstration.Options{Electors: electors, Lasts: 24 * time.Hour, MemoryKiB: 64, Edit: edit,
		Shape: parties.Shape{Holders: 3, Threshold: 2, Mixers: 2, Witnesses: 1, WorkFactor: 1}}
	quiet := demonstration.Watcher{Step: func(string) {}, Stage: func(string, int, int) {}}
	return dir, demonstration.Prepare(context.Background(), dir, o, netip.MustParseAddrPort("127.0.0.1:8080"), quiet)
})

// edit adds what the demonstration has not, for more ways through the vote. The vote
// is open since an hour, so that a clock may be slow.
func edit(m *scrutin.Manifest) {
	m.Colleges = append(m.Colleges, scrutin.College{ID: "associations", Label: "Associations du quartier",
		Factors: append(slices.Clone(m.Colleges[1].Factors), scrutin.Factor{Kind: "code", Channel: "sms"}), Validation: m.Colleges[1].Validation})
	m.Urns = append(m.Urns, scrutin.Urn{ID: "associations", Label: "Associations", Territory: "montclair", College: "associations", Electors: m.Urns[0].Electors})
	m.Questions[1].Urns = append(m.Questions[1].Urns, "associations")
	m.Schedule.Open = scrutin.TimeOf(m.Schedule.Open.Add(-time.Hour))
	m.Publication.EmailAfterVote = "code"
	m.RestrictedCountries = []string{"KP", "RU"}
}

// A world is a copy of the demonstration, served.
type world struct {
	*demonstration.Demonstration
	t      testing.TB
	dir    string
	voters []demonstration.Voter
	behind atomic.Int64 // nanoseconds by which the roles' clocks are slow
	logs   logs

	channel channel
	houses  map[string]*served // by role
}

// newWorld serves a copy of the demonstration until the test ends. Whatever browsers
// and roles ask of an origin passes through the channel.
func newWorld(t testing.TB, behind time.Duration) *world {
	t.Helper()
	from, err := prepared()
	if err != nil {
		t.Fatal(err)
	}
	w := &world{t: t, dir: filepath.Join(t.TempDir(), "run"), houses: map[string]*served{}}
	w.behind.Store(int64(behind))
	w.copied(from)
	if len(w.voters) != len(urns)*electors {
		t.Fatalf("%d electors have both codes", len(w.voters))
	}
	w.channel.open(t, w.Config)
	w.serve("urn")
	w.serve("roll", "issuer-a", "issuer-b", "portal")
	return w
}

// copied opens a copy of a demonstration.
func (w *world) copied(from string) {
	w.t.Helper()
	err := errors.Join(os.CopyFS(w.dir, os.DirFS(from)), onlyOwners(w.dir))
	if err == nil {
		w.Demonstration, err = demonstration.Open(w.dir, 2)
	}
	if err == nil {
		w.voters, err = w.Voters()
	}
	if err != nil {
		w.t.Fatal(err)
	}
}

// onlyOwners gives files back the rights that a copy through io/fs does not keep.
func onlyOwners(dir string) error {
	return filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		return os.Chmod(path, 0o600)
	})
}

// now is the roles' time.
func (w *world) now() time.Time { return w.Clock.Now().Add(-time.Duration(w.behind.Load())) }

// served are roles of one process.
type served struct {
	house *server.House
	stop  func()
}

// serve begins to serve roles, the portal with the page of the demonstration.
func (w *world) serve(names ...string) {
	w.t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	h := server.NewHouse(w.Config, names, w.now, observe.New(observe.Config{Log: &w.logs, Now: time.Now}))
	if err := errors.Join(h.Listen(), h.Open(ctx)); err != nil {
		cancel()
		w.t.Fatal(errors.Join(err, h.Shut()))
	}
	end := func() {}
	if slices.Contains(names, "portal") {
		all := *h.Roles
		all.Urn = w.houses["urn"].house.Roles.Urn
		page, err := demonstration.NewPage(ctx, w.Demonstration, &all)
		if err != nil {
			w.t.Fatal(err)
		}
		end = page.Wait
	}
	done := make(chan error, 1)
	go func() { done <- h.Run(ctx) }()
	s := &served{h, sync.OnceFunc(func() {
		cancel()
		if err := <-done; err != nil {
			w.t.Error(err)
		}
		end()
		if err := h.Shut(); err != nil {
			w.t.Error(err)
		}
	})}
	w.t.Cleanup(s.stop)
	for _, name := range names {
		w.houses[name] = s
	}
}

// public is the record as the portal knows it.
func (w *world) public() *server.Public { return w.houses["portal"].house.Public }

// manifest is that of the world.
func (w *world) manifest() *scrutin.Manifest { return w.public().Manifest }

// voter is an elector of an urn by his place on the roll's file.
func (w *world) voter(urn string, n int) demonstration.Voter {
	return w.voters[slices.Index(urns, urn)*electors+n]
}

// label is how an urn is called.
func (w *world) label(urn string) string {
	u, _ := w.manifest().Urn(urn)
	return u.Label
}

// letter is the last message of a kind to an address; it is waited for.
func (w *world) letter(to string, kind courier.Kind, after time.Time) outbox.Letter {
	w.t.Helper()
	for range 200 {
		letters, err := w.Letters()
		if err != nil {
			w.t.Fatal(err)
		}
		for _, l := range letters {
			if l.To == to && l.Kind == kind && l.Time.After(after) {
				return l
			}
		}
		time.Sleep(50 * time.Millisecond)
	}
	w.t.Fatalf("no message %v came to %s", kind, to)
	return outbox.Letter{}
}

// logs are what the roles say to their operators.
type logs struct {
	mu  sync.Mutex
	all bytes.Buffer
}

func (l *logs) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.all.Write(p)
}

func (l *logs) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.all.String()
}

// places are the roles' addresses in the configuration, in the order of the origins.
func places(c *config.Config) map[*string]*config.Place {
	return map[*string]*config.Place{&c.Origins.Portal: &c.Portal.Place, &c.Origins.Roll: &c.Roll.Place, &c.Origins.Urn: &c.Urn.Place,
		&c.Origins.IssuerA: &c.IssuerA.Place, &c.Origins.IssuerB: &c.IssuerB.Place}
}

// free is an address of this machine that nobody has, of those that the system gives
// to no connection by itself.
func free() (string, error) {
	for range 1000 {
		at := fmt.Sprintf("127.0.0.1:%d", 10_000+(first+int(tried.Add(1)))%20_000)
		if l, err := net.Listen("tcp", at); err == nil {
			return at, l.Close()
		}
	}
	return "", errors.New("no address is free")
}

var (
	first = rand.IntN(20_000)
	tried atomic.Int32
)

// here is a link of a message on the portal of this world, which has another port
// than the one that the message was written for.
func (w *world) here(link string) (string, error) {
	u, err := url.Parse(link)
	if err != nil {
		return "", err
	}
	portal, err := url.Parse(w.Config.Origins.Portal)
	if err != nil || !strings.HasPrefix(u.Host, "127.0.0.1:") {
		return "", fmt.Errorf("a link to %s: %w", u.Host, err)
	}
	u.Host = portal.Host
	return u.String(), nil
}
