package audit

import (
	"fmt"
	"slices"

	"isoloir/scrutin/note"
)

// checkAnchors compares the export with what is known from outside. An anchor
// that was not given is not asked, and the export is then at most consistent.
func (v *verification) checkAnchors() {
	if f := v.opt.Fingerprint; f != nil {
		var err error
		if v.f != *f {
			err = fmt.Errorf("the manifest's fingerprint is %s", v.f)
		}
		v.enter(1201, "", err)
	}
	if len(v.opt.Witnesses) > 0 {
		always := func(note.Signature) bool { return true }
		v.enter(1202, "", v.witnessed("the opening record", v.openingNote, note.Verifier.Plain, always))
		for _, u := range v.urns {
			v.enter(1202, "", v.witnessed("the seal of "+u.name(), u.sealNote, note.Verifier.Cosigner, v.late))
		}
	}
}

// witnessed counts the witness keys given from outside under a note, by signatures
// that count.
func (v *verification) witnessed(what string, n *note.Note, form func(note.Verifier) note.Verifier, counts func(note.Signature) bool) error {
	if n == nil {
		return fmt.Errorf("%s could not be read", what)
	}
	signed := 0
	for _, key := range v.opt.Witnesses {
		if slices.ContainsFunc(n.Signatures, func(s note.Signature) bool { return s.Verifier == form(key) && counts(s) }) {
			signed++
		}
	}
	if !enough(signed, len(v.opt.Witnesses)) {
		return fmt.Errorf("%s bears %d of the %d keys given, more than two thirds are needed", what, signed, len(v.opt.Witnesses))
	}
	return nil
}
