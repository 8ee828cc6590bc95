package audit

import (
	"bytes"
	"fmt"
	"slices"

	"isoloir/account"
	"isoloir/crypto/group"
	"isoloir/crypto/sigma"
	"isoloir/record"
	"isoloir/scrutin"
)

// checkSnapshot reads what the register of a scrutin of accounts signed, in the place of
// the issuers' statements.
func (v *verification) checkSnapshot(made []*population) bool {
	register := v.m.Platform.Roll
	path := record.Enrolment(register.ID)
	n := v.openNote(301, "", path, register.Verifier())
	if n == nil {
		return false
	}
	v.enter(301, "", n.Require(register.Verifier()))
	s, err := account.ParseSnapshot(n.Text)
	if err != nil {
		return !v.refuse(301, "", path, err)
	}
	if a := v.m.Accounts(); v.texts[path] != a.Snapshot {
		v.refuse(304, "", path, fmt.Errorf("its digest is %s, the manifest names %s", v.texts[path], a.Snapshot))
	}
	if err := s.Matches(v.m); err != nil {
		v.refuse(304, "", path, err)
	}
	if len(s.Urns) != len(made) {
		return !v.refuse(301, "", path, fmt.Errorf("%d urns, the manifest has %d", len(s.Urns), len(made)))
	}
	for i, p := range made {
		u := s.Urns[i]
		p.enrolment[0] = &scrutin.EnrolledUrn{Urn: u.Urn, Electors: u.Electors, Keys: u.Keys}
		v.sameFile(301, "", record.EnrolmentKeys(p.urn, register.ID), u.Keys)
	}
	return true
}

// judgeAccounts is the work of an enrolment by a register: the order of the accounts, the
// proof of each by its device, and the first stage of anonymisation.
func (v *verification) judgeAccounts(o *outcome, p *population, workers int) {
	path, n := p.at.EnrolmentKeys(p.urn, v.m.Platform.Roll.ID), p.enrolment[0].Electors
	file, err := v.read(path, int64(n)*account.EnrolledSize)
	if err != nil {
		o.find(302, err)
		return
	}
	if n < 1 || len(file) != n*account.EnrolledSize {
		o.find(302, fmt.Errorf("%s: %d bytes for %d accounts", path, len(file), n))
		return
	}
	var encoded []byte
	for a := range slices.Chunk(file, account.EnrolledSize) {
		key := a[:group.PointSize]
		if last := len(encoded) - group.PointSize; last >= 0 && bytes.Compare(encoded[last:], key) >= 0 {
			o.find(305, fmt.Errorf("%s: %x follows %x", path, key, encoded[last:]))
		}
		encoded = append(encoded, key...)
	}
	keys, err := sigma.DecodeList(encoded, workers)
	if err != nil {
		o.find(302, fmt.Errorf("%s: %w", path, err))
		return
	}
	claims, proofs := make([]sigma.Claim, n), make([]sigma.Knowledge, n)
	for i := range claims {
		if proofs[i], err = sigma.DecodeKnowledge(file[i*account.EnrolledSize+group.PointSize : (i+1)*account.EnrolledSize]); err != nil {
			o.find(302, fmt.Errorf("%s, account %d: %w", path, i, err))
			return
		}
		claims[i] = sigma.Account(account.RegisterContext(v.m.Accounts().Register), keys.At(i), "")
	}
	for i, err := range culprits(sigma.VerifyKnowledge(claims, proofs, workers)) {
		o.find(302, fmt.Errorf("%s, account %d: %w", path, i, err))
	}
	o.Figures[figKeys] += n
	v.judgeFirst(o, p, slices.Clone(keys.Points()), workers)
}
