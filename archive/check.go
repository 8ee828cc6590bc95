package archive

import (
	"fmt"
	"strings"

	"isoloir/docs"
	"isoloir/record"
	"isoloir/scrutin"
	"isoloir/scrutin/note"
)

// maxSums is the size of the largest list of sums, in bytes.
const maxSums = 1 << 30

// Checked is what an archive that holds leaves to its reader.
type Checked struct {
	// OtherPage says that the archive carries another specification than this program: its index page was drawn by another version, and is not compared.
	OtherPage bool
	// Unadopted are the files of the dossier that no act of the bureau adopts, neither on the list of what is kept nor by themselves: anybody may have
	// added or changed them.
	Unadopted []string
}

// Check verifies an archive as such: sums, specification, the list of what is kept against the files and the act that adopted it, and the index page,
// which is drawn again. Of the export alone, as the portal gives it, there is nothing to verify here. Whether the export holds is for package audit.
func (r *Reader) Check() (*Checked, error) {
	if r.Export().folder == "" {
		return &Checked{}, nil
	}
	files, err := r.sums()
	if err != nil {
		return nil, err
	}
	p, err := r.parcel(files)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrKept, err)
	}
	if p.opening != nil && files[Specification].SHA256 != p.opening.Specification {
		return nil, fmt.Errorf("%w: %s is not the specification that the opening record names", ErrKept, Specification)
	}
	data, err := r.read(KeptList, note.MaxSize)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrKept, err)
	}
	kept, err := scrutin.Parse[Kept](string(data))
	if err != nil {
		return nil, fmt.Errorf("%w: %s: %w", ErrKept, KeptList, err)
	}
	if kept.Manifest != p.acts.manifest {
		return nil, fmt.Errorf("%w: %s is of the scrutin %s", ErrKept, KeptList, kept.Manifest)
	}
	if kept.Opening != p.acts.opening {
		return nil, fmt.Errorf("%w: %s is of the opening record %s, and the acts are of %s", ErrKept, KeptList, kept.Opening, p.acts.opening)
	}
	if err := kept.holds(p.acts.archive, p.acts.seq, files); err != nil {
		return nil, err
	}
	c := &Checked{OtherPage: files[Specification].SHA256 != scrutin.DigestOf(docs.Protocol), Unadopted: p.unadopted(kept)}
	if c.OtherPage {
		return c, nil
	}
	page, err := p.page()
	if err == nil && files[Index].SHA256 != scrutin.DigestOf(page) {
		err = fmt.Errorf("%w: %s is not the page that this program draws of these files: do not believe it; if another release made this archive, verify it with the one that was sealed", ErrKept, Index)
	}
	return c, err
}

// parcel is what the archive was made of, as far as its index page shows it.
func (r *Reader) parcel(files map[string]scrutin.File) (*Parcel, error) {
	p := &Parcel{files: files}
	read := func(path string) ([]byte, error) { return r.Export().Read(path, note.MaxSize) }
	var err error
	if p.manifest, p.acts, err = readActs(r.Export(), read); err != nil {
		return nil, err
	}
	if p.opening, err = optional[scrutin.Opening](read, record.Opening); err != nil {
		return nil, err
	}
	if p.result, err = optional[scrutin.Result](read, record.Result); err != nil {
		return nil, err
	}
	if p.together, err = together(read, p.manifest); err != nil {
		return nil, err
	}
	for _, name := range r.Names() {
		if name != Sums && name != Index && name != KeptList {
			p.items = append(p.items, item{file: files[name]})
		}
	}
	return p, nil
}

// unadopted are the names of the dossier's files that no act adopts.
func (p *Parcel) unadopted(kept *Kept) (names []string) {
	adopted := map[scrutin.Digest]bool{}
	for _, a := range p.acts.acts {
		for _, d := range a.Body.Adopts {
			adopted[d.SHA256] = true
		}
	}
	on := map[string]bool{}
	if !p.acts.archive.IsZero() {
		for _, f := range kept.Files {
			on[f.Path] = true
		}
	}
	for _, i := range p.items {
		if strings.HasPrefix(i.file.Path, dossierDir) && !on[i.file.Path] && !adopted[i.file.SHA256] {
			names = append(names, i.file.Path)
		}
	}
	return names
}

// sums verifies that every file but the list of sums stands on it, in its place and with its digest.
func (r *Reader) sums() (map[string]scrutin.File, error) {
	data, err := r.read(Sums, maxSums)
	if err != nil {
		return nil, err
	}
	files, rest := map[string]scrutin.File{}, string(data)
	for _, name := range r.Names() {
		if name == Sums {
			continue
		}
		f, err := record.Digest(r.Whole(), name)
		if err != nil {
			return nil, err
		}
		after, same := strings.CutPrefix(rest, fmt.Sprintf("%s  %s\n", f.SHA256, name))
		if !same {
			return nil, fmt.Errorf("%w: %s is not what %s says", ErrKept, name, Sums)
		}
		files[name], rest = f, after
	}
	if rest != "" {
		return nil, fmt.Errorf("%w: %s names files that are not there", ErrKept, Sums)
	}
	return files, nil
}
