package e2e

import (
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// TestSession lets a session come to its end: it is announced, can be made longer,
// and ends calmly, with the choice kept in the tab. The roles' clocks are slow, so
// that what they grant is soon over.
func TestSession(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 18*time.Minute+40*time.Second)
	v, who := w.visit(t, 390), w.voter("agents", 0)
	v.enter(who, typed)
	v.at("choice")
	v.until("document.getElementById('expiry').open")
	v.judge("expiry")
	if focus := eval[bool](v, "document.getElementById('expiry').contains(document.activeElement)"); !focus {
		t.Error("the warning does not have the focus")
	}
	w.behind.Store(0)
	v.click("expiry-extend")
	v.until("!document.getElementById('expiry').open")
	v.choose(ballot{"place": "oui"}, typed)

	w.behind.Store(int64(19*time.Minute + 53*time.Second))
	short, who := w.visit(t, 390), w.voter("agents", 1)
	short.enter(who, typed)
	short.at("choice")
	short.do(chromedp.Focus("#questions input"))
	short.press(kb.ArrowDown)
	short.at("codes")
	short.heard("Votre séance s’est terminée")
	short.judge("expired")
	w.behind.Store(0)
	short.give(who, typed)
	short.at("choice")
	if n := eval[int](short, "document.querySelectorAll('#questions input:checked').length"); n != 1 {
		t.Error("the choice is lost with the session")
	}
	if body := eval[string](short, "document.getElementById('step-codes').textContent"); strings.Contains(body, who.Password) {
		t.Error("the password is in the page")
	}
}
