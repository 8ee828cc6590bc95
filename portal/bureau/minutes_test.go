package bureau

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"isoloir/bve/journal"
	"isoloir/bve/minutes"
	"isoloir/scrutin"
	"isoloir/scrutin/note"
	"isoloir/trustee/trusteetest"
	"isoloir/web/chrome"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
)

// annulled is a board that has ended its vote, so that its minutes can be drawn up.
func annulled(t *testing.T) *world {
	t.Helper()
	w := newWorld(t, nil)
	w.sit("Annulation", holders...)
	w.adopt(scrutin.ActConstitute, scrutin.ActBody{})
	w.say(journal.Observation{Who: "Rose Abadie", Quality: "voter", Text: []string{"Le code est arrivé deux jours après l’annonce."}})
	w.adopt(scrutin.ActAnnul, scrutin.ActBody{Reason: "la liste des candidats doit être refaite"})
	return w
}

// drawUp asks for the minutes to be drawn up by a page, and gives what the journal has of it.
func (w *world) drawUp(who string) journal.DrawnUp {
	w.Helper()
	if answer := w.ask(http.MethodPost, "/fr/proces-verbal/arreter", who, url.Values{"language": {"fr"}}); answer.Code != http.StatusSeeOther {
		w.Fatalf("the minutes are not drawn up: %d %s", answer.Code, answer.Body)
	}
	s, err := w.office.State(ctx)
	if err != nil {
		w.Fatal(err)
	}
	return s.Drawn[len(s.Drawn)-1].DrawnUp
}

// fetched is a file of the minutes.
func (w *world) fetched(name string) string {
	w.Helper()
	answer := w.ask(http.MethodGet, "/fr/proces-verbal/"+name, "expert", nil)
	if answer.Code != http.StatusOK {
		w.Fatalf("%s: %d", name, answer.Code)
	}
	return answer.Body.String()
}

// source is what anybody makes the minutes from again.
func (w *world) source() *minutes.Source {
	w.Helper()
	source, err := minutes.Read(&w.Out.Reader, w.office.Journal().Entries(0))
	if err != nil {
		w.Fatal(err)
	}
	return source
}

// TestMinutes takes the minutes from a draft to the bureau's signature and an annex: what is drawn up stands, a paraph is on its pages or refused, an
// observation makes them stale, the act adopts them, and the files hold against record and journal (S004-15a, S004-15b, PV-1).
func TestMinutes(t *testing.T) {
	early := newWorld(t, nil)
	if answer := early.ask(http.MethodPost, "/en/proces-verbal/arreter", "member-1", nil); answer.Code != http.StatusUnprocessableEntity || !strings.Contains(answer.Body.String(), "until then there is a draft") {
		t.Errorf("before the end: %d", answer.Code)
	}
	if body := early.ask(http.MethodGet, "/fr/proces-verbal", "member-2", nil).Body.String(); strings.Contains(body, `id="sheet-1"`) {
		t.Error("a draft that tells of turnout is shown before its reading is entered")
	}
	if body := early.ask(http.MethodPost, "/fr/proces-verbal/projet", "member-2", nil).Body.String(); !strings.Contains(body, `id="sheet-1"`) || strings.Contains(body, `id="read-1"`) {
		t.Error("a seat sees no draft, or could paraph it")
	}
	entries := early.office.Journal().Entries(0)
	if read := entries[len(entries)-1].Statement.Body; read != (journal.Read{Member: "member-2", What: journal.ReadTurnout}) {
		t.Errorf("before the draft is shown %+v is entered", read)
	}
	if body := early.ask(http.MethodGet, "/fr/proces-verbal", "staff", nil).Body.String(); strings.Contains(body, `id="sheet-1"`) {
		t.Error("who runs the platform sees the draft, and turnout in it")
	}
	if answer := early.ask(http.MethodGet, "/fr/proces-verbal/minutes.json", "member-1", nil); answer.Code != http.StatusNotFound {
		t.Errorf("a file before there is any: %d", answer.Code)
	}

	w := annulled(t)
	first := w.drawUp("member-5")
	refused := func(who string, page journal.Page, want string) {
		t.Helper()
		if _, err := w.office.Submit(ctx, w.signed(who, page)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("page %d of %s: %v, want %q", page.Page, who, err, want)
		}
	}
	refused("member-1", journal.Page{Page: 1, Digest: first.Pages[1]}, "another digest")
	refused("member-1", journal.Page{Page: len(first.Pages) + 1, Digest: first.Pages[0]}, "open the minutes again")
	refused("expert", journal.Page{Page: 1, Digest: first.Pages[0]}, "committee and expert")
	w.state("member-1", journal.Page{Page: 1, Digest: first.Pages[0]})
	refused("member-1", journal.Page{Page: 1, Digest: first.Pages[0]}, "already")
	if body := w.ask(http.MethodGet, "/fr/proces-verbal", "member-1", nil).Body.String(); strings.Contains(body, `id="read-1"`) || !strings.Contains(body, `id="read-2"`) ||
		!strings.Contains(body, first.Pages[0].String()) || strings.Contains(body, `id="stale-minutes"`) {
		t.Error("the page does not show the paraph, or the digests")
	}

	w.say(journal.Observation{Who: "Jean Martin", Quality: "delegate", Text: []string{"Je maintiens ma réserve."}})
	if body := w.ask(http.MethodGet, "/fr/proces-verbal", "member-1", nil).Body.String(); !strings.Contains(body, `id="stale-minutes"`) || strings.Contains(body, `id="adopt"`) {
		t.Error("an observation came, and the page does not say that the minutes are behind")
	}
	if answer := w.ask(http.MethodPost, "/en/seance/proposer", "member-1", url.Values{"act": {scrutin.ActMinutes}}); !strings.Contains(answer.Body.String(), "An observation was made since") {
		t.Errorf("minutes that do not tell of an observation: %d", answer.Code)
	}
	second := w.drawUp("member-1")
	refused("member-2", journal.Page{Page: len(first.Pages), Digest: first.Pages[len(first.Pages)-1]}, "digest")
	if body := w.ask(http.MethodGet, "/en/proces-verbal", "member-1", nil).Body.String(); !strings.Contains(body, "1 paraph was on a version before") || !strings.Contains(body, `id="read-1"`) {
		t.Error("a paraph on what is no more is not shown as stale")
	}

	w.elsewhere("member-2", second)
	given := w.ask(http.MethodPost, "/fr/seance/proposer", "member-1", url.Values{"act": {scrutin.ActMinutes}})
	if !strings.Contains(given.Body.String(), second.SHA256.String()[:4]) {
		t.Errorf("the act is not filled in: %d %s", given.Code, given.Body)
	}
	other := []scrutin.Adopted{{Path: scrutin.AdoptMinutes, SHA256: first.SHA256}, {Path: scrutin.AdoptJournal, SHA256: w.office.Journal().Entries(0)[first.Entries-1].Head}}
	if _, err := w.office.Draft(ctx, scrutin.ActMinutes, scrutin.ActBody{Adopts: other}); err == nil || !strings.Contains(err.Error(), "are others") {
		t.Errorf("minutes that were drawn up before: %v", err)
	}
	w.adopt(scrutin.ActMinutes, scrutin.ActBody{})
	if body := w.ask(http.MethodGet, "/fr/proces-verbal", "committee", nil).Body.String(); !strings.Contains(body, "Signé par le bureau") {
		t.Error("the page does not say that they are signed")
	}

	signed := parsed(t, w.fetched("minutes.json"))
	if err := w.source().Verify(signed, nil); err != nil {
		t.Error(err)
	}
	if html := w.fetched("minutes.html"); !strings.Contains(html, "Je maintiens ma réserve.") || strings.Contains(html, "<script") {
		t.Error("the HTML is not that of the minutes")
	}
	if answer := w.ask(http.MethodGet, "/fr/proces-verbal/minutes.pdf", "expert", nil); answer.Code != http.StatusNotFound {
		t.Errorf("a PDF where there is no browser: %d", answer.Code)
	}
	w.browser = chrome.Path()
	w.site = w.open(t, w.cookies)
	if pdf := w.fetched("minutes.pdf"); !strings.HasPrefix(pdf, "%PDF-") || !strings.Contains(pdf, "/StructTreeRoot") {
		t.Error("the PDF is none, or not tagged")
	}
	if answer := w.ask(http.MethodPost, "/en/proces-verbal/arreter", "member-1", nil); answer.Code != http.StatusUnprocessableEntity {
		t.Errorf("an annex of nothing: %d", answer.Code)
	}
	w.state("member-4", journal.Observation{Who: "Jean-Baptiste Étienne", Quality: "member", Text: []string{"Trop tard."}, Annex: true})
	annex := w.drawUp("member-1")
	w.state("member-1", journal.Page{Page: 1, Digest: annex.Pages[0]})
	later := parsed(t, w.fetched("annex-1.json"))
	if err := w.source().Verify(later, signed); err != nil || later.Previous != signed.Last() {
		t.Error(err)
	}
	if body := w.ask(http.MethodGet, "/fr/proces-verbal?annexe=0", "member-1", nil).Body.String(); !strings.Contains(body, signed.Last().String()) {
		t.Error("the minutes are not to be read any more")
	}
	if answer := w.ask(http.MethodGet, "/fr/proces-verbal?annexe=2", "member-1", nil); answer.Code != http.StatusNotFound {
		t.Errorf("an annex that is none: %d", answer.Code)
	}
	for _, e := range w.failed {
		t.Error(e)
	}
}

// TestPagesTaken takes pages out of the page's own file, and exchanges some: none is read as minutes any more, nor holds (S004-15a).
func TestPagesTaken(t *testing.T) {
	w := annulled(t)
	w.drawUp("member-1")
	text := w.fetched("minutes.json")
	for name, forge := range map[string]func(m *minutes.Minutes){
		"removed":   func(m *minutes.Minutes) { m.Pages = slices.Delete(m.Pages, 1, 2) },
		"exchanged": func(m *minutes.Minutes) { m.Pages[1], m.Pages[2] = m.Pages[2], m.Pages[1] },
		"edited":    func(m *minutes.Minutes) { m.Pages[1].Blocks[0].Text[0] += "." },
	} {
		m := parsed(t, text)
		forge(m)
		if _, err := scrutin.Text(m); err == nil {
			t.Errorf("%s: it is taken for minutes", name)
		}
	}
	if err := w.source().Verify(parsed(t, text), nil); err != nil {
		t.Error(err)
	}
}

func parsed(t *testing.T, text string) *minutes.Minutes {
	t.Helper()
	m, err := scrutin.Parse[minutes.Minutes](text)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// elsewhere puts a member's paraph on all pages without a script: each text is signed on another machine, and all are brought back at once.
func (w *world) elsewhere(who string, d journal.DrawnUp) {
	w.Helper()
	form := url.Values{"kind": {"page"}, "elsewhere": {"yes"}}
	for i := range d.Pages {
		form.Add("page", number(i+1))
	}
	body := w.ask(http.MethodPost, "/fr/declaration", who, form).Body.String()
	var texts, all []string
	for part := range strings.SplitSeq(body, `action="/fr/declaration/fichier"`) {
		if strings.Contains(part, `name="text"`) {
			texts = append(texts, hidden(w, part, "text"))
		}
	}
	texts = texts[:len(d.Pages)]
	for _, text := range texts {
		data, err := note.Sign(text, w.signer(who))
		if err != nil {
			w.Fatal(err)
		}
		all = append(all, string(data))
	}
	if answer := w.ask(http.MethodPost, "/fr/declaration/collee", who, url.Values{"note": {strings.ReplaceAll(strings.Join(all, ""), "\n", "\r\n")}, "text": texts}); answer.Code != http.StatusSeeOther {
		w.Fatalf("%d %s", answer.Code, answer.Body)
	}
	s, err := w.office.State(ctx)
	if err != nil {
		w.Fatal(err)
	}
	for i := range d.Pages {
		if !s.Drawn[0].Paraphed(who, i+1) {
			w.Errorf("page %d has no paraph of %s", i+1, who)
		}
	}
}

// TestParaph puts a member's paraph on the pages that he has ticked by one gesture, in a browser and by the keyboard alone, and shows them before.
func TestParaph(t *testing.T) {
	w := annulled(t)
	drawn := w.drawUp("member-1")
	server := httptest.NewServer(w.site)
	defer server.Close()
	s := &seat{t, w, "member-3", server.URL, shared(t).Tab(t, 2*time.Minute)}
	if _, err := chromedp.Call(s.tab, network.SetCookie, network.SetCookieParams{Name: "who", Value: s.id, URL: server.URL}); err != nil {
		t.Fatal(err)
	}
	s.do(chromedp.Navigate(server.URL + "/fr/proces-verbal"))
	s.until(`document.readyState === "complete"`)
	s.do(chromedp.Focus("#paraph"), chromedp.KeyEvent("\r"))
	s.says("Cochez d’abord")
	// No paraph on a digest that is not that of the text which is shown.
	for _, forged := range []string{
		`box.dataset.digest = box.dataset.before`,
		`box.dataset.digest = document.getElementById("read-2").dataset.digest`,
		`sheet.querySelector(".scroll p").textContent += "."`,
		`sheet.querySelector(".scroll").append("Sans réserve.")`,
		`sheet.querySelector("template").content.textContent = sheet.querySelector("template").content.textContent.replace(/"blocks": \[[^]*\]/, '"blocks": []')`,
		`document.getElementById("author").dataset.manifest = box.dataset.digest`,
	} {
		s.do(chromedp.Navigate(server.URL + "/fr/proces-verbal"))
		s.until(`document.readyState === "complete"`)
		s.until(`((box, sheet) => { box.checked = true; ` + forged + `; return true })(document.getElementById("read-1"), document.getElementById("sheet-1"))`)
		s.click("#paraph")
		s.says("Rien n’est signé")
		s.until(`!document.getElementById("sign").open`)
	}
	s.do(chromedp.Navigate(server.URL + "/fr/proces-verbal"))
	s.until(`document.readyState === "complete"`)
	for _, box := range []string{"#read-1", "#read-3"} {
		s.do(chromedp.Focus(box), chromedp.KeyEvent(" "))
	}
	s.do(chromedp.Focus("#paraph"), chromedp.KeyEvent("\r"))
	s.until(`document.getElementById("sign").open`)
	for _, line := range []string{"Page 1, empreinte", "Page 3, empreinte", drawn.Pages[2].String()[:4]} {
		s.until(`document.getElementById("sign-lines").innerText.includes(` + quoted(line) + `)`)
	}
	s.do(chromedp.SetUploadFiles("#medium", []string{s.medium(s.id)}), chromedp.SendKeys("#passphrase", string(trusteetest.Passphrase)), chromedp.KeyEvent("\r"))
	s.says("Vos paraphes sont entrés au journal, pages 1, 3.")
	s.until(`document.querySelectorAll("#paraphed .done").length === 2`)
	s.fits("/fr/proces-verbal", 390, 1280)
	s.fits("/en/proces-verbal", 390)
	state, err := w.office.State(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if d := state.Drawn[0]; !d.Paraphed("member-3", 1) || d.Paraphed("member-3", 2) || !d.Paraphed("member-3", 3) {
		t.Errorf("paraphs %+v", d.Paraphs)
	}
}
