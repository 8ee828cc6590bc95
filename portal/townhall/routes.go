package townhall

import (
	"net/http"
	"time"

	"isoloir/portal/guard"
	"isoloir/portal/words"
)

// page is what answers at an address, to whom.
type page struct {
	method, path string
	right        right
	make         func(*visit) (view, error)
}

// pages are those of a space, after the language.
func (s *site) pages() []page {
	const get, post = http.MethodGet, http.MethodPost
	return []page{
		{get, "/entrer", everybody, s.entry},
		{post, "/sortir", inside, s.leave},
		{get, "/", inside, s.home},
		{get, "/inscription", everybody, s.registration},
		{post, "/inscription", everybody, s.register},
		{get, "/inscriptions", writing, s.registrations},
		{post, "/inscriptions", publishing, s.turnRegistration},
		{post, "/inscriptions/{id}", writing, s.decideRegistration},

		{post, "/consultations", writing, s.begin},
		{get, "/consultations/{id}", writing, s.overview},
		{post, "/consultations/{id}/cloner", writing, s.clone},
		{get, "/consultations/{id}/apercu", writing, s.preview},
		{get, "/consultations/{id}/texte", writing, s.textForm},
		{post, "/consultations/{id}/texte", writing, s.saveText},
		{post, "/consultations/{id}/questions", writing, s.addQuestion},
		{get, "/consultations/{id}/questions/{n}", writing, s.questionForm},
		{post, "/consultations/{id}/questions/{n}", writing, s.saveQuestion},
		{get, "/consultations/{id}/documents", writing, s.documentsForm},
		{post, "/consultations/{id}/documents/retirer", writing, s.dropDocument},
		{get, "/consultations/{id}/territoire", writing, s.territoryForm},
		{post, "/consultations/{id}/territoire", writing, s.saveTerritory},
		{get, "/consultations/{id}/dates", writing, s.datesForm},
		{post, "/consultations/{id}/dates", writing, s.saveDates},
		{get, "/consultations/{id}/regles", writing, s.rulesForm},
		{post, "/consultations/{id}/regles", writing, s.saveRules},
		{post, "/consultations/{id}/publier", publishing, s.publish},
		{post, "/consultations/{id}/prolonger", publishing, s.extend},
		{get, "/consultations/{id}/arguments", writing, s.arguments},
		{post, "/consultations/{id}/arguments/{n}", writing, s.judge},
		{get, "/consultations/{id}/votes", writing, s.votes},
		{post, "/consultations/{id}/votes", writing, s.enterVote},
		{get, "/bureau", writing, s.standing},
		{get, "/personnes", writing, s.people},
		{post, "/personnes", publishing, s.addPerson},
		{post, "/personnes/{id}/inviter", publishing, s.inviteAgain},
		{post, "/personnes/{id}/terminer", publishing, s.endPerson},

		{get, "/voix/{id}", speaking, s.voice},
		{post, "/voix/{id}/position", sitting, s.takePosition},
		{post, "/voix/{id}/vote", sitting, s.ownVote},
		{post, "/voix/{id}/signature", speaking, s.askSignature},
		{post, "/voix/{id}/arguments", speaking, s.argue},
		{post, "/voix/{id}/arguments/{n}/signer", speaking, s.sign},

		{get, "/fichiers/{digest}", inside, s.file},
	}
}

// uploads are forms with a file.
func (s *site) uploads() []page {
	return []page{
		{http.MethodPost, "/consultations/{id}/documents", writing, s.addDocument},
		{http.MethodPost, "/consultations/{id}/image", writing, s.setPicture},
	}
}

// routes puts the pages behind the guard.
func (s *site) routes() {
	limit := s.guard.NewLimiter(pageLimit)
	asks := s.guard.NewLimiter(askLimit)
	pages := func(h http.Handler) http.Handler {
		return s.guard.Pages(guard.Policy{}, s.guard.Limit(limit, nil, h))
	}
	for _, l := range words.Languages() {
		for _, p := range s.pages() {
			h := s.handler(p, l)
			if p.right == everybody && p.method == http.MethodPost {
				h = s.guard.Limit(asks, nil, h)
			}
			s.mux.Handle(p.method+" "+under(l, p.path), pages(h))
		}
		for _, p := range s.uploads() {
			s.mux.Handle(p.method+" "+under(l, p.path), s.admitted(p.right, s.guard.Limit(limit, nil, s.guard.Uploads(guard.Policy{}, uploadSize, s.handler(p, l)))))
		}
	}
	s.door.Mount(s.mux)
	s.mux.Handle("GET /client/{path...}", pages(http.HandlerFunc(s.client)))
	s.mux.Handle("GET /{$}", pages(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Add("Vary", "Accept-Language")
		http.Redirect(w, r, "/"+s.Space.Organisation.ID+"/"+string(words.Preferred(r.Header.Get("Accept-Language")))+"/", http.StatusSeeOther)
	})))
	s.mux.Handle("/", pages(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { s.refuse(w, r, http.StatusNotFound) })))
}

// uploadPatience is how long somebody may take to send a file, by the clock of the machine as
// connections do.
const uploadPatience = 2 * time.Minute

// admitted looks at who sends before what he sends is read.
func (s *site) admitted(g right, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		v, err := s.visit(r, words.Of(r))
		if err != nil || !g.may(v.who) {
			s.refuse(w, r, http.StatusForbidden)
			return
		}
		c := http.NewResponseController(w)
		c.SetReadDeadline(time.Now().Add(uploadPatience))
		c.SetWriteDeadline(time.Now().Add(2 * uploadPatience))
		next.ServeHTTP(w, r)
	})
}

func under(l words.Language, path string) string {
	if path == "/" {
		path = "/{$}"
	}
	return "/" + string(l) + path
}
