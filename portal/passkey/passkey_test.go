package passkey_test

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"isoloir/bve/journal"
	"isoloir/bve/journal/journaltest"
	"isoloir/bve/journal/sqlite"
	"isoloir/portal/guard"
	"isoloir/portal/passkey"
	"isoloir/portal/passkey/passkeytest"
)

const origin, host = "https://bureau.example", "bureau.example"

var ctx = context.Background()

type site struct {
	*journaltest.Bench
	Journal *journal.Journal
	Service *passkey.Service
	mux     *http.ServeMux
}

func newSite(t testing.TB) *site {
	t.Helper()
	store, err := sqlite.Open(ctx, filepath.Join(t.TempDir(), "bureau.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { store.Shut() })
	b := journaltest.NewBench(t, store)
	s := &site{Bench: b, Journal: b.Open(t), mux: http.NewServeMux()}
	now := func() time.Time { return b.At }
	g := guard.New(guard.Config{TLS: true, Passkeys: true, Now: now})
	if s.Service, err = passkey.New(passkey.Config{Store: store, Journal: s.Journal, Manifest: b.Manifest, Fingerprint: b.Fingerprint, Origin: origin, Guard: g, Now: now}); err != nil {
		t.Fatal(err)
	}
	s.Service.Mount(s.mux)
	s.mux.HandleFunc("/all", func(w http.ResponseWriter, r *http.Request) {
		switch m, err := s.Service.Who(r); {
		case err != nil:
			w.WriteHeader(http.StatusServiceUnavailable)
		case m == nil:
			w.WriteHeader(http.StatusUnauthorized)
		default:
			w.Write([]byte(m.ID))
		}
	})
	return s
}

// ask sends what a page of the bureau would send.
func (s *site) ask(t testing.TB, path, cookie string, body any, edit func(*http.Request)) *httptest.ResponseRecorder {
	t.Helper()
	raw, err := json.Marshal(body)
	if err != nil {
		t.Fatal(err)
	}
	q := httptest.NewRequest(http.MethodPost, origin+path, bytes.NewReader(raw))
	q.Header.Set("Content-Type", "application/json")
	q.Header.Set("Origin", origin)
	q.Header.Set("Sec-Fetch-Site", "same-origin")
	if cookie != "" {
		q.AddCookie(&http.Cookie{Name: passkey.Cookie, Value: cookie})
	}
	if edit != nil {
		edit(q)
	}
	w := httptest.NewRecorder()
	s.mux.ServeHTTP(w, q)
	return w
}

func (s *site) question(t testing.TB, path string, body any) *passkey.Question {
	t.Helper()
	w := s.ask(t, path, "", body, nil)
	if w.Code != http.StatusOK {
		t.Fatalf("%s: %d %s", path, w.Code, w.Body)
	}
	q := new(passkey.Question)
	if err := json.Unmarshal(w.Body.Bytes(), q); err != nil {
		t.Fatal(err)
	}
	return q
}

// admitted sends the second half, and gives the cookie, empty where nobody is admitted.
func (s *site) admitted(t testing.TB, path string, a *passkey.Answer) (cookie string, status int) {
	t.Helper()
	w := s.ask(t, path, "", a, nil)
	for _, c := range w.Result().Cookies() {
		if c.Name != passkey.Cookie || !c.Secure || !c.HttpOnly || c.SameSite != http.SameSiteStrictMode || c.Path != "/" || c.Domain != "" {
			t.Errorf("the cookie is %v", c)
		}
		cookie = c.Value
	}
	return cookie, w.Code
}

// join has a member make a passkey by an invitation.
func (s *site) join(t testing.TB, member string) (*passkeytest.Device, string) {
	t.Helper()
	code, err := s.Service.Invite(ctx, member)
	if err != nil {
		t.Fatal(err)
	}
	d := passkeytest.New(t, origin, host)
	cookie, status := s.admitted(t, passkey.RouteJoined, d.Make(t, s.question(t, passkey.RouteJoin, map[string]string{"code": strings.ToLower(code)})))
	if cookie == "" {
		t.Fatalf("%s cannot join: %d", member, status)
	}
	return d, cookie
}

func (s *site) login(t testing.TB, d *passkeytest.Device) (string, int) {
	t.Helper()
	return s.admitted(t, passkey.RouteLoggedIn, d.Use(t, s.question(t, passkey.RouteLogin, struct{}{})))
}

func (s *site) see(path, cookie string) int {
	q := httptest.NewRequest(http.MethodGet, origin+path, nil)
	if cookie != "" {
		q.AddCookie(&http.Cookie{Name: passkey.Cookie, Value: cookie})
	}
	w := httptest.NewRecorder()
	s.mux.ServeHTTP(w, q)
	return w.Code
}

func TestJoinAndLogin(t *testing.T) {
	s := newSite(t)
	d, first := s.join(t, "member-1")
	cookie, _ := s.login(t, d)
	if cookie == "" || cookie == first {
		t.Fatal("no session of its own")
	}
	for _, c := range []string{first, cookie} {
		if got := s.see("/all", c); got != http.StatusOK {
			t.Errorf("admitted with %d", got)
		}
	}
	if w := s.ask(t, passkey.RouteLeave, cookie, struct{}{}, nil); w.Code != http.StatusOK {
		t.Errorf("leaving: %d", w.Code)
	}
	if s.see("/all", cookie) != http.StatusUnauthorized || s.see("/all", first) != http.StatusOK {
		t.Error("leaving has not ended that session alone")
	}
	var kinds []string
	for _, e := range s.Journal.Entries(0) {
		kinds = append(kinds, e.Statement.Body.Kind())
	}
	if !slices.Equal(kinds, []string{"invited", "credential"}) {
		t.Errorf("the journal has %v", kinds)
	}
	s.At = s.At.Add(10 * time.Hour)
	if got := s.see("/all", first); got != http.StatusUnauthorized {
		t.Errorf("ten hours later: %d", got)
	}
}

// Who comes in by which door.
func TestAccess(t *testing.T) {
	s := newSite(t)
	cookies := map[string]string{"nobody": "", "another": strings.Repeat("0", 64), "malformed": "x"}
	for _, m := range []string{"member-1", "member-2", "member-4"} {
		_, cookies[m] = s.join(t, m)
	}
	for who, cookie := range cookies {
		want := http.StatusUnauthorized
		if strings.HasPrefix(who, "member-") {
			want = http.StatusOK
		}
		if got := s.see("/all", cookie); got != want {
			t.Errorf("%s: %d, want %d", who, got, want)
		}
	}
	for _, path := range []string{passkey.RouteLogin, passkey.RouteLoggedIn, passkey.RouteJoin, passkey.RouteJoined, passkey.RouteLeave} {
		for name, c := range map[string]struct {
			edit func(*http.Request)
			want int
		}{
			"a page of another origin": {func(q *http.Request) {
				q.Header.Set("Sec-Fetch-Site", "cross-site")
				q.Header.Set("Origin", "https://evil.example")
			}, 403},
			"a sister's page": {func(q *http.Request) { q.Header.Set("Sec-Fetch-Site", "same-site") }, 403},
			"a form":          {func(q *http.Request) { q.Header.Set("Content-Type", "application/x-www-form-urlencoded") }, 415},
			"a GET":           {func(q *http.Request) { q.Method = http.MethodGet }, 405},
			"too much":        {func(q *http.Request) { q.ContentLength = guard.MessageSize + 1 }, 413},
		} {
			if w := s.ask(t, path, cookies["member-1"], struct{}{}, c.edit); w.Code != c.want {
				t.Errorf("%s by %s: %d, want %d", path, name, w.Code, c.want)
			}
		}
	}
	if s.see("/all", cookies["member-1"]) != 200 {
		t.Error("somebody else has ended a session")
	}
}

func TestRefusedLogins(t *testing.T) {
	s := newSite(t)
	d, _ := s.join(t, "member-1")
	other, _ := s.join(t, "member-2")
	for name, try := range map[string]func() *passkey.Answer{
		"nobody verified": func() *passkey.Answer {
			d.Verified = false
			defer func() { d.Verified = true }()
			return d.Use(t, s.question(t, passkey.RouteLogin, struct{}{}))
		},
		"a page of another host": func() *passkey.Answer {
			d.Origin = "https://bureau.example.evil.example"
			defer func() { d.Origin = origin }()
			return d.Use(t, s.question(t, passkey.RouteLogin, struct{}{}))
		},
		"a passkey that nobody has": func() *passkey.Answer {
			stranger := passkeytest.New(t, origin, host)
			stranger.As("member-1")
			return stranger.Use(t, s.question(t, passkey.RouteLogin, struct{}{}))
		},
		"as another member": func() *passkey.Answer {
			other.As("member-1")
			defer other.As("member-2")
			return other.Use(t, s.question(t, passkey.RouteLogin, struct{}{}))
		},
		"as no member": func() *passkey.Answer {
			other.As("mixer-1")
			defer other.As("member-2")
			return other.Use(t, s.question(t, passkey.RouteLogin, struct{}{}))
		},
		"an answer to another question": func() *passkey.Answer {
			a := d.Use(t, s.question(t, passkey.RouteLogin, struct{}{}))
			a.Ceremony = s.question(t, passkey.RouteLogin, struct{}{}).Ceremony
			return a
		},
		"too late": func() *passkey.Answer {
			a := d.Use(t, s.question(t, passkey.RouteLogin, struct{}{}))
			s.At = s.At.Add(5 * time.Minute)
			return a
		},
		"no question": func() *passkey.Answer {
			a := d.Use(t, s.question(t, passkey.RouteLogin, struct{}{}))
			a.Ceremony = strings.Repeat("0", 32)
			return a
		},
	} {
		if cookie, status := s.admitted(t, passkey.RouteLoggedIn, try()); cookie != "" || status != http.StatusForbidden {
			t.Errorf("%s: %d", name, status)
		}
	}
	a := d.Use(t, s.question(t, passkey.RouteLogin, struct{}{}))
	if cookie, _ := s.admitted(t, passkey.RouteLoggedIn, a); cookie == "" {
		t.Fatal("the honest one is not admitted")
	}
	if cookie, _ := s.admitted(t, passkey.RouteLoggedIn, a); cookie != "" {
		t.Error("the same answer is good twice")
	}
}

// A device that counts, and its copy.
func TestCopiedDevice(t *testing.T) {
	s := newSite(t)
	code, err := s.Service.Invite(ctx, "member-1")
	if err != nil {
		t.Fatal(err)
	}
	d := passkeytest.New(t, origin, host)
	d.Counter = 7
	if cookie, _ := s.admitted(t, passkey.RouteJoined, d.Make(t, s.question(t, passkey.RouteJoin, map[string]string{"code": code}))); cookie == "" {
		t.Fatal("not admitted")
	}
	twin := *d
	for range 3 {
		if cookie, status := s.login(t, d); cookie == "" {
			t.Fatal(status)
		}
	}
	if cookie, _ := s.login(t, &twin); cookie != "" {
		t.Error("a copy that is behind is admitted")
	}
}
