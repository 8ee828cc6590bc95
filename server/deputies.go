package server

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"isoloir/custody/deputy"
	"isoloir/observe"
	"isoloir/record"
	"isoloir/scrutin"
	"isoloir/scrutin/note"
	"isoloir/server/config"
)

// deputiesDir is where a role keeps its deputies' certificates, below its directory.
const deputiesDir = "deputies"

// deputised has deputies sign what is said to voters where the role's own key is in a Vault, whose audit log would date every ballot. They are
// renewed when the role's keys are looked at.
func (r *Role) deputised(s Setting, p config.Place, key string, own note.Signer) (note.Signer, error) {
	if _, in := config.InVault(key); !in {
		return own, nil
	}
	dir := filepath.Join(p.Directory, deputiesDir)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	d, err := deputy.Open(deputy.Config{Own: own, Role: r.Name, Opening: s.Public.OpeningDigest, Now: s.Now, Withdrawn: s.Public.withdrawn,
		Keep: func(name string, certificate []byte) error {
			return record.WriteWhole(filepath.Join(dir, name), certificate)
		}})
	if err != nil {
		return nil, err
	}
	r.renew = d.Renew
	return d, nil
}

// withdrawn says which deputies are withdrawn: an act adopts the note of the role's own key that says so, and this note stands in the record. An act
// alone withdraws nobody, since it takes the role and the bureau together.
func (p *Public) withdrawn(role string, key [32]byte) bool {
	all := p.Procedure().Withdrawals
	path := scrutin.Withdrawal{Opening: p.OpeningDigest, Role: role, Key: key}.Path()
	at := slices.IndexFunc(all, func(a scrutin.Adopted) bool { return a.Path == path })
	return at >= 0 && p.withdraws(all[at]) == nil
}

// withdraws reads the note of a withdrawal as an act adopts it, once it holds for the last time.
func (p *Public) withdraws(adopted scrutin.Adopted) error {
	if holds, _ := p.withdrawals.Load(adopted.Path); holds == true {
		return nil
	}
	data, err := p.Record.Read(adopted.Path, note.MaxSize)
	if err != nil {
		return err
	}
	text, err := note.Text(data)
	if err != nil {
		return err
	}
	w, err := scrutin.ParseWithdrawal(text)
	if err != nil {
		return err
	}
	if w.Path() != adopted.Path || w.Opening != p.OpeningDigest || scrutin.TextDigest(text) != adopted.SHA256 {
		return errors.New("it is not the withdrawal that the act adopts")
	}
	if _, err := note.Open(data, p.own(w.Role)); err != nil {
		return err
	}
	p.withdrawals.Store(adopted.Path, true)
	return nil
}

// unfounded tells, once of each, of withdrawals that an act adopts and whose notes do not hold (ErrRecord): these deputies are heard on.
func (p *Public) unfounded() (told error) {
	for _, a := range p.Procedure().Withdrawals {
		if err := p.withdraws(a); err != nil {
			if _, again := p.withdrawals.LoadOrStore(a.Path, false); !again {
				told = errors.Join(told, fmt.Errorf("%w: %s: an act withdraws this deputy, who is heard on: bring the note that the act adopts: %w", ErrRecord, a.Path, err))
			}
		}
	}
	return told
}

// Deputies is the list of a role's deputies for the record, from the directories of all its processes; empty where it never had one.
func Deputies(directories ...string) ([]byte, error) {
	var all [][]byte
	for _, d := range directories {
		dir := filepath.Join(d, deputiesDir)
		files, err := os.ReadDir(dir)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, err
		}
		for _, f := range files {
			if filepath.Ext(f.Name()) != ".note" {
				continue // one that is being written
			}
			certificate, err := os.ReadFile(filepath.Join(dir, f.Name()))
			if err != nil {
				return nil, err
			}
			all = append(all, certificate)
		}
	}
	return scrutin.ListDeputies(all)
}

// ListDeputies writes the list of a role's deputies into the machine's copy of the record, from the directories of all its processes, each of them
// verified, and gives its path there.
func ListDeputies(c *config.Config, role string, directories ...string) (path string, err error) {
	list, err := Deputies(directories...)
	if err != nil {
		return "", err
	}
	public, err := OpenPublic(c.Record)
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, public.Close()) }()
	for _, certificate := range scrutin.Certificates(list) {
		if _, err := public.deputy(role, certificate); err != nil {
			return "", err
		}
	}
	path = record.Deputies(role)
	return path, writeBeside(c.Record, path, list)
}

// WithdrawDeputies has a role's own key withdraw the deputies of these files of certificates, and writes the notes into the machine's copy of the
// record, for the bureau to adopt. It gives their paths there.
func WithdrawDeputies(ctx context.Context, c *config.Config, role string, files ...string) (paths []string, err error) {
	place, _, err := Place(c, role)
	if err != nil {
		return nil, err
	}
	public, err := OpenPublic(c.Record)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, public.Close()) }()
	keeper, err := OpenKeeper(ctx, Setting{Public: public, Age: c.Age, Vault: c.Vault, Now: time.Now, Watch: observe.Silent()}, place)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, keeper.Close()) }()
	name := map[string]func() string{scrutin.RoleRoll: func() string { return c.Roll.Key }, scrutin.RoleUrn: func() string { return c.Urn.Key }}[role]
	if name == nil {
		return nil, fmt.Errorf("%w: %s has no deputies", ErrRole, role)
	}
	own, err := keeper.Signer(ctx, name(), public.own(role))
	if err != nil {
		return nil, err
	}
	for _, file := range files {
		certificate, err := os.ReadFile(file)
		if err != nil {
			return paths, err
		}
		d, err := public.deputy(role, certificate)
		if err != nil {
			return paths, fmt.Errorf("%s: %w", file, err)
		}
		w := scrutin.Withdrawal{Opening: d.Opening, Role: role, Key: d.Key}
		signed, err := note.Sign(w.Text(), own)
		if err != nil {
			return paths, err
		}
		if err := writeBeside(c.Record, w.Path(), signed); err != nil {
			return paths, err
		}
		paths = append(paths, w.Path())
	}
	return paths, nil
}

// own is the verifier of a role's own key.
func (p *Public) own(role string) note.Verifier {
	if role == scrutin.RoleRoll {
		return p.Manifest.Platform.Roll.Verifier()
	}
	return p.Manifest.Platform.Urn.Verifier()
}

// deputy reads a certificate of this role and scrutin.
func (p *Public) deputy(role string, certificate []byte) (scrutin.Deputy, error) {
	d, err := scrutin.OpenDeputy(certificate, p.own(role))
	if err == nil && (d.Role != role || d.Opening != p.OpeningDigest) {
		err = fmt.Errorf("%w: it is of a deputy of the %s of another scrutin or role", ErrSecret, d.Role)
	}
	return d, err
}

// writeBeside writes a file of the record whole.
func writeBeside(dir, path string, data []byte) error {
	to := filepath.Join(dir, filepath.FromSlash(path))
	if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
		return err
	}
	return record.WriteWhole(to, data)
}
