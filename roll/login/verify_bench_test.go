package login

import (
	"context"
	"fmt"
	"testing"

	"isoloir/crypto/group"
	"isoloir/crypto/sigma"
	"isoloir/crypto/transcript"
	"isoloir/roll"
)

// BenchmarkVerify is what proofs cost the roll on one processor, by how many come
// together: three points decoded, the login key encoded, a challenge, and their part of
// the equation.
func BenchmarkVerify(b *testing.B) {
	s := &Service{urns: map[uint16]urn{0: {context: transcript.Context{Urn: "urn-1"}}}}
	s.Roll = roll.NewService(roll.Config{Workers: 1})
	var attempts []attempt
	for i := range uint32(256) {
		halves := [2]group.Scalar{group.RandomScalar(), group.RandomScalar()}
		a := attempt{LoginRequest: LoginRequest{Place: roll.Place{Elector: i}, Challenge: Challenge{1}}}
		for j, h := range halves {
			a.login.Halves[j].Login = group.MulBase(h).Bytes()
		}
		l := halves[0].Add(halves[1])
		proof, err := sigma.Login(s.urns[0].context, sigma.NewElement(group.MulBase(l)), i, a.Challenge).Prove(l)
		if err != nil {
			b.Fatal(err)
		}
		a.Proof = proof.Bytes()
		attempts = append(attempts, a)
	}
	for _, n := range []int{1, 16, 64, 256} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			for b.Loop() {
				refused, err := s.verify(context.Background(), attempts[:n])
				if err != nil || refused[0] != nil {
					b.Fatal(err, refused[0])
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/1e3/float64(b.N*n), "µs/login")
		})
	}
}
