package account

import (
	"fmt"

	"isoloir/crypto/group"
	"isoloir/crypto/sigma"
	"isoloir/crypto/transcript"
	"isoloir/parallel"
)

// A Sink takes the halves that an issuer draws, one at a time, those of an urn in
// the order of their numbers, and sends them on their way: stretched and masked
// to the roll, the code to the elector. It keeps none.
type Sink func(elector Number, half group.Scalar) error

// A Half gives an issuer's half of an elector's secret. It is safe for concurrent
// use.
type Half func(elector Number) group.Scalar

// Drawn draws each half from crypto/rand, another one at each call.
func Drawn(Number) group.Scalar { return group.RandomScalar() }

// Draw is [Prove] for halves that are drawn: the sink alone learns them.
func Draw(ctx transcript.Context, issuer string, n int, sink Sink, workers int) (HalfList, error) {
	return Prove(ctx, issuer, n, Drawn, sink, workers)
}

// Prove asks for an issuer's halves for the n electors of the urn that ctx names,
// each once, hands each to sink, and returns what the issuer publishes: their keys
// and the proof that it knows them all. It works in constant time and forgets the
// halves.
func Prove(ctx transcript.Context, issuer string, n int, half Half, sink Sink, workers int) (HalfList, error) {
	halves := make([]group.Scalar, n)
	defer clear(halves)
	points := make([]group.Point, n)
	inverse := group.ScalarFromUint64(2).Inverse()
	parallel.Each(n, workers, func(i int) {
		halves[i] = half(Number{ctx.Urn, uint32(i)})
		points[i] = group.MulBase(halves[i].Mul(inverse))
	})
	encoded := group.DoubleEncodeBatch(points, workers)
	for i := range points {
		points[i] = points[i].Double()
	}
	claim, err := sigma.Enrolment(ctx, issuer, sigma.KnownList(points, encoded))
	if err != nil {
		return HalfList{}, fmt.Errorf("urn %s: %w", ctx.Urn, err)
	}
	proof, err := claim.Prove(halves)
	if err != nil {
		return HalfList{}, fmt.Errorf("urn %s: %w", ctx.Urn, err)
	}
	for i, half := range halves {
		if err := sink(Number{ctx.Urn, uint32(i)}, half); err != nil {
			return HalfList{}, fmt.Errorf("elector %d of urn %s: %w", i, ctx.Urn, err)
		}
	}
	return HalfList{issuer, encoded, proof}, nil
}
