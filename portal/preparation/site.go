package preparation

import (
	"cmp"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"strings"
	"sync"
	"time"

	"isoloir/portal/guard"
	"isoloir/portal/words"
	"isoloir/web"
	"isoloir/web/bureau"

	"github.com/a-h/templ"
)

// A Config is what the pages need.
type Config struct {
	Folder string // that of isoloir prepare
	// Origin is where the pages answer, and where alone.
	Origin string
	Now    func() time.Time
	// Failed is told of errors behind a page; nil to drop them.
	Failed func(route string, err error)
}

// A Site is the pages on one folder.
type Site struct {
	Config
	Code  string // lets one browser in, once
	words *words.Catalogue
	mux   *http.ServeMux
	guard *guard.Guard
	dir   fs.FS
	mu    sync.Mutex // one changes the folder at a time; and of what follows
	used  bool
	let   [sha256.Size]byte // the digest of what was let in
}

// Sizes, in bytes: of what is brought at once, and of how much of it is kept in memory while it is cut.
const (
	uploadSize = 80 << 20
	kept       = 8 << 20
)

// cookie is the name of what a browser that was let in bears. The pages answer on a loopback address, without TLS.
const cookie = "preparation"

// New makes the pages.
func New(c Config) (*Site, error) {
	if c.Failed == nil {
		c.Failed = func(string, error) {}
	}
	catalogue, err := words.New()
	if err != nil {
		return nil, err
	}
	s := &Site{Config: c, Code: rand.Text(), words: catalogue, mux: http.NewServeMux(), dir: os.DirFS(c.Folder)}
	s.guard = guard.New(guard.Config{Now: c.Now, Refuse: s.refuse})
	s.routes()
	return s, nil
}

// A page is what answers at an address under every language.
type page struct {
	method, path string
	make         func(*visit) (view, error)
}

func (s *Site) pages() []page {
	const get, post = http.MethodGet, http.MethodPost
	return []page{
		{get, "/", s.folder},
		{post, "/retirer", s.remove},
		{get, "/tirage", s.draw},
		{post, "/tirage", s.keepDraw},
		{get, "/apercu", s.preview},
		{get, "/manifeste", s.manifest},
		{post, "/manifeste", s.produce},
		{get, "/manifeste/manifest.json", s.download},
	}
}

// uploads are forms with files.
func (s *Site) uploads() []page { return []page{{http.MethodPost, "/importer", s.bring}} }

func (s *Site) routes() {
	pages := func(h http.Handler) http.Handler { return s.guard.Pages(guard.Policy{}, h) }
	for _, l := range words.Languages() {
		at := func(p page) (string, http.Handler) {
			path := p.path
			if path == "/" {
				path = "/{$}"
			}
			return p.method + " /" + string(l) + path, s.within(s.handler(p, l))
		}
		for _, p := range s.pages() {
			pattern, h := at(p)
			s.mux.Handle(pattern, pages(h))
		}
		for _, p := range s.uploads() {
			pattern, h := at(p)
			s.mux.Handle(pattern, s.within(s.guard.Uploads(guard.Policy{}, uploadSize, h)))
		}
	}
	s.mux.Handle("GET /entrer", pages(http.HandlerFunc(s.enter)))
	s.mux.Handle("GET /documents/{digest}", pages(s.within(http.HandlerFunc(s.document))))
	s.mux.Handle("GET /client/{path...}", pages(http.HandlerFunc(client)))
	s.mux.Handle("GET /{$}", pages(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { s.begin(w, r) })))
	s.mux.Handle("/", pages(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { s.refuse(w, r, http.StatusNotFound) })))
}

// ServeHTTP answers under the own address alone: a page from elsewhere that has its name lead to this machine bears that name.
func (s *Site) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if "http://"+r.Host != s.Origin {
		http.Error(w, http.StatusText(http.StatusMisdirectedRequest), http.StatusMisdirectedRequest)
		return
	}
	s.guard.Whole(s.mux).ServeHTTP(w, r)
}

// enter lets a browser in by the code, once.
func (s *Site) enter(w http.ResponseWriter, r *http.Request) {
	given := sha256.Sum256([]byte(r.FormValue("code")))
	want := sha256.Sum256([]byte(s.Code))
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.used || subtle.ConstantTimeCompare(given[:], want[:]) != 1 {
		s.refuse(w, r, http.StatusForbidden)
		return
	}
	bears := rand.Text()
	s.used, s.let = true, sha256.Sum256([]byte(bears))
	http.SetCookie(w, &http.Cookie{Name: cookie, Value: bears, Path: "/", HttpOnly: true, SameSite: http.SameSiteStrictMode})
	s.begin(w, r)
}

// begin leads to the first page, in the language that the browser prefers.
func (s *Site) begin(w http.ResponseWriter, r *http.Request) {
	w.Header().Add("Vary", "Accept-Language")
	http.Redirect(w, r, "/"+string(words.Preferred(r.Header.Get("Accept-Language")))+"/", http.StatusSeeOther)
}

// within hands on what comes from the browser that was let in, before what it sends is read.
func (s *Site) within(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		bears, err := r.Cookie(cookie)
		s.mu.Lock()
		let, used := s.let, s.used
		s.mu.Unlock()
		if err == nil {
			given := sha256.Sum256([]byte(bears.Value))
			if used && subtle.ConstantTimeCompare(given[:], let[:]) == 1 {
				next.ServeHTTP(w, r)
				return
			}
		}
		s.refuse(w, r, http.StatusForbidden)
	})
}

// A view is a page made for a visit.
type view struct {
	title     string
	body      templ.Component
	scripts   []string
	sentences []string // beginnings of the keys of what its scripts say
	status    int      // 200 when it is zero
	bare      bool     // brings its own first heading
	redirect  string
	serve     http.HandlerFunc
}

var errNoPage = errors.New("no such page")

func (s *Site) handler(p page, l words.Language) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		defer s.mu.Unlock()
		v := s.visit(r, l)
		made, err := p.make(v)
		switch {
		case errors.Is(err, errNoPage):
			s.refuse(w, r, http.StatusNotFound)
		case err != nil:
			s.Failed(r.Pattern, err)
			s.refuse(w, r, http.StatusInternalServerError)
		case made.serve != nil:
			made.serve(w, r)
		case made.redirect != "":
			http.Redirect(w, r, v.href(made.redirect), http.StatusSeeOther)
		default:
			s.render(w, v, made)
		}
	})
}

// render writes a page, whole or not at all.
func (s *Site) render(w http.ResponseWriter, v *visit, made view) {
	var page strings.Builder
	if err := frame(v, made).Render(v.r.Context(), &page); err != nil {
		panic(fmt.Errorf("page %s: %w", v.path, err))
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Language", string(v.Language()))
	w.WriteHeader(cmp.Or(made.status, http.StatusOK))
	w.Write([]byte(page.String()))
}

// refuse writes the page of a refusal, which says nothing of the folder.
func (s *Site) refuse(w http.ResponseWriter, r *http.Request, status int) {
	says, known := map[int][2]string{
		http.StatusForbidden:             {"folder.refused-code", "folder.refused-code-do"},
		http.StatusNotFound:              {"folder.refused-lost", "folder.refused-lost-do"},
		http.StatusRequestEntityTooLarge: {"folder.refused-large", "folder.refused-large-do"},
	}[status]
	if !known {
		says = [2]string{"folder.refused-failed", "folder.refused-failed-do"}
	}
	v := &visit{Speaker: s.words.In(words.Of(r)), path: "/", r: r}
	s.render(w, v, view{title: v.Say(says[0]), status: status, body: plainly(v, says[1])})
}

// client serves what pages load: the bureau's files.
func client(w http.ResponseWriter, r *http.Request) {
	data, err := fs.ReadFile(bureau.Files(), r.PathValue("path"))
	if err != nil {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Type", web.ContentType(r.PathValue("path")))
	w.Header().Set("Cache-Control", "no-cache")
	w.Write(data)
}
