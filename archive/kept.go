package archive

import (
	"fmt"
	"strings"

	"isoloir/record"
	"isoloir/scrutin"
)

// Kept is the list of what is kept under seal. The act archive adopts the digest of its text.
type Kept struct {
	scrutin.Head
	// Opening is o; zero for a vote that was never opened.
	Opening scrutin.Digest `json:"opening"`
	Files   []scrutin.File `json:"files" validate:"min=1,dive"`
}

// Kind implements scrutin.Record.
func (*Kept) Kind() string { return scrutin.Version + "/archive" }

// OpeningDigest is o.
func (k *Kept) OpeningDigest() scrutin.Digest { return k.Opening }

// Check implements the check of a record.
func (k *Kept) Check() error { return (&scrutin.Contents{Files: k.Files}).Check() }

// listed says whether the list of what is kept names a file of an archive, where the act archive has the number seq, or 0 while there is none.
func listed(name string, seq int) bool {
	switch {
	case name == Software, name == Specification:
		return true
	case strings.HasPrefix(name, exportDir+"after/"):
		var n int
		_, err := fmt.Sscanf(strings.TrimPrefix(name, exportDir+"after/"), "%04d-", &n)
		return err == nil && (seq == 0 || n < seq)
	}
	return strings.HasPrefix(name, exportDir) || strings.HasPrefix(name, dossierDir) || strings.HasPrefix(name, certificateDir)
}

// later says whether a file may be in an archive that came after its list.
func later(name string) bool {
	return strings.HasPrefix(name, dossierDir) || strings.HasPrefix(name, exportDir+"after/") || name == Sums || name == Index || name == KeptList
}

// holds says why an archive of these files is not the one that was listed, where the bureau adopted the list under this digest (zero: it has not yet).
func (k *Kept) holds(adopted scrutin.Digest, seq int, files map[string]scrutin.File) error {
	text, err := scrutin.Text(k)
	if err != nil {
		return err
	}
	if d := scrutin.TextDigest(text); !adopted.IsZero() && d != adopted {
		return fmt.Errorf("%w: the list of what is kept has the digest %s, and the bureau adopted %s", ErrKept, d, adopted)
	}
	on := map[string]bool{}
	for _, f := range k.Files {
		if files[f.Path] != f || !listed(f.Path, seq) {
			return fmt.Errorf("%w: %s is on the list, and is not there, or not as it was", ErrKept, f.Path)
		}
		on[f.Path] = true
	}
	for name := range files {
		if !on[name] && (!later(name) || adopted.IsZero() && listed(name, seq)) {
			return fmt.Errorf("%w: %s is not on the list of what is kept", ErrKept, name)
		}
	}
	return nil
}

// An adoption is what the acts of an export say of its archive.
type adoption struct {
	manifest, opening scrutin.Digest
	archive           scrutin.Digest // of the list; zero while the act is not there
	seq               int            // number of that act
	acts              []*scrutin.Act
	last              scrutin.Digest
}

// readActs reads manifest and acts as they stand, in their order. Signatures are for package audit to verify.
func readActs(export source, read func(path string) ([]byte, error)) (*scrutin.Manifest, *adoption, error) {
	data, err := read(record.Manifest)
	if err != nil {
		return nil, nil, err
	}
	a := &adoption{}
	m, f, err := scrutin.ParseManifest(data)
	if err != nil {
		return nil, nil, err
	}
	a.manifest = f
	paths, err := export.List()
	if err != nil {
		return nil, nil, err
	}
	for _, dir := range []string{"acts/", "after/"} {
		for _, p := range paths {
			if !strings.HasPrefix(p, dir) {
				continue
			}
			data, err := read(p)
			if err != nil {
				return nil, nil, err
			}
			act, digest, err := scrutin.ReadAct(data)
			if err != nil {
				return nil, nil, fmt.Errorf("%s: %w", p, err)
			}
			a.acts, a.last, a.opening = append(a.acts, act), digest, act.Opening
			if act.Type == scrutin.ActArchive && len(act.Body.Adopts) == 1 {
				a.archive, a.seq = act.Body.Adopts[0].SHA256, act.Seq
			}
		}
	}
	return m, a, nil
}
