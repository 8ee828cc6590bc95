package tsp

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"isoloir/timestamp"
	"isoloir/timestamp/local"
)

func authority(t *testing.T) *local.Authority {
	t.Helper()
	a, err := local.New("Montclair")
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// A request goes there and its response comes back, with and without a password.
func TestAsk(t *testing.T) {
	a := authority(t)
	var asked *http.Request
	serve := func(w http.ResponseWriter, q *http.Request) {
		asked = q.Clone(context.Background())
		Handler(a).ServeHTTP(w, q)
	}
	plain, secret := httptest.NewServer(http.HandlerFunc(serve)), httptest.NewTLSServer(http.HandlerFunc(serve))
	defer plain.Close()
	defer secret.Close()
	for _, c := range []*Client{{URL: plain.URL}, {URL: secret.URL + "/tsr", Transport: secret.Client().Transport, User: "bureau", Password: "phrase"}} {
		q := timestamp.NewRequest([32]byte{1}, nil)
		request, err := q.Bytes()
		if err != nil {
			t.Fatal(err)
		}
		response, err := c.Ask(t.Context(), request)
		if err != nil {
			t.Fatal(err)
		}
		if _, _, err := q.Accept(response, a.Certificate()); err != nil {
			t.Error(err)
		}
		if user, password, _ := asked.BasicAuth(); user != c.User || password != c.Password || asked.Header.Get("User-Agent") != "" {
			t.Errorf("asked as %q, %q", user, asked.Header)
		}
	}
	for _, c := range []*Client{{URL: "ftp://x"}, {URL: "http://"}, {URL: "https://u:p@x"}, {URL: "http://x", User: "u"}, {URL: "::"}, {}} {
		if _, err := c.Ask(t.Context(), nil); err == nil || errors.Is(err, ErrUnanswered) {
			t.Errorf("%q: %v", c.URL, err)
		}
	}
}

// What is no answer is asked for again only where that may help, and never for ever.
func TestTries(t *testing.T) {
	reply := func(w http.ResponseWriter, body string) {
		w.Header().Set("Content-Type", Reply)
		io.WriteString(w, body)
	}
	for name, c := range map[string]struct {
		answer func(w http.ResponseWriter, q *http.Request, try int)
		tries  int
		ok     bool
	}{
		"down, then up": {func(w http.ResponseWriter, _ *http.Request, try int) {
			if try < 3 {
				w.WriteHeader(503)
			} else {
				reply(w, "x")
			}
		}, 3, true},
		"down":      {func(w http.ResponseWriter, _ *http.Request, _ int) { w.WriteHeader(500) }, 3, false},
		"busy":      {func(w http.ResponseWriter, _ *http.Request, _ int) { w.WriteHeader(429) }, 3, false},
		"forbidden": {func(w http.ResponseWriter, _ *http.Request, _ int) { w.WriteHeader(403) }, 1, false},
		"elsewhere": {func(w http.ResponseWriter, q *http.Request, _ int) {
			http.Redirect(w, q, "https://elsewhere.example", 307)
		}, 1, false},
		"a page": {func(w http.ResponseWriter, _ *http.Request, _ int) { io.WriteString(w, "<html>") }, 1, false},
		"without end": {func(w http.ResponseWriter, _ *http.Request, _ int) {
			reply(w, strings.Repeat("x", timestamp.MaxSize+1))
		}, 1, false},
		"late":             {func(w http.ResponseWriter, q *http.Request, _ int) { io.ReadAll(q.Body); <-q.Context().Done() }, 3, false},
		"in the middle of": {func(w http.ResponseWriter, _ *http.Request, _ int) { panic(http.ErrAbortHandler) }, 3, false},
	} {
		t.Run(name, func(t *testing.T) {
			tries := 0
			s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) { tries++; c.answer(w, q, tries) }))
			defer s.Close()
			client := &Client{URL: s.URL, Timeout: 200 * time.Millisecond, Wait: time.Millisecond}
			got, err := client.Ask(t.Context(), []byte("request"))
			if (err == nil) != c.ok || tries != c.tries || err != nil && !errors.Is(err, ErrUnanswered) || c.ok && string(got) != "x" {
				t.Errorf("%d tries: %q, %v", tries, got, err)
			}
		})
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := (&Client{URL: "http://127.0.0.1:9", Wait: time.Hour}).Ask(ctx, nil); err == nil {
		t.Error("asked in vain")
	}
}

// Who asks in another way is told so.
func TestHandler(t *testing.T) {
	h := Handler(authority(t))
	for _, c := range []struct {
		method, kind, body string
		want               int
	}{
		{"GET", Query, "", 415}, {"POST", "text/plain", "x", 415}, {"POST", Query, strings.Repeat("x", 5000), 413}, {"POST", Query, "x", 200},
	} {
		q := httptest.NewRequest(c.method, "/", bytes.NewBufferString(c.body))
		q.Header.Set("Content-Type", c.kind)
		w := httptest.NewRecorder()
		if h.ServeHTTP(w, q); w.Code != c.want {
			t.Errorf("%s %s: %d", c.method, c.kind, w.Code)
		}
	}
}
