package account

import (
	"fmt"
	"slices"
	"sync"

	"isoloir/crypto/group"
	"isoloir/crypto/sigma"
	"isoloir/record"
	"isoloir/scrutin"
	"isoloir/scrutin/note"
)

// Issue is [Procedure.IssueFrom] with halves that are drawn.
func (p *Procedure) Issue(out *record.Writer, issuer string, signer note.Signer, sink Sink) error {
	return p.IssueFrom(out, issuer, signer, Drawn, sink)
}

// IssueFrom is an issuer's whole work: it asks for the halves of all electors,
// hands them to sink, and writes the files of keys and the signed statement. It
// refuses a signer that is not the issuer's (ErrStatement).
func (p *Procedure) IssueFrom(out *record.Writer, issuer string, signer note.Signer, half Half, sink Sink) error {
	at := slices.IndexFunc(p.Manifest.Issuers, func(i scrutin.Issuer) bool { return i.ID == issuer })
	if at < 0 || p.Manifest.Issuers[at].Verifier() != signer.Verifier() {
		return fmt.Errorf("%s signs for issuer %s: %w", signer.Verifier().Name(), issuer, ErrStatement)
	}
	urns := make([]scrutin.EnrolledUrn, len(p.Manifest.Urns))
	var sending sync.Mutex
	err := p.each(func(urn, workers int, progress func(done, total int)) error {
		u, first := p.Manifest.Urns[urn], p.first(urn)
		numbered := func(e Number) Number { return Number{e.Urn, first + e.Index} }
		list, err := Prove(p.context(u.ID), issuer, p.electors(urn), func(e Number) group.Scalar { return half(numbered(e)) }, func(e Number, half group.Scalar) error {
			sending.Lock()
			defer sending.Unlock()
			return sink(numbered(e), half)
		}, workers)
		if err != nil {
			return err
		}
		proof := list.Proof.Bytes()
		urns[urn] = scrutin.EnrolledUrn{
			Urn: u.ID, Electors: p.electors(urn), Keys: scrutin.DigestOf(list.Keys),
			Commitment: scrutin.Point(proof[:32]), Response: scrutin.Scalar(proof[32:]),
		}
		return out.Write(p.population().EnrolmentKeys(u.ID, issuer), list.Keys)
	})
	if err != nil {
		return err
	}
	var statement scrutin.Record = &scrutin.Enrolment{Head: scrutin.Head{Manifest: p.Fingerprint}, Issuer: issuer, Urns: urns}
	if p.Added != nil {
		statement = &scrutin.AddedEnrolment{OpenHead: p.head(), Amendment: p.Added.Amendment, Issuer: issuer, Urns: gathered(p, urns)}
	}
	signed, err := scrutin.Sign(statement, signer)
	if err != nil {
		return err
	}
	return out.Write(p.population().Enrolment(issuer), signed)
}

// first is the number of the first elector of an urn who is enrolled.
func (p *Procedure) first(urn int) uint32 {
	if p.Added == nil {
		return 0
	}
	return uint32(p.Added.First[urn])
}

// A Source gives the enrolled population of each urn, by the urn's number in
// the manifest, its proofs verified with so many workers. It is safe for
// concurrent use.
type Source interface {
	Population(urn, workers int) (Population, error)
}

// An Enrolment is what the issuers published, or the register in a scrutin of accounts.
// It is a [Source].
type Enrolment struct {
	// Statements names the issuers' statements, in the manifest's order; or the register's
	// snapshot.
	Statements []scrutin.Statement

	p        *Procedure
	in       *record.Reader
	issuers  []*scrutin.Enrolment // what they state, of the manifest's urns
	snapshot *Snapshot            // nil where issuers drew the secrets
}

// Enrolment reads the issuers' statements: signed by the issuers of the
// manifest, each for all its urns with their numbers of electors, or those of the
// amendment (ErrStatement). Files and proofs are verified by Population.
func (p *Procedure) Enrolment(in *record.Reader) (*Enrolment, error) {
	e := &Enrolment{p: p, in: in}
	if p.Manifest.Accounts() != nil {
		return e, e.readSnapshot()
	}
	for _, issuer := range p.Manifest.Issuers {
		s, digest, err := p.enrolled(in, issuer)
		if err != nil {
			return nil, err
		}
		if s.Issuer != issuer.ID {
			return nil, fmt.Errorf("enrolment by %s in the place of %s: %w", s.Issuer, issuer.ID, ErrStatement)
		}
		if s.Urns, err = spread(p, s.Urns, func(u *scrutin.EnrolledUrn) string { return u.Urn }); err != nil {
			return nil, fmt.Errorf("enrolment by %s: %w", issuer.ID, err)
		}
		for i, u := range s.Urns {
			if u.Electors != p.electors(i) {
				return nil, fmt.Errorf("enrolment by %s: %d electors of urn %s, not %d: %w", issuer.ID, u.Electors, u.Urn, p.electors(i), ErrStatement)
			}
		}
		e.issuers = append(e.issuers, s)
		e.Statements = append(e.Statements, scrutin.Statement{Party: issuer.ID, Digest: digest})
	}
	return e, nil
}

// enrolled reads what an issuer states, for the opening or for an amendment.
func (p *Procedure) enrolled(in *record.Reader, issuer scrutin.Issuer) (*scrutin.Enrolment, scrutin.Digest, error) {
	path := p.population().Enrolment(issuer.ID)
	if p.Added == nil {
		return open[scrutin.Enrolment](p, in, path, issuer.Verifier())
	}
	s, digest, err := open[scrutin.AddedEnrolment](p, in, path, issuer.Verifier())
	if err == nil && s.Amendment != p.Added.Amendment {
		err = fmt.Errorf("%s, for amendment %d: %w", path, s.Amendment, ErrStatement)
	}
	if err != nil {
		return nil, digest, err
	}
	return &scrutin.Enrolment{Issuer: s.Issuer, Urns: s.Urns}, digest, nil
}

// readSnapshot reads that of the register: signed by it, and the one that the manifest
// names (ErrStatement).
func (e *Enrolment) readSnapshot() error {
	m := e.p.Manifest
	register := m.Platform.Roll
	data, err := e.in.Read(record.Enrolment(register.ID), note.MaxSize)
	if err != nil {
		return err
	}
	s, digest, err := OpenSnapshot(data, register.Verifier())
	if err != nil {
		return err
	}
	if digest != m.Accounts().Snapshot {
		return fmt.Errorf("snapshot %s where the manifest names %s: %w", digest, m.Accounts().Snapshot, ErrStatement)
	}
	if err := s.Matches(m); err != nil {
		return err
	}
	e.snapshot, e.Statements = s, []scrutin.Statement{{Party: register.ID, Digest: digest}}
	return nil
}

// registered reads and verifies the accounts of one urn.
func (e *Enrolment) registered(urn, workers int) (Population, error) {
	u := e.snapshot.Urns[urn]
	path := record.EnrolmentKeys(u.Urn, e.Statements[0].Party)
	file, err := readExactly(e.in, path, u.Electors*EnrolledSize)
	if err != nil {
		return Population{}, err
	}
	if scrutin.DigestOf(file) != u.Keys {
		return Population{}, fmt.Errorf("%s: %w", path, ErrFile)
	}
	return FromRegister(e.snapshot.Register, u.Urn, file, u.Electors, workers)
}

// Population reads and verifies the keys of one urn. It refuses a file that its
// statement does not name (ErrFile), and what [Halves] refuses.
func (e *Enrolment) Population(urn, workers int) (Population, error) {
	if e.snapshot != nil {
		return e.registered(urn, workers)
	}
	id, n := e.p.Manifest.Urns[urn].ID, e.p.electors(urn)
	var lists []HalfList
	for _, s := range e.issuers {
		path := e.p.population().EnrolmentKeys(id, s.Issuer)
		keys, err := readExactly(e.in, path, n*group.PointSize)
		if err != nil {
			return Population{}, err
		}
		if scrutin.DigestOf(keys) != s.Urns[urn].Keys {
			return Population{}, fmt.Errorf("%s: %w", path, ErrFile)
		}
		proof, err := sigma.DecodeKnowledge(slices.Concat(s.Urns[urn].Commitment[:], s.Urns[urn].Response[:]))
		if err != nil {
			return Population{}, fmt.Errorf("%s: %w: %w", path, ErrUnproven, err)
		}
		lists = append(lists, HalfList{s.Issuer, keys, proof})
	}
	return Halves(e.p.context(id), n, lists, workers)
}
