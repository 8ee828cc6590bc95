package pages

import (
	_ "embed"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"net/http"
	"path"
	"strings"
	"time"

	"isoloir/portal/public"
	"isoloir/portal/words"
	"isoloir/record"
	"isoloir/scrutin"
	"isoloir/web"
)

//go:embed icon.svg
var icon []byte

// files adds what is no page and stands under no language.
func (s *Site) files() {
	for pattern, serve := range map[string]http.HandlerFunc{
		"/{$}":                s.root,
		"/icon.svg":           s.icon,
		"/guide/{name}":       s.shot,
		"/client/{path...}":   s.clientFile,
		"/documents/{digest}": s.document,
		"/record/{path...}":   s.recordFile,
		"/status":             s.status,
		"/export.tar":         s.export,
	} {
		s.mux.HandleFunc("GET "+pattern, serve)
		s.mux.HandleFunc(pattern, s.refuseMethod("GET, HEAD"))
	}
	for _, l := range words.Languages() {
		s.mux.HandleFunc("GET /"+string(l), func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "/"+string(l)+"/", http.StatusSeeOther)
		})
	}
}

// root leads to the language that the browser prefers.
func (s *Site) root(w http.ResponseWriter, r *http.Request) {
	w.Header().Add("Vary", "Accept-Language")
	http.Redirect(w, r, "/"+string(words.Preferred(r.Header.Get("Accept-Language")))+"/", http.StatusSeeOther)
}

func (s *Site) icon(w http.ResponseWriter, r *http.Request) {
	s.press.Send(w, r, public.FileOf(icon), "image/svg+xml", public.Day)
}

// clientFile serves a file of the browser client: what pages run, and what that is
// built from.
func (s *Site) clientFile(w http.ResponseWriter, r *http.Request) {
	from, shelf, name := s.config.Scrutin.Client(), &s.scripts, r.PathValue("path")
	if source, ok := strings.CutPrefix(name, "source/"); ok {
		from, shelf, name = web.Sources(), &s.sources, source
	}
	f, err := shelf.Read(from, name)
	if err != nil {
		s.Refuse(w, r, http.StatusNotFound)
		return
	}
	s.press.Send(w, r, f, web.ContentType(name), public.Checked)
}

// document serves a document that the manifest names, after its digest has been
// compared.
func (s *Site) document(w http.ResponseWriter, r *http.Request) {
	d, err := scrutin.ParseDigest(r.PathValue("digest"))
	doc := s.config.Scrutin.Manifest().Document(d)
	if err != nil || doc == nil {
		s.Refuse(w, r, http.StatusNotFound)
		return
	}
	data, err := fs.ReadFile(s.config.Scrutin.Documents(), d.String())
	if err == nil && scrutin.DigestOf(data) != d {
		err = errors.New("a document is not the one of the manifest: put the right file in its place")
	}
	if err != nil {
		s.config.Failed(r.Pattern, err)
		s.Refuse(w, r, http.StatusInternalServerError)
		return
	}
	kind := doc.Media
	if kind == "text/plain" {
		kind += "; charset=utf-8"
	}
	s.press.Send(w, r, public.File{Data: data, Digest: d}, kind, public.Forever)
}

// always are the parts of the record that are public from the beginning: nothing in
// them tells who has voted, or what. The urns' logs have a door of their own
// (docs/online.md, section 2).
var always = []string{record.Manifest, record.Opening, "acts/", "ceremony/", "enrolment/", "anonymisation/", "addenda/"}

// public says whether a file of the record may be seen now.
func (s *Site) public(name string) bool {
	for _, p := range always {
		if name == p || strings.HasSuffix(p, "/") && strings.HasPrefix(name, p) {
			return true
		}
	}
	return s.released()
}

func (s *Site) released() bool {
	return s.config.Scrutin.Progress().Released(s.config.Scrutin.Manifest(), s.config.Now())
}

// small is how many bytes of a text of the record are read at once, to be compressed:
// that of a manifest of the largest elections, not of the lists of all ballots.
const small = 4 << 20

// recordFile serves a file of the record's public part. What is not public yet is
// not there.
func (s *Site) recordFile(w http.ResponseWriter, r *http.Request) {
	name := r.PathValue("path")
	if !s.public(name) {
		s.Refuse(w, r, http.StatusNotFound)
		return
	}
	f, size, err := s.config.Scrutin.Record().Stream(name)
	switch {
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, record.ErrPath), errors.Is(err, record.ErrNotRegular):
		s.Refuse(w, r, http.StatusNotFound)
		return
	case err != nil:
		s.config.Failed(r.Pattern, err)
		s.Refuse(w, r, http.StatusInternalServerError)
		return
	}
	defer f.Close()
	if name == record.Manifest || name == record.Opening || ofAmendment(name) {
		public.Everybody(w)
	}
	kind := recordKind(name)
	if size <= small && kind != "application/octet-stream" {
		data, err := io.ReadAll(io.LimitReader(f, small))
		if err != nil {
			s.config.Failed(r.Pattern, err)
			s.Refuse(w, r, http.StatusInternalServerError)
			return
		}
		s.press.Send(w, r, public.FileOf(data), kind, public.Checked)
		return
	}
	w.Header().Set("Content-Type", kind)
	w.Header().Set("Cache-Control", "no-cache")
	patience(w, size)
	http.ServeContent(w, r, "", time.Time{}, f)
}

// ofAmendment says whether a note is one by which a device knows an amendment of the roll.
func ofAmendment(name string) bool {
	return strings.HasPrefix(name, "acts/") && strings.HasSuffix(name, "-"+scrutin.ActAddendum+".note") || strings.HasPrefix(name, "addenda/") && path.Base(name) == "roll.note"
}

func recordKind(name string) string {
	switch path.Ext(name) {
	case ".json":
		return "application/json"
	case ".csv":
		return "text/csv; charset=utf-8"
	case ".note":
		return "text/plain; charset=utf-8"
	}
	return "application/octet-stream"
}

// patience gives an answer of so many bytes half a minute, and a second for each
// 64 KiB, by the clock of the machine as connections do.
func patience(w http.ResponseWriter, size int64) {
	http.NewResponseController(w).SetWriteDeadline(time.Now().Add(30*time.Second + time.Duration(size>>16)*time.Second))
}

// Status is what /status says, for people and for scripts.
type Status struct {
	Phase  Phase        `json:"phase"`
	Open   scrutin.Time `json:"open"`
	Close  scrutin.Time `json:"close"`
	Ends   scrutin.Time `json:"ends"` // for those connected before close
	Server scrutin.Time `json:"server"`
	// Amendments are the paths of the acts that adopt amendments of the roll, in their
	// order.
	Amendments []string `json:"amendments"`
}

// amendments are those of the roll whose notes are in the record here.
func (s *Site) amendments(p Progress) []string {
	paths := p.Amendments()
	for i := range paths {
		f, _, err := s.config.Scrutin.Record().Stream(record.Amendment(i + 1))
		if err != nil {
			return paths[:i]
		}
		f.Close()
	}
	return paths
}

func (s *Site) status(w http.ResponseWriter, r *http.Request) {
	m, p, now := s.config.Scrutin.Manifest(), s.config.Scrutin.Progress(), s.config.Now()
	closes := scrutin.TimeOf(p.Closes(m))
	public.Everybody(w)
	w.Header().Set("Content-Type", "application/json")
	json.NewEncoder(w).Encode(Status{p.Phase(m, now), m.Schedule.Open, closes, scrutin.TimeOf(m.Schedule.Ends(closes)), scrutin.TimeOf(now), s.amendments(p)})
}
