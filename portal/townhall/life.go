package townhall

import (
	"net/http"
	"net/url"

	"isoloir/portal/citizen"
	"isoloir/scrutin"
	"isoloir/space"
)

// entry is where somebody logs in; what its script asks is answered by the door.
func (s *site) entry(v *visit) (view, error) {
	return view{title: v.Say("hall.entry"), body: entry(v), script: "login"}, nil
}

func (s *site) leave(v *visit) (view, error) {
	return view{serve: func(w http.ResponseWriter, r *http.Request) {
		if err := s.door.Leave(w, r); err != nil {
			s.Failed(r.Pattern, err)
			s.refuse(w, r, http.StatusInternalServerError)
			return
		}
		http.Redirect(w, r, v.href("/entrer"), http.StatusSeeOther)
	}}, nil
}

// home is the list of consultations: for staff to write, for members and authors to speak in.
func (s *site) home(v *visit) (view, error) {
	all, err := s.Space.Store.Consultations(v.r.Context(), v.o.ID)
	if err != nil {
		return view{}, err
	}
	if v.may(writing) {
		return view{title: v.Say("hall.consultations"), body: listed(v, all)}, nil
	}
	var published []space.Consultation
	for _, c := range all {
		if c.State == space.Published {
			published = append(published, c)
		}
	}
	return view{title: v.Say("hall.consultations"), body: speaks(v, published)}, nil
}

func (s *site) begin(v *visit) (view, error) {
	id, err := s.Space.Begin(v.r.Context())
	return view{redirect: v.href("/consultations/" + id + "/texte")}, err
}

func (s *site) clone(v *visit) (view, error) {
	id, err := s.Space.Clone(v.r.Context(), v.r.PathValue("id"))
	return view{redirect: v.href("/consultations/" + id)}, err
}

func (s *site) overview(v *visit) (view, error) {
	sh, err := v.sheet()
	if err != nil {
		return view{}, err
	}
	acts, err := s.Space.Store.Acts(v.r.Context(), v.o.ID, sh.ID)
	if err != nil {
		return view{}, err
	}
	return view{title: v.named(sh.Consultation), body: overview(v, sh, acts)}, nil
}

func (s *site) textForm(v *visit) (view, error) {
	return s.form("hall.step-text", func(v *visit, sh *sheet) view { return view{body: textForm(v, sh)} })(v)
}

func (s *site) documentsForm(v *visit) (view, error) {
	return s.form("hall.step-documents", func(v *visit, sh *sheet) view { return view{body: documentsForm(v, sh)} })(v)
}

func (s *site) territoryForm(v *visit) (view, error) {
	return s.form("hall.step-territory", func(v *visit, sh *sheet) view { return view{body: territoryForm(v, sh)} })(v)
}

func (s *site) datesForm(v *visit) (view, error) {
	return s.form("hall.step-dates", func(v *visit, sh *sheet) view { return view{body: datesForm(v, sh)} })(v)
}

func (s *site) rulesForm(v *visit) (view, error) {
	return s.form("hall.step-rules", func(v *visit, sh *sheet) view { return view{body: rulesForm(v, sh)} })(v)
}

// preview is the citizens' own page of a consultation, of what is not published too.
func (s *site) preview(v *visit) (view, error) {
	c, err := v.consultation()
	if err != nil {
		return view{}, err
	}
	if _, _, err := c.Draft.Schedule(v.o.Location()); err != nil { // a page without dates is no page
		return view{redirect: v.of(c, "/dates?revoir")}, nil
	}
	all, err := s.Space.Store.Arguments(v.r.Context(), v.o.ID, c.ID)
	if err != nil {
		return view{}, err
	}
	seen, err := citizen.Preview(v.Speaker, placesOf(v.o), read(c, v.o, all, nil), s.Space.Now, func(d scrutin.Digest) string { return v.href("/fichiers/" + d.String()) })
	return view{title: v.Say("hall.preview"), bare: true, body: preview(v, c, seen)}, err
}

// posted is a form that was sent, with the revision that it was made from.
func (v *visit) posted() (url.Values, int, error) {
	if err := v.r.ParseForm(); err != nil {
		return nil, 0, errNoPage
	}
	return v.r.PostForm, number(v.r.PostForm.Get("revision")), nil
}

func (s *site) publish(v *visit) (view, error) {
	_, revision, err := v.posted()
	if err != nil {
		return view{}, err
	}
	id := v.r.PathValue("id")
	return view{redirect: v.href("/consultations/" + id)}, s.Space.Publish(v.r.Context(), *v.who, id, revision)
}

// extend gives a published consultation a later end.
func (s *site) extend(v *visit) (view, error) {
	form, revision, err := v.posted()
	if err != nil {
		return view{}, err
	}
	c, err := v.consultation()
	if err != nil {
		return view{}, err
	}
	c.Draft.Closes = moment(form, "closes")
	return view{redirect: v.of(c, "")}, s.Space.Change(v.r.Context(), *v.who, c.ID, revision, c.Draft, form.Get("reason"))
}

// standing is how far the standing bureau is.
func (s *site) standing(v *visit) (view, error) {
	g, err := s.Space.Works.Ground(v.r.Context(), "")
	if err != nil {
		return view{}, err
	}
	if found := g.Faults.At(space.GroundStanding); len(found) > 0 {
		return view{}, found
	}
	return view{title: v.Say("hall.bureau"), body: standing(v, g.Standing)}, nil
}

// file serves a document or a picture of this space to who works in it.
func (s *site) file(v *visit) (view, error) {
	digest, err := scrutin.ParseDigest(v.r.PathValue("digest"))
	if err != nil {
		return view{}, errNoPage
	}
	f, err := s.Space.Store.File(v.r.Context(), v.o.ID, digest)
	if err != nil {
		return view{}, err
	}
	return view{serve: func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", f.Media)
		if f.Media == "text/plain" {
			w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		}
		w.Header().Set("Content-Disposition", "inline")
		w.Header().Set("Content-Security-Policy", "default-src 'none'; sandbox")
		w.Write(f.Data)
	}}, nil
}
