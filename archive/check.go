package archive

import (
	"fmt"
	"strings"

	"isoloir/record"
	"isoloir/scrutin"
	"isoloir/scrutin/note"
)

// maxSums is the size of the largest list of sums, in bytes.
const maxSums = 1 << 30

// Check verifies an archive as such: sums, specification, and the list of what is kept against the files and the act that adopted it. Of the export
// alone, as the portal gives it, there is nothing to verify here. Whether the export holds is for package audit.
func (r *Reader) Check() error {
	if r.Export().folder == "" {
		return nil
	}
	files, err := r.sums()
	if err != nil {
		return err
	}
	read := func(path string) ([]byte, error) { return r.Export().Read(path, note.MaxSize) }
	_, acts, err := readActs(r.Export(), read)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrKept, err)
	}
	opening, err := optional[scrutin.Opening](read, record.Opening)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrKept, err)
	}
	if opening != nil && files[Specification].SHA256 != opening.Specification {
		return fmt.Errorf("%w: %s is not the specification that the opening record names", ErrKept, Specification)
	}
	data, err := r.read(KeptList, note.MaxSize)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrKept, err)
	}
	kept, err := scrutin.Parse[Kept](string(data))
	if err != nil {
		return fmt.Errorf("%w: %s: %w", ErrKept, KeptList, err)
	}
	if kept.Manifest != acts.manifest {
		return fmt.Errorf("%w: %s is of the scrutin %s", ErrKept, KeptList, kept.Manifest)
	}
	return kept.holds(acts.archive, acts.seq, files)
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
		f, err := digest(r.Whole(), name)
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
