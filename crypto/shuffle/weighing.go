package shuffle

import (
	"crypto/rand"

	"isoloir/crypto/group"
)

// weighing is the verifier's own random weights, of 128 bits, for the
// equations of t_1 … t_5 and for each link of the chain. Nobody but the
// verifier's generator has a say in them, so that errors in several equations
// cannot be made to cancel out.
type weighing struct {
	v     [5]group.Scalar
	links *coins // nil: all zero
}

func randomWeights() (w weighing) {
	var b [16]byte
	for i := range w.v {
		rand.Read(b[:])
		w.v[i] = group.ScalarFrom128(b)
	}
	c := newCoins(group.RandomScalar())
	w.links = &c
	return w
}

// forLinks returns the weights of links lo to hi.
func (w weighing) forLinks(lo, hi int) [][16]byte {
	out := make([][16]byte, hi-lo)
	if w.links != nil {
		w.links.weights(lo, out)
	}
	return out
}
