package sigma

import (
	"errors"
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"isoloir/crypto/elgamal"
	"isoloir/crypto/group"
)

// reservations returns n honest claims with their proofs.
func reservations(n int) (claims []Claim, proofs []Knowledge) {
	for i := range n {
		y := secret(fmt.Sprint("elector ", i))
		c := Reservation(testRecord("A").context(), NewElement(group.MulBase(y)), uint32(i))
		claims, proofs = append(claims, c), append(proofs, must(c.Prove(y)))
	}
	return claims, proofs
}

// ballots returns n honest ballots of one urn with two questions.
func ballots(n int) (claims []BallotClaim, proofs []BallotProof) {
	base, key := NewElement(urnBase()), NewElement(electionKey())
	urn := must(NewBallots(testRecord("A").context(), base, key))
	for i := range n {
		x, r := secret(fmt.Sprint("x", i)), []group.Scalar{secret(fmt.Sprint("r0 ", i)), secret(fmt.Sprint("r1 ", i))}
		list := elgamal.NewList([]elgamal.Ciphertext{
			elgamal.Encrypt(key.point, otherKey(), r[0]), elgamal.Encrypt(key.point, g.point, r[1])}, 1)
		c := must(urn.Claim(NewElement(base.point.Mul(x)), 0, [32]byte{}, list))
		claims, proofs = append(claims, c), append(proofs, must(c.Prove(r, x)))
	}
	return claims, proofs
}

func wantCulprits(t *testing.T, err error, reason error, want ...int) {
	t.Helper()
	var c *Culprits
	if !errors.As(err, &c) || !slices.Equal(c.Indices, want) || !errors.Is(err, reason) {
		t.Errorf("got %v, want culprits %v", err, want)
	}
}

// Two false proofs whose errors cancel pass a check with equal weights, and
// only random weights of the verifier refuse them.
func TestErrorsThatCancel(t *testing.T) {
	delta := secret("delta")
	ones := slices.Repeat([]group.Scalar{group.ScalarFromUint64(1)}, 60)

	claims, proofs := reservations(20)
	proofs[4].s, proofs[9].s = proofs[4].s.Add(delta), proofs[9].s.Sub(delta)
	rows := make([]row, len(claims))
	for i, c := range claims {
		rows[i] = row{baseG(), &proofs[i].r.point, &c.key.point, proofs[i].s, c.challenge(proofs[i].r)}
	}
	if !hold(rows, ones[:20], 1) {
		t.Fatal("the errors do not cancel under equal weights")
	}
	wantCulprits(t, VerifyKnowledge(claims, proofs, 2), ErrKnowledge, 4, 9)

	// Two questions of one ballot, and the same between two ballots.
	ballotClaims, ballotProofs := ballots(20)
	p := ballotProofs[3]
	p.s[0], p.s[1] = p.s[0].Add(delta), p.s[1].Sub(delta)
	p, q := ballotProofs[11], ballotProofs[12]
	p.s[2], q.s[2] = p.s[2].Add(delta), q.s[2].Sub(delta)
	rows = make([]row, 60)
	for i := range ballotClaims {
		ballotClaims[i].rows(&ballotProofs[i], rows[3*i:3*i+3])
	}
	if !hold(rows, ones, 1) || !hold(rows[9:12], ones[:3], 1) {
		t.Fatal("the errors do not cancel under equal weights")
	}
	wantCulprits(t, VerifyBallots(ballotClaims, ballotProofs, 2), ErrBallot, 3, 11, 12)
	refused(t, "one ballot", ballotClaims[3].Verify(ballotProofs[3]), ErrBallot)

	// The two equations of an equality: the first's error against the second's.
	v := honestComplaint(t)
	c := must(v.Statement.claim())
	e := must(DecodeEquality(v.Proof))
	shift := group.MulBase(delta)
	forged := Equality{NewElement(e.r1.point.Add(shift)), NewElement(e.r2.point.Sub(shift)), e.s}
	challenge := c.challenge(e)
	rows = []row{{baseG(), &forged.r1.point, &c.key.point, e.s, challenge}, {&base{point: c.base.point}, &forged.r2.point, &c.image.point, e.s, challenge}}
	if !hold(rows, ones[:2], 1) {
		t.Fatal("the errors do not cancel under equal weights")
	}
	if hold(rows, drawWeights(2), 1) {
		t.Fatal("the errors cancel under random weights")
	}
	refused(t, "equality", c.Verify(forged), ErrEquality)
}

func TestWeightsAreDrawnEachTime(t *testing.T) {
	a, b := drawWeights(100), drawWeights(100)
	seen := map[group.Scalar]bool{}
	for i := 1; i < 100; i++ {
		seen[a[i]], seen[b[i]] = true, true
		if high := a[i].Bytes(); [16]byte(high[16:]) != [16]byte{} {
			t.Fatal("a weight above 128 bits")
		}
	}
	if len(seen) != 198 {
		t.Fatal("a weight came twice")
	}
	drawWeights(0)
}

func TestCulpritsAreExactlyTheFalseProofs(t *testing.T) {
	honestClaims, honestProofs := reservations(70)
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, len(honestClaims)).Draw(t, "n")
		proofs := slices.Clone(honestProofs[:n])
		wrong := rapid.SliceOfNDistinct(rapid.IntRange(0, n-1), 0, n, rapid.ID).Draw(t, "wrong")
		slices.Sort(wrong)
		for _, i := range wrong {
			proofs[i].s = proofs[i].s.Add(group.ScalarFromUint64(1))
		}
		err := VerifyKnowledge(honestClaims[:n], proofs, 2)
		var c *Culprits
		switch {
		case len(wrong) == 0 && err == nil:
		case n == 1 && err == ErrKnowledge:
		case errors.As(err, &c) && slices.Equal(c.Indices, wrong) && c.Total == n:
		default:
			t.Fatalf("%d false of %d: %v", len(wrong), n, err)
		}
	})
}

// A proof stands for its own statement only: exchanged proofs are both named.
func TestProofsExchanged(t *testing.T) {
	claims, proofs := reservations(8)
	proofs[2], proofs[5] = proofs[5], proofs[2]
	wantCulprits(t, VerifyKnowledge(claims, proofs, 1), ErrKnowledge, 2, 5)
	ballotClaims, ballotProofs := ballots(8)
	ballotProofs[0], ballotProofs[7] = ballotProofs[7], ballotProofs[0]
	wantCulprits(t, VerifyBallots(ballotClaims, ballotProofs, 1), ErrBallot, 0, 7)
}

func TestBatchesOfOtherLengths(t *testing.T) {
	claims, proofs := reservations(2)
	refused(t, "knowledge", VerifyKnowledge(claims, proofs[:1], 1), ErrCount)
	refused(t, "equality", VerifyEquality(nil, make([]Equality, 1), 1), ErrCount)
	ballotClaims, ballotProofs := ballots(2)
	refused(t, "ballots", VerifyBallots(ballotClaims[:1], ballotProofs, 1), ErrCount)
	single := BallotProof{ballotProofs[0].r[:2], ballotProofs[0].s[:2]}
	refused(t, "proof of fewer questions", ballotClaims[0].Verify(single), ErrCount)
	for name, err := range map[string]error{
		"knowledge": VerifyKnowledge(nil, nil, 1), "equality": VerifyEquality(nil, nil, 1), "ballots": VerifyBallots(nil, nil, 1),
	} {
		if err != nil {
			t.Errorf("empty batch of %s: %v", name, err)
		}
	}
}

func TestErrorsSayWhich(t *testing.T) {
	c := &Culprits{Indices: []int{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11}, Total: 40, Reason: ErrBallot}
	const want = "11 of 40 proofs, numbers [1 2 3 4 5 6 7 8 9 10] and others: the proof of the ballot does not hold"
	if c.Error() != want {
		t.Errorf("got %q", c.Error())
	}
}
