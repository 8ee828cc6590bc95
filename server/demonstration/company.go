package demonstration

import (
	"errors"
	"os"
	"path/filepath"
	"strings"

	"isoloir/keyceremony/device"
	"isoloir/replay/parties"
	"isoloir/scrutin"
	"isoloir/scrutin/note"
	"isoloir/server"
	"isoloir/timestamp/local"
)

// passphraseFile lies beside a holder's media, where no holder would leave it.
const passphraseFile = "passphrase"

// keep writes what the company needs to meet again: the holders' passphrases beside their media, and the keys of mixers, witnesses, contents and timestamp
// authorities.
// Roles have their own keys in their own directories.
func keep(dir string, c *parties.Company, m *scrutin.Manifest) error {
	for _, h := range c.Holders {
		if err := server.WriteSecret(filepath.Join(dir, holdersDir, h.ID, passphraseFile), string(h.Passphrase)); err != nil {
			return err
		}
	}
	for _, id := range signers(m) {
		if err := server.WriteSecret(filepath.Join(dir, keysDir, id+".key"), c.Signers[id].Encode()); err != nil {
			return err
		}
	}
	for id, a := range c.Authorities {
		line, err := a.Encode()
		if err != nil {
			return err
		}
		if err := server.WriteSecret(filepath.Join(dir, keysDir, id+".key"), line); err != nil {
			return err
		}
	}
	return nil
}

// signers names those whose keys lie under demo.
func signers(m *scrutin.Manifest) []string {
	ids := []string{m.Platform.Contents.ID}
	for _, p := range append(append([]scrutin.Party{}, m.Mixers...), m.Witnesses...) {
		ids = append(ids, p.ID)
	}
	return ids
}

// meet reads what keep wrote.
func meet(dir string, m *scrutin.Manifest, workFactor int) (*parties.Company, error) {
	c := &parties.Company{Signers: map[string]*note.PrivateKey{}, Authorities: map[string]*local.Authority{}}
	var failed error
	for _, h := range m.Holders {
		phrase, err := os.ReadFile(filepath.Join(dir, holdersDir, h.Member, passphraseFile))
		holder := &parties.Holder{ID: h.Member, Passphrase: device.Passphrase(strings.TrimSuffix(string(phrase), "\n")),
			Media: parties.Media(filepath.Join(dir, holdersDir), h.Member)}
		if err == nil {
			err = holder.Reopen(workFactor)
		}
		failed = errors.Join(failed, err)
		c.Holders = append(c.Holders, holder)
	}
	for _, id := range signers(m) {
		data, err := os.ReadFile(filepath.Join(dir, keysDir, id+".key"))
		if err == nil {
			c.Signers[id], err = note.ParsePrivateKey(strings.TrimSuffix(string(data), "\n"))
		}
		failed = errors.Join(failed, err)
	}
	for _, a := range m.Timestamps {
		line, err := readLine(filepath.Join(dir, keysDir, a.ID+".key"))
		if err == nil {
			c.Authorities[a.ID], err = local.Decode(line)
		}
		failed = errors.Join(failed, err)
	}
	return c, failed
}
