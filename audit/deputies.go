package audit

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"isoloir/record"
	"isoloir/scrutin"
	"isoloir/scrutin/note"
)

// checkDeputies reads what the acts adopt of deputies: the lists of roll and urn, and
// the notes by which stolen ones are withdrawn.
func (v *verification) checkDeputies() {
	own := map[string]note.Verifier{scrutin.RoleRoll: v.m.Platform.Roll.Verifier(), scrutin.RoleUrn: v.m.Platform.Urn.Verifier()}
	for _, a := range v.acts {
		for _, adopted := range a.Body.Adopts {
			switch {
			case a.Type == scrutin.ActWithdraw:
				v.enter(1403, "", v.withdrawal(adopted.Path, own))
			case a.Type == scrutin.ActSeal:
				for role, key := range own {
					if adopted.Path == record.Deputies(role) {
						v.readDeputies(role, key)
					}
				}
			}
		}
	}
	for _, number := range []int{1401, 1402, 1403} {
		v.enter(number, "", nil)
	}
}

// readDeputies reads the certificates of a role's deputies.
func (v *verification) readDeputies(role string, own note.Verifier) {
	path := record.Deputies(role)
	data, err := v.read(path, note.MaxSize)
	if err != nil {
		v.enter(1401, "", err)
		return
	}
	v.texts[path] = scrutin.DigestOf(data)
	var last scrutin.Deputy
	for i, certificate := range scrutin.Certificates(data) {
		d, err := v.certificate(certificate, role, own)
		if err != nil {
			v.refuse(1401, "", path, fmt.Errorf("certificate %d: %w", i+1, err))
			continue
		}
		if last.Role != "" && last.Compare(d) >= 0 {
			v.refuse(1402, "", path, fmt.Errorf("certificate %d does not come after the one before it", i+1))
		}
		last = d
	}
}

func (v *verification) certificate(data []byte, role string, own note.Verifier) (scrutin.Deputy, error) {
	n, err := note.Open(data, own)
	if err != nil {
		return scrutin.Deputy{}, err
	}
	v.countSignatures(data)
	d, err := scrutin.ParseDeputy(n.Text)
	if err == nil && (d.Opening != v.o || d.Role != role) {
		err = fmt.Errorf("it is of a deputy of the %s for the opening record %s", d.Role, d.Opening)
	}
	return d, err
}

// withdrawal reads the note by which a role withdraws a deputy.
func (v *verification) withdrawal(path string, own map[string]note.Verifier) error {
	parts := strings.Split(path, "/")
	if len(parts) != 3 || !slices.Contains([]string{scrutin.RoleRoll, scrutin.RoleUrn}, parts[1]) {
		return nil // check 1105 says so
	}
	data, err := v.read(path, note.MaxSize)
	if err != nil {
		return err
	}
	text, err := note.Text(data)
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	v.texts[path] = scrutin.TextDigest(text)
	n, err := note.Open(data, own[parts[1]])
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	v.countSignatures(data)
	w, err := scrutin.ParseWithdrawal(n.Text)
	if err == nil && (w.Opening != v.o || w.Path() != path) {
		err = errors.New("it is of another deputy, role or opening record")
	}
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	return nil
}
