package citizen_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/webauthn"
	"github.com/chromedp/chromedp"

	"isoloir/portal/axe"
	"isoloir/web/chrome"
)

// A citizenPage is a tab on a town's pages, and its test.
type citizenPage struct {
	*testing.T
	*town
	tab context.Context
	url string
}

// browser is shared by the tests of this package; TestMain ends it.
var browser struct {
	sync.Once
	*chrome.Browser
	end func()
	err error
}

func TestMain(m *testing.M) {
	code := m.Run()
	if browser.end != nil {
		browser.end()
	}
	os.Exit(code)
}

// visit opens a tab. Passkeys want a name for their origin, and no address in figures.
func (v *town) visit(t *testing.T) *citizenPage {
	t.Helper()
	browser.Do(func() { browser.Browser, browser.end, browser.err = chrome.Open() })
	if browser.err != nil {
		t.Fatal(browser.err)
	}
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == v.cut.Load() {
			panic(http.ErrAbortHandler)
		}
		v.handler.ServeHTTP(w, r)
	}))
	t.Cleanup(s.Close)
	return &citizenPage{t, v, browser.Tab(t, 4*time.Minute), strings.Replace(s.URL, "127.0.0.1", "localhost", 1)}
}

// device gives the tab an authenticator whose passkeys hold a secret (prf), and whose owner
// always shows himself.
func (p *citizenPage) device() {
	p.Helper()
	if _, err := chromedp.Call(p.tab, webauthn.Enable, webauthn.EnableParams{}); err != nil {
		p.Fatal(err)
	}
	if _, err := chromedp.Call(p.tab, webauthn.AddVirtualAuthenticator, webauthn.AddVirtualAuthenticatorParams{Options: &webauthn.VirtualAuthenticatorOptions{
		Protocol: webauthn.AuthenticatorProtocolCtap2, Ctap2version: webauthn.Ctap2versionCtap21, Transport: webauthn.AuthenticatorTransportInternal,
		HasResidentKey: true, HasUserVerification: true, HasPrf: true, AutomaticPresenceSimulation: true, IsUserVerified: true}}); err != nil {
		p.Fatal(err)
	}
}

func (p *citizenPage) do(actions ...chromedp.Action[chromedp.Void]) {
	p.Helper()
	if err := chromedp.Do(p.tab, actions...); err != nil {
		p.Fatal(err)
	}
}

// until waits for a state of the page.
func (p *citizenPage) until(what, condition string) {
	p.Helper()
	for end := time.Now().Add(time.Minute); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
		if met, err := chromedp.Run(p.tab, chromedp.Evaluate[bool](`Boolean(`+condition+`)`)); err == nil && met {
			return
		}
	}
	now, _ := chromedp.Run(p.tab, chromedp.Evaluate[string](`document.body.innerText`))
	p.Fatalf("never: %s\n%s", what, now)
}

// section waits for one of the account's page.
func (p *citizenPage) section(name string) {
	p.Helper()
	p.until("section "+name, fmt.Sprintf(`document.getElementById(%q)?.checkVisibility() && document.activeElement`, name))
}

// said waits for words in what the page says.
func (p *citizenPage) said(words string) {
	p.Helper()
	p.until(words, fmt.Sprintf(`!document.querySelector("#said").hidden && document.querySelector("#said").textContent.includes(%q)`, words))
}

// fill types into a field; press is the return key in what has the focus.
func (p *citizenPage) fill(field, text string) {
	p.Helper()
	p.do(chromedp.SetValue(field, text))
}

func (p *citizenPage) press(at, key string) {
	p.Helper()
	p.until(at+" has the focus", fmt.Sprintf(`(e => { e?.focus(); return e && document.activeElement === e; })(document.querySelector(%q))`, at))
	p.do(chromedp.KeyEvent(key))
}

func (p *citizenPage) text(selector string) string {
	p.Helper()
	found, err := chromedp.Run(p.tab, chromedp.Evaluate[string](fmt.Sprintf(`document.querySelector(%q).textContent`, selector)))
	if err != nil {
		p.Fatal(err)
	}
	return found
}

// look has axe look at the page at three widths, finds what is wider than the screen, and
// keeps pictures in the directory PICTURES where somebody wants to see them.
func (p *citizenPage) look(name string) {
	p.Helper()
	for _, width := range []int64{1280, 320, 390} {
		if _, err := chromedp.Call(p.tab, emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{Width: width, Height: 800, DeviceScaleFactor: 1}); err != nil {
			p.Fatal(err)
		}
		if wide, err := chromedp.Run(p.tab, chromedp.Evaluate[bool](`document.documentElement.scrollWidth > innerWidth + 1`)); err != nil || wide {
			p.Errorf("%s: wider than %d; %v", name, width, err)
		}
		if dir := os.Getenv("PICTURES"); dir != "" && width != 320 {
			shot, err := chromedp.Run(p.tab, chromedp.FullScreenshot(100))
			if err == nil {
				err = os.WriteFile(filepath.Join(dir, fmt.Sprintf("citizen-%s-%d.png", name, width)), shot, 0o600)
			}
			if err != nil {
				p.Error(err)
			}
		}
	}
	found, err := axe.Check(p.tab)
	if err != nil {
		p.Fatal(err)
	}
	for _, f := range found {
		p.Errorf("%s: %v", name, f)
	}
}
