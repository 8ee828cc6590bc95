package pages_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"isoloir/portal/axe"
	"isoloir/portal/guard"
	"isoloir/portal/pages"
	"isoloir/web/chrome"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/chromedp"
)

// browser is one for all tests, and ends with them.
var browser = sync.OnceValues(func() (*chrome.Browser, error) {
	b, end, err := chrome.Open()
	if err == nil {
		ended = end
	}
	return b, err
})

var ended = func() {}

func TestMain(m *testing.M) {
	code := m.Run()
	ended()
	os.Exit(code)
}

func shared(t *testing.T) *chrome.Browser {
	t.Helper()
	b, err := browser()
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// TestBrowser opens pages in a real browser: axe finds nothing, nothing is wider than
// a small phone, what one presses is large enough, and the browser has nothing to
// complain of.
func TestBrowser(t *testing.T) {
	f := newFake(t)
	s := httptest.NewServer(f.site())
	defer s.Close()
	tab := shared(t).Tab(t, 2*time.Minute)
	at := "the start"
	if err := chromedp.Listen(tab, func(event any) {
		if e, ok := event.(*log.EventEntryAdded); ok && !strings.Contains(e.Entry.Text, "the server responded with a status of 4") {
			t.Errorf("%s: the browser says: %s", at, e.Entry.Text)
		}
	}); err != nil {
		t.Fatal(err)
	}
	try := func(path string, checks ...func(context.Context, string) error) {
		t.Helper()
		at = path
		if err := chromedp.Do(tab, chromedp.Navigate(s.URL+path)); err != nil {
			t.Fatal(path, err)
		}
		for _, check := range checks {
			if err := check(tab, path); err != nil {
				t.Errorf("%s, %s: %v", f.progress.Phase(f.manifest, f.now), path, err)
			}
		}
	}
	media(t, tab, "prefers-color-scheme", "light")
	width(t, tab, 320)
	f.enter(pages.Open)
	for _, path := range append(under("/fr", all), "/fr/rien", "/fr/?q=nulle+part") {
		try(path, fits, targets, accessible)
	}
	changing := []string{"/en/", "/en/urne/urne-japon", "/en/resultats"}
	for _, p := range []pages.Phase{pages.Before, pages.Suspended, pages.Closed, pages.Published} {
		f.enter(p)
		for _, path := range changing {
			try(path, fits, targets, accessible)
		}
	}
	media(t, tab, "prefers-color-scheme", "dark")
	width(t, tab, 1280)
	for _, path := range append(changing, "/en/notice", "/en/client", "/en/assistance?sent", "/en/questions", "/en/aide") {
		try(path, fits, contrast)
	}
}

// TestMagnified doubles the text in half the width of a desk: nothing is cut off.
func TestMagnified(t *testing.T) {
	f := newFake(t)
	f.enter(pages.Published)
	s := httptest.NewServer(f.site())
	defer s.Close()
	tab := shared(t).Tab(t, 3*time.Minute)
	width(t, tab, 640)
	for _, path := range under("/fr", all) {
		err := chromedp.Do(tab, chromedp.Navigate(s.URL+path))
		if err == nil {
			_, err = chromedp.Run(tab, chromedp.Evaluate[bool](`document.styleSheets[0].insertRule("html{font-size:200%}"), true`))
		}
		if err == nil {
			err = chrome.Fits(tab)
		}
		if err != nil {
			t.Errorf("%s: %v", path, err)
		}
	}
}

// TestKeyboard goes to the content by the first key, and to the vote without a
// pointer.
func TestKeyboard(t *testing.T) {
	f := newFake(t)
	f.enter(pages.Open)
	s := httptest.NewServer(f.site())
	defer s.Close()
	tab := shared(t).Tab(t, 3*time.Minute)
	if err := chromedp.Do(tab, chromedp.Navigate(s.URL+"/fr/urne/urne-japon"), chromedp.KeyEvent("\t")); err != nil {
		t.Fatal(err)
	}
	focus := `document.activeElement.textContent.trim()`
	if got, err := chromedp.Run(tab, chromedp.Evaluate[string](focus)); err != nil || got != "Aller au contenu" {
		t.Errorf("the first key leads to %q: %v", got, err)
	}
	if err := chromedp.Do(tab, chromedp.KeyEvent("\r"), chromedp.KeyEvent("\t")); err != nil {
		t.Fatal(err)
	}
	if got, err := chromedp.Run(tab, chromedp.Evaluate[string](focus)); err != nil || got != "Je vote par internet" {
		t.Errorf("after the content comes %q: %v", got, err)
	}
	outline, err := chromedp.Run(tab, chromedp.Evaluate[string](`getComputedStyle(document.activeElement).outlineStyle`))
	if err != nil || outline != "solid" {
		t.Errorf("where one is cannot be seen: %q, %v", outline, err)
	}
}

// TestRenewalForm sends the form of /renouveler from the portal's origin to an
// issuer's, which takes it from there and from nowhere else.
func TestRenewalForm(t *testing.T) {
	f := newFake(t)
	f.enter(pages.Open)
	var portal string
	got := make(chan url.Values, 1)
	g := guard.New(guard.Config{Now: time.Now})
	issuer := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var form url.Values
		g.Forms(portal, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			r.ParseForm()
			form = r.PostForm
		})).ServeHTTP(w, r)
		if r.URL.Path == "/v1/renew" {
			got <- form
		}
	}))
	defer issuer.Close()
	f.origins.Issuers[1] = issuer.URL
	s := httptest.NewServer(f.site())
	defer s.Close()
	tab := shared(t).Tab(t, 3*time.Minute)
	for _, c := range []struct {
		trusted string
		heard   bool
	}{{s.URL, true}, {"https://another.example", false}} {
		portal = c.trusted
		err := chromedp.Do(tab, chromedp.Navigate(s.URL+"/en/renouveler"), chromedp.SendKeys("#address-1", "+33 6 12 34 56 78"), chromedp.KeyEvent("\r"))
		if err != nil {
			t.Fatal(err)
		}
		select {
		case form := <-got:
			if (form != nil) != c.heard || c.heard && (form.Get("address") != "+33 6 12 34 56 78" || form.Get("language") != "en") {
				t.Errorf("the issuer that trusts %s got %v", c.trusted, form)
			}
		case <-tab.Done():
			t.Fatal("no form has left the page")
		}
	}
}

// TestForms fills in forms as people do: wrongly, and at the desk.
func TestForms(t *testing.T) {
	f := newFake(t)
	f.enter(pages.Open)
	s := httptest.NewServer(f.site())
	defer s.Close()
	tab := shared(t).Tab(t, 3*time.Minute)
	width(t, tab, 320)
	shows := func(text string, steps ...chromedp.Action[chromedp.Void]) {
		t.Helper()
		if err := chromedp.Do(tab, steps...); err != nil {
			t.Fatal(err)
		}
		for range 100 {
			if got, err := chromedp.Run(tab, chromedp.Evaluate[bool](fmt.Sprintf("document.readyState === 'complete' && document.body.innerText.includes(%q)", text))); err == nil && got {
				for _, check := range []func(context.Context, string) error{fits, targets, accessible} {
					if err := check(tab, ""); err != nil {
						t.Errorf("%s: %v", text, err)
					}
				}
				return
			}
			time.Sleep(50 * time.Millisecond)
		}
		t.Fatalf("the page does not say %q", text)
	}
	shows("one of your codes", chromedp.Navigate(s.URL+"/en/assistance"), chromedp.SetAttributeValue("form", "novalidate", ""),
		chromedp.SendKeys("#text", "K7QF-2MWX-9TRA"), chromedp.Click("main form button"))
	shows("does not fit", chromedp.Navigate(s.URL+"/en/bureau-assistance"), chromedp.SendKeys("#name", "anne"), chromedp.SendKeys("#passphrase", "wrong"), chromedp.Click("main form button"))
	shows("You came in as anne", chromedp.SendKeys("#name", "anne"), chromedp.SendKeys("#passphrase", deskPhrase), chromedp.Click("main form button"))
	shows("The request has left", chromedp.Click("#issuer-emetteur-sms"), chromedp.SendKeys("#address", "06 12 34 56 78"), chromedp.Click("main form button"))
	shows("Passphrase", chromedp.Click("form[action$=sortir] button"))
	if len(f.renewed) != 1 {
		t.Errorf("%q", f.renewed)
	}
}

func accessible(tab context.Context, _ string) error { return tried(axe.Check(tab)) }

func contrast(tab context.Context, _ string) error { return tried(axe.Check(tab, "color-contrast")) }

func fits(tab context.Context, _ string) error { return chrome.Fits(tab) }

func tried(found []axe.Violation, err error) error {
	if err == nil && len(found) > 0 {
		err = fmt.Errorf("axe: %v", found)
	}
	return err
}

// targets finds what one presses that is lower than 44 px, but links within a
// sentence (WCAG 2.2, 2.5.5 and its exception).
func targets(tab context.Context, _ string) error {
	small, err := chromedp.Run(tab, chromedp.Evaluate[[]string](`[...document.querySelectorAll("button, .button, select, input:not([type=hidden]):not([type=radio]):not([type=checkbox]), textarea, summary, nav a, .places a, .documents a, .choice")]
		.filter(e => e.checkVisibility() && e.getBoundingClientRect().height < 43.9).map(e => e.tagName + " " + e.textContent.trim() + " " + e.getBoundingClientRect().height)`))
	if err == nil && len(small) > 0 {
		err = fmt.Errorf("too small to press: %q", small)
	}
	return err
}

func media(t *testing.T, tab context.Context, name, value string) {
	t.Helper()
	feature := emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: name, Value: value}}}
	if _, err := chromedp.Call(tab, emulation.SetEmulatedMedia, feature); err != nil {
		t.Fatal(err)
	}
}

func width(t *testing.T, tab context.Context, px int64) {
	t.Helper()
	if err := chromedp.Do(tab, chromedp.EmulateViewport(px, 900)); err != nil {
		t.Fatal(err)
	}
}
