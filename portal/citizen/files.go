package citizen

import (
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"net/http"
	"regexp"
	"slices"
	"strconv"

	"isoloir/portal/public"
	"isoloir/scrutin"
	"isoloir/space"
	"isoloir/space/signature"
	"isoloir/web"
	scripts "isoloir/web/citizen"
)

// files adds what is no page.
func (s *site) files() {
	s.get("/{$}", func(w http.ResponseWriter, r *http.Request) {
		r.URL.Path = "/compte"
		if s.Shelf != nil {
			r.URL.Path = "/consultations"
		}
		toLanguage(w, r)
	})
	s.get("/client/{name}", func(w http.ResponseWriter, r *http.Request) {
		data, err := fs.ReadFile(scripts.Files(), r.PathValue("name"))
		if err != nil {
			s.refuse(w, r, http.StatusNotFound)
			return
		}
		s.press.Send(w, r, public.FileOf(data), web.ContentType(r.PathValue("name")), public.Checked)
	})
	s.get("/icon.svg", func(w http.ResponseWriter, r *http.Request) {
		s.press.Send(w, r, public.FileOf([]byte(icon)), "image/svg+xml", public.Minute)
	})
	s.get("/register.json", func(w http.ResponseWriter, r *http.Request) {
		public.Everybody(w)
		s.press.Send(w, r, public.FileOf(s.Text), "application/json", public.Checked)
	})
	s.get("/published/{name}", s.published)
}

var publishedName = regexp.MustCompile(`^[1-9][0-9]{0,5}\.(csv|note)$`)

// published serves a list of cards, whole: nothing in the question says which one is looked for.
func (s *site) published(w http.ResponseWriter, r *http.Request) {
	name := r.PathValue("name")
	if !publishedName.MatchString(name) {
		s.refuse(w, r, http.StatusNotFound)
		return
	}
	f, err := s.Published.Open(name)
	if err != nil {
		if !errors.Is(err, fs.ErrNotExist) {
			s.Failed(r.Pattern, err)
		}
		s.refuse(w, r, http.StatusNotFound)
		return
	}
	defer f.Close()
	data, err := io.ReadAll(f)
	if err != nil {
		s.Failed(r.Pattern, err)
		s.refuse(w, r, http.StatusInternalServerError)
		return
	}
	public.Everybody(w)
	kind := "text/plain; charset=utf-8"
	if name[len(name)-1] == 'v' {
		kind = "text/csv; charset=utf-8"
	}
	s.press.Send(w, r, public.FileOf(data), kind, public.Checked)
}

// lists are the numbers of the distributions whose list is published, the last first.
func (s *site) lists() (numbers []string) {
	names, err := fs.Glob(s.Published, "*.csv")
	if err != nil {
		return nil
	}
	for _, name := range names {
		if publishedName.MatchString(name) {
			numbers = append(numbers, name[:len(name)-len(".csv")])
		}
	}
	return descending(numbers)
}

// file serves a document or the picture of a consultation, by its digest.
func (s *site) file(w http.ResponseWriter, r *http.Request) {
	digest, err := scrutin.ParseDigest(r.PathValue("digest"))
	if err != nil {
		s.refuse(w, r, http.StatusNotFound)
		return
	}
	f, err := s.Shelf.File(r.Context(), r.PathValue("id"), digest)
	if err != nil {
		s.missing(w, r, err)
		return
	}
	kind := f.Media
	if kind == "text/plain" {
		kind += "; charset=utf-8"
	}
	if kind == "application/pdf" {
		w.Header().Set("Content-Disposition", "inline; filename="+digest.String()[:12]+".pdf")
	}
	s.press.Send(w, r, public.File{Data: f.Data, Digest: digest}, kind, public.Forever)
}

const icon = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64"><rect width="64" height="64" fill="#0d5c63"/><path d="M12 18h40v28H12zM18 26h16M18 34h10M40 32h6v6h-6z" fill="none" stroke="#fff" stroke-width="4"/></svg>`

// validations are the texts that those who have signed an argument have signed, and their signatures, for
// whoever verifies them.
func (s *site) validations(w http.ResponseWriter, r *http.Request) {
	c, err := s.Shelf.Consultation(r.Context(), r.PathValue("id"))
	if err != nil {
		s.missing(w, r, err)
		return
	}
	i := slices.IndexFunc(c.Arguments, func(a space.Argument) bool { return strconv.Itoa(a.Number) == r.PathValue("n") })
	if i < 0 {
		s.refuse(w, r, http.StatusNotFound)
		return
	}
	a := &c.Arguments[i]
	type signed struct {
		Name      string              `json:"name"`
		Text      string              `json:"text"`
		Signature signature.Signature `json:"signature"`
	}
	var all []signed
	for _, by := range append([]space.Signed{{Name: a.Name, Signature: a.Signature}}, a.Others...) {
		text, err := a.Validation(c.Organisation, c.ID, c.Fingerprint, by.Name)
		if err != nil {
			s.missing(w, r, err)
			return
		}
		all = append(all, signed{by.Name, string(text), by.Signature})
	}
	body, err := json.MarshalIndent(all, "", "  ")
	if err != nil {
		s.missing(w, r, err)
		return
	}
	public.Everybody(w)
	s.press.Send(w, r, public.FileOf(body), "application/json", public.Minute)
}

// missing says that there is nothing of that name, or nothing now.
func (s *site) missing(w http.ResponseWriter, r *http.Request, err error) {
	if errors.Is(err, space.ErrUnknown) {
		s.refuse(w, r, http.StatusNotFound)
		return
	}
	s.Failed(r.Pattern, err)
	s.refuse(w, r, http.StatusServiceUnavailable)
}
