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
	statement := &scrutin.Enrolment{
		Head: scrutin.Head{Manifest: p.Fingerprint}, Issuer: issuer, Urns: make([]scrutin.EnrolledUrn, len(p.Manifest.Urns)),
	}
	var sending sync.Mutex
	err := p.each(func(urn, workers int, progress func(done, total int)) error {
		u := p.Manifest.Urns[urn]
		list, err := Prove(p.context(u.ID), issuer, u.Electors, half, func(elector Number, half group.Scalar) error {
			sending.Lock()
			defer sending.Unlock()
			return sink(elector, half)
		}, workers)
		if err != nil {
			return err
		}
		proof := list.Proof.Bytes()
		statement.Urns[urn] = scrutin.EnrolledUrn{
			Urn: u.ID, Electors: u.Electors, Keys: scrutin.DigestOf(list.Keys),
			Commitment: scrutin.Point(proof[:32]), Response: scrutin.Scalar(proof[32:]),
		}
		return out.Write(record.EnrolmentKeys(u.ID, issuer), list.Keys)
	})
	if err != nil {
		return err
	}
	signed, err := scrutin.Sign(statement, signer)
	if err != nil {
		return err
	}
	return out.Write(record.Enrolment(issuer), signed)
}

// A Source gives the enrolled population of each urn, by the urn's number in
// the manifest, its proofs verified with so many workers. It is safe for
// concurrent use.
type Source interface {
	Population(urn, workers int) (Population, error)
}

// An Enrolment is what the issuers published. It is a [Source].
type Enrolment struct {
	// Statements names the issuers' statements, in the manifest's order.
	Statements []scrutin.Statement

	p       *Procedure
	in      *record.Reader
	issuers []*scrutin.Enrolment
}

// Enrolment reads the issuers' statements: signed by the issuers of the
// manifest, each for all its urns with their numbers of electors
// (ErrStatement). Files and proofs are verified by Population.
func (p *Procedure) Enrolment(in *record.Reader) (*Enrolment, error) {
	e := &Enrolment{p: p, in: in}
	for _, issuer := range p.Manifest.Issuers {
		s, digest, err := open[scrutin.Enrolment](p, in, record.Enrolment(issuer.ID), issuer.Verifier())
		if err != nil {
			return nil, err
		}
		if s.Issuer != issuer.ID || len(s.Urns) != len(p.Manifest.Urns) {
			return nil, fmt.Errorf("enrolment by %s, of %d urns, in the place of %s: %w", s.Issuer, len(s.Urns), issuer.ID, ErrStatement)
		}
		for i, u := range p.Manifest.Urns {
			if s.Urns[i].Urn != u.ID || s.Urns[i].Electors != u.Electors {
				return nil, fmt.Errorf("enrolment by %s: %d electors of urn %s, not %d of urn %s: %w", issuer.ID, s.Urns[i].Electors, s.Urns[i].Urn, u.Electors, u.ID, ErrStatement)
			}
		}
		e.issuers = append(e.issuers, s)
		e.Statements = append(e.Statements, scrutin.Statement{Party: issuer.ID, Digest: digest})
	}
	return e, nil
}

// Population reads and verifies the keys of one urn. It refuses a file that its
// statement does not name (ErrFile), and what [Halves] refuses.
func (e *Enrolment) Population(urn, workers int) (Population, error) {
	u := e.p.Manifest.Urns[urn]
	var lists []HalfList
	for _, s := range e.issuers {
		path := record.EnrolmentKeys(u.ID, s.Issuer)
		keys, err := readExactly(e.in, path, u.Electors*group.PointSize)
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
	return Halves(e.p.context(u.ID), u.Electors, lists, workers)
}
