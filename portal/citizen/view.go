package citizen

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"isoloir/portal/public"
	"isoloir/portal/words"
	"isoloir/register"
	"isoloir/scrutin"
	"isoloir/space"

	"github.com/a-h/templ"
)

// kiosk is the name in an address that has a page keep nothing on a terminal.
const kiosk = "borne"

// A view is what a page is made from.
type view struct {
	*words.Speaker
	*site
	path     string // without its language
	query    string // that its address keeps in another language: empty, or ?NAME=VALUE
	title    string // the key of its title, or the title
	script   string
	say      []string // beginnings of the keys that its script says
	borne    bool
	cache    string // how long browsers may keep it; empty for not at all
	document templ.Component
	file     func(scrutin.Digest) string // where files are, in a preview; nil elsewhere
}

// A link is one of the pages that lead to each other.
type link struct{ path, key string }

// links are the pages of the head.
func (v *view) links() []link {
	all := []link{{"/compte", "account.title"}, {"/carte", "card.title"}, {"/aide", "steps.title"}}
	if v.Assembly != nil {
		all = slices.Insert(all, 0, link{"/elus", "elected.title"})
	}
	if v.Shelf != nil {
		all = slices.Insert(all, 0, link{"/consultations", "consultations.title"})
	}
	return all
}

// in is an address in a language; a terminal stays one.
func (v *view) in(l words.Language, path string) templ.SafeURL {
	address := "/" + string(l) + path
	if v.borne {
		address += "?" + kiosk
	}
	return templ.SafeURL(address)
}

func (v *view) href(path string) templ.SafeURL { return v.in(v.Language(), path) }

// heading is the title as it is read.
func (v *view) heading() string {
	if said := v.Raw(v.title); said != "" {
		return said
	}
	return v.title
}

// place is what a constituency is called.
func (v *view) place(id string) string {
	if i := slices.IndexFunc(v.Register.Constituencies, func(p register.Place) bool { return p.ID == id }); i >= 0 {
		return v.Register.Constituencies[i].Label
	}
	return id
}

// show writes a page, whole or not at all.
func (s *site) show(w http.ResponseWriter, r *http.Request, l words.Language, compose func(v *view, r *http.Request) error) {
	v := &view{Speaker: s.words.In(l), site: s, path: strings.TrimPrefix(r.URL.Path, "/"+string(l)), borne: r.URL.Query().Has(kiosk)}
	switch err := compose(v, r); {
	case errors.Is(err, space.ErrUnknown):
		s.refuse(w, r, http.StatusNotFound)
		return
	case err != nil:
		s.Failed(r.Pattern, err)
		s.refuse(w, r, http.StatusServiceUnavailable)
		return
	}
	w.Header().Set("Content-Language", string(l))
	page := s.drawn(r, v)
	if v.cache != "" {
		s.press.Send(w, r, public.FileOf(page), "text/html; charset=utf-8", v.cache)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Write(page)
}

func (s *site) drawn(r *http.Request, v *view) []byte {
	var out strings.Builder
	if err := frame(v).Render(context.WithoutCancel(r.Context()), &out); err != nil {
		panic(fmt.Errorf("page of a citizen: %w", err))
	}
	return []byte(out.String())
}

// refuse writes the page of a refusal.
func (s *site) refuse(w http.ResponseWriter, r *http.Request, status int) {
	l := words.Of(r)
	v := &view{Speaker: s.words.In(l), site: s, path: "/compte", title: "account.refusal", borne: r.URL.Query().Has(kiosk)}
	v.document = refusal(v, status == http.StatusNotFound)
	w.Header().Set("Content-Language", string(l))
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	w.Write(s.drawn(r, v))
}

// account is the page on which an account is opened and kept.
func (s *site) account(v *view, r *http.Request) error {
	votable, err := s.votable(r.Context())
	if err != nil {
		s.Failed(r.Pattern, err) // an account is cut or suspended all the same
	}
	v.title, v.script, v.say = "account.title", "account.js", []string{"account.say.", "account.kiosk."}
	v.document = account(v, votable)
	return nil
}

// help is the guide.
func (s *site) help(v *view, _ *http.Request) error {
	v.title, v.script, v.say, v.cache = "steps.title", "consultations.js", []string{"account.kiosk."}, public.Minute
	v.document = guidance(v)
	return nil
}

// card is the page on which one finds his card in a published list.
func (s *site) card(v *view, _ *http.Request) error {
	v.title, v.script, v.say = "card.title", "card.js", []string{"card.say.", "account.kiosk."}
	v.document = card(v, s.lists())
	return nil
}

// descending sorts numbers without leading zeros, the greatest first.
func descending(numbers []string) []string {
	slices.SortFunc(numbers, func(a, b string) int {
		if len(a) != len(b) {
			return len(b) - len(a)
		}
		return strings.Compare(b, a)
	})
	return numbers
}
