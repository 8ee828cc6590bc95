package bureau

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"isoloir/bve"
	"isoloir/bve/journal"
	"isoloir/portal/words"
	"isoloir/scrutin"

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

// TestAlertInTheWay refuses an act for an alert in the words of the alerts' page, in both languages, and cites no file of ours.
func TestAlertInTheWay(t *testing.T) {
	w := newWorld(t, nil)
	catalogue, err := words.New()
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range words.Languages() {
		for _, key := range catalogue.In(l).List("alarm.what-") {
			what := strings.TrimPrefix(key, "alarm.what-")
			for _, source := range []string{"roll", "urn", "issuer-a", "issuer-b", "bureau"} {
				w.say(journal.Alert{What: what, Severity: journal.Critical, Source: source})
				s, err := w.office.State(ctx)
				if err != nil {
					t.Fatal(err)
				}
				said, last := catalogue.In(l), ""
				for _, lack := range s.Lacks(scrutin.ActOpen, w.now()) {
					if errors.Is(lack, bve.RuleIntegrity) {
						last = lack.(Refusal).Sentence(string(l))
					}
				}
				if !strings.Contains(last, said.Say(key)) || !strings.Contains(last, "("+said.Say("control.name-"+source)+")") || strings.Contains(last, "docs/") {
					t.Errorf("%s of %s: %q", what, source, last)
				}
			}
		}
	}
}

// TestUnderWay shows an intervention on a member's first page until its end, and makes both known on whatever page is open. (S003-28-5)
func TestUnderWay(t *testing.T) {
	w := newWorld(t, nil)
	shows := func(shown bool, told string) {
		t.Helper()
		page := w.ask(http.MethodGet, "/fr/", "member-2", nil).Body.String()
		if strings.Contains(page, "Intervention en cours, ticket T-17") != shown || !strings.Contains(page, `data-alerts="`+told+`"`) {
			t.Errorf("shown is to be %t, with %s told: %s", shown, told, page)
		}
	}
	shows(false, "0")
	work := journal.Maintenance{Ticket: "T-17", Who: "Ada", Why: "disque plein", Measures: "l'agrandir", Data: "aucune"}
	w.say(journal.Intervention{Maintenance: work})
	shows(true, "1")
	w.say(journal.InterventionEnd{Maintenance: work})
	shows(false, "2")
}
