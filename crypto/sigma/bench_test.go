package sigma

import (
	"fmt"
	"testing"

	"go.dedis.ch/kyber/v3/group/edwards25519"
	"go.dedis.ch/kyber/v3/proof/dleq"
	"go.dedis.ch/kyber/v3/util/random"

	"isoloir/crypto/elgamal"
	"isoloir/crypto/group"
)

// perItem reports microseconds for each of n items.
func perItem(b *testing.B, n int) {
	b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N)/float64(n), "µs/item")
}

func BenchmarkShares(b *testing.B) {
	const n = 2000
	points := make([]group.Point, n)
	for i := range points {
		points[i] = group.MulBase(group.RandomScalar())
	}
	x := group.RandomScalar()
	c, err := Shares(testRecord("A").context(), [32]byte{}, "q", "c", "h", NewElement(group.MulBase(x)), NewList(points, 0))
	if err != nil {
		b.Fatal(err)
	}
	outputs, p, err := c.Prove(x, 1)
	if err != nil {
		b.Fatal(err)
	}
	b.Run("prove", func(b *testing.B) {
		for b.Loop() {
			c.Prove(x, 1)
		}
		perItem(b, n)
	})
	b.Run("verify", func(b *testing.B) {
		for b.Loop() {
			if _, err := c.Verify(outputs, p, 1); err != nil {
				b.Fatal(err)
			}
		}
		perItem(b, n)
	})
}

// BenchmarkKyberDLEQ is what the ratios of shares refer to.
func BenchmarkKyberDLEQ(b *testing.B) {
	suite := edwards25519.NewBlakeSHA256Ed25519()
	x := suite.Scalar().Pick(random.New())
	h := suite.Point().Pick(random.New())
	p, xg, xh, err := dleq.NewDLEQProof(suite, suite.Point().Base(), h, x)
	if err != nil {
		b.Fatal(err)
	}
	b.Run("prove", func(b *testing.B) {
		for b.Loop() {
			dleq.NewDLEQProof(suite, suite.Point().Base(), h, x)
		}
		perItem(b, 1)
	})
	b.Run("verify", func(b *testing.B) {
		for b.Loop() {
			if err := p.Verify(suite, suite.Point().Base(), h, xg, xh); err != nil {
				b.Fatal(err)
			}
		}
		perItem(b, 1)
	})
}

// encodedBallot is what of a ballot a verifier decodes.
type encodedBallot struct{ account, ciphertexts, proof []byte }

func (e encodedBallot) decode(urn *Ballots, questions int) (BallotClaim, BallotProof, error) {
	account, err := DecodeElement(e.account)
	if err != nil {
		return BallotClaim{}, BallotProof{}, err
	}
	ciphertexts, err := elgamal.DecodeList(e.ciphertexts, 1)
	if err != nil {
		return BallotClaim{}, BallotProof{}, err
	}
	p, err := DecodeBallotProof(e.proof, questions)
	if err != nil {
		return BallotClaim{}, BallotProof{}, err
	}
	c, err := urn.Claim(account, 0, [32]byte{}, ciphertexts)
	return c, p, err
}

func encodedBallots(b *testing.B, n, questions int) (*Ballots, []encodedBallot) {
	base, key := NewElement(urnBase()), NewElement(electionKey())
	urn, err := NewBallots(testRecord("A").context(), base, key)
	if err != nil {
		b.Fatal(err)
	}
	out := make([]encodedBallot, n)
	for i := range out {
		x := group.RandomScalar()
		account := NewElement(base.point.Mul(x))
		var r []group.Scalar
		var cs []elgamal.Ciphertext
		for range questions {
			r = append(r, group.RandomScalar())
			cs = append(cs, elgamal.Encrypt(key.point, group.Base(), r[len(r)-1]))
		}
		list := elgamal.NewList(cs, 1)
		c, err := urn.Claim(account, 0, [32]byte{}, list)
		if err != nil {
			b.Fatal(err)
		}
		p, err := c.Prove(r, x)
		if err != nil {
			b.Fatal(err)
		}
		out[i] = encodedBallot{account.encoded[:], list.Bytes(), p.Bytes()}
	}
	return urn, out
}

func BenchmarkBallot(b *testing.B) {
	for _, questions := range []int{1, 2} {
		urn, ballots := encodedBallots(b, 1024, questions)
		for _, n := range []int{1, 64, 1024} {
			b.Run(fmt.Sprintf("questions=%d/batch=%d", questions, n), func(b *testing.B) {
				for b.Loop() {
					claims, proofs := make([]BallotClaim, n), make([]BallotProof, n)
					for i := range n {
						var err error
						if claims[i], proofs[i], err = ballots[i].decode(urn, questions); err != nil {
							b.Fatal(err)
						}
					}
					if err := VerifyBallots(claims, proofs, 1); err != nil {
						b.Fatal(err)
					}
				}
				perItem(b, n)
			})
		}
		b.Run(fmt.Sprintf("questions=%d/decode only", questions), func(b *testing.B) {
			for b.Loop() {
				ballots[0].decode(urn, questions)
			}
			perItem(b, 1)
		})
	}
}

func BenchmarkReservations(b *testing.B) {
	const n = 1024
	claims, encoded := make([]Claim, n), make([][]byte, n)
	for i := range claims {
		y := group.RandomScalar()
		claims[i] = Reservation(testRecord("A").context(), NewElement(group.MulBase(y)), uint32(i))
		p, err := claims[i].Prove(y)
		if err != nil {
			b.Fatal(err)
		}
		e := p.Bytes()
		encoded[i] = e[:]
	}
	for _, n := range []int{1, n} {
		b.Run(fmt.Sprintf("batch=%d", n), func(b *testing.B) {
			for b.Loop() {
				proofs := make([]Knowledge, n)
				for i := range n {
					var err error
					if proofs[i], err = DecodeKnowledge(encoded[i]); err != nil {
						b.Fatal(err)
					}
				}
				if err := VerifyKnowledge(claims[:n], proofs, 1); err != nil {
					b.Fatal(err)
				}
			}
			perItem(b, n)
		})
	}
}

func BenchmarkEnrolment(b *testing.B) {
	const n = 5000
	secrets, points := make([]group.Scalar, n), make([]group.Point, n)
	for i := range n {
		secrets[i] = group.RandomScalar()
		points[i] = group.MulBase(secrets[i])
	}
	keys := NewList(points, 0)
	c, err := Enrolment(beforeOpening("A").context(), "issuer", keys)
	if err != nil {
		b.Fatal(err)
	}
	p, err := c.Prove(secrets)
	if err != nil {
		b.Fatal(err)
	}
	b.Run("prove", func(b *testing.B) {
		for b.Loop() {
			c.Prove(secrets)
		}
		perItem(b, n)
	})
	b.Run("verify", func(b *testing.B) {
		for b.Loop() {
			keys, err := DecodeList(keys.encoded, 1)
			if err != nil {
				b.Fatal(err)
			}
			c, err := Enrolment(beforeOpening("A").context(), "issuer", keys)
			if err == nil {
				err = c.Verify(p, 1)
			}
			if err != nil {
				b.Fatal(err)
			}
		}
		perItem(b, n)
	})
}
