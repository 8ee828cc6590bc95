package story

import (
	"path/filepath"
	"testing"
	"time"

	"isoloir/keyceremony/device"
	"isoloir/trustee/trusteetest"

	"github.com/chromedp/chromedp"
)

// tab opens one with storage of its own.
func tab(t *testing.T) *seat {
	t.Helper()
	b, err := browser()
	if err != nil {
		t.Fatal(err)
	}
	return &seat{T: t, tab: b.Tab(t, time.Hour)}
}

// signs has the president open a session, and say that he is present, from his medium in a browser; and then take part in the ceremony with what his
// browser logged in with.
func (w *trial) signs(t *testing.T) {
	t.Helper()
	president := w.seats[holders[0]]
	s := tab(t)
	s.id, s.origin, s.passphrase = president.id, w.relay.origin, string(trusteetest.Passphrase)
	s.medium = filepath.Join(president.media[0], president.id+device.Suffix)
	s.arrive(president.code)
	s.open("/fr/seance")
	s.do(chromedp.SendKeys("#purpose", "Cérémonie des clés"))
	s.state("session-open")
	s.says("Séance 1 ouverte")
	s.state("present")
	s.until(`document.querySelector('form[data-kind="leave"]')`)
	president.cookie = s.cookie()
}
