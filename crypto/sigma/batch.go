package sigma

import (
	"crypto/rand"
	"sync"

	"isoloir/crypto/group"
)

// base is a base of verification equations, with a table where it serves many.
type base struct {
	point group.Point
	table *group.Table
}

// Windows of the tables, in bits. That of g is read at an address that depends
// on public values, and stays in a second-level cache; that of an urn's
// generator is narrower, since provers read all of it each time.
const (
	windowOfG   = 7
	windowOfUrn = 5
)

// g is the base of the group, the same for every proof.
var (
	g     = NewElement(group.Base())
	baseG = sync.OnceValue(func() *base { return &base{g.point, group.NewTable(g.point, windowOfG)} })
)

// row is one verification equation, base^s = r · key^c.
type row struct {
	base   *base
	r, key *group.Point
	s, c   group.Scalar
}

// drawWeights returns n random weights of 128 bits, the verifier's own. The
// first is 1: only ratios count.
func drawWeights(n int) []group.Scalar {
	random := make([]byte, 16*n)
	rand.Read(random)
	weights := make([]group.Scalar, n)
	for i := range weights {
		weights[i] = group.ScalarFrom128([16]byte(random[16*i:]))
	}
	if n > 0 {
		weights[0] = group.ScalarFromUint64(1)
	}
	return weights
}

// hold says whether all rows hold: whether the product of (base^s / (r ·
// key^c))^weight is the identity. Against rows fixed before the weights were
// drawn it is wrong with probability 2^-128.
func hold(rows []row, weights []group.Scalar, workers int) bool {
	responses := map[*base]group.Scalar{}
	points := make([]group.Point, 0, 3*len(rows))
	scalars := make([]group.Scalar, 0, 3*len(rows))
	for i, e := range rows {
		responses[e.base] = responses[e.base].Add(weights[i].Mul(e.s))
		points = append(points, *e.r, *e.key)
		scalars = append(scalars, weights[i], weights[i].Mul(e.c))
	}
	left := group.Identity()
	for b, s := range responses {
		if b.table != nil {
			b.table.AddMul(&left, s)
		} else {
			points, scalars = append(points, b.point), append(scalars, s.Neg())
		}
	}
	return left.Equal(group.MSM(scalars, points, workers))
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
