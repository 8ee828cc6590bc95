// Package station is what polling stations reach of the register of accounts, on an
// origin of its own (docs/accounts.md, section 5): the page on which an assessor scans
// cards, and the messages of its devices.
//
// What it promises. Nothing is kept of who asked, or from where, or when: an answer is
// made from the message and the register alone. A message that no enrolled device has
// signed changes nothing. No name goes in or out.
package station

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"time"

	"isoloir/portal/guard"
	"isoloir/portal/words"
	"isoloir/ratelimit"
	"isoloir/register"
	"isoloir/web"
	scripts "isoloir/web/station"
)

// A Config is what the page and the messages need.
type Config struct {
	Service *register.Service
	// Guard makes the guard that stands before all, and that refuses by a page; it allows
	// the camera.
	Guard func(refuse func(http.ResponseWriter, *http.Request, int)) *guard.Guard
	// Failed is told of errors behind an answer; nil to drop them.
	Failed func(route string, err error)
}

// messageLimit is how often a network may send: a town's stations behind one address, with
// a queue each. enrolLimit is how often it may try an enrolment code of 128 bits.
var (
	messageLimit = ratelimit.Limit{Every: 5 * time.Millisecond, Burst: 2000}
	enrolLimit   = ratelimit.Limit{Every: 6 * time.Second, Burst: 30}
)

// patience is how long a message waits for the store.
const patience = 10 * time.Second

type site struct {
	Config
	words *words.Catalogue
}

// New makes the handler of the stations' origin.
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
	get := func(path string, h http.HandlerFunc) { mux.Handle("GET "+path, g.Pages(guard.Policy{}, h)) }
	for _, l := range words.Languages() {
		get("/"+string(l)+"/{$}", func(w http.ResponseWriter, r *http.Request) { s.render(w, r, l, http.StatusOK, page) })
	}
	get("/{$}", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "/"+string(words.Preferred(r.Header.Get("Accept-Language")))+"/", http.StatusSeeOther)
	})
	get("/client/{name}", func(w http.ResponseWriter, r *http.Request) { s.file(w, r, r.PathValue("name")) })
	get("/worker.js", func(w http.ResponseWriter, r *http.Request) { s.file(w, r, "worker.js") })
	get("/app.webmanifest", s.manifest)
	get("/icon.svg", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "image/svg+xml")
		io.WriteString(w, icon)
	})
	messages, enrolments := g.NewLimiter(messageLimit), g.NewLimiter(enrolLimit)
	post := func(name string, size int64, l *ratelimit.Limiter[ratelimit.Network], h func(context.Context, http.ResponseWriter, []byte) error) {
		mux.Handle("/v1/"+name, g.Deposits(size, g.Limit(l, []byte{}, s.message(h))))
	}
	post("scan", register.ScanSize, messages, s.scan)
	post("tell", register.NoticeSize, messages, s.tell)
	post("enrol", enrolSize, enrolments, s.enrol)
	mux.Handle("/", g.Pages(guard.Policy{}, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { s.refuse(w, r, http.StatusNotFound) })))
	return g.Whole(mux), nil
}

// message answers one in bytes: 400 for what is none, 503 where the store does not answer.
func (s *site) message(h func(context.Context, http.ResponseWriter, []byte) error) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return
		}
		ctx, cancel := context.WithTimeout(r.Context(), patience)
		defer cancel()
		switch err := h(ctx, w, body); {
		case err == nil:
		case errors.Is(err, register.ErrScan), errors.Is(err, register.ErrInvalid):
			w.WriteHeader(http.StatusBadRequest)
		case errors.Is(err, register.ErrDevice), errors.Is(err, register.ErrUsed):
			w.WriteHeader(http.StatusForbidden)
		default:
			s.Failed(r.Pattern, err)
			w.Header().Set("Retry-After", "5")
			w.WriteHeader(http.StatusServiceUnavailable)
		}
	})
}

// scan answers one byte, and the card's station where it is another one.
func (s *site) scan(ctx context.Context, w http.ResponseWriter, body []byte) error {
	q, err := register.ParseScan(body)
	if err != nil {
		return err
	}
	a, other, err := s.Service.Scan(ctx, q)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/octet-stream")
	_, err = w.Write(append([]byte{byte(a)}, other...))
	return err
}

// standing is how a station stands, for its page.
type standing struct {
	Station     string `json:"station"`
	Label       string `json:"label"`
	Open        bool   `json:"open"`
	Opens       string `json:"opens"`
	Closes      string `json:"closes"`
	Blocked     bool   `json:"blocked"`
	Cards       int    `json:"cards"`
	Counted     int    `json:"counted"`
	Left        int    `json:"left"`
	Activated   int    `json:"activated"`
	Invalidated int    `json:"invalidated"`
	Again       int    `json:"again"`
	Taken       int    `json:"taken"`
	Checked     int    `json:"checked"`
	Proxies     int    `json:"proxies"`
}

func (s *site) tell(ctx context.Context, w http.ResponseWriter, body []byte) error {
	n, err := register.ParseNotice(body)
	if err != nil {
		return err
	}
	st, err := s.Service.Tell(ctx, n)
	if err != nil {
		return err
	}
	out := standing{Open: st.Open, Opens: st.Opens.String(), Closes: st.Closes.String(), Blocked: st.Blocked(), Counted: st.Counted, Left: st.Left,
		Activated: st.Activated, Invalidated: st.Invalidated, Again: st.Again, Taken: st.Taken, Checked: st.Checked, Proxies: st.Proxies}
	if st.Station != nil {
		out.Station, out.Label, out.Cards = st.Station.ID, st.Station.Label, st.Station.Cards
	}
	w.Header().Set("Content-Type", "application/json")
	return json.NewEncoder(w).Encode(out)
}

// enrolSize is that of code (16), device (16) and key (65).
const enrolSize = 16 + 16 + 65

func (s *site) enrol(ctx context.Context, w http.ResponseWriter, body []byte) error {
	if len(body) != enrolSize {
		return register.ErrScan
	}
	station, err := s.Service.Enrol(ctx, [16]byte(body[:16]), register.ID(body[16:32]), body[32:])
	if err == nil {
		_, err = fmt.Fprint(w, station)
	}
	return err
}

// manifest lets the page be installed as an application.
func (s *site) manifest(w http.ResponseWriter, r *http.Request) {
	l := words.Preferred(r.Header.Get("Accept-Language"))
	say := s.words.In(l)
	w.Header().Set("Content-Type", "application/manifest+json")
	json.NewEncoder(w).Encode(map[string]any{"name": say.Say("station.title"), "short_name": say.Say("station.short"), "lang": string(l), "start_url": "/", "scope": "/",
		"display": "standalone", "background_color": "#ffffff", "theme_color": "#0b3d6e",
		"icons": []map[string]string{{"src": "/icon.svg", "sizes": "any", "type": "image/svg+xml", "purpose": "any"}}})
}

const icon = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64"><rect width="64" height="64" fill="#0b3d6e"/><path d="M14 14h14v14H14zM36 14h14v14H36zM14 36h14v14H14zM36 36h6v6h-6zM44 44h6v6h-6z" fill="none" stroke="#fff" stroke-width="4"/></svg>`

func (s *site) file(w http.ResponseWriter, r *http.Request, name string) {
	data, err := fs.ReadFile(scripts.Files(), name)
	if err != nil {
		s.refuse(w, r, http.StatusNotFound)
		return
	}
	w.Header().Set("Content-Type", web.ContentType(name))
	w.Write(data)
}

// refuse writes the page of a refusal.
func (s *site) refuse(w http.ResponseWriter, r *http.Request, status int) {
	l := words.Of(r)
	s.render(w, r, l, status, refusal)
}
