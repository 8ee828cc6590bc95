package e2e

import (
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"isoloir/courier"
)

// paths of all pages that everybody can open, after the language.
var paths = []string{"/", "/urne/rives", "/urne/rives/voter", "/verifier", "/emargement", "/renouveler", "/resultats", "/notice", "/dates", "/aide", "/guide", "/questions",
	"/assistance", "/quelqu-un-a-vote", "/pays", "/client", "/accessibilite", "/confidentialite", "/bureau-assistance", "/rien"}

// TestPages opens every page in both languages as the servers give it.
func TestPages(t *testing.T) {
	w := newWorld(t, 0)
	for i := range 2 {
		t.Run("half", func(t *testing.T) {
			t.Parallel()
			v := w.visit(t, 1280)
			for _, path := range paths[i*len(paths)/2 : (i+1)*len(paths)/2] {
				v.open("/fr" + path)
				v.settled()
				v.judge("page" + strings.ReplaceAll(path, "/", "-"))
				v.open("/en" + path)
				v.settled()
				v.accept("/en" + path)
				v.screen(320, false)
				v.fits("/en" + path)
				v.size(1280)
			}
		})
	}
	t.Run("desk", func(t *testing.T) {
		t.Parallel()
		v := w.visit(t, 1280)
		v.open("/fr/bureau-assistance")
		v.write("name", "assistance")
		v.write("passphrase", "not this one")
		v.do(chromedp.Click("form.stacked button"))
		v.until(`document.querySelector("[role=alert]")`)
		v.judge("desk-refused")
		phrase := strings.TrimPrefix(eval[string](v, `(await (await fetch("/demo/fr")).text()).match(/<code>(assistance, [^<]*)</)[1]`), "assistance, ")
		v.write("name", "assistance")
		v.write("passphrase", phrase)
		v.do(chromedp.Click("form.stacked button"))
		v.until(`document.querySelector("#address")`)
		v.judge("desk")
		who, since := w.voter("centre", 9), time.Now()
		v.do(chromedp.Click(`input[name="issuer"]`))
		v.write("address", who.Email)
		v.do(chromedp.Click(`form[action$="/renouveler"] button`))
		v.until(`document.querySelector("[role=status]")`)
		w.letter(who.Email, courier.Renewal, since)
		v.judge("desk-asked")
		v.open("/demo/fr/" + who.Reference)
		if shown := eval[string](v, "document.querySelector('main').innerText"); strings.Count(shown, who.Email) < 2 {
			t.Errorf("the page of an elector's messages shows %q", shown)
		}
		v.judge("demo-person")
	})
}

// settled waits for a page that runs a script to have found its first step.
func (v *visitor) settled() {
	v.Helper()
	v.until(`document.readyState === "complete" && !["", "start"].includes(document.getElementById("device")?.dataset.step ?? "none")`)
}

// TestWeight counts what passes until one can vote: it is light enough for a slow
// line, and nothing is asked of anybody else. (S003-26a)
func TestWeight(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 0)
	v := w.visit(t, 390)
	v.enter(w.voter("rives", 0), typed)
	v.at("choice")
	whole, scripts := 0, 0
	for _, e := range w.channel.passed(func(e *exchange) bool { return e.Role == "portal" && e.Path != "/fr/urne/rives" }) {
		whole += len(e.Answer)
		if strings.HasSuffix(e.Path, ".js") {
			scripts += len(e.Answer)
		}
		if text := e.Header.Get("Content-Type"); len(e.Answer) > 2000 && e.Header.Get("Content-Encoding") != "gzip" {
			t.Errorf("%s of %d bytes is not compressed (%s)", e.Path, len(e.Answer), text)
		}
	}
	t.Logf("%d bytes to vote, %d of them scripts", whole, scripts)
	if whole > 150_000 || scripts > 60_000 || scripts == 0 {
		t.Errorf("%d bytes to vote, %d of them scripts", whole, scripts)
	}
	foreign := eval[[]string](v, `performance.getEntriesByType("resource").map(e => new URL(e.name).origin)`)
	for _, origin := range foreign {
		if o := w.Config.Origins; origin != o.Portal && origin != o.Roll && origin != o.Urn && origin != o.IssuerA && origin != o.IssuerB {
			t.Errorf("the page asks %s", origin)
		}
	}
}
