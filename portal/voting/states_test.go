package voting_test

import (
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"isoloir/portal/axe"
	"isoloir/roll"
	"isoloir/scrutin"
	"isoloir/web/chrome"
)

// judge looks at what shows: nothing is cut off at 320 px, and no rule of
// accessibility is broken, by day and by night. Where PICTURES names a directory it
// leaves pictures there.
func (v *visitor) judge(name string) {
	v.Helper()
	widths := []int64{320}
	if os.Getenv("PICTURES") != "" {
		widths = []int64{1280, 390, 320}
	}
	for _, width := range widths {
		v.size(width, 800)
		if err := chrome.Fits(v.ctx); err != nil {
			v.Errorf("%s at %d px: %v", name, width, err)
		}
		for _, scheme := range []string{"light", "dark"} {
			v.media("prefers-color-scheme", scheme)
			v.picture(name + "-" + strconv.FormatInt(width, 10) + "-" + scheme)
		}
	}
	v.broken(name+" by night", "color-contrast")
	v.media("prefers-color-scheme", "light")
	v.broken(name)
	v.size(390, 800)
}

// broken reports what axe-core finds.
func (v *visitor) broken(name string, rules ...string) {
	v.Helper()
	found, err := axe.Check(v.ctx, rules...)
	if err != nil {
		v.Fatal(err)
	}
	for _, f := range found {
		v.Errorf("%s: %s", name, f)
	}
}

// tryStates goes through every state that a voter can see.
func tryStates(t *testing.T, b *chrome.Browser) {
	t.Run("path", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t, func(m *scrutin.Manifest) {
			m.Colleges[0].Factors = append(m.Colleges[0].Factors, scrutin.Factor{Kind: "code", Channel: "sms"})
			m.Colleges[0].Validation = scrutin.Validation{Kind: "code", Channel: "email"}
			m.Publication.EmailAfterVote = "code"
			m.RestrictedCountries = []string{"CN", "KP", "RU"}
		})
		v := w.visit(t, b)
		v.open("/fr/urne/urn-1/voter")
		v.at("codes")
		v.judge("01-codes")
		v.click("codes-go")
		v.judge("02-codes-missing")
		v.login(2)
		v.at("factor")
		v.until("document.getElementById('factor-said').textContent.includes('c…')")
		v.judge("03-factor")
		v.write("factor-text", "12345")
		v.press(kb.Enter)
		v.until("!document.getElementById('factor-text-error').hidden")
		v.write("factor-text", wrong(w.sent()))
		v.press(kb.Enter)
		v.until("document.getElementById('factor-text-error').textContent.includes('pas le code')")
		v.judge("04-factor-wrong")
		before := w.sent()
		v.click("factor-again")
		v.until("document.getElementById('factor-said').textContent.includes('c…')")
		for range 100 {
			if w.sent() != before {
				break
			}
			time.Sleep(20 * time.Millisecond)
		}
		v.write("factor-text", w.sent()[:3]+" "+w.sent()[3:])
		v.press(kb.Enter)
		v.at("choice")
		v.judge("05-choice")
		v.click("choice-go")
		v.judge("06-choice-missing")
		v.choose(0)
		v.judge("07-confirm")
		v.click("confirm-yes")
		v.at("validate")
		v.until("document.getElementById('validate-said').textContent.includes('c…')")
		v.judge("08-validate")
		v.write("validate-text", w.sent())
		v.press(kb.Enter)
		v.made()
		v.judge("09-ready")
		w.deafen(func(name string) bool { return name == "append" })
		v.click("ready-send")
		v.at("sending")
		v.until("!document.getElementById('sending-trouble').hidden")
		v.judge("10-sending")
		w.deafen(nil)
		v.click("sending-now")
		v.at("receipt")
		v.until("!document.getElementById('receipt-mail').hidden")
		v.judge("11-receipt")
	})
	t.Run("voted, in English", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t, nil)
		v := w.visit(t, b)
		v.ready(3, 1)
		v.click("ready-send")
		v.at("receipt")
		v.open("/en/urne/urn-1/voter")
		v.login(3)
		v.at("voted")
		v.judge("12-voted")
		if said := v.text("step-voted"); !strings.Contains(said, "name is marked") || !strings.Contains(said, "Check my ballot") {
			t.Errorf("the page says %q", said)
		}
	})
	t.Run("expiry", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t, nil)
		w.setLate(-18*time.Minute - 2*time.Second)
		v := w.visit(t, b)
		v.open("/fr/urne/urn-1/voter")
		v.login(2)
		v.until("document.getElementById('expiry').open")
		v.judge("13-expiry")
		w.setLate(0)
		v.press(kb.Escape)
		v.until("!document.getElementById('expiry').open")
		v.choose(1)
	})
	t.Run("question", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t, func(m *scrutin.Manifest) {
			m.Colleges[0].Validation = scrutin.Validation{Kind: "question", Channel: "none"}
		})
		v := w.visit(t, b)
		v.open("/fr/urne/urn-1/voter")
		v.login(2)
		v.choose(1)
		v.click("confirm-yes")
		v.at("validate")
		v.judge("14-question")
		v.write("validate-text", "01/02/1903")
		v.press(kb.Enter)
		v.until("document.getElementById('validate-text-error').textContent.includes('pas la date')")
		v.write("validate-text", "24/05/1971")
		v.press(kb.Enter)
		v.made()
	})
	t.Run("stop", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t, nil)
		w.lie(on("append", forge))
		v := w.visit(t, b)
		v.ready(3, 1)
		v.click("ready-send")
		v.stopped("appended-signature")
		v.judge("15-stop")
	})
	t.Run("typed over while it logs in", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t, nil)
		v := w.visit(t, b)
		v.open("/fr/urne/urn-1/voter")
		v.at("codes")
		eval[bool](v, `(() => {
			const request = navigator.locks.request.bind(navigator.locks);
			navigator.locks.request = (...args) => ((document.getElementById("password").value = ""), request(...args));
			return true;
		})()`)
		v.login(1)
		v.at("choice")
	})
	t.Run("wrong codes", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t, nil)
		v := w.visit(t, b)
		v.open("/fr/urne/urn-1/voter")
		v.at("codes")
		v.write("identifier", w.identifier(1))
		v.write("password", w.password(2))
		v.click("codes-go")
		v.until("document.getElementById('codes-said').textContent.includes('ne vont pas ensemble')")
		v.judge("16-wrong")
		for _, wrong := range []struct{ text, said string }{{"1-ABCD", "recopiez-le en entier"}, {"99-" + w.password(1), "n’existe pas dans l’urne"}} {
			v.write("identifier", wrong.text)
			v.press(kb.Enter) // a click may miss the button, which sentences move
			v.until("document.getElementById('identifier-error').textContent.includes(" + quoted(wrong.said) + ")")
		}
		v.write("identifier", w.identifier(1))
		v.write("password", "ABCD-EFGH")
		v.press(kb.Enter)
		v.until("document.getElementById('password-error').textContent.includes('12')")
	})
}

// wrong is another code of six digits.
func wrong(digits string) string {
	return string('0'+(digits[0]-'0'+1)%10) + digits[1:]
}

// tryProblems meets everything that keeps a voter from voting: each time a plain
// sentence, and what to do next.
func tryProblems(t *testing.T, b *chrome.Browser) {
	for problem, acts := range map[string][]string{
		"early":     {scrutin.ActConstitute},
		"closed":    {scrutin.ActOpen, scrutin.ActClose},
		"suspended": {scrutin.ActOpen, scrutin.ActSuspend},
	} {
		t.Run(problem, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, nil)
			w.acts = nil
			for _, a := range acts {
				w.act(a)
			}
			v := w.visit(t, b)
			v.open("/fr/urne/urn-1/voter")
			v.met(problem)
			v.judge("20-" + problem)
			if n := w.times("hello"); n != 0 {
				t.Error("a login was begun")
			}
		})
	}
	refused := func(code byte, names ...string) meddler {
		return func(name string, _, answer []byte) []byte {
			for _, n := range names {
				if n == name {
					return []byte{code}
				}
			}
			return answer
		}
	}
	number := roll.RefusalNumber
	for _, c := range []struct {
		name, problem string
		meddle        meddler
	}{
		{"closed before it left", "late", refused(number(roll.ErrClosed), "reserve")},
		{"closed at the urn", "late", refused(10, "append")},
		{"voted elsewhere", "used", refused(5, "append")},
		{"a refusal that no honest ballot meets", "refused", refused(9, "append")},
		{"a mark that does not come", "unmarked", refused(number(roll.ErrReservation), "mark")},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, nil)
			w.lie(c.meddle)
			v := w.visit(t, b)
			code := v.ready(4, 1)
			v.click("ready-send")
			v.met(c.problem)
			v.broken(c.name)
			if c.problem != "unmarked" {
				if n := eval[int](v, "localStorage.length + sessionStorage.length"); n != 0 {
					t.Error("something stays of a ballot that was refused for good")
				}
				return
			}
			w.lie(nil)
			v.click("problem-again")
			v.at("receipt")
			w.recorded(t, code)
		})
	}
	t.Run("busy, then too often", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t, nil)
		w.lie(refused(number(roll.ErrBusy), "login"))
		v := w.visit(t, b)
		v.open("/fr/urne/urn-1/voter")
		v.login(4)
		v.until("document.getElementById('codes-said').textContent.includes('beaucoup de monde')")
		w.lie(refused(number(roll.ErrWait), "login"))
		v.until("document.getElementById('codes-said').textContent.includes('Trop d’essais')")
		v.broken("too often")
		w.lie(nil)
		v.at("choice")
	})
	t.Run("no script", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t, nil)
		v := w.visit(t, b)
		if _, err := chromedp.Call(v.ctx, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true}); err != nil {
			t.Fatal(err)
		}
		v.open("/fr/urne/urn-1/voter")
		v.size(390, 800)
		v.picture("21-noscript")
		if shown := eval[bool](v, "document.querySelector('noscript section').checkVisibility() && document.getElementById('device').hidden && !document.getElementById('waiting').checkVisibility()"); !shown {
			t.Error("without a script the page does not say what to do, or says something else too")
		}
	})
	t.Run("too old for the script", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t, nil)
		v := w.visit(t, b).beside() // a tab in which a script may fail
		v.before("delete window.BigInt")
		v.open("/fr/urne/urn-1/voter")
		if said := v.text("waiting"); !strings.Contains(said, "trop ancien") || !eval[bool](v, "document.getElementById('device').hidden && document.getElementById('waiting').checkVisibility()") {
			t.Errorf("a browser that cannot read the script shows %q", said)
		}
	})
	for _, missing := range []string{"crypto", "Worker"} {
		t.Run("no "+missing, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, nil)
			v := w.visit(t, b)
			v.before("Object.defineProperty(window, '" + missing + "', {value: undefined})")
			v.open("/fr/urne/urn-1/voter")
			v.met("crypto")
			if said := v.text("problem-text"); !strings.Contains(said, missing) {
				t.Errorf("the page says %q", said)
			}
			v.broken("no " + missing)
		})
	}
	t.Run("no records", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t, nil)
		v := w.visit(t, b)
		v.before("const ask = fetch; window.fetch = (url, ...how) => String(url).includes('/record/') && !window.back ? Promise.reject(new TypeError('offline')) : ask(url, ...how)")
		v.open("/fr/urne/urn-1/voter")
		v.met("offline")
		v.judge("22-offline")
	})
}
