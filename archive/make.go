package archive

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"strings"

	"isoloir/archive/ustar"
	"isoloir/docs"
	"isoloir/mixte"
	"isoloir/record"
	"isoloir/scrutin"
	"isoloir/scrutin/note"
	"isoloir/timestamp"
)

// ErrSpecification says that this program carries another specification than the opening record names.
var ErrSpecification = errors.New("the opening record names another version of the specification than this program has: make the archive with the release that was sealed")

// A Parcel is all that goes into an archive.
type Parcel struct {
	items    []item
	files    map[string]scrutin.File
	manifest *scrutin.Manifest
	acts     *adoption
	opening  *scrutin.Opening // nil for a vote that was never opened
	result   *scrutin.Result  // nil where nothing was counted
	together []*mixte.Statement
	dossier  *os.Root
}

// Gather looks through an export and, unless it is "", the directory of the dossier. Close ends it.
func Gather(export *record.Reader, dossierPath string) (_ *Parcel, err error) {
	p := &Parcel{files: map[string]scrutin.File{}}
	defer func() {
		if err != nil {
			p.Close()
		}
	}()
	read := func(path string) ([]byte, error) { return export.Read(path, note.MaxSize) }
	if p.manifest, p.acts, err = readActs(export, read); err != nil {
		return nil, err
	}
	if p.opening, err = optional[scrutin.Opening](read, record.Opening); err != nil {
		return nil, err
	}
	if p.opening != nil && p.opening.Specification != scrutin.DigestOf(docs.Protocol) {
		return nil, ErrSpecification
	}
	if p.result, err = optional[scrutin.Result](read, record.Result); err != nil {
		return nil, err
	}
	if p.together, err = together(read, p.manifest); err != nil {
		return nil, err
	}
	if p.items, err = items(export, exportDir); err != nil {
		return nil, err
	}
	if dossierPath != "" {
		if p.dossier, err = os.OpenRoot(dossierPath); err != nil {
			return nil, err
		}
		papers, err := items(dossier{p.dossier}, dossierDir)
		if err != nil {
			return nil, err
		}
		p.items = append(p.items, papers...)
	}
	certificates, err := certificates(export)
	if err != nil {
		return nil, err
	}
	p.items = append(append(p.items, certificates...), made(docs.Protocol).item(Specification), made(software(p.opening, p.acts)).item(Software))
	p.index()
	return p, nil
}

func (p *Parcel) index() {
	slices.SortFunc(p.items, func(a, b item) int { return cmp.Compare(a.file.Path, b.file.Path) })
	for _, i := range p.items {
		p.files[i.file.Path] = i.file
	}
}

// Close ends the use of the dossier.
func (p *Parcel) Close() error {
	if p.dossier == nil {
		return nil
	}
	return p.dossier.Close()
}

// Kept is the list of what is kept, of all that is there now: what a bureau adopts that has not adopted any.
func (p *Parcel) Kept() *Kept {
	k := &Kept{Head: scrutin.Head{Manifest: p.acts.manifest}, Opening: p.acts.opening}
	k.Record = k.Kind()
	for _, i := range p.items {
		if listed(i.file.Path, p.acts.seq) {
			k.Files = append(k.Files, i.file)
		}
	}
	return k
}

// Write writes the archive: the bytes follow from what it holds. Kept is the list that the bureau adopted; nil for all that is there. ErrKept where
// that is not what is there, or not what was adopted.
func (p *Parcel) Write(out io.Writer, kept *Kept) error {
	if kept == nil {
		kept = p.Kept()
	}
	if err := kept.holds(p.acts.archive, p.acts.seq, p.files); err != nil {
		return err
	}
	text, err := scrutin.Text(kept)
	if err != nil {
		return err
	}
	page, err := p.page()
	if err != nil {
		return err
	}
	all := &Parcel{items: append(slices.Clone(p.items), made(text).item(KeptList), made(page).item(Index)), files: map[string]scrutin.File{}}
	all.index()
	var sums strings.Builder
	for _, i := range all.items {
		fmt.Fprintf(&sums, "%s  %s\n", i.file.SHA256, i.file.Path)
	}
	w := ustar.NewWriter(out)
	for _, i := range append([]item{made(sums.String()).item(Sums)}, all.items...) {
		if err := i.write(w); err != nil {
			return err
		}
	}
	return w.Close()
}

func (i item) write(w *ustar.Writer) error {
	f, err := i.open()
	if err != nil {
		return err
	}
	defer f.Close()
	return w.Add(i.file.Path, i.file.Size, f)
}

// optional reads a record of the export that may not be there. Its signatures are for package audit to verify.
func optional[T any, P interface {
	*T
	scrutin.Record
}](read func(path string) ([]byte, error), path string) (*T, error) {
	data, err := read(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	text, err := note.Text(data)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return scrutin.Parse[T, P](text)
}

// together are the statements on what members and citizens have decided, the provisional one where there is no
// definitive one; a question without any is left out.
func together(read func(path string) ([]byte, error), m *scrutin.Manifest) (all []*mixte.Statement, err error) {
	if !m.Weight.IsMixed() {
		return nil, nil
	}
	for _, q := range m.Questions {
		for _, path := range []string{record.Mixte(q.ID), record.MixteProvisional(q.ID)} {
			data, err := read(path)
			if errors.Is(err, fs.ErrNotExist) {
				continue
			}
			text, broken := note.Text(data)
			if err = errors.Join(err, broken); err != nil {
				return nil, fmt.Errorf("%s: %w", path, err)
			}
			s, err := mixte.Read(text)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", path, err)
			}
			all = append(all, s)
			break
		}
	}
	return all, nil
}

// certificates are those of the export's timestamps, each once, by the digest of its DER.
func certificates(export *record.Reader) (all []item, err error) {
	paths, err := export.List()
	if err != nil {
		return nil, err
	}
	known := map[string]bool{}
	for _, p := range paths {
		if !strings.HasSuffix(p, ".tsr") {
			continue
		}
		data, err := export.Read(p, timestamp.MaxSize)
		if err != nil {
			return nil, err
		}
		token, err := timestamp.Parse(data)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", p, err)
		}
		for _, c := range token.Certificates {
			name := certificateDir + scrutin.DigestOf(c.Raw).String() + ".cer"
			if !known[name] {
				known[name] = true
				all = append(all, made(c.Raw).item(name))
			}
		}
	}
	return all, nil
}

// software are the digests that the bureau sealed, and those of every update since.
func software(o *scrutin.Opening, a *adoption) []byte {
	var out bytes.Buffer
	if o != nil {
		fmt.Fprintf(&out, "%s  software\n%s  specification\n%s  client\n", o.Software, o.Specification, o.Client)
	}
	for _, act := range a.acts {
		for _, d := range act.Body.Adopts {
			if d.Path == scrutin.AdoptSoftware || d.Path == scrutin.AdoptClient {
				fmt.Fprintf(&out, "%s  %s, act %d\n", d.SHA256, d.Path, act.Seq)
			}
		}
	}
	return out.Bytes()
}
