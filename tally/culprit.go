package tally

import (
	"errors"
	"fmt"
	"slices"

	"isoloir/crypto/group"
	"isoloir/crypto/sigma"
	"isoloir/record"
)

// Where is one list of shares: that of a holder for one question of one cell,
// cells numbered from 1.
type Where struct {
	Clause, Holder string
	Cell           int
	Question       string
}

// find returns the holder and the unit.
func (m *Mixed) find(w Where) (h shareholder, found unit, err error) {
	if h, err = m.s.holder(w.Clause, w.Holder); err != nil {
		return h, found, err
	}
	for at, c := range m.s.filled() {
		for q, question := range c.questions {
			if c.number == w.Cell && question.ID == w.Question {
				return h, unit{c, question, c.inputs[q], at, q}, nil
			}
		}
	}
	return h, found, fmt.Errorf("cell %d, question %s: %w", w.Cell, w.Question, ErrInput)
}

// ProveEach proves every share of a list by itself, 96 bytes for each: what a
// holder whose list was refused shows, on demand, so that Culprits finds which
// of its values are false. The proofs are no part of the record.
func (m *Mixed) ProveEach(w Where, fragment group.Scalar) ([]byte, error) {
	h, u, err := m.find(w)
	if err != nil {
		return nil, err
	}
	inputs, err := m.inputs(u, m.s.Workers)
	if err != nil {
		return nil, err
	}
	claim, err := m.claim(u, h, inputs)
	if err != nil {
		return nil, err
	}
	var out []byte
	for i, input := range inputs.Points() {
		proof, err := claim.At(i, sigma.NewElement(input.Mul(fragment))).Prove(fragment)
		if err != nil {
			return nil, err
		}
		b := proof.Bytes()
		out = append(out, b[:]...)
	}
	return out, nil
}

// Culprits returns the places, from 0, of the shares of a list that the holder's
// proofs do not cover: points that are none, and values that are false. It
// refuses a list or proofs of another length than the ballots' (ErrFile).
func (m *Mixed) Culprits(in *record.Reader, w Where, proofs []byte) ([]int, error) {
	h, u, err := m.find(w)
	if err != nil {
		return nil, err
	}
	inputs, err := m.inputs(u, m.s.Workers)
	if err != nil {
		return nil, err
	}
	path := record.SharesList(w.Cell, w.Question, w.Clause, w.Holder)
	list, err := in.Read(path, int64(u.Ballots*group.PointSize))
	if err != nil {
		return nil, err
	}
	if len(list) != u.Ballots*group.PointSize || len(proofs) != u.Ballots*sigma.EqualitySize {
		return nil, fmt.Errorf("%s, %d ballots, with %d bytes of proofs: %w", path, u.Ballots, len(proofs), ErrFile)
	}
	claim, err := m.claim(u, h, inputs)
	if err != nil {
		return nil, err
	}
	var culprits, at []int
	var claims []sigma.EqualityClaim
	var equalities []sigma.Equality
	for i := range u.Ballots {
		share, err := sigma.DecodeElement(list[i*group.PointSize : (i+1)*group.PointSize])
		proof, malformed := sigma.DecodeEquality(proofs[i*sigma.EqualitySize : (i+1)*sigma.EqualitySize])
		if err != nil || malformed != nil {
			culprits = append(culprits, i)
			continue
		}
		claims, equalities, at = append(claims, claim.At(i, share)), append(equalities, proof), append(at, i)
	}
	var failed *sigma.Culprits
	switch err := sigma.VerifyEquality(claims, equalities, m.s.Workers); {
	case errors.As(err, &failed):
		for _, k := range failed.Indices {
			culprits = append(culprits, at[k])
		}
	case errors.Is(err, sigma.ErrEquality): // a batch of one
		culprits = append(culprits, at...)
	case err != nil:
		return nil, err
	}
	slices.Sort(culprits)
	return culprits, nil
}
