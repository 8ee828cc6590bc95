package pages

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"isoloir/portal/guard"
	"isoloir/portal/public"
	"isoloir/portal/words"
	"isoloir/ratelimit"
	"isoloir/scrutin"

	"github.com/a-h/templ"
)

// A Config is what the pages need. Send and Desk may be nil: then the pages for
// them say that nobody is there.
type Config struct {
	Scrutin Scrutin
	Now     func() time.Time
	// Send hands what somebody asks of the assistance to its staff.
	Send func(context.Context, Request) error
	// Desk is the help desk.
	Desk *Desk
	// Program is the digest of the program that serves the pages; zero to show none.
	Program scrutin.Digest
	// Failed is told of errors behind a page; nil to drop them.
	Failed func(route string, err error)
}

// A Site is the pages of one vote. Page adds some before Handler is called; then it
// is safe for concurrent use.
type Site struct {
	config Config
	words  *words.Catalogue
	mux    *http.ServeMux
	zone   *time.Location

	pictures map[string]picture // of the guide, by language and step
	places   []place            // of the manifest's urns, in its order
	press    public.Press

	scripts, sources public.Shelf // of the client
	guide            public.Shelf // pictures and recordings
	copies           copies
}

// New makes the site of a vote.
func New(c Config) (*Site, error) {
	if c.Failed == nil {
		c.Failed = func(string, error) {}
	}
	catalogue, err := words.New()
	if err != nil {
		return nil, err
	}
	zone, err := time.LoadLocation(c.Scrutin.Manifest().Schedule.Zone)
	if err != nil {
		return nil, fmt.Errorf("pages: the legal time of the manifest: %w", err)
	}
	guide, err := pictures()
	if err != nil {
		return nil, err
	}
	s := &Site{config: c, words: catalogue, mux: http.NewServeMux(), zone: zone, pictures: guide, places: places(c.Scrutin.Manifest())}
	s.mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) { s.Refuse(w, r, http.StatusNotFound) })
	s.information()
	s.files()
	return s, nil
}

// Handler is the site behind a guard, which answers with Refuse, and a limit of how often a network may ask. It is called once.
func (s *Site) Handler(g *guard.Guard, limit *ratelimit.Limiter[ratelimit.Network]) http.Handler {
	o := s.config.Scrutin.Origins()
	policy := guard.Policy{Connect: append([]string{o.Roll, o.Urn}, o.Issuers...), Forms: o.Issuers}
	if o.Register != "" {
		policy = guard.Policy{Connect: []string{o.Urn, o.Register}}
	}
	for _, c := range o.Companions {
		policy.Connect = append(append(policy.Connect, c.Portal, c.Roll, c.Urn), c.Issuers...)
	}
	s.help(g)
	return g.Pages(policy, g.Limit(limit, nil, s.mux))
}

// A View is a page made for a visit.
type View struct {
	// Title stands before the vote's, and is the page's first heading.
	Title string
	Body  templ.Component
	// Scripts are files of the client that the page runs, as modules.
	Scripts []string
	// Sentences are the beginnings of the keys of what its scripts say.
	Sentences []string
	// Status is 200 when it is zero.
	Status int
	// Bare leaves the page its own first heading, and little around it.
	Bare bool
	// TellsOrigin lets its forms say to another origin which site they are of.
	TellsOrigin bool

	redirect string // where else to go
}

// Elsewhere is no page, but leads to another address.
func Elsewhere(address string) View { return View{redirect: address} }

// ErrNoPage makes a page answer 404.
var ErrNoPage = errors.New("no such page")

// Page adds a page at a path under every language, such as /urne/{urn}/voter. Its
// error is ErrNoPage, or is told to nobody who asks. It is made once in a second for
// all who ask: it depends on its address, the hour, and what the bureau has done.
func (s *Site) Page(path string, make func(*Visit) (View, error)) {
	s.page(path, http.MethodGet, make, s.shared)
	s.only(path, "GET, HEAD")
}

// only refuses the methods that a page does not answer to.
func (s *Site) only(path, methods string) {
	for _, l := range words.Languages() {
		s.mux.HandleFunc(under(l, path), s.refuseMethod(methods))
	}
}

func (s *Site) refuseMethod(methods string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Allow", methods)
		s.Refuse(w, r, http.StatusMethodNotAllowed)
	}
}

// page adds what a page answers to one method, behind what is wrapped around it.
func (s *Site) page(path, method string, make func(*Visit) (View, error), around ...func(http.Handler) http.Handler) {
	for _, l := range words.Languages() {
		var h http.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			v := s.visit(r, l)
			view, err := make(v)
			switch {
			case errors.Is(err, ErrNoPage):
				s.Refuse(w, r, http.StatusNotFound)
			case err != nil:
				s.config.Failed(r.Pattern, err)
				s.Refuse(w, r, http.StatusInternalServerError)
			case view.redirect != "":
				http.Redirect(w, r, view.redirect, http.StatusSeeOther)
			default:
				s.render(w, v, view)
			}
		})
		for _, wrap := range around {
			h = wrap(h)
		}
		s.mux.Handle(method+" "+under(l, path), h)
	}
}

// under is the path of a page in a language.
func under(l words.Language, path string) string {
	if path == "/" {
		return "/" + string(l) + "/{$}"
	}
	return "/" + string(l) + path
}

// render writes a page, whole or not at all.
func (s *Site) render(w http.ResponseWriter, v *Visit, view View) {
	var page strings.Builder
	if err := frame(v, view).Render(v.request.Context(), &page); err != nil {
		panic(fmt.Errorf("page %s: %w", v.Path, err))
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Language", string(v.Language))
	if view.TellsOrigin {
		w.Header().Set("Referrer-Policy", "strict-origin")
	}
	public.Page(w, v.request, cmp.Or(view.Status, http.StatusOK), page.String())
}

// Refuse writes the page of a refusal, in the language of the path or the one that
// the browser prefers. It is for guard.Config.
func (s *Site) Refuse(w http.ResponseWriter, r *http.Request, status int) {
	l := words.Of(r)
	v := s.visit(r, l)
	v.lost = true
	s.render(w, v, refusal(v, status))
}
