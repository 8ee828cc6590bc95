package voting_test

import (
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"isoloir/roll"
	"isoloir/scrutin"
	"isoloir/web/chrome"
)

// tryLost cuts the connection before each service has seen a request, and again when
// it answers: the vote is recorded once, and the receipt is that of the ballot that
// was shown.
func tryLost(t *testing.T, b *chrome.Browser) {
	for _, names := range [][]string{{"hello", "prove", "reserve"}, {"login", "send", "append"}, {"open", "account", "mark"}} {
		t.Run(strings.Join(names, " "), func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, func(m *scrutin.Manifest) {
				m.Colleges[0].Validation = scrutin.Validation{Kind: "code", Channel: "email"}
			})
			requests, answers := first(names), first(names)
			w.deafen(requests)
			w.lie(func(name string, _, answer []byte) []byte {
				if answers(name) {
					return nil
				}
				return answer
			})
			v := w.visit(t, b)
			v.open("/fr/urne/urn-1/voter")
			v.login(4)
			v.choose(2)
			v.click("confirm-yes")
			v.at("validate")
			v.until("document.getElementById('validate-said').textContent.includes('c…')")
			v.write("validate-text", w.sent())
			v.press(kb.Enter)
			code := v.made()
			v.click("ready-send")
			v.at("receipt")
			if got := v.text("receipt-code"); got != code {
				t.Errorf("the receipt says %s, and what was shown is %s", got, code)
			}
			w.recorded(t, code)
			for _, name := range names {
				if requests(name) || answers(name) {
					t.Errorf("nothing was lost of %s", name)
				}
			}
		})
	}
}

// first is true the first time that it is asked about each of these requests.
func first(names []string) func(name string) bool {
	var mu sync.Mutex
	left := map[string]bool{}
	for _, n := range names {
		left[n] = true
	}
	return func(name string) bool {
		mu.Lock()
		defer mu.Unlock()
		was := left[name]
		left[name] = false
		return was
	}
}

// tryReload opens the page again at each step.
func tryReload(t *testing.T, b *chrome.Browser) {
	t.Run("before the ballot", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t, nil)
		v := w.visit(t, b)
		v.open("/fr/urne/urn-1/voter")
		v.login(2)
		v.at("choice")
		v.do(chromedp.Click("#q-question-1-1"))
		for _, step := range []string{"choice", "confirm", "ready"} {
			switch step {
			case "confirm":
				v.click("choice-go")
			case "ready":
				v.click("choice-go")
				v.at("confirm")
				v.click("confirm-yes")
			}
			v.at(step)
			v.do(chromedp.Reload())
			v.login(2)
			v.at("choice")
			if !eval[bool](v, "document.getElementById('q-question-1-1').checked") {
				t.Errorf("after a reload at %s the choice is forgotten", step)
			}
		}
	})
	for _, name := range []string{"append", "mark"} {
		t.Run("while it sends, before "+name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, nil)
			w.deafen(func(asked string) bool { return asked == name })
			v := w.visit(t, b)
			code := v.ready(2, 1)
			v.click("ready-send")
			v.until("!document.getElementById('sending-trouble').hidden")
			v.leave()
			v.open("/fr/urne/urn-1/voter")
			v.at("sending")
			if said := v.text("step-sending"); !strings.Contains(said, "pas encore confirmé") {
				t.Errorf("a page that goes on with a ballot says %q", said)
			}
			w.deafen(nil)
			v.at("receipt")
			if got := v.text("receipt-code"); got != code {
				t.Errorf("the receipt says %s, and what was shown is %s", got, code)
			}
			w.recorded(t, code)
		})
	}
	t.Run("while it sends, before reserve", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t, nil)
		w.deafen(func(asked string) bool { return asked == "reserve" })
		v := w.visit(t, b)
		code := v.ready(2, 1)
		v.click("ready-send")
		v.until("!document.getElementById('sending-trouble').hidden")
		v.leave()
		w.deafen(nil)
		v.open("/fr/urne/urn-1/voter")
		v.at("codes")
		if said := v.text("codes-said"); !strings.Contains(said, "n’est pas encore parti") {
			t.Errorf("of the ballot that waits the page says %q", said)
		}
		v.login(2)
		if got := v.made(); got != code {
			t.Errorf("the ballot is another one: %s, and not %s", got, code)
		}
		v.click("ready-send")
		v.at("receipt")
		w.recorded(t, code)
		if n := eval[int](v, "localStorage.length + sessionStorage.length"); n != 0 {
			t.Error("something stays after the vote")
		}
	})
}

// leave goes away from a page that sends, which asks whether one means it.
func (v *visitor) leave() {
	v.Helper()
	asked := make(chan page.DialogType, 1)
	err := chromedp.Listen(v.ctx, func(event any) {
		if e, ok := event.(*page.EventJavascriptDialogOpening); ok {
			asked <- e.Type
			go chromedp.Call(v.ctx, page.HandleJavaScriptDialog, page.HandleJavaScriptDialogParams{Accept: true})
		}
	})
	if err != nil {
		v.Fatal(err)
	}
	v.open("/fr/")
	select {
	case <-asked:
	default:
		v.Error("the page let itself be closed while it sends, and said nothing")
	}
}

// tryTwice votes from two places at once: there is one ballot, and each place says
// plainly how it is.
func tryTwice(t *testing.T, b *chrome.Browser) {
	for _, locks := range []bool{true, false} {
		name := "two tabs, without locks"
		if locks {
			name = "two tabs"
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, nil)
			v := w.visit(t, b)
			other := v.beside()
			if !locks {
				v.before("delete Navigator.prototype.locks")
				other.before("delete Navigator.prototype.locks")
			}
			v.ready(2, 1)
			other.open("/fr/urne/urn-1/voter")
			other.login(2)
			other.met("elsewhere")
			v.click("ready-send")
			v.at("receipt")
			other.click("problem-again")
			other.at("codes")
			other.click("codes-go")
			other.at("voted")
			if n := w.times("append"); n != 1 {
				t.Errorf("%d ballots were sent", n)
			}
		})
	}
	t.Run("two devices", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t, nil)
		v, other := w.visit(t, b), w.visit(t, b)
		v.ready(2, 1)
		other.ready(2, 3)
		v.click("ready-send")
		v.at("receipt")
		other.click("ready-send")
		other.met("used")
		if n := eval[int](other, "localStorage.length + sessionStorage.length"); n != 0 {
			t.Error("something stays of a ballot that was refused")
		}
	})
	t.Run("two devices, the first one cut off", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t, nil)
		v, other := w.visit(t, b), w.visit(t, b)
		w.deafen(func(name string) bool { return name == "mark" })
		code := v.ready(2, 1)
		v.click("ready-send")
		v.until("!document.getElementById('sending-trouble').hidden")
		other.ready(2, 3)
		other.click("ready-send")
		other.met("used")
		w.deafen(nil)
		v.click("sending-now")
		v.at("receipt")
		w.recorded(t, code)
	})
	t.Run("a roll that says spent for ever", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t, nil)
		w.lie(func(name string, _, answer []byte) []byte {
			if name == "append" {
				return []byte{12}
			}
			return answer
		})
		v := w.visit(t, b)
		v.ready(2, 1)
		v.click("ready-send")
		v.met("used")
	})
}

// trySession lets the session come to its end.
func trySession(t *testing.T, b *chrome.Browser) {
	t.Run("extended", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t, nil)
		w.setLate(-18*time.Minute - time.Second)
		v := w.visit(t, b)
		v.open("/fr/urne/urn-1/voter")
		v.login(2)
		v.until("document.getElementById('expiry').open")
		if said := v.text("expiry-text"); !strings.Contains(said, "minute") {
			t.Errorf("the warning says %q", said)
		}
		w.setLate(0)
		v.click("expiry-extend")
		v.until("!document.getElementById('expiry').open")
		v.choose(1)
		v.click("confirm-yes")
		v.made()
		v.click("ready-send")
		v.at("receipt")
	})
	t.Run("over", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t, nil)
		w.setLate(-20*time.Minute + 6*time.Second)
		v := w.visit(t, b)
		v.open("/fr/urne/urn-1/voter")
		v.login(2)
		v.at("choice")
		v.until("document.getElementById('expiry').open")
		v.press(kb.Escape)
		v.do(chromedp.Click("#q-question-1-2"))
		v.at("codes")
		if said := v.text("codes-said"); !strings.Contains(said, "Votre choix est resté") {
			t.Errorf("at the end of the session the page says %q", said)
		}
		if n := eval[int](v, "document.querySelectorAll('#questions input').length"); n != 0 {
			t.Error("the choice still stands in the document")
		}
		w.setLate(0)
		v.login(2)
		v.at("choice")
		if !eval[bool](v, "document.getElementById('q-question-1-2').checked") {
			t.Error("the choice is forgotten")
		}
	})
	t.Run("left", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t, nil)
		w.setLate(-19 * time.Minute)
		v := w.visit(t, b)
		v.open("/fr/urne/urn-1/voter")
		v.login(2)
		v.until("document.getElementById('expiry').open")
		v.click("expiry-leave")
		v.at("codes")
		for range 100 {
			if w.times("leave") == 1 {
				return
			}
			time.Sleep(20 * time.Millisecond)
		}
		t.Error("the roll does not know that the session was left")
	})
	t.Run("dead at the roll", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t, nil)
		w.lie(on("reserve", func([]byte) []byte { return []byte{roll.RefusalNumber(roll.ErrSession)} }))
		v := w.visit(t, b)
		code := v.ready(2, 1)
		v.click("ready-send")
		v.at("codes")
		w.lie(nil)
		v.login(2)
		if got := v.made(); got != code {
			t.Errorf("the ballot is another one: %s, and not %s", got, code)
		}
	})
}
