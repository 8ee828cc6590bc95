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
	"strings"

	"isoloir/bve/retention"
	"isoloir/record"
	"isoloir/scrutin"
	"isoloir/server/config"
)

// plan is what will be destroyed: what a run before has written down, else what is there now.
func (d *Destruction) plan(path string) (*retention.Statement, error) {
	data, err := os.ReadFile(path)
	if err == nil {
		return scrutin.Parse[retention.Statement](string(data))
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	p := d.public.Procedure()
	s := &retention.Statement{Head: scrutin.Head{Manifest: d.public.Fingerprint}, Opening: p.Opening, Act: p.Last(), Role: d.role, Time: scrutin.TimeOf(d.now()),
		Erased: []retention.Erased{}, Elsewhere: d.elsewhere()}
	secrets, err := d.secrets()
	if err != nil {
		return nil, err
	}
	rest, err := d.rest(secrets)
	if err != nil {
		return nil, err
	}
	for i, file := range append(secrets, rest...) {
		e, err := d.found(file, i < len(secrets))
		if err != nil {
			return nil, err
		}
		if e != nil {
			s.Erased = append(s.Erased, *e)
		}
	}
	text, err := scrutin.Text(s)
	if err != nil {
		return nil, err
	}
	return s, record.WriteWhole(path, []byte(text))
}

// found is a file as it will be named; nil where it is not there. Of a secret no digest is written: some can be guessed.
func (d *Destruction) found(path string, secret bool) (*retention.Erased, error) {
	info, err := os.Lstat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	e := &retention.Erased{Path: d.relative(path), Size: info.Size()}
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

// relative is a path from the role's directory, where it lies below it.
func (d *Destruction) relative(path string) string {
	if below(d.place.Directory, path) {
		if r, err := filepath.Rel(d.place.Directory, path); err == nil {
			return filepath.ToSlash(r)
		}
	}
	return path
}

func (d *Destruction) absolute(path string) string {
	if filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(d.place.Directory, filepath.FromSlash(path))
}

// below says whether a path lies in a directory, or is it.
func below(dir, path string) bool {
	r, err := filepath.Rel(dir, path)
	return err == nil && r != ".." && !strings.HasPrefix(r, ".."+string(filepath.Separator))
}

// apart refuses a directory in which others have something.
func (d *Destruction) apart() error {
	others := []string{d.config.Record}
	for _, role := range []string{"roll", "urn", "issuer-a", "issuer-b", "portal", "bureau"} {
		if place, _, err := Place(d.config, role); err == nil && role != d.role {
			others = append(others, place.Directory)
		}
	}
	for _, o := range others {
		if below(d.place.Directory, o) {
			return fmt.Errorf("%w: %s", ErrWithin, o)
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

// named are the keys and secrets of a role beside the one that it signs by, as the configuration names them.
func (d *Destruction) named() (all []string) {
	c := d.config
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
	if a := d.place.AppRole; a != nil {
		all = append(all, a.RoleID, a.SecretID)
	}
	all = append(all, filepath.Join(d.place.Directory, integrityDir, rowsFile), filepath.Join(d.place.Directory, backupDir, backupIdentity))
	slices.Sort(all)
	return slices.DeleteFunc(slices.Compact(all), func(name string) bool { return name == "" })
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
func (d *Destruction) secrets() (all []string, err error) {
	batch := ""
	if d.role == "urn" {
		batch = d.config.Urn.BatchKeys
	} else if d.role == "roll" {
		batch = d.config.Roll.BatchKeys
	}
	if batch != "" {
		if all, err = files(batch); err != nil {
			return nil, err
		}
	}
	for _, name := range d.named() {
		if !vaulted(name) {
			all = append(all, name)
		}
	}
	return all, nil
}

// rest is the store, and whatever else lies in the role's directory, but the key that signs and what this command keeps itself.
func (d *Destruction) rest(secrets []string) ([]string, error) {
	var all []string
	if store := storeOf(d.config, d.role); store != "" {
		all = []string{store, store + "-wal", store + "-shm", store + "-journal"}
	}
	if i := map[string]*config.Issuer{"issuer-a": d.config.IssuerA, "issuer-b": d.config.IssuerB}[d.role]; i != nil && i.Outbox != "" {
		sent, err := files(i.Outbox)
		if err != nil {
			return nil, err
		}
		all = append(all, sent...)
	}
	here, err := files(d.place.Directory)
	if err != nil {
		return nil, err
	}
	for _, path := range here {
		own := path == storeKey(d.config, d.role) || path == filepath.Join(d.place.Directory, "lock") || below(filepath.Join(d.place.Directory, destructionDir), path)
		if !own && !slices.Contains(secrets, path) && !slices.Contains(all, path) {
			all = append(all, path)
		}
	}
	return all, nil
}

// files are all files below a directory, links too; none where there is no such directory.
func files(dir string) (all []string, err error) {
	err = filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err == nil && !e.IsDir() {
			all = append(all, path)
		}
		return err
	})
	return all, err
}

// elsewhere is what this command cannot reach, as the statement says it.
func (d *Destruction) elsewhere() []string {
	out := []string{"old blocks of the medium, where it keeps any"}
	for _, name := range append(d.named(), storeKey(d.config, d.role)) {
		if vaulted(name) {
			out = append(out, name+": in the Vault, whose administrator disables the mount")
		}
	}
	if d.config.Age != nil {
		out = append(out, "the age identity of this machine, which opens nothing any more that is left here")
	}
	if storeOf(d.config, d.role) == "" {
		out = append(out, "the PostgreSQL database: its administrator destroys the cluster with its media")
	}
	return append(out, "other copies of the backup key, and backups that were not made for it")
}
