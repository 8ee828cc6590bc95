package tally

import (
	"bytes"
	"testing"

	"go.dedis.ch/kyber/v3/group/edwards25519"
	"go.dedis.ch/kyber/v3/proof/dleq"

	"isoloir/crypto/group"
	"isoloir/record"
	"isoloir/scrutin/scrutintest"
)

// benched is a mixed cell of n ballots, in a scrutin opened by 4 of 6.
func benched(b *testing.B, n int) (*election, *Mixed) {
	e := newElection(b, scrutintest.Options{
		Urns: 1, Electors: n, Choices: 12, Holders: 6,
		Clauses: []scrutintest.Clause{{ID: "bureau", Threshold: 4, Holders: []int{1, 2, 3, 4, 5, 6}}},
	}, [][][]int{{spread(n, 13)}})
	e.params.Workers = 1
	return e, e.mix(b)
}

func perBallot(b *testing.B, n int) {
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(n)/1000, "µs/ballot")
}

const benchBallots = 10_000

func BenchmarkShare(b *testing.B) {
	e, mixed := benched(b, benchBallots)
	b.Run("share", func(b *testing.B) {
		for b.Loop() {
			w, err := record.Create(b.TempDir())
			if err != nil {
				b.Fatal(err)
			}
			if err := mixed.Share(w, "bureau", "member-2", e.fragments["bureau"]["member-2"], e.Signers["member-2"]); err != nil {
				b.Fatal(err)
			}
		}
		perBallot(b, benchBallots)
	})
	for _, h := range []string{"member-2", "member-3", "member-5", "member-6"} {
		e.share(b, mixed, "bureau", h)
	}
	in := e.reader(b)
	b.Run("verify4", func(b *testing.B) {
		for b.Loop() {
			if _, err := mixed.Shares(in); err != nil {
				b.Fatal(err)
			}
		}
		perBallot(b, 4*benchBallots)
	})
	shares, err := mixed.Shares(in)
	if err != nil {
		b.Fatal(err)
	}
	b.Run("count", func(b *testing.B) {
		for b.Loop() {
			if _, err := shares.Count(e.marks()); err != nil {
				b.Fatal(err)
			}
		}
		perBallot(b, benchBallots)
	})
}

// Kyber's proof of one share, beside ours of a list.
func BenchmarkKyberShare(b *testing.B) {
	suite := edwards25519.NewBlakeSHA256Ed25519()
	x := suite.Scalar().Pick(suite.RandomStream())
	c1 := suite.Point().Pick(suite.RandomStream())
	proof, xg, xh, err := dleq.NewDLEQProof(suite, suite.Point().Base(), c1, x)
	if err != nil {
		b.Fatal(err)
	}
	b.Run("share", func(b *testing.B) {
		for b.Loop() {
			if _, _, _, err := dleq.NewDLEQProof(suite, suite.Point().Base(), c1, x); err != nil {
				b.Fatal(err)
			}
		}
		perBallot(b, 1)
	})
	b.Run("verify", func(b *testing.B) {
		for b.Loop() {
			if err := proof.Verify(suite, suite.Point().Base(), c1, xg, xh); err != nil {
				b.Fatal(err)
			}
		}
		perBallot(b, 1)
	})
}

// The share alone and the decoding alone, which bound what a list can cost.
func BenchmarkFloor(b *testing.B) {
	points := group.Generators("floor", benchBallots, 0)
	encoded := group.EncodeBatch(points, 0)
	x := group.RandomScalar()
	b.Run("exponentiation", func(b *testing.B) {
		for b.Loop() {
			group.MulAllConstTime(x, points, 1)
		}
		perBallot(b, benchBallots)
	})
	b.Run("decoding", func(b *testing.B) {
		for b.Loop() {
			if _, err := group.DecodeBatch(bytes.Clone(encoded), 1); err != nil {
				b.Fatal(err)
			}
		}
		perBallot(b, benchBallots)
	})
}
