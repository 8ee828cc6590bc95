package shuffle

import (
	"slices"

	"isoloir/crypto/group"
	"isoloir/parallel"
)

// chain is the committed product of the permuted weights. Its elements are
// known by their exponents, ĉ_i = g^{bases[i]}·h^{products[i]}, so that each
// costs two fixed-base multiplications and none depends on its predecessor.
type chain struct {
	order      []uint32
	u          [][16]byte
	coins      []group.Scalar // ρ̂_1 … ρ̂_n, at 0 … n-1
	bases      []group.Scalar // at 0 … n
	products   []group.Scalar // at 0 … n
	nonces     []group.Scalar // ω'
	linkNonces []group.Scalar // ω̂
}

func newChain(order []uint32, u [][16]byte, c coins, workers int) *chain {
	n := len(order)
	ch := &chain{
		order:      order,
		u:          u,
		coins:      c.scalars(forChain, n, workers),
		bases:      make([]group.Scalar, n+1),
		products:   make([]group.Scalar, n+1),
		nonces:     c.scalars(forNonces, n, workers),
		linkNonces: c.scalars(forChainNonce, n, workers),
	}
	ch.products[0] = group.ScalarFromUint64(1)
	for i := range n {
		w := ch.weight(i)
		ch.bases[i+1] = ch.coins[i].Add(w.Mul(ch.bases[i]))
		ch.products[i+1] = w.Mul(ch.products[i])
	}
	return ch
}

// weight returns u'_{i+1}.
func (ch *chain) weight(i int) group.Scalar {
	return group.ScalarFrom128(ch.u[ch.order[i]])
}

// commit writes ĉ_i, and t̂_i = g^{ω̂_i}·ĉ_{i-1}^{ω'_i}. It forgets the exponents
// and returns that of g at the end of the chain.
func (ch *chain) commit(f layout, base, baseH *group.Table, workers int, m *meter) (last group.Scalar) {
	parallel.Chunks(len(ch.order), smallChunk, workers, func(lo, hi int) {
		g, h := make([]group.Scalar, hi-lo), make([]group.Scalar, hi-lo)
		for i := lo; i < hi; i++ {
			g[i-lo], h[i-lo] = ch.bases[i+1].Mul(half), ch.products[i+1].Mul(half)
		}
		encodeDoubles(f.chain[lo*group.PointSize:], base, g, baseH, h)
		for i := lo; i < hi; i++ {
			nonce := ch.nonces[i].Mul(half)
			g[i-lo] = ch.linkNonces[i].Mul(half).Add(nonce.Mul(ch.bases[i]))
			h[i-lo] = nonce.Mul(ch.products[i])
		}
		encodeDoubles(f.links[lo*group.PointSize:], base, g, baseH, h)
		clear(g)
		clear(h)
		m.add(hi - lo)
	})
	last = ch.bases[len(ch.order)]
	clear(ch.bases)
	clear(ch.products)
	ch.bases, ch.products = nil, nil
	return last
}

// encodeDoubles writes the encodings of (g^{x_i}·h^{y_i})^2 to field.
func encodeDoubles(field []byte, base *group.Table, x []group.Scalar, baseH *group.Table, y []group.Scalar) {
	points := slices.Repeat([]group.Point{group.Identity()}, len(x))
	base.AddMulAll(points, x)
	baseH.AddMulAll(points, y)
	copy(field, group.DoubleEncodeBatch(points, 1))
}

// answer writes ŝ_i = ω̂_i + c·ρ̂_i and s'_i = ω'_i + c·u'_i.
func (ch *chain) answer(f layout, challenge group.Scalar, workers int) {
	parallel.Chunks(len(ch.order), smallChunk, workers, func(lo, hi int) {
		for i := lo; i < hi; i++ {
			putScalar(f.linkAnswers, i, ch.linkNonces[i].Add(challenge.Mul(ch.coins[i])))
			putScalar(f.weights, i, ch.nonces[i].Add(challenge.Mul(ch.weight(i))))
		}
	})
}

func (ch *chain) wipe() {
	clear(ch.coins)
	clear(ch.nonces)
	clear(ch.linkNonces)
}
