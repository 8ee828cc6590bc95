package bureau

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"strings"
	"time"

	"isoloir/portal/guard"
	"isoloir/portal/words"
	"isoloir/ratelimit"
	"isoloir/record"
	"isoloir/scrutin"

	"github.com/a-h/templ"
)

// A Config is what the pages need.
type Config struct {
	Manifest    *scrutin.Manifest
	Fingerprint scrutin.Digest // f
	Office      Office
	Platform    Platform
	// Passkeys makes what lets members in, behind the guard.
	Passkeys func(*guard.Guard) (Passkeys, error)
	// Record takes the messages of the ceremony and the shares of the opening; nil where
	// holders bring them to another place.
	Record *record.Writer
	// Documents holds those of the manifest, each named by the 64 hexadecimal digits of its digest; nil where they are not at hand.
	Documents fs.FS
	// Others are the scrutins beside this one whose bureaux' records and journals are at hand.
	Others []Carried
	// Portal and Urns are the origins by which the public part of the record and the urns' logs are reached.
	Portal, Urns string
	// Browser is the path of the Chromium that prints the minutes; empty where there is none.
	Browser string
	// Guard makes the guard that stands before the pages, and that refuses by them; it
	// allows passkeys.
	Guard func(refuse func(http.ResponseWriter, *http.Request, int)) *guard.Guard
	Now   func() time.Time
	// Failed is told of errors behind a page; nil to drop them.
	Failed func(route string, err error)
}

// pageLimit is how often a network may ask: a room of members behind one address, whose pages
// ask again every few seconds.
var pageLimit = ratelimit.Limit{Every: 20 * time.Millisecond, Burst: 500}

// publicLimit is how often a network may send a form without a login.
var publicLimit = ratelimit.Limit{Every: 10 * time.Second, Burst: 20}

// everyLimit is how often all networks together may have an observation entered, and
// mostObservations from how many in the journal it takes no more of them: write a letter.
var everyLimit = ratelimit.Limit{Every: 6 * time.Second, Burst: 10}

const mostObservations = 1000

// site is the pages of one bureau. It is safe for concurrent use.
type site struct {
	Config
	words    *words.Catalogue
	zone     *time.Location
	mux      *http.ServeMux
	guard    *guard.Guard
	passkeys Passkeys
	exchange exchange
	rooms    rooms
	press    press
	logs     logs
	every    *ratelimit.Limiter[struct{}] // observations without a login
}

// New makes the members' pages, behind their guard.
func New(c Config) (http.Handler, error) {
	if c.Failed == nil {
		c.Failed = func(string, error) {}
	}
	catalogue, err := words.New()
	if err != nil {
		return nil, err
	}
	zone, err := time.LoadLocation(c.Manifest.Schedule.Zone)
	if err != nil {
		return nil, fmt.Errorf("bureau: the legal time of the manifest: %w", err)
	}
	s := &site{Config: c, words: catalogue, zone: zone, mux: http.NewServeMux(), every: ratelimit.New[struct{}](everyLimit, 1, c.Now)}
	s.exchange.record = c.Record
	s.guard = c.Guard(s.refuse)
	if s.passkeys, err = c.Passkeys(s.guard); err != nil {
		return nil, err
	}
	s.routes()
	return s.guard.Whole(s.mux), nil
}

// A view is a page made for a visit.
type view struct {
	title string
	body  templ.Component
	// every is after how many seconds the page is brought up to date; zero for never.
	every     int
	scripts   []string
	sentences []string // beginnings of the keys of what its scripts say
	status    int      // 200 when it is zero
	room      bool     // for the projector: nothing but what happens
	bare      bool     // brings its own first heading
	redirect  string   // where else to go
	serve     http.HandlerFunc
}

// errNoPage makes a page answer 404; errNotYours 403.
var (
	errNoPage   = errors.New("no such page")
	errNotYours = errors.New("not for this role")
)

// page is what answers at an address, to whom.
type page struct {
	method, path string
	right        right
	make         func(*visit) (view, error)
}

// handler checks the right and writes the page.
func (s *site) handler(p page, l words.Language) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		v, err := s.visit(r, l)
		var made view
		if err == nil {
			if !p.right.may(v.m, v.who) {
				if v.who == nil && p.method == http.MethodGet {
					http.Redirect(w, r, v.href("/entrer"), http.StatusSeeOther)
					return
				}
				s.refuse(w, r, http.StatusForbidden)
				return
			}
			made, err = p.make(v)
		}
		switch {
		case errors.Is(err, errNoPage):
			s.refuse(w, r, http.StatusNotFound)
		case errors.Is(err, errNotYours):
			s.refuse(w, r, http.StatusForbidden)
		case err != nil:
			s.fail(w, r, v, err)
		case made.serve != nil:
			made.serve(w, r)
		case made.redirect != "":
			http.Redirect(w, r, made.redirect, http.StatusSeeOther)
		default:
			s.render(w, v, made)
		}
	})
}

// fail answers for a page that could not be made: with the reason, where a rule is one.
func (s *site) fail(w http.ResponseWriter, r *http.Request, v *visit, err error) {
	var rule Refusal
	if v != nil && errors.As(err, &rule) {
		s.render(w, v, view{title: v.Say("members.refused"), body: refusedBy(v, err), status: http.StatusUnprocessableEntity})
		return
	}
	s.Failed(r.Pattern, err)
	s.refuse(w, r, http.StatusInternalServerError)
}

// render writes a page, whole or not at all.
func (s *site) render(w http.ResponseWriter, v *visit, made view) {
	var page strings.Builder
	if err := frame(v, made).Render(v.r.Context(), &page); err != nil {
		panic(fmt.Errorf("page %s: %w", v.path, err))
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Language", string(v.language))
	w.WriteHeader(cmp.Or(made.status, http.StatusOK))
	w.Write([]byte(page.String()))
}

// refuse writes the page of a refusal. It is for guard.Config, and asks the bureau's
// service nothing.
func (s *site) refuse(w http.ResponseWriter, r *http.Request, status int) {
	key := map[int]string{
		http.StatusForbidden:             "forbidden",
		http.StatusNotFound:              "lost",
		http.StatusMethodNotAllowed:      "method",
		http.StatusRequestEntityTooLarge: "large",
		http.StatusUnsupportedMediaType:  "method",
		http.StatusTooManyRequests:       "often",
	}[status]
	v := s.visitor(r, words.Of(r))
	key = cmp.Or(key, "failed")
	s.render(w, v, view{title: v.Say("members.refusal-" + key), status: status, body: plainly(v, "members.refusal-"+key+"-do")})
}

// A visit is one request: all that a page is made from.
type visit struct {
	*words.Speaker
	language words.Language
	path     string // after the language
	now      time.Time
	zone     *time.Location
	m        *scrutin.Manifest
	f        scrutin.Digest
	who      *scrutin.Member // nil without a login
	state    *standing       // nil until it is read, as told
	told     *told

	site *site
	r    *http.Request
}

// visitor is a visit that nobody has logged in for, and that knows nothing of the bureau.
func (s *site) visitor(r *http.Request, l words.Language) *visit {
	return &visit{Speaker: s.words.In(l), language: l, path: strings.TrimPrefix(r.URL.Path, "/"+string(l)), now: s.Now(), zone: s.zone,
		m: s.Manifest, f: s.Fingerprint, site: s, r: r}
}

// visit asks who comes, and for a member how the bureau stands.
func (s *site) visit(r *http.Request, l words.Language) (*visit, error) {
	v := s.visitor(r, l)
	var err error
	if v.who, err = s.passkeys.Who(r); err != nil || v.who == nil {
		return v, err
	}
	return v, s.stand(v)
}

// stand reads how the bureau stands, and its journal: for members, and for who asks for
// more than a form.
func (s *site) stand(v *visit) error {
	state, err := s.Office.State(v.r.Context())
	if err != nil {
		return err
	}
	v.state, v.told = standingOf(v.m, state, v.now), tell(s.Office.Journal().Entries(0))
	return nil
}
