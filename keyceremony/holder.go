package keyceremony

import (
	"errors"
	"fmt"
	"slices"

	"isoloir/crypto/group"
	"isoloir/crypto/sigma"
	"isoloir/crypto/transcript"
	"isoloir/scrutin"
)

// ErrStep says that a holder is asked for a message that is not due.
var ErrStep = errors.New("this step is not due from this holder")

// due refuses a message that the run does not await.
func (s *State) due(step Step, holder string) error {
	switch {
	case s.Void():
		return fmt.Errorf("%w: run %d is void", ErrStep, s.Run)
	case s.Step != step:
		return fmt.Errorf("%w: run %d stands at %q, not at %q", ErrStep, s.Run, s.Step, step)
	case !slices.Contains(s.Pending, holder):
		return fmt.Errorf("%w: run %d does not await %s from %s", ErrStep, s.Run, step, holder)
	}
	return nil
}

// Draw draws a holder's polynomials for a run, one for each of his clauses in
// the manifest's order.
func (s *State) Draw(holder string) []Polynomial {
	var out []Polynomial
	for _, g := range s.party.of(holder) {
		out = append(out, NewPolynomial(g.threshold))
	}
	return out
}

// Commit makes a holder's first message.
func (s *State) Commit(holder string, polynomials []Polynomial) (*Commit, error) {
	if err := s.due(CommitStep, holder); err != nil {
		return nil, err
	}
	return &Commit{s.Header(holder), s.party.coefficientsDigest(holder, commitAll(polynomials))}, nil
}

func commitAll(polynomials []Polynomial) []Commitment {
	out := make([]Commitment, len(polynomials))
	for i, p := range polynomials {
		out[i] = p.Commit()
	}
	return out
}

// Reveal makes a holder's second message, with the polynomials of his first.
func (s *State) Reveal(holder string, polynomials []Polynomial) (*Reveal, error) {
	if err := s.due(RevealStep, holder); err != nil {
		return nil, err
	}
	commitments := commitAll(polynomials)
	if s.party.coefficientsDigest(holder, commitments) != s.commits[holder].Coefficients {
		return nil, fmt.Errorf("%s in run %d: %w", holder, s.Run, ErrCommitment)
	}
	body := &Reveal{Header: s.Header(holder)}
	for i, g := range s.party.of(holder) {
		claim, err := s.constantTerm(holder, g.clause, commitments[i])
		if err != nil {
			return nil, err
		}
		d := Dealing{Clause: g.clause}
		if d.Proof, err = claim.Prove(polynomials[i].Coefficients()[0]); err != nil {
			return nil, err
		}
		for _, c := range commitments[i] {
			d.Coefficients = append(d.Coefficients, scrutin.PointOf(c))
		}
		for _, seat := range g.seats {
			to := s.address(g.clause, holder, seat.holder)
			d.Boxes = append(d.Boxes, to.seal(polynomials[i].At(seat.index), s.party.holders[seat.holder].reception))
		}
		body.Clauses = append(body.Clauses, d)
	}
	return body, nil
}

func (s *State) constantTerm(holder, clause string, c Commitment) (sigma.Claim, error) {
	return sigma.ConstantTerm(s.party.context(), uint32(s.Run), holder, clause, sigma.NewList(c, 1))
}

// Check opens a holder's boxes with the secret of his reception key and makes
// his third message: a complaint for each share that is wrong.
func (s *State) Check(holder string, reception group.Scalar) (*Check, error) {
	if err := s.due(CheckStep, holder); err != nil {
		return nil, err
	}
	body := &Check{Header: s.Header(holder)}
	for _, g := range s.party.of(holder) {
		for _, dealer := range g.seats {
			if _, err := s.share(g.clause, dealer.holder, holder, reception); err == nil {
				continue
			}
			complaint, err := s.complain(g.clause, dealer.holder, holder, reception)
			if err != nil {
				return nil, err
			}
			body.Complaints = append(body.Complaints, *complaint)
		}
	}
	slices.SortFunc(body.Complaints, s.compare)
	return body, nil
}

// share opens a box and checks the share against the dealer's commitment.
func (s *State) share(clause, dealer, receiver string, reception group.Scalar) (group.Scalar, error) {
	sealed, index := s.sealed(clause, dealer, receiver)
	ephemeral, err := sealed.Ephemeral.Decode()
	if err != nil {
		return group.Scalar{}, err
	}
	shared := ephemeral.Mul(reception).Bytes()
	share, err := s.address(clause, dealer, receiver).open(sealed, s.party.holders[receiver].reception, shared)
	if err != nil {
		return group.Scalar{}, err
	}
	if !group.MulBase(share).Equal(s.dealt[dealer][clause].At(index)) {
		return group.Scalar{}, ErrShare
	}
	return share, nil
}

func (s *State) complain(clause, dealer, receiver string, reception group.Scalar) (*Complaint, error) {
	sealed, _ := s.sealed(clause, dealer, receiver)
	ephemeral, err := sigma.DecodeElement(sealed.Ephemeral[:])
	if err != nil {
		return nil, err
	}
	shared := sigma.NewElement(ephemeral.Point().Mul(reception))
	claim := sigma.Complaint(s.party.context(), uint32(s.Run), clause, dealer, receiver, s.party.holders[receiver].reception, ephemeral, shared)
	proof, err := claim.Prove(reception)
	if err != nil {
		return nil, err
	}
	return &Complaint{clause, dealer, shared.Bytes(), proof}, nil
}

// Seal makes a holder's last message.
func (s *State) Seal(holder string) (*Seal, error) {
	if err := s.due(SealStep, holder); err != nil {
		return nil, err
	}
	body := s.keys.seal()
	body.Header = s.Header(holder)
	return &body, nil
}

// Fragment is a holder's part of the key of one clause: x with g^x his
// verification key. It is what the whole election protects.
type Fragment struct {
	Clause string
	Index  int
	Value  group.Scalar
}

// Fragments adds up the shares that a holder received, once all have checked
// theirs, and makes sure that each fits its verification key.
func (s *State) Fragments(holder string, reception group.Scalar) ([]Fragment, error) {
	if s.keys == nil || s.Void() {
		return nil, fmt.Errorf("%w: run %d has no fragments yet", ErrStep, s.Run)
	}
	var out []Fragment
	for _, g := range s.party.of(holder) {
		f := Fragment{Clause: g.clause, Index: g.index(holder)}
		for _, dealer := range g.seats {
			share, err := s.share(g.clause, dealer.holder, holder, reception)
			if err != nil {
				return nil, fmt.Errorf("share of %s from %s: %w", g.clause, dealer.holder, err)
			}
			f.Value = f.Value.Add(share)
		}
		clause, _ := s.keys.Clause(g.clause)
		if key, ok := clause.Holder(holder); !ok || !group.MulBase(f.Value).Equal(key.Key) {
			return nil, fmt.Errorf("the fragment of clause %s does not fit its verification key", g.clause)
		}
		out = append(out, f)
	}
	return out, nil
}

func (c *Ceremony) context() transcript.Context {
	return transcript.Context{Manifest: c.manifest}
}
