package demonstration

import (
	"bytes"
	"context"
	"embed"
	"html/template"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"isoloir/audit"
	"isoloir/courier/outbox"
	"isoloir/portal/guard"
	"isoloir/portal/words"
	"isoloir/server"
)

//go:embed page.html home.html person.html
var templates embed.FS

// shownLetters is how many messages the first page shows.
const shownLetters = 12

// A Page is the page of a demonstration, /demo/ on the portal's origin: the messages that would have left, the way to the close, and the
// auditor's verdict.
type Page struct {
	demonstration *Demonstration
	finish        func(Watcher) error
	home, person  *template.Template
	zone          *time.Location

	ending  sync.WaitGroup
	mu      sync.Mutex
	running bool
	step    string
	failure string
}

// NewPage makes the page and puts it before the portal's. Whoever asks for the close has it begun in ctx; it goes on when he leaves, and by itself
// where a former process was stopped on the way.
func NewPage(ctx context.Context, d *Demonstration, r *server.Roles) (*Page, error) {
	p := &Page{demonstration: d, finish: func(w Watcher) error { return d.Finish(ctx, r, w) }}
	var err error
	if p.home, err = template.ParseFS(templates, "page.html", "home.html"); err != nil {
		return nil, err
	}
	if p.person, err = template.ParseFS(templates, "page.html", "person.html"); err != nil {
		return nil, err
	}
	if p.zone, err = time.LoadLocation(zone); err != nil {
		return nil, err
	}
	r.Portal.Handler = p.before(r.Portal.Handler, r.Portal.Guard)
	if d.Clock.Ahead() && d.Verdict(audit.French) == "" {
		p.Finish()
	}
	return p, nil
}

// before is the portal's handler with the page before it.
func (p *Page) before(portal http.Handler, g *guard.Guard) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /demo/{$}", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "/demo/"+string(words.Preferred(r.Header.Get("Accept-Language"))), http.StatusSeeOther)
	})
	mux.HandleFunc("GET /demo/{language}", p.showHome)
	mux.HandleFunc("GET /demo/{language}/{reference}", p.showPerson)
	mux.HandleFunc("POST /demo/{language}/fin", func(w http.ResponseWriter, r *http.Request) {
		p.Finish()
		http.Redirect(w, r, "/demo/"+r.PathValue("language"), http.StatusSeeOther)
	})
	guarded := g.Pages(guard.Policy{}, mux)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if path := r.URL.Path; path == "/demo" || len(path) > 5 && path[:6] == "/demo/" {
			guarded.ServeHTTP(w, r)
			return
		}
		portal.ServeHTTP(w, r)
	})
}

// Finish begins to take the scrutin to its end, unless this is under way.
func (p *Page) Finish() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.running {
		return
	}
	p.running, p.failure = true, ""
	p.ending.Go(func() {
		err := p.finish(Watcher{Step: p.set, Stage: func(string, int, int) {}})
		p.mu.Lock()
		defer p.mu.Unlock()
		if p.running = false; err != nil {
			p.failure = err.Error()
		}
	})
}

// Wait waits for what Finish has begun, which ends soon after its context.
func (p *Page) Wait() { p.ending.Wait() }

func (p *Page) set(step string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.step = step
}

// view is what the templates are filled with.
type view struct {
	*Page
	Language words.Language
	Title    string
	Letters  []outbox.Letter
	Person   Person
}

// Say chooses between French and English.
func (v view) Say(fr, en string) string {
	if v.Language == words.French {
		return fr
	}
	return en
}

// Other is the other language.
func (v view) Other() words.Language {
	if v.Language == words.French {
		return words.English
	}
	return words.French
}

// Here and There are the first page in this language and in the other one.
func (v view) Here() string  { return "/demo/" + string(v.Language) }
func (v view) There() string { return "/demo/" + string(v.Other()) }

// When writes a moment in the legal time.
func (v view) When(t time.Time) string { return t.In(v.zone).Format("02/01/2006 15:04:05") }

// People are the electors.
func (v view) People() []Person { return v.demonstration.People }

// OfAccounts says whether people vote by anonymous accounts, and Cards are theirs.
func (v view) OfAccounts() bool       { return v.demonstration.OfAccounts() }
func (v view) Cards() ([]Card, error) { return v.demonstration.Cards() }

// Desk is who works at the help desk, with the passphrase.
func (v view) Desk() (string, error) {
	phrase, err := readLine(v.demonstration.at(deskFile))
	return deskName + ", " + phrase, err
}

// Verdict is what the auditor said.
func (v view) Verdict() string { return v.demonstration.Verdict(audit.Language(v.Language)) }

// Failure is why the end was not reached.
func (v view) Failure() string {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.failure
}

// MayClose says whether the end can be asked for.
func (v view) MayClose() bool {
	v.mu.Lock()
	defer v.mu.Unlock()
	return !v.running && v.Verdict() == ""
}

// State says where the election stands.
func (v view) State() string {
	v.mu.Lock()
	defer v.mu.Unlock()
	switch {
	case v.running:
		said := steps[v.step]
		return v.Say("En cours : ", "Under way: ") + v.Say(said[0], said[1]) + v.Say(". Rechargez la page pour suivre.", ". Load the page again to follow.")
	case v.Verdict() != "":
		return v.Say("Le scrutin est dépouillé et vérifié.", "The election is counted and verified.")
	}
	return v.Say("Le vote est ouvert.", "The vote is open.")
}

// steps are those of Finish as they are told.
var steps = map[string][2]string{
	"":       {"le début", "the beginning"},
	"close":  {"la clôture", "the close"},
	"seal":   {"le scellement des urnes et des émargements", "the sealing of urns and roll"},
	"mix":    {"le mélange des bulletins", "the mixing of ballots"},
	"shares": {"l’ouverture par un quorum de détenteurs", "the opening by a quorum of holders"},
	"count":  {"le décompte", "the count"},
	"weigh":  {"les poids des élus et des citoyens", "the weights of members and citizens"},
	"export": {"l’inventaire du dossier", "the list of the record's files"},
	"audit":  {"la vérification par l’auditeur", "the auditor's verification"},
}

var links = regexp.MustCompile(`https?://[^\s<>"]+`)

// Linked is a text with its addresses as links and its lines as lines.
func (v view) Linked(text string) template.HTML {
	var out bytes.Buffer
	last := 0
	for _, at := range links.FindAllStringIndex(text, -1) {
		template.HTMLEscape(&out, []byte(text[last:at[0]]))
		address := template.HTMLEscapeString(text[at[0]:at[1]])
		out.WriteString(`<a href="` + address + `">` + address + `</a>`)
		last = at[1]
	}
	template.HTMLEscape(&out, []byte(text[last:]))
	return template.HTML(strings.ReplaceAll(strings.TrimSpace(out.String()), "\n", "<br>"))
}

func (p *Page) showHome(w http.ResponseWriter, r *http.Request) {
	letters, err := p.demonstration.Letters()
	v := view{Page: p, Letters: letters[:min(len(letters), shownLetters)]}
	p.show(w, r, p.home, v, err, func(v *view) { v.Title = v.Say("Démonstration", "Demonstration") })
}

func (p *Page) showPerson(w http.ResponseWriter, r *http.Request) {
	people := p.demonstration.People
	at := slices.IndexFunc(people, func(x Person) bool { return x.Reference == r.PathValue("reference") })
	if at < 0 {
		w.WriteHeader(http.StatusNotFound)
		return
	}
	letters, err := p.demonstration.Letters()
	mine := slices.DeleteFunc(letters, func(l outbox.Letter) bool { return l.To != people[at].Email && l.To != people[at].Telephone })
	p.show(w, r, p.person, view{Page: p, Letters: mine, Person: people[at]}, err, func(v *view) { v.Title = people[at].Given + " " + people[at].Family })
}

func (p *Page) show(w http.ResponseWriter, r *http.Request, t *template.Template, v view, err error, name func(*view)) {
	v.Language = words.Language(r.PathValue("language"))
	if !slices.Contains(words.Languages(), v.Language) {
		w.WriteHeader(http.StatusNotFound)
		return
	}
	name(&v)
	var out bytes.Buffer
	if err == nil {
		err = t.ExecuteTemplate(&out, "frame", v)
	}
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Write(out.Bytes())
}
