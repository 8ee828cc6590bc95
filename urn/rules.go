package urn

import (
	"errors"
	"fmt"
	"slices"

	"isoloir/crypto/elgamal"
	"isoloir/crypto/group"
	"isoloir/crypto/sigma"
	"isoloir/crypto/transcript"
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
	Accounts       *Accounts
	HighestCounter uint32     // 0 where votes are final
	Leaves         []LeafType // that the log may hold
}

// Rules are the rules of one urn that need no knowledge of other ballots. They
// are safe for concurrent use.
type Rules struct {
	Params
	base   group.Point
	key    *elgamal.Key
	proofs *sigma.Ballots
}

// NewRules refuses an identity as a key and an urn without questions.
func NewRules(p Params) (*Rules, error) {
	if p.Questions < 1 || BallotSize(p.Questions) >= 1<<16-1 {
		return nil, fmt.Errorf("urn %s asks %d questions: from 1 to 510 fit in a leaf of its log", p.Name, p.Questions)
	}
	ctx := transcript.Context{Manifest: p.Manifest, Opening: p.Opening, Urn: p.Name}
	proofs, err := sigma.NewBallots(ctx, sigma.NewElement(p.Base), sigma.NewElement(p.Key))
	if err != nil {
		return nil, fmt.Errorf("urn %s: %w", p.Name, err)
	}
	return &Rules{Params: p, base: p.Base, key: elgamal.NewKey(p.Key), proofs: proofs}, nil
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
	case e.Counter() > r.HighestCounter:
		return ErrCounter
	}
	if _, known := r.Accounts.Position(e.Account()); !known {
		return ErrAccount
	}
	for which := range 2 {
		halves := e.Halves(which)
		for i := range halves {
			if slices.Contains(halves[:i], halves[i]) {
				return ErrCopy
			}
		}
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

func (r *Rules) claim(b *Ballot) (sigma.BallotClaim, error) {
	claim, err := r.proofs.Claim(b.account, b.Counter(), b.Previous(), b.ciphertexts)
	if err != nil {
		return claim, fmt.Errorf("%w: %w", ErrProof, err)
	}
	return claim, nil
}

// read is all of Judge but the proof.
func (r *Rules) read(encoded []byte) (*Ballot, error) {
	e, err := ReadEnvelope(encoded)
	if err != nil {
		return nil, err
	}
	if err := r.Check(e); err != nil {
		return nil, err
	}
	return e.decode()
}

// Judge reads ballots, checks and verifies them, the proofs together in one
// equation for each worker. It gives, for each, the ballot or why it is
// refused.
func (r *Rules) Judge(encoded [][]byte, workers int) ([]*Ballot, []error) {
	ballots, refused := make([]*Ballot, len(encoded)), make([]error, len(encoded))
	parallel.Shares(len(encoded), workers, func(lo, hi int) {
		r.judge(encoded[lo:hi], ballots[lo:hi], refused[lo:hi])
	})
	return ballots, refused
}

func (r *Rules) judge(encoded [][]byte, ballots []*Ballot, refused []error) {
	claims, proofs, at := make([]sigma.BallotClaim, 0, len(encoded)), make([]sigma.BallotProof, 0, len(encoded)), make([]int, 0, len(encoded))
	for i := range encoded {
		b, err := r.read(encoded[i])
		var claim sigma.BallotClaim
		if err == nil {
			claim, err = r.claim(b)
		}
		if err != nil {
			refused[i] = err
			continue
		}
		ballots[i] = b
		claims, proofs, at = append(claims, claim), append(proofs, b.proof), append(at, i)
	}
	err := sigma.VerifyBallots(claims, proofs, 1)
	var culprits *sigma.Culprits
	switch {
	case err == nil:
	case errors.As(err, &culprits):
		for _, i := range culprits.Indices {
			ballots[at[i]], refused[at[i]] = nil, fmt.Errorf("%w: %w", ErrProof, culprits.Reason)
		}
	default:
		for _, i := range at {
			ballots[i], refused[i] = nil, fmt.Errorf("%w: %w", ErrProof, err)
		}
	}
}
