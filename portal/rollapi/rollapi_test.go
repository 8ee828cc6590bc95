package rollapi_test

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"isoloir/account/exchange"
	"isoloir/portal/guard"
	"isoloir/portal/rollapi"
	"isoloir/ratelimit"
	"isoloir/roll"
	"isoloir/roll/login"
	"isoloir/roll/login/logintest"
	"isoloir/roll/rolltest"
	"isoloir/roll/sqlite"
	"isoloir/scrutin"
)

const (
	page   = "https://vote.example"
	octets = "application/octet-stream"
)

var (
	ctx    = context.Background()
	opens  = time.Date(2026, 12, 3, 8, 0, 0, 0, time.UTC)
	closes = opens.AddDate(0, 0, 7)
)

// origin is the roll's origin over a store, and who speaks to it.
type origin struct {
	*logintest.Fixture
	h      http.Handler
	login  *login.Service
	links  [][32]byte
	now    time.Time
	window login.Window
	sent   []string
}

// Send implements login.Sender.
func (o *origin) Send(_ context.Context, _ string, v exchange.Validation) (string, error) {
	o.sent = append(o.sent, v.Digits)
	return "m…@e…", nil
}

func newOrigin(t testing.TB, limits login.Limits, edit func(*rollapi.Config)) *origin {
	t.Helper()
	store, err := sqlite.Open(ctx, filepath.Join(t.TempDir(), "roll.db"), sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { store.Shut() })
	o := &origin{links: [][32]byte{{1, 2, 3}, {4, 5, 6}}, now: opens, window: login.Window{Open: opens, Close: closes, Ends: closes.Add(15 * time.Minute)}}
	o.Fixture = logintest.New(t, rolltest.New(t, 2, 4), func(m *scrutin.Manifest) {
		m.Colleges[0].Validation = scrutin.Validation{Kind: "code", Channel: "email"}
	})
	c := o.Config(store)
	c.Now = func() time.Time { return o.now }
	c.Open = func(at time.Time) bool { return o.window.Voting(at) }
	if o.login, err = login.New(login.Config{Roll: roll.NewService(c), Store: store, Manifest: o.Manifest, Key: [32]byte{7},
		Window: func() login.Window { return o.window }, Sender: o, Limits: limits}); err != nil {
		t.Fatal(err)
	}
	config := rollapi.Config{Login: o.login, Guard: guard.New(guard.Config{Now: c.Now}), Portal: page, Links: o.links,
		Deposit: func(ctx context.Context, note []byte) error {
			return login.Deposit(ctx, store, o.Scope, o.Manifest, o.Fingerprint(), note)
		}}
	if edit != nil {
		edit(&config)
	}
	o.h = rollapi.New(config)
	return o
}

// ask sends a request with headers given as pairs.
func (o *origin) ask(method, path string, body []byte, headers ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, path, bytes.NewReader(body))
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	o.h.ServeHTTP(w, r)
	return w
}

// post sends a message as a page does: what follows the byte 0, or the refusal.
func (o *origin) post(t *testing.T, name string, body []byte) ([]byte, error) {
	t.Helper()
	w := o.ask("POST", "/v1/"+name, body, "Content-Type", octets, "Origin", page)
	if w.Code != 200 && w.Code != 429 || w.Header().Get("Content-Type") != octets || w.Header().Get("Cache-Control") != "no-store" {
		t.Fatalf("%s: %d %v", name, w.Code, w.Header())
	}
	refusal, refused, err := roll.ParseRefusal(w.Body.Bytes())
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	if refused {
		return nil, refusal
	}
	return w.Body.Bytes()[1:], nil
}

// deposit sends a note over the link of the first issuer, or the second.
func (o *origin) deposit(t *testing.T, link int, note []byte) byte {
	t.Helper()
	w := o.ask("POST", "/link/v1/deposit", note, "Authorization", "Bearer "+hex.EncodeToString(o.links[link][:]))
	if w.Code != 200 || w.Body.Len() != 1 {
		t.Fatalf("deposit: %d %x", w.Code, w.Body)
	}
	return w.Body.Bytes()[0]
}

func (o *origin) depositAll(t *testing.T) {
	t.Helper()
	for issuer, lines := range o.Deposits() {
		if b := o.deposit(t, issuer, o.Note(t, issuer, lines...)); b != 0 {
			t.Fatalf("deposit refused: %d", b)
		}
	}
}

func (o *origin) begin(t *testing.T, p roll.Place) (login.LoginAnswer, error) {
	t.Helper()
	challenge, err := o.post(t, "hello", login.HelloRequest{Place: p}.Bytes())
	if err != nil {
		return login.LoginAnswer{}, err
	}
	b, err := o.post(t, "login", o.Answer(t, p, p, login.Challenge(challenge)).Bytes())
	if err != nil {
		return login.LoginAnswer{}, err
	}
	return login.ParseLoginAnswer(b)
}

// TestAccess asks every endpoint in every way, in every phase of the vote. (S003-28-2)
func TestAccess(t *testing.T) {
	methods := []string{"GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS"}
	origins := []string{"", page, "https://evil.example", "null", strings.ToUpper(page)}
	types := []string{octets, octets + "; charset=x", "", "text/plain", "application/json", "application/x-www-form-urlencoded", "multipart/form-data"}
	nowhere := []string{"/", "/v1/", "/v1/append", "/v1/deposit", "/v1/hello/", "/link/v1/", "/link/v1/notify", "/link/v1/fate", "/secrets"}
	o := newOrigin(t, login.Limits{}, nil)
	suspended := o.window
	suspended.Suspended = true
	open := o.window
	for _, phase := range []struct {
		name string
		at   time.Time
		acts login.Window
	}{
		{"before the opening", opens.Add(-time.Minute), open},
		{"open", opens, open},
		{"suspended", opens.Add(time.Hour), suspended},
		{"grace", closes, open},
		{"closed", open.Ends, open},
	} {
		o.now, o.window = phase.at, phase.acts
		for _, from := range origins {
			foreign := from != "" && from != page
			for _, method := range methods {
				for _, media := range types {
					for _, name := range login.Messages {
						want := http.StatusOK
						switch {
						case foreign:
							want = http.StatusForbidden
						case method != "POST":
							want = http.StatusMethodNotAllowed
						case !strings.HasPrefix(media, octets):
							want = http.StatusUnsupportedMediaType
						}
						w := o.ask(method, "/v1/"+name, []byte("x"), "Origin", from, "Content-Type", media)
						if w.Code != want || want == 200 && !bytes.Equal(w.Body.Bytes(), []byte{1}) || want != 200 && w.Body.Len() != 0 {
							t.Errorf("%s: %s %s from %q as %q: %d %x, not %d", phase.name, method, name, from, media, w.Code, w.Body, want)
						}
					}
				}
				for _, path := range nowhere {
					want := http.StatusNotFound
					switch {
					case foreign:
						want = http.StatusForbidden
					case method != "GET" && method != "HEAD":
						want = http.StatusMethodNotAllowed
					}
					if w := o.ask(method, path, nil, "Origin", from); w.Code != want {
						t.Errorf("%s: %s %s from %q: %d, not %d", phase.name, method, path, from, w.Code, want)
					}
				}
			}
		}
		o.tryLinks(t, phase.name)
	}
}

// tryLinks asks for a deposit in every way. A note that is none is refused in bytes.
func (o *origin) tryLinks(t *testing.T, phase string) {
	t.Helper()
	first, second := "Bearer "+hex.EncodeToString(o.links[0][:]), "Bearer "+hex.EncodeToString(o.links[1][:])
	for name, c := range map[string]struct {
		method string
		head   []string
		want   int
	}{
		"an issuer":            {"POST", []string{"Authorization", first}, 200},
		"the other issuer":     {"POST", []string{"Authorization", second}, 200},
		"nobody":               {"POST", nil, 403},
		"another secret":       {"POST", []string{"Authorization", second[:len(second)-1] + "f"}, 403},
		"no scheme":            {"POST", []string{"Authorization", second[7:]}, 403},
		"both":                 {"POST", []string{"Authorization", first + ", " + second}, 403},
		"an issuer, by GET":    {"GET", []string{"Authorization", second}, 405},
		"a page with a secret": {"POST", []string{"Authorization", second, "Origin", page}, 403},
		"a browser":            {"POST", []string{"Authorization", first, "Sec-Fetch-Site", "same-origin"}, 403},
	} {
		w := o.ask(c.method, "/link/v1/deposit", []byte("x"), c.head...)
		if w.Code != c.want || c.want == 200 && !bytes.Equal(w.Body.Bytes(), []byte{1}) {
			t.Errorf("%s: link from %s: %d %x, not %d", phase, name, w.Code, w.Body, c.want)
		}
		if w.Header().Get("Access-Control-Allow-Origin") != "" {
			t.Errorf("%s: a link admits a page", phase)
		}
	}
}

// TestNoLink wants the link to exist only where it is configured.
func TestNoLink(t *testing.T) {
	o := newOrigin(t, login.Limits{}, func(c *rollapi.Config) { c.Links = nil })
	if w := o.ask("POST", "/link/v1/deposit", nil, "Authorization", "Bearer "+strings.Repeat("0", 64)); w.Code != 405 {
		t.Errorf("%d", w.Code)
	}
}

// TestStarting asks before there is an opening record: devices wait, issuers deposit.
func TestStarting(t *testing.T) {
	o := newOrigin(t, login.Limits{}, func(c *rollapi.Config) { c.Login = nil })
	for _, name := range login.Messages {
		if w := o.ask("POST", "/v1/"+name, []byte("x"), "Content-Type", octets); w.Code != 503 || w.Header().Get("Retry-After") == "" || w.Body.Len() != 0 {
			t.Errorf("%s: %d", name, w.Code)
		}
	}
	o.depositAll(t)
}

// TestPhases votes over HTTP in every phase.
func TestPhases(t *testing.T) {
	o := newOrigin(t, login.Limits{}, nil)
	o.depositAll(t)
	suspended := o.window
	suspended.Suspended = true
	open := o.window
	for i, c := range []struct {
		name           string
		begin, at      time.Time
		acts           login.Window
		login, reserve error
	}{
		{"before the opening", opens.Add(-time.Second), opens.Add(-time.Second), open, roll.ErrClosed, nil},
		{"open", opens, opens.Add(time.Minute), open, nil, nil},
		{"suspended", opens, opens.Add(time.Minute), suspended, nil, roll.ErrClosed},
		{"grace", closes.Add(-time.Second), open.Ends.Add(-time.Second), open, nil, nil},
		{"grace, too late", closes, closes, open, nil, roll.ErrClosed},
		{"closed meanwhile", closes.Add(-time.Second), open.Ends, open, nil, roll.ErrSession},
		{"closed", open.Ends, open.Ends, open, nil, roll.ErrClosed},
	} {
		p := roll.Place{Urn: uint16(i % 2), Elector: uint32(i / 2)}
		o.now, o.window = c.begin, open
		s, err := o.begin(t, p)
		if !errors.Is(err, c.login) {
			t.Fatalf("%s: login: %v", c.name, err)
		}
		if err != nil {
			continue
		}
		request := append(bytes.Clone(s.Secret[:]), o.Request(t, int(p.Urn), int(p.Elector)).Bytes()...)
		if _, err := o.post(t, "reserve", request); !errors.Is(err, roll.ErrUnproven) {
			t.Errorf("%s: unproven: %v", c.name, err)
		}
		if _, err := o.post(t, "send", s.Secret[:]); err != nil {
			t.Fatalf("%s: send: %v", c.name, err)
		}
		if _, err := o.post(t, "prove", login.ProveRequest{Secret: s.Secret, Text: o.sent[len(o.sent)-1]}.Bytes()); err != nil {
			t.Fatalf("%s: prove: %v", c.name, err)
		}
		o.now, o.window = c.at, c.acts
		answer, err := o.post(t, "reserve", request)
		if !errors.Is(err, c.reserve) {
			t.Errorf("%s: reserve: %v, not %v", c.name, err, c.reserve)
		}
		if err != nil {
			continue
		}
		mark := roll.MarkRequest{ReserveRequest: o.Request(t, int(p.Urn), int(p.Elector)),
			Receipt: o.Says(t, scrutin.Appended, int(p.Urn), rolltest.HashOf([32]byte(answer)))}
		o.now = open.Ends.Add(time.Hour) // the ballot was in, and the answer lost
		if _, err := o.post(t, "mark", mark.Bytes()); err != nil {
			t.Errorf("%s: mark: %v", c.name, err)
		}
	}
}

// TestDeposits refuses notes in bytes, whoever carries them.
func TestDeposits(t *testing.T) {
	o := newOrigin(t, login.Limits{}, nil)
	o.depositAll(t)
	p := roll.Place{Urn: 1, Elector: 2}
	s, err := o.begin(t, p)
	if err != nil {
		t.Fatal(err)
	}
	other := o.Line(roll.Place{Urn: 1, Elector: 1}, 0, 0)
	other.Elector = 2
	for name, c := range map[string]struct {
		note []byte
		want error
	}{
		"the same again":         {o.Note(t, 0, o.Line(p, 0, 0)), nil},
		"of the same generation": {o.Note(t, 0, other), roll.ErrDeposit},
		"of nobody":              {[]byte(strings.Replace(string(o.Note(t, 0, o.Line(p, 0, 1))), "issuer-1 ", "issuer-2 ", 1)), roll.ErrSignature},
		"too long":               {make([]byte, exchange.MaxDepositsSize+1), roll.ErrFormat},
	} {
		want := byte(0)
		if c.want != nil {
			want = roll.RefusalNumber(c.want)
		}
		if got := o.deposit(t, 1, c.note); got != want {
			t.Errorf("%s: %d, not %d", name, got, want)
		}
	}
	if _, err := o.post(t, "open", s.Secret[:]); err != nil {
		t.Error("the session after that: ", err)
	}
	if b := o.deposit(t, 0, o.Note(t, 0, o.Line(p, 0, 1))); b != 0 {
		t.Fatal(b)
	}
	if _, err := o.post(t, "open", s.Secret[:]); !errors.Is(err, roll.ErrSession) {
		t.Error("the session after a renewal: ", err)
	}
}

// TestLimits tries too often: the refusal to wait is said in HTTP too.
func TestLimits(t *testing.T) {
	p := roll.Place{Urn: 0, Elector: 1}
	for name, o := range map[string]*origin{
		"by network":             newOrigin(t, login.Limits{}, func(c *rollapi.Config) { c.Messages = ratelimit.Limit{Every: 7 * time.Second, Burst: 4} }),
		"by elector and network": newOrigin(t, login.Limits{Login: ratelimit.Limit{Every: 7 * time.Second, Burst: 2}}, nil),
	} {
		o.depositAll(t)
		for range 2 {
			if _, err := o.begin(t, p); err != nil {
				t.Fatalf("%s: %v", name, err)
			}
		}
		c, err := o.login.Hello(login.HelloRequest{Place: p})
		if err != nil {
			t.Fatal(err)
		}
		w := o.ask("POST", "/v1/login", o.Answer(t, p, p, c).Bytes(), "Content-Type", octets, "Origin", page)
		if w.Code != 429 || w.Header().Get("Retry-After") != "7" || !bytes.Equal(w.Body.Bytes(), []byte{15}) {
			t.Errorf("%s: %d %q %x", name, w.Code, w.Header().Get("Retry-After"), w.Body)
		}
		o.now = o.now.Add(7 * time.Second)
		if w := o.ask("POST", "/v1/login", o.Answer(t, p, p, c).Bytes(), "Content-Type", octets, "Origin", page); w.Code != 200 {
			t.Errorf("%s: after the wait: %d", name, w.Code)
		}
	}
}
