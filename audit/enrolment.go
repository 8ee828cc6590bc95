package audit

import (
	"errors"
	"fmt"

	"isoloir/account"
	"isoloir/crypto/group"
	"isoloir/crypto/shuffle"
	"isoloir/crypto/sigma"
	"isoloir/record"
	"isoloir/scrutin"
	"isoloir/scrutin/note"
)

// urnState is what the auditor knows of one urn. Account keys are held while the
// urn is checked and dropped after it.
type urnState struct {
	number    int
	urn       *scrutin.Urn
	questions []*scrutin.Question

	enrolment     []*scrutin.EnrolledUrn   // by issuer
	anonymisation []*scrutin.AnonymisedUrn // by stage

	accounts []byte // after the last stage, over ĝ
	opened   *scrutin.OpenUrn
	base     group.Point // ĝ, of the opening record
	proofs   *sigma.Ballots
	leaves   int
	offsets  []int64  // of each leaf in its file, and of the end
	counted  [][]byte // by question, the ciphertexts of the counted ballots in log order
	voters   int      // accounts that cast a ballot
	marks    int
	atClose  int // of these, who had cast one that no act appended
	seal     note.Checkpoint
	sealNote *note.Note
}

func (u *urnState) name() string { return u.urn.ID }

// checkEnrolmentStatements reads what each issuer signed.
func (v *verification) checkEnrolmentStatements() bool {
	for _, u := range v.urns {
		u.enrolment = make([]*scrutin.EnrolledUrn, len(v.m.Issuers))
	}
	for i, issuer := range v.m.Issuers {
		path := record.Enrolment(issuer.ID)
		e, _ := readNote[scrutin.Enrolment](v, 301, "", path, issuer.Verifier())
		if e == nil {
			return false
		}
		if e.Issuer != issuer.ID {
			v.refuse(301, "", path, fmt.Errorf("the statement is of %s", e.Issuer))
		}
		if len(e.Urns) != len(v.urns) {
			v.refuse(301, "", path, fmt.Errorf("%d urns, the manifest has %d", len(e.Urns), len(v.urns)))
			return false
		}
		for j, u := range v.urns {
			if e.Urns[j].Urn != u.name() {
				v.refuse(301, "", path, fmt.Errorf("urn %s stands in the place of %s", e.Urns[j].Urn, u.name()))
			}
			u.enrolment[i] = &e.Urns[j]
			v.sameFile(301, "", record.EnrolmentKeys(u.name(), issuer.ID), e.Urns[j].Keys)
		}
	}
	v.enter(301, "", nil)
	return true
}

// checkEnrolment puts off the issuers' proofs for an urn, its account keys, the
// products of the halves, and the first stage of anonymisation, which they go into.
func (v *verification) checkEnrolment(u *urnState) bool {
	if len(u.anonymisation) == 0 {
		return !v.enter(402, u.name(), errors.New("there is no mixer"))
	}
	for i, issuer := range v.m.Issuers {
		v.claim(record.EnrolmentKeys(u.name(), issuer.ID))
		v.figures.expect(figKeys, u.enrolment[i].Electors)
	}
	first := u.anonymisation[0]
	v.later(Piece{Kind: Enrolment, Subject: u.name(), To: v.elements(record.AnonymisationKeys(u.name(), 1), group.PointSize)}, func(o *outcome) {
		v.enterAll(u.name(), o)
		if len(o.keys) == 0 {
			return
		}
		v.enter(302, u.name(), nil)
		v.distinct.Add(u.name(), o.keys)
		if first.Input != populationDigest(scrutin.PointOf(group.Base()), o.keys) {
			v.refuse(401, "", record.Anonymisation(1), fmt.Errorf("urn %s: the population that went in is another one", u.name()))
		}
		n := len(o.keys) / group.PointSize
		if first.Electors != n {
			v.refuse(401, "", record.Anonymisation(1), fmt.Errorf("urn %s: %d electors, %d keys", u.name(), first.Electors, n))
		}
		if n != u.urn.Electors {
			v.enter(504, u.name(), fmt.Errorf("%d electors in the manifest, %d enrolled", u.urn.Electors, n))
		}
		v.enter(504, u.name(), nil)
	})
	return true
}

// judgeEnrolment is the work of an enrolment.
func (v *verification) judgeEnrolment(o *outcome, u *urnState, workers int) {
	var keys []group.Point
	for i, issuer := range v.m.Issuers {
		half := v.judgeHalves(o, u, issuer.ID, u.enrolment[i], workers)
		switch {
		case half == nil:
			return
		case keys == nil:
			keys = half
			continue
		case len(half) != len(keys):
			o.find(302, fmt.Errorf("%s made %d keys, another issuer %d", issuer.ID, len(half), len(keys)))
			return
		}
		for j := range keys {
			keys[j] = keys[j].Add(half[j])
		}
	}
	enrolled, err := shuffle.EncodeKeys(keys, workers)
	if err != nil {
		o.find(303, fmt.Errorf("urn %s: %w", u.name(), err))
		return
	}
	o.keys = enrolled.Bytes()
	v.judgeNext(o, u, 1, account.Population{Generator: group.Base(), Keys: enrolled}, workers)
}

// judgeHalves returns an issuer's keys for an urn, whose proof it verifies.
func (v *verification) judgeHalves(o *outcome, u *urnState, issuer string, stated *scrutin.EnrolledUrn, workers int) []group.Point {
	path := record.EnrolmentKeys(u.name(), issuer)
	data, err := v.read(path, keysLimit(stated.Electors))
	if err != nil {
		o.find(302, err)
		return nil
	}
	keys, err := sigma.DecodeList(data, workers)
	var claim sigma.EnrolmentClaim
	if err == nil {
		claim, err = sigma.Enrolment(v.context(scrutin.Digest{}, u.name()), issuer, keys)
	}
	if err != nil {
		o.find(302, fmt.Errorf("%s: %w", path, err))
		return nil
	}
	proof, err := sigma.DecodeKnowledge(append(stated.Commitment[:], stated.Response[:]...))
	if err == nil {
		err = claim.Verify(proof, workers)
	}
	if err != nil {
		o.find(302, fmt.Errorf("%s: %w", path, err))
	}
	o.Figures[figKeys] += keys.Len()
	return append([]group.Point(nil), keys.Points()...)
}

// elements is how many elements of so many bytes there are in a file.
func (v *verification) elements(path string, size int64) int { return int(v.found[path].Size / size) }

// keysLimit is the size of a file of n keys.
func keysLimit(n int) int64 { return int64(n) * group.PointSize }

// checkDistinctKeys compares all account keys of the scrutin.
func (v *verification) checkDistinctKeys() { v.enter(303, "", v.distinct.Check()) }
