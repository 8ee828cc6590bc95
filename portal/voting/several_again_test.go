package voting_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"isoloir/roll"
	"isoloir/scrutin"
	"isoloir/web/chrome"
)

// trySeveralAgain comes back: after a crash, in another tab, after the end of a session.
func trySeveralAgain(t *testing.T, b *chrome.Browser) {
	t.Run("while it sends", func(t *testing.T) {
		t.Parallel()
		w, c := newCompany(t, nil, nil)
		c.deafen(func(name string) bool { return name == "mark" })
		v := w.visit(t, b)
		v.open("/fr/urne/urn-1/voter")
		v.login(3)
		v.stands("open", "open")
		v.enter(1)
		v.choose(1)
		v.click("confirm-yes")
		code := v.made()
		v.click("ready-send")
		v.until("!document.getElementById('sending-trouble').hidden")
		other := v.beside()
		other.open("/fr/urne/urn-1/voter")
		other.met("elsewhere")
		v.leave()
		c.deafen(nil)
		v.open("/fr/urne/urn-1/voter")
		v.at("receipt")
		if got := v.text("receipt-code"); got != code {
			t.Errorf("the receipt says %s, and what was shown is %s", got, code)
		}
		v.until("!document.querySelector('#step-receipt .to-scrutins').hidden")
		v.do(chromedp.Click("#step-receipt .to-scrutins"))
		v.login(3)
		v.stands("open", "voted")
		if got := v.said(1, " .groups"); got != code {
			t.Errorf("in the list the receipt code is %q", got)
		}
		v.enter(0)
		w.recorded(t, v.votes(0))
		v.nothing()
	})
	t.Run("before it leaves", func(t *testing.T) {
		t.Parallel()
		w, c := newCompany(t, nil, nil)
		c.deafen(func(name string) bool { return name == "reserve" })
		v := w.visit(t, b)
		v.open("/fr/urne/urn-1/voter")
		v.login(3)
		v.stands("open", "open")
		v.enter(1)
		v.choose(1)
		v.click("confirm-yes")
		code := v.made()
		v.click("ready-send")
		v.until("!document.getElementById('sending-trouble').hidden")
		v.leave()
		c.deafen(nil)
		v.open("/fr/urne/urn-1/voter")
		v.at("codes")
		if said := v.text("codes-said"); !strings.Contains(said, "n’est pas encore parti") {
			t.Errorf("of the ballot that waits the page says %q", said)
		}
		v.login(3)
		v.stands("open", "kept")
		v.judge("70-scrutins-kept")
		c.lie(on("reserve", func([]byte) []byte { return []byte{roll.RefusalNumber(roll.ErrSession)} }))
		v.enter(1)
		if got := v.made(); got != code {
			t.Errorf("the ballot is another one: %s, and not %s", got, code)
		}
		v.click("ready-send")
		v.at("scrutins") // the session there is dead: chosen again, a new one is begun
		v.until("document.getElementById('scrutins-said').textContent.includes('s’est terminée')")
		c.lie(nil)
		v.stands("open", "kept")
		v.judge("71-scrutins-session")
		v.enter(1)
		if got := v.made(); got != code {
			t.Errorf("the ballot is another one: %s, and not %s", got, code)
		}
		v.click("ready-send")
		v.at("receipt")
		c.recorded(t, code)
	})
	t.Run("the end of the leading session", func(t *testing.T) {
		t.Parallel()
		w, c := newCompany(t, nil, nil)
		w.setLate(-20*time.Minute + 15*time.Second)
		v := w.visit(t, b)
		v.open("/fr/urne/urn-1/voter")
		v.login(3)
		v.until("document.getElementById('expiry').open")
		v.press(kb.Escape)
		v.stands("open", "open")
		v.enter(1)
		code := v.votes(1)
		v.until("!document.getElementById('scrutins-codes').hidden") // the session ends while the receipt shows
		v.at("receipt")
		v.back("receipt")
		v.stands("open", "voted")
		if got := v.said(1, " .groups"); got != code {
			t.Errorf("after the session the receipt code is %q", got)
		}
		v.judge("72-scrutins-ended")
		eventually(t, "the session of the companion is left", func() bool { return c.times("leave") == 1 })
		w.setLate(0)
		v.click("scrutins-codes")
		v.login(3)
		v.stands("open", "voted")
	})
}

// trySeveralMarks asks each roll, after the close, whether the voter was marked.
func trySeveralMarks(t *testing.T, b *chrome.Browser) {
	w, c := newCompany(t, nil, func(m *scrutin.Manifest) {
		m.Colleges[0].Factors = append(m.Colleges[0].Factors, scrutin.Factor{Kind: "question", Channel: "none"})
	})
	v := w.visit(t, b)
	v.open("/fr/urne/urn-1/voter")
	v.login(3)
	v.stands("open", "open")
	v.enter(0)
	v.votes(0)
	v.back("receipt")
	v.open("/fr/emargement")
	v.met("early")
	w.act(scrutin.ActClose)
	ask := func(elector int) {
		v.open("/fr/")
		v.open("/fr/emargement")
		v.login(elector)
	}
	ask(3)
	v.at("marks")
	v.stands("marked", "early")
	v.judge("75-marks")
	c.act(scrutin.ActClose)
	ask(3)
	v.proven()
	v.at("marks")
	v.stands("marked", "unmarked")
	ask(alone)
	v.at("marks")
	v.stands("unmarked", "absent")
	c.lie(on("login", func([]byte) []byte { return []byte{0, 1} }))
	ask(3)
	v.at("marks")
	v.stands("marked", "stopped")
	v.enter(1)
	v.stopped("answer-form")
	v.do(chromedp.Click("#step-stop .to-scrutins"))
	v.at("marks")
	if kept := v.kept(); slices.ContainsFunc(w.secretsOf(3), func(s string) bool { return strings.Contains(kept, s) }) {
		t.Errorf("the device keeps %s", kept)
	}
}
