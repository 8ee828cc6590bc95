package api

import (
	_ "embed"
	"encoding/json"
	"errors"
	"io/fs"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"isoloir/portal/citizen"
	"isoloir/portal/guard"
	"isoloir/portal/public"
	"isoloir/ratelimit"
	"isoloir/register"
	"isoloir/scrutin"
	"isoloir/space"
)

// Root is where the routes begin, on the origin of accounts.
const Root = "/api/v1/"

// A Config is what the interface is made from.
type Config struct {
	Register *register.Register
	Rho      scrutin.Digest
	// Published holds N.csv and N.note of each distribution that is over.
	Published fs.FS
	// Shelf has the consultations; nil for none.
	Shelf citizen.Shelf
	// Guard tells networks apart.
	Guard *guard.Guard
	Now   func() time.Time
	// Failed is told of errors behind an answer; nil to drop them.
	Failed func(route string, err error)
}

// Pages of consultations.
const (
	usual = 50
	most  = 100
)

// readLimit is how often a network may ask.
var readLimit = ratelimit.Limit{Every: 50 * time.Millisecond, Burst: 400}

//go:embed openapi.json
var description []byte

type site struct {
	Config
	press public.Press
}

// New makes the handler of everything under Root.
func New(c Config) http.Handler {
	if c.Failed == nil {
		c.Failed = func(string, error) {}
	}
	s := &site{Config: c}
	mux := http.NewServeMux()
	get := func(path string, answer func(r *http.Request) (any, error)) {
		mux.HandleFunc(Root+path, func(w http.ResponseWriter, r *http.Request) { s.answer(w, r, answer) })
	}
	get("openapi.json", func(*http.Request) (any, error) { return json.RawMessage(description), nil })
	get("register", s.register)
	get("distributions", s.distributions)
	get("consultations", s.consultations)
	get("consultations/{id}", s.consultation)
	get("{rest...}", func(*http.Request) (any, error) { return nil, errMissing })
	limiter := c.Guard.NewLimiter(readLimit)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if wait := limiter.Take(c.Guard.Network(r)); wait > 0 {
			w.Header().Set("Retry-After", strconv.Itoa(int(wait/time.Second)+1))
			refuse(w, &problem{Status: http.StatusTooManyRequests, Title: "Too many requests from your network: wait as long as Retry-After says."})
			return
		}
		mux.ServeHTTP(w, r)
	})
}

// A problem is an error that is answered, in the form of RFC 9457.
type problem struct {
	Title     string `json:"title"`
	Status    int    `json:"status"`
	Parameter string `json:"parameter,omitempty"`
}

func (p *problem) Error() string { return p.Title }

var errMissing = &problem{Title: "There is nothing at this address: see /api/v1/openapi.json.", Status: http.StatusNotFound}

// wrong is the problem of a parameter.
func wrong(name, rule string) error {
	return &problem{Title: "The parameter " + name + " is wrong: " + rule + ".", Status: http.StatusBadRequest, Parameter: name}
}

func refuse(w http.ResponseWriter, p *problem) {
	public.Everybody(w)
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(p.Status)
	json.NewEncoder(w).Encode(p)
}

// answer writes what a route has, or why not.
func (s *site) answer(w http.ResponseWriter, r *http.Request, route func(*http.Request) (any, error)) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		refuse(w, &problem{Title: "This interface is read only: ask by GET.", Status: http.StatusMethodNotAllowed})
		return
	}
	found, err := route(r)
	var p *problem
	switch {
	case errors.As(err, &p):
		refuse(w, p)
		return
	case errors.Is(err, space.ErrUnknown):
		refuse(w, errMissing)
		return
	case err != nil:
		s.Failed(r.Pattern, err)
		refuse(w, &problem{Title: "This cannot be answered now: ask again in a minute.", Status: http.StatusServiceUnavailable})
		return
	}
	text, err := json.Marshal(found)
	if err != nil {
		panic(err)
	}
	public.Everybody(w)
	s.press.Send(w, r, public.FileOf(text), "application/json", public.Minute)
}

// known refuses parameters that a route does not have.
func known(r *http.Request, names ...string) error {
	for name, values := range r.URL.Query() {
		if !slices.Contains(names, name) || len(values) != 1 {
			return wrong(name, "this route does not have it, or has it once")
		}
	}
	return nil
}

func (s *site) register(r *http.Request) (any, error) {
	if err := known(r); err != nil {
		return nil, err
	}
	out := townOf{Digest: s.Rho, Title: s.Register.Title, Organisation: s.Register.Organisation, Kind: s.Register.Kind, Zone: s.Register.Zone, MinimumSize: s.Register.MinimumSize, Descriptor: "/register.json"}
	for _, c := range s.Register.Constituencies {
		out.Constituencies = append(out.Constituencies, place{c.ID, c.Label})
	}
	return out, nil
}

var listName = regexp.MustCompile(`^[1-9][0-9]{0,5}\.csv$`)

func (s *site) distributions(r *http.Request) (any, error) {
	if err := known(r); err != nil {
		return nil, err
	}
	names, err := fs.Glob(s.Published, "*.csv")
	if err != nil {
		return nil, err
	}
	out := distributions{Distributions: []distribution{}}
	for _, name := range names {
		if !listName.MatchString(name) {
			continue
		}
		number, _ := strconv.Atoi(strings.TrimSuffix(name, ".csv"))
		list, err := s.published(name)
		if err != nil {
			return nil, err
		}
		signed, err := s.published(strings.TrimSuffix(name, "csv") + "note")
		if err != nil {
			return nil, err
		}
		out.Distributions = append(out.Distributions, distribution{number, list, signed})
	}
	slices.SortFunc(out.Distributions, func(a, b distribution) int { return b.Number - a.Number })
	return out, nil
}

// published is a file of a distribution.
func (s *site) published(name string) (file, error) {
	data, err := fs.ReadFile(s.Published, name)
	return file{Address: "/published/" + name, SHA256: scrutin.DigestOf(data), Size: int64(len(data))}, err
}

var phases = []string{"before", "open", "after", "result"}

func (s *site) consultations(r *http.Request) (any, error) {
	if err := known(r, "phase", "limit", "after"); err != nil {
		return nil, err
	}
	q := r.URL.Query()
	phase, after, limit := q.Get("phase"), q.Get("after"), usual
	if q.Has("phase") && !slices.Contains(phases, phase) {
		return nil, wrong("phase", "before, open, after or result")
	}
	if q.Has("limit") {
		n, err := strconv.Atoi(q.Get("limit"))
		if err != nil || n < 1 || n > most || strconv.Itoa(n) != q.Get("limit") {
			return nil, wrong("limit", "a number from 1 to 100")
		}
		limit = n
	}
	var all []citizen.Consultation
	if s.Shelf != nil {
		var err error
		if all, err = s.Shelf.Published(r.Context()); err != nil {
			return nil, err
		}
	}
	if q.Has("after") {
		i := slices.IndexFunc(all, func(c citizen.Consultation) bool { return c.ID == after })
		if i < 0 {
			return nil, wrong("after", "the identifier of a published consultation, as next named it")
		}
		all = all[i+1:]
	}
	if phase != "" {
		all = slices.DeleteFunc(slices.Clone(all), func(c citizen.Consultation) bool { return c.Phase(s.Now()) != phase })
	}
	out := consultations{Consultations: []summary{}}
	for i := range all[:min(limit, len(all))] {
		out.Consultations = append(out.Consultations, s.summary(&all[i]))
	}
	if len(all) > limit {
		out.Next = all[limit-1].ID
	}
	return out, nil
}

func (s *site) consultation(r *http.Request) (any, error) {
	if err := known(r); err != nil {
		return nil, err
	}
	if s.Shelf == nil {
		return nil, errMissing
	}
	c, err := s.Shelf.Consultation(r.Context(), r.PathValue("id"))
	if err != nil {
		return nil, err
	}
	return s.whole(c), nil
}
