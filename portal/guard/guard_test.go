package guard_test

import (
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"isoloir/portal/guard"
	"isoloir/ratelimit"
)

const (
	portal  = "https://vote.example"
	foreign = "https://evil.example"
)

var noon = time.Date(2026, 12, 3, 12, 0, 0, 0, time.UTC)

func fixed() time.Time { return noon }

// echo answers with what it was sent.
var echo = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		panic(err)
	}
	w.Write(append([]byte("heard "), body...))
})

// ask sends a request with headers given as pairs.
func ask(h http.Handler, method, path, body string, headers ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

// TestAccess asks each kind of handler in every way, and says what it must answer.
func TestAccess(t *testing.T) {
	g := guard.New(guard.Config{Now: fixed})
	secret := [32]byte{1, 2, 3}
	bearer := "Bearer " + hex.EncodeToString(secret[:])
	const octets, form = "application/octet-stream", "application/x-www-form-urlencoded"
	large := strings.Repeat("a", guard.MessageSize+1)
	messages, files := g.Messages(portal, echo), g.Files(portal, echo)
	pages, forms, links := g.Pages(guard.Policy{}, echo), g.Forms(portal, echo), g.Links(secret, echo)
	callbacks, deposits := g.Callbacks(echo), g.Deposits(guard.MessageSize, echo)
	for _, c := range []struct {
		name    string
		to      http.Handler
		method  string
		body    string
		headers []string
		status  int
	}{
		{"message", messages, "POST", "m", []string{"Content-Type", octets}, 200},
		{"message of the portal", messages, "POST", "m", []string{"Content-Type", octets, "Origin", portal}, 200},
		{"message of another page", messages, "POST", "m", []string{"Content-Type", octets, "Origin", foreign}, 403},
		{"message of no origin that can be named", messages, "POST", "m", []string{"Content-Type", octets, "Origin", "null"}, 403},
		{"message by GET", messages, "GET", "", nil, 405},
		{"message by PUT", messages, "PUT", "m", []string{"Content-Type", octets}, 405},
		{"message as a form", messages, "POST", "m", []string{"Content-Type", form}, 415},
		{"message without type", messages, "POST", "m", nil, 415},
		{"message too large", messages, "POST", large, []string{"Content-Type", octets}, 413},
		{"message as large as may be", messages, "POST", large[1:], []string{"Content-Type", octets}, 200},
		{"preflight of the portal", messages, "OPTIONS", "", []string{"Origin", portal, "Access-Control-Request-Method", "POST"}, 204},
		{"preflight of another page", messages, "OPTIONS", "", []string{"Origin", foreign, "Access-Control-Request-Method", "POST"}, 403},
		{"file", files, "GET", "", nil, 200},
		{"file's head", files, "HEAD", "", []string{"Origin", portal}, 200},
		{"file for another page", files, "GET", "", []string{"Origin", foreign}, 403},
		{"file by POST", files, "POST", "", nil, 405},
		{"page", pages, "GET", "", nil, 200},
		{"page from a link elsewhere", pages, "GET", "", []string{"Sec-Fetch-Site", "cross-site"}, 200},
		{"form of ours", pages, "POST", "a=b", []string{"Content-Type", form, "Sec-Fetch-Site", "same-origin"}, 200},
		{"form of another page", pages, "POST", "a=b", []string{"Content-Type", form, "Sec-Fetch-Site", "cross-site"}, 403},
		{"form of another host of the site", pages, "POST", "a=b", []string{"Content-Type", form, "Sec-Fetch-Site", "same-site"}, 403},
		{"form of an old browser elsewhere", pages, "POST", "a=b", []string{"Content-Type", form, "Origin", foreign}, 403},
		{"form that is none", pages, "POST", "{}", []string{"Content-Type", "application/json"}, 415},
		{"form of text", pages, "POST", "a=b", []string{"Content-Type", "text/plain"}, 415},
		{"form too large", pages, "POST", large, []string{"Content-Type", form}, 413},
		{"delete without an origin", pages, "DELETE", "", nil, 200}, // for the routes to refuse
		{"delete from elsewhere", pages, "DELETE", "", []string{"Sec-Fetch-Site", "cross-site"}, 403},
		{"form of the portal", forms, "POST", "a=b", []string{"Content-Type", form, "Origin", portal, "Sec-Fetch-Site", "cross-site"}, 200},
		{"form of its own page, which tells no origin", forms, "POST", "a=b", []string{"Content-Type", form, "Origin", "null", "Sec-Fetch-Site", "same-origin"}, 200},
		{"form of a stranger", forms, "POST", "a=b", []string{"Content-Type", form, "Origin", foreign, "Sec-Fetch-Site", "cross-site"}, 403},
		{"form of who tells no origin", forms, "POST", "a=b", []string{"Content-Type", form, "Origin", "null", "Sec-Fetch-Site", "cross-site"}, 403},
		{"link", links, "POST", large, []string{"Authorization", bearer}, 200},
		{"link without the secret", links, "POST", "x", nil, 403},
		{"link with another", links, "POST", "x", []string{"Authorization", bearer[:len(bearer)-1] + "1"}, 403},
		{"link in capitals", links, "POST", "x", []string{"Authorization", strings.ToUpper(bearer)}, 403},
		{"link from a page", links, "POST", "x", []string{"Authorization", bearer, "Origin", portal}, 403},
		{"link from a browser", links, "POST", "x", []string{"Authorization", bearer, "Sec-Fetch-Site", "none"}, 403},
		{"link by GET", links, "GET", "", []string{"Authorization", bearer}, 405},
		{"callback", callbacks, "POST", "{}", []string{"Content-Type", "application/json"}, 200},
		{"callback by GET", callbacks, "GET", "", nil, 405},
		{"callback of another type", callbacks, "POST", "{}", []string{"Content-Type", octets}, 415},
		{"callback from a page", callbacks, "POST", "{}", []string{"Content-Type", "application/json", "Origin", portal}, 403},
		{"callback from a browser", callbacks, "POST", "{}", []string{"Content-Type", "application/json", "Sec-Fetch-Site", "same-origin"}, 403},
		{"callback too large", callbacks, "POST", large, []string{"Content-Type", "application/json"}, 413},
		{"deposit", deposits, "POST", "m", []string{"Content-Type", octets, "Sec-Fetch-Site", "same-origin"}, 200},
		{"deposit of another page", deposits, "POST", "m", []string{"Content-Type", octets, "Sec-Fetch-Site", "cross-site"}, 403},
		{"deposit of an old browser elsewhere", deposits, "POST", "m", []string{"Content-Type", octets, "Origin", foreign}, 403},
		{"deposit by GET", deposits, "GET", "", nil, 405},
		{"deposit as a form", deposits, "POST", "a=b", []string{"Content-Type", form, "Sec-Fetch-Site", "same-origin"}, 415},
		{"deposit too large", deposits, "POST", large, []string{"Content-Type", octets, "Sec-Fetch-Site", "same-origin"}, 413},
		{"link too large", links, "POST", strings.Repeat("a", guard.LinkSize+1), []string{"Authorization", bearer}, 413},
	} {
		w := ask(c.to, c.method, "/x", c.body, c.headers...)
		if w.Code != c.status {
			t.Errorf("%s: %d, expected %d", c.name, w.Code, c.status)
		}
		if heard := strings.HasPrefix(w.Body.String(), "heard"); heard != (c.status == 200) {
			t.Errorf("%s: the handler was asked: %v", c.name, heard)
		}
		if c.status == 200 && c.method == "POST" && w.Body.String() != "heard "+c.body {
			t.Errorf("%s: the handler found %d bytes", c.name, w.Body.Len())
		}
		allowed := w.Header().Get("Access-Control-Allow-Origin")
		api := strings.HasPrefix(c.name, "message") || strings.HasPrefix(c.name, "file") || strings.HasPrefix(c.name, "preflight")
		if want := api && slices.Contains(c.headers, portal); (allowed == portal) != want || !want && allowed != "" {
			t.Errorf("%s: admits %q", c.name, allowed)
		}
		if w.Header().Get("Access-Control-Allow-Credentials") != "" {
			t.Errorf("%s: admits credentials", c.name)
		}
	}
}

// TestLeading lets pages of the portal that leads the scrutin ask as those of its own do,
// and send no form.
func TestLeading(t *testing.T) {
	const leading = "https://leading.example"
	g := guard.New(guard.Config{Now: fixed, Leading: leading})
	for _, c := range []struct {
		to           http.Handler
		method, from string
		status       int
	}{
		{g.Messages(portal, echo), "POST", leading, 200},
		{g.Messages(portal, echo), "POST", portal, 200},
		{g.Messages(portal, echo), "POST", foreign, 403},
		{g.Messages(portal, echo), "POST", "null", 403},
		{g.Messages(portal, echo), "OPTIONS", leading, 204},
		{g.Files(portal, echo), "GET", leading, 200},
		{g.Files(portal, echo), "GET", foreign, 403},
		{g.Links([32]byte{}, echo), "POST", leading, 403},
		{g.Callbacks(echo), "POST", leading, 403},
	} {
		w := ask(c.to, c.method, "/x", "m", "Content-Type", "application/octet-stream", "Origin", c.from, "Access-Control-Request-Method", "POST")
		want := c.from
		if c.status == 403 {
			want = ""
		}
		if allowed := w.Header().Get("Access-Control-Allow-Origin"); w.Code != c.status || allowed != want {
			t.Errorf("%s of %s: %d, admits %q", c.method, c.from, w.Code, allowed)
		}
	}
	form := []string{"Content-Type", "application/x-www-form-urlencoded", "Origin", leading, "Sec-Fetch-Site", "cross-site"}
	if w := ask(g.Forms(portal, echo), "POST", "/x", "a=b", form...); w.Code != 403 {
		t.Errorf("a form: %d", w.Code)
	}
}

// TestUnsaidLength sends a body whose length is not said before.
func TestUnsaidLength(t *testing.T) {
	g := guard.New(guard.Config{Now: fixed})
	for n, want := range map[int]int{guard.MessageSize: 200, guard.MessageSize + 1: 413} {
		r := httptest.NewRequest("POST", "/", struct{ io.Reader }{strings.NewReader(strings.Repeat("a", n))})
		r.ContentLength = -1
		r.Header.Set("Content-Type", "application/octet-stream")
		w := httptest.NewRecorder()
		if g.Messages(portal, echo).ServeHTTP(w, r); w.Code != want {
			t.Errorf("%d bytes: %d", n, w.Code)
		}
	}
}

// TestHeaders reads what every answer says, of every kind and of refusals too.
func TestHeaders(t *testing.T) {
	p := guard.Policy{Connect: []string{"https://roll.example", "https://urn.example"}, Forms: []string{"https://a.example"}}
	for _, tls := range []bool{false, true} {
		g := guard.New(guard.Config{Now: fixed, TLS: tls})
		for name, h := range map[string]http.Handler{"pages": g.Pages(p, echo), "forms": g.Forms(portal, echo),
			"messages": g.Messages(portal, echo), "files": g.Files(portal, echo), "links": g.Links([32]byte{}, echo)} {
			for _, method := range []string{"GET", "POST"} {
				got := ask(h, method, "/", "").Header()
				for key, want := range map[string]string{"Referrer-Policy": "no-referrer", "X-Content-Type-Options": "nosniff",
					"Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Resource-Policy": "same-origin", "Cache-Control": "no-store"} {
					if got.Get(key) != want {
						t.Errorf("%s %s: %s is %q", method, name, key, got.Get(key))
					}
				}
				if sts := got.Get("Strict-Transport-Security"); (sts != "") != tls {
					t.Errorf("%s %s: TLS %v, and it says %q", method, name, tls, sts)
				}
				policy := strings.Split(got.Get("Content-Security-Policy"), "; ")
				must := []string{"default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'"}
				switch name {
				case "pages":
					must = append(must, "script-src 'self'", "style-src 'self'", "connect-src 'self' https://roll.example https://urn.example",
						"form-action 'self' https://a.example", "worker-src 'self'", "require-trusted-types-for 'script'")
				case "messages", "files", "links":
					must = append(must, "form-action 'none'")
					if len(policy) != 4 {
						t.Errorf("%s: %q", name, policy)
					}
				}
				for _, m := range must {
					if !slices.Contains(policy, m) {
						t.Errorf("%s %s: no %q in %q", method, name, m, policy)
					}
				}
				if strings.Contains(got.Get("Content-Security-Policy"), "unsafe") || strings.Contains(got.Get("Permissions-Policy"), "*") {
					t.Errorf("%s: something unsafe is allowed", name)
				}
			}
		}
	}
}

// TestPanic lets handlers panic, before and in the middle of their answer.
func TestPanic(t *testing.T) {
	var told []string
	g := guard.New(guard.Config{Now: fixed, Failed: func(route string, said any) { told = append(told, fmt.Sprint(route, " ", said)) }})
	w := ask(g.Pages(guard.Policy{}, http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic("secret detail") })), "GET", "/who", "")
	if w.Code != 500 || strings.Contains(w.Body.String(), "secret") || w.Header().Get("Content-Security-Policy") == "" {
		t.Errorf("%d %q", w.Code, w.Body)
	}
	if len(told) != 1 || told[0] != " secret detail" {
		t.Error(told)
	}
	func() {
		defer func() {
			if recover() != http.ErrAbortHandler {
				t.Error("half an answer ends as if it were whole")
			}
		}()
		ask(g.Files(portal, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.Write([]byte("half")); panic("now") })), "GET", "/", "")
	}()
	bad := guard.New(guard.Config{Now: fixed, Refuse: func(http.ResponseWriter, *http.Request, int) { panic("again") }})
	if w := ask(bad.Pages(guard.Policy{}, http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic(1) })), "GET", "/", ""); w.Code != 500 {
		t.Error(w.Code)
	}
}

// TestLimit lets two networks ask too often, and says to each when to come back.
func TestLimit(t *testing.T) {
	at := noon
	from := netip.MustParseAddr("192.0.2.1")
	g := guard.New(guard.Config{Now: func() time.Time { return at }, Address: func(*http.Request) netip.Addr { return from }})
	l := g.NewLimiter(ratelimit.Limit{Every: 10 * time.Second, Burst: 2})
	h := g.Messages(portal, g.Limit(l, []byte{15}, echo))
	post := func() *httptest.ResponseRecorder {
		return ask(h, "POST", "/", "", "Content-Type", "application/octet-stream", "Origin", portal)
	}
	for range 2 {
		if w := post(); w.Code != 200 {
			t.Fatal(w.Code)
		}
	}
	from = netip.MustParseAddr("192.0.2.254") // of the same network
	at = at.Add(1500 * time.Millisecond)
	if w := post(); w.Code != 429 || w.Header().Get("Retry-After") != "9" || w.Body.String() != "\x0f" {
		t.Errorf("%d, %q, %q", w.Code, w.Header().Get("Retry-After"), w.Body)
	} else if w.Header().Get("Access-Control-Allow-Origin") != portal {
		t.Error("the page cannot read how long to wait")
	}
	from = netip.MustParseAddr("2001:db8::1")
	if w := post(); w.Code != 200 {
		t.Error("another network waits: ", w.Code)
	}
	from = netip.MustParseAddr("192.0.2.1")
	if w := ask(g.Pages(guard.Policy{}, g.Limit(l, nil, echo)), "GET", "/", ""); w.Code != 429 || !strings.Contains(w.Body.String(), "Too Many") {
		t.Errorf("%d %q", w.Code, w.Body)
	}
}

// TestBehind has clients, some of whom lie, come through two proxies or around them.
func TestBehind(t *testing.T) {
	from := guard.Behind([]netip.Prefix{netip.MustParsePrefix("10.0.0.0/24"), netip.MustParsePrefix("2001:db8::5/128")})
	for name, c := range map[string]struct {
		peer string
		said []string
		want string
	}{
		"through the proxy":                   {"10.0.0.1:5", []string{"192.0.2.7"}, "192.0.2.7"},
		"through the proxy, with a lie":       {"10.0.0.1:5", []string{"203.0.113.1, 192.0.2.7"}, "192.0.2.7"},
		"through the proxy, with a line more": {"10.0.0.1:5", []string{"203.0.113.1", "192.0.2.7"}, "192.0.2.7"},
		"through both":                        {"[2001:db8::5]:1", []string{"192.0.2.7, 10.0.0.9"}, "192.0.2.7"},
		"through both, as one of them":        {"10.0.0.1:5", []string{"10.0.0.2,  192.0.2.7 , ::ffff:10.0.0.9"}, "192.0.2.7"},
		"around the proxy":                    {"192.0.2.7:5", []string{"203.0.113.1"}, "192.0.2.7"},
		"with what is no address":             {"10.0.0.1:5", []string{"203.0.113.1, unknown"}, "10.0.0.1"},
		"with nothing":                        {"10.0.0.1:5", nil, "10.0.0.1"},
		"from the proxy itself":               {"10.0.0.1:5", []string{"10.0.0.2"}, "10.0.0.2"},
	} {
		r := httptest.NewRequest("GET", "/", nil)
		r.RemoteAddr = c.peer
		for _, line := range c.said {
			r.Header.Add("X-Forwarded-For", line)
		}
		if got := from(r); got.String() != c.want {
			t.Errorf("%s: %v, not %s", name, got, c.want)
		}
	}
}

// TestCounts counts by pattern and status, and never by what was asked for.
func TestCounts(t *testing.T) {
	g := guard.New(guard.Config{Now: fixed})
	mux := http.NewServeMux()
	mux.HandleFunc("GET /record/{path...}", func(w http.ResponseWriter, r *http.Request) {
		if r.PathValue("path") == "lost" {
			w.WriteHeader(404)
		}
	})
	h := g.Files(portal, mux)
	for _, path := range []string{"/record/a", "/record/b", "/record/lost", "/secret-path"} {
		ask(h, "GET", path, "")
	}
	want := []guard.Count{{"", 404, 1}, {"GET /record/{path...}", 200, 2}, {"GET /record/{path...}", 404, 1}}
	if got := g.Counts(); !slices.Equal(got, want) {
		t.Error(got)
	}
}

// TestWhole asks for paths that the router itself answers, and for one that it does not.
func TestWhole(t *testing.T) {
	g := guard.New(guard.Config{Now: fixed, TLS: true})
	mux := http.NewServeMux()
	mux.Handle("/v1/x", g.Pages(guard.Policy{}, echo))
	for path, own := range map[string]bool{"//v1/x": true, "/v1/../v1/x": true, "/none": true, "/v1/x": false} {
		got := ask(g.Whole(mux), "GET", path, "").Header()
		if csp := got.Get("Content-Security-Policy"); csp == "" || strings.Contains(csp, "script-src") == own || got.Get("Strict-Transport-Security") == "" ||
			len(got.Values("Content-Security-Policy")) != 1 {
			t.Errorf("%s: %v", path, got)
		}
	}
}

// TestServer wants a time for everything that the other end may delay, and no word of
// who it is.
func TestServer(t *testing.T) {
	s := guard.Server(echo)
	if s.ErrorLog == nil || s.ErrorLog.Writer() != io.Discard {
		t.Error("the server logs whose handshake failed")
	}
	if s.ReadHeaderTimeout <= 0 || s.ReadTimeout <= 0 || s.WriteTimeout <= 0 || s.IdleTimeout <= 0 || s.MaxHeaderBytes <= 0 || s.Handler == nil {
		t.Errorf("%+v", s)
	}
}
