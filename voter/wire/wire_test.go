package wire_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"isoloir/account/exchange"
	"isoloir/crypto/group"
	"isoloir/portal/guard"
	"isoloir/portal/rollapi"
	"isoloir/portal/urnapi"
	"isoloir/roll"
	"isoloir/roll/login"
	"isoloir/roll/login/logintest"
	"isoloir/roll/rolltest"
	rollsqlite "isoloir/roll/sqlite"
	"isoloir/scrutin"
	"isoloir/urn"
	urnsqlite "isoloir/urn/sqlite"
	"isoloir/urn/urntest"
	"isoloir/voter"
	"isoloir/voter/wire"
)

const page = "https://vote.example"

var ctx = context.Background()

// vote is a roll and an urn on origins of their own, and their electors.
type vote struct {
	*logintest.Fixture
	urns     *urntest.Fixture
	store    *rollsqlite.Store
	rollSide wire.Service
	urnSide  wire.Service
	sent     chan string // digits
}

func (v *vote) Send(_ context.Context, _ string, c exchange.Validation) (string, error) {
	v.sent <- c.Digits
	return "m…@e…", nil
}

func newVote(t testing.TB, electors int, edit func(*scrutin.Manifest)) *vote {
	t.Helper()
	v := &vote{urns: urntest.New(t, urntest.Size{Electors: electors}), sent: make(chan string, 10)}
	rolls := &rolltest.Fixture{Scope: roll.Scope(v.urns.Scope), Secrets: v.urns.Secrets, Roll: v.urns.Roll, Urn: v.urns.Urn}
	for u, r := range v.urns.Rules {
		points := make([]group.Point, electors)
		for i, x := range v.urns.Secrets[u] {
			points[i] = group.MulBase(x)
		}
		rolls.Rules = append(rolls.Rules, &roll.Rules{Manifest: r.Manifest, Opening: r.Opening, Number: r.Number, Name: r.Name, Keys: group.EncodeBatch(points, 0)})
	}
	v.Fixture = logintest.New(t, rolls, edit)
	dir := t.TempDir()
	rollStore, err := rollsqlite.Open(ctx, filepath.Join(dir, "roll.db"), rollsqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	v.store = rollStore
	urnStore, err := urnsqlite.Open(ctx, filepath.Join(dir, "urn.db"), filepath.Join(dir, "keys"), urnsqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now()
	window := login.Window{Open: now.Add(-time.Hour), Close: now.Add(time.Hour), Ends: now.Add(time.Hour)}
	doors, err := login.New(login.Config{Roll: roll.NewService(v.Config(rollStore)), Store: rollStore, Manifest: v.Manifest, Key: [32]byte{1},
		Window: func() login.Window { return window }, Sender: v})
	if err != nil {
		t.Fatal(err)
	}
	for issuer, lines := range v.Deposits() {
		if err := login.Deposit(ctx, rollStore, v.Scope, v.Manifest, v.Fingerprint(), v.Note(t, issuer, lines...)); err != nil {
			t.Fatal(err)
		}
	}
	g := guard.New(guard.Config{Now: time.Now})
	client := wire.Client(50)
	serve := func(h http.Handler) wire.Service {
		s := httptest.NewServer(h)
		t.Cleanup(s.Close)
		return wire.Service{Origin: s.URL, Page: page, Client: client}
	}
	v.rollSide = serve(rollapi.New(rollapi.Config{Login: doors, Guard: g, Portal: page}))
	v.urnSide = serve(urnapi.New(urnapi.Config{Urn: v.urns.Service(t, urnStore), Guard: g, Portal: page}))
	t.Cleanup(func() { rollStore.Shut(); urnStore.Shut() })
	return v
}

func (v *vote) elector(number int) voter.Elector {
	return voter.Elector{Manifest: v.Manifest, Fingerprint: v.Fingerprint(), Opening: scrutin.Digest(v.Rules[0].Opening), Number: uint32(number)}
}

// cast goes the whole way of a voter, up to the device with its mark.
func (v *vote) cast(number int, prove func(*voter.Session) error) (*voter.Device, error) {
	e, r := v.elector(number), v.urns.Rules[0]
	s, err := voter.Login(ctx, v.rollSide.Ask, e, e.Stretch(v.Codes[0][number]))
	if err != nil {
		return nil, err
	}
	x, err := s.Open(ctx)
	if err != nil {
		return nil, err
	}
	if err := voter.FindAccount(ctx, v.urnSide.Ask, 0, r.Base, x, r.Accounts.Root(), r.Accounts.Len()); err != nil {
		return nil, err
	}
	d, err := voter.New(r, v.urns.Roll.Verifier(), v.urns.Urn.Verifier(), uint32(number), x, []group.Point{v.urns.Options[0][number%2]})
	if err != nil {
		return nil, err
	}
	if err := prove(s); err != nil {
		return nil, err
	}
	if err := d.Cast(ctx, s, voter.UrnOf(v.urnSide.Ask)); err != nil {
		return nil, err
	}
	if _, err := s.Open(ctx); err != nil || s.State != login.Voted {
		return nil, errors.Join(err, errors.New("the session does not know that he has voted"))
	}
	return d, s.Leave(ctx)
}

// TestVoters goes from two codes to the mark, over HTTP, with digits in between.
func TestVoters(t *testing.T) {
	v := newVote(t, 4, func(m *scrutin.Manifest) {
		m.Colleges[0].Validation = scrutin.Validation{Kind: "code", Channel: "sms"}
	})
	for number := range 3 {
		d, err := v.cast(number, func(s *voter.Session) error {
			if s.Step != login.ByText || s.State != login.MayVote {
				t.Errorf("%+v", s)
			}
			if err := s.Prove(ctx, "0"); !errors.Is(err, roll.ErrCode) {
				t.Errorf("before any digits: %v", err)
			}
			if a, err := s.Send(ctx); err != nil || a.Hint != "m…@e…" {
				t.Errorf("%+v, %v", a, err)
			}
			if err := s.Extend(ctx); err != nil {
				t.Error(err)
			}
			return s.Prove(ctx, <-v.sent)
		})
		if err != nil || d.Stage() != voter.Marked {
			t.Fatal(err)
		}
	}
	if _, err := v.cast(3, func(*voter.Session) error { return nil }); !errors.Is(err, roll.ErrUnproven) {
		t.Errorf("without digits: %v", err)
	}
	e := v.elector(3)
	if _, err := voter.Login(ctx, v.rollSide.Ask, e, e.Stretch(v.Codes[0][2])); !errors.Is(err, roll.ErrLogin) {
		t.Errorf("with the codes of another: %v", err)
	}
	x := group.RandomScalar()
	r := v.urns.Rules[0]
	if err := voter.FindAccount(ctx, v.urnSide.Ask, 0, r.Base, x, r.Accounts.Root(), r.Accounts.Len()); !errors.Is(err, urn.ErrAccount) {
		t.Errorf("an account of nobody: %v", err)
	}
	if err := voter.FindAccount(ctx, v.urnSide.Ask, 0, r.Base, v.Secrets[0][1], urn.Hash{}, r.Accounts.Len()); !errors.Is(err, voter.ErrAnswer) {
		t.Errorf("under another root: %v", err)
	}
}

// TestLiars has a roll answer a login with what is not right.
func TestLiars(t *testing.T) {
	v := newVote(t, 2, nil)
	e := v.elector(0)
	stretched := e.Stretch(v.Codes[0][0])
	lie := func(at string, f func([]byte) []byte) voter.Ask {
		return func(ctx context.Context, name string, request []byte) ([]byte, error) {
			b, err := v.rollSide.Ask(ctx, name, request)
			if name == at {
				b = f(b)
			}
			return b, err
		}
	}
	say := func(b ...byte) func([]byte) []byte { return func([]byte) []byte { return b } }
	for name, c := range map[string]struct {
		ask  voter.Ask
		want error
	}{
		"no answer":             {lie("hello", say()), roll.ErrFormat},
		"no such refusal":       {lie("login", say(200)), roll.ErrFormat},
		"a short challenge":     {lie("hello", say(0, 1, 2)), voter.ErrAnswer},
		"another challenge":     {lie("hello", func(b []byte) []byte { b[9] ^= 1; return b }), roll.ErrSession},
		"a step that is none":   {lie("login", func(b []byte) []byte { b[41] = 9; return b }), roll.ErrFormat},
		"a state that is none":  {lie("open", func(b []byte) []byte { b[1] = 3; return b }), roll.ErrFormat},
		"a half that is none":   {lie("open", func(b []byte) []byte { b[34] = 0xff; return b }), voter.ErrAnswer},
		"halves of no secret":   {lie("open", halves(stretched[0].Mask, stretched[1].Mask)), voter.ErrAnswer},
		"a refusal of the roll": {lie("open", say(roll.RefusalNumber(roll.ErrBusy))), roll.ErrBusy},
	} {
		s, err := voter.Login(ctx, c.ask, e, stretched)
		if err == nil {
			_, err = s.Open(ctx)
		}
		if !errors.Is(err, c.want) {
			t.Errorf("%s: %v, not %v", name, err, c.want)
		}
	}
}

// halves puts two masked halves into an answer.
func halves(a, b group.Scalar) func([]byte) []byte {
	return func(answer []byte) []byte {
		first, second := a.Bytes(), b.Bytes()
		copy(answer[3:], first[:])
		copy(answer[35:], second[:])
		return answer
	}
}

// TestWire answers in ways that no service does, or only when it must.
func TestWire(t *testing.T) {
	var answer http.HandlerFunc
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { answer(w, r) }))
	defer server.Close()
	s := wire.Service{Origin: server.URL, Client: wire.Client(1)}
	status := func(code int, body string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Retry-After", "7")
			w.Header().Set("Location", "/")
			w.WriteHeader(code)
			w.Write([]byte(body))
		}
	}
	for name, c := range map[string]struct {
		answer http.HandlerFunc
		want   string
		status int
	}{
		"an answer":             {status(200, "\x00abc"), "\x00abc", 0},
		"the refusal to wait":   {status(429, "\x0f"), "\x0f", 0},
		"to wait, without byte": {status(429, ""), "", 429},
		"starting":              {status(503, ""), "", 503},
		"elsewhere":             {status(303, ""), "", 303},
		"too long":              {status(200, strings.Repeat("a", 64<<10+1)), "", 200},
		"half": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "10")
			w.Write([]byte("abc"))
		}, "", 200},
	} {
		answer = c.answer
		got, err := s.Ask(ctx, "x", nil)
		var said *wire.StatusError
		if string(got) != c.want || (err == nil) != (c.status == 0) {
			t.Errorf("%s: %q, %v", name, got, err)
		}
		if errors.As(err, &said) && (said.Status != c.status || said.After != 7*time.Second) || c.status > 200 && said == nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	server.Close()
	if b := voter.UrnOf(s.Ask).ServeAppend(ctx, nil); len(b) != 1 {
		t.Errorf("%x", b)
	} else if a, err := urn.ParseAppendAnswer(b); err != nil || !errors.Is(a.Err, urn.ErrBusy) {
		t.Errorf("%v, %v", a, err)
	}
}

// BenchmarkVote is the whole way of voters, many at once, both services and the
// devices in one process; the codes are stretched at no cost to speak of.
func BenchmarkVote(b *testing.B) {
	const together = 100
	v := newVote(b, b.N*together, nil)
	b.ResetTimer()
	for i := range b.N {
		var wg sync.WaitGroup
		for j := range together {
			wg.Go(func() {
				if _, err := v.cast(i*together+j, func(*voter.Session) error { return nil }); err != nil {
					b.Error(err)
				}
			})
		}
		wg.Wait()
	}
	b.ReportMetric(float64(b.N*together)/b.Elapsed().Seconds(), "votes/s")
}
