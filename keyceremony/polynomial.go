package keyceremony

import (
	"crypto/cipher"
	"crypto/rand"

	"go.dedis.ch/kyber/v3"
	"go.dedis.ch/kyber/v3/share"

	"isoloir/crypto/group"
	"isoloir/crypto/group/kybergroup"
)

// Polynomial is a dealer's secret polynomial for one clause.
type Polynomial struct {
	p *share.PriPoly
}

// NewPolynomial draws a polynomial of threshold coefficients from crypto/rand.
func NewPolynomial(threshold int) Polynomial {
	return Polynomial{share.NewPriPoly(kybergroup.Group{}, threshold, nil, system{})}
}

// PolynomialOf returns the polynomial with the given coefficients, the constant
// term first. It panics if there are none.
func PolynomialOf(coefficients []group.Scalar) Polynomial {
	if len(coefficients) == 0 {
		panic("keyceremony: polynomial without coefficients")
	}
	ks := make([]kyber.Scalar, len(coefficients))
	for i, c := range coefficients {
		ks[i] = &kybergroup.Scalar{S: c}
	}
	return Polynomial{share.CoefficientsToPriPoly(kybergroup.Group{}, ks)}
}

// Coefficients returns the coefficients, the constant term first. They are
// secret.
func (p Polynomial) Coefficients() []group.Scalar {
	ks := p.p.Coefficients()
	out := make([]group.Scalar, len(ks))
	for i, k := range ks {
		out[i] = k.(*kybergroup.Scalar).S
	}
	return out
}

// Commit returns g raised to each coefficient.
func (p Polynomial) Commit() Commitment {
	_, points := p.p.Commit(nil).Info()
	out := make(Commitment, len(points))
	for i, q := range points {
		out[i] = q.(*kybergroup.Point).P
	}
	return out
}

// At returns the value at index, which is the share of the holder with that
// index (from 1). It is secret.
func (p Polynomial) At(index int) group.Scalar {
	return p.p.Eval(index - 1).V.(*kybergroup.Scalar).S
}

// Commitment is g raised to each coefficient of a polynomial, the constant
// term first.
type Commitment []group.Point

// At returns g raised to the polynomial's value at index: ∏_k C_k^(index^k).
func (c Commitment) At(index int) group.Point {
	// Horner's rule, as share.PubPoly.Eval, with exponents as short as the index.
	v := group.Identity()
	for k := len(c) - 1; k >= 0; k-- {
		v = v.MulSmallVartime(uint64(index)).Add(c[k])
	}
	return v
}

// system is crypto/rand as a key stream.
type system struct{}

var _ cipher.Stream = system{}

// XORKeyStream adds random bytes to src.
func (system) XORKeyStream(dst, src []byte) {
	key := make([]byte, len(src))
	rand.Read(key)
	for i := range src {
		dst[i] = src[i] ^ key[i]
	}
}
