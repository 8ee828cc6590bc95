package bureau

import (
	"context"
	"errors"
	"fmt"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"isoloir/bve/journal"
	"isoloir/keyceremony"
	"isoloir/portal/axe"
	"isoloir/portal/oversight"
	"isoloir/record"
	"isoloir/scrutin"
	"isoloir/web/chrome"

	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
)

var browser = sync.OnceValues(func() (*chrome.Browser, error) {
	b, end, err := chrome.Open()
	if err == nil {
		ended = end
	}
	return b, err
})

var ended = func() {}

func TestMain(m *testing.M) {
	code := m.Run()
	ended()
	os.Exit(code)
}

func shared(t *testing.T) *chrome.Browser {
	t.Helper()
	b, err := browser()
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// busy brings the board into the middle of its work: every page has something to show.
func (w *world) busy() {
	w.Helper()
	w.sit("Constitution du bureau, cérémonie des clés", holders...)
	w.adopt(scrutin.ActConstitute, scrutin.ActBody{})
	for _, state := range []string{journal.In, journal.Out} {
		w.state("member-2", journal.Custody{Medium: "Premier support de Claire Dubois", Seal: "A-00417", Holder: "member-1", State: state})
	}
	w.state("member-3", journal.Custody{Medium: "Copie de la liste d’émargement", SHA256: scrutin.DigestOf([]byte("copy")), Seal: "B-12", Holder: "member-3", State: journal.In})
	w.state("expert", journal.Report{Title: "Expertise indépendante, version 1", SHA256: scrutin.DigestOf([]byte("report")), Size: 48213})
	w.state("committee", journal.Opinion{About: scrutin.ActSuspend, Opinion: "Une suspension d’une heure suffit."})
	w.say(journal.Observation{Who: "Rose Abadie", Quality: "voter", Text: []string{"Le code est arrivé deux jours après l’annonce.", "Je demande que ce soit noté."}})
	alert := w.say(journal.Alert{What: journal.AlertClock, Severity: journal.Warning, Source: "urn", Detail: "off by 1.4 s"})
	w.state("member-2", journal.Acknowledged{Alert: alert.Text})
	w.say(journal.AlertEnd{Alert: alert.Text})
	w.say(journal.Alert{What: journal.AlertDelivery, Severity: journal.Critical, Source: "issuer-2"})
	w.say(journal.Intervention{Maintenance: journal.Maintenance{Ticket: "MNT-2041", Who: "Paul Exploitant", Why: "Disque à remplacer", Measures: "Bascule sur le second serveur", Data: "Aucune en clair"}})
	w.say(journal.Access{Processing: "Fichier des électeurs", List: []string{"Paul Exploitant, administrateur", "service du bureau, par lien"}, Digest: scrutin.DigestOf([]byte("list"))})
	w.say(journal.Delivery{Rows: []journal.DeliveryRow{{Channel: "email", Operator: "orange.fr", Country: "FR", Sent: 1200, Delivered: 1187, Bounced: 13},
		{Channel: "sms", Operator: "Syriatel", Country: "SY", Sent: 310, Delivered: 102, Pending: 208}}})
	w.say(journal.Checked{Verdict: journal.Well, Reports: []journal.CheckedRole{{Role: "roll", SHA256: scrutin.DigestOf([]byte("roll"))}, {Role: "urn", SHA256: scrutin.DigestOf([]byte("urn"))}}})
	w.roles = []Role{
		{State: oversight.State{Role: "roll", Ready: true, Disks: []oversight.Disk{{Name: "record", Used: 41}}}, Answered: w.now(), Same: true},
		{State: oversight.State{Role: "urn", Ready: true, Disks: []oversight.Disk{{Name: "record", Used: 93}}}, Answered: w.now(), Off: 1400 * time.Millisecond, Same: true},
		{State: oversight.State{Role: "issuer-b"}},
	}
	w.commit()
}

// commit has three holders take the first step of the ceremony.
func (w *world) commit() {
	w.Helper()
	for _, h := range holders[:3] {
		data, err := w.Devices[h].Commit(w.Board().Ceremony, 0, w.Board().Messages)
		if err == nil {
			err = w.Out.Write(record.Ceremony(1, string(keyceremony.CommitStep), h), data)
		}
		if err != nil {
			w.Fatal(err)
		}
	}
}

// TestPages opens every page in a browser, in both languages, and some of them before
// there is anything to show: axe finds nothing on a small phone, nothing is wider than it
// or than a desk, what one presses is large enough, and the browser has nothing to complain of (WCAG 2.2 AA). With PICTURES set, a
// picture of each is kept in that directory.
func TestPages(t *testing.T) {
	w := newWorld(t, nil)
	s := httptest.NewServer(w.site)
	defer s.Close()
	tab := shared(t).Tab(t, 2*time.Minute)
	at := "the start"
	if err := chromedp.Listen(tab, func(event any) {
		if e, ok := event.(*log.EventEntryAdded); ok && !strings.Contains(e.Entry.Text, "the server responded with a status of 4") {
			t.Errorf("%s: the browser says: %s", at, e.Entry.Text)
		}
	}); err != nil {
		t.Fatal(err)
	}
	as := func(who string) {
		t.Helper()
		if err := chromedp.Do(tab, chromedp.Navigate(s.URL+"/fr/rien")); err != nil {
			t.Fatal(err)
		}
		if _, err := chromedp.Call(tab, network.SetCookie, network.SetCookieParams{Name: "who", Value: who, URL: s.URL}); err != nil {
			t.Fatal(err)
		}
	}
	try := func(path string, width int64, checks ...func(context.Context) error) {
		t.Helper()
		at = path
		if err := chrome.Size(tab, width, width*3/4); err != nil {
			t.Fatal(err)
		}
		if err := chromedp.Do(tab, chromedp.Navigate(s.URL+path)); err != nil {
			t.Fatal(path, err)
		}
		for _, check := range append(checks, narrow) {
			if err := check(tab); err != nil {
				t.Errorf("%s at %d: %v", path, width, err)
			}
		}
		if err := chrome.Picture(tab, fmt.Sprintf("%.24s-%d", path, width)); err != nil {
			t.Error(err)
		}
	}
	for _, path := range []string{"/fr/entrer", "/fr/observations/nouvelle", "/en/rien"} {
		try(path, 320, accessible)
	}
	as("member-1")
	for _, path := range []string{"/fr/", "/fr/seance", "/fr/ceremonie", "/fr/salle"} {
		try(path, 320, accessible)
	}
	w.busy()
	name := w.move(scrutin.ActAnnul, scrutin.ActBody{Reason: "La liste des candidats doit être refaite : un nom y manque."}, "member-2", "member-3")
	paths := []string{"/", "/seance", "/seance/" + name.String(), "/alertes", "/envois", "/controle", "/membres", "/supports", "/observations", "/journal", "/participation", "/liste",
		"/ceremonie", "/ouverture", "/salle"}
	for i, path := range paths {
		try([]string{"/fr", "/en"}[i%2]+path, 320, accessible)
		try([]string{"/en", "/fr"}[i%2]+path, 1280)
	}
	try("/fr/seance", 320)
	if err := chromedp.Do(tab, chromedp.SetValue("#act", scrutin.ActWaive), chromedp.Submit("#act"), chromedp.WaitVisible("#reason")); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(accessible(tab), narrow(tab), chrome.Picture(tab, "/fr/proposer-320")); err != nil {
		t.Errorf("what an act needs: %v", err)
	}
	try("/en/salle", 1920, accessible)
	as("expert")
	try("/en/expert", 390, accessible)
	for _, e := range w.failed {
		t.Error(e)
	}
}

// fits looks at a page at some widths: axe finds nothing, and nothing is wider or too small to press.
func (s *seat) fits(path string, widths ...int64) {
	s.Helper()
	for _, width := range widths {
		if err := chrome.Size(s.tab, width, width*3/4); err != nil {
			s.T.Fatal(err)
		}
		s.do(chromedp.Navigate(s.url + path))
		if err := errors.Join(accessible(s.tab), narrow(s.tab), chrome.Picture(s.tab, fmt.Sprintf("%.24s-%d", path, width))); err != nil {
			s.T.Errorf("%s at %d: %v", path, width, err)
		}
	}
}

func accessible(tab context.Context) error {
	found, err := axe.Check(tab)
	for _, v := range found {
		err = errors.Join(err, errors.New(v.String()))
	}
	return err
}

// narrow says what is wider than the window, or too small to press; a box is pressed by its label.
func narrow(tab context.Context) error {
	found, err := chromedp.Run(tab, chromedp.Evaluate[[]string](`[...document.querySelectorAll("button, input:not([type=hidden], [type=checkbox], [type=radio]), select, textarea, .button")]
		.filter(e => e.getClientRects().length && e.getBoundingClientRect().height < 24).map(e => "too small: " + e.outerHTML.slice(0, 80))`))
	err = errors.Join(chrome.Fits(tab), err)
	for _, f := range found {
		err = errors.Join(err, errors.New(f))
	}
	return err
}
