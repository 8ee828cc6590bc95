package bureau

import (
	"net/http/httptest"
	"testing"
	"time"

	"isoloir/bve/journal"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
)

// TestAlert shows an incident to a member whose page was open before it, whatever the page,
// well within the minute. (C26-2-04)
func TestAlert(t *testing.T) {
	w := newWorld(t, nil)
	s := httptest.NewServer(w.site)
	defer s.Close()
	m := &seat{t, w, "member-2", s.URL, shared(t).Tab(t, 2*time.Minute)}
	m.do(chromedp.Navigate(s.URL + "/fr/rien"))
	if _, err := chromedp.Call(m.tab, network.SetCookie, network.SetCookieParams{Name: "who", Value: m.id, URL: s.URL}); err != nil {
		t.Fatal(err)
	}
	m.do(chromedp.Navigate(s.URL + "/fr/alertes"))
	m.says("Aucune alerte en cours")
	w.say(journal.Alert{What: journal.AlertSilent, Severity: journal.Critical, Source: "urn"})
	m.says("Un service ne répond pas")
	m.until(`!document.getElementById("alarm").hidden`)
}
