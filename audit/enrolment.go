package audit

import (
	"errors"
	"fmt"

	"isoloir/account"
	"isoloir/crypto/group"
	"isoloir/crypto/shuffle"
	"isoloir/crypto/sigma"
	"isoloir/merkle"
	"isoloir/record"
	"isoloir/scrutin"
	"isoloir/scrutin/note"
)

// urnState is what the auditor knows of one urn. Keys are held while the urn is
// checked and dropped after it.
type urnState struct {
	number    int
	urn       *scrutin.Urn
	questions []*scrutin.Question

	enrolment     []*scrutin.EnrolledUrn   // by issuer
	anonymisation []*scrutin.AnonymisedUrn // by stage

	enrolled *shuffle.Keys // account keys in elector order, over g
	accounts *shuffle.Keys // after the last stage, over ĝ
	opened   *scrutin.OpenUrn
	base     group.Point // ĝ, of the opening record
	leaves   int
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

// checkEnrolment verifies the issuers' proofs for an urn and forms its account
// keys, the products of the halves.
func (v *verification) checkEnrolment(u *urnState) bool {
	var keys []group.Point
	for i, issuer := range v.m.Issuers {
		v.step("enrolment of "+u.name(), i, len(v.m.Issuers))
		half := v.checkHalves(u, issuer.ID, u.enrolment[i])
		if half == nil {
			return false
		}
		if keys == nil {
			keys = half
			continue
		}
		if len(half) != len(keys) {
			v.enter(302, u.name(), fmt.Errorf("%s made %d keys, another issuer %d", issuer.ID, len(half), len(keys)))
			return false
		}
		for j := range keys {
			keys[j] = keys[j].Add(half[j])
		}
	}
	v.enter(302, u.name(), nil)
	var err error
	if u.enrolled, err = shuffle.EncodeKeys(keys, v.opt.Workers); err != nil {
		v.enter(303, "", fmt.Errorf("urn %s: %w", u.name(), err))
		return false
	}
	v.distinct.Add(u.name(), u.enrolled.Bytes())
	return true
}

// checkHalves returns an issuer's keys for an urn, whose proof it verifies.
func (v *verification) checkHalves(u *urnState, issuer string, stated *scrutin.EnrolledUrn) []group.Point {
	path := record.EnrolmentKeys(u.name(), issuer)
	data, err := v.read(path, keysLimit(stated.Electors))
	if err != nil {
		v.enter(302, u.name(), err)
		return nil
	}
	keys, err := sigma.DecodeList(data, v.opt.Workers)
	if err != nil {
		v.refuse(302, u.name(), path, err)
		return nil
	}
	claim, err := sigma.Enrolment(v.context(scrutin.Digest{}, u.name()), issuer, keys)
	if err != nil {
		v.refuse(302, u.name(), path, err)
		return nil
	}
	proof, err := sigma.DecodeKnowledge(append(stated.Commitment[:], stated.Response[:]...))
	if err == nil {
		err = claim.Verify(proof, v.opt.Workers)
	}
	if err != nil {
		v.refuse(302, u.name(), path, err)
	}
	v.figures.add(figKeys, keys.Len())
	v.figures.expect(figKeys, stated.Electors)
	return append([]group.Point(nil), keys.Points()...)
}

// keysLimit is the size of a file of n keys.
func keysLimit(n int) int64 { return int64(n) * group.PointSize }

// checkDistinctKeys compares all account keys of the scrutin.
func (v *verification) checkDistinctKeys() { v.enter(303, "", v.distinct.Check()) }

// checkAnonymisationStatements reads what each mixer signed of its stage, and
// follows the chain of populations from stage to stage.
func (v *verification) checkAnonymisationStatements() bool {
	for _, u := range v.urns {
		u.anonymisation = make([]*scrutin.AnonymisedUrn, len(v.m.Mixers))
	}
	for i, mixer := range v.m.Mixers {
		path := record.Anonymisation(i + 1)
		a, _ := readNote[scrutin.Anonymisation](v, 401, "", path, mixer.Verifier())
		if a == nil {
			return false
		}
		if a.Mixer != mixer.ID || a.Stage != i+1 {
			v.refuse(401, "", path, fmt.Errorf("the statement is of %s for stage %d, stage %d is that of %s", a.Mixer, a.Stage, i+1, mixer.ID))
		}
		if len(a.Urns) != len(v.urns) {
			v.refuse(401, "", path, fmt.Errorf("%d urns, the manifest has %d", len(a.Urns), len(v.urns)))
			return false
		}
		for j, u := range v.urns {
			if a.Urns[j].Urn != u.name() {
				v.refuse(401, "", path, fmt.Errorf("urn %s stands in the place of %s", a.Urns[j].Urn, u.name()))
			}
			u.anonymisation[i] = &a.Urns[j]
			v.sameFile(401, "", record.AnonymisationProof(u.name(), i+1), a.Urns[j].Proof)
		}
	}
	return true
}

// checkAnonymisation verifies the stages of an urn, each from the population
// that the stage before it gave.
func (v *verification) checkAnonymisation(u *urnState) bool {
	in := account.Population{Generator: group.Base(), Keys: u.enrolled}
	for i, stated := range u.anonymisation {
		path := record.AnonymisationKeys(u.name(), i+1)
		if stated.Input != in.Digest() {
			v.refuse(401, "", record.Anonymisation(i+1), fmt.Errorf("urn %s: the population that went in is another one", u.name()))
		}
		if stated.Electors != in.Keys.Len() {
			v.refuse(401, "", record.Anonymisation(i+1), fmt.Errorf("urn %s: %d electors, %d keys", u.name(), stated.Electors, in.Keys.Len()))
		}
		out, err := v.readPopulation(path, stated)
		if err != nil {
			v.enter(402, u.name(), err)
			return false
		}
		if stated.Output != out.Digest() {
			v.refuse(401, "", record.Anonymisation(i+1), fmt.Errorf("urn %s: the population that came out is another one", u.name()))
		}
		v.checkStage(u, i+1, in, out)
		in = out
	}
	v.enter(402, u.name(), nil)
	u.accounts = in.Keys
	v.checkAccounts(u, in)
	return true
}

func (v *verification) readPopulation(path string, stated *scrutin.AnonymisedUrn) (account.Population, error) {
	data, err := v.read(path, keysLimit(stated.Electors))
	if err != nil {
		return account.Population{}, err
	}
	keys, err := shuffle.DecodeKeys(data, v.opt.Workers)
	if err != nil {
		return account.Population{}, fmt.Errorf("%s: %w", path, err)
	}
	generator, err := stated.Generator.Decode()
	if err != nil {
		return account.Population{}, fmt.Errorf("%s: generator: %w", path, err)
	}
	return account.Population{Generator: generator, Keys: keys}, nil
}

// checkStage verifies one stage: one exponent and one permutation.
func (v *verification) checkStage(u *urnState, stage int, in, out account.Population) {
	path := record.AnonymisationProof(u.name(), stage)
	v.figures.expect(figAnonymised, u.anonymisation[stage-1].Electors)
	proof, err := v.read(path, int64(shuffle.ProofSize(in.Keys.Len())))
	if err != nil {
		v.enter(402, u.name(), err)
		return
	}
	st := shuffle.KeyStatement{Context: v.context(scrutin.Digest{}, u.name()), Stage: uint32(stage), Generator: in.Generator}
	progress := func(done, total int) { v.step("anonymisation of "+u.name(), done, total) }
	if err := shuffle.VerifyExponentiation(st, out.Generator, in.Keys, out.Keys, proof, v.generators, v.opt.Workers, progress); err != nil {
		v.refuse(402, u.name(), path, err)
	}
	v.figures.add(figAnonymised, out.Keys.Len())
}

// checkAccounts compares an urn's entry in the opening record with what
// enrolment and anonymisation made.
func (v *verification) checkAccounts(u *urnState, last account.Population) {
	stated, n := u.opened, u.urn.Electors
	if u.enrolled.Len() != n || stated.Electors != n || stated.Accounts != n || last.Keys.Len() != n {
		v.enter(504, u.name(), fmt.Errorf("%d electors in the manifest, %d enrolled, %d anonymised, %d electors and %d accounts in the opening record",
			n, u.enrolled.Len(), last.Keys.Len(), stated.Electors, stated.Accounts))
	}
	for i := range v.m.Issuers {
		if u.enrolment[i].Electors != n {
			v.enter(504, u.name(), fmt.Errorf("%d electors in the manifest, %d in the statement of %s", n, u.enrolment[i].Electors, v.m.Issuers[i].ID))
		}
	}
	v.enter(504, u.name(), nil)
	if stated.Generator != scrutin.PointOf(last.Generator) {
		v.enter(505, u.name(), errors.New("the generator is not that of the last stage"))
	}
	if stated.Root != scrutin.Digest(merkle.Root(last.Keys.Bytes(), group.PointSize)) {
		v.enter(505, u.name(), errors.New("the root is not that of the last stage's keys"))
	}
	v.enter(505, u.name(), nil)
}
