package keyceremony_test

import (
	"testing"

	"go.dedis.ch/kyber/v3"
	"go.dedis.ch/kyber/v3/share"

	"isoloir/crypto/group"
	"isoloir/crypto/group/kybergroup"
	"isoloir/keyceremony"
)

// The evaluation of commitments is kyber's PubPoly.Eval with shorter exponents.
func TestCommitmentAgainstKyber(t *testing.T) {
	c := keyceremony.NewPolynomial(5).Commit()
	points := make([]kyber.Point, len(c))
	for k := range c {
		points[k] = &kybergroup.Point{P: c[k]}
	}
	oracle := share.NewPubPoly(kybergroup.Group{}, nil, points)
	for i := 1; i <= 13; i++ {
		if !oracle.Eval(i - 1).V.Equal(&kybergroup.Point{P: c.At(i)}) {
			t.Errorf("index %d", i)
		}
	}
}

func TestPolynomialCoefficients(t *testing.T) {
	p := keyceremony.NewPolynomial(4)
	cs := p.Coefficients()
	if len(cs) != 4 {
		t.Fatalf("%d coefficients", len(cs))
	}
	q := keyceremony.PolynomialOf(cs)
	x := group.ScalarFromUint64(7)
	want := cs[0].Add(x.Mul(cs[1].Add(x.Mul(cs[2].Add(x.Mul(cs[3]))))))
	if !q.At(7).Equal(want) || !p.At(7).Equal(want) {
		t.Error("value at 7")
	}
	for i, a := range cs {
		for _, b := range cs[:i] {
			if a.Equal(b) {
				t.Error("a coefficient was drawn twice")
			}
		}
	}
}
