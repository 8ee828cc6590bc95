package replay

import (
	"fmt"

	"isoloir/account"
	"isoloir/crypto/group"
	"isoloir/scrutin"
)

// secrets are the electors' voting keys x_i, by urn and elector number. In a real scrutin nobody has them all: each elector's device makes
// his own from his two codes.
type secrets [][]group.Scalar

func newSecrets(m *scrutin.Manifest) secrets {
	s := make(secrets, len(m.Urns))
	for i, u := range m.Urns {
		s[i] = make([]group.Scalar, u.Electors)
	}
	return s
}

// wipe overwrites them.
func (s secrets) wipe() {
	for _, urn := range s {
		clear(urn)
	}
}

// sink adds the halves that an issuer draws to the electors' keys.
func (s secrets) sink(m *scrutin.Manifest) account.Sink {
	seen := map[string]int{}
	for i, u := range m.Urns {
		seen[u.ID] = i
	}
	return func(elector account.Number, half group.Scalar) error {
		urn, known := seen[elector.Urn]
		if !known || int(elector.Index) >= len(s[urn]) {
			return fmt.Errorf("the issuer made a half for elector %d of urn %s, who is not on the roll", elector.Index, elector.Urn)
		}
		x := &s[urn][elector.Index]
		*x = x.Add(half)
		return nil
	}
}

// enrol lets both issuers draw and publish their halves.
func (r *run) enrol() error {
	r.secrets = newSecrets(r.m)
	p := r.accounts("enrolment")
	for _, i := range r.m.Issuers {
		if err := p.Issue(r.record, i.ID, r.parties.signers[i.ID], r.secrets.sink(r.m)); err != nil {
			return fmt.Errorf("enrolment by %s: %w", i.ID, err)
		}
	}
	return nil
}

// anonymise lets every mixer act in turn. The first one verifies the enrolment, as he would on his own machine.
func (r *run) anonymise() error {
	p := r.accounts("anonymisation")
	source, err := p.Enrolment(&r.record.Reader)
	if err != nil {
		return err
	}
	r.enrolment = source.Statements
	for i, mixer := range r.m.Mixers {
		if err := p.Anonymise(&r.record.Reader, r.record, source, i+1, r.parties.signers[mixer.ID]); err != nil {
			return fmt.Errorf("anonymisation by %s: %w", mixer.ID, err)
		}
	}
	return nil
}

// verifyAccounts does what the bureau's experts do before the opening: it verifies enrolment and anonymisation, and returns what the
// opening record says of each urn. The electors' keys are kept for the roll.
func (r *run) verifyAccounts() ([]scrutin.OpenUrn, []scrutin.Statement, error) {
	p := r.accounts("verification of accounts")
	source, err := p.Enrolment(&r.record.Reader)
	if err != nil {
		return nil, nil, err
	}
	r.enrolled = make([][]byte, len(r.m.Urns))
	urns := make([]scrutin.OpenUrn, len(r.m.Urns))
	stated, err := p.Verify(&r.record.Reader, keeping{source, r.enrolled}, func(urn int, a account.Accounts) error {
		n := a.Population.Keys.Len()
		urns[urn] = scrutin.OpenUrn{Urn: a.Urn, Electors: n, Generator: scrutin.PointOf(a.Population.Generator),
			Accounts: n, Root: scrutin.Digest(a.Root)}
		return nil
	})
	return urns, stated, err
}

// keeping is a source that keeps the verified keys of each urn, 32 bytes each.
type keeping struct {
	account.Source
	keys [][]byte
}

func (k keeping) Population(urn, workers int) (account.Population, error) {
	p, err := k.Source.Population(urn, workers)
	if err == nil {
		k.keys[urn] = p.Keys.Bytes()
	}
	return p, err
}

func (r *run) accounts(stage string) *account.Procedure {
	return &account.Procedure{Manifest: r.m, Fingerprint: r.f, Workers: r.opts.Workers, Progress: r.progress(stage)}
}
