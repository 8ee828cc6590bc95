package bureau

import (
	"errors"
	"io/fs"
	"net/http"
	"slices"
	"strings"
	"time"

	"isoloir/portal/guard"
	"isoloir/portal/words"
	"isoloir/web"
	"isoloir/web/bureau"
)

// noteSize is the size of a statement that a script sends, in bytes.
const noteSize = 1 << 20

// pages are what the site answers to, under every language, and to whom.
func (s *site) pages() []page {
	const get, post = http.MethodGet, http.MethodPost
	return []page{
		{get, "/entrer", everybody, s.entry},
		{get, "/observations/nouvelle", everybody, s.observing},
		{post, "/observations/nouvelle", everybody, s.observe},
		{get, "/salle", everybody, s.room}, // opened by a member: see room

		{get, "/tirage", everybody, s.draw},
		{get, "/temoins", everybody, s.witnesses},

		{get, "/", seeing, s.home},
		{get, "/preparation", seeing, s.preparation},
		{get, "/apercu", seeing, s.preview},
		{get, "/seance", seeing, s.sitting},
		{get, "/seance/ensemble", signing, s.together},
		{get, "/seance/{motion}", seeing, s.motionPage},
		{get, "/alertes", seeing, s.alarms},
		{get, "/envois", seeing, s.deliveries},
		{get, "/controle", seeing, s.controls},
		{get, "/membres", seeing, s.members},
		{get, "/supports", seeing, s.media},
		{get, "/observations", seeing, s.observations},
		{get, "/journal", seeing, s.journal},
		{get, "/dossier", seeing, s.dossier},
		{get, "/proces-verbal", seeing, s.minutes},

		{get, "/participation", reading, s.askTurnout},
		{post, "/participation", reading, s.turnout},
		{get, "/liste", reading, s.askList},
		{post, "/liste", reading, s.list},
		{post, "/proces-verbal/projet", reading, s.draftRead},

		{post, "/seance/proposer", proposing, s.draft},
		{post, "/seance/ensemble", proposing, s.draftTogether},
		{post, "/seance/ensemble/ecrire", signing, s.adoptTogether},
		{post, "/proces-verbal/arreter", proposing, s.drawUp},
		{post, "/seance/{motion}/ecrire", signing, s.adopt},
		{post, "/salle/ouvrir", signing, s.openRoom},
		{post, "/controle/verifier", signing, s.check},
		{post, "/declaration", signing, s.elsewhere},
		{post, "/declaration/fichier", signing, s.download},
		{post, "/declaration/collee", signing, s.pasted},

		{get, "/ceremonie", holding, s.ceremony},
		{get, "/ouverture", holding, s.openingPage},

		{get, "/expert", reporting, s.expert},
	}
}

// files are what members take with them.
func (s *site) files() []page {
	const get = http.MethodGet
	return []page{
		{get, "/journal/copie", signing, s.copy}, // of who may not yet: see copy
		{get, "/dossier/dossier.tar", signing, s.recordCopy},
		{get, "/dossier/rapport/{role}", signing, s.report},
		{get, "/proces-verbal/{file}", seeing, s.minutesFile},
		{get, "/ceremonie/tableau.tar", holding, s.board},
		{get, "/ouverture/export.tar", holding, s.export},
	}
}

// Pages are the addresses, after the language, of all that people look at: who judges how the site looks can see that none was left out.
func Pages() (paths []string) {
	for _, p := range new(site).pages() {
		if p.method == http.MethodGet {
			paths = append(paths, p.path)
		}
	}
	return paths
}

// A deposit is what a page's script sends, and how large it may be.
type deposit struct {
	page
	size int64
}

func (s *site) deposits() []deposit {
	const post = http.MethodPost
	return []deposit{
		{page{post, "/declaration/signee", signing, s.signed}, noteSize},
		{page{post, "/ceremonie/apporter", holding, s.bring(s.message)}, depositSize},
		{page{post, "/ouverture/apporter", holding, s.bring(s.share)}, depositSize},
	}
}

// routes puts pages, deposits and files behind the guard.
func (s *site) routes() {
	limit, public := s.guard.NewLimiter(pageLimit), s.guard.NewLimiter(publicLimit)
	pages := func(h http.Handler) http.Handler {
		return s.guard.Pages(guard.Policy{}, s.guard.Limit(limit, nil, h))
	}
	for _, l := range words.Languages() {
		for _, p := range slices.Concat(s.pages(), s.files()) {
			h := s.handler(p, l)
			if p.method == http.MethodPost && p.right == everybody {
				h = s.guard.Limit(public, nil, h)
			}
			s.mux.Handle(p.method+" "+under(l, p.path), pages(h))
		}
		for _, d := range s.deposits() {
			s.mux.Handle(d.method+" "+under(l, d.path), s.admitted(d.right, s.guard.Limit(limit, []byte{}, s.guard.Deposits(d.size, s.handler(d.page, l)))))
		}
	}
	s.passkeys.Mount(s.mux)
	s.mux.Handle("GET /documents/{digest}", pages(s.admitted(seeing, http.HandlerFunc(s.document))))
	s.mux.Handle("GET /client/{path...}", pages(http.HandlerFunc(s.client)))
	s.mux.Handle("GET /{$}", pages(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Add("Vary", "Accept-Language")
		http.Redirect(w, r, "/"+string(words.Preferred(r.Header.Get("Accept-Language")))+"/", http.StatusSeeOther)
	})))
	s.mux.Handle("/", pages(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { s.refuse(w, r, http.StatusNotFound) })))
}

// admitted looks at who sends before what he sends is read.
func (s *site) admitted(g right, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		who, err := s.passkeys.Who(r)
		if err != nil || !g.may(s.Manifest, who) {
			w.WriteHeader(http.StatusForbidden)
			return
		}
		c := http.NewResponseController(w)
		c.SetReadDeadline(time.Now().Add(depositPatience))
		c.SetWriteDeadline(time.Now().Add(2 * depositPatience))
		next.ServeHTTP(w, r)
	})
}

// depositPatience is how long a member may take to send a file, by the clock of the machine
// as connections do.
const depositPatience = 5 * time.Minute

// under is the path of a page in a language.
func under(l words.Language, path string) string {
	if path == "/" {
		path = "/{$}"
	}
	return "/" + string(l) + path
}

// client serves what pages load, and the sources that it is built from.
func (s *site) client(w http.ResponseWriter, r *http.Request) {
	from, name := bureau.Files(), r.PathValue("path")
	if source, ok := strings.CutPrefix(name, "source/"); ok {
		from, name = web.Sources(), source
		if own, ok := strings.CutPrefix(source, "bureau/"); ok {
			from, name = bureau.Sources(), own
		}
	}
	data, err := fs.ReadFile(from, name)
	if err != nil {
		if !errors.Is(err, fs.ErrNotExist) && !errors.Is(err, fs.ErrInvalid) {
			s.Failed(r.Pattern, err)
		}
		s.refuse(w, r, http.StatusNotFound)
		return
	}
	w.Header().Set("Content-Type", web.ContentType(name))
	w.Header().Set("Cache-Control", "no-cache")
	w.Write(data)
}
