package shuffle

import (
	"sync"

	"isoloir/crypto/group"
	"isoloir/crypto/transcript"
	"isoloir/parallel"
)

// half is 1/2 modulo the group order. What is to be encoded is computed at
// half its exponents and doubled by group.DoubleEncodeBatch.
var half = group.ScalarFromUint64(2).Inverse()

// witness is what a stage's mixer knows: the order, and what ties its outputs
// to its inputs.
type witness struct {
	order []uint32     // output i holds input order[i]
	seed  group.Scalar // the seed of order and coins, to hedge the nonces
	// commit returns t_4 and t_5 for the nonces ω_4 and ω'.
	commit func(u [][16]byte, nonce4 group.Scalar, nonces []group.Scalar) (t4, t5 group.Point)
	// secret returns what s_4 answers for, in the order of the outputs.
	secret func(u [][16]byte) group.Scalar
}

// proveWork is how many units of progress a proof counts for each element.
const proveWork = 4

// prove makes the proof about the witness's order. The transcript t holds the
// statement, inputs and outputs.
func prove(t *transcript.Transcript, w *witness, gens *Generators, d draw, workers int, m *meter) []byte {
	n := len(w.order)
	halves := gens.first(n, workers)
	base, baseH := gens.tables()
	c := newCoins(d(t, w.seed))
	proof := make([]byte, ProofSize(n))
	f := cut(proof, n)

	rhos := c.scalars(forCommitment, n, workers)
	defer clear(rhos)
	commitOrder(f.permutation, w.order, rhos, halves, base, workers, m)
	t.Append("permutation", f.permutation)
	u := make([][16]byte, n)
	t.ChallengeWeights("u").Fill(u, 0)

	chain := newChain(w.order, u, c, workers)
	defer chain.wipe()
	end := chain.commit(f, base, baseH, workers, m)
	nonces := c.scalars(forSums, 4, 1)
	defer clear(nonces)
	t4, t5 := w.commit(u, nonces[3], chain.nonces)
	m.add(n)
	t3 := base.Mul(nonces[2]).Add(group.MSM(chain.nonces, halves[1:], workers).Double())
	for i, p := range []group.Point{base.Mul(nonces[0]), base.Mul(nonces[1]), t3, t4, t5} {
		putPoint(f.sums, i, p)
	}
	t.Append("chain", f.chain)
	t.Append("commitments", f.sums)
	t.Append("chain-commitments", f.links)
	challenge := t.Challenge("c")

	sumRho, sumRhoU := weighRhos(rhos, u, workers)
	secrets := []group.Scalar{sumRho, end, sumRhoU, w.secret(u)}
	defer clear(secrets)
	for i := range secrets {
		putScalar(f.answers, i, nonces[i].Add(challenge.Mul(secrets[i])))
	}
	chain.answer(f, challenge, workers)
	m.add(n)
	return proof
}

// commitOrder writes the commitment to the permutation: for each output i, at
// the place j of its input, c_j = g^{ρ_j}·h_i, from the halves of ρ and h.
func commitOrder(field []byte, order []uint32, rhos []group.Scalar, halves []group.Point, base *group.Table, workers int, m *meter) {
	n := len(order)
	outputs := make([]uint32, n)
	defer clear(outputs)
	for i, j := range order {
		outputs[j] = uint32(i)
	}
	parallel.Chunks(n, smallChunk, workers, func(lo, hi int) {
		points := make([]group.Point, hi-lo)
		for j := lo; j < hi; j++ {
			points[j-lo] = halves[outputs[j]+1]
		}
		base.AddMulAll(points, rhos[lo:hi])
		copy(field[lo*group.PointSize:], group.DoubleEncodeBatch(points, 1))
		m.add(hi - lo)
	})
}

// weighRhos returns Σ ρ_j and Σ ρ_j·u_j from the halves of ρ.
func weighRhos(rhos []group.Scalar, u [][16]byte, workers int) (sum, weighed group.Scalar) {
	var mu sync.Mutex
	parallel.Chunks(len(rhos), smallChunk, workers, func(lo, hi int) {
		var s, ws group.Scalar
		for j := lo; j < hi; j++ {
			s = s.Add(rhos[j])
			ws = ws.Add(rhos[j].Mul(group.ScalarFrom128(u[j])))
		}
		mu.Lock()
		defer mu.Unlock()
		sum, weighed = sum.Add(s), weighed.Add(ws)
	})
	return sum.Add(sum), weighed.Add(weighed)
}
