package server

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"isoloir/bve/retention"
	"isoloir/scrutin"
	"isoloir/scrutin/note"
)

// ErrUnstated says that a role's key is needed still.
var ErrUnstated = errors.New("this role has not said what it destroyed, and signs it by the key that is in the Vault: run isoloir destroy on its machine, and bring its statement into the dossier")

// Statement is the file of a dossier in which a role says what it destroyed.
func Statement(role string) string { return "destruction-" + role + ".note" }

// Stated looks whether a dossier has the statement of a role, of this scrutin and its act destroy, by the role's key. ErrUnstated where it has none,
// ErrStale where it has another one.
func (u *Public) Stated(dossier, role string) error {
	path := filepath.Join(dossier, Statement(role))
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%s: %w", path, ErrUnstated)
	}
	if err != nil {
		return err
	}
	if _, err := u.statement(data, role); err != nil {
		return fmt.Errorf("%s: %w: %w", path, ErrStale, err)
	}
	return nil
}

// statement is a role's of this destruction, signed by its key.
func (u *Public) statement(data []byte, role string) (*retention.Statement, error) {
	s, _, err := scrutin.Open[retention.Statement](data, u.Fingerprint, u.Procedure().Opening, u.verifier(role))
	if err == nil && !u.owns(s, role) {
		err = errors.New("another act or role")
	}
	if err != nil {
		return nil, err
	}
	return s, nil
}

// owns says whether a statement, or what will become one, is of this destruction.
func (u *Public) owns(s *retention.Statement, role string) bool {
	p := u.Procedure()
	return s.Manifest == u.Fingerprint && s.Opening == p.Opening && s.Act == p.Last() && s.Role == role
}

// verifier is the key of a role, by the manifest.
func (u *Public) verifier(role string) note.Verifier {
	if v, known := u.Signers()[role]; known {
		return v
	}
	return u.Manifest.Platform.Contents.Verifier()
}

// Signers are the keys of the roles that may have theirs in a Vault, by the manifest. A scrutin of accounts has neither a roll nor issuers.
func (u *Public) Signers() map[string]note.Verifier {
	m := u.Manifest
	all := map[string]note.Verifier{"urn": m.Platform.Urn.Verifier()}
	if m.Accounts() != nil {
		return all
	}
	all["roll"] = m.Platform.Roll.Verifier()
	for n, i := range m.Issuers {
		all[[]string{"issuer-a", "issuer-b"}[n]] = i.Verifier()
	}
	return all
}
