package account

import (
	"fmt"
	"slices"

	"isoloir/record"
	"isoloir/scrutin"
)

// Announce completes an addition, of which the record's hash and the number are given,
// by how many electors the first issuer's statement announces for each urn. It refuses
// fewer than the manifest's minimum size in an urn (scrutin.ErrAmendment): so few
// would not hide each other. First is left as it is.
func (a *Addition) Announce(in *record.Reader, m *scrutin.Manifest, f scrutin.Digest) error {
	p := &Procedure{Manifest: m, Fingerprint: f, Added: a}
	s, _, err := p.enrolled(in, m.Issuers[0])
	if err != nil {
		return err
	}
	a.Electors = make([]int, len(m.Urns))
	for _, u := range s.Urns {
		at, known := m.UrnNumber(u.Urn)
		if !known {
			return fmt.Errorf("enrolment for amendment %d in urn %s, which the manifest does not have: %w", a.Amendment, u.Urn, ErrStatement)
		}
		if u.Electors < m.MinimumSize {
			return fmt.Errorf("%w: %d electors are added to urn %s, where at least %d are needed together", scrutin.ErrAmendment, u.Electors, u.Urn, m.MinimumSize)
		}
		a.Electors[at] = u.Electors
	}
	return nil
}

// An Amended is an amendment of the roll that was verified.
type Amended struct {
	Amendment *scrutin.Amendment
	Adopts    []scrutin.Adopted  // its notes, as the act that adopts it names them
	Registers []scrutin.Register // after it
	Accounts  []Accounts         // of whom it adds, by urn; without keys where that is nobody
}

// VerifyAmendment verifies the amendment of a number: that the roll signed it, that it
// follows from the registers (scrutin.ErrAmendment), and all that was stated and
// proved of whom it adds, as Verify does; ErrStatement if the roll names another
// generator or root. added says what is known of the scrutin, but First and Electors,
// which the amendment says. Whether the bureau adopted it is for the caller to
// compare.
func VerifyAmendment(in *record.Reader, m *scrutin.Manifest, f scrutin.Digest, registers []scrutin.Register, added Addition, workers int) (*Amended, error) {
	p := &Procedure{Manifest: m, Fingerprint: f, Added: &added, Workers: workers}
	path, roll := record.Amendment(added.Amendment), m.Platform.Roll.Verifier()
	a, digest, err := open[scrutin.Amendment](p, in, path, roll)
	if err != nil {
		return nil, err
	}
	after, err := scrutin.Amend(registers, a, added.Amendment, m.MinimumSize)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	v := &Amended{a, []scrutin.Adopted{{Path: path, SHA256: digest}}, after, make([]Accounts, len(m.Urns))}
	if !a.Adds() {
		return v, nil
	}
	added.First, added.Electors = nil, nil
	for _, u := range a.Urns {
		added.First, added.Electors = append(added.First, u.Before), append(added.Electors, u.Added)
	}
	source, err := p.Enrolment(in)
	if err != nil {
		return nil, err
	}
	mixers, err := p.Verify(in, source, func(urn int, accounts Accounts) error {
		stated := a.Urns[urn]
		if stated.Generator != scrutin.PointOf(accounts.Population.Generator) || stated.Root != scrutin.Digest(accounts.Root) {
			return fmt.Errorf("%s, urn %s: the account keys are others than those that were made anonymous: %w", path, stated.Urn, ErrStatement)
		}
		v.Accounts[urn] = accounts
		return nil
	})
	if err != nil {
		return nil, err
	}
	for i, s := range slices.Concat(source.Statements, mixers) {
		path := p.population().Anonymisation(i + 1 - len(source.Statements))
		if i < len(source.Statements) {
			path = p.population().Enrolment(s.Party)
		}
		v.Adopts = append(v.Adopts, scrutin.Adopted{Path: path, SHA256: s.Digest})
	}
	return v, nil
}
