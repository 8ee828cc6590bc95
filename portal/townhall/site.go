package townhall

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"strings"
	"time"

	"github.com/a-h/templ"

	"isoloir/portal/guard"
	"isoloir/portal/passkey"
	"isoloir/portal/words"
	"isoloir/ratelimit"
	"isoloir/space"
	"isoloir/web"
	"isoloir/web/bureau"
)

// A Config is what the pages of one space need.
type Config struct {
	Space *space.Space
	// Origin is where the pages are reached, whose host is a name.
	Origin string
	// Guard makes the guard that stands before the pages, and that refuses by them; it allows passkeys.
	Guard func(refuse func(http.ResponseWriter, *http.Request, int)) *guard.Guard
	// Failed is told of errors behind a page; nil to drop them.
	Failed func(route string, err error)
}

// pageLimit is how often a network may ask: a whole town hall behind one address.
var pageLimit = ratelimit.Limit{Every: 20 * time.Millisecond, Burst: 500}

// askLimit is how often a network may send who has no login.
var askLimit = ratelimit.Limit{Every: 20 * time.Second, Burst: 20}

// uploadSize is a file with the fields around it.
const uploadSize = space.MaxFile + 64<<10

// site is the pages of one space. It is safe for concurrent use.
type site struct {
	Config
	words  *words.Catalogue
	mux    *http.ServeMux
	guard  *guard.Guard
	door   *passkey.Door
	ledger ledger
}

// A Hall is the back office of one space.
type Hall struct{ site *site }

// New makes the pages, which answer under /ORG/, behind their guard.
func New(c Config) (*Hall, error) {
	if c.Failed == nil {
		c.Failed = func(string, error) {}
	}
	catalogue, err := words.New()
	if err != nil {
		return nil, err
	}
	s := &site{Config: c, words: catalogue, mux: http.NewServeMux(), ledger: ledger{c.Space}}
	s.guard = c.Guard(s.refuse)
	o := c.Space.Organisation
	s.door, err = passkey.NewDoor(passkey.Entrance{Ledger: s.ledger, Title: o.Label, Origin: c.Origin, Handles: o.ID + "/", Cookie: "__Host-space-" + o.ID, Guard: s.guard, Now: c.Space.Now})
	if err != nil {
		return nil, err
	}
	s.routes()
	return &Hall{s}, nil
}

// Handler answers under /ORG/.
func (h *Hall) Handler() http.Handler {
	return h.site.guard.Whole(http.StripPrefix("/"+h.site.Space.Organisation.ID, h.site.mux))
}

// Invite invites a person of the space, and gives the code by which he makes a passkey, once and
// within a week; what he had before is good no more.
func (h *Hall) Invite(ctx context.Context, person string) (string, error) {
	return h.site.invite(ctx, person)
}

func (s *site) invite(ctx context.Context, person string) (string, error) {
	if err := s.ledger.again(ctx, person); err != nil {
		return "", err
	}
	return s.door.Invite(ctx, person)
}

// A view is a page made for a visit.
type view struct {
	title    string
	body     templ.Component
	script   string // what it loads: login, validate or nothing
	bare     bool   // brings its own first heading
	status   int    // 200 when it is zero
	redirect string
	serve    http.HandlerFunc
}

var (
	errNoPage   = errors.New("no such page")
	errNotYours = errors.New("not for this role")
)

// handler checks the right and writes the page.
func (s *site) handler(p page, l words.Language) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		v, err := s.visit(r, l)
		var made view
		if err == nil {
			if !p.right.may(v.who) {
				if v.who == nil && p.method == http.MethodGet {
					http.Redirect(w, r, v.href("/entrer"), http.StatusSeeOther)
					return
				}
				s.refuse(w, r, http.StatusForbidden)
				return
			}
			made, err = p.make(v)
		}
		var found space.Problems
		switch {
		case errors.Is(err, errNoPage), errors.Is(err, space.ErrUnknown):
			s.refuse(w, r, http.StatusNotFound)
		case errors.Is(err, errNotYours), errors.Is(err, space.ErrRole):
			s.refuse(w, r, http.StatusForbidden)
		case errors.Is(err, space.ErrStale):
			s.render(w, v, view{title: v.Say("hall.stale"), status: http.StatusConflict, body: plainly(v, "hall.stale-do")})
		case errors.As(err, &found):
			s.render(w, v, view{title: v.Say("hall.refused"), status: http.StatusUnprocessableEntity, body: refusedBy(v, found)})
		case err != nil:
			s.Failed(r.Pattern, err)
			s.refuse(w, r, http.StatusInternalServerError)
		case made.serve != nil:
			made.serve(w, r)
		case made.redirect != "":
			http.Redirect(w, r, made.redirect, http.StatusSeeOther)
		default:
			s.render(w, v, made)
		}
	})
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

// refuse writes the page of a refusal. It is for guard.Config, and asks the store nothing.
func (s *site) refuse(w http.ResponseWriter, r *http.Request, status int) {
	key := map[int]string{http.StatusForbidden: "forbidden", http.StatusNotFound: "lost", http.StatusMethodNotAllowed: "method",
		http.StatusRequestEntityTooLarge: "large", http.StatusUnsupportedMediaType: "method", http.StatusTooManyRequests: "often"}[status]
	v := s.visitor(r, words.Of(r))
	key = cmp.Or(key, "failed")
	s.render(w, v, view{title: v.Say("members.refusal-" + key), status: status, body: plainly(v, "hall.refusal-"+key+"-do")})
}

// client serves what pages load.
func (s *site) client(w http.ResponseWriter, r *http.Request) {
	name := r.PathValue("path")
	data, err := fs.ReadFile(bureau.Files(), name)
	if err != nil {
		s.refuse(w, r, http.StatusNotFound)
		return
	}
	w.Header().Set("Content-Type", web.ContentType(name))
	w.Header().Set("Cache-Control", "no-cache")
	w.Write(data)
}
