package story

import (
	"context"
	"fmt"
	"testing"
	"time"

	"isoloir/portal/passkey"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/webauthn"
	"github.com/chromedp/chromedp"
)

// A seat is a member at his own browser, with an authenticator and his medium.
type seat struct {
	*testing.T
	id, name, origin string
	medium           string // the file
	passphrase       string
	tab              context.Context
}

// patience is how long a page may take, on a machine that does much else.
const patience = 90 * time.Second

func (s *seat) do(steps ...chromedp.Action[chromedp.Void]) {
	s.Helper()
	ctx, cancel := context.WithTimeout(s.tab, patience)
	defer cancel()
	if err := chromedp.Do(ctx, steps...); err != nil {
		s.lost(err.Error())
	}
}

// lost ends the test with what the page shows.
func (s *seat) lost(why string) {
	s.Helper()
	text, _ := chromedp.Run(s.tab, chromedp.Evaluate[string](`location.href + "\n" + document.body.innerText.slice(0, 900) + [...document.querySelectorAll("[role=alert], .error, #said")].filter(e => e.checkVisibility()).map(e => " ! " + e.textContent).join("")`))
	s.Fatalf("%s: %s\n%s", s.id, why, text)
}

// until waits for something of the page, and of the one after it.
func (s *seat) until(condition string) {
	s.Helper()
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		if met, err := chromedp.Run(s.tab, chromedp.Evaluate[bool](`Boolean(`+condition+`)`)); err == nil && met {
			return
		}
	}
	s.lost("waits for " + condition)
}

// says waits for a text on the page.
func (s *seat) says(text string) {
	s.Helper()
	s.until("document.querySelector('main').innerText.includes(`" + text + "`)")
}

// arrive gives the member an authenticator, and lets him in by his invitation, with the keyboard alone.
func (s *seat) arrive(code string) {
	s.Helper()
	options := &webauthn.VirtualAuthenticatorOptions{Protocol: "ctap2", Transport: "internal", HasResidentKey: true, HasUserVerification: true,
		IsUserVerified: true, AutomaticPresenceSimulation: true}
	if _, err := chromedp.Call(s.tab, webauthn.Enable, webauthn.EnableParams{}); err != nil {
		s.Fatal(err)
	}
	if _, err := chromedp.Call(s.tab, webauthn.AddVirtualAuthenticator, webauthn.AddVirtualAuthenticatorParams{Options: options}); err != nil {
		s.Fatal(err)
	}
	s.do(chromedp.Navigate(s.origin+"/fr/entrer"), chromedp.SendKeys("#code", code), chromedp.KeyEvent("\r"))
	s.until(`location.pathname === "/fr/"`)
}

// open goes to a page. The medium is closed by it.
func (s *seat) open(path string) {
	s.Helper()
	s.do(chromedp.Navigate(s.origin + path))
}

// click presses what the page has, or will have when it is brought up to date.
func (s *seat) click(selector string) {
	s.Helper()
	s.until(`document.readyState === "complete" && (b => b && (b.click(), true))(document.querySelector('` + selector + `'))`)
}

// send gives its form with a text in a field of it, in one stroke: the page may be brought up to date at any moment. Where the selector
// is that of a form, it is given as it stands.
func (s *seat) send(selector, text string) {
	s.Helper()
	s.until(fmt.Sprintf(`document.readyState === "complete" && (e => e && (e.form ? (e.value = %q, e.form.requestSubmit()) : e.requestSubmit(), true))(document.querySelector(%q))`, text, selector))
}

// state states what a form of the page holds: the member reads it in the dialog, opens his medium if it is not open, and signs.
func (s *seat) state(kind string) {
	s.Helper()
	s.click(`form[data-kind="` + kind + `"] button:not([data-elsewhere])`)
	s.until(`document.getElementById("sign").open`)
	closed, err := chromedp.Run(s.tab, chromedp.Evaluate[bool](`document.getElementById("sign-medium").checkVisibility()`))
	if err != nil {
		s.lost(err.Error())
	}
	if closed {
		s.do(chromedp.SetUploadFiles("#medium", []string{s.medium}), chromedp.SendKeys("#passphrase", s.passphrase))
	}
	s.do(chromedp.Click("#sign-do"))
	s.until(`!document.getElementById("sign").open`)
}

// cookie is what the browser logged in with.
func (s *seat) cookie() string {
	s.Helper()
	answer, err := chromedp.Call(s.tab, network.GetCookies, network.GetCookiesParams{})
	if err != nil {
		s.Fatal(err)
	}
	for _, c := range answer.Cookies {
		if c.Name == passkey.Cookie {
			return c.Value
		}
	}
	s.Fatalf("%s has no cookie", s.id)
	return ""
}
