package demonstration

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"isoloir/account"
	"isoloir/courier"
	"isoloir/crypto/elgamal"
	"isoloir/crypto/group"
	"isoloir/observe"
	"isoloir/record"
	"isoloir/replay/parties"
	"isoloir/scrutin"
	"isoloir/server"
	"isoloir/server/config"
	"isoloir/server/porttest"
	"isoloir/urn"
	"isoloir/voter"
	"isoloir/voter/wire"
)

// small is a demonstration that is prepared in a second or two.
func small() Options {
	return Options{Electors: 7, Lasts: time.Hour, MemoryKiB: 64, Shape: parties.Shape{Holders: 3, Threshold: 2, Mixers: 2, Witnesses: 1, WorkFactor: 1}}
}

// prepared is a demonstration that is prepared once; every test works on a copy of it, on the same five ports.
var prepared = sync.OnceValues(func() (string, error) {
	base, err := os.MkdirTemp("", "demonstration-")
	if err != nil {
		return "", err
	}
	dir := filepath.Join(base, "run")
	listen, err := porttest.Row(len(roles))
	if err != nil {
		return "", err
	}
	quiet := Watcher{Step: func(string) {}, Stage: func(string, int, int) {}}
	return dir, Prepare(context.Background(), dir, small(), listen, quiet)
})

// copied is a copy of the prepared demonstration. Its configuration has relative paths, so it works there.
func copied(t *testing.T) string {
	t.Helper()
	from, err := prepared()
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(t.TempDir(), "run")
	err = filepath.WalkDir(from, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		to := filepath.Join(dir, strings.TrimPrefix(path, from))
		if d.IsDir() {
			return os.MkdirAll(to, 0o700)
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		return os.WriteFile(to, data, info.Mode().Perm())
	})
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

// world is a demonstration that is served.
type world struct {
	*Demonstration
	house *server.House
	stop  func()
}

// serve serves all roles of a demonstration, with its page, until stop or the end of the test.
func serve(t *testing.T, dir string) *world { return watched(t, dir, observe.Silent(), nil) }

// watched is the same for who looks on, with another configuration if need be, or some roles alone, without the page.
func watched(t *testing.T, dir string, watch *observe.Watch, edit func(*config.Config), names ...string) *world {
	t.Helper()
	d, err := Open(dir, 2)
	if err != nil {
		t.Fatal(err)
	}
	if edit != nil {
		edit(d.Config)
	}
	whole := len(names) == 0
	if whole {
		names = server.Names
	}
	ctx, cancel := context.WithCancel(context.Background())
	w := &world{Demonstration: d, house: server.NewHouse(d.Config, names, d.Clock.Now, watch)}
	if err := errors.Join(w.house.Listen(), w.house.Open(ctx)); err != nil {
		cancel()
		t.Fatal(errors.Join(err, w.house.Shut()))
	}
	var page *Page
	if whole {
		if page, err = NewPage(ctx, d, w.house.Roles); err != nil {
			t.Fatal(err)
		}
	}
	done := make(chan error, 1)
	go func() { done <- w.house.Run(ctx) }()
	w.opened(t, names)
	w.stop = sync.OnceFunc(func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
		if page != nil {
			page.Wait()
		}
		if err := w.house.Shut(); err != nil {
			t.Error(err)
		}
	})
	t.Cleanup(w.stop)
	return w
}

// opened waits until the doors of roles are open.
func (w *world) opened(t *testing.T, names []string) {
	t.Helper()
	for _, name := range names {
		_, origin, err := server.Place(w.Config, name)
		if err != nil {
			t.Fatal(err)
		}
		for end := time.Now().Add(10 * time.Second); time.Now().Before(end); time.Sleep(time.Millisecond) {
			if a, err := http.Get(origin + "/nothing"); err == nil {
				a.Body.Close()
				if a.StatusCode != http.StatusServiceUnavailable {
					break
				}
			}
		}
	}
}

// An elector votes over HTTP as pages do.
type elector struct {
	*Demonstration
	public  *server.Public
	rules   []*urn.Rules
	voter   Voter
	choices map[string]string // by question, of those of the urn
	device  *voter.Device
	until   voter.Stage // where the device stops; 0 for never
	// population is that of an amendment that added the elector; nil for that of the opening record.
	population *scrutin.AmendedUrn
}

// ballots gives the electors of a world, each with choices drawn from the manifest by their number.
func ballots(t *testing.T, d *Demonstration, public *server.Public, n int) (all []*elector, want map[string]map[string]int) {
	t.Helper()
	voters, err := d.Voters()
	each := len(voters) / 3
	if err != nil || each < small().Electors {
		t.Fatalf("%d electors have both codes: %v", len(voters), err)
	}
	m := public.Manifest
	var rules []*urn.Rules
	for _, u := range m.Urns {
		keys, err := public.Record.Read(record.AnonymisationKeys(u.ID, len(m.Mixers)), int64(u.Electors)*group.PointSize)
		if err != nil {
			t.Fatal(err)
		}
		r, err := urn.RulesOf(m, public.Fingerprint, public.Opening, public.OpeningDigest, u.ID, keys)
		if err != nil {
			t.Fatal(err)
		}
		rules = append(rules, r)
	}
	want = map[string]map[string]int{}
	for i := range n { // urn by urn, so that every urn has its part
		v := voters[i%3*each+i/3]
		e := &elector{Demonstration: d, public: public, rules: rules, voter: v, choices: map[string]string{}}
		for _, q := range m.QuestionsOf(v.Urn) {
			choice := q.Choices()[i%len(q.Choices())]
			e.choices[q.ID] = choice
			key := v.Urn + " " + q.ID
			if want[key] == nil {
				want[key] = map[string]int{}
			}
			want[key][choice]++
		}
		all = append(all, e)
	}
	return all, want
}

// vote logs in with both codes, proves what is asked, makes the ballot unless there is one, and casts it to the end.
func (e *elector) vote(ctx context.Context) error {
	m := e.public.Manifest
	number := slices.IndexFunc(m.Urns, func(u scrutin.Urn) bool { return u.ID == e.voter.Urn })
	place, code, _ := strings.Cut(e.voter.Identifier, "-")
	n, err := strconv.ParseUint(place, 10, 32)
	if err != nil {
		return err
	}
	var codes [2]account.Code
	for i, text := range []string{code, e.voter.Password} {
		if codes[i], err = account.ParseCode(m.Codes, text); err != nil {
			return err
		}
	}
	who := voter.Elector{Manifest: m, Fingerprint: e.public.Fingerprint, Opening: e.public.OpeningDigest, Urn: uint16(number), Number: uint32(n)}
	list := wire.Service{Origin: e.Config.Origins.Roll, Page: e.Config.Origins.Portal}
	session, err := voter.Login(ctx, list.Ask, who, who.Stretch(codes))
	if err != nil {
		return fmt.Errorf("login: %w", err)
	}
	x, err := session.Open(ctx)
	if err != nil {
		return fmt.Errorf("open: %w", err)
	}
	urns := wire.Service{Origin: e.Config.Origins.Urn, Page: e.Config.Origins.Portal}
	rules := e.rules[number]
	if e.device == nil {
		opened := e.public.Opening.Urns[number]
		if a := e.population; a != nil {
			opened.Generator, opened.Root, opened.Accounts = a.Generator, a.Root, a.Added
		}
		base, err := opened.Generator.Decode()
		if err != nil {
			return err
		}
		if err := voter.FindAccount(ctx, urns.Ask, uint16(number), base, x, urn.Hash(opened.Root), opened.Accounts); err != nil {
			return fmt.Errorf("account: %w", err)
		}
		var options []group.Point
		for _, q := range m.QuestionsOf(e.voter.Urn) {
			options = append(options, elgamal.Option(e.public.Fingerprint, q.ID, e.choices[q.ID]))
		}
		if e.device, err = voter.New(rules, m.Platform.Roll.Verifier(), m.Platform.Urn.Verifier(), who.Number, x, options); err != nil {
			return err
		}
		e.device.Now = e.Clock.Now
	}
	if session.Step != 0 && e.device.Stage() < voter.Reserved {
		sent, err := session.Send(ctx)
		if err != nil {
			return fmt.Errorf("send: %w", err)
		}
		if !strings.Contains(sent.Hint, "@") {
			return fmt.Errorf("the hint is %q", sent.Hint)
		}
		digits, err := e.digits()
		if err != nil {
			return err
		}
		if err := session.Prove(ctx, digits); err != nil {
			return fmt.Errorf("prove: %w", err)
		}
	}
	for e.until > 0 && e.device.Stage() < e.until {
		if err := e.device.Step(ctx, session, voter.UrnOf(urns.Ask)); err != nil {
			return err
		}
	}
	if e.until > 0 {
		return nil
	}
	return e.device.Cast(ctx, session, voter.UrnOf(urns.Ask))
}

var six = regexp.MustCompile(`(?m)\b[0-9]{6}\b`)

// digits are those of the last message to the elector that holds any.
func (e *elector) digits() (string, error) {
	letters, err := e.Letters()
	if err != nil {
		return "", err
	}
	for _, l := range letters {
		if l.To == e.voter.Email && l.Kind == courier.Validation {
			return six.FindString(l.Body), nil
		}
	}
	return "", errors.New("no digits came")
}
