package voting_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"

	"isoloir/scrutin"
	"isoloir/web/chrome"
)

// trySeveralInTheWay meets what keeps a voter from one of two scrutins: he votes in
// the other one all the same.
func trySeveralInTheWay(t *testing.T, b *chrome.Browser) {
	t.Run("phases", func(t *testing.T) {
		t.Parallel()
		w, c := newCompany(t, nil, nil)
		v := w.visit(t, b)
		w.act(scrutin.ActSuspend)
		c.act(scrutin.ActSuspend)
		v.open("/fr/urne/urn-1/voter")
		v.met("suspended") // nothing is open anywhere
		c.act(scrutin.ActResume)
		v.open("/fr/urne/urn-1/voter")
		v.at("codes")
		if said := v.text("codes-said"); !strings.Contains(said, "en ouvrent un autre") {
			t.Errorf("of the vote that is suspended the page says %q", said)
		}
		v.judge("60-scrutins-suspended-codes")
		v.login(3)
		v.stands("suspended", "open")
		v.judge("61-scrutins-suspended")
		v.enter(1)
		c.recorded(t, v.votes(1))
		v.back("receipt")
		v.stands("suspended", "voted")
		w.act(scrutin.ActResume)
		v.enter(0) // looks again
		v.stands("open", "voted")
		v.enter(0)
		v.choose(0)
		v.click("confirm-yes")
		v.made()
		w.act(scrutin.ActClose)
		v.click("ready-send")
		v.met("late")
		v.judge("62-scrutins-late")
		v.back("problem")
		v.stands("late", "voted")
		if got := v.text("scrutins-title"); got != "Vous avez terminé" {
			t.Errorf("in the end the page says %q", got)
		}
		v.nothing()
		v.open("/fr/urne/urn-1/voter") // the leading vote is closed, and its roll still leads to the other one
		v.at("codes")
		v.login(4)
		v.stands("closed", "open")
		c.act(scrutin.ActClose)
		v.open("/fr/urne/urn-1/voter")
		v.met("closed")
	})
	t.Run("a roll that is served no more", func(t *testing.T) {
		t.Parallel()
		w, c := newCompany(t, nil, nil)
		c.act(scrutin.ActClose)
		c.deafen(func(name string) bool { return name == "hello" })
		v := w.visit(t, b)
		v.open("/fr/urne/urn-1/voter")
		v.login(3)
		v.stands("open", "closed")
	})
	t.Run("not open yet, then no answer", func(t *testing.T) {
		t.Parallel()
		w, c := newCompany(t, nil, nil)
		c.acts = nil
		v := w.visit(t, b)
		v.open("/fr/urne/urn-1/voter")
		v.login(3)
		v.stands("open", "before")
		v.judge("63-scrutins-before")
		c.act(scrutin.ActOpen)
		c.deafen(func(name string) bool { return name == "/status" })
		v.open("/fr/urne/urn-1/voter")
		v.login(3)
		v.stands("open", "unreachable")
		v.judge("64-scrutins-unreachable")
		v.enter(0)
		w.recorded(t, v.votes(1))
		v.back("receipt")
		v.stands("voted", "unreachable")
		c.deafen(nil)
		v.enter(1)
		v.stands("voted", "open")
		v.enter(1)
		c.recorded(t, v.votes(1))
	})
	t.Run("a portal that says nonsense", func(t *testing.T) {
		t.Parallel()
		w, c := newCompany(t, nil, nil)
		v := w.visit(t, b)
		for _, said := range []string{`{"phase":"open"}`, `{"phase":"constructor","open":"2027-03-07T00:00:00Z","close":"2027-03-08T00:00:00Z"}`, "null"} {
			c.mu.Lock()
			c.records["/status"] = []byte(said)
			c.mu.Unlock()
			v.open("/fr/urne/urn-1/voter")
			v.login(3)
			v.stands("open", "unreachable")
		}
		v.enter(0)
		w.recorded(t, v.votes(1))
	})
	for name, f := range map[string]struct {
		check string
		forge func(*testing.T, *world)
	}{
		"a false manifest": {"manifest-fingerprint", func(_ *testing.T, c *world) {
			c.records["manifest.json"] = bytes.Replace(c.Bytes, []byte("option-1"), []byte("option-7"), 1)
		}},
		"a false opening record": {"opening-witness", func(t *testing.T, c *world) { c.records["opening.note"], _ = c.signed(t, c.opening, "witness-2") }},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w, c := newCompany(t, nil, nil)
			f.forge(t, c)
			v := w.visit(t, b)
			v.open("/fr/urne/urn-1/voter")
			v.login(3)
			v.stands("open", "stopped")
			v.judge("65-scrutins-stopped")
			if n := c.times("hello"); n != 0 {
				t.Error("a login was begun with a vote that is not the one that was sealed")
			}
			v.enter(1)
			v.stopped(f.check)
			v.judge("66-scrutins-stop")
			v.evidenceOf(c, f.check, "")
			v.back("stop")
			v.enter(0)
			w.recorded(t, v.votes(1))
		})
	}
	t.Run("lies of its roll", func(t *testing.T) {
		t.Parallel()
		w, c := newCompany(t, nil, nil)
		v := w.visit(t, b)
		c.lie(on("reserve", forge))
		v.open("/fr/urne/urn-1/voter")
		v.login(3)
		v.stands("open", "open")
		v.enter(1)
		v.choose(1)
		v.click("confirm-yes")
		v.made()
		v.click("ready-send")
		v.stopped("authorisation-signature")
		v.evidenceOf(c, "authorisation-signature", "urn-2")
		v.back("stop")
		v.stands("open", "stopped")
		v.enter(0)
		w.recorded(t, v.votes(1))
		v.back("receipt")
		v.stands("voted", "stopped")
		// Where a ballot waits that a roll lies about, the page stops at once, and leads back.
		v.open("/fr/urne/urn-1/voter")
		v.at("codes")
	})
	t.Run("lies of the leading roll", func(t *testing.T) {
		t.Parallel()
		w, c := newCompany(t, nil, nil)
		v := w.visit(t, b)
		for name, change := range map[string]func([]byte) []byte{"an unknown scrutin": flip(1), "cut off": func(a []byte) []byte { return a[:len(a)-1] }} {
			w.lie(on("companions", change))
			v.open("/fr/urne/urn-1/voter")
			v.login(3)
			v.stopped("answer-form")
			if said := v.text("stop-text"); !strings.Contains(said, "assistance") {
				t.Errorf("%s: the page says %q", name, said)
			}
		}
		for _, change := range []func([]byte) []byte{flip(-4), flip(-1), flip(33)} { // another elector, one that is none, another urn
			w.lie(on("companions", change))
			v.open("/fr/urne/urn-1/voter")
			v.login(3)
			v.stands("open", "refused")
		}
		v.judge("67-scrutins-refused")
		v.enter(0)
		w.recorded(t, v.votes(1))
		if n := c.times("open"); n != 0 {
			t.Error("the companion's roll opened something for somebody else")
		}
	})
}

// evidenceOf reads the evidence file about the companion.
func (v *visitor) evidenceOf(c *world, check, urn string) {
	v.Helper()
	var file struct{ Manifest, Opening, Urn, Check string }
	text := v.downloaded("stop-download")
	if err := json.Unmarshal([]byte(text), &file); err != nil {
		v.Fatal(err)
	}
	opening := ""
	if urn != "" {
		opening = c.o.String()
	}
	if file.Manifest != c.Fingerprint.String() || file.Opening != opening || file.Urn != urn || file.Check != check {
		v.Errorf("the evidence file says\n%s", text)
	}
}

// TestCompanionLeads asks the portal of a companion for what is the leading one's, and
// what both give to everybody.
func TestCompanionLeads(t *testing.T) {
	w, c := newCompany(t, nil, nil)
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	get := func(address string) *http.Response {
		request, err := http.NewRequest(http.MethodGet, address, nil)
		if err != nil {
			t.Fatal(err)
		}
		request.Header.Set("Origin", w.origins.Portal)
		answer, err := client.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		io.Copy(io.Discard, answer.Body)
		answer.Body.Close()
		return answer
	}
	for path, to := range map[string]string{"/fr/urne/urn-1/voter": "/fr/", "/en/emargement": "/en/emargement", "/fr/renouveler": "/fr/renouveler"} {
		if a := get(c.origins.Portal + path); a.StatusCode != http.StatusSeeOther || a.Header.Get("Location") != w.origins.Portal+to {
			t.Errorf("%s: %s to %s", path, a.Status, a.Header.Get("Location"))
		}
		if a := get(w.origins.Portal + path); a.StatusCode != http.StatusOK {
			t.Errorf("%s of the leading portal: %s", path, a.Status)
		}
	}
	if a := get(c.origins.Portal + "/fr/urne/nulle-part/voter"); a.StatusCode != http.StatusNotFound {
		t.Errorf("an urn that is none: %s", a.Status)
	}
	for path, everybody := range map[string]bool{"/record/manifest.json": true, "/record/opening.note": true, "/status": true, "/fr/": false, "/client/vote.js": false, "/record/acts/0001-constitute.note": false} {
		if got := get(c.origins.Portal + path).Header.Get("Access-Control-Allow-Origin"); (got == "*") != everybody || got != "" && got != "*" {
			t.Errorf("%s admits %q", path, got)
		}
	}
	o := c.origins
	policy := get(w.origins.Portal + "/fr/urne/urn-1/voter").Header.Get("Content-Security-Policy")
	if want := strings.Join(append([]string{o.Portal, o.Roll, o.Urn}, o.Issuers...), " ") + ";"; !strings.Contains(policy, want) {
		t.Errorf("the leading page may ask %s, and not %s", policy, want)
	}
	if policy := get(c.origins.Portal + "/fr/").Header.Get("Content-Security-Policy"); strings.Contains(policy, w.origins.Roll) {
		t.Errorf("the companion's page may ask %s", policy)
	}
}
