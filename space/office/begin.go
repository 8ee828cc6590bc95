package office

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"isoloir/account"
	"isoloir/record"
	"isoloir/scrutin"
	"isoloir/scrutin/note"
	"isoloir/space"
)

// unfinished begins the names of directories that are being written.
const unfinished = ".partial-"

// place is where a consultation's record begins, and prepared where it waits for the store.
func (w *works) place(id string) string { return filepath.Join(w.dir, consultedDir, id) }
func (w *works) prepared(id string, f scrutin.Digest) string {
	return w.place(id) + "." + f.String()
}

// Prepare implements space.Works. What is there of this fingerprint already was whole.
func (w *works) Prepare(_ context.Context, id string, s *space.Sealed, files []space.File) (err error) {
	if _, err := os.Lstat(w.place(id)); err == nil {
		return space.Problems{{Field: "ground", Code: "other-record", Args: []any{id}}}
	} else if !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	above := filepath.Join(w.dir, consultedDir)
	if err := os.MkdirAll(above, 0o700); err != nil {
		return err
	}
	dir, err := os.MkdirTemp(above, unfinished+id+"-")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.RemoveAll(dir))
		}
	}()
	if err := w.write(dir, id, s, files); err != nil {
		return err
	}
	err = os.Rename(dir, w.prepared(id, s.Fingerprint))
	if errors.Is(err, fs.ErrExist) {
		return os.RemoveAll(dir)
	}
	return errors.Join(err, durable(above))
}

// write writes all that a consultation begins from.
func (w *works) write(dir, id string, s *space.Sealed, files []space.File) error {
	documents := filepath.Join(dir, "documents")
	if err := os.Mkdir(documents, 0o700); err != nil {
		return err
	}
	for _, f := range files {
		if err := record.WriteWhole(filepath.Join(documents, f.Digest.String()), f.Data); err != nil {
			return err
		}
	}
	if s.Manifest == nil {
		return record.WriteWhole(filepath.Join(dir, "draft.json"), s.Text)
	}
	out, err := record.Create(filepath.Join(dir, "record"))
	if err != nil {
		return err
	}
	err = errors.Join(out.Write(record.Manifest, s.Text), out.Write(scrutin.AdoptStanding, s.Ground.Standing.Text), w.held(out), w.listed(out, id, s.Ground))
	return errors.Join(err, out.Close(), durable(dir))
}

// Begin implements space.Works.
func (w *works) Begin(_ context.Context, id string, f scrutin.Digest) error {
	above := filepath.Join(w.dir, consultedDir)
	if _, err := os.Lstat(w.place(id)); errors.Is(err, fs.ErrNotExist) {
		if err := os.Rename(w.prepared(id, f), w.place(id)); err != nil {
			return fmt.Errorf("the record of %s does not begin: %w", id, err)
		}
		if err := durable(above); err != nil {
			return err
		}
	} else if err != nil {
		return err
	}
	var failed []error
	for _, rest := range []string{id + ".*", unfinished + id + "-*"} {
		left, err := filepath.Glob(filepath.Join(above, rest))
		failed = append(failed, err)
		for _, dir := range left {
			failed = append(failed, os.RemoveAll(dir))
		}
	}
	return errors.Join(failed...)
}

// durable makes the names in a directory durable.
func durable(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// held copies what the standing bureau's ceremony left.
func (w *works) held(out *record.Writer) error {
	in, err := w.open(standingDir)
	if err != nil || in == nil {
		return err
	}
	defer in.Close()
	paths, err := in.List()
	if err != nil {
		return err
	}
	for _, path := range paths {
		if !strings.HasPrefix(path, "ceremony/") {
			continue
		}
		data, err := in.Read(path, 1<<31)
		if err == nil {
			err = out.Write(path, data)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// listed copies the register's list of accounts, each file of which is the one that the sealed
// list names: Problems otherwise.
func (w *works) listed(out *record.Writer, id string, g *space.Ground) error {
	changed := space.Problems{{Field: space.GroundList, Code: "changed-list"}}
	in, err := w.open(listsDir, id)
	if err != nil {
		return err
	}
	if in == nil {
		return changed
	}
	defer in.Close()
	register := g.Parties.Platform.Roll
	copied := func(path string, max int64, is func([]byte) bool) error {
		if !in.Exists(path) {
			return changed
		}
		data, err := in.Read(path, max)
		if err != nil {
			return err
		}
		if !is(data) {
			return changed
		}
		return out.Write(path, data)
	}
	if err := copied(record.Enrolment(register.ID), note.MaxSize, func(data []byte) bool {
		_, list, err := account.OpenSnapshot(data, register.Verifier())
		return err == nil && list == g.List
	}); err != nil {
		return err
	}
	for _, u := range g.Snapshot.Urns {
		if err := copied(record.EnrolmentKeys(u.Urn, register.ID), 1<<31, func(data []byte) bool { return scrutin.DigestOf(data) == u.Keys }); err != nil {
			return err
		}
	}
	return nil
}
