package shuffle

import (
	"sync"

	"isoloir/crypto/elgamal"
	"isoloir/crypto/group"
	"isoloir/crypto/transcript"
	"isoloir/parallel"
)

// reencryptWork is how many units of progress re-encryption counts for each
// ciphertext, beside the proof.
const reencryptWork = 2

// Reencrypt mixes in: it returns the ciphertexts in a fresh secret order, each
// under fresh coins, and the proof of it, ProofSize(in.Len()) bytes. Order and
// coins are forgotten. progress, which may be nil, is called now and then from
// one goroutine at a time.
//
// It refuses an empty list (ErrEmpty) and the identity as the statement's key
// or as a first half (ErrIdentity).
func Reencrypt(st Statement, in elgamal.List, gens *Generators, workers int, progress func(done, total int)) (out elgamal.List, proof []byte, err error) {
	return reencrypt(st, in, gens, (*transcript.Transcript).Nonce, workers, progress)
}

func reencrypt(st Statement, in elgamal.List, gens *Generators, d draw, workers int, progress func(done, total int)) (elgamal.List, []byte, error) {
	t, err := st.transcript(in)
	if err != nil {
		return elgamal.List{}, nil, err
	}
	n := in.Len()
	m := newMeter(progress, (reencryptWork+proveWork)*n)
	seed := d(t)
	c := newCoins(seed)
	order := c.order(n)
	defer clear(order)
	r := c.scalars(forEncryption, n, workers)
	defer clear(r)
	base, _ := gens.tables()
	key := group.NewTable(st.Key, keyWindow(n))
	out := reencryptAll(in, order, r, base, key, workers, m)
	t.Append("outputs", out.Bytes())
	w := witness{
		order: order,
		seed:  seed,
		commit: func(_ [][16]byte, nonce4 group.Scalar, nonces []group.Scalar) (t4, t5 group.Point) {
			minus := nonce4.Neg()
			t4, t5 = key.Mul(minus), base.Mul(minus)
			return t4.Add(group.MSM(nonces, out.C2(), workers)), t5.Add(group.MSM(nonces, out.C1(), workers))
		},
		secret: func(u [][16]byte) group.Scalar { return weighCoins(order, r, u, workers) },
	}
	return out, prove(t, &w, gens, d, workers, m), nil
}

// reencryptAll returns, for each i, ciphertext order[i] re-encrypted by r[i].
func reencryptAll(in elgamal.List, order []uint32, r []group.Scalar, base, key *group.Table, workers int, m *meter) elgamal.List {
	n := len(order)
	c1, c2 := make([]group.Point, n), make([]group.Point, n)
	parallel.Chunks(n, smallChunk, workers, func(lo, hi int) {
		for i := lo; i < hi; i++ {
			c1[i], c2[i] = in.C1()[order[i]], in.C2()[order[i]]
		}
		base.AddMulAll(c1[lo:hi], r[lo:hi])
		key.AddMulAll(c2[lo:hi], r[lo:hi])
		m.add(hi - lo)
	})
	out := elgamal.NewListFromColumns(c1, c2, workers)
	m.add(n)
	return out
}

// weighCoins returns Σ r'_i·u'_i.
func weighCoins(order []uint32, r []group.Scalar, u [][16]byte, workers int) (sum group.Scalar) {
	var mu sync.Mutex
	parallel.Chunks(len(r), smallChunk, workers, func(lo, hi int) {
		var s group.Scalar
		for i := lo; i < hi; i++ {
			s = s.Add(r[i].Mul(group.ScalarFrom128(u[order[i]])))
		}
		mu.Lock()
		defer mu.Unlock()
		sum = sum.Add(s)
	})
	return sum
}

// VerifyReencryption accepts when proof shows that out is in, permuted and
// re-encrypted under the statement's key. An empty list is ErrEmpty, lists
// of different lengths and a proof of another length are ErrLength, the
// identity as key or first half is ErrIdentity, bytes that are not canonical
// are ErrEncoding. A proof that does not hold is ErrStatement where no equation
// does, and else what fails among ErrPermutation, ErrProduct, ErrCommitment,
// ErrReencryption and ErrChain.
func VerifyReencryption(st Statement, in, out elgamal.List, proof []byte, gens *Generators, workers int, progress func(done, total int)) error {
	t, err := st.transcript(in)
	if err != nil {
		return err
	}
	if err := checkPoints("first half of output", out.C1()); err != nil {
		return err
	}
	t.Append("outputs", out.Bytes())
	return verify(t, &reencryption{st.Key, in, out}, in.Len(), out.Len(), proof, gens, workers, progress)
}

// reencryption is equations 4 and 5 of a mix of ballots.
type reencryption struct {
	key     group.Point
	in, out elgamal.List
}

func (r *reencryption) err() error { return ErrReencryption }

// t_4 = (∏b_j^{u_j})^{−c}·Y^{−s_4}·∏b'_i^{s'_i}, and t_5 with g for Y and a
// for b.
func (r *reencryption) terms(challenge, s4, v4, v5 group.Scalar) terms {
	c := challenge.Neg()
	return terms{
		byWeight: []side{{r.in.C2(), c.Mul(v4)}, {r.in.C1(), c.Mul(v5)}},
		byAnswer: []side{{r.out.C2(), v4}, {r.out.C1(), v5}},
		scalars:  []group.Scalar{s4.Mul(v4).Neg(), s4.Mul(v5).Neg()},
		points:   []group.Point{r.key, group.Base()},
	}
}
