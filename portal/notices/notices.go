// Package notices is where people ask to be told of consultations, on an origin of its own
// (docs/consultations.md, section 3; package notice): a page that knows no account, calendar
// files and feeds by territory, and the ends of the links in messages.
//
// What it promises. Nothing is kept of who asked, or from where, or when; an address that
// stands there already is answered as a new one. A link in a message does nothing by being
// opened, as mail scanners do: it leads to a page with one button, and a mail program's own
// button ends notices by one message (RFC 8058). No cookie, no script but for browsers'
// notices.
package notices

import (
	"context"
	"embed"
	"errors"
	"io"
	"io/fs"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"isoloir/notice"
	"isoloir/portal/guard"
	"isoloir/portal/public"
	"isoloir/portal/words"
	"isoloir/ratelimit"
	"isoloir/web"
)

//go:embed client
var client embed.FS

// A Place is a territory of which notices can be had.
type Place struct{ ID, Label string }

// A Config is what the origin is made from.
type Config struct {
	Service *notice.Service
	// Events are those that are published; the feed and the calendar show all of them.
	Events func(ctx context.Context) ([]notice.Event, error)
	Places []Place
	// Rehearsal says that these are notices of a trial.
	Rehearsal bool
	Guard     func(refuse func(http.ResponseWriter, *http.Request, int)) *guard.Guard
	// Failed is told of errors behind an answer; nil to drop them.
	Failed func(route string, err error)
}

// askLimit is how often a network may have a message sent; readLimit how often it may ask
// for anything that the store is asked for.
var (
	askLimit  = ratelimit.Limit{Every: 20 * time.Second, Burst: 20}
	readLimit = ratelimit.Limit{Every: 100 * time.Millisecond, Burst: 200}
)

type site struct {
	Config
	words *words.Catalogue
	press public.Press
	shelf public.Shelf
}

// New makes the handler of the origin.
func New(c Config) (http.Handler, error) {
	if c.Failed == nil {
		c.Failed = func(string, error) {}
	}
	catalogue, err := words.New()
	if err != nil {
		return nil, err
	}
	s := &site{Config: c, words: catalogue}
	g := c.Guard(s.refuse)
	mux := http.NewServeMux()
	asks, reads := g.NewLimiter(askLimit), g.NewLimiter(readLimit)
	get := func(path string, h http.HandlerFunc) { mux.Handle("GET "+path, g.Pages(guard.Policy{}, h)) }
	post := func(path string, l *ratelimit.Limiter[ratelimit.Network], h http.HandlerFunc) {
		mux.Handle("POST "+path, g.Pages(guard.Policy{}, g.Limit(l, nil, h)))
	}
	for _, l := range words.Languages() {
		in := "/" + string(l)
		get(in+"/avis", func(w http.ResponseWriter, r *http.Request) { s.render(w, r, l, http.StatusOK, asked{}, form) })
		post(in+"/avis", asks, func(w http.ResponseWriter, r *http.Request) { s.ask(w, r, l) })
		get(in+"/avis/confirmer", func(w http.ResponseWriter, r *http.Request) { s.offer(w, r, l, "confirm") })
		post(in+"/avis/confirmer", reads, func(w http.ResponseWriter, r *http.Request) { s.settle(w, r, l, "confirm", s.Service.Confirm) })
		get(in+"/avis/arreter", func(w http.ResponseWriter, r *http.Request) { s.offer(w, r, l, "leave") })
		post(in+"/avis/arreter", reads, func(w http.ResponseWriter, r *http.Request) { s.settle(w, r, l, "leave", s.Service.Leave) })
		get(in+"/avis.atom", func(w http.ResponseWriter, r *http.Request) { s.feed(w, r, l) })
		get(in+"/avis.ics", func(w http.ResponseWriter, r *http.Request) { s.calendar(w, r, l) })
	}
	to := func(w http.ResponseWriter, r *http.Request) {
		w.Header().Add("Vary", "Accept-Language")
		http.Redirect(w, r, "/"+string(words.Preferred(r.Header.Get("Accept-Language")))+"/avis", http.StatusSeeOther)
	}
	get("/{$}", to)
	get("/avis", to)
	get("/client/{name}", s.file)
	get("/worker.js", s.file)
	mux.Handle("/v1/browser", g.Calls(g.Limit(asks, []byte{}, s.browser(func(ctx context.Context, e notice.Endpoint, territory, language string) error {
		return s.Service.Browser(ctx, e, territory, language)
	}))))
	mux.Handle("/v1/browser/leave", g.Calls(g.Limit(asks, []byte{}, s.browser(func(ctx context.Context, e notice.Endpoint, _, _ string) error {
		return s.Service.LeaveBrowser(ctx, e)
	}))))
	mux.Handle("/", g.Pages(guard.Policy{}, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { s.refuse(w, r, http.StatusNotFound) })))
	return g.Whole(mux), nil
}

// asked is what somebody typed, when it is shown to him again.
type asked struct {
	address, territory string
	wrong              bool
}

// known says whether notices of a territory can be had; "" is all.
func (s *site) known(territory string) bool {
	return territory == "" || slices.ContainsFunc(s.Places, func(p Place) bool { return p.ID == territory })
}

// ask takes an address.
func (s *site) ask(w http.ResponseWriter, r *http.Request, l words.Language) {
	a := asked{address: r.PostFormValue("address"), territory: r.PostFormValue("territory")}
	if !s.known(a.territory) {
		s.refuse(w, r, http.StatusBadRequest)
		return
	}
	switch err := s.Service.Ask(r.Context(), a.address, a.territory, string(l)); {
	case errors.Is(err, notice.ErrAddress):
		a.wrong = true
		s.render(w, r, l, http.StatusUnprocessableEntity, a, form)
	case err != nil:
		s.Failed(r.Pattern, err)
		s.refuse(w, r, http.StatusServiceUnavailable)
	default:
		s.render(w, r, l, http.StatusOK, a, said("asked"))
	}
}

// offer is the page of a link, with its one button.
func (s *site) offer(w http.ResponseWriter, r *http.Request, l words.Language, what string) {
	s.render(w, r, l, http.StatusOK, asked{}, button(what, r.URL.Path+"?code="+url.QueryEscape(r.URL.Query().Get("code"))))
}

// settle does what a link is for.
func (s *site) settle(w http.ResponseWriter, r *http.Request, l words.Language, what string, do func(context.Context, string) error) {
	switch err := do(r.Context(), r.URL.Query().Get("code")); {
	case errors.Is(err, notice.ErrLink):
		s.render(w, r, l, http.StatusGone, asked{}, said("over"))
	case err != nil:
		s.Failed(r.Pattern, err)
		s.refuse(w, r, http.StatusServiceUnavailable)
	default:
		s.render(w, r, l, http.StatusOK, asked{}, said(map[string]string{"confirm": "confirmed", "leave": "left"}[what]))
	}
}

// browser answers a message of the page's script: what a browser gave, by which territory.
func (s *site) browser(do func(ctx context.Context, e notice.Endpoint, territory, language string) error) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return
		}
		e, err := notice.ParseEndpoint(body)
		territory, language := r.URL.Query().Get("territory"), r.URL.Query().Get("language")
		if err == nil && !s.known(territory) {
			err = notice.ErrAddress
		}
		if err == nil {
			err = do(r.Context(), e, territory, language)
		}
		switch {
		case errors.Is(err, notice.ErrAddress):
			w.WriteHeader(http.StatusBadRequest)
		case err != nil:
			s.Failed(r.Pattern, err)
			w.WriteHeader(http.StatusServiceUnavailable)
		default:
			w.WriteHeader(http.StatusNoContent)
		}
	})
}

// published gives the events of the territory that is asked for; false after a refusal.
func (s *site) published(w http.ResponseWriter, r *http.Request) (events []notice.Event, territory string, ok bool) {
	territory = r.URL.Query().Get("territoire")
	if !s.known(territory) {
		s.refuse(w, r, http.StatusNotFound)
		return nil, "", false
	}
	events, err := s.Events(r.Context())
	if err != nil {
		s.Failed(r.Pattern, err)
		s.refuse(w, r, http.StatusServiceUnavailable)
		return nil, "", false
	}
	return notice.Of(events, territory), territory, true
}

func (s *site) feed(w http.ResponseWriter, r *http.Request, l words.Language) {
	events, territory, ok := s.published(w, r)
	if !ok {
		return
	}
	slices.SortStableFunc(events, func(a, b notice.Event) int { return b.Updated.Compare(a.Updated) })
	text, err := notice.Feed(s.Service.Site+r.URL.Path+query(territory), s.titled(l, territory), s.Service.Organisation, string(l), events, s.Service.When(string(l)))
	if err != nil {
		s.Failed(r.Pattern, err)
		s.refuse(w, r, http.StatusServiceUnavailable)
		return
	}
	s.press.Send(w, r, public.FileOf(text), "application/atom+xml; charset=utf-8", public.Quarter)
}

func (s *site) calendar(w http.ResponseWriter, r *http.Request, l words.Language) {
	events, territory, ok := s.published(w, r)
	if !ok {
		return
	}
	host := strings.TrimPrefix(s.Service.Site, "https://")
	s.press.Send(w, r, public.FileOf(notice.Calendar(host, s.titled(l, territory), events)), "text/calendar; charset=utf-8", public.Quarter)
}

// query is the end of the address of a territory's file.
func query(territory string) string {
	if territory == "" {
		return ""
	}
	return "?territoire=" + url.QueryEscape(territory)
}

// titled is the title of a calendar or a feed.
func (s *site) titled(l words.Language, territory string) string {
	title := s.words.In(l).Say("notices.title") + " – " + s.Service.Organisation
	for _, p := range s.Places {
		if p.ID == territory {
			title += " – " + p.Label
		}
	}
	return title
}

// file gives the style of all pages, and the script of this one and its worker.
func (s *site) file(w http.ResponseWriter, r *http.Request) {
	name := r.PathValue("name")
	if name == "" {
		name = "worker.js"
	}
	from, path := fs.FS(client), "client/"+name
	if name == "style.css" {
		from, path = web.Files(), name
	}
	f, err := s.shelf.Read(from, path)
	if err != nil {
		s.refuse(w, r, http.StatusNotFound)
		return
	}
	s.press.Send(w, r, f, web.ContentType(name), public.Checked)
}
