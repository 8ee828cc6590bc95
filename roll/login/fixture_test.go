package login_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"isoloir/account/exchange"
	"isoloir/ratelimit"
	"isoloir/roll"
	"isoloir/roll/login"
	"isoloir/roll/login/logintest"
	"isoloir/roll/rolltest"
	"isoloir/roll/sqlite"
	"isoloir/scrutin"
)

var (
	ctx    = context.Background()
	opens  = time.Date(2026, 12, 3, 8, 0, 0, 0, time.UTC)
	closes = opens.AddDate(0, 0, 7)
	home   = ratelimit.Network{1}
)

// vote is a roll at work, with the clock, the acts and the issuers in hand.
type vote struct {
	*logintest.Fixture
	t      testing.TB
	path   string
	store  *sqlite.Store
	config login.Config
	*login.Service

	now    time.Time
	window login.Window
	outbox outbox
}

// outbox is the issuers, as far as codes go.
type outbox struct {
	mu     sync.Mutex
	sent   []exchange.Validation
	by     []string // channels
	fails  bool
	nobody bool // has an address
}

func (o *outbox) Send(_ context.Context, channel string, c exchange.Validation) (string, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.fails {
		return "", errors.New("the gateway is down")
	}
	if o.nobody {
		return "", fmt.Errorf("no address: %w", roll.ErrElector)
	}
	o.sent, o.by = append(o.sent, c), append(o.by, channel)
	return "m…@e…", nil
}

// digits are those that were sent last.
func (o *outbox) digits() string { return o.sent[len(o.sent)-1].Digits }

// newVote has every elector's codes deposited, a minute after the opening.
func newVote(t testing.TB, electors int, edit func(*scrutin.Manifest)) *vote {
	t.Helper()
	v := &vote{Fixture: logintest.New(t, rolltest.New(t, 2, electors), edit), t: t, path: filepath.Join(t.TempDir(), "roll.db"),
		now: opens.Add(time.Minute), window: login.Window{Open: opens, Close: closes, Ends: closes.Add(15 * time.Minute)}}
	v.start(login.ProposedLimits())
	t.Cleanup(func() { v.store.Shut() })
	var people []roll.Elector
	for u, secrets := range v.Secrets {
		for i := range secrets {
			people = append(people, roll.Elector{Urn: uint16(u), Number: uint32(i), Reference: string(rune('a'+u)) + string(rune('0'+i)), College: "agents", Language: "fr",
				Channels: []string{"email"}, Born: "1971-05-24", Family: "Maréchal"})
		}
	}
	if err := v.store.Import(ctx, v.Scope, func(yield func(roll.Elector, error) bool) {
		for _, p := range people {
			if !yield(p, nil) {
				return
			}
		}
	}); err != nil {
		t.Fatal(err)
	}
	for issuer, lines := range v.Deposits() {
		v.deposit(v.Note(t, issuer, lines...))
	}
	return v
}

// start opens the store and makes a service over it, as a process does that starts.
func (v *vote) start(limits login.Limits) {
	v.t.Helper()
	var err error
	if v.store != nil {
		v.store.Shut()
	}
	if v.store, err = sqlite.Open(ctx, v.path, sqlite.Options{}); err != nil {
		v.t.Fatal(err)
	}
	c := v.Fixture.Config(v.store)
	c.Now = func() time.Time { return v.now }
	c.Open = func(at time.Time) bool { return v.window.Voting(at) }
	v.config = login.Config{Roll: roll.NewService(c), Store: v.store, Manifest: v.Manifest, Key: [32]byte{7},
		Window: func() login.Window { return v.window }, Sender: &v.outbox, Limits: limits}
	if v.Service, err = login.New(v.config); err != nil {
		v.t.Fatal(err)
	}
}

func (v *vote) deposit(note []byte) {
	v.t.Helper()
	if err := v.put(note); err != nil {
		v.t.Fatal(err)
	}
}

func (v *vote) put(note []byte) error {
	return login.Deposit(ctx, v.store, v.Scope, v.Manifest, v.Fingerprint(), note)
}

func at(urn uint16, elector uint32) roll.Place { return roll.Place{Urn: urn, Elector: elector} }

// request answers a fresh challenge for an elector with the codes of another one, or
// his own.
func (v *vote) request(codes, p roll.Place) login.LoginRequest {
	v.t.Helper()
	c, err := v.Hello(login.HelloRequest{Place: p})
	if err != nil {
		v.t.Fatal(err)
	}
	return v.Answer(v.t, codes, p, c)
}

// login logs an elector in.
func (v *vote) login(p roll.Place) login.LoginAnswer {
	v.t.Helper()
	a, err := v.Login(ctx, home, v.request(p, p))
	if err != nil {
		v.t.Fatal(err)
	}
	return a
}

// reserve tries to reserve in a session.
func (v *vote) reserve(s login.Secret, p roll.Place) error {
	_, err := v.Reserve(ctx, s, v.Request(v.t, int(p.Urn), int(p.Elector)))
	return err
}

// college sets what is asked besides the codes.
func college(validation scrutin.Validation, factors ...scrutin.Factor) func(*scrutin.Manifest) {
	return func(m *scrutin.Manifest) {
		m.Colleges[0].Factors = append(m.Colleges[0].Factors, factors...)
		m.Colleges[0].Validation = validation
	}
}

var (
	byEmail  = scrutin.Validation{Kind: "code", Channel: "email"}
	byText   = scrutin.Validation{Kind: "code", Channel: "sms"}
	question = scrutin.Validation{Kind: "question", Channel: "none"}
	nothing  = scrutin.Validation{Kind: "none", Channel: "none"}
)

// want compares an error with the refusal that is right.
func want(t testing.TB, what string, err, refusal error) {
	t.Helper()
	if !errors.Is(err, refusal) {
		t.Errorf("%s: %v, not %v", what, err, refusal)
	}
}
