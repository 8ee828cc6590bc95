package passkey

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"time"

	"isoloir/ratelimit"
	"isoloir/scrutin/canon"
)

// Routes of the login, all POST with application/json from the pages that it opens. login and join are answered with a Question, their second
// halves take an Answer; join takes {"code"}. Who is admitted has a session then. A refusal has a status and {"refused"}: login, invitation, wait
// or later.
const (
	RouteLogin    = "/passkey/v1/login"
	RouteLoggedIn = "/passkey/v1/logged-in"
	RouteJoin     = "/passkey/v1/join"
	RouteJoined   = "/passkey/v1/joined"
	RouteLeave    = "/passkey/v1/leave"
)

// How often a network may try: behind one town hall there is a whole bureau.
var (
	logins = ratelimit.Limit{Every: 2 * time.Second, Burst: 30}
	codes  = ratelimit.Limit{Every: 20 * time.Second, Burst: 10}
)

// Mount adds the routes.
func (s *Door) Mount(mux *http.ServeMux) {
	g := s.entrance.Guard
	login, code := g.NewLimiter(logins), g.NewLimiter(codes)
	wait := []byte(`{"refused":"wait"}`)
	route := func(path string, l *ratelimit.Limiter[ratelimit.Network], do func(w http.ResponseWriter, r *http.Request, body []byte) (any, error)) {
		mux.Handle(path, g.Calls(g.Limit(l, wait, answer(do))))
	}
	route(RouteLogin, login, func(_ http.ResponseWriter, r *http.Request, _ []byte) (any, error) { return s.Login(r.Context()) })
	route(RouteLoggedIn, login, func(w http.ResponseWriter, r *http.Request, body []byte) (any, error) {
		a, err := read[Answer](body)
		if err != nil {
			return nil, err
		}
		m, f, err := s.LoggedIn(r.Context(), a)
		if err != nil {
			return nil, err
		}
		return admitted{m}, s.open(r.Context(), w, m, f)
	})
	route(RouteJoin, code, func(_ http.ResponseWriter, r *http.Request, body []byte) (any, error) {
		q, err := read[joining](body)
		if err != nil {
			return nil, err
		}
		return s.Join(r.Context(), q.Code)
	})
	route(RouteJoined, login, func(w http.ResponseWriter, r *http.Request, body []byte) (any, error) {
		a, err := read[Answer](body)
		if err != nil {
			return nil, err
		}
		m, f, err := s.Joined(r.Context(), a)
		if err != nil {
			return nil, err
		}
		return admitted{m}, s.open(r.Context(), w, m, f)
	})
	route(RouteLeave, login, func(w http.ResponseWriter, r *http.Request, _ []byte) (any, error) { return struct{}{}, s.Leave(w, r) })
}

type joining struct {
	Code string `json:"code"`
}

type admitted struct {
	Member string `json:"member"`
}

// read reads JSON with nothing in it that is not expected, and nothing after it.
func read[T any](body []byte) (*T, error) {
	v := new(T)
	if canon.Known(body, v) != nil {
		return nil, ErrLogin
	}
	return v, nil
}

func answer(do func(http.ResponseWriter, *http.Request, []byte) (any, error)) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			panic(http.ErrAbortHandler)
		}
		said, err := do(w, r, body)
		w.Header().Set("Content-Type", "application/json")
		switch {
		case errors.Is(err, ErrInvitation):
			w.WriteHeader(http.StatusForbidden)
			said = refused{"invitation"}
		case errors.Is(err, ErrLogin):
			w.WriteHeader(http.StatusForbidden)
			said = refused{"login"}
		case err != nil:
			w.WriteHeader(http.StatusServiceUnavailable)
			said = refused{"later"}
		}
		if err := json.NewEncoder(w).Encode(said); err != nil {
			panic(http.ErrAbortHandler)
		}
	})
}

type refused struct {
	Refused string `json:"refused"`
}
