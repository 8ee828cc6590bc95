package urn

import (
	"errors"
	"fmt"

	"isoloir/crypto/elgamal"
	"isoloir/crypto/group"
	"isoloir/crypto/sigma"
	"isoloir/parallel"
)

// Params is what an urn's rules follow from: the manifest, the opening record
// and the file of the urn's account keys.
type Params struct {
	Manifest       Hash        // f
	Opening        Hash        // o
	Number         uint16      // of the urn in the manifest
	Name           string      // of the urn in the manifest
	Questions      int         // w, how many are asked in this urn
	Base           group.Point // ĝ
	Key            group.Point // Y
	Accounts       *Accounts   // of the opening record; may be nil on a device, which judges nobody
	HighestCounter uint32      // 0 where votes are final
	Leaves         []LeafType  // that the log may hold
	Register       bool        // the electors are accounts of a register: there is no roll, and no ballot comes with an authorisation
	// Terminals are the keys of those at which supervised ballots are cast.
	Terminals [][TerminalKeySize]byte
	// Options are the codes of each question's options, in the manifest's order and then
	// blank; nil where nobody opens a challenge by these rules.
	Options [][]group.Point
}

// Rules are the rules of one urn that need no knowledge of other ballots. They
// are safe for concurrent use.
type Rules struct {
	Params
	base        group.Point
	key         *elgamal.Key
	populations populations
}

// NewRules refuses an identity as a key and an urn without questions.
func NewRules(p Params) (*Rules, error) {
	if p.Questions < 1 || BallotSize(p.Questions) >= 1<<16-1 {
		return nil, fmt.Errorf("urn %s asks %d questions: from 1 to 510 fit in a leaf of its log", p.Name, p.Questions)
	}
	r := &Rules{Params: p, base: p.Base, key: elgamal.NewKey(p.Key)}
	return r, r.populations.add(r.context(), Population{p.Base, p.Accounts}, p.Key)
}

// Allows says whether the log may hold leaves of this type.
func (r *Rules) Allows(t LeafType) bool {
	for _, l := range r.Leaves {
		if l == t {
			return true
		}
	}
	return false
}

// Check judges what a ballot says without computing on it: ErrOpening, ErrUrn,
// ErrFormat for another number of questions, ErrCounter, ErrAccount, or ErrCopy
// for a ballot that uses one half of a ciphertext twice.
func (r *Rules) Check(e Envelope) error {
	switch {
	case e.Opening() != r.Opening:
		return ErrOpening
	case e.Urn() != r.Number:
		return ErrUrn
	case e.Questions() != r.Questions:
		return fmt.Errorf("%w: %d questions, and not %d", ErrFormat, e.Questions(), r.Questions)
	case e.Place() > r.HighestCounter, e.Supervised() && !r.Allows(Supervised):
		return ErrCounter
	}
	if _, _, known := r.populations.find(e.Account()); !known {
		return ErrAccount
	}
	if twice(e.Ciphertexts()) {
		return ErrCopy
	}
	return nil
}

// Verify checks the proof of a ballot: ErrProof if it is false.
func (r *Rules) Verify(b *Ballot) error {
	claim, err := r.claim(b)
	if err != nil {
		return err
	}
	if err := claim.Verify(b.proof); err != nil {
		return fmt.Errorf("%w: %w", ErrProof, err)
	}
	return nil
}

// claim is what the proof of a ballot shows, under the generator of its account's
// population.
func (r *Rules) claim(b *Ballot) (sigma.BallotClaim, error) {
	at, _, known := r.populations.find(b.Account())
	if !known {
		return sigma.BallotClaim{}, ErrAccount
	}
	claim, err := r.populations.proofs[at].Claim(b.account, b.Counter(), b.Previous(), b.ciphertexts)
	if err != nil {
		return claim, fmt.Errorf("%w: %w", ErrProof, err)
	}
	return claim, nil
}

// Judge reads ballots, checks and verifies them, the proofs together in one
// equation for each worker. It gives, for each, the ballot or why it is
// refused.
func (r *Rules) Judge(encoded [][]byte, workers int) ([]*Ballot, []error) {
	ballots, refused := make([]*Ballot, len(encoded)), make([]error, len(encoded))
	parallel.Shares(len(encoded), workers, func(lo, hi int) {
		p := proofs{}
		for i := lo; i < hi; i++ {
			e, err := ReadEnvelope(encoded[i])
			if err == nil {
				err = r.Check(e)
			}
			if err == nil {
				ballots[i], err = p.add(r, e, &refused[i])
			}
			refused[i] = err
		}
		p.verify()
	})
	for i, err := range refused {
		if err != nil {
			ballots[i] = nil
		}
	}
	return ballots, refused
}

// proofs are those of several ballots, of any urns, to be verified together.
type proofs map[int]*sameWidth // by number of questions

type sameWidth struct {
	claims  []sigma.BallotClaim
	proofs  []sigma.BallotProof
	refused []*error // where to say what is wrong with each
}

// add decodes a ballot that Check has passed, and keeps its proof for verify, which
// will set *refused if it is false.
func (p proofs) add(r *Rules, e Envelope, refused *error) (*Ballot, error) {
	b, err := e.decode()
	if err != nil {
		return nil, err
	}
	claim, err := r.claim(b)
	if err != nil {
		return nil, err
	}
	s := p[r.Questions]
	if s == nil {
		s = new(sameWidth)
		p[r.Questions] = s
	}
	s.claims, s.proofs, s.refused = append(s.claims, claim), append(s.proofs, b.proof), append(s.refused, refused)
	return b, nil
}

// verify checks all proofs added, in one equation for each number of questions.
func (p proofs) verify() {
	for _, s := range p {
		err := sigma.VerifyBallots(s.claims, s.proofs, 1)
		var culprits *sigma.Culprits
		switch {
		case err == nil:
		case errors.As(err, &culprits):
			for _, i := range culprits.Indices {
				*s.refused[i] = fmt.Errorf("%w: %w", ErrProof, culprits.Reason)
			}
		default:
			for _, refused := range s.refused {
				*refused = fmt.Errorf("%w: %w", ErrProof, err)
			}
		}
	}
}
