package bureau

import (
	"errors"
	"io/fs"
	"net/http"

	"isoloir/portal/preparation"
	"isoloir/scrutin"
)

// preparation shows what isoloir prepare has made, and by which rules the hours were judged.
func (s *site) preparation(v *visit) (view, error) {
	return shown(v, "prepare.title", preparationPage(v)), nil
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
	return view{title: v.Say("preview.title"), body: v.shown().Ballot(urn, string(data), v.href("/apercu"), v.href("/preparation")), scripts: []string{"preview.js"}, sentences: []string{"vote.say."}, bare: true}, nil
}

// draw makes the public draw again, for everybody: the page is for the room and its projector.
func (s *site) draw(v *visit) (view, error) {
	var d *preparation.Redrawn
	if words := v.r.FormValue("mots"); words != "" {
		d = preparation.Redraw(v.m, string(v.m.Draw.Date), oneLine(words))
	}
	return view{title: v.Say("draw.title"), body: drawPage(v, d)}, nil
}

// shown is the scrutin as its preparation is looked at.
func (v *visit) shown() preparation.Shown {
	return preparation.Shown{Speaker: v.Speaker, Manifest: v.m, Zone: v.zone, Documents: v.site.Documents != nil}
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
