package e2e

import (
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"isoloir/courier"
	"isoloir/scrutin"
	"isoloir/server/demonstration"
	"isoloir/web/chrome"
)

// typed is how somebody votes on a phone.
var typed = way{language: "fr", width: 390, codes: "pasted"}

// heard waits for what stands above the codes.
func (v *visitor) heard(text string) {
	v.Helper()
	v.until("document.getElementById('codes-said').textContent.includes(" + quoted(text) + ")")
}

// TestRefused is what is said of codes that do not open the vote.
func TestRefused(t *testing.T) {
	w := newWorld(t, 0)
	t.Run("empty, short, foreign", func(t *testing.T) {
		t.Parallel()
		v := w.visit(t, 390)
		v.open("/fr/urne/centre/voter")
		v.at("codes")
		v.judge("codes")
		v.click("codes-go")
		if got := v.text("identifier-error"); got != "Entrez votre identifiant : il vous a été envoyé par courriel." {
			t.Errorf("without an identifier the page says %q", got)
		}
		if eval[string](v, "document.activeElement.id") != "identifier" {
			t.Error("the focus is not on the field that lacks")
		}
		v.judge("codes-empty")
		v.write("identifier", "12-ABC")
		v.write("password", "XYZ")
		v.click("codes-go")
		v.until("!document.getElementById('identifier-error').hidden")
		v.write("identifier", "9999"+w.voter("centre", 5).Identifier[strings.Index(w.voter("centre", 5).Identifier, "-"):])
		v.write("password", w.voter("centre", 5).Password)
		v.click("codes-go")
		v.until("document.getElementById('identifier-error').textContent.includes('Quartier du Centre')")
		v.judge("codes-number")
	})
	t.Run("wrong", func(t *testing.T) {
		t.Parallel()
		v := w.visit(t, 390)
		mine, other := w.voter("centre", 0), w.voter("centre", 1)
		mine.Password = other.Password
		v.enter(mine, typed)
		v.heard("ne vont pas ensemble")
		v.judge("codes-wrong")
		v.give(w.voter("centre", 0), typed)
		v.at("choice")
	})
	t.Run("of another urn", func(t *testing.T) {
		t.Parallel()
		v := w.visit(t, 390)
		stranger := w.voter("rives", 0)
		stranger.Urn = "centre"
		v.enter(stranger, typed)
		v.heard("Quartier du Centre")
	})
	t.Run("twice", func(t *testing.T) {
		t.Parallel()
		v := w.visit(t, 390)
		who := w.voter("agents", 0)
		v.vote(who, ballot{"place": "oui"}, typed)
		v.enter(who, typed)
		v.at("voted")
		v.judge("voted")
		if n := eval[int](v, "document.querySelectorAll('#step-choice input').length"); n != 0 {
			t.Error("who has voted is offered a choice")
		}
		elsewhere := w.visit(t, 1280)
		elsewhere.enter(who, way{language: "en", codes: "typed"})
		elsewhere.at("voted")
	})
	t.Run("two tabs", func(t *testing.T) {
		t.Parallel()
		v := w.visit(t, 390)
		who := w.voter("agents", 1)
		v.enter(who, typed)
		v.at("choice")
		other := v.beside()
		other.enter(who, typed)
		other.met("elsewhere")
		other.judge("elsewhere")
		v.choose(ballot{"place": "non"}, typed)
	})
	t.Run("too often", func(t *testing.T) {
		t.Parallel()
		v := w.visit(t, 390)
		who := w.voter("centre", 2)
		who.Password = w.voter("centre", 3).Password
		v.enter(who, typed)
		said := "document.getElementById('codes-said').textContent"
		for tries := 1; ; tries++ {
			v.until("/ne vont pas ensemble|Trop d.essais/.test(" + said + ")")
			if strings.Contains(eval[string](v, said), "Trop") {
				if tries <= 10 {
					t.Errorf("after %d wrong tries one has to wait", tries-1)
				}
				break
			}
			if tries == 20 {
				t.Fatal("one may try as often as one likes")
			}
			v.do(chromedp.Evaluate[chromedp.Void](said + " = ''"))
			v.give(who, typed)
		}
		v.judge("codes-often")
		other := w.visit(t, 390)
		other.enter(w.voter("centre", 4), typed) // nobody keeps another one out
		other.at("choice")
	})
	t.Run("renewed", func(t *testing.T) {
		t.Parallel()
		w.renewed(t)
	})
}

// renewed asks for a new code by the form of the first issuer: the old one is dead
// at once, the new one works.
func (w *world) renewed(t *testing.T) {
	v, who := w.visit(t, 390), w.voter("associations", 2)
	since := time.Now()
	v.open("/fr/urne/associations/voter")
	v.at("codes")
	v.do(chromedp.Click(`#codes a[href="/fr/renouveler"]`))
	v.until(`location.pathname === "/fr/renouveler"`)
	v.write("address-0", "  "+strings.ToUpper(who.Email[:1])+who.Email[1:])
	v.press(kb.Enter)
	v.until(`location.pathname === "/v1/renew" && document.readyState === "complete"`)
	if origin := eval[string](v, "location.origin"); origin != w.Config.Origins.IssuerA {
		t.Errorf("the form went to %s", origin)
	}
	v.judge("renewed")
	known := eval[string](v, "document.querySelector('main').textContent")
	letter := w.letter(who.Email, courier.Renewal, since)
	v.enter(who, typed)
	v.heard("seul le dernier reçu")
	var again demonstration.Voter
	voters, err := w.Voters()
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range voters {
		if x.Reference == who.Reference {
			again = x
		}
	}
	if again.Identifier == who.Identifier || again.Password != who.Password || !strings.Contains(letter.Body, again.Identifier) {
		t.Fatalf("the new identifier is %q, the old one %q:\n%s", again.Identifier, who.Identifier, letter.Body)
	}
	since = time.Now()
	v.give(again, typed)
	v.prove("factor", who.Telephone, since, typed)
	v.at("choice")
	v.open("/fr/renouveler")
	v.write("address-1", "06 00 00 00 00") // of nobody
	v.press(kb.Enter)
	v.until(`location.pathname === "/v1/renew" && document.readyState === "complete"`)
	if unknown := eval[string](v, "document.querySelector('main').textContent"); unknown != known {
		t.Errorf("of an address that nobody has the issuer says\n%s\nand not\n%s", unknown, known)
	}
}

// TestPowerless opens the pages in browsers that cannot do what they need. (S003-26a, S002-g1)
func TestPowerless(t *testing.T) {
	w := newWorld(t, 0)
	t.Run("no script", func(t *testing.T) {
		t.Parallel()
		v := w.visit(t, 320)
		v.scripts(false)
		for _, path := range []string{"/fr/urne/centre/voter", "/fr/verifier", "/fr/emargement"} {
			v.open(path)
			shown := evalNow[string](v, "document.querySelector('main').innerText")
			if !strings.Contains(shown, "JavaScript") || strings.Contains(shown, "Cette page se prépare") || strings.Contains(shown, "Entrez vos deux codes") {
				t.Errorf("%s without a script shows\n%s", path, shown)
			}
			if heading := evalNow[string](v, "document.querySelector('main h1')?.innerText ?? ''"); !strings.Contains(heading, "JavaScript") {
				t.Errorf("%s without a script has the heading %q", path, heading)
			}
			if err := chrome.Fits(v.ctx); err != nil {
				t.Errorf("%s without a script: %v", path, err)
			}
			v.picture("no-script" + strings.ReplaceAll(path, "/", "-"))
		}
	})
	for name, script := range map[string]string{
		"no crypto":  "Object.defineProperty(window, 'crypto', {value: undefined})",
		"no random":  "Object.defineProperty(window, 'crypto', {value: {}})",
		"no workers": "delete window.Worker",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			v := w.visit(t, 390)
			v.before(script)
			v.open("/fr/urne/centre/voter")
			v.met("crypto")
			v.judge("powerless")
			if n := eval[int](v, "[...document.querySelectorAll('input')].filter(e => e.checkVisibility()).length"); n != 0 {
				t.Error("a browser that cannot vote is asked for codes")
			}
		})
	}
	t.Run("no storage", func(t *testing.T) {
		t.Parallel()
		v := w.visit(t, 390)
		v.before(`for (const name of ["localStorage", "sessionStorage"]) Object.defineProperty(window, name, {get() { throw new DOMException("no", "SecurityError"); }})`)
		who := w.voter("agents", 2)
		v.ready(who, ballot{"place": scrutin.Blank}, typed)
		v.click("ready-send")
		v.at("receipt")
	})
}

// evalNow gives what an expression gives in a page that runs no script.
func evalNow[T any](v *visitor, expression string) T {
	v.Helper()
	got, err := chromedp.Run(v.ctx, chromedp.Evaluate[T](expression))
	if err != nil {
		v.Fatalf("%s: %v", expression, err)
	}
	return got
}

// scripts lets pages run scripts, or not.
func (v *visitor) scripts(run bool) {
	v.Helper()
	if _, err := chromedp.Call(v.ctx, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: !run}); err != nil {
		v.Fatal(err)
	}
}
