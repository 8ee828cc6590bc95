package audit

import (
	"errors"
	"fmt"

	"isoloir/record"
	"isoloir/scrutin"
	"isoloir/scrutin/note"
)

// readOpening reads the opening record, whose values everything after it uses.
func (v *verification) readOpening() bool {
	known := v.m.BureauVerifiers()
	witnesses := make([]note.Verifier, len(v.m.Witnesses))
	for i, w := range v.m.Witnesses {
		witnesses[i] = w.Verifier().Plain()
	}
	opening, n := readNote[scrutin.Opening](v, 501, "", record.Opening, append(known, witnesses...)...)
	if opening == nil {
		return false
	}
	v.opening, v.openingNote = opening, n
	v.o = v.texts[record.Opening]
	v.out.Opening = v.o.String()
	v.bound(record.Contents, v.list.Manifest, v.list.Opening)
	v.enter(501, "", v.m.AdoptedBy(n))
	v.enter(502, "", n.Require(witnesses...))

	key, err := opening.Key.Decode()
	if err != nil {
		v.refuse(501, "", record.Opening, err)
		return false
	}
	v.key = key
	v.checkOpeningKeys()
	v.checkStatementsAdopted()
	if opening.RollKey != v.m.Platform.Roll.Key || opening.UrnKey != v.m.Platform.Urn.Key {
		v.enter(506, "", errors.New("the opening record names other keys of roll and urn than the manifest"))
	}
	v.enter(506, "", nil)
	return v.readBases()
}

// readBases takes each urn's generator from the opening record.
func (v *verification) readBases() bool {
	if len(v.opening.Urns) != len(v.urns) {
		v.enter(501, "", fmt.Errorf("the opening record names %d urns, the manifest %d", len(v.opening.Urns), len(v.urns)))
		return false
	}
	for i, u := range v.urns {
		stated := &v.opening.Urns[i]
		base, err := stated.Generator.Decode()
		if err != nil || stated.Urn != u.name() {
			v.enter(501, "", fmt.Errorf("the opening record has no generator for urn %s in its place", u.name()))
			return false
		}
		u.opened, u.populations[0].base = stated, base
	}
	return true
}

// checkStatementsAdopted compares the statements that the opening record names
// with those in the export.
func (v *verification) checkStatementsAdopted() {
	enrollers := v.m.Enrollers()
	issuers := make([]scrutin.Statement, len(enrollers))
	for i, id := range enrollers {
		issuers[i] = scrutin.Statement{Party: id, Digest: v.texts[record.Enrolment(id)]}
	}
	mixers := make([]scrutin.Statement, len(v.m.Mixers))
	for i, mixer := range v.m.Mixers {
		mixers[i] = scrutin.Statement{Party: mixer.ID, Digest: v.texts[record.Anonymisation(i+1)]}
	}
	v.enter(503, "", sameStatements("enrolment", v.opening.Enrolment, issuers))
	v.enter(503, "", sameStatements("anonymisation", v.opening.Anonymisation, mixers))
}

func sameStatements(what string, stated, there []scrutin.Statement) error {
	if len(stated) != len(there) {
		return fmt.Errorf("the opening record names %d statements of %s, %d are there", len(stated), what, len(there))
	}
	for i := range there {
		if stated[i] != there[i] {
			return fmt.Errorf("the opening record names the statement %s of %s on %s, where %s of %s is", stated[i].Digest, stated[i].Party, what, there[i].Digest, there[i].Party)
		}
	}
	return nil
}
