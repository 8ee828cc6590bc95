package citizen_test

import (
	"bytes"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/storage"
	"github.com/chromedp/chromedp"

	"isoloir/scrutin"
	"isoloir/scrutin/note"
)

// publish writes the list of the town's cards, the first of them active, and its signature.
func (v *town) publish(t *testing.T) {
	t.Helper()
	lines := []string{}
	for i, p := range v.papers {
		digits, _ := p.Number.MarshalText()
		state := "invalid"
		if i < handed {
			state = "active"
		}
		lines = append(lines, fmt.Sprintf("%s,nord,%s\n", digits, state))
	}
	slices.Sort(lines)
	list := []byte("number,constituency,state\n" + strings.Join(lines, ""))
	text := fmt.Sprintf("isoloir/v1/published\n%s 1\n%s\n%d %d %d\n", v.Rho, scrutin.DigestOf(list), handed, len(lines)-handed, len(lines))
	signed, err := note.Sign(text, v.Signer)
	if err != nil {
		t.Fatal(err)
	}
	v.files["1.csv"], v.files["1.note"] = &fstest.MapFile{Data: list}, &fstest.MapFile{Data: signed}
}

// TestCard: the list is fetched whole whatever the number, and a list that does not add up,
// or that nobody has signed, is said.
func TestCard(t *testing.T) {
	v := newTown(t)
	v.publish(t)
	var mu sync.Mutex
	var asked []string
	inner := v.handler
	v.handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer inner.ServeHTTP(w, r)
		if r.URL.Path == "/icon.svg" { // the browser asks when it likes
			return
		}
		mu.Lock()
		defer mu.Unlock()
		asked = append(asked, fmt.Sprint(r.Method, " ", r.URL, " ", r.Header.Get("Referer"), r.Header.Get("Cookie"), r.ContentLength))
	})
	p := v.visit(t)
	p.do(chromedp.Navigate(p.url + "/fr/carte"))
	p.until("the page is ready", `!document.querySelector("#card-form").hidden`)
	search := func(number, words string) []string {
		mu.Lock()
		asked = nil
		mu.Unlock()
		p.fill("#number", number)
		p.press("#number", "\r")
		p.said(words)
		mu.Lock()
		defer mu.Unlock()
		slices.Sort(asked)
		return asked
	}
	first := search(v.papers[0].Number.String(), "remise à quelqu’un (nord). La liste est juste\u00a0: 7 actives + 13 annulées = 20")
	p.look("card")
	second := search(v.papers[9].Number.String(), "est annulée")
	if !slices.Equal(first, second) {
		t.Errorf("what is asked depends on the number: %q, %q", first, second)
	}
	search("000 0000 0001", "n’est pas dans cette liste")
	v.files["1.csv"].Data = bytes.Replace(v.files["1.csv"].Data, []byte("invalid"), []byte("active"), 1)
	search(v.papers[0].Number.String(), "n’est pas celle que le registre a signée")
}

// TestConsultations: the list goes by territory, the page says question, arguments, rules
// and what leaks, and its reader is nobody.
func TestConsultations(t *testing.T) {
	v := newTown(t)
	p := v.visit(t)
	p.do(chromedp.Navigate(p.url + "/fr/consultations"))
	p.until("three consultations, in three states", `!document.querySelector("#filter").hidden && document.querySelectorAll(".phase-of").length === 3`)
	p.look("consultations")
	p.do(chromedp.Focus("#place"), chromedp.KeyEvent("nord"))
	p.until("those of the territory", `document.querySelectorAll(".phase-of:not([hidden]) li:not([hidden])").length === 1`)
	p.press(".phase-of:not([hidden]) a", "\r")
	p.until("the page of one", `document.querySelector("h1").textContent === "Un pont pour les vélos" && document.querySelector("img").complete && document.querySelector("img").naturalWidth === 320 && document.querySelector("a.vote").href === "https://vote.example/fr/voter"`)
	p.look("consultation")
	orders := map[string]bool{}
	for range 12 {
		p.do(chromedp.Reload())
		p.until("the page again", `document.querySelectorAll(".argument h4").length === 3`)
		orders[p.text("[data-shuffled]")] = true
	}
	if len(orders) < 2 {
		t.Error("the arguments stand in one order for everybody")
	}
	p.do(chromedp.Navigate(p.url + "/en/consultations/ecole"))
	p.until("what the other publication leaks", `document.body.textContent.includes("That code is a receipt") && document.body.textContent.includes("Under influence") && !document.querySelector("a.vote")`)
	p.look("consultation-english")
}

// skip lets the page's clock go on by so many seconds.
func (p *citizenPage) skip(seconds int) { p.run(fmt.Sprintf("globalThis.skipped = %d", 1000*seconds)) }

// run has the page run a statement.
func (p *citizenPage) run(statement string) {
	p.Helper()
	if _, err := chromedp.Run(p.tab, chromedp.Evaluate[bool]("("+statement+", true)")); err != nil {
		p.Fatal(err)
	}
}

// TestKiosk: on a terminal an account is opened, and left by nobody: two minutes later
// there is nothing of it, in the page, in what browsers keep, or behind the back button.
func TestKiosk(t *testing.T) {
	v := newTown(t)
	p := v.visit(t)
	if _, err := chromedp.Call(p.tab, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{
		Source: `const real = Date.now; globalThis.skipped = 0; Date.now = () => real() + globalThis.skipped;`}); err != nil {
		t.Fatal(err)
	}
	card := v.papers[2]
	p.do(chromedp.Navigate(p.url + "/fr/compte"))
	p.until("a visit before it was a terminal", `localStorage.setItem("isoloir/number", "12345678901") === undefined`)
	p.do(chromedp.Navigate(p.url + "/fr/compte?borne"))
	p.until("the countdown is seen", `document.querySelector("#kiosk-left")?.textContent.includes("2 minutes")`)
	p.until("neither passkeys nor anything to remember", `![...document.querySelectorAll(".only-passkey, .not-kiosk")].some((e) => e.checkVisibility()) && localStorage.length === 0`)
	before := p.places()
	p.press(`a[href*="consultations"]`, "\r")
	p.until("the public pages are a terminal's too", `location.pathname === "/fr/consultations" && document.querySelector("#kiosk-left").textContent`)
	p.press(`.phase-of a[href*="pont"]`, "\r")
	p.until("who votes from a terminal does so at one", `document.querySelector("a.vote")?.href === "https://vote.example/fr/voter?borne"`)
	p.press(`nav a[href*="compte"]`, "\r")
	p.until("the account's page", `location.pathname === "/fr/compte" && document.querySelector("#kiosk-left").textContent && !document.querySelector("#account-page").hidden`)
	p.press("#to-first", "\r")
	p.fill("#first-number", card.Number.String())
	p.fill("#first-scratch", string(card.Scratch.Characters()))
	p.fill("#first-passphrase", "cheval exact pile agrafe")
	p.press("#first-scratch", "\r")
	p.section("account")
	p.look("kiosk")
	p.skip(100)
	p.until("it warns", `document.querySelector("#kiosk.soon") && document.querySelector("#kiosk-said").textContent.includes("30 secondes")`)
	p.look("kiosk-soon")
	p.do(chromedp.KeyEvent("a"))
	p.until("a key goes on", `!document.querySelector("#kiosk.soon")`)
	p.skip(230)
	p.until("all has ended", `globalThis.skipped === 0 && !document.querySelector("#account-page").hidden && document.querySelector("#open").checkVisibility() && !document.querySelector("#account").checkVisibility()`)
	digits, _ := card.Number.MarshalText()
	for _, secret := range []string{string(digits), card.Number.String(), string(card.Scratch.Characters()), "agrafe"} {
		p.until("nothing of it stands in the page", fmt.Sprintf(`!document.documentElement.outerHTML.includes(%q) && ![...document.querySelectorAll("input")].some((i) => i.value.includes(%q))`, secret, secret))
	}
	p.until("nothing is kept", `localStorage.length === 0 && sessionStorage.length === 0 && document.cookie === ""`)
	if cookies, err := chromedp.Call(p.tab, network.GetCookies, network.GetCookiesParams{}); err != nil || len(cookies.Cookies) > 0 {
		t.Errorf("cookies: %v %v", cookies, err)
	}
	usage, err := chromedp.Call(p.tab, storage.GetUsageAndQuota, storage.GetUsageAndQuotaParams{Origin: p.url})
	if err != nil {
		t.Fatal(err)
	}
	for _, u := range usage.UsageBreakdown {
		if u.Usage > 0 {
			t.Errorf("%v bytes in %s", u.Usage, u.StorageType)
		}
	}
	if after := p.places(); after != before {
		t.Errorf("%d places in the history, where there were %d", after, before)
	}
	p.run("history.back()")
	p.until("behind it is what was there before", `location.search === "" && ![...document.querySelectorAll("input:not([type=radio], [type=checkbox])")].some((i) => i.value)`)
	p.run("history.forward()")
	p.until("and in front of it an empty page", `location.search === "?borne" && ![...document.querySelectorAll("input:not([type=radio], [type=checkbox])")].some((i) => i.value) && !document.querySelector("#account").checkVisibility()`)
	p.look("kiosk-open")
}

// places are those in the tab's history.
func (p *citizenPage) places() int {
	p.Helper()
	found, err := chromedp.Call(p.tab, page.GetNavigationHistory, cdp.Empty{})
	if err != nil {
		p.Fatal(err)
	}
	return len(found.Entries)
}
