package citizen

import (
	"context"
	"io"
	"net/http"
	"net/url"

	"isoloir/portal/signon"
)

// signOn adds what civic sites ask, and the page on which a citizen comes to one of them
// (docs/sso.md).
func (s *site) signOn() {
	limiter := s.guard.NewLimiter(messageLimit)
	limited := func(h http.Handler) http.Handler { return s.guard.Limit(limiter, nil, h) }
	for _, path := range signon.Pages {
		s.get(path, limited(s.SignOn).ServeHTTP)
	}
	for _, path := range signon.Services {
		s.mux.Handle("POST "+path, s.guard.Services(limited(s.SignOn)))
	}
	s.get("/.well-known/openid-configuration", s.SignOn.Discovery)
	s.page(signon.LoginPath, s.login)
	s.get(signon.LoginPath+"/refus", func(w http.ResponseWriter, r *http.Request) {
		if !s.SignOn.Refuse(w, r, r.URL.Query().Get(signon.Asked)) {
			http.Redirect(w, r, signon.LoginPath, http.StatusSeeOther)
		}
	})
	s.mux.Handle("/v1/site", s.guard.Deposits(signon.MessageSize, s.guard.Limit(limiter, wait, http.HandlerFunc(s.come))))
}

// come answers the message by which a device lets its owner into a site.
func (s *site) come(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	ctx, cancel := context.WithTimeout(r.Context(), patience)
	defer cancel()
	said, failed := s.SignOn.Come(ctx, body)
	if failed != nil {
		s.Failed(r.Pattern, failed)
	}
	w.Header().Set("Content-Type", "application/octet-stream")
	w.Write(said)
}

// asked is the query that names a login.
func asked(request string) string { return "?" + url.Values{signon.Asked: {request}}.Encode() }

// login is the page on which one comes to a site.
func (s *site) login(v *view, r *http.Request) error {
	v.title, v.borne = "signon.title", false
	visit, under := s.SignOn.Visit(r.URL.Query().Get(signon.Asked))
	if !under {
		v.document = noLogin(v)
		return nil
	}
	v.query, v.script, v.say = asked(visit.Request), "signon.js", []string{"account.say.", "signon.say."}
	v.document = login(v, &visit)
	return nil
}

// host is where a login goes back to, as an address bar shows it.
func host(visit *signon.Visit) string {
	u, err := url.Parse(visit.Back)
	if err != nil {
		return visit.Back
	}
	return u.Host
}
