// Package result is the public pages of a decision of members and citizens: members alone, citizens alone, and both
// together, with a chart and its table, constituency by constituency with the weights, and what anybody needs to compute
// it again (docs/mixte.md, section 8); and the page on which anybody changes votes and watches the weights.
//
// It shows statements of package mixte and computes nothing of its own: whoever gives it one has had it parsed, which
// is to compute it again. It takes no input but an address and sends no cookie. The page on which votes are changed
// sends nothing: its script computes in exact fractions on the visitor's device.
package result

import (
	"bytes"
	"context"
	_ "embed"
	"errors"
	"io/fs"
	"net/http"
	"strings"
	"time"

	"isoloir/mixte"
	"isoloir/portal/public"
	"isoloir/portal/words"
	"isoloir/scrutin"
	scripts "isoloir/web/citizen"

	"github.com/a-h/templ"
)

// A Decision is what the pages show of one.
type Decision struct {
	ID           string // in addresses
	Title        string
	Organisation string
	Labels       []string // of the options, in the order of the statement's rules
	// Statement comes from mixte.Parse, and Text is what was parsed.
	Statement *mixte.Statement
	Text      string
	// Before is the provisional statement that a definitive one replaces, nil where there was none.
	Before *mixte.Statement
	// Earlier is the text of Before.
	Earlier string
	// Rule is what the manifest seals of the decision; zero where it only counts. Of those who could vote, Electors, so
	// many did, with those on paper.
	Rule             scrutin.Decision
	Electors, Voters int
	// Void is the act by which the bureau stopped or annulled the vote, nil when it stands; Zone is that of its hour.
	// Nothing is then said to be decided, and no file is given.
	Void *scrutin.Act
	Zone *time.Location
}

// ErrUnknown is what a Source answers where there is no such decision, or nothing to show of it yet.
var ErrUnknown = errors.New("there is no such decision")

// A Source knows the decisions whose result is public.
type Source interface {
	Decision(ctx context.Context, id string) (*Decision, error)
}

// Config is what the pages need.
type Config struct {
	Source Source
	// Home is where the head of each page leads.
	Home string
	// Refuse answers what is not there, or not now.
	Refuse func(http.ResponseWriter, *http.Request, int)
	// Failed hears of what could not be answered.
	Failed func(pattern string, err error)
}

//go:embed mixte.js
var weighing []byte

//go:embed simulator.js
var simulator []byte

//go:embed result.css
var style []byte

type site struct {
	Config
	words *words.Catalogue
	press public.Press
	*http.ServeMux
}

// Patterns are those of the addresses that New's handler answers, for who has others beside.
func Patterns() (all []string) {
	for _, l := range words.Languages() {
		for _, path := range []string{resultPage, freePage, triedPage} {
			all = append(all, "GET /"+string(l)+path)
		}
	}
	return append(all, "GET "+tableFile, "GET "+sheetFile, "GET "+earlierFile, "GET "+statementFile, "GET "+clientFile)
}

// The addresses, those of pages behind their language.
const (
	resultPage    = "/resultats/{id}"
	freePage      = "/simulateur"
	triedPage     = "/simulateur/{id}"
	tableFile     = "/resultats/{id}/tableau.csv"
	statementFile = "/resultats/{id}/releve.json"
	sheetFile     = "/resultats/{id}/calcul.csv"
	earlierFile   = "/resultats/{id}/releve-provisoire.json"
	clientFile    = "/mixte/{name}"
)

// New makes the handler of all addresses of this package.
func New(c Config) (http.Handler, error) {
	catalogue, err := words.New()
	if err != nil {
		return nil, err
	}
	s := &site{Config: c, words: catalogue, ServeMux: http.NewServeMux()}
	for _, l := range words.Languages() {
		in := func(path string, compose func(*view, *http.Request) error) {
			s.HandleFunc("GET /"+string(l)+path, func(w http.ResponseWriter, r *http.Request) { s.show(w, r, l, compose) })
		}
		in(resultPage, s.page)
		in(freePage, s.simulator)
		in(triedPage, s.simulator)
	}
	s.HandleFunc("GET "+tableFile, s.file("text/csv; charset=utf-8", func(d *Decision) []byte { return d.Statement.Result.CSV(d.Statement.Rules) }))
	s.HandleFunc("GET "+sheetFile, s.file("text/csv; charset=utf-8", func(d *Decision) []byte { return d.Statement.Result.Sheet(d.Statement.Rules) }))
	s.HandleFunc("GET "+earlierFile, s.earlier)
	s.HandleFunc("GET "+statementFile, s.file("application/json", func(d *Decision) []byte { return []byte(d.Text) }))
	s.HandleFunc("GET "+clientFile, s.client)
	return s, nil
}

// A view is what a page is made from.
type view struct {
	*words.Speaker
	*site
	*Decision   // nil on the page of free numbers
	path, title string
	script      string
	document    templ.Component
}

// in is an address in a language.
func (v *view) in(l words.Language, path string) templ.SafeURL {
	return templ.SafeURL("/" + string(l) + path)
}

// show writes a page in a language, whole or not at all.
func (s *site) show(w http.ResponseWriter, r *http.Request, l words.Language, compose func(*view, *http.Request) error) {
	v := &view{Speaker: s.words.In(l), site: s, path: strings.TrimPrefix(r.URL.Path, "/"+string(l))}
	err := compose(v, r)
	var out bytes.Buffer
	if err == nil {
		err = frame(v).Render(context.WithoutCancel(r.Context()), &out)
	}
	if err != nil {
		s.refuse(w, r, err)
		return
	}
	w.Header().Set("Content-Language", string(l))
	s.press.Send(w, r, public.FileOf(out.Bytes()), "text/html; charset=utf-8", public.Minute)
}

// refuse answers where there is nothing, or nothing now.
func (s *site) refuse(w http.ResponseWriter, r *http.Request, err error) {
	if errors.Is(err, ErrUnknown) {
		s.Refuse(w, r, http.StatusNotFound)
		return
	}
	s.Failed(r.Pattern, err)
	s.Refuse(w, r, http.StatusServiceUnavailable)
}

func (s *site) page(v *view, r *http.Request) (err error) {
	if v.Decision, err = s.Source.Decision(r.Context(), r.PathValue("id")); err != nil {
		return err
	}
	v.title, v.document = v.Decision.Title, shown(v)
	return nil
}

// simulator is the page on which votes are changed, on the numbers of a decision or on those of an example.
func (s *site) simulator(v *view, r *http.Request) (err error) {
	if id := r.PathValue("id"); id != "" {
		if v.Decision, err = s.Source.Decision(r.Context(), id); err != nil {
			return err
		}
		if v.Void != nil { // its numbers are no ground to try others on
			return ErrUnknown
		}
	}
	v.title, v.script, v.document = v.Say("mixte.try-title"), "simulator.js", trying(v)
	return nil
}

func (s *site) file(kind string, of func(*Decision) []byte) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		d, err := s.Source.Decision(r.Context(), r.PathValue("id"))
		if err == nil && d.Void != nil {
			err = ErrUnknown
		}
		if err != nil {
			s.refuse(w, r, err)
			return
		}
		s.press.Send(w, r, public.FileOf(of(d)), kind, public.Minute)
	}
}

// earlier is the text of the provisional statement that the one shown replaces.
func (s *site) earlier(w http.ResponseWriter, r *http.Request) {
	d, err := s.Source.Decision(r.Context(), r.PathValue("id"))
	if err == nil && (d.Before == nil || d.Void != nil) {
		err = ErrUnknown
	}
	if err != nil {
		s.refuse(w, r, err)
		return
	}
	s.press.Send(w, r, public.FileOf([]byte(d.Earlier)), "application/json", public.Minute)
}

func (s *site) client(w http.ResponseWriter, r *http.Request) {
	switch r.PathValue("name") {
	case "mixte.js":
		s.press.Send(w, r, public.FileOf(weighing), "text/javascript; charset=utf-8", public.Minute)
	case "simulator.js":
		s.press.Send(w, r, public.FileOf(simulator), "text/javascript; charset=utf-8", public.Minute)
	case "style.css":
		base, err := fs.ReadFile(scripts.Files(), "style.css")
		if err != nil {
			s.refuse(w, r, err)
			return
		}
		s.press.Send(w, r, public.FileOf(append(base, style...)), "text/css; charset=utf-8", public.Minute)
	default:
		s.refuse(w, r, ErrUnknown)
	}
}
