package voting_test

import (
	"bytes"
	"context"
	"encoding/hex"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"isoloir/scrutin"
	"isoloir/web/chrome"
)

// recorded asks the urn itself for the ballot of a code, and the roll for marks.
func (w *world) recorded(t *testing.T, code string) {
	t.Helper()
	hash, err := hex.DecodeString(strings.ReplaceAll(code, " ", ""))
	if err != nil || len(hash) != 32 {
		t.Fatalf("%q is no receipt code", code)
	}
	if answer := w.urn.ServeReceipt(context.Background(), hash); len(answer) < 2 || answer[1] == 0 {
		t.Errorf("the urn has no ballot of the code that the voter holds: %x", answer)
	}
}

func tryVote(t *testing.T, b *chrome.Browser) {
	t.Run("honest", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t, nil)
		v := w.visit(t, b)
		code := v.ready(3, 1)
		if n := w.times("reserve") + w.times("append") + w.times("account"); n != 0 {
			t.Errorf("%d requests left before the voter had seen his receipt code and sent his ballot", n)
		}
		v.click("ready-send")
		v.at("receipt")
		if got := v.text("receipt-code"); got != code {
			t.Errorf("the receipt says %q, and what was shown before is %q", got, code)
		}
		w.recorded(t, code)
		if title := eval[string](v, "document.title"); !strings.HasPrefix(title, "Votre vote est enregistré") {
			t.Errorf("the title of the receipt is %q", title)
		}
	})
	t.Run("nothing stays", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t, func(m *scrutin.Manifest) {
			m.Colleges[0].Validation = scrutin.Validation{Kind: "code", Channel: "email"}
		})
		v := w.visit(t, b)
		v.open("/fr/urne/urn-1/voter")
		v.login(4)
		v.choose(2)
		if draft := eval[string](v, "JSON.stringify({...sessionStorage})"); !strings.Contains(draft, "option-3") {
			t.Errorf("the choice is not kept as a draft: %s", draft)
		}
		v.click("confirm-yes")
		v.at("validate")
		v.until("document.getElementById('validate-said').textContent.includes('c…')")
		v.write("validate-text", w.sent())
		v.press(kb.Enter)
		v.made()
		w.deafen(func(name string) bool { return name == "append" })
		v.click("ready-send")
		v.until("!document.getElementById('sending-trouble').hidden")
		for _, secret := range w.secretsOf(4) {
			if kept := v.kept(); strings.Contains(strings.ToLower(kept), strings.ToLower(secret)) {
				t.Errorf("while it sends, the device keeps %s: %s", secret, kept)
			}
		}
		if body := eval[string](v, "document.getElementById('device').textContent"); strings.Contains(body, "Inès Carpentier") {
			t.Error("the choice is still in the document while the ballot is sent")
		}
		w.deafen(nil)
		v.click("sending-now")
		v.at("receipt")
		kept := v.kept()
		for _, secret := range w.secretsOf(4) {
			if strings.Contains(strings.ToLower(kept), strings.ToLower(secret)) {
				t.Errorf("after the vote the device keeps %s: %s", secret, kept)
			}
		}
		if n := eval[int](v, "localStorage.length + sessionStorage.length"); n != 0 {
			t.Errorf("after the vote the device keeps %d entries: %s", n, kept)
		}
	})
	t.Run("link", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t, nil)
		v := w.visit(t, b)
		v.open("/fr/urne/urn-1/voter#i=" + w.identifier(5) + "&p=" + w.password(5) + "&f=" + w.Fingerprint.String())
		v.at("codes")
		if at := eval[string](v, "location.href + JSON.stringify(navigation.entries().map((e) => e.url))"); strings.Contains(at, "#") {
			t.Errorf("the secrets of the link are still in the address: %s", at)
		}
		if same := eval[bool](v, "!document.getElementById('fingerprint-same').hidden && document.getElementById('fingerprint-compare').hidden"); !same {
			t.Error("the link brought the fingerprint, and the voter is asked to compare it")
		}
		v.click("codes-go")
		v.choose(0)
	})
	t.Run("as people type", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t, nil)
		v := w.visit(t, b)
		v.open("/fr/urne/urn-1/voter")
		v.at("codes")
		v.write("identifier", strings.ToLower(w.password(6)))
		v.write("password", " "+strings.ReplaceAll(w.identifier(6), "-", " ")+" ")
		v.press(kb.Enter)
		v.until("document.getElementById('codes-said').textContent.includes('inversés')")
		v.click("show")
		if kind := eval[string](v, "document.getElementById('password').type"); kind != "text" {
			t.Error("the password does not show when it is asked to")
		}
		v.press(kb.Enter) // on the box: sends the form
		v.click("codes-go")
		v.at("choice")
		if left := eval[string](v, "document.getElementById('identifier').value + document.getElementById('password').value"); left != "" {
			t.Errorf("the fields still hold %q after the login", left)
		}
	})
	t.Run("back", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t, nil)
		v := w.visit(t, b)
		v.open("/fr/")
		v.open("/fr/urne/urn-1/voter")
		v.login(1)
		v.choose(0)
		v.do(chromedp.Evaluate[chromedp.Void]("history.back()"))
		v.at("choice")
		v.choose(1)
		v.click("confirm-back")
		v.at("choice")
		v.choose(3)
		if got := v.text("chosen"); !strings.Contains(got, "Vous votez blanc") || strings.Contains(got, "Solidaires") {
			t.Errorf("the confirmation shows %q", got)
		}
		v.click("confirm-yes")
		v.made()
		v.click("ready-back")
		v.choose(2)
		v.click("confirm-yes")
		code := v.made()
		v.click("ready-send")
		v.at("receipt")
		for range 2 {
			v.do(chromedp.Evaluate[chromedp.Void]("history.back()"), chromedp.Sleep(150e6))
			if step := v.data("step"); step != "receipt" && step != "" {
				t.Errorf("back leads from the receipt to %s", step)
			}
		}
		w.recorded(t, code)
		if n := w.times("append"); n != 1 {
			t.Errorf("%d ballots were sent", n)
		}
	})
	t.Run("back from the ballot", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t, nil)
		v := w.visit(t, b)
		first := v.ready(1, 0)
		v.do(chromedp.Evaluate[chromedp.Void]("history.back()"))
		v.at("choice")
		v.do(chromedp.Click("#q-question-1-2"), chromedp.Evaluate[chromedp.Void]("history.forward()"), chromedp.Sleep(100*time.Millisecond))
		if step := v.data("step"); step != "choice" {
			t.Errorf("with another choice the history leads to %s, which shows the one before", step)
		}
		v.click("choice-go")
		v.at("confirm")
		if got := v.text("chosen"); !strings.Contains(got, "Indépendants") {
			t.Errorf("the confirmation shows %q", got)
		}
		v.click("confirm-yes")
		second := v.made()
		if first == second {
			t.Error("the ballot of the choice before is still there")
		}
		v.click("ready-send")
		v.at("receipt")
		w.recorded(t, second)
	})
	t.Run("another language", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t, nil)
		v := w.visit(t, b)
		v.open("/fr/urne/urn-1/voter#i=" + w.identifier(5) + "&f=" + w.Fingerprint.String())
		v.at("codes")
		v.do(chromedp.Click("a[hreflang=en]"))
		v.until("document.documentElement.lang === 'en'")
		v.at("codes")
		if got := eval[string](v, "document.getElementById('identifier').value + location.hash"); got != w.identifier(5) {
			t.Errorf("in the other language the identifier is %q", got)
		}
		v.write("password", w.password(5))
		v.click("codes-go")
		v.at("choice")
		v.do(chromedp.Click("#q-question-1-2"), chromedp.Click("a[hreflang=fr]"))
		v.until("document.documentElement.lang === 'fr'")
		v.login(5)
		v.at("choice")
		if !eval[bool](v, "document.getElementById('q-question-1-2').checked") {
			t.Error("the other language has forgotten the choice")
		}
	})
	t.Run("several questions", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t, func(m *scrutin.Manifest) {
			q := m.Questions[0]
			q.ID, q.Title = "question-2", "Délégués consulaires"
			m.Questions = append(m.Questions, q)
		})
		v := w.visit(t, b)
		v.open("/en/urne/urn-1/voter")
		v.login(1)
		v.at("choice")
		v.do(chromedp.Click("#q-question-2-3"))
		v.click("choice-go")
		v.until("document.getElementById('question-question-1-error').textContent.includes('Make a choice')")
		if focus := eval[string](v, "document.activeElement.id"); focus != "q-question-1-0" {
			t.Errorf("the focus is on %q", focus)
		}
		v.press(" ")
		v.click("choice-go")
		v.at("confirm")
		v.click("confirm-yes")
		code := v.made()
		v.click("ready-send")
		v.at("receipt")
		w.recorded(t, code)
	})
	t.Run("again", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t, nil)
		v := w.visit(t, b)
		v.ready(3, 1)
		v.click("ready-send")
		v.at("receipt")
		v.open("/fr/urne/urn-1/voter")
		v.login(3)
		v.at("voted")
		if n := eval[int](v, "document.querySelectorAll('#step-choice input').length"); n != 0 {
			t.Error("who has voted is offered a choice")
		}
	})
	t.Run("receipt by e-mail", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t, func(m *scrutin.Manifest) { m.Publication.EmailAfterVote = "code" })
		v := w.visit(t, b)
		code := v.ready(7, 1)
		v.click("ready-send")
		v.at("receipt")
		v.until("!document.getElementById('receipt-mail').hidden")
		w.mu.Lock()
		defer w.mu.Unlock()
		hash, _ := hex.DecodeString(strings.ReplaceAll(code, " ", ""))
		if len(w.mails) != 1 || !bytes.HasPrefix(w.mails[0], []byte{0, 0, 7, 0, 0, 0}) || !bytes.Contains(w.mails[0], hash) {
			t.Fatalf("the issuer was asked %x", w.mails)
		}
	})
	t.Run("file", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t, nil)
		v := w.visit(t, b)
		code := v.ready(8, 1)
		v.click("ready-send")
		v.at("receipt")
		file := v.downloaded("receipt-download")
		_, promise, found := strings.Cut(file, "isoloir/v1/promise\n")
		want := scrutin.CastingText{Kind: scrutin.Promise, Opening: w.o, Urn: "urn-1"}
		copy(want.Value[:], decode(t, code))
		if err := scrutin.OpenCasting([]byte("isoloir/v1/promise\n"+promise), want, w.Manifest.Platform.Urn.Verifier()); !found || err != nil {
			t.Errorf("the receipt file does not end with the urn's promise: %v\n%s", err, file)
		}
		if !strings.Contains(file, code) || strings.Contains(file, "Solidaires") {
			t.Errorf("the receipt file says\n%s", file)
		}
	})
	t.Run("keyboard", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t, nil)
		v := w.visit(t, b)
		v.open("/fr/urne/urn-1/voter")
		v.at("codes")
		v.tabTo("identifier")
		v.press(w.identifier(9))
		v.tabTo("password")
		v.press(w.password(9), kb.Enter)
		v.at("choice")
		v.tabTo("q-question-1-0")
		v.press(kb.ArrowDown)
		v.press(kb.Enter)
		v.at("confirm")
		v.tabTo("confirm-yes")
		v.press(kb.Enter)
		v.made()
		v.tabTo("ready-send")
		v.press(kb.Enter)
		v.at("receipt")
		if focus := eval[string](v, "document.activeElement.textContent"); focus != "Votre vote est enregistré" {
			t.Errorf("the focus is on %q", focus)
		}
	})
}

func decode(t *testing.T, code string) []byte {
	t.Helper()
	data, err := hex.DecodeString(strings.ReplaceAll(code, " ", ""))
	if err != nil {
		t.Fatal(err)
	}
	return data
}
