package bureau

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"isoloir/bve"
	"isoloir/bve/journal"
	"isoloir/record"
	"isoloir/scrutin"
	"isoloir/scrutin/scrutintest"
	"isoloir/trustee/trusteetest"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
)

// beside is a second scrutin of the same people, whose bureau this service carries too; stranger has a key of his own there.
func (w *world) beside(t *testing.T, stranger string) *world {
	t.Helper()
	f := scrutintest.New(t, scrutintest.Options{Holders: 6, Edit: func(m *scrutin.Manifest) {
		m.Scrutin.Title = "Élection des délégués consulaires"
		for i := range m.Bureau.Members {
			p := people[i]
			own, _ := w.Manifest.Member(p.ID)
			p.Rank, p.Born, p.Key = scrutin.Titular, own.Born, own.Key
			if p.ID == stranger {
				p.Key = m.Bureau.Members[i].Key
			}
			m.Bureau.Members[i] = p
		}
	}})
	out, err := record.Create(filepath.Join(t.TempDir(), "record"))
	if err != nil {
		t.Fatal(err)
	}
	data, _, err := f.Manifest.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	if err := out.Write(record.Manifest, data); err != nil {
		t.Fatal(err)
	}
	other := *w
	world := *w.World
	world.Fixture, world.Out = f, out
	other.World = &world
	other.office, err = bve.OpenOffice(ctx, bve.Config{Record: out,
		Journal: journal.Config{Store: w.store, Manifest: f.Manifest, Fingerprint: f.Fingerprint, Signer: f.Signers["contents"], Now: w.now}})
	if err != nil {
		t.Fatal(err)
	}
	w.others = append(w.others, Carried{f.Manifest, f.Fingerprint, other.office})
	w.site = w.open(t, w.cookies)
	return &other
}

// TestTogether takes one decision for two scrutins: each has its own motion, its own voices and its own act, and one gesture signs in both. Who has
// another key there signs in his own scrutin alone (S003-29).
func TestTogether(t *testing.T) {
	w := newWorld(t, nil)
	other := w.beside(t, "member-6")
	for _, each := range []*world{w, other} {
		each.sit("Annulation", holders[:5]...)
		each.adoptBy(scrutin.ActConstitute, scrutin.ActBody{}, holders[:4]...)
	}
	server := httptest.NewServer(w.site)
	defer server.Close()
	s := &seat{t, w, "member-1", server.URL, shared(t).Tab(t, 2*time.Minute)}
	as := func(who string) {
		t.Helper()
		s.id = who
		if _, err := chromedp.Call(s.tab, network.SetCookie, network.SetCookieParams{Name: "who", Value: who, URL: server.URL}); err != nil {
			t.Fatal(err)
		}
		s.do(chromedp.Navigate(server.URL + "/fr/seance/ensemble"))
	}
	sign := func(lines ...string) {
		t.Helper()
		s.until(`document.getElementById("sign").open`)
		for _, line := range lines {
			s.until(`document.getElementById("sign-lines").innerText.includes(` + quoted(line) + `)`)
		}
		s.open(string(trusteetest.Passphrase))
		s.sign()
	}
	unsigned := func() {
		t.Helper()
		s.click("#support-go")
		s.says("Rien n’est signé")
		s.until(`!document.getElementById("sign").open`)
	}
	as("member-1")
	s.do(chromedp.SetValue("#act", scrutin.ActAnnul), chromedp.SendKeys("#reason", "La liste des candidats doit être refaite."), chromedp.Submit("#act"))
	s.until(`document.querySelectorAll("#move-all fieldset").length === 2`)
	s.do(chromedp.Focus("#move-go"), chromedp.KeyEvent("\r"))
	sign(w.Fingerprint.String()[:4], other.Fingerprint.String()[:4])
	s.until(`location.pathname === "/fr/seance/ensemble" && document.querySelectorAll("#support-all fieldset").length === 2`)
	s.fits("/fr/seance/ensemble", 390, 1280)
	// An act of one scrutin is not signed as if it were of the other, nor beside anything but a voice for it.
	for _, forged := range []string{
		`for (const name of ["act", "body.motion"]) own.elements[name].value = other.elements[name].value; other.querySelector("[type=checkbox]").checked = false`,
		`other.dataset.manifest = own.dataset.manifest`,
		`own.form.dataset.kind = "against"`,
	} {
		as("member-1")
		s.until(`document.readyState === "complete" && document.querySelectorAll("#support-all fieldset").length === 2`)
		s.until(`(([own, other]) => { ` + forged + `; return true })(document.querySelectorAll("#support-all fieldset"))`)
		unsigned()
	}
	for _, who := range holders[:4] {
		as(who)
		s.until(`document.querySelectorAll("#support-all fieldset").length === 2`)
		s.click("#support-go")
		sign("La liste des candidats doit être refaite.", w.Fingerprint.String()[:4], other.Fingerprint.String()[:4])
		s.until(`!document.querySelector("#support-all")`)
	}
	s.click("#write-all button")
	s.says("L’acte est écrit au dossier.")
	for _, each := range []*world{w, other} {
		state, err := each.office.State(ctx)
		if err != nil {
			t.Fatal(err)
		}
		acts := state.Acts()
		if last := acts[len(acts)-1]; last.Type != scrutin.ActAnnul || last.Manifest != each.Fingerprint {
			t.Errorf("the last act of %s is %s", each.Manifest.Scrutin.Title, last.Type)
		}
	}
	if body := w.ask(http.MethodGet, "/fr/seance/ensemble", "member-6", nil).Body.String(); strings.Contains(body, "délégués consulaires") {
		t.Error("who has another key in the other scrutin is shown it")
	}
	if answer := w.send("member-6", other.signed("member-6", journal.Present{})); answer.Code != http.StatusUnprocessableEntity {
		t.Errorf("a statement by another key: %d", answer.Code)
	}
	if answer := w.ask(http.MethodPost, "/fr/seance/ensemble", "member-1", url.Values{"act": {scrutin.ActOpen}, "scrutin": {w.Fingerprint.String()}}); answer.Code != http.StatusNotFound {
		t.Errorf("an act that is not for several: %d", answer.Code)
	}
	for _, e := range w.failed {
		t.Error(e)
	}
}

// adoptBy moves an act and writes it, by the voices of these.
func (w *world) adoptBy(kind string, given scrutin.ActBody, by ...string) {
	w.Helper()
	if err := w.office.Adopt(ctx, "member-1", w.move(kind, given, slices.Clone(by)...)); err != nil {
		w.Fatal(err)
	}
}

// send brings a note as a page's script does.
func (w *world) send(who string, data []byte) *httptest.ResponseRecorder {
	q := httptest.NewRequest(http.MethodPost, "/en/declaration/signee", strings.NewReader(string(data)))
	q.Header.Set("Content-Type", "application/octet-stream")
	q.Header.Set("Sec-Fetch-Site", "same-origin")
	q.AddCookie(&http.Cookie{Name: "who", Value: who})
	answer := httptest.NewRecorder()
	w.site.ServeHTTP(answer, q)
	return answer
}
