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

// Reasons for which a rehearsal does not hold.
var (
	// ErrRehearsal says that a rehearsal message does not open the test text.
	ErrRehearsal = errors.New("the fragment does not open the test text")
	// ErrUnrehearsed says that the rehearsal of a holder's medium is missing.
	ErrUnrehearsed = errors.New("no rehearsal from this medium")
)

// rehearsalCell is the name of the cell in the proofs of a rehearsal, whose question
// is the step: what one medium gave is no answer of the other.
const rehearsalCell = "rehearsal"

// testText returns the ciphertext that a rehearsal opens and what it holds. Its
// randomness is public: a share of it tells nothing.
func (c *Ceremony) testText(k *Keys) (c1, c2, m group.Point) {
	t := transcript.New("ceremony/rehearsal", c.context())
	t.Append("digest", k.Digest[:])
	r := t.Challenge("r")
	m = group.Hash(scrutin.Version+"/rehearsal", k.Digest[:])
	return group.MulBase(r), m.Add(k.Key.MulVartime(r)), m
}

func (c *Ceremony) rehearsalClaim(k *Keys, step Step, clause string, h HolderKey, c1 group.Point) (sigma.ShareClaim, error) {
	ctx := c.context()
	ctx.Urn = rehearsalCell
	return sigma.Shares(ctx, k.Digest, string(step), clause, h.Holder, sigma.NewElement(h.Key), sigma.NewList([]group.Point{c1}, 1))
}

// Rehearse makes the message by which a holder opens the test text with the
// fragments read from one of his two media, 1 or 2. The state is of a run that
// is done.
func (s *State) Rehearse(holder string, medium int, fragments []Fragment) (*Rehearsal, error) {
	if s.Step != Done || medium < 1 || medium > 2 {
		return nil, fmt.Errorf("%w: rehearsal of medium %d in run %d", ErrStep, medium, s.Run)
	}
	step := RehearsalStep1
	if medium == 2 {
		step = RehearsalStep2
	}
	body := &Rehearsal{Header: s.header(holder, step, s.Board)}
	c1, _, _ := s.party.testText(s.keys)
	for _, g := range s.party.of(holder) {
		i := slices.IndexFunc(fragments, func(f Fragment) bool { return f.Clause == g.clause })
		if i < 0 {
			return nil, fmt.Errorf("no fragment of clause %s", g.clause)
		}
		clause, _ := s.keys.Clause(g.clause)
		key, _ := clause.Holder(holder)
		claim, err := s.party.rehearsalClaim(s.keys, step, g.clause, key, c1)
		if err != nil {
			return nil, err
		}
		value, proof, err := claim.Prove(fragments[i].Value, 1)
		if err != nil {
			return nil, fmt.Errorf("%w: clause %s: %w", ErrRehearsal, g.clause, err)
		}
		body.Clauses = append(body.Clauses, RehearsedClause{g.clause, scrutin.Point(value), proof})
	}
	return body, nil
}

// VerifyRehearsals checks that every holder opened the test text from both
// media: each value by its proof, then the text itself by quorums that together
// cover every holder of every clause. The error names the holder.
func (c *Ceremony) VerifyRehearsals(k *Keys, messages []*Message) error {
	for _, step := range []Step{RehearsalStep1, RehearsalStep2} {
		values := map[string]map[string]group.Point{} // clause, holder
		for _, clause := range k.Clauses {
			values[clause.Clause] = map[string]group.Point{}
		}
		for _, m := range messages {
			if m.Step != step {
				continue
			}
			if err := c.rehearsed(k, m, values); err != nil {
				return fmt.Errorf("%s: %w", m.Path(), err)
			}
		}
		if err := c.openTest(k, values); err != nil {
			return fmt.Errorf("%s: %w", step, err)
		}
	}
	return nil
}

// VerifyRehearsal checks one rehearsal by its proofs: that the fragments of its holder
// open the test text of these keys. ErrStep says that it is another message.
func (c *Ceremony) VerifyRehearsal(k *Keys, m *Message) error {
	if m.Step != RehearsalStep1 && m.Step != RehearsalStep2 {
		return fmt.Errorf("%w: %s is no rehearsal", ErrStep, m.Step)
	}
	values := map[string]map[string]group.Point{}
	for _, clause := range k.Clauses {
		values[clause.Clause] = map[string]group.Point{}
	}
	return c.rehearsed(k, m, values)
}

// rehearsed adds the values of one message.
func (c *Ceremony) rehearsed(k *Keys, m *Message, values map[string]map[string]group.Point) error {
	body := new(Rehearsal)
	if err := m.decode(body); err != nil {
		return err
	}
	if body.Board != k.Digest {
		return ErrBoard
	}
	c1, _, _ := c.testText(k)
	next := 0
	for _, clause := range k.Clauses {
		key, ok := clause.Holder(m.Holder)
		if !ok {
			continue
		}
		if next >= len(body.Clauses) || body.Clauses[next].Clause != clause.Clause {
			return ErrMalformed
		}
		claim, err := c.rehearsalClaim(k, m.Step, clause.Clause, key, c1)
		if err != nil {
			return err
		}
		opened, err := claim.Verify(body.Clauses[next].Value[:], body.Clauses[next].Proof, 1)
		if err != nil {
			return fmt.Errorf("%w: clause %s: %w", ErrRehearsal, clause.Clause, err)
		}
		if _, twice := values[clause.Clause][m.Holder]; twice {
			return ErrDouble
		}
		values[clause.Clause][m.Holder] = opened[0]
		next++
	}
	if next == 0 || next != len(body.Clauses) {
		return ErrMalformed
	}
	return nil
}

// openTest opens the test text by every quorum of neighbours of each clause,
// beside the first quorum of the others.
func (c *Ceremony) openTest(k *Keys, values map[string]map[string]group.Point) error {
	_, c2, m := c.testText(k)
	opened := make([][]group.Point, len(k.Clauses)) // of each clause, ∏ d^λ by each quorum
	for i, clause := range k.Clauses {
		for first := range clause.Holders {
			quorum := make([]HolderKey, clause.Threshold)
			for j := range quorum {
				quorum[j] = clause.Holders[(first+j)%len(clause.Holders)]
			}
			part, err := combineShares(quorum, values[clause.Clause])
			if err != nil {
				return fmt.Errorf("clause %s: %w", clause.Clause, err)
			}
			opened[i] = append(opened[i], part)
		}
	}
	for i, clause := range k.Clauses {
		for first, part := range opened[i] {
			rest := c2.Sub(part)
			for j := range k.Clauses {
				if j != i {
					rest = rest.Sub(opened[j][0])
				}
			}
			if !rest.Equal(m) {
				return fmt.Errorf("clause %s, quorum from %s: %w", clause.Clause, clause.Holders[first].Holder, ErrRehearsal)
			}
		}
	}
	return nil
}

// combineShares raises partial decryptions to Lagrange coefficients.
func combineShares(quorum []HolderKey, values map[string]group.Point) (group.Point, error) {
	indices := make([]int, len(quorum))
	for j, h := range quorum {
		indices[j] = h.Index
	}
	lambda, err := Lagrange(indices)
	if err != nil {
		return group.Point{}, err
	}
	sum := group.Identity()
	for j, h := range quorum {
		d, ok := values[h.Holder]
		if !ok {
			return group.Point{}, fmt.Errorf("%s: %w", h.Holder, ErrUnrehearsed)
		}
		sum = sum.Add(d.MulVartime(lambda[j]))
	}
	return sum, nil
}
