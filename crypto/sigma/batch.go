package sigma

import (
	"crypto/rand"
	"runtime"
	"sync"

	"isoloir/crypto/group"
)

// row is one verification equation, base^s = r · key^c. A nil base is g.
type row struct {
	base   *group.Point
	r, key *group.Point
	s, c   group.Scalar
}

// drawWeights returns n random weights of 128 bits, the verifier's own.
func drawWeights(n int) [][16]byte {
	flat := make([]byte, 16*n)
	rand.Read(flat)
	weights := make([][16]byte, n)
	for i := range weights {
		weights[i] = [16]byte(flat[16*i:])
	}
	return weights
}

// hold says whether all rows hold: whether the product of (base^s / (r ·
// key^c))^weight is the identity. Against rows fixed before the weights were
// drawn it is wrong with probability 2^-128.
func hold(rows []row, weights [][16]byte, workers int) bool {
	var g group.Scalar
	bases := map[*group.Point]group.Scalar{}
	commitments := make([]group.Point, len(rows))
	points := make([]group.Point, len(rows), 2*len(rows))
	scalars := make([]group.Scalar, len(rows), 2*len(rows))
	for i, e := range rows {
		z := group.ScalarFrom128(weights[i])
		if e.base == nil {
			g = g.Add(z.Mul(e.s))
		} else {
			bases[e.base] = bases[e.base].Sub(z.Mul(e.s))
		}
		commitments[i], points[i], scalars[i] = *e.r, *e.key, z.Mul(e.c)
	}
	for base, scalar := range bases {
		points, scalars = append(points, *base), append(scalars, scalar)
	}
	right := group.MSM128(weights, commitments, workers).Add(group.MSM(scalars, points, workers))
	return group.MulBase(g).Equal(right)
}

// verifyAll checks n proofs of width rows each and names those that do not
// hold. It returns reason itself for a batch of one.
func verifyAll(rows []row, width, workers int, reason error) error {
	weights := drawWeights(len(rows))
	n := len(rows) / width
	check := func(lo, hi int) bool {
		return hold(rows[lo*width:hi*width], weights[lo*width:hi*width], workers)
	}
	if check(0, n) {
		return nil
	}
	if n == 1 {
		return reason
	}
	return &Culprits{Indices: bisect(0, n, check), Total: n, Reason: reason}
}

// bisect returns the failing indices of [lo, hi), a range that fails.
func bisect(lo, hi int, check func(lo, hi int) bool) []int {
	if hi-lo == 1 {
		return []int{lo}
	}
	mid := (lo + hi) / 2
	if check(lo, mid) {
		return bisect(mid, hi, check)
	}
	bad := bisect(lo, mid, check)
	if !check(mid, hi) {
		bad = append(bad, bisect(mid, hi, check)...)
	}
	return bad
}

// parallel calls f on each of 0 … n−1 from at most workers goroutines
// (GOMAXPROCS if workers ≤ 0).
func parallel(n, workers int, f func(i int)) {
	if workers <= 0 {
		workers = runtime.GOMAXPROCS(0)
	}
	workers = min(workers, n)
	if workers <= 1 {
		for i := range n {
			f(i)
		}
		return
	}
	var wg sync.WaitGroup
	for k := range workers {
		wg.Go(func() {
			for i := k * n / workers; i < (k+1)*n/workers; i++ {
				f(i)
			}
		})
	}
	wg.Wait()
}
