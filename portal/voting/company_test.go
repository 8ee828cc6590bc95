package voting_test

import (
	"context"
	"iter"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"isoloir/account"
	"isoloir/crypto/group"
	"isoloir/portal/pages"
	"isoloir/roll"
	"isoloir/scrutin"
	"isoloir/web/chrome"
)

// alone is the elector of the first urn who is on no other roll.
const alone = 5

// newCompany opens a vote and one that it leads, in which all its electors but one may
// vote with the same codes.
func newCompany(t *testing.T, edit, other func(*scrutin.Manifest)) (w, companion *world) {
	t.Helper()
	portal := httptest.NewUnstartedServer(nil)
	companion = newWorldAt(t, httptest.NewUnstartedServer(nil), pages.Origins{Leading: originOf(portal)}, func(m *scrutin.Manifest) {
		m.Scrutin.Title = "Consultation sur la place du Marché"
		for q := range m.Questions {
			m.Questions[q].Title = "Faut-il fermer la place aux voitures ?"
		}
		if other != nil {
			other(m)
		}
	})
	o := companion.origins
	served := pages.Companion{Fingerprint: companion.Fingerprint, Portal: o.Portal, Roll: o.Roll, Urn: o.Urn, Issuers: o.Issuers}
	w = newWorldAt(t, portal, pages.Origins{Companions: []pages.Companion{served}}, func(m *scrutin.Manifest) {
		m.Companions = []scrutin.Digest{companion.Fingerprint}
		if edit != nil {
			edit(m)
		}
	})
	ctx := context.Background()
	for _, err := range []error{
		w.register.Deposit(ctx, w.scope(), w.deposits()),
		w.register.Pair(ctx, w.scope(), 0, w.pairs()),
		companion.register.Deposit(ctx, companion.scope(), w.depositsWith(companion)),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	companion.portal.Start()
	w.portal.Start()
	return w, companion
}

// pairs are the electors of the first urn with who they are in the companion, in its
// second urn.
func (w *world) pairs() iter.Seq2[roll.Pair, error] {
	return func(yield func(roll.Pair, error) bool) {
		for i := range electors {
			p := roll.Pair{Place: roll.Place{Elector: uint32(i)}, In: roll.Place{Urn: 1, Elector: uint32((7*i + 2) % electors)}}
			if i != alone && !yield(p, nil) {
				return
			}
		}
	}
}

// depositsWith are what the issuers leave with the companion's roll.
func (w *world) depositsWith(companion *world) (out []roll.Deposit) {
	for p := range w.pairs() {
		x, half := companion.secrets[p.In.Urn][p.In.Elector], group.RandomScalar()
		for issuer, h := range []group.Scalar{half, x.Sub(half)} {
			id, who := w.Manifest.Issuers[issuer].ID, account.Number{Urn: w.Manifest.Urns[p.Urn].ID, Index: p.Elector}
			s := w.codes[issuer][p.Urn][p.Elector].Stretch(w.Manifest.Codes, w.Fingerprint, who, id)
			d := s.Companion(companion.Fingerprint, id).Deposit(h)
			out = append(out, roll.Deposit{Place: p.In, Issuer: issuer, Half: roll.Half{Login: d.Login.Bytes(), Masked: d.Masked.Bytes()}})
		}
	}
	return out
}

// card is the part of the card of a scrutin, the leading one being the first.
func card(place int, part string) string {
	return "#scrutins > li:nth-child(" + string(rune('1'+place)) + ")" + part
}

// stands waits for how the voter stands in the scrutins.
func (v *visitor) stands(states ...string) {
	v.Helper()
	want, got := strings.Join(states, ","), ""
	for end := time.Now().Add(time.Minute); time.Now().Before(end); time.Sleep(40 * time.Millisecond) {
		if got = eval[string](v, "[...document.querySelectorAll('#scrutins > li')].map((card) => card.dataset.state).join()"); got == want {
			return
		}
	}
	v.Fatalf("he stands %q, and not %q (step %q, problem %q, check %q): %s", got, want, v.data("step"), v.data("problem"), v.data("check"), v.text("step-scrutins"))
}

// votes goes through the steps of the scrutin that was chosen, and gives the receipt code.
func (v *visitor) votes(place int) string {
	v.Helper()
	v.choose(place)
	v.click("confirm-yes")
	code := v.made()
	v.click("ready-send")
	v.at("receipt")
	if got := v.text("receipt-code"); got != code {
		v.Errorf("the receipt says %q, and what was shown before is %q", got, code)
	}
	return code
}

// enter chooses a scrutin of the list.
func (v *visitor) enter(place int) {
	v.Helper()
	v.do(chromedp.Click(card(place, " .act")))
}

// back goes to the list of scrutins from a step.
func (v *visitor) back(step string) {
	v.Helper()
	v.do(chromedp.Click("#step-" + step + " .to-scrutins"))
	v.at("scrutins")
}

// said is what a part of the card of a scrutin says.
func (v *visitor) said(place int, part string) string {
	v.Helper()
	return strings.TrimSpace(eval[string](v, "document.querySelector("+quoted(card(place, part))+").textContent"))
}

// nothing says whether the device keeps nothing.
func (v *visitor) nothing() {
	v.Helper()
	if kept := eval[string](v, "JSON.stringify({...localStorage, ...sessionStorage})"); kept != "{}" {
		v.Errorf("the device keeps %s", kept)
	}
}

// eventually waits for something that no page shows.
func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for range 200 {
		if holds() {
			return
		}
		time.Sleep(25 * time.Millisecond)
	}
	t.Error("never: " + what)
}

// trySeveral votes in two scrutins by one login.
func trySeveral(t *testing.T, b *chrome.Browser) {
	t.Run("both", func(t *testing.T) {
		t.Parallel()
		w, c := newCompany(t, nil, nil)
		v := w.visit(t, b)
		v.open("/fr/urne/urn-1/voter")
		v.login(3)
		v.at("scrutins")
		v.stands("open", "open")
		if got := v.said(1, " h2"); got != c.Manifest.Scrutin.Title {
			t.Errorf("the companion is called %q", got)
		}
		v.judge("50-scrutins")
		v.enter(1)
		v.at("choice")
		v.judge("51-scrutins-choice")
		if got := v.text("which"); !strings.Contains(got, "place du Marché") {
			t.Errorf("the choice is said to be of %q", got)
		}
		second := v.votes(1)
		c.recorded(t, second)
		v.judge("52-scrutins-receipt")
		if !eval[bool](v, "document.getElementById('receipt-more').checkVisibility() && !document.querySelector('#step-receipt .to-scrutins').classList.contains('quiet')") {
			t.Error("the receipt does not say that there is another vote")
		}
		if at := eval[string](v, "document.getElementById('receipt-check').href"); at != c.origins.Portal+"/fr/verifier" {
			t.Errorf("the receipt is to be checked at %s", at)
		}
		v.back("receipt")
		v.stands("open", "voted")
		v.judge("53-scrutins-one-left")
		v.enter(0)
		first := v.votes(0)
		if eval[bool](v, "document.getElementById('receipt-more').checkVisibility()") {
			t.Error("the last receipt says that there is another vote")
		}
		w.recorded(t, first)
		v.back("receipt")
		v.stands("voted", "voted")
		v.judge("54-scrutins-done")
		if title := v.text("scrutins-title"); title != "Vous avez terminé" {
			t.Errorf("in the end the page says %q", title)
		}
		for i, want := range []string{first, second} {
			if got := v.said(i, " .groups"); got != want {
				t.Errorf("in the end the receipt code of scrutin %d is %q, and not %q", i, got, want)
			}
		}
		if file := v.downloadedBy(card(1, " .file")); !strings.Contains(file, second) || !strings.Contains(file, c.origins.Portal+"/fr/verifier") || !strings.Contains(file, "place du Marché") {
			t.Errorf("the receipt file of the companion says\n%s", file)
		}
		v.nothing()
		for _, side := range []*world{w, c} {
			eventually(t, "both sessions are left", func() bool { return side.times("leave") == 1 })
			if n := side.times("hello"); n != 1 {
				t.Errorf("%d logins", n)
			}
		}
	})
	t.Run("in English, with digits in one of them", func(t *testing.T) {
		t.Parallel()
		w, c := newCompany(t, nil, func(m *scrutin.Manifest) {
			m.Colleges[0].Factors = append(m.Colleges[0].Factors, scrutin.Factor{Kind: "question", Channel: "none"})
			m.Colleges[0].Validation = scrutin.Validation{Kind: "code", Channel: "email"}
		})
		v := w.visit(t, b)
		v.open("/en/urne/urn-1/voter")
		v.login(2)
		v.stands("open", "open")
		v.judge("55-scrutins-en")
		v.enter(1)
		v.proven()
		v.choose(1)
		v.click("confirm-yes")
		v.at("validate")
		v.until("document.getElementById('validate-said').textContent.includes('c…')")
		v.write("validate-text", c.sent())
		v.press(kb.Enter)
		v.made()
		v.click("ready-send")
		v.at("receipt")
		v.back("receipt")
		v.click("scrutins-leave")
		v.until("!document.getElementById('scrutins-codes').hidden")
		v.stands("open", "voted")
		v.judge("56-scrutins-left")
		v.click("scrutins-codes")
		v.login(2)
		v.stands("open", "voted")
		v.click("scrutins-leave")
		v.click("scrutins-codes")
		v.login(4) // somebody else, who sees no receipt of the one before
		v.stands("open", "open")
		if shown := eval[int](v, "[...document.querySelectorAll('#scrutins .receipt')].filter((r) => !r.hidden).length"); shown != 0 {
			t.Error("the next voter at this device sees a receipt")
		}
	})
	t.Run("who is on one roll alone", func(t *testing.T) {
		t.Parallel()
		w, c := newCompany(t, nil, nil)
		v := w.visit(t, b)
		v.open("/fr/urne/urn-1/voter")
		v.login(alone)
		v.stands("open", "absent")
		v.judge("57-scrutins-absent")
		if at := eval[string](v, "document.querySelector("+quoted(card(1, " .away"))+").href"); at != c.origins.Portal+"/fr/assistance" {
			t.Errorf("he is sent to %s", at)
		}
		v.enter(0)
		w.recorded(t, v.votes(1))
		v.back("receipt")
		v.stands("voted", "absent")
		if n := c.times("hello"); n != 0 {
			t.Error("the companion's roll was asked for nobody")
		}
	})
}
