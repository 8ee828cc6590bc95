package issuerapi

import (
	"errors"
	"io/fs"
	"net/http"
	"slices"
	"strings"

	"github.com/a-h/templ"

	"isoloir/courier"
	"isoloir/issuer"
	"isoloir/portal/words"
	"isoloir/web"
)

// language is the one asked for, else the one that the browser prefers.
func language(r *http.Request, asked string) words.Language {
	if l := words.Language(asked); slices.Contains(words.Languages(), l) {
		return l
	}
	return words.Preferred(r.Header.Get("Accept-Language"))
}

func (a *API) view(l words.Language) view {
	v := view{Speaker: a.words.In(l), language: l, manifest: a.Station.Manifest, site: a.Portal}
	if !a.Station.First() {
		v.number = 1
	}
	return v
}

// show is the form on the issuer's own page.
func (a *API) show(w http.ResponseWriter, r *http.Request) {
	v := a.view(language(r, r.URL.Query().Get("language")))
	if v.title = v.Say("link.renew") + " – " + v.code(); !a.online() {
		render(w, r, v, http.StatusOK, sentence(v.Say("issuer.over")))
		return
	}
	render(w, r, v, http.StatusOK, ask(v))
}

// online says whether this issuer's channel is one that people can ask by.
func (a *API) online() bool {
	return a.Station.Channel() == courier.Email || a.Station.Channel() == courier.SMS
}

// renew takes a form, of the help desk or not, and answers the same whatever stands in
// it, once it is kept.
func (a *API) renew(desk bool) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		v := a.view(language(r, r.PostFormValue("language")))
		address := strings.ToValidUTF8(r.PostFormValue("address"), "")
		if a.online() && address != "" && len(address) <= 254 && a.taken(address) {
			if err := a.Station.Ask(r.Context(), address, desk); err != nil && !errors.Is(err, issuer.ErrClosed) {
				a.Failed(err)
				a.Refuse(w, r, http.StatusServiceUnavailable)
				return
			}
		}
		v.title = v.Say("issuer.done")
		render(w, r, v, http.StatusOK, done(v))
	}
}

// Refuse writes the page of a refusal. It is for guard.Config.
func (a *API) Refuse(w http.ResponseWriter, r *http.Request, status int) {
	v := a.view(language(r, r.URL.Query().Get("language")))
	key := map[int]string{
		http.StatusForbidden:             "refusal.foreign",
		http.StatusNotFound:              "refusal.lost",
		http.StatusMethodNotAllowed:      "refusal.method",
		http.StatusUnsupportedMediaType:  "refusal.method",
		http.StatusRequestEntityTooLarge: "refusal.large",
		http.StatusTooManyRequests:       "refusal.often",
		http.StatusServiceUnavailable:    "refusal.unready",
	}[status]
	if key == "" {
		key = "refusal.failed"
	}
	v.title = v.Say(key)
	render(w, r, v, status, sentence(v.Say(key+"-do")))
}

// render writes a page, whole or not at all.
func render(w http.ResponseWriter, r *http.Request, v view, status int, body templ.Component) {
	var page strings.Builder
	if err := sheet(v, body).Render(r.Context(), &page); err != nil {
		panic(err) // the guard answers for it
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Language", string(v.language))
	w.WriteHeader(status)
	w.Write([]byte(page.String()))
}

// style is the stylesheet of all pages.
func style(w http.ResponseWriter, r *http.Request) {
	sheet, err := fs.ReadFile(web.Files(), "style.css")
	if err != nil {
		panic(err)
	}
	w.Header().Set("Content-Type", web.ContentType("style.css"))
	w.Header().Set("Cache-Control", "public, max-age=3600")
	w.Write(sheet)
}
