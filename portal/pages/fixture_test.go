package pages_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"isoloir/portal/guard"
	"isoloir/portal/pages"
	"isoloir/ratelimit"
	"isoloir/record"
	"isoloir/scrutin"
	"isoloir/web"
)

// phases are the states in which every page is looked at.
var phases = []pages.Phase{pages.Before, pages.Open, pages.Suspended, pages.Closed, pages.Published}

// program is the digest of the program that serves.
var program = scrutin.DigestOf([]byte("a program"))

const profession = "Chers compatriotes,\n\nNous voulons une école ouverte à tous.\n"

// A fake is a vote of which only the pages' side exists.
type fake struct {
	t           testing.TB
	manifest    *scrutin.Manifest
	fingerprint scrutin.Digest
	now         time.Time
	export      *record.Writer
	documents   fstest.MapFS

	mu       sync.Mutex
	progress pages.Progress
	sent     []pages.Request
	renewed  []string
	failed   []string
	broken   bool // what is behind the pages fails
	origins  pages.Origins
	staff    interface {
		Admits(name, phrase string) bool
	}
}

func (f *fake) Manifest() *scrutin.Manifest { return f.manifest }
func (f *fake) Fingerprint() scrutin.Digest { return f.fingerprint }
func (f *fake) Documents() fs.FS            { return f.documents }
func (f *fake) Client() fs.FS               { return web.Files() }
func (f *fake) Record() pages.Files         { return &f.export.Reader }
func (f *fake) Progress() pages.Progress {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.progress
}
func (f *fake) Origins() pages.Origins { return f.origins }

// newFake makes a vote in its first phase, of consuls abroad.
func newFake(t testing.TB, edit ...func(*scrutin.Manifest)) *fake {
	t.Helper()
	golden, err := os.ReadFile("../../scrutin/testdata/manifest.json")
	if err != nil {
		t.Fatal(err)
	}
	m, _, err := scrutin.ParseManifest(golden)
	if err != nil {
		t.Fatal(err)
	}
	f := &fake{t: t, documents: fstest.MapFS{}, staff: staff{"anne": deskPhrase},
		origins: pages.Origins{Portal: "https://vote.example", Roll: "https://roll.example", Urn: "https://urn.example", Issuers: []string{"https://courriel.example", "https://sms.example"}}}
	f.write(m)
	for _, e := range edit {
		e(m)
	}
	data, print, err := m.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	f.manifest, f.fingerprint = m, print
	f.export, err = record.Create(t.TempDir() + "/export")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.export.Close() })
	for path, text := range map[string]string{record.Manifest: string(data), record.Act(1, "constitute"): "an act", record.Leaves("urne-japon"): "leaves",
		record.Marks("urne-japon"): "who has voted", record.Mix(1): "mix", record.Ceremony(1, "seal", "membre-1"): "a seal", record.Opening: "opening"} {
		if err := f.export.Write(path, []byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	f.enter(pages.Before)
	return f
}

// write gives the lists names and documents, and the world more constituencies.
func (f *fake) write(m *scrutin.Manifest) {
	add := func(list *[]scrutin.Document, media, text string) {
		d := scrutin.DigestOf([]byte(text))
		f.documents[d.String()] = &fstest.MapFile{Data: []byte(text)}
		*list = append(*list, scrutin.Document{Title: "Profession de foi", Media: media, Size: int64(len(text)), SHA256: d})
	}
	names := [][]string{{"Camille Renard", "Jules Aubry", "鈴木 春香"}, {"Inès Marchetti", "Paul Kerdraon", "Léa Nguyen"}, {"Samir Benali", "Ana Duarte", "Yann Le Goff"}}
	q := &m.Questions[0]
	q.Documents = nil
	q.Options = append(q.Options, scrutin.Option{ID: "liste-z", Label: "Solidarité et proximité"})
	for i := range q.Options {
		q.Options[i].Candidates, q.Options[i].Documents = names[i], nil
		add(&q.Options[i].Documents, "application/pdf", strings.Repeat("%PDF-1.7 ", 20000)+q.Options[i].ID)
		add(&q.Options[i].Documents, "text/plain", profession+q.Options[i].Label)
	}
	m.Questions[1].Documents = nil
	for _, place := range []string{"Mongolie", "Chine", "Thaïlande", "Viêt Nam", "Cambodge", "Singapour"} {
		id := "urne-" + strings.ToLower(strings.Map(func(r rune) rune {
			if r > 127 || r == ' ' {
				return -1
			}
			return r
		}, place))
		m.Territories = append(m.Territories, scrutin.Territory{ID: id[5:], Label: place, Parent: "asie"})
		m.Urns = append(m.Urns, scrutin.Urn{ID: id, Label: place, Territory: id[5:], College: "electeurs", Electors: 100 + 977*len(place)})
		m.Questions[1].Urns = append(m.Questions[1].Urns, id)
	}
	m.Questions[1].Title = "Conseillers, autres circonscriptions"
	m.Questions[1].ID = "autres"
}

// enter brings the vote to a phase, at a moment of it.
func (f *fake) enter(p pages.Phase) {
	f.mu.Lock()
	defer f.mu.Unlock()
	m := f.manifest
	open, end := m.Schedule.Open.Time, m.Schedule.Close.Time
	act := func(kind string, at time.Time, reason string) *scrutin.Act {
		return &scrutin.Act{Type: kind, Time: scrutin.TimeOf(at), Body: scrutin.ActBody{Reason: reason}}
	}
	f.now, f.progress = open.Add(-48*time.Hour), pages.Progress{}
	if p == pages.Before {
		return
	}
	f.now = open.Add(26 * time.Hour)
	f.progress.Opening = &scrutin.Opening{Client: web.Hash(), Software: program}
	f.progress.Acts = []*scrutin.Act{act(scrutin.ActOpen, open, "")}
	if p == pages.Suspended {
		f.progress.Acts = append(f.progress.Acts, act(scrutin.ActSuspend, f.now.Add(-time.Hour), "Une panne de l'hébergeur empêche une partie des électeurs de voter."))
	}
	if p == pages.Closed || p == pages.Published {
		f.now = end.Add(3 * time.Hour)
		f.progress.Acts = append(f.progress.Acts, act(scrutin.ActClose, end, ""))
	}
	if p == pages.Published {
		f.progress.Acts = append(f.progress.Acts, act(scrutin.ActProclaim, end.Add(100*time.Hour), ""))
		f.progress.Result, f.progress.Global = f.result(), end.Add(101*time.Hour)
		f.now = end.Add(102 * time.Hour)
	}
}

func (f *fake) result() *scrutin.Result {
	r := &scrutin.Result{}
	for i, u := range f.manifest.Urns {
		c := scrutin.CellResult{Cell: u.ID, Urns: []string{u.ID}, Electors: u.Electors}
		for _, q := range f.manifest.QuestionsOf(u.ID) {
			a := scrutin.QuestionResult{Question: q.ID, Blank: u.Electors / 40, Nul: i % 2}
			for j, o := range q.Options {
				a.Options = append(a.Options, scrutin.OptionCount{Option: o.ID, Ballots: u.Electors / (4 + (i+3*j)%7)})
			}
			c.Ballots, c.Marks = a.Total(), a.Total()
			c.Questions = append(c.Questions, a)
		}
		r.Cells = append(r.Cells, c)
	}
	return r
}

const deskPhrase = "une phrase assez longue"

// staff is who works at the desk.
type staff map[string]string

func (s staff) Admits(name, phrase string) bool { return phrase != "" && s[name] == phrase }

// site is the vote's site behind a guard, with a help desk.
func (f *fake) site() http.Handler {
	f.t.Helper()
	fails := func() error {
		if f.broken {
			return errors.New("secret detail")
		}
		return nil
	}
	clock := func() time.Time { return f.now }
	s, err := pages.New(pages.Config{Scrutin: f, Now: clock, Program: program,
		Send: func(_ context.Context, r pages.Request) error {
			f.mu.Lock()
			defer f.mu.Unlock()
			f.sent = append(f.sent, r)
			return fails()
		},
		Desk: &pages.Desk{Staff: f.staff, Renew: func(_ context.Context, issuer int, address string) error {
			f.mu.Lock()
			defer f.mu.Unlock()
			f.renewed = append(f.renewed, fmt.Sprint(issuer, " ", address))
			return fails()
		}},
		Failed: func(route string, err error) { f.failed = append(f.failed, route+": "+err.Error()) }})
	if err != nil {
		f.t.Fatal(err)
	}
	g := guard.New(guard.Config{Now: clock, Refuse: s.Refuse, Failed: func(route string, said any) { f.t.Errorf("%s panics: %v", route, said) }})
	return s.Handler(g, g.NewLimiter(ratelimit.Limit{}))
}

// A visitor asks the site as a browser does; its cookies are kept.
type visitor struct {
	h       http.Handler
	cookies []*http.Cookie
}

func (v *visitor) do(method, path string, form url.Values, headers ...string) *http.Response {
	var body io.Reader
	if form != nil {
		body = strings.NewReader(form.Encode())
	}
	r := httptest.NewRequest(method, path, body)
	if form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Sec-Fetch-Site", "same-origin")
	}
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	for _, c := range v.cookies {
		r.AddCookie(c)
	}
	w := httptest.NewRecorder()
	v.h.ServeHTTP(w, r)
	for _, c := range w.Result().Cookies() {
		v.cookies = slices.DeleteFunc(v.cookies, func(old *http.Cookie) bool { return old.Name == c.Name })
		if c.MaxAge >= 0 {
			v.cookies = append(v.cookies, c)
		}
	}
	return w.Result()
}

func (v *visitor) get(path string) *http.Response { return v.do("GET", path, nil) }

func body(t testing.TB, r *http.Response) string {
	t.Helper()
	data, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}
