package audit

import (
	"errors"
	"fmt"
	"slices"

	"isoloir/crypto/group"
	"isoloir/merkle"
	"isoloir/record"
	"isoloir/scrutin"
)

// readAmendments reads the amendments of the roll that acts adopt, in their order, and
// what issuers and mixers state of whom they add.
func (v *verification) readAmendments() bool {
	n := 0
	for _, a := range v.acts {
		if a.Type != scrutin.ActAddendum || slices.ContainsFunc(a.Body.Adopts, func(d scrutin.Adopted) bool { return d.Path == scrutin.AdoptClient }) {
			continue
		}
		n++
		if !v.readAmendment(n, a) {
			return false
		}
	}
	v.enter(411, "", nil)
	for _, u := range v.urns {
		for _, number := range []int{412, 413, 414, 415} {
			v.enter(number, u.name(), nil)
		}
	}
	return true
}

func (v *verification) readAmendment(n int, act *scrutin.Act) bool {
	path, roll := record.Amendment(n), v.m.Platform.Roll.Verifier()
	a, signed := readNote[scrutin.Amendment](v, 411, "", path, roll)
	if a == nil {
		return false
	}
	v.enter(411, "", signed.Require(roll))
	if a.Number != n {
		v.refuse(411, "", path, fmt.Errorf("it has the number %d", a.Number))
	}
	if len(a.Urns) != len(v.urns) {
		v.refuse(411, "", path, fmt.Errorf("%d urns, the manifest has %d", len(a.Urns), len(v.urns)))
		return false
	}
	for i, u := range v.urns {
		stated := &a.Urns[i]
		v.amend(u, n, stated)
		if stated.Added > 0 || len(stated.Struck) > 0 {
			v.out.Amended = append(v.out.Amended, Amended{n, act.Seq, u.name(), stated.Added, len(stated.Struck)})
		}
	}
	at := record.Population(n)
	if err := v.adoptedWhole(at, a.Adds(), act); err != nil {
		v.refuse(411, "", path, err)
	}
	return !a.Adds() || v.checkEnrolmentStatements(at) && v.checkAnonymisationStatements(at)
}

// amend applies an amendment to the register of an urn.
func (v *verification) amend(u *urnState, n int, a *scrutin.AmendedUrn) {
	path := record.Amendment(n)
	if a.Urn != u.name() {
		v.refuse(411, "", path, fmt.Errorf("urn %s stands in the place of %s", a.Urn, u.name()))
	}
	if a.Before != u.numbered {
		v.refuse(412, u.name(), path, fmt.Errorf("%d electors are said to have numbers, %d have", a.Before, u.numbered))
	}
	for _, number := range a.Struck {
		if number >= u.numbered || u.struck[number] {
			v.refuse(415, u.name(), path, fmt.Errorf("elector %d is struck off, who has no number yet or is so already", number))
		}
		if u.struck == nil {
			u.struck = make(map[int]bool)
		}
		u.struck[number] = true
	}
	if a.Added > 0 {
		if a.Added < v.m.MinimumSize {
			v.refuse(412, u.name(), path, fmt.Errorf("%d electors are added, at least %d hide each other", a.Added, v.m.MinimumSize))
		}
		p := &population{at: record.Population(n), urn: u.name(), first: u.numbered}
		p.base, _ = a.Generator.Decode() // the record was read, so it is one
		u.populations, u.numbered = append(u.populations, p), u.numbered+a.Added
		v.amended[p] = a
	}
	if u.electors() < 1 {
		v.refuse(415, u.name(), path, errors.New("nobody is left"))
	}
}

// adoptedWhole says whether the act adopts the amendment with the statements of those
// who enrolled and anonymised whom it adds, and with nothing else.
func (v *verification) adoptedWhole(at record.Population, adds bool, act *scrutin.Act) error {
	want := []string{record.Amendment(int(at))}
	if adds {
		for _, i := range v.m.Issuers {
			want = append(want, at.Enrolment(i.ID))
		}
		for s := range v.m.Mixers {
			want = append(want, at.Anonymisation(s+1))
		}
	}
	if !slices.EqualFunc(act.Body.Adopts, want, func(a scrutin.Adopted, path string) bool { return a.Path == path }) {
		return fmt.Errorf("act %d does not adopt exactly %v", act.Seq, want)
	}
	return nil
}

// checkAdded compares an amendment with what enrolment and anonymisation made.
func (v *verification) checkAdded(u *urnState, p *population, last int) {
	a := v.amended[p]
	for i := range v.m.Issuers {
		if n := p.enrolment[i].Electors; n != a.Added {
			v.enter(414, u.name(), fmt.Errorf("amendment %d adds %d electors, %d are in the statement of %s", p.at, a.Added, n, v.m.Issuers[i].ID))
		}
	}
	if last != a.Added {
		v.enter(414, u.name(), fmt.Errorf("amendment %d adds %d electors, %d are anonymised", p.at, a.Added, last))
	}
	if a.Generator != p.anonymisation[len(p.anonymisation)-1].Generator {
		v.enter(413, u.name(), fmt.Errorf("amendment %d: the generator is not that of the last stage", p.at))
	}
	if a.Root != scrutin.Digest(merkle.Root(p.accounts, group.PointSize)) {
		v.enter(413, u.name(), fmt.Errorf("amendment %d: the root is not that of the last stage's keys", p.at))
	}
}

// welcome takes the account keys that amendments added into the urn, none of which may
// be there already.
func (u *urnState) welcome(opened map[[group.PointSize]byte]struct{}) error {
	var err error
	u.newcomers = make(map[[group.PointSize]byte]*population)
	for _, p := range u.populations[1:] {
		for raw := range slices.Chunk(p.accounts, group.PointSize) {
			key := [group.PointSize]byte(raw)
			if _, there := opened[key]; there || u.newcomers[key] != nil {
				err = fmt.Errorf("amendment %d adds the account key %x, which is in the urn already", p.at, key)
			}
			u.newcomers[key] = p
		}
	}
	return err
}
