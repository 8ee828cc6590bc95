package server

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"isoloir/custody/deputy"
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
		Keep: func(name string, certificate []byte) error { return record.WriteWhole(filepath.Join(dir, name), certificate) }})
	if err != nil {
		return nil, err
	}
	r.renew = d.Renew
	return d, nil
}

// withdrawn says which deputies an act has withdrawn.
func (p *Public) withdrawn(role string, key [32]byte) bool { return p.Procedure().Withdrawn(role, key) }

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
