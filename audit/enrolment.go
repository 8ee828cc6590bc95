package audit

import (
	"errors"
	"fmt"

	"isoloir/account"
	"isoloir/crypto/group"
	"isoloir/crypto/shuffle"
	"isoloir/crypto/sigma"
	"isoloir/mixte"
	"isoloir/record"
	"isoloir/scrutin"
	"isoloir/scrutin/note"
)

// urnState is what the auditor knows of one urn.
type urnState struct {
	number    int
	urn       *scrutin.Urn
	questions []*scrutin.Question

	opened      *scrutin.OpenUrn
	populations []*population                         // of the opening record, and of the amendments that add anybody
	newcomers   map[[group.PointSize]byte]*population // whose account keys amendments added
	numbered    int                                   // electors who have numbers
	struck      map[int]bool                          // the numbers of those who were struck off

	leaves   int
	offsets  []int64  // of each leaf in its file, and of the end
	counted  [][]byte // by question, the ciphertexts of the counted ballots in log order
	voters   int      // accounts that cast a ballot
	marks    int
	atClose  int // of these, who had cast one that no act appended
	seal     note.Checkpoint
	sealNote *note.Note

	minutes []*mixte.Minutes               // of votes on paper
	cast    map[[group.PointSize]byte]bool // accounts with a ballot, where there are minutes
}

func (u *urnState) name() string { return u.urn.ID }

// electors are those who may have voted: the numbered but those struck off.
func (u *urnState) electors() int { return u.numbered - len(u.struck) }

// checkEnrolmentStatements reads what each issuer signed before the opening, or of
// whom an amendment adds.
func (v *verification) checkEnrolmentStatements(at record.Population) bool {
	made := v.made(at)
	for _, p := range made {
		p.enrolment = make([]*scrutin.EnrolledUrn, len(v.m.Enrollers()))
	}
	v.enter(304, "", nil)
	for _, u := range v.urns {
		v.enter(305, u.name(), nil)
	}
	if v.m.Accounts() != nil {
		return v.checkSnapshot(made)
	}
	for i, issuer := range v.m.Issuers {
		path := at.Enrolment(issuer.ID)
		by, urns := v.readEnrolment(at, issuer)
		if urns == nil {
			return false
		}
		if by != issuer.ID {
			v.refuse(301, "", path, fmt.Errorf("the statement is of %s", by))
		}
		if len(urns) != len(made) {
			v.refuse(301, "", path, fmt.Errorf("%d urns, %d have electors to enrol", len(urns), len(made)))
			return false
		}
		for j, p := range made {
			if urns[j].Urn != p.urn {
				v.refuse(301, "", path, fmt.Errorf("urn %s stands in the place of %s", urns[j].Urn, p.urn))
			}
			p.enrolment[i] = &urns[j]
			v.sameFile(301, "", at.EnrolmentKeys(p.urn, issuer.ID), urns[j].Keys)
		}
	}
	v.enter(301, "", nil)
	return true
}

// readEnrolment reads what an issuer states.
func (v *verification) readEnrolment(at record.Population, issuer scrutin.Issuer) (by string, urns []scrutin.EnrolledUrn) {
	path := at.Enrolment(issuer.ID)
	if at == 0 {
		if e, _ := readNote[scrutin.Enrolment](v, 301, "", path, issuer.Verifier()); e != nil {
			return e.Issuer, e.Urns
		}
		return "", nil
	}
	e, _ := readNote[scrutin.AddedEnrolment](v, 301, "", path, issuer.Verifier())
	if e == nil {
		return "", nil
	}
	if e.Amendment != int(at) {
		v.refuse(301, "", path, fmt.Errorf("it is of amendment %d", e.Amendment))
	}
	return e.Issuer, e.Urns
}

// checkEnrolment puts off the issuers' proofs for a population, its account keys, the
// products of the halves, and the first stage of anonymisation, which they go into.
func (v *verification) checkEnrolment(u *urnState, p *population) bool {
	if len(p.anonymisation) == 0 {
		return !v.enter(402, u.name(), errors.New("there is no mixer"))
	}
	for i, id := range v.m.Enrollers() {
		v.claim(p.at.EnrolmentKeys(p.urn, id))
		v.figures.expect(figKeys, p.enrolment[i].Electors)
	}
	first, path := p.anonymisation[0], p.at.Anonymisation(1)
	piece := Piece{Kind: Enrolment, Subject: u.name(), Amendment: int(p.at), To: v.elements(p.at.AnonymisationKeys(p.urn, 1), group.PointSize)}
	v.later(piece, func(o *outcome) {
		v.enterAll(u.name(), o)
		if len(o.keys) == 0 {
			return
		}
		v.enter(302, u.name(), nil)
		v.distinct.Add(p.name(), o.keys)
		if first.Input != populationDigest(scrutin.PointOf(group.Base()), o.keys) {
			v.refuse(401, "", path, fmt.Errorf("urn %s: the population that went in is another one", u.name()))
		}
		n := len(o.keys) / group.PointSize
		if first.Electors != n {
			v.refuse(401, "", path, fmt.Errorf("urn %s: %d electors, %d keys", u.name(), first.Electors, n))
		}
		if p.at == 0 {
			if n != u.urn.Electors {
				v.enter(504, u.name(), fmt.Errorf("%d electors in the manifest, %d enrolled", u.urn.Electors, n))
			}
			v.enter(504, u.name(), nil)
		}
	})
	return true
}

// judgeEnrolment is the work of an enrolment.
func (v *verification) judgeEnrolment(o *outcome, p *population, workers int) {
	if v.m.Accounts() != nil {
		v.judgeAccounts(o, p, workers)
		return
	}
	var keys []group.Point
	for i, issuer := range v.m.Issuers {
		half := v.judgeHalves(o, p, issuer.ID, p.enrolment[i], workers)
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
	v.judgeFirst(o, p, keys, workers)
}

// judgeFirst is the rest of the work, once the account keys are made: the first stage of
// anonymisation.
func (v *verification) judgeFirst(o *outcome, p *population, keys []group.Point, workers int) {
	enrolled, err := shuffle.EncodeKeys(keys, workers)
	if err != nil {
		o.find(303, fmt.Errorf("urn %s: %w", p.name(), err))
		return
	}
	o.keys = enrolled.Bytes()
	v.judgeNext(o, p, 1, account.Population{Generator: group.Base(), Keys: enrolled}, workers)
}

// judgeHalves returns an issuer's keys for a population, whose proof it verifies.
func (v *verification) judgeHalves(o *outcome, p *population, issuer string, stated *scrutin.EnrolledUrn, workers int) []group.Point {
	path := p.at.EnrolmentKeys(p.urn, issuer)
	data, err := v.read(path, keysLimit(stated.Electors))
	if err != nil {
		o.find(302, err)
		return nil
	}
	keys, err := sigma.DecodeList(data, workers)
	var claim sigma.EnrolmentClaim
	if err == nil {
		claim, err = sigma.Enrolment(v.enrolled(p), issuer, keys)
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
