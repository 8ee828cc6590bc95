package e2e

import (
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// once is true of the first exchange of that name.
func once(name string) func(*exchange) bool {
	var done atomic.Bool
	return func(e *exchange) bool { return e.name() == name && !done.Swap(true) }
}

// TestLost cuts the connection between the ballot and its answers, stops the urn and
// loads pages again: every vote is recorded once, under the code that was shown.
func TestLost(t *testing.T) {
	for _, name := range []string{"append", "mark"} {
		t.Run("answer of "+name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, 0)
			v := w.visit(t, 390)
			code := v.ready(w.voter("agents", 0), ballot{"place": "oui"}, typed)
			cut := once(name)
			w.channel.change(func(e *exchange) []byte {
				if cut(e) {
					return nil
				}
				return e.Answer
			})
			v.click("ready-send")
			v.at("receipt")
			v.recorded(code)
			if n := w.channel.times(name); n != 2 {
				t.Errorf("%s was asked %d times", name, n)
			}
		})
	}
	t.Run("the urn stops and comes back", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t, 0)
		v := w.visit(t, 390)
		code := v.ready(w.voter("agents", 0), ballot{"place": "oui"}, typed)
		w.houses["urn"].stop()
		v.click("ready-send")
		v.until("!document.getElementById('sending-trouble').hidden")
		v.judge("sending-trouble")
		v.leave()
		v.open("/fr/urne/agents/voter")
		v.settled()
		w.serve("urn")
		if eval[string](v, "device.dataset.step") == "codes" { // nothing had been reserved
			v.give(w.voter("agents", 0), typed)
			v.made()
			v.click("ready-send")
		}
		v.at("receipt")
		v.recorded(code)
		if n := eval[int](v, "localStorage.length + sessionStorage.length"); n != 0 {
			t.Errorf("something stays: %s", v.kept())
		}
	})
	t.Run("loaded again at every step", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t, 0)
		v, who, made := w.visit(t, 390), w.voter("rives", 0), ballot{"conseil": "montclair-en-commun", "place": "non"}
		v.enter(who, typed)
		v.choose(made, typed)
		for _, step := range []string{"choice", "confirm", "validate", "ready"} {
			v.do(chromedp.Reload())
			v.at("codes")
			if typed := eval[string](v, "identifier.value + password.value"); typed != "" {
				t.Errorf("after a reload at %s the fields hold %q", step, typed)
			}
			v.give(who, typed)
			v.at("choice")
			if kept := eval[int](v, "document.querySelectorAll('#questions input:checked').length"); kept != 2 {
				t.Errorf("after a reload at %s %d answers are still chosen", step, kept)
			}
			since := time.Now()
			switch step {
			case "confirm", "validate", "ready":
				v.click("choice-go")
				v.at("confirm")
			}
			switch step {
			case "validate", "ready":
				v.click("confirm-yes")
				v.at("validate")
			}
			if step == "ready" {
				v.prove("validate", who.Email, since, typed)
				v.made()
			}
		}
		v.click("ready-send")
		v.at("receipt")
		code := v.text("receipt-code")
		v.recorded(code)
		v.do(chromedp.Reload())
		v.at("codes")
		if kept := v.kept(); strings.Contains(kept, strings.ReplaceAll(code, " ", "")) {
			t.Errorf("the receipt code stays on the device: %s", kept)
		}
	})
}

// recorded says that the receipt shows the code that was shown before, and that the
// urn has its ballot.
func (v *visitor) recorded(code string) {
	v.Helper()
	if got := v.text("receipt-code"); got != code {
		v.Errorf("the receipt says %q, and what was shown before is %q", got, code)
	}
	other := v.beside()
	other.open("/fr/verifier#c=" + strings.ReplaceAll(code, " ", ""))
	other.at("ask")
	other.click("check-go")
	other.at("found")
	if found := eval[string](other, "device.dataset.found"); found != "received" && found != "recorded" {
		v.Errorf("the receipt is %q", found)
	}
}

// leave goes away from a page that sends, which asks whether one means it.
func (v *visitor) leave() {
	v.Helper()
	var asked atomic.Bool
	err := chromedp.Listen(v.ctx, func(event any) {
		if _, ok := event.(*page.EventJavascriptDialogOpening); ok {
			asked.Store(true)
			go chromedp.Call(v.ctx, page.HandleJavaScriptDialog, page.HandleJavaScriptDialogParams{Accept: true})
		}
	})
	if err != nil {
		v.Fatal(err)
	}
	v.open("/fr/")
	if !asked.Load() {
		v.Error("the page let itself be closed while it sends, and said nothing")
	}
}
