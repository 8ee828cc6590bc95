package shuffle

import (
	"isoloir/crypto/group"
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
	forChunks(len(ch.order), workers, smallChunk, func(lo, hi int) {
		elements := make([]group.Point, hi-lo)
		links := make([]group.Point, hi-lo)
		for i := lo; i < hi; i++ {
			elements[i-lo] = base.Mul(ch.bases[i+1].Mul(half))
			baseH.AddMul(&elements[i-lo], ch.products[i+1].Mul(half))
			nonce := ch.nonces[i].Mul(half)
			links[i-lo] = base.Mul(ch.linkNonces[i].Mul(half).Add(nonce.Mul(ch.bases[i])))
			baseH.AddMul(&links[i-lo], nonce.Mul(ch.products[i]))
		}
		copy(f.chain[lo*group.PointSize:], group.DoubleEncodeBatch(elements, 1))
		copy(f.links[lo*group.PointSize:], group.DoubleEncodeBatch(links, 1))
		m.add(hi - lo)
	})
	last = ch.bases[len(ch.order)]
	clear(ch.bases)
	clear(ch.products)
	ch.bases, ch.products = nil, nil
	return last
}

// answer writes ŝ_i = ω̂_i + c·ρ̂_i and s'_i = ω'_i + c·u'_i.
func (ch *chain) answer(f layout, challenge group.Scalar, workers int) {
	forChunks(len(ch.order), workers, smallChunk, func(lo, hi int) {
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
