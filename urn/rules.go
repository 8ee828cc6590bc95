package urn

import (
	"errors"
	"fmt"
	"runtime"
	"sync"

	"isoloir/crypto/elgamal"
	"isoloir/crypto/group"
	"isoloir/crypto/sigma"
	"isoloir/crypto/transcript"
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
	if p.Questions < 1 {
		return nil, fmt.Errorf("no question is asked in urn %s", p.Name)
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
// ErrAccount or ErrCounter.
func (r *Rules) Check(b *Ballot) error {
	switch {
	case b.Opening != r.Opening:
		return ErrOpening
	case b.Urn != r.Number:
		return ErrUrn
	case b.Counter > r.HighestCounter:
		return ErrCounter
	}
	if _, known := r.Accounts.Position(b.Account.Bytes()); !known {
		return ErrAccount
	}
	return equalHalves(b)
}

// equalHalves refuses a ballot that uses one half of a ciphertext twice.
func equalHalves(b *Ballot) error {
	for i := range b.Ciphertexts.Len() {
		for j := range i {
			if half(b, i, 0) == half(b, j, 0) || half(b, i, 1) == half(b, j, 1) {
				return ErrCopy
			}
		}
	}
	return nil
}

// half is the encoding of c1 (which = 0) or c2 (which = 1) for question q.
func half(b *Ballot, q, which int) [group.PointSize]byte {
	return [group.PointSize]byte(b.Ciphertexts.Bytes()[q*elgamal.Size+which*group.PointSize:])
}

// Halves gives the encodings of every c1, or of every c2, of a ballot.
func Halves(b *Ballot, which int) [][group.PointSize]byte {
	out := make([][group.PointSize]byte, b.Ciphertexts.Len())
	for q := range out {
		out[q] = half(b, q, which)
	}
	return out
}

// Verify checks the proof of a ballot: ErrProof if it is false.
func (r *Rules) Verify(b *Ballot) error {
	claim, err := r.proofs.Claim(b.Account, b.Counter, b.Previous, b.Ciphertexts)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrProof, err)
	}
	if err := claim.Verify(b.Proof); err != nil {
		return fmt.Errorf("%w: %w", ErrProof, err)
	}
	return nil
}

// Judge reads ballots, checks and verifies them, the proofs together in one
// equation for each worker. It gives, for each, the ballot or why it is
// refused.
func (r *Rules) Judge(encoded [][]byte, workers int) ([]*Ballot, []error) {
	ballots, refused := make([]*Ballot, len(encoded)), make([]error, len(encoded))
	if workers <= 0 {
		workers = runtime.GOMAXPROCS(0)
	}
	workers = max(1, min(workers, len(encoded)))
	var wg sync.WaitGroup
	for k := range workers {
		lo, hi := k*len(encoded)/workers, (k+1)*len(encoded)/workers
		wg.Go(func() { r.judge(encoded[lo:hi], ballots[lo:hi], refused[lo:hi]) })
	}
	wg.Wait()
	return ballots, refused
}

func (r *Rules) judge(encoded [][]byte, ballots []*Ballot, refused []error) {
	claims, proofs, at := make([]sigma.BallotClaim, 0, len(encoded)), make([]sigma.BallotProof, 0, len(encoded)), make([]int, 0, len(encoded))
	for i := range encoded {
		b, err := ParseBallot(encoded[i], r.Questions)
		if err == nil {
			err = r.Check(b)
		}
		var claim sigma.BallotClaim
		if err == nil {
			claim, err = r.proofs.Claim(b.Account, b.Counter, b.Previous, b.Ciphertexts)
		}
		if err != nil {
			refused[i] = err
			continue
		}
		ballots[i] = b
		claims, proofs, at = append(claims, claim), append(proofs, b.Proof), append(at, i)
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
