package audit

import (
	"crypto/sha256"
	"errors"
	"fmt"

	"isoloir/account"
	"isoloir/crypto/group"
	"isoloir/crypto/shuffle"
	"isoloir/merkle"
	"isoloir/record"
	"isoloir/scrutin"
)

// checkAnonymisationStatements reads what each mixer signed of its stage before the
// opening, or for whom an amendment adds, and follows the chain of populations from
// stage to stage.
func (v *verification) checkAnonymisationStatements(at record.Population) bool {
	made := v.made(at)
	for _, p := range made {
		p.anonymisation = make([]*scrutin.AnonymisedUrn, len(v.m.Mixers))
	}
	for i, mixer := range v.m.Mixers {
		path := at.Anonymisation(i + 1)
		a := v.readAnonymisation(at, i+1, mixer)
		if a == nil {
			return false
		}
		if a.Mixer != mixer.ID || a.Stage != i+1 {
			v.refuse(401, "", path, fmt.Errorf("the statement is of %s for stage %d, stage %d is that of %s", a.Mixer, a.Stage, i+1, mixer.ID))
		}
		if len(a.Urns) != len(made) {
			v.refuse(401, "", path, fmt.Errorf("%d urns, %d have electors to anonymise", len(a.Urns), len(made)))
			return false
		}
		for j, p := range made {
			if a.Urns[j].Urn != p.urn {
				v.refuse(401, "", path, fmt.Errorf("urn %s stands in the place of %s", a.Urns[j].Urn, p.urn))
			}
			p.anonymisation[i] = &a.Urns[j]
			v.sameFile(401, "", at.AnonymisationProof(p.urn, i+1), a.Urns[j].Proof)
		}
	}
	return true
}

// readAnonymisation reads what a mixer states.
func (v *verification) readAnonymisation(at record.Population, stage int, mixer scrutin.Party) *scrutin.Anonymisation {
	path := at.Anonymisation(stage)
	if at == 0 {
		a, _ := readNote[scrutin.Anonymisation](v, 401, "", path, mixer.Verifier())
		return a
	}
	a, _ := readNote[scrutin.AddedAnonymisation](v, 401, "", path, mixer.Verifier())
	if a == nil {
		return nil
	}
	if a.Amendment != int(at) {
		v.refuse(401, "", path, fmt.Errorf("it is of amendment %d", a.Amendment))
	}
	return &scrutin.Anonymisation{Mixer: a.Mixer, Stage: a.Stage, Urns: a.Urns}
}

// checkAnonymisation follows a population from stage to stage, each of which begins with
// what the one before it gave. The proofs are put off.
func (v *verification) checkAnonymisation(u *urnState, p *population) bool {
	var before scrutin.Digest
	size := 0
	for i, stated := range p.anonymisation {
		stage := i + 1
		path, file := p.at.Anonymisation(stage), p.at.AnonymisationKeys(p.urn, stage)
		if stage > 1 && stated.Input != before {
			v.refuse(401, "", path, fmt.Errorf("urn %s: the population that went in is another one", u.name()))
		}
		if stage > 1 && stated.Electors != size {
			v.refuse(401, "", path, fmt.Errorf("urn %s: %d electors, %d keys", u.name(), stated.Electors, size))
		}
		data, err := v.read(file, keysLimit(stated.Electors))
		if err == nil && (len(data) == 0 || len(data)%group.PointSize != 0) {
			err = fmt.Errorf("%s: %d bytes are no list of keys", file, len(data))
		}
		if err != nil {
			v.enter(402, u.name(), err)
			return false
		}
		v.claim(p.at.AnonymisationProof(p.urn, stage))
		v.figures.expect(figAnonymised, stated.Electors)
		before, size = populationDigest(stated.Generator, data), len(data)/group.PointSize
		if stated.Output != before {
			v.refuse(401, "", path, fmt.Errorf("urn %s: the population that came out is another one", u.name()))
		}
		if stage > 1 {
			v.later(Piece{Kind: Anonymisation, Subject: u.name(), Amendment: int(p.at), Stage: stage, To: size}, func(o *outcome) { v.enterAll(u.name(), o) })
		}
		p.accounts = data
	}
	v.enter(402, u.name(), nil)
	if p.at == 0 {
		v.checkAccounts(u, p, size)
	} else {
		v.checkAdded(u, p, size)
	}
	return true
}

// populationDigest is the digest of a population whose keys need not be any.
func populationDigest(generator scrutin.Point, keys []byte) scrutin.Digest {
	h := sha256.New()
	h.Write(generator[:])
	h.Write(keys)
	return scrutin.Digest(h.Sum(nil))
}

// judgeStage is the work of a stage from the second on.
func (v *verification) judgeStage(o *outcome, p *population, stage, workers int) {
	in, err := v.readPopulation(p, stage-1, workers)
	if err != nil {
		o.find(402, err)
		return
	}
	v.judgeNext(o, p, stage, in, workers)
}

// judgeNext verifies that a stage gave one exponent and one permutation of a
// population.
func (v *verification) judgeNext(o *outcome, p *population, stage int, in account.Population, workers int) {
	out, err := v.readPopulation(p, stage, workers)
	if err != nil {
		o.find(402, err)
		return
	}
	path := p.at.AnonymisationProof(p.urn, stage)
	proof, err := v.read(path, int64(shuffle.ProofSize(in.Keys.Len())))
	if err != nil {
		o.find(402, err)
		return
	}
	st := shuffle.KeyStatement{Context: v.enrolled(p), Stage: uint32(stage), Generator: in.Generator}
	if err := shuffle.VerifyExponentiation(st, out.Generator, in.Keys, out.Keys, proof, v.generators, workers, nil); err != nil {
		o.find(402, fmt.Errorf("%s: %w", path, err))
	}
	o.Figures[figAnonymised] += out.Keys.Len()
}

// readPopulation decodes what a stage gave.
func (v *verification) readPopulation(p *population, stage, workers int) (account.Population, error) {
	path, stated := p.at.AnonymisationKeys(p.urn, stage), p.anonymisation[stage-1]
	data, err := v.read(path, keysLimit(stated.Electors))
	if err != nil {
		return account.Population{}, err
	}
	keys, err := shuffle.DecodeKeys(data, workers)
	if err != nil {
		return account.Population{}, fmt.Errorf("%s: %w", path, err)
	}
	generator, err := stated.Generator.Decode()
	if err != nil {
		return account.Population{}, fmt.Errorf("%s: generator: %w", path, err)
	}
	return account.Population{Generator: generator, Keys: keys}, nil
}

// checkAccounts compares an urn's entry in the opening record with what
// enrolment and anonymisation made.
func (v *verification) checkAccounts(u *urnState, p *population, last int) {
	stated, n := u.opened, u.urn.Electors
	if stated.Electors != n || stated.Accounts != n || last != n {
		v.enter(504, u.name(), fmt.Errorf("%d electors in the manifest, %d anonymised, %d electors and %d accounts in the opening record",
			n, last, stated.Electors, stated.Accounts))
	}
	for i, id := range v.m.Enrollers() {
		if p.enrolment[i].Electors != n {
			v.enter(504, u.name(), fmt.Errorf("%d electors in the manifest, %d in the statement of %s", n, p.enrolment[i].Electors, id))
		}
	}
	if stated.Generator != p.anonymisation[len(p.anonymisation)-1].Generator {
		v.enter(505, u.name(), errors.New("the generator is not that of the last stage"))
	}
	if stated.Root != scrutin.Digest(merkle.Root(p.accounts, group.PointSize)) {
		v.enter(505, u.name(), errors.New("the root is not that of the last stage's keys"))
	}
	v.enter(505, u.name(), nil)
}
