package pages

import (
	"net/http"

	"isoloir/archive/ustar"
)

// export sends the sealed export as one tar file, whose bytes follow from the files
// alone: paths in ascending order, no owner, no date.
func (s *Site) export(w http.ResponseWriter, r *http.Request) {
	if !s.released() {
		s.Refuse(w, r, http.StatusNotFound)
		return
	}
	files := s.config.Scrutin.Record()
	paths, err := files.List()
	if err != nil {
		s.config.Failed(r.Pattern, err)
		s.Refuse(w, r, http.StatusInternalServerError)
		return
	}
	h := w.Header()
	h.Set("Content-Type", "application/x-tar")
	h.Set("Content-Disposition", `attachment; filename="export.tar"`)
	if r.Method == http.MethodHead {
		return
	}
	out := ustar.NewWriter(w)
	for _, name := range paths {
		if err := s.pack(w, out, files, name); err != nil {
			s.config.Failed(r.Pattern, err)
			panic(http.ErrAbortHandler) // half a file must not look like a whole one
		}
	}
	out.Close()
}

func (s *Site) pack(w http.ResponseWriter, out *ustar.Writer, files Files, name string) error {
	f, size, err := files.Stream(name)
	if err != nil {
		return err
	}
	defer f.Close()
	patience(w, size)
	return out.Add(name, size, f)
}
