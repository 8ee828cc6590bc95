package shuffle

import (
	"errors"
	"fmt"
	"sync"

	"isoloir/crypto/group"
	"isoloir/crypto/transcript"
	"isoloir/parallel"
)

// relation is what differs between the two kinds of proof: equations 4 and 5.
type relation interface {
	// terms returns the two equations, written as a sum that is the identity
	// less t_4 and t_5, weighed by v4 and v5.
	terms(challenge, s4, v4, v5 group.Scalar) terms
	// err names their failure.
	err() error
}

type terms struct {
	byWeight []side // Σ factor·(Σ u_j·points_j)
	byAnswer []side // Σ factor·(Σ s'_i·points_i)
	scalars  []group.Scalar
	points   []group.Point
}

type side struct {
	points []group.Point
	factor group.Scalar
}

// verification is one proof on the way to be verified.
type verification struct {
	relation
	n         int
	fields    layout
	halves    []group.Point
	u         transcript.Weights
	challenge group.Scalar
	answers   []group.Scalar // s_1 … s_4
	sums      []group.Point  // t_1 … t_5
	workers   int
}

// verify finishes the transcript t, which holds the statement, inputs and
// outputs, and checks the proof.
func verify(t *transcript.Transcript, r relation, inputs, outputs int, proof []byte, gens *Generators, workers int, progress func(done, total int)) error {
	v, err := open(t, r, inputs, outputs, proof, gens, workers)
	if err != nil {
		return err
	}
	sum, err := v.evaluate(randomWeights(), newMeter(progress, v.n))
	if err != nil || sum.IsIdentity() {
		return err
	}
	return v.findFailure()
}

// open checks lengths, reads what is not per element, and draws the challenges.
func open(t *transcript.Transcript, r relation, inputs, outputs int, proof []byte, gens *Generators, workers int) (*verification, error) {
	n := inputs
	if outputs != n {
		return nil, fmt.Errorf("%d inputs and %d outputs: %w", n, outputs, ErrLength)
	}
	if len(proof) != ProofSize(n) {
		return nil, fmt.Errorf("proof of %d bytes for %d elements: %w", len(proof), n, ErrLength)
	}
	v := &verification{relation: r, n: n, fields: cut(proof, n), workers: workers}
	var err error
	if v.answers, err = decodeScalars("s", v.fields.answers, 0, 4); err != nil {
		return nil, err
	}
	if v.sums, err = decodePoints("t", v.fields.sums, 0, 5); err != nil {
		return nil, err
	}
	v.halves = gens.first(n, workers)
	t.Append("permutation", v.fields.permutation)
	v.u = t.ChallengeWeights("u")
	t.Append("chain", v.fields.chain)
	t.Append("commitments", v.fields.sums)
	t.Append("chain-commitments", v.fields.links)
	v.challenge = t.Challenge("c")
	return v, nil
}

// findFailure evaluates each kind of equation alone.
func (v *verification) findFailure() error {
	kinds := []struct {
		err  error
		keep func(all weighing) weighing
	}{
		{ErrPermutation, func(all weighing) (w weighing) { w.v[0] = all.v[0]; return }},
		{ErrProduct, func(all weighing) (w weighing) { w.v[1] = all.v[1]; return }},
		{ErrCommitment, func(all weighing) (w weighing) { w.v[2] = all.v[2]; return }},
		{v.err(), func(all weighing) (w weighing) { w.v[3], w.v[4] = all.v[3], all.v[4]; return }},
		{ErrChain, func(all weighing) (w weighing) { w.links = all.links; return }},
	}
	var failed []error
	for _, k := range kinds {
		sum, err := v.evaluate(k.keep(randomWeights()), newMeter(nil, 0))
		if err != nil {
			return err
		}
		if !sum.IsIdentity() {
			failed = append(failed, k.err)
		}
	}
	if len(failed) == len(kinds) {
		return ErrStatement
	}
	return errors.Join(failed...)
}

// evaluate returns the sum of all equations, written as sums that are the
// identity, each multiplied by its weight.
func (v *verification) evaluate(w weighing, m *meter) (group.Point, error) {
	s, c := v.answers, v.challenge
	rel := v.terms(c, s[3], w.v[3], w.v[4])
	var failed firstError
	total := partial{point: group.Identity(), product: group.ScalarFromUint64(1)}
	var mu sync.Mutex
	parallel.Chunks(v.n, partSize(v.n, parallel.Workers(v.workers)), v.workers, func(lo, hi int) {
		p, err := v.chunk(w, &rel, lo, hi)
		if err != nil {
			failed.set(lo, err)
			return
		}
		mu.Lock()
		total.join(p)
		mu.Unlock()
		m.add(hi - lo)
	})
	if err := failed.get(); err != nil {
		return group.Point{}, err
	}
	g := total.base.Add(w.v[0].Mul(s[0])).Add(w.v[1].Mul(s[1])).Add(w.v[2].Mul(s[2]))
	h := total.h.Add(w.v[1].Mul(c).Mul(total.product))
	scalars := append([]group.Scalar{g, h.Add(h)}, rel.scalars...)
	points := append([]group.Point{group.Base(), v.halves[0]}, rel.points...)
	for i, t := range v.sums {
		scalars, points = append(scalars, w.v[i].Neg()), append(points, t)
	}
	return total.point.Add(group.MSM(scalars, points, 1)), nil
}
