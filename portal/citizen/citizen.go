// Package citizen is what the owner of an anonymous account reaches, on an origin of its
// own (docs/accounts.md, section 6): the messages by which he comes to his key, the pages
// on which he does so, the lists by which he checks his card, and what is published of the
// consultations of his territory.
//
// What it promises. Nothing is kept of who asked, or from where, or when. No page sets a
// cookie or has a name for its reader in an address; what he types is computed on his
// device, and no message but those of the protocol has his number. Who looks for his card
// is sent the whole list.
package citizen

import (
	"io/fs"
	"net/http"
	"time"

	"isoloir/portal/guard"
	"isoloir/portal/public"
	decided "isoloir/portal/result"
	"isoloir/portal/signon"
	"isoloir/portal/words"
	"isoloir/ratelimit"
	"isoloir/register"
	"isoloir/register/access"
	"isoloir/scrutin"
)

// A Config is what the origin is made from.
type Config struct {
	Register *register.Register
	Rho      scrutin.Digest
	Text     []byte // of register.json
	Access   *access.Service
	// Published holds N.csv and N.note of each distribution that is over.
	Published fs.FS
	// Shelf has the consultations of the register's space; nil for none.
	Shelf Shelf
	// API makes what answers under /api/; nil for none.
	API func(*guard.Guard) http.Handler
	// SignOn lets civic sites know accounts; nil for none.
	SignOn *signon.Provider
	// Assembly has the elected members of that space; nil for none.
	Assembly Assembly
	// Decisions has what its members and citizens have decided together; nil for none.
	Decisions decided.Source
	// Notices is the origin where one asks to be told of consultations; empty for none.
	Notices string
	// Voting are the origins whose pages may open accounts too: those on which one votes.
	Voting []string
	// Passkeys is the domain for which passkeys are made: this origin's host, or an end of
	// it that the voting pages share. Empty for none.
	Passkeys string
	// Guard makes the guard that stands before all, and that refuses by a page; it allows
	// passkeys.
	Guard func(refuse func(http.ResponseWriter, *http.Request, int)) *guard.Guard
	Now   func() time.Time
	// Failed is told of errors behind an answer; nil to drop them.
	Failed func(route string, err error)
}

// messageLimit is how often a network may send: many citizens are behind one address.
var messageLimit = ratelimit.Limit{Every: 50 * time.Millisecond, Burst: 600}

type site struct {
	Config
	words *words.Catalogue
	zone  *time.Location
	guard *guard.Guard
	mux   *http.ServeMux
	press public.Press
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
	zone, err := time.LoadLocation(c.Register.Zone)
	if err != nil {
		return nil, err
	}
	s := &site{Config: c, words: catalogue, zone: zone, mux: http.NewServeMux()}
	s.guard = c.Guard(s.refuse)
	s.messages()
	s.files()
	s.page("/compte", s.account)
	s.page("/carte", s.card)
	s.page("/aide", s.help)
	if c.SignOn != nil {
		s.signOn()
	}
	if c.API != nil {
		s.mux.Handle("/api/", s.guard.Public(c.API(s.guard)))
	}
	if c.Shelf != nil {
		s.page("/consultations", s.list)
		s.page("/consultations/{id}", s.consultation)
		s.get("/consultations/{id}/{digest}", s.file)
		s.get("/consultations/{id}/arguments/{n}", s.validations)
	}
	if c.Assembly != nil {
		s.page("/elus", s.members)
		s.page("/elus/{id}", s.member)
	}
	if c.Decisions != nil {
		if err := s.decisions(); err != nil {
			return nil, err
		}
	}
	s.mux.Handle("/", s.guard.Pages(guard.Policy{}, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { s.refuse(w, r, http.StatusNotFound) })))
	return s.guard.Whole(s.mux), nil
}

// decisions adds the pages of what was decided, and the one on which votes are tried.
func (s *site) decisions() error {
	own, err := decided.New(decided.Config{Source: s.Decisions, Home: "/consultations", Refuse: s.refuse, Failed: s.Failed})
	if err != nil {
		return err
	}
	for _, pattern := range decided.Patterns() {
		s.mux.Handle(pattern, s.guard.Pages(guard.Policy{}, own))
	}
	return nil
}

// get adds what is asked for by GET or HEAD.
func (s *site) get(path string, h http.HandlerFunc) {
	s.mux.Handle("GET "+path, s.guard.Pages(guard.Policy{}, h))
}

// page adds a page in every language, and its address without one.
func (s *site) page(path string, compose func(v *view, r *http.Request) error) {
	for _, l := range words.Languages() {
		s.get("/"+string(l)+path, func(w http.ResponseWriter, r *http.Request) { s.show(w, r, l, compose) })
	}
	s.get(path, toLanguage)
}

// toLanguage leads to the same address in the language that the browser prefers.
func toLanguage(w http.ResponseWriter, r *http.Request) {
	w.Header().Add("Vary", "Accept-Language")
	to := "/" + string(words.Preferred(r.Header.Get("Accept-Language"))) + r.URL.Path
	switch q := r.URL.Query(); {
	case q.Has(kiosk):
		to += "?" + kiosk
	case q.Has(signon.Asked):
		to += asked(q.Get(signon.Asked))
	}
	http.Redirect(w, r, to, http.StatusSeeOther)
}
