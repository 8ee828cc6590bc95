package server

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"isoloir/server/config"
)

// below says whether a path lies in a directory, or is it.
func below(dir, path string) bool {
	r, err := filepath.Rel(dir, path)
	return err == nil && r != ".." && !strings.HasPrefix(r, ".."+string(filepath.Separator))
}

// apart refuses a directory in which others have something.
func (d *Destruction) apart() error {
	var others []string
	for _, i := range d.instances {
		others = append(others, i.Record)
		for _, role := range Names {
			if place, _, err := Place(i.Config, role); err == nil && role != d.role {
				others = append(others, place.Directory)
			}
		}
	}
	for _, o := range others {
		real, err := filepath.EvalSymlinks(o)
		for _, i := range d.instances {
			if below(i.place.Directory, o) || err == nil && below(i.place.Directory, real) {
				return fmt.Errorf("%w: %s", ErrWithin, o)
			}
		}
	}
	return nil
}

// straight refuses links among what the configuration names: what they lead to would stay.
func (d *Destruction) straight() error {
	for _, path := range slices.Concat(d.roots(), d.named(), d.stores(), d.lastly()) {
		real, err := filepath.EvalSymlinks(path)
		if errors.Is(err, fs.ErrNotExist) {
			if _, err := os.Lstat(path); errors.Is(err, fs.ErrNotExist) {
				continue
			}
		} else if err != nil {
			return err
		}
		if real != filepath.Clean(path) {
			return fmt.Errorf("%s: %w", path, ErrLinked)
		}
	}
	return nil
}

// storeKey is the name of a role's signing key; empty for what is no role with one.
func storeKey(c *config.Config, role string) string {
	switch role {
	case "roll":
		return c.Roll.Key
	case "urn":
		return c.Urn.Key
	case "issuer-a":
		return c.IssuerA.Key
	case "issuer-b":
		return c.IssuerB.Key
	case "bureau":
		return c.Bureau.Key
	}
	return ""
}

// vaulted says whether a key is no file of this machine.
func vaulted(name string) bool {
	_, in := config.InVault(name)
	return in
}

// onDisk are those names that are files of this machine, each once.
func onDisk(names []string) []string {
	slices.Sort(names)
	return slices.DeleteFunc(slices.Compact(names), func(name string) bool { return name == "" || vaulted(name) })
}

// secretsOf are the keys and secrets of an instance beside the one that it signs by, as the configuration names them.
func (d *Destruction) secretsOf(c instance) (all []string) {
	switch d.role {
	case "roll":
		l := c.Roll.Links
		all = []string{c.Roll.Challenges, l.Fate, l.DepositA, l.DepositB, l.NotifyA, l.NotifyB, l.Bureau, c.Roll.Rows, c.Roll.Postgres}
	case "urn":
		all = []string{c.Urn.Links.Fate, c.Urn.Links.Bureau, c.Urn.Rows, c.Urn.Postgres}
	case "issuer-a":
		all = issuerSecrets(c.IssuerA)
	case "issuer-b":
		all = issuerSecrets(c.IssuerB)
	case "bureau":
		l := c.Bureau.Links
		all = []string{l.Roll, l.Urn, l.IssuerA, l.IssuerB, c.Bureau.Postgres}
	}
	return append(all, filepath.Join(c.place.Directory, integrityDir, rowsFile), filepath.Join(c.place.Directory, backupDir, backupIdentity))
}

// named are the files of all keys and secrets that go before the key that signs.
func (d *Destruction) named() (all []string) {
	for _, i := range d.instances {
		all = append(all, d.secretsOf(i)...)
	}
	return onDisk(all)
}

// lastly are the files that go when the statement is signed, in this order: a run that was cut needs them again. An age identity that lies outside of
// the role's directories may be others' too, and stays.
func (d *Destruction) lastly() (all []string) {
	for _, i := range d.instances {
		if a := i.place.AppRole; a != nil {
			all = append(all, a.RoleID, a.SecretID)
		}
		if i.Age != nil && slices.ContainsFunc(d.instances, func(o instance) bool { return below(o.place.Directory, i.Age.Identity) }) {
			all = append(all, i.Age.Identity)
		}
	}
	return append(onDisk([]string{d.key()}), onDisk(all)...)
}

// kept says whether a file is one that goes last, or what this command keeps itself.
func (d *Destruction) kept(path string) bool {
	return slices.Contains(d.lastly(), path) || slices.ContainsFunc(d.instances, func(i instance) bool {
		return path == filepath.Join(i.place.Directory, lockFile) || below(filepath.Join(i.place.Directory, destructionDir), path)
	})
}

// batches are the directories of batch keys, and roots all directories of which nothing stays.
func (d *Destruction) batches() (all []string) {
	for _, i := range d.instances {
		switch d.role {
		case "urn":
			all = append(all, i.Urn.BatchKeys)
		case "roll":
			all = append(all, i.Roll.BatchKeys)
		}
	}
	return onDisk(all)
}

func (d *Destruction) roots() []string {
	all := d.batches()
	for _, i := range d.instances {
		all = append(all, i.place.Directory)
		switch d.role {
		case "issuer-a":
			all = append(all, i.IssuerA.Outbox)
		case "issuer-b":
			all = append(all, i.IssuerB.Outbox)
		}
	}
	return onDisk(all)
}

// stores are the files of SQLite, with their journals.
func (d *Destruction) stores() (all []string) {
	for _, i := range d.instances {
		if store := storeOf(i.Config, d.role); store != "" {
			all = append(all, store, store+"-wal", store+"-shm", store+"-journal")
		}
	}
	return all
}

// reaches says whether a file is one that this destruction may find.
func (d *Destruction) reaches(path string) bool {
	in := slices.ContainsFunc(d.roots(), func(dir string) bool { return below(dir, path) })
	return path == filepath.Clean(path) && !d.kept(path) && (in || slices.Contains(d.named(), path) || slices.Contains(d.stores(), path))
}

func issuerSecrets(i *config.Issuer) []string {
	all := []string{i.Secret, i.Links.Deposit, i.Links.Notify, i.Links.Bureau}
	if i.Email != nil {
		all = append(all, i.Email.Password)
	}
	if i.SMS != nil {
		all = append(all, i.SMS.Key)
	}
	return all
}

// secrets are the files that hold keys and secrets, batch keys first.
func (d *Destruction) secrets() ([]string, error) {
	all, err := files(d.batches()...)
	return append(all, d.named()...), err
}

// rest is the store, and whatever else lies in the role's directories.
func (d *Destruction) rest() ([]string, error) {
	all, err := files(d.roots()...)
	return append(d.stores(), all...), err
}

// files are all files below directories, links too; none where there is no such directory.
func files(dirs ...string) (all []string, err error) {
	for _, dir := range dirs {
		err = errors.Join(err, filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
			if errors.Is(err, fs.ErrNotExist) {
				return nil
			}
			if err == nil && !e.IsDir() {
				all = append(all, path)
			}
			return err
		}))
	}
	return all, err
}
