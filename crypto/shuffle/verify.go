package shuffle

import (
	"errors"
	"fmt"
	"sync"

	"isoloir/crypto/group"
	"isoloir/crypto/transcript"
)

// verifyChunk is how many elements a worker verifies at once: enough for
// multi-scalar multiplication to be at its best, few enough for the elements
// decoded on the way not to count in memory.
const verifyChunk = 1 << 13

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
	size := min(verifyChunk, (v.n+workerCount(v.workers)-1)/workerCount(v.workers))
	forChunks(v.n, v.workers, size, func(lo, hi int) {
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

// partial is the sum over a part of the elements.
type partial struct {
	point   group.Point
	base    group.Scalar // to multiply g
	h       group.Scalar // to multiply h
	product group.Scalar // of the weights u_j
}

func (p *partial) join(q partial) {
	p.point = p.point.Add(q.point)
	p.base = p.base.Add(q.base)
	p.h = p.h.Add(q.h)
	p.product = p.product.Mul(q.product)
}

// chunk decodes and sums what the elements from lo to hi contribute.
func (v *verification) chunk(w weighing, rel *terms, lo, hi int) (partial, error) {
	p := partial{product: group.ScalarFromUint64(1)}
	next := min(hi+1, v.n)
	weightAnswers, err := decodeScalars("s'", v.fields.weights, lo, next)
	if err != nil {
		return p, err
	}
	linkAnswers, err := decodeScalars("ŝ", v.fields.linkAnswers, lo, hi)
	if err != nil {
		return p, err
	}
	commitments, err := decodePoints("c", v.fields.permutation, lo, hi)
	if err != nil {
		return p, err
	}
	elements, err := decodePoints("ĉ", v.fields.chain, lo, hi)
	if err != nil {
		return p, err
	}
	links, err := decodePoints("t̂", v.fields.links, lo, hi)
	if err != nil {
		return p, err
	}
	size := hi - lo
	u := make([][16]byte, size)
	v.u.Fill(u, lo)
	weights := w.forLinks(lo, next)
	minusC := v.challenge.Neg()

	// The long exponents: ĉ_i, h_i, and the outputs.
	scalars := make([]group.Scalar, 0, (2+len(rel.byAnswer))*size)
	points := append(make([]group.Point, 0, cap(scalars)), elements...)
	for i := range size {
		wi := group.ScalarFrom128(weights[i])
		p.base = p.base.Add(wi.Mul(linkAnswers[i]))
		p.product = p.product.Mul(group.ScalarFrom128(u[i]))
		s := minusC.Mul(wi)
		if lo+i+1 < v.n {
			s = s.Add(weightAnswers[i+1].Mul(group.ScalarFrom128(weights[i+1])))
		} else {
			s = s.Add(minusC.Mul(w.v[1]))
		}
		scalars = append(scalars, s)
	}
	if lo == 0 {
		p.h = weightAnswers[0].Mul(group.ScalarFrom128(weights[0]))
	}
	double := w.v[2].Add(w.v[2])
	once := v.challenge.Mul(w.v[0])
	once = once.Add(once)
	points = append(points, v.halves[lo+1:hi+1]...)
	for i := range size {
		scalars = append(scalars, once.Add(double.Mul(weightAnswers[i])))
	}
	for _, out := range rel.byAnswer {
		points = append(points, out.points[lo:hi]...)
		for i := range size {
			scalars = append(scalars, out.factor.Mul(weightAnswers[i]))
		}
	}
	p.point = group.MSM(scalars, points, 1)

	// The short ones: c_j and the inputs by u_j, t̂_i by the link's weight.
	plain := group.Identity()
	for i := range commitments {
		plain = plain.Add(commitments[i])
	}
	parts := []group.Point{plain, group.MSM128(u, commitments, 1), group.MSM128(weights[:size], links, 1)}
	factors := []group.Scalar{minusC.Mul(w.v[0]), minusC.Mul(w.v[2]), group.ScalarFromUint64(1).Neg()}
	for _, in := range rel.byWeight {
		parts = append(parts, group.MSM128(u, in.points[lo:hi], 1))
		factors = append(factors, in.factor)
	}
	p.point = p.point.Add(group.MSM(factors, parts, 1))
	return p, nil
}
