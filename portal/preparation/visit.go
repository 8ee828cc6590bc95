package preparation

import (
	"errors"
	"io/fs"
	"net/http"
	"path"
	"slices"
	"time"

	"isoloir/bve/prepare"
	"isoloir/portal/words"
	"isoloir/scrutin"
)

// A visit is one request, with the folder as it stands.
type visit struct {
	*words.Speaker
	path     string // after the language
	prepared *prepare.Prepared
	err      error // why it makes no manifest yet; nil if it does
	r        *http.Request
	s        *Site
}

func (s *Site) visit(r *http.Request, l words.Language) *visit {
	v := &visit{Speaker: s.words.In(l), path: r.URL.Path[len("/")+len(l):], r: r, s: s}
	v.prepared, v.err = prepare.Draft(s.dir)
	return v
}

// href is the address of a page in the language of the visit.
func (v *visit) href(path string) string { return "/" + string(v.Language()) + path }

// draft is the manifest as far as the folder has one; nil if it has none.
func (v *visit) draft() *scrutin.Manifest {
	if v.prepared == nil {
		return nil
	}
	return v.prepared.Manifest
}

// shown is the scrutin as far as it is written.
func (v *visit) shown() Shown {
	zone, err := time.LoadLocation(v.draft().Schedule.Zone)
	if err != nil {
		zone = time.UTC
	}
	return Shown{Speaker: v.Speaker, Manifest: v.draft(), Zone: zone, Documents: true}
}

// kind is the key that says whether what is prepared is to count.
func (v *visit) kind() string {
	if v.draft() != nil && v.draft().Scrutin.Kind == scrutin.Real {
		return "members.real"
	}
	return "members.rehearsal"
}

// wrong are the mistakes of the folder: of its files first, and once these are right of what they say together.
func (v *visit) wrong() (all []string) {
	var mistakes prepare.Mistakes
	var problems scrutin.Problems
	language := string(v.Language())
	switch {
	case errors.As(v.err, &mistakes):
		for _, m := range mistakes {
			all = append(all, v.Typeset(m.Sentence(language)))
		}
	case errors.As(v.err, &problems):
		for _, p := range problems {
			all = append(all, v.Typeset(p.Sentence(language)))
		}
	case v.err != nil:
		all = []string{v.err.Error()}
	}
	return all
}

// A listed is a file of the folder; Size is -1 of one that is not there.
type listed struct {
	Name string
	Size int64
}

// tables are the three files that people write.
func (v *visit) tables() (all []listed) {
	for _, name := range []string{prepare.File, prepare.Urns, prepare.Options} {
		l := listed{name, -1}
		if info, err := fs.Stat(v.s.dir, name); err == nil {
			l.Size = info.Size()
		}
		all = append(all, l)
	}
	return all
}

// under are the files of a folder of the folder, by name.
func (v *visit) under(dir string) (all []listed) {
	entries, err := fs.ReadDir(v.s.dir, dir)
	if err != nil {
		return nil
	}
	for _, e := range entries {
		if info, err := e.Info(); err == nil && !e.IsDir() {
			all = append(all, listed{path.Join(dir, e.Name()), info.Size()})
		}
	}
	slices.SortFunc(all, func(a, b listed) int { return slices.Compare([]byte(a.Name), []byte(b.Name)) })
	return all
}

// why says what is wrong in a line.
func (v *visit) why(m prepare.Mistake) string { return v.Typeset(m.Why(string(v.Language()))) }

// asked is the urn that the preview is to show; nil where there is none.
func (v *visit) asked() *scrutin.Urn {
	m := v.draft()
	if m == nil || len(m.Urns) == 0 {
		return nil
	}
	if u, known := m.Urn(v.r.FormValue("urne")); known {
		return u
	}
	return &m.Urns[0]
}
