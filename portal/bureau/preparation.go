package bureau

import (
	"errors"
	"io/fs"
	"net/http"
	"slices"

	"isoloir/bve/prepare"
	"isoloir/scrutin"
)

// preparation shows what isoloir prepare has made, and by which rules the hours were judged.
func (s *site) preparation(v *visit) (view, error) {
	p := shown(v, "prepare.title", preparationPage(v, prepare.Rules(v.m), v.m.Warnings()))
	return p, nil
}

// preview shows the ballot of an urn as the voter sees it. What the script shows stands in the page: it asks the network for nothing.
func (s *site) preview(v *visit) (view, error) {
	urn := &v.m.Urns[0]
	if id := v.r.FormValue("urne"); id != "" {
		var known bool
		if urn, known = v.m.Urn(id); !known {
			return view{}, errNoPage
		}
	}
	data, _, err := v.m.Bytes()
	if err != nil {
		return view{}, err
	}
	return view{title: v.Say("preview.title"), body: previewPage(v, urn, string(data)), scripts: []string{"preview.js"}, sentences: []string{"vote.say."}, bare: true}, nil
}

// A redrawn is the draw of the order of display, made again from words that somebody has typed.
type redrawn struct {
	date, words string
	err         error // the words are written in another way
	same        bool  // their digest is the one of the manifest
	questions   []drawnQuestion
}

type drawnQuestion struct {
	*scrutin.Question
	ranks []scrutin.Digest // of its options, in the manifest's order
	same  bool             // which is that of the draw
}

// draw makes the public draw again, for everybody: the page is for the room and its projector.
func (s *site) draw(v *visit) (view, error) {
	var d *redrawn
	if words := v.r.FormValue("mots"); words != "" {
		d = drawnAgain(v.m, string(v.m.Draw.Date), oneLine(words))
	}
	return view{title: v.Say("draw.title"), body: drawPage(v, d)}, nil
}

func drawnAgain(m *scrutin.Manifest, date, words string) *redrawn {
	again := &redrawn{date: date, words: words}
	draw, err := prepare.Drawn(date, words)
	if again.err = err; err != nil {
		return again
	}
	again.same = draw.Minutes() == m.Draw.Minutes
	for i := range m.Questions {
		q := drawnQuestion{Question: &m.Questions[i]}
		for _, o := range q.Options {
			q.ranks = append(q.ranks, draw.Rank(q.ID, o.ID))
		}
		q.same = slices.IsSortedFunc(q.ranks, func(a, b scrutin.Digest) int { return slices.Compare(a[:], b[:]) })
		again.questions = append(again.questions, q)
	}
	return again
}

// document is one that the manifest names, where this service has it.
func (s *site) document(w http.ResponseWriter, r *http.Request) {
	d, err := scrutin.ParseDigest(r.PathValue("digest"))
	doc := s.Manifest.Document(d)
	if err != nil || doc == nil || s.Documents == nil {
		s.refuse(w, r, http.StatusNotFound)
		return
	}
	data, err := fs.ReadFile(s.Documents, d.String())
	if err == nil && scrutin.DigestOf(data) != d {
		err = errors.New("a document is not the one of the manifest: put the right file in its place")
	}
	if err != nil {
		s.Failed(r.Pattern, err)
		s.refuse(w, r, http.StatusInternalServerError)
		return
	}
	kind := doc.Media
	if kind == "text/plain" {
		kind += "; charset=utf-8"
	}
	w.Header().Set("Content-Type", kind)
	w.Write(data)
}
