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

func newSecrets(o Options) secrets {
	s := make(secrets, len(o.Votes))
	for i, u := range o.Votes {
		s[i] = make([]group.Scalar, o.enrolled(u)+o.added(u))
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
	r.secrets = newSecrets(r.opts)
	p := &account.Procedure{Manifest: r.Manifest, Fingerprint: r.Fingerprint, Workers: r.opts.Workers, Progress: r.progress("enrolment")}
	for _, i := range r.Manifest.Issuers {
		if err := p.Issue(r.record, i.ID, r.Signers[i.ID], r.secrets.sink(r.Manifest)); err != nil {
			return fmt.Errorf("enrolment by %s: %w", i.ID, err)
		}
	}
	return nil
}
