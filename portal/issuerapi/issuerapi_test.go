package issuerapi_test

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"isoloir/account/exchange"
	"isoloir/courier"
	"isoloir/courier/sms"
	"isoloir/issuer"
	"isoloir/issuer/issuertest"
	"isoloir/portal/guard"
	"isoloir/portal/issuerapi"
	"isoloir/scrutin"
	"isoloir/scrutin/scrutintest"
)

const (
	portal = "https://vote.example"
	form   = "application/x-www-form-urlencoded"
	octets = "application/octet-stream"
)

var (
	notify  = [32]byte{1, 2, 3}
	bearer  = "Bearer " + hex.EncodeToString(notify[:])
	gateway = bytes.Repeat([]byte{7}, sms.KeySize)
	opening = scrutin.DigestOf([]byte("opening"))
)

// office is an issuer's origin.
type office struct {
	*issuertest.Bench
	http.Handler
	api   *issuerapi.API
	guard *guard.Guard

	mu     sync.Mutex
	failed []string
}

func open(t testing.TB, number int, policy string) *office {
	t.Helper()
	f := scrutintest.New(t, scrutintest.Options{Electors: 20, Edit: func(m *scrutin.Manifest) {
		issuertest.Cheap(m)
		m.Publication.EmailAfterVote = policy
	}})
	o := &office{Bench: issuertest.New(t, f, number, func(c *issuer.Config) { c.Opening = opening })}
	var err error
	if o.api, err = issuerapi.New(issuerapi.Config{Station: o.Station, Portal: portal, Now: o.Clock.Now, Notify: &notify, Gateway: gateway,
		Desk:   []netip.Prefix{netip.MustParsePrefix("203.0.113.10/32")},
		Failed: func(err error) { o.mu.Lock(); defer o.mu.Unlock(); o.failed = append(o.failed, err.Error()) }}); err != nil {
		t.Fatal(err)
	}
	// Each request says in a header where it comes from.
	o.guard = guard.New(guard.Config{Now: o.Clock.Now, Refuse: o.api.Refuse, Address: func(r *http.Request) netip.Addr {
		at, err := netip.ParseAddr(r.Header.Get("From"))
		if err != nil {
			return netip.IPv4Unspecified()
		}
		return at
	}})
	o.Handler = o.api.Handler(o.guard)
	return o
}

// ask sends a request with headers given as pairs.
func (o *office) ask(method, path, body string, headers ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	o.ServeHTTP(w, r)
	return w
}

// work does what has been asked for, and sends it.
func (o *office) work(t testing.TB) {
	t.Helper()
	if _, err := o.Renewals(t.Context()); err != nil {
		o.failed = append(o.failed, err.Error())
	}
	if _, err := o.Dispatch(t.Context(), o.Channel(), nil); err != nil {
		t.Fatal(err)
	}
}

// TestAccess asks every endpoint in every way, in every phase: none of them tells one from another by its status.
func TestAccess(t *testing.T) {
	o := open(t, 0, "code")
	o.Import(t)
	callback := `{"id":"0123456789abcdef0123456789abcdef","status":"delivered"}`
	signed := sms.Sign(gateway, []byte(callback))
	voted := string(exchange.Voted{{Urn: 1, Number: 7}}.Bytes())
	cases := []struct {
		name, method, path, body string
		headers                  []string
		status                   int
	}{
		{"the form", "GET", "/v1/renew", "", nil, 200},
		{"the form's head", "HEAD", "/v1/renew", "", nil, 200},
		{"the form from a link", "GET", "/v1/renew?language=en", "", []string{"Sec-Fetch-Site", "cross-site"}, 200},
		{"a request of the portal", "POST", "/v1/renew", "address=a", []string{"Content-Type", form, "Origin", portal, "Sec-Fetch-Site", "cross-site"}, 200},
		{"a request of its own page", "POST", "/v1/renew", "address=a", []string{"Content-Type", form, "Origin", "null", "Sec-Fetch-Site", "same-origin"}, 200},
		{"a request of another page", "POST", "/v1/renew", "address=a", []string{"Content-Type", form, "Origin", "https://evil.example", "Sec-Fetch-Site", "cross-site"}, 403},
		{"a request in JSON", "POST", "/v1/renew", "{}", []string{"Content-Type", "application/json"}, 415},
		{"a request that is too large", "POST", "/v1/renew", strings.Repeat("a", guard.FormSize+1), []string{"Content-Type", form}, 413},
		{"a request by PUT", "PUT", "/v1/renew", "", nil, 405},
		{"a receipt", "POST", "/v1/receipt-mail", "x", []string{"Content-Type", octets, "Origin", portal}, 200},
		{"a receipt asked by another page", "POST", "/v1/receipt-mail", "x", []string{"Content-Type", octets, "Origin", "https://evil.example"}, 403},
		{"a receipt by GET", "GET", "/v1/receipt-mail", "", nil, 405},
		{"a receipt as a form", "POST", "/v1/receipt-mail", "x", []string{"Content-Type", form}, 415},
		{"a receipt's preflight", "OPTIONS", "/v1/receipt-mail", "", []string{"Origin", portal, "Access-Control-Request-Method", "POST"}, 204},
		{"a callback about nothing", "POST", "/v1/delivery", callback, []string{"Content-Type", "application/json", sms.SignatureHeader, signed}, 404},
		{"a callback without signature", "POST", "/v1/delivery", callback, []string{"Content-Type", "application/json"}, 403},
		{"a callback of another form", "POST", "/v1/delivery", "{}", []string{"Content-Type", "application/json", sms.SignatureHeader, sms.Sign(gateway, []byte("{}"))}, 400},
		{"a callback from a page", "POST", "/v1/delivery", callback, []string{"Content-Type", "application/json", sms.SignatureHeader, signed, "Origin", portal}, 403},
		{"a callback by GET", "GET", "/v1/delivery", "", nil, 405},
		{"a notice", "POST", "/link/v1/notify", voted, []string{"Authorization", bearer}, 200},
		{"a notice without the secret", "POST", "/link/v1/notify", voted, nil, 403},
		{"a notice with another secret", "POST", "/link/v1/notify", voted, []string{"Authorization", "Bearer " + strings.Repeat("0", 64)}, 403},
		{"a notice from a page", "POST", "/link/v1/notify", voted, []string{"Authorization", bearer, "Origin", portal}, 403},
		{"a notice by GET", "GET", "/link/v1/notify", "", []string{"Authorization", bearer}, 405},
		{"the stylesheet", "GET", "/client/style.css", "", nil, 200},
		{"a script", "GET", "/client/voter.js", "", nil, 404},
		{"the top", "GET", "/", "", nil, 404},
		{"deposits, which are the roll's", "POST", "/link/v1/deposit", "", []string{"Authorization", bearer}, 415},
	}
	plan := o.Manifest.Schedule
	for _, phase := range []struct {
		name string
		at   time.Time
	}{{"before the opening", o.Clock.Now()}, {"open", plan.Open.Add(time.Hour)}, {"closed", plan.Close.Add(24 * time.Hour)}} {
		o.Clock.Move(phase.at.Sub(o.Clock.Now()))
		for _, c := range cases {
			w := o.ask(c.method, c.path, c.body, c.headers...)
			if w.Code != c.status {
				t.Errorf("%s: %s: %d, expected %d", phase.name, c.name, w.Code, c.status)
			}
			if h := w.Header(); h.Get("Content-Security-Policy") == "" || h.Get("Referrer-Policy") == "" || h.Get("Set-Cookie") != "" {
				t.Errorf("%s: %s: headers %v", phase.name, c.name, h)
			}
		}
	}
	bare, err := issuerapi.New(issuerapi.Config{Station: o.Station, Portal: portal, Now: o.Clock.Now})
	if err != nil {
		t.Fatal(err)
	}
	o.Handler = bare.Handler(o.guard)
	for _, path := range []string{"/v1/delivery", "/link/v1/notify"} {
		if w := o.ask("POST", path, "x", "Content-Type", form, "Authorization", bearer); w.Code != 404 {
			t.Errorf("%s where nothing is configured: %d", path, w.Code)
		}
	}
}

func (o *office) renew(address, language, from string) *httptest.ResponseRecorder {
	return o.ask("POST", "/v1/renew", url.Values{"address": {address}, "language": {language}}.Encode(), "Content-Type", form, "Origin", portal, "From", from)
}

// Who is known, unknown, has voted, typed nothing or asks for the fourth time: all
// read the same, and in no answer is any work done. (S002-07)
func TestAnswersAreTheSame(t *testing.T) {
	for number := range 2 {
		o := open(t, number, "mark-only")
		o.Mail(t)
		known := issuertest.Address(o.Channel(), 1, 7)
		if number == 0 {
			if err := o.Voted(t.Context(), []exchange.Elector{{Urn: 1, Number: 8}}); err != nil {
				t.Fatal(err)
			}
		}
		notes := o.Roll.Notes
		want := o.renew(known, "fr", "10.0.0.1")
		if want.Code != 200 || !strings.Contains(want.Body.String(), "Votre demande est notée") {
			t.Fatalf("%d: %s", want.Code, want.Body)
		}
		for i, address := range []string{known, known, known, known, issuertest.Address(o.Channel(), 1, 8), "nobody@mail.example", "+33699999999", "", strings.Repeat("a", 300), "\xff", "<script>", issuertest.Address(o.Channel(), 0, 9)} {
			got := o.renew(address, "fr", fmt.Sprintf("10.0.%d.1", i))
			if got.Code != want.Code || got.Body.String() != want.Body.String() || fmt.Sprint(got.Header()) != fmt.Sprint(want.Header()) {
				t.Errorf("%q is answered otherwise: %d", address, got.Code)
			}
		}
		if o.Roll.Notes != notes {
			t.Error("work was done before the answer")
		}
		if en := o.renew(known, "en", "10.0.99.1"); !strings.Contains(en.Body.String(), "Your request is noted") || en.Header().Get("Content-Language") != "en" {
			t.Errorf("in English: %s", en.Body)
		}
	}
}

// A request becomes a deposit and a message; three in a day for an address.
func TestRenew(t *testing.T) {
	o := open(t, 0, "mark-only")
	o.Mail(t)
	address := issuertest.Address(courier.Email, 1, 7)
	before, e := len(o.Box.To(address)), exchange.Elector{Urn: 1, Number: 7}
	for i := range 5 {
		if w := o.renew(strings.ToUpper(address), "fr", fmt.Sprintf("10.0.%d.1", i)); w.Code != 200 {
			t.Fatalf("%d", w.Code)
		}
		o.work(t)
	}
	if n := len(o.Box.To(address)) - before; n != 3 || o.Roll.Last(e).Generation != 3 {
		t.Errorf("%d messages, generation %d, after five requests in a day", n, o.Roll.Last(e).Generation)
	}
	o.Clock.Move(25 * time.Hour)
	o.renew(address, "fr", "10.0.0.1")
	o.work(t)
	if o.Roll.Last(e).Generation != 4 {
		t.Errorf("generation %d on the next day", o.Roll.Last(e).Generation)
	}
	o.Roll.Fail = errors.New("no line")
	o.renew(issuertest.Address(courier.Email, 1, 8), "fr", "10.0.0.1")
	o.work(t)
	if len(o.failed) != 1 || strings.Contains(o.failed[0], "@") {
		t.Errorf("failures: %q", o.failed)
	}
}

// TestLed has no page for new codes where the scrutin is a companion: they are the leading one's.
func TestLed(t *testing.T) {
	o := open(t, 0, "code")
	o.Led = true
	o.Handler = o.api.Handler(o.guard)
	for _, method := range []string{"GET", "POST"} {
		if w := o.ask(method, "/v1/renew", "address=a@b.example", "Content-Type", form, "Origin", portal); w.Code != http.StatusNotFound && w.Code != http.StatusForbidden {
			t.Errorf("%s: %d", method, w.Code)
		}
	}
	if w := o.ask("POST", "/v1/receipt-mail", "x", "Content-Type", octets, "Origin", portal); w.Code != http.StatusOK {
		t.Errorf("a receipt: %d", w.Code)
	}
}

// Ten in an hour for a network; then a page that says so, and afterwards again.
func TestNetworkLimit(t *testing.T) {
	o := open(t, 0, "mark-only")
	o.Import(t)
	for i := range 12 {
		w := o.renew(fmt.Sprintf("a%d@mail.example", i), "fr", fmt.Sprintf("192.0.2.%d", i))
		if want := map[bool]int{true: 200, false: 429}[i < 10]; w.Code != want {
			t.Errorf("request %d: %d", i+1, w.Code)
		}
		if w.Code == 429 && (w.Header().Get("Retry-After") == "" || !strings.Contains(w.Body.String(), "<h1>")) {
			t.Errorf("refused without a page: %v %s", w.Header(), w.Body)
		}
	}
	if w := o.renew("b@mail.example", "fr", "198.51.100.1"); w.Code != 200 {
		t.Errorf("another network: %d", w.Code)
	}
	for i := range 61 {
		w := o.renew(fmt.Sprintf("d%d@mail.example", i), "fr", "203.0.113.10")
		if want := map[bool]int{true: 200, false: 429}[i < 60]; w.Code != want {
			t.Errorf("request %d of the help desk: %d", i+1, w.Code)
		}
	}
	if w := o.ask("GET", "/v1/renew", "", "From", "192.0.2.1"); w.Code != 200 {
		t.Errorf("the form itself: %d", w.Code)
	}
	o.Clock.Move(time.Hour)
	if w := o.renew("c@mail.example", "fr", "192.0.2.1"); w.Code != 200 {
		t.Errorf("an hour later: %d", w.Code)
	}
}

// full is a store that keeps no request any more.
type full struct{ issuer.Store }

func (full) Ask(context.Context, string, bool, int) error { return issuer.ErrBusy }

// More than can wait, or be kept, are refused, whoever asks.
func TestFull(t *testing.T) {
	o := open(t, 0, "mark-only")
	o.Import(t)
	o.Station.Store = full{o.Store}
	for i, address := range []string{issuertest.Address(courier.Email, 1, 7), "nobody@mail.example"} {
		if got := o.renew(address, "fr", fmt.Sprintf("10.200.%d.1", i)); got.Code != 503 {
			t.Errorf("%s: %d", address, got.Code)
		}
	}
	o.Station.Store = o.Store
	if got := o.renew("b@mail.example", "fr", "10.200.2.1"); got.Code != 200 {
		t.Errorf("afterwards: %d", got.Code)
	}
}

func TestNotify(t *testing.T) {
	o := open(t, 0, "mark-only")
	o.Import(t)
	v := exchange.Validation{Elector: exchange.Elector{Urn: 1, Number: 7}, ID: [16]byte{1}, Expires: o.Clock.Now().Add(time.Minute), Digits: "048213"}
	nobody := v
	nobody.Number = 99
	for name, c := range map[string]struct {
		body []byte
		want exchange.Answer
	}{
		"six digits": {v.Bytes(), exchange.Answer{Hint: "e…@m…"}}, "nobody": {nobody.Bytes(), exchange.Answer{Refused: exchange.RefusedElector}},
		"votes": {exchange.Voted{{Urn: 1, Number: 7}}.Bytes(), exchange.Answer{}}, "another form": {[]byte{9}, exchange.Answer{Refused: exchange.RefusedFormat}},
	} {
		w := o.ask("POST", "/link/v1/notify", string(c.body), "Authorization", bearer)
		if got, err := exchange.ParseAnswer(w.Body.Bytes()); err != nil || got != c.want {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
	}
	o.work(t)
	if got := o.Box.To(issuertest.Address(courier.Email, 1, 7)); len(got) != 2 || got[0].Kind != courier.Voted || got[1].Kind != courier.Validation {
		t.Errorf("%d messages: %+v", len(got), got)
	}
}

// What the gateway says ends in the table.
func TestDelivery(t *testing.T) {
	o := open(t, 1, "mark-only")
	o.Mail(t)
	for i, l := range o.Box.Letters() {
		if l.Kind == courier.Codes && i%2 == 0 {
			body := fmt.Sprintf(`{"id":"%s","status":"failed"}`, l.Name)
			if w := o.ask("POST", "/v1/delivery", body, "Content-Type", "application/json", sms.SignatureHeader, sms.Sign(gateway, []byte(body))); w.Code != 204 {
				t.Errorf("%d", w.Code)
			}
		}
	}
	counts, err := o.Store.Counts(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	bounced, all := 0, 0
	for _, l := range courier.Table(counts, 1) {
		if l.Kind == courier.Codes && l.Channel == courier.SMS {
			bounced += l.Bounced
			all += l.Total()
		}
	}
	if bounced != 19 || all != 38 {
		t.Errorf("%d of %d bounced", bounced, all)
	}
}
