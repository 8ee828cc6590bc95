package preparation

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"isoloir/bve/prepare"
	"isoloir/record"
	"isoloir/scrutin"
	"isoloir/scrutin/canon"
)

// folder shows what stands in the folder, and what is wrong in it.
func (s *Site) folder(v *visit) (view, error) {
	return view{title: v.Say("folder.title"), body: folderPage(v, nil)}, nil
}

// A refused is a file that was not taken, with its mistakes and, of a table, the lines themselves.
type refused struct {
	Name     string
	Mistakes prepare.Mistakes
	lines    []string
}

// text is what stands in the line of a mistake.
func (r refused) text(m prepare.Mistake) string {
	if m.Line < 1 || m.Line > len(r.lines) {
		return ""
	}
	return r.lines[m.Line-1]
}

// bring takes files into the folder, each whole or not at all: one that has mistakes stays outside.
func (s *Site) bring(v *visit) (view, error) {
	if err := v.r.ParseMultipartForm(kept); err != nil {
		return view{}, errNoPage
	}
	defer v.r.MultipartForm.RemoveAll()
	var left []refused
	for _, header := range v.r.MultipartForm.File["files"] {
		file, err := header.Open()
		if err != nil {
			return view{}, err
		}
		data, err := io.ReadAll(file)
		if err = errors.Join(err, file.Close()); err != nil {
			return view{}, err
		}
		refusal, err := s.take(header.Filename, data)
		if err != nil {
			return view{}, err
		}
		if len(refusal.Mistakes) > 0 {
			left = append(left, refusal)
		}
	}
	if len(left) == 0 {
		return view{redirect: "/"}, nil
	}
	v = s.visit(v.r, v.Language())
	v.path = "/"
	return view{title: v.Say("folder.title"), status: http.StatusUnprocessableEntity, body: folderPage(v, left)}, nil
}

// take puts one file in its place, if nothing is wrong in it.
func (s *Site) take(called string, data []byte) (refused, error) {
	name, err := prepare.Place(called, data)
	if err != nil {
		var m prepare.Mistake
		if errors.As(err, &m) {
			return refused{Name: called, Mistakes: prepare.Mistakes{m}}, nil
		}
		return refused{}, err
	}
	if found := prepare.Judge(s.dir, name, data); len(found) > 0 {
		r := refused{Name: called, Mistakes: found}
		if name == prepare.File || path.Ext(name) == ".csv" {
			r.lines = strings.Split(strings.ReplaceAll(string(data), "\r\n", "\n"), "\n")
		}
		return r, nil
	}
	to := filepath.Join(s.Folder, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
		return refused{}, err
	}
	return refused{}, record.WriteWhole(to, data)
}

// remove takes a document, a card or a key out of the folder.
func (s *Site) remove(v *visit) (view, error) {
	name := v.r.PostFormValue("file")
	there := func(l listed) bool { return l.Name == name }
	if !slices.ContainsFunc(v.under(prepare.Documents), there) && !slices.ContainsFunc(v.under(prepare.Keys), there) {
		return view{}, errNoPage
	}
	return view{redirect: "/"}, os.Remove(filepath.Join(s.Folder, filepath.FromSlash(name)))
}

// draw makes the public draw of the order of display before the room; nothing is kept yet.
func (s *Site) draw(v *visit) (view, error) {
	return s.drawing(v, v.r.FormValue("date"), strings.TrimSpace(v.r.FormValue("mots")), http.StatusOK)
}

func (s *Site) drawing(v *visit, date, words string, status int) (view, error) {
	var d *Redrawn
	if m := v.draft(); m != nil && words != "" {
		if d = Redraw(m, date, words); d.Err == nil {
			d.Order(m)
			d = Redraw(m, date, words)
		}
	}
	return view{title: v.Say("draw.title"), status: status, body: drawPage(v, date, words, d)}, nil
}

// keepDraw writes the draw into the folder's file.
func (s *Site) keepDraw(v *visit) (view, error) {
	date, words := v.r.PostFormValue("date"), v.r.PostFormValue("mots")
	d, err := prepare.Drawn(date, words)
	if _, day := time.Parse(time.DateOnly, date); err != nil || day != nil {
		return s.drawing(v, date, words, http.StatusUnprocessableEntity)
	}
	file, err := fs.ReadFile(s.dir, prepare.File)
	if err != nil {
		return view{}, errNoPage
	}
	text, err := prepare.Redrawn(file, d)
	if err != nil {
		return view{redirect: "/"}, nil // the first page says what is wrong in the file
	}
	return view{redirect: "/tirage"}, record.WriteWhole(filepath.Join(s.Folder, prepare.File), text)
}

// preview shows the ballot of an urn as the voter will see it.
func (s *Site) preview(v *visit) (view, error) {
	urn := v.asked()
	if urn == nil {
		return view{title: v.Say("preview.title"), body: plainly(v, "folder.nothing-yet")}, nil
	}
	data, err := canon.Marshal(v.draft())
	if err != nil {
		return view{}, err
	}
	return view{title: v.Say("preview.title"), body: v.shown().Ballot(urn, string(data), v.href("/apercu"), v.href("/")), scripts: []string{"preview.js"}, sentences: []string{"vote.say."}, bare: true}, nil
}

// place is where the manifest that the folder makes is written: beside all that were made before.
func (v *visit) place() string {
	return filepath.Join(v.s.Folder, "manifests", v.prepared.Fingerprint.String()[:16])
}

// made says whether it stands there.
func (v *visit) made() bool {
	_, err := os.Stat(filepath.Join(v.place(), record.Manifest))
	return v.err == nil && err == nil
}

// manifest shows what the folder makes, to be read once more by those who will sign it.
func (s *Site) manifest(v *visit) (view, error) {
	return view{title: v.Say("folder.manifest"), body: manifestPage(v)}, nil
}

// produce writes it, once.
func (s *Site) produce(v *visit) (view, error) {
	if v.err == nil && !v.made() {
		if err := v.prepared.Write(s.dir, v.place()); err != nil && !errors.Is(err, prepare.ErrTaken) {
			return view{}, err
		}
	}
	return view{redirect: "/manifeste"}, nil
}

func (s *Site) download(v *visit) (view, error) {
	if !v.made() {
		return view{}, errNoPage
	}
	return view{serve: func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Content-Disposition", fmt.Sprintf("attachment; filename=%q", record.Manifest))
		w.Write(v.prepared.Bytes)
	}}, nil
}

// document is one of the folder, by its digest.
func (s *Site) document(w http.ResponseWriter, r *http.Request) {
	d, err := scrutin.ParseDigest(r.PathValue("digest"))
	p, _ := prepare.Draft(s.dir)
	name, known := p.Documents[d]
	if err != nil || !known {
		s.refuse(w, r, http.StatusNotFound)
		return
	}
	data, err := fs.ReadFile(s.dir, name)
	if err != nil {
		s.refuse(w, r, http.StatusNotFound)
		return
	}
	kind := "application/pdf"
	if strings.EqualFold(path.Ext(name), ".txt") {
		kind = "text/plain; charset=utf-8"
	}
	w.Header().Set("Content-Type", kind)
	w.Write(data)
}
