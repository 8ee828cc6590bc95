package e2e

import (
	"bytes"
	"context"
	"net/netip"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"isoloir/replay/parties"
	"isoloir/scrutin"
	"isoloir/server/demonstration"

	"github.com/chromedp/chromedp"
)

// accompanied is the demonstration of a vote that leads another one, of which every
// company is a copy.
var accompanied = sync.OnceValues(func() (string, error) {
	base, err := temporary()
	if err != nil {
		return "", err
	}
	dir := filepath.Join(base, "company")
	o := demonstration.Options{Electors: electors, Lasts: 24 * time.Hour, MemoryKiB: 64, Companion: true,
		Shape: parties.Shape{Holders: 3, Threshold: 2, Mixers: 2, Witnesses: 1, WorkFactor: 1}}
	quiet := demonstration.Watcher{Step: func(string) {}, Stage: func(string, int, int) {}}
	return dir, demonstration.Prepare(context.Background(), dir, o, netip.MustParseAddrPort("127.0.0.1:8080"), quiet)
})

// newCompany serves a copy of it until the test ends: the leading vote, in whose first
// urn the first elector of three is on no other roll, and its companion.
func newCompany(t *testing.T) (w, companion *world) {
	t.Helper()
	from, err := accompanied()
	if err != nil {
		t.Fatal(err)
	}
	w = &world{t: t, dir: filepath.Join(t.TempDir(), "run"), houses: map[string]*served{}}
	w.copied(from)
	companion = &world{Demonstration: w.Companion, t: t, dir: filepath.Join(w.dir, "companion"), houses: map[string]*served{}}
	w.channel.open(t, w.Config)
	companion.channel.open(t, companion.Config)
	w.Config.Companions[0].Origins, companion.Config.Leading = companion.Config.Origins, w.Config.Origins.Portal
	for _, side := range []*world{companion, w} {
		side.serve("urn")
		side.serve("roll", "issuer-a", "issuer-b", "portal")
	}
	return w, companion
}

// stands waits for how the voter stands in his scrutins, the leading one first.
func (v *visitor) stands(states ...string) {
	v.Helper()
	v.until("[...document.querySelectorAll('#scrutins > li')].map((card) => card.dataset.state).join() === '" + strings.Join(states, ",") + "'")
}

// goes chooses a scrutin of the list, by its place from 1.
func (v *visitor) goes(place string) {
	v.Helper()
	v.do(chromedp.Click("#scrutins > li:nth-child(" + place + ") .act"))
}

// casts goes from the choice to the receipt, with the digits that came to an address,
// and gives the receipt code.
func (v *visitor) casts(made ballot, to string, how way) string {
	v.Helper()
	v.choose(made, how)
	since := time.Now()
	v.next(how, "confirm-yes")
	v.prove("validate", to, since, how)
	code := v.made()
	v.next(how, "ready-send")
	v.at("receipt")
	return code
}

// TestCompany votes in two scrutins by one login, over the servers of both.
func TestCompany(t *testing.T) {
	t.Parallel()
	w, c := newCompany(t)
	how := way{language: "fr", width: 390, codes: "linked"}
	t.Run("both", func(t *testing.T) {
		v, who := w.visit(t, 390), w.voter("centre", 1)
		v.enter(who, how)
		v.stands("open", "open")
		v.judge("company")
		v.goes("2")
		second := v.casts(ballot{"projet": "kiosque"}, who.Telephone, how)
		v.judge("company-receipt")
		v.do(chromedp.Click("#step-receipt .to-scrutins"))
		v.stands("open", "voted")
		v.goes("1")
		first := v.casts(ballot{"conseil": "montclair-en-commun"}, who.Email, how)
		v.do(chromedp.Click("#step-receipt .to-scrutins"))
		v.stands("voted", "voted")
		v.judge("company-done")
		for _, side := range []struct {
			*world
			code string
		}{{w, first}, {c, second}} {
			if n := side.channel.times("append"); n != 1 {
				t.Errorf("%d ballots were sent", n)
			}
			check := side.visit(t, 390)
			check.open("/fr/verifier#c=" + strings.ReplaceAll(side.code, " ", ""))
			check.at("ask")
			check.click("check-go")
			check.at("found")
			if found := eval[string](check, "document.getElementById('device').dataset.found"); found != "received" && found != "recorded" {
				t.Errorf("the ballot of %s is %s on its own portal", side.code, found)
			}
		}
		v.open("/fr/")
		v.enter(who, how)
		v.stands("voted", "voted")
	})
	t.Run("one alone", func(t *testing.T) {
		v := w.visit(t, 320)
		v.enter(w.voter("centre", 0), how)
		v.stands("open", "absent")
		v.judge("company-absent")
	})
	t.Run("a companion of another making", func(t *testing.T) {
		c.channel.change(func(e *exchange) []byte {
			if e.Path == "/record/manifest.json" {
				return bytes.Replace(e.Answer, []byte("Un kiosque"), []byte("Un parking"), 1)
			}
			return e.Answer
		})
		defer c.channel.change(nil)
		v := w.visit(t, 390)
		v.enter(w.voter("centre", 2), how)
		v.stands("open", "stopped")
		v.goes("2")
		v.stopped("manifest-fingerprint")
		v.judge("company-stop")
	})
	t.Run("from the companion's portal", func(t *testing.T) {
		v := c.visit(t, 390)
		v.open("/fr/urne/montclair")
		v.judge("company-companion")
		v.do(chromedp.Click("a.button.vote"))
		v.until("location.href === '" + w.Config.Origins.Portal + "/fr/'")
		v.judge("company-leading")
	})
	t.Run("the leading vote suspended", func(t *testing.T) {
		w.act(t, scrutin.ActSuspend, scrutin.ActBody{Reason: "Une panne."})
		w.phase(t, "suspended")
		v, who := w.visit(t, 390), w.voter("centre", 4)
		v.linked(who, "/fr/urne/centre/voter")
		v.heard("en ouvrent un autre")
		v.click("codes-go")
		v.stands("suspended", "open")
		v.goes("2")
		v.casts(ballot{"projet": scrutin.Blank}, who.Telephone, how)
	})
}
