package voter_test

import (
	"bytes"
	"context"
	"encoding/gob"
	"errors"
	"fmt"
	mathrand "math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"isoloir/crypto/group"
	"isoloir/roll"
	"isoloir/scrutin/note"
	"isoloir/urn"
	"isoloir/urn/urntest"
	"isoloir/voter"
)

// platform is the two services as child processes, seen by the voters.
type platform struct {
	t       testing.TB
	dir     string
	fixture *urntest.Fixture
	world   *world

	mu     sync.Mutex
	child  map[string]*exec.Cmd
	died   map[string]chan struct{}
	deaths int
}

func newPlatform(t testing.TB, electors, k int) *platform {
	t.Helper()
	f := urntest.New(t, urntest.Size{Electors: electors, K: k})
	// Short, since the path of a socket has 107 bytes at most.
	dir, err := os.MkdirTemp("", "crash")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	points := make([]group.Point, electors)
	for i, x := range f.Secrets[0] {
		points[i] = group.MulBase(x)
	}
	r := f.Rules[0]
	w := &world{Manifest: r.Manifest, Opening: r.Opening, Base: r.Base.Bytes(), Key: r.Key.Bytes(), AccountKeys: f.Keys[0], ElectorKeys: group.EncodeBatch(points, 0),
		RollKey: f.Roll.Encode(), UrnKey: f.Urn.Encode(), K: k}
	var b bytes.Buffer
	if err := gob.NewEncoder(&b).Encode(w); err != nil {
		t.Fatal(err)
	}
	for _, d := range []string{"roll", "urn"} {
		if err := os.Mkdir(filepath.Join(dir, d), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(dir, "world"), b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	p := &platform{t: t, dir: dir, fixture: f, world: w, child: map[string]*exec.Cmd{}, died: map[string]chan struct{}{}}
	t.Cleanup(p.stop)
	return p
}

// start runs a service, which kills itself at a point if one is named.
func (p *platform) start(role, point string, nth int) {
	c := exec.Command(os.Args[0])
	c.Env = append(os.Environ(), envRole+"="+role, envDir+"="+p.dir, envPoint+"="+point, fmt.Sprint(envTimes, "=", nth))
	c.Stderr = os.Stderr
	os.Remove(filepath.Join(p.dir, role+".sock"))
	if err := c.Start(); err != nil {
		p.t.Error(err)
		return
	}
	gone := make(chan struct{})
	p.child[role], p.died[role] = c, gone
	go func() {
		c.Wait()
		close(gone)
	}()
	for range 2000 {
		if _, err := os.Stat(filepath.Join(p.dir, role+".sock")); err == nil {
			return
		}
		select {
		case <-gone: // killed before it could listen
			return
		case <-time.After(2 * time.Millisecond):
		}
	}
}

// ask calls a service until it answers, and starts it again when it has died.
func (p *platform) ask(role string, op byte, q []byte) []byte {
	for range 200 {
		a, err := call(p.dir, role, op, q)
		if err == nil {
			return a
		}
		p.revive(role)
	}
	p.t.Errorf("the %s does not answer", role)
	return nil
}

// revive starts a service again if it has died.
func (p *platform) revive(role string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	select {
	case <-p.died[role]:
		p.deaths++
		if s := p.child[role].ProcessState.Sys().(syscall.WaitStatus); !s.Signaled() || s.Signal() != syscall.SIGKILL {
			p.t.Errorf("the %s ended by itself: %v", role, p.child[role].ProcessState)
		}
		p.start(role, "", 0)
	case <-time.After(5 * time.Millisecond):
	}
}

// do asks for an operation until it is done.
func (p *platform) do(role string, op byte) {
	var a []byte
	for range 20 {
		if a = p.ask(role, op, nil); string(a) == "done" {
			return
		}
		p.revive("urn") // the roll may have asked it in vain
	}
	p.t.Errorf("operation %c of the %s: %s", op, role, a)
}

func (p *platform) stop() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for role, c := range p.child {
		c.Process.Kill()
		<-p.died[role]
	}
	clear(p.child)
}

func (p *platform) ServeReserve(_ context.Context, q []byte) []byte { return p.ask("roll", 'r', q) }
func (p *platform) ServeMark(_ context.Context, q []byte) []byte    { return p.ask("roll", 'm', q) }
func (p *platform) ServeAppend(_ context.Context, q []byte) []byte  { return p.ask("urn", 'a', q) }

func (p *platform) device(elector int) *voter.Device {
	return newDevice(p.t, p.fixture, p.fixture.Roll.Verifier(), p.fixture.Urn.Verifier(), 0, elector, elector)
}

// cast lets a device come to its end, or as far as the stage.
func (p *platform) cast(d *voter.Device, until voter.Stage) {
	for range 50 {
		if d.Stage() >= until {
			return
		}
		if err := d.Step(ctx, p, p); err != nil && !errors.Is(err, urn.ErrBusy) && !errors.Is(err, roll.ErrBusy) {
			p.t.Error(err)
			return
		}
	}
	p.t.Errorf("a device stays at stage %d", d.Stage())
}

// end closes the vote and compares: ballots, marks and promises are the same, in
// number and one by one.
func (p *platform) end(devices []*voter.Device) {
	t := p.t
	t.Helper()
	p.do("urn", 'C')
	p.do("roll", 'S')
	p.do("roll", 'T')
	p.stop()
	r, u := openStores(t, p.dir)
	defer r.Shut()
	defer u.Shut()
	plain := func(k note.Signer) note.Signer { return k }
	us, err := urnService(p.world, u, plain)
	if err != nil {
		t.Fatal(err)
	}
	rs, err := rollService(p.world, r, plain)
	if err != nil {
		t.Fatal(err)
	}
	count, err := p.fixture.Count(t, us, 0, urn.NewBook())
	if err != nil {
		t.Fatal(err)
	}
	var marks bytes.Buffer
	st, err := rs.Statement(ctx, 0, &marks)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.world.rollRules().ReadMarks(bytes.NewReader(marks.Bytes()), 1, nil); err != nil {
		t.Error(err)
	}
	logged := map[urn.Hash]bool{}
	if err := u.Leaves(ctx, testScope, 0, 0, 1<<40, func(leaf []byte) error {
		b, err := urn.ReadEnvelope(leaf[1:])
		logged[b.Hash()] = true
		return err
	}); err != nil {
		t.Fatal(err)
	}
	marked := map[uint32]bool{}
	if err := r.Marks(ctx, roll.Scope(testScope), 0, func(s roll.Signed) error { marked[s.Elector] = true; return nil }); err != nil {
		t.Fatal(err)
	}
	promises := 0
	for i, d := range devices {
		promised := len(d.Promise()) > 0
		if promised {
			promises++
		}
		if promised != logged[d.Receipt()] || promised != marked[uint32(i)] {
			t.Errorf("elector %d: promise %v, ballot %v, mark %v", i, promised, logged[d.Receipt()], marked[uint32(i)])
		}
	}
	if count.Ballots != promises || st.Marks != promises {
		t.Errorf("%d ballots, %d marks, %d promises", count.Ballots, st.Marks, promises)
	}
	keys, err := os.ReadDir(filepath.Join(p.dir, "urn", "keys"))
	if err != nil || len(keys) > 1 {
		t.Errorf("%d batch keys are left: %v", len(keys), err)
	}
	if n, err := u.Pending(ctx, testScope); err != nil || len(n) > 0 {
		t.Errorf("pending: %v, %v", n, err)
	}
}

// TestKilled kills a service at each point, once, while twelve electors vote, one
// of whom gives up after his reservation and one after his ballot. (S004-02a, S002-g2)
func TestKilled(t *testing.T) {
	const electors = 12
	for _, c := range []struct {
		role, point string
		nth         int
	}{
		{"roll", "reserve:before", 3}, {"roll", "reserve:after", 3}, {"roll", "roll:sign", 6},
		{"roll", "mark:before", 3}, {"roll", "mark:after", 3}, {"roll", "release:before", 1}, {"roll", "release:after", 1},
		{"roll", "forget:before", 1}, {"roll", "forget:after", 2},
		{"urn", "append:after", 1}, {"urn", "append:before", 6}, {"urn", "append:after", 6},
		{"urn", "urn:sign", 1}, {"urn", "urn:sign", 2}, {"urn", "urn:sign", 3},
		{"urn", "void:before", 1}, {"urn", "void:after", 1},
		{"urn", "flush:logged", 1}, {"urn", "flush:renewed", 1}, {"urn", "flush:flushed", 2},
		{"urn", "flush:emptied", 3}, {"urn", "flush:destroyed", 3}, {"urn", "flush:after", 2},
		{"urn", "checkpoint:before", 2}, {"urn", "checkpoint:after", 2},
		{"urn", "close:before", 1}, {"urn", "close:after", 1}, {"urn", "flush:renewed", 3},
	} {
		t.Run(strings.ReplaceAll(fmt.Sprint(c.point, "#", c.nth), ":", "-"), func(t *testing.T) {
			t.Parallel()
			p := newPlatform(t, electors, 2)
			p.mu.Lock()
			for _, role := range []string{"urn", "roll"} {
				if role == c.role {
					p.start(role, c.point, c.nth)
				} else {
					p.start(role, "", 0)
				}
			}
			p.mu.Unlock()
			var devices []*voter.Device
			for i := range electors {
				d := p.device(i)
				devices = append(devices, d)
				until := voter.Marked
				switch i {
				case 5:
					until = voter.Reserved
				case 7:
					until = voter.Appended
				}
				p.cast(d, until)
				if i%4 == 3 {
					p.do("urn", 'F')
					p.do("roll", 'T')
				}
			}
			p.end(devices)
			if p.deaths != 1 {
				t.Errorf("the %s died %d times", c.role, p.deaths)
			}
		})
	}
}

// TestKilledAtRandom kills both services again and again while many vote at once.
func TestKilledAtRandom(t *testing.T) {
	const electors = 120
	p := newPlatform(t, electors, 3)
	p.mu.Lock()
	p.start("urn", "", 0)
	p.start("roll", "", 0)
	p.mu.Unlock()
	devices := make([]*voter.Device, electors)
	for i := range devices {
		devices[i] = p.device(i)
	}
	stop := make(chan struct{})
	var killing sync.WaitGroup
	killing.Go(func() {
		for {
			select {
			case <-stop:
				return
			case <-time.After(time.Duration(30+mathrand.IntN(120)) * time.Millisecond):
			}
			p.mu.Lock()
			p.child[[]string{"roll", "urn"}[mathrand.IntN(2)]].Process.Kill()
			p.mu.Unlock()
		}
	})
	var voting sync.WaitGroup
	next := make(chan int)
	for range 6 {
		voting.Go(func() {
			for i := range next {
				p.cast(devices[i], voter.Marked)
				if i%20 == 19 {
					p.do("urn", 'F')
				}
			}
		})
	}
	for i := range devices {
		next <- i
	}
	close(next)
	voting.Wait()
	close(stop)
	killing.Wait()
	p.end(devices)
	t.Logf("%d deaths", p.deaths)
	if p.deaths == 0 {
		t.Error("nothing died")
	}
}
