package station

import (
	"context"
	"fmt"
	"net/http"
	"strings"

	"isoloir/portal/words"
	"isoloir/register"

	"github.com/a-h/templ"
)

// A view is what a page is made from.
type view struct {
	*words.Speaker
	language words.Language
	register *register.Register
	rho      string
}

// counters are the figures of a station, by the names that the script knows.
var counters = []string{"cards", "activated", "invalidated", "again", "taken", "checked", "proxies"}

// other is the page in another language.
func other(l words.Language) string { return "/" + string(l) + "/" }

// render writes a page, whole or not at all.
func (s *site) render(w http.ResponseWriter, r *http.Request, l words.Language, status int, body func(view) templ.Component) {
	v := view{Speaker: s.words.In(l), language: l, register: s.Service.Register, rho: s.Service.Rho.String()}
	var out strings.Builder
	if err := frame(v, body(v)).Render(context.WithoutCancel(r.Context()), &out); err != nil {
		panic(fmt.Errorf("page of a station: %w", err))
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Language", string(l))
	w.WriteHeader(status)
	w.Write([]byte(out.String()))
}
