package notices_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"isoloir/courier"
	"isoloir/courier/outbox"
	"isoloir/notice"
	"isoloir/notice/sqlite"
	"isoloir/portal/axe"
	"isoloir/portal/guard"
	"isoloir/portal/notices"
	"isoloir/web/chrome"
)

// A town has notices of one consultation.
type town struct {
	http.Handler
	service *notice.Service
	box     *outbox.Box
	down    bool // nobody carries
	failed  []string
}

func (v *town) Carry(ctx context.Context, m courier.Message) error {
	if v.down {
		return courier.ErrRefused
	}
	return v.box.Carry(ctx, m)
}

// run is the regular one, which has so many messages leave.
func (v *town) run(t *testing.T, want int) {
	t.Helper()
	if n, err := v.service.Send(t.Context(), nil); err != nil || n != want {
		t.Fatalf("%d messages, not %d; %v", n, want, err)
	}
}

func newTown(t *testing.T) *town {
	t.Helper()
	v := &town{box: outbox.New(100, time.Now)}
	store, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "notices.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { store.Shut() })
	pusher, err := notice.NewPusher(base64.RawURLEncoding.EncodeToString(bytes.Repeat([]byte{1}, 32)), "mairie@ville.example", http.DefaultClient)
	if err != nil {
		t.Fatal(err)
	}
	s := &notice.Service{Store: store, Carrier: v, Push: pusher, Site: "https://avis.ville.example", Organisation: "Ville", Zone: time.UTC, Now: time.Now}
	rand.Read(s.Key[:])
	v.service = s
	events := []notice.Event{{ID: "parc", Title: "Un parc ?", Territory: []string{"nord"}, Opens: time.Now().Add(time.Hour), Closes: time.Now().Add(48 * time.Hour), Updated: time.Now(), URL: "https://ville.example/consultations/parc"}}
	v.Handler, err = notices.New(notices.Config{Service: s, Places: []notices.Place{{ID: "nord", Label: "Nord"}, {ID: "sud", Label: "Sud"}}, Rehearsal: true,
		Events: func(context.Context) ([]notice.Event, error) { return events, nil },
		Failed: func(route string, err error) { v.failed = append(v.failed, fmt.Sprint(route, err)) },
		Guard: func(refuse func(http.ResponseWriter, *http.Request, int)) *guard.Guard {
			return guard.New(guard.Config{Now: time.Now, Refuse: refuse})
		}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		for _, f := range v.failed {
			t.Error(f)
		}
	})
	return v
}

// send asks for something; more are headers, by name and value.
func (v *town) send(method, path, body string, more ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	if method == http.MethodPost {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for i := 0; i < len(more); i += 2 {
		r.Header.Set(more[i], more[i+1])
	}
	w := httptest.NewRecorder()
	v.ServeHTTP(w, r)
	return w
}

var link = regexp.MustCompile(`https://avis\.ville\.example(/\w+/avis/\w+\?code=[0-9a-f]{64})`)

// TestAccess goes through all addresses with what is wrong for each: methods, origins,
// types, territories, codes. (S000-20)
func TestAccess(t *testing.T) {
	v := newTown(t)
	form := url.Values{"address": {"anne@nord.example"}, "territory": {"nord"}}.Encode()
	endpoint, _ := json.Marshal(notice.Endpoint{URL: "https://127.0.0.1/x"})
	cross := []string{"Origin", "https://evil.example", "Sec-Fetch-Site", "cross-site"}
	js := []string{"Content-Type", "application/json"}
	for _, c := range []struct {
		method, path, body string
		headers            []string
		want               int
	}{
		{"GET", "/", "", nil, 303}, {"GET", "/fr/avis", "", nil, 200}, {"GET", "/en/avis", "", nil, 200}, {"GET", "/de/avis", "", nil, 404},
		{"POST", "/fr/avis", form, cross, 403}, {"POST", "/fr/avis", form, js, 415}, {"PUT", "/fr/avis", form, nil, 404},
		{"POST", "/fr/avis", "address=anne&territory=nord", nil, 422}, {"POST", "/fr/avis", "address=anne%40nord.example&territory=est", nil, 400},
		{"POST", "/fr/avis", form, nil, 200},
		{"GET", "/fr/avis/confirmer?code=00", "", nil, 200}, {"POST", "/fr/avis/confirmer?code=00", "", nil, 410}, {"POST", "/fr/avis/arreter?code=00", "", cross, 403},
		{"GET", "/fr/avis.ics", "", nil, 200}, {"GET", "/fr/avis.atom?territoire=nord", "", nil, 200}, {"GET", "/fr/avis.ics?territoire=est", "", nil, 404}, {"POST", "/fr/avis.ics", "", nil, 404},
		{"POST", "/v1/browser", string(endpoint), js, 400}, {"POST", "/v1/browser", string(endpoint), nil, 415}, {"POST", "/v1/browser", string(endpoint), append(js, cross...), 403}, {"GET", "/v1/browser", "", nil, 405},
		{"POST", "/v1/browser/leave", "{}", js, 400},
		{"GET", "/client/notices.js", "", nil, 200}, {"GET", "/client/style.css", "", nil, 200}, {"GET", "/worker.js", "", nil, 200}, {"GET", "/client/..%2fnotices.go", "", nil, 404},
	} {
		w := v.send(c.method, c.path, c.body, c.headers...)
		if w.Code != c.want {
			t.Errorf("%s %s: %d, not %d", c.method, c.path, w.Code, c.want)
		}
		if len(w.Result().Cookies()) > 0 {
			t.Errorf("%s %s: a cookie", c.method, c.path)
		}
	}
	v.run(t, 1)
}

// TestLinks: opening a link does nothing, its button does; a mail program's own button ends
// notices by one message that comes from no page.
func TestLinks(t *testing.T) {
	v := newTown(t)
	form := url.Values{"address": {"anne@nord.example"}, "territory": {""}}.Encode()
	answer := func(form string) string {
		t.Helper()
		before := len(v.box.Letters())
		w := v.send("POST", "/fr/avis", form)
		if n := len(v.box.Letters()) - before; n != 0 {
			t.Errorf("%d messages leave while a visitor waits", n)
		}
		return fmt.Sprint(w.Code, w.Header(), w.Body)
	}
	first := answer(form)
	if again := answer(form); again != first {
		t.Error("an address that stands there is answered otherwise")
	}
	v.down = true
	if refused := answer(url.Values{"address": {"nobody@nord.example"}, "territory": {""}}.Encode()); refused != first {
		t.Error("an address that its server refuses is answered otherwise")
	}
	if v.run(t, 0); len(v.box.Letters()) != 0 {
		t.Error("nobody carried, and something came")
	}
	v.down = false
	answer(form)
	v.run(t, 1)
	path := link.FindStringSubmatch(v.box.To("anne@nord.example")[0].Body)[1]
	for range 2 {
		if w := v.send("GET", path, ""); w.Code != 200 || !strings.Contains(w.Body.String(), "<button>Je confirme</button>") {
			t.Errorf("%d", w.Code)
		}
	}
	if w := v.send("POST", path, ""); w.Code != 200 || !strings.Contains(w.Body.String(), "C’est confirmé") {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	if w := v.send("POST", strings.Replace(path, "confirmer", "arreter", 1), "List-Unsubscribe=One-Click"); w.Code != 410 {
		t.Errorf("the link that confirms ends: %d", w.Code)
	}
	if confirmed := answer(form); confirmed != first {
		t.Error("an address that is told already is answered otherwise")
	}
	v.run(t, 0)
}

// TestFiles: what a calendar program and a feed reader get.
func TestFiles(t *testing.T) {
	v := newTown(t)
	for path, want := range map[string][2]string{
		"/fr/avis.ics?territoire=nord": {"text/calendar; charset=utf-8", "SUMMARY:Un parc ?"},
		"/en/avis.atom":                {"application/atom+xml; charset=utf-8", "<title>Un parc ?</title>"},
	} {
		if w := v.send("GET", path, ""); w.Header().Get("Content-Type") != want[0] || !strings.Contains(w.Body.String(), want[1]) {
			t.Errorf("%s: %v %s", path, w.Header(), w.Body)
		}
	}
	if w := v.send("GET", "/fr/avis.ics?territoire=sud", ""); strings.Contains(w.Body.String(), "VEVENT") {
		t.Error("the south is told of the north")
	}
}

// TestBrowser goes the way by keyboard in both languages, at three widths.
func TestBrowser(t *testing.T) {
	v := newTown(t)
	s := httptest.NewServer(v)
	defer s.Close()
	tab := chrome.Start(t).Tab(t, 3*time.Minute)
	do := func(actions ...chromedp.Action[chromedp.Void]) {
		t.Helper()
		if err := chromedp.Do(tab, actions...); err != nil {
			t.Fatal(err)
		}
	}
	until := func(words string) {
		t.Helper()
		for end := time.Now().Add(time.Minute); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
			if met, err := chromedp.Run(tab, chromedp.Evaluate[bool](fmt.Sprintf(`document.body.innerText.includes(%q)`, words))); err == nil && met {
				return
			}
		}
		t.Fatalf("never: %s", words)
	}
	look := func(name string) {
		t.Helper()
		for _, width := range []int64{1280, 320, 390} {
			if err := chrome.Size(tab, width, 800); err != nil {
				t.Fatal(err)
			}
			if err := chrome.Fits(tab); err != nil {
				t.Errorf("%s: %v", name, err)
			}
			if err := chrome.Picture(tab, fmt.Sprintf("notices-%s-%d", name, width)); err != nil {
				t.Error(err)
			}
		}
		found, err := axe.Check(tab)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range found {
			t.Errorf("%s: %v", name, f)
		}
	}
	do(chromedp.Navigate(s.URL + "/en/avis"))
	until("In this browser")
	look("form-en")
	do(chromedp.Navigate(s.URL + "/fr/avis"))
	until("Dans ce navigateur")
	do(chromedp.Focus("#address"), chromedp.KeyEvent("anne\r"))
	until("Écrivez une adresse complète")
	look("wrong")
	do(chromedp.SetValue("#address", "anne@nord.example"), chromedp.Focus("#address"), chromedp.KeyEvent("\r"))
	until("Regardez vos courriels")
	look("asked")
	v.run(t, 1)
	do(chromedp.Navigate(s.URL + link.FindStringSubmatch(v.box.To("anne@nord.example")[0].Body)[1]))
	until("Je confirme")
	look("confirm")
	do(chromedp.Focus("main button"), chromedp.KeyEvent("\r"))
	until("C’est confirmé")
}
