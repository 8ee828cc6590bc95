package notices

import (
	"context"
	"fmt"
	"net/http"
	"strings"

	"isoloir/portal/words"

	"github.com/a-h/templ"
)

// A view is what a page is made from.
type view struct {
	*words.Speaker
	*site
	asked
}

// key is the address to which browsers have notices brought, as their script wants it; empty
// where there are none.
func (v view) key() string {
	if v.Service.Push == nil {
		return ""
	}
	return v.Service.Push.Public
}

// href is an address of this origin in the reader's language.
func (v view) href(path string) templ.SafeURL {
	return templ.SafeURL("/" + string(v.Language()) + path)
}

// render writes a page, whole or not at all.
func (s *site) render(w http.ResponseWriter, r *http.Request, l words.Language, status int, a asked, body func(view) templ.Component) {
	v := view{Speaker: s.words.In(l), site: s, asked: a}
	var out strings.Builder
	if err := frame(v, body(v)).Render(context.WithoutCancel(r.Context()), &out); err != nil {
		panic(fmt.Errorf("page of notices: %w", err))
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Language", string(l))
	w.WriteHeader(status)
	w.Write([]byte(out.String()))
}

// refuse writes the page of a refusal.
func (s *site) refuse(w http.ResponseWriter, r *http.Request, status int) {
	l := words.Of(r)
	what := "refused"
	if status == http.StatusNotFound {
		what = "nothing"
	}
	s.render(w, r, l, status, asked{}, said(what))
}
