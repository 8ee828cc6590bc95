package server

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"isoloir/bve/retention"
	"isoloir/record"
	"isoloir/scrutin"
)

// plan is what will be destroyed, by absolute paths: what runs before have written down, in the directory of any instance, and what is there now.
// Every instance's directory keeps it.
func (d *Destruction) plan() (*retention.Statement, error) {
	p := d.public.Procedure()
	s := &retention.Statement{Head: scrutin.Head{Manifest: d.public.Fingerprint}, Opening: p.Opening, Act: p.Last(), Role: d.role, Time: scrutin.TimeOf(d.now()),
		Erased: []retention.Erased{}, Elsewhere: d.elsewhere()}
	known := map[string]bool{}
	add := func(e retention.Erased) {
		if !known[e.Path] {
			known[e.Path], s.Erased = true, append(s.Erased, e)
		}
	}
	for _, i := range d.instances {
		before, err := d.planned(filepath.Join(i.place.Directory, destructionDir, planFile))
		if err != nil {
			return nil, err
		}
		for _, e := range before {
			add(e)
		}
	}
	secrets, err := d.secrets()
	if err != nil {
		return nil, err
	}
	rest, err := d.rest()
	if err != nil {
		return nil, err
	}
	for i, file := range append(secrets, rest...) {
		if known[file] || d.kept(file) {
			continue
		}
		e, err := found(file, i < len(secrets))
		if err != nil {
			return nil, err
		}
		if e != nil {
			add(*e)
		}
	}
	text, err := scrutin.Text(s)
	if err != nil {
		return nil, err
	}
	for _, i := range d.instances {
		dir := filepath.Join(i.place.Directory, destructionDir)
		if err := errors.Join(os.MkdirAll(dir, 0o700), record.WriteWhole(filepath.Join(dir, planFile), []byte(text))); err != nil {
			return nil, err
		}
	}
	return s, nil
}

// planned is what a run before has written down. ErrStale where that is of another destruction, or names what none of this role destroys.
func (d *Destruction) planned(path string) ([]retention.Erased, error) {
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	s, err := scrutin.Parse[retention.Statement](string(data))
	if err != nil {
		return nil, fmt.Errorf("%s: %w: %w", path, ErrStale, err)
	}
	if !d.public.owns(s, d.role) {
		return nil, fmt.Errorf("%s: %w", path, ErrStale)
	}
	for _, e := range s.Erased {
		if !d.reaches(e.Path) {
			return nil, fmt.Errorf("%s names %s: %w", path, e.Path, ErrStale)
		}
	}
	return s.Erased, nil
}

// found is a file as it will be named; nil where it is not there, ErrLinked for a link. Of a secret no digest is written: some can be guessed.
func found(path string, secret bool) (*retention.Erased, error) {
	info, err := os.Lstat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	if info.Mode()&fs.ModeSymlink != 0 {
		return nil, fmt.Errorf("%s: %w", path, ErrLinked)
	}
	e := &retention.Erased{Path: path, Size: info.Size()}
	if secret || !info.Mode().IsRegular() {
		return e, nil
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	h := sha256.New()
	_, err = io.Copy(h, f)
	e.SHA256 = scrutin.Digest(h.Sum(nil))
	return e, err
}

// relative is a path from the directory that keeps the statement, where it lies below it.
func (d *Destruction) relative(path string) string {
	if below(d.home(), path) {
		if r, err := filepath.Rel(d.home(), path); err == nil {
			return filepath.ToSlash(r)
		}
	}
	return path
}

// elsewhere is what this command cannot reach, as the statement says it.
func (d *Destruction) elsewhere() []string {
	out, c := []string{"old blocks of the medium, where it keeps any"}, d.instances[0]
	for _, name := range append(d.secretsOf(c), d.key()) {
		if vaulted(name) {
			out = append(out, name+": in the Vault, which its administrator rids of it (isoloir custody destroy)")
		}
	}
	if c.Age != nil && !slices.Contains(d.lastly(), c.Age.Identity) {
		out = append(out, "the age identity of this machine, which opens nothing any more that is left here")
	}
	if len(d.stores()) == 0 {
		out = append(out, "the PostgreSQL database: its administrator destroys the cluster with its media")
	}
	return append(out, "other copies of the backup key, and backups that were not made for it")
}
