package bureau

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"isoloir/bve/prepare"
	"isoloir/scrutin"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
)

const drawnWords = "7 3 11 2"

// lots has the order of display drawn by lot, and a document for a list.
func lots(m *scrutin.Manifest) {
	d, err := prepare.Drawn("2026-10-01", drawnWords)
	if err != nil {
		panic(err)
	}
	m.Draw = scrutin.Draw{Method: "lot", Date: "2026-10-01", Minutes: d.Minutes()}
	m.Questions[0].Options[1].Candidates = []string{"Aïcha Benali", "Luc Moreau"}
	m.Questions[0].Options[1].Documents = []scrutin.Document{{Title: "Profession de foi", Media: "text/plain", Size: 5, SHA256: scrutin.DigestOf([]byte("votez"))}}
	d.Order(m)
}

// TestPreparation shows what was prepared: the hours with their rules and articles, documents by their digests, and makes the public draw again.
func TestPreparation(t *testing.T) {
	w := newWorld(t, func(m *scrutin.Manifest) {
		lots(m)
		polls := m.Schedule.Close.AddDate(0, 0, 3)
		m.Scrutin.Profile, m.Publication.Release = scrutin.FrenchAbroad, "global-proclamation"
		m.Schedule.GraceMinutes, m.Schedule.PollingDay, m.Schedule.Count = 0, scrutin.Date(polls.Format(time.DateOnly)), scrutin.TimeOf(polls.Add(12*time.Hour))
	})
	body := w.ask(http.MethodGet, "/fr/preparation", "committee", nil).Body.String()
	for _, want := range []string{"décret 2009-525, art. 4", "décret 2009-525, art. 21", "midi le troisième jour", "respectée", scrutin.DigestOf([]byte("votez")).String(), "Aïcha Benali"} {
		if !strings.Contains(body, want) {
			t.Errorf("%q is not on the page", want)
		}
	}
	if strings.Contains(body, "non respectée") {
		t.Error("a rule is broken by a manifest that was taken")
	}
	draw := func(words string) string {
		return w.ask(http.MethodGet, "/fr/tirage?mots="+url.QueryEscape(words), "", nil).Body.String()
	}
	if same := draw(drawnWords); !strings.Contains(same, `id="drawn-same"`) || strings.Contains(same, "n’est pas celui") {
		t.Errorf("the draw does not hold: %s", same)
	}
	if other := draw("7 3 11 3"); !strings.Contains(other, `id="drawn-other"`) {
		t.Error("other numbers are taken for those of the draw")
	}
	if wrong := draw("07 3"); !strings.Contains(wrong, "Écrivez les nombres") {
		t.Error("numbers written in another way are taken")
	}
	if none := w.ask(http.MethodGet, "/fr/apercu?urne=no-urn", "member-1", nil); none.Code != http.StatusNotFound {
		t.Errorf("the preview of no urn: %d", none.Code)
	}
}

// TestRules tells a broken rule from one that is kept.
func TestRules(t *testing.T) {
	w := newWorld(t, nil)
	m := *w.Manifest
	m.Schedule.Close = m.Schedule.Open
	if !slices.ContainsFunc(prepare.Rules(&m), func(r prepare.Rule) bool { return r.Code == "close-after-open" && r.Broken }) {
		t.Error("a vote that closes before it opens breaks no rule")
	}
}

// TestDocuments serves a document of the manifest to members alone, and nothing that has another digest.
func TestDocuments(t *testing.T) {
	w := newWorld(t, lots)
	name := scrutin.DigestOf([]byte("votez")).String()
	files := fstest.MapFS{name: {Data: []byte("votez")}}
	w.documents = files
	w.site = w.open(t, w.cookies)
	ask := func(who string) *httptest.ResponseRecorder {
		return w.ask(http.MethodGet, "/documents/"+name, who, nil)
	}
	if answer := ask("expert"); answer.Code != http.StatusOK || answer.Body.String() != "votez" {
		t.Errorf("%d %s", answer.Code, answer.Body)
	}
	if answer := ask(""); answer.Code != http.StatusForbidden {
		t.Errorf("without a login: %d", answer.Code)
	}
	files[name] = &fstest.MapFile{Data: []byte("votez!")}
	if answer := ask("expert"); answer.Code != http.StatusInternalServerError || len(w.failed) != 1 {
		t.Errorf("another file in its place: %d", answer.Code)
	}
}

// TestPreview goes through the ballot as the voter does, by the keyboard, in a browser that writes down what it asks for: the page and its files, and
// nothing once it is there.
func TestPreview(t *testing.T) {
	w := newWorld(t, lots)
	var asked []string
	var mu sync.Mutex
	server := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		mu.Lock()
		asked = append(asked, r.Method+" "+r.URL.Path)
		mu.Unlock()
		w.site.ServeHTTP(rw, r)
	}))
	defer server.Close()
	s := &seat{t, w, "member-2", server.URL, shared(t).Tab(t, 2*time.Minute)}
	if _, err := chromedp.Call(s.tab, network.SetCookie, network.SetCookieParams{Name: "who", Value: s.id, URL: server.URL}); err != nil {
		t.Fatal(err)
	}
	s.fits("/en/preparation", 390, 1280)
	s.fits("/fr/tirage?mots="+url.QueryEscape(drawnWords), 390, 1280)
	s.do(chromedp.Navigate(server.URL + "/fr/apercu"))
	s.until(`document.getElementById("device").dataset.step === "choice"`)
	mu.Lock()
	before := len(asked)
	mu.Unlock()
	q := w.Manifest.Questions[0]
	radio := `input[name="q-` + q.ID + `"]`
	s.until(`[...document.querySelectorAll('` + radio + `')].map(r => r.value).join() === ` + quoted(strings.Join(append(ids(q.Options), "blank"), ",")))
	s.do(chromedp.Focus("#choice-go"), chromedp.KeyEvent("\r"))
	s.until(`document.querySelector(".error:not([hidden])")`)
	s.do(chromedp.KeyEvent(" "))
	for _, rest := range w.Manifest.QuestionsOf(w.Manifest.Urns[0].ID)[1:] {
		s.do(chromedp.Focus("#q-"+rest.ID+"-0"), chromedp.KeyEvent(" "))
	}
	s.do(chromedp.Focus("#choice-go"), chromedp.KeyEvent("\r"))
	s.until(`document.getElementById("device").dataset.step === "confirm"`)
	s.says(q.Options[0].Label)
	s.do(chromedp.Focus("#confirm-yes"), chromedp.KeyEvent("\r"))
	s.until(`document.getElementById("device").dataset.step === "end"`)
	s.says("L’aperçu s’arrête avant")
	mu.Lock()
	after := slices.Clone(asked[before:])
	mu.Unlock()
	if len(after) > 0 {
		t.Errorf("the preview asked for %v", after)
	}
	s.until(`sessionStorage.length === 0 && localStorage.length === 0`)
	s.fits("/fr/apercu", 390, 1280)
}

func ids(options []scrutin.Option) (all []string) {
	for _, o := range options {
		all = append(all, o.ID)
	}
	return all
}
