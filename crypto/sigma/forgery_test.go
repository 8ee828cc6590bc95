package sigma

import (
	"errors"
	"slices"
	"testing"

	"isoloir/crypto/elgamal"
	"isoloir/crypto/group"
)

// A challenge that leaves out part of its statement lets a prover choose that
// part last, and solve for it (Bernhard, Pereira, Warinschi 2012). Each test
// here asks the claim itself for the challenge while a stranger stands in the
// place of one part, solves for that part, checks that the equations hold under
// that challenge, so that it is a forgery indeed, and offers it. Were the part
// left out of the transcript, the challenge would be the same and the forgery
// accepted.

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// stranger is a point whose logarithm nobody knows.
func stranger(name string) Element {
	return NewElement(group.Hash("isoloir test stranger", []byte(name)))
}

func otherKey() group.Point { return stranger("").point }

// satisfies says whether base^s = r · key^c.
func satisfies(base, r, key group.Point, s, c group.Scalar) bool {
	return base.Mul(s).Equal(r.Add(key.Mul(c)))
}

// solveKey returns the key for which base^s = r · key^c.
func solveKey(base, r Element, s, c group.Scalar) Element {
	return NewElement(base.point.Mul(s).Sub(r.point).Mul(c.Inverse()))
}

// solveBase returns the base for which base^s = r · key^c.
func solveBase(r, key Element, s, c group.Scalar) Element {
	return NewElement(r.point.Add(key.point.Mul(c)).Mul(s.Inverse()))
}

// solveCommitment returns the r for which base^s = r · key^c.
func solveCommitment(base, key Element, s, c group.Scalar) Element {
	return NewElement(base.point.Mul(s).Sub(key.point.Mul(c)))
}

func refused(t *testing.T, name string, err, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Errorf("%s: got %v, want %v", name, err, want)
	}
}

func TestForgedKnowledge(t *testing.T) {
	for kind, claim := range map[string]func(Element) Claim{
		"account":     func(y Element) Claim { return Account(beforeOpening("A").context(), y, "card-1") },
		"reservation": func(y Element) Claim { return Reservation(testRecord("A").context(), y, 3) },
		"device":      func(y Element) Claim { return Device(testRecord("A").context(), y, 3, secret("device").Bytes()) },
		"constant term": func(y Element) Claim {
			return must(ConstantTerm(beforeOpening("").context(), 1, "H1", "all", NewList([]group.Point{y.point, otherKey()}, 1)))
		},
	} {
		r, s := stranger("R"), secret("s")
		c := claim(stranger("")).challenge(r)
		y := solveKey(g, r, s, c)
		if !satisfies(g.point, r.point, y.point, s, c) {
			t.Fatal("no forgery")
		}
		refused(t, kind+": key chosen last", claim(y).Verify(Knowledge{r, s}), ErrKnowledge)
		r = solveCommitment(g, stranger("victim"), s, claim(stranger("victim")).challenge(r))
		refused(t, kind+": commitment chosen last", claim(stranger("victim")).Verify(Knowledge{r, s}), ErrKnowledge)
	}
}

// The related key of attack B24: the forger adds g^k to a victim's key.
func TestForgedEnrolment(t *testing.T) {
	known := secret("known")
	related := NewElement(otherKey().Add(group.MulBase(secret("k"))))
	claim := func(keys ...group.Point) EnrolmentClaim {
		return must(Enrolment(beforeOpening("A").context(), "issuer-a", NewList(keys, 1)))
	}
	r, s := stranger("R"), secret("s")
	w := claim(related.point, otherKey()).weights(r)
	e := []group.Scalar{group.ScalarFrom128(w[0]), group.ScalarFrom128(w[1])}
	solved := solveKey(g, NewElement(r.point.Add(related.point.Mul(e[0]))), s, e[1]).point
	if !group.MulBase(s).Equal(r.point.Add(group.MSM(e, []group.Point{related.point, solved}, 1))) {
		t.Fatal("no forgery")
	}
	refused(t, "second key chosen last", claim(related.point, solved).Verify(Knowledge{r, s}, 1), ErrEnrolment)

	c := claim(related.point, otherKey())
	r = NewElement(group.MulBase(s).Sub(group.MSM(e, c.keys.points, 1)))
	refused(t, "commitment chosen last", c.Verify(Knowledge{r, s}, 1), ErrEnrolment)

	// With one challenge for all keys, their product is proved and no more: the
	// second key cancels the victim's.
	m, nonce := secret("m"), secret("nonce")
	c = claim(related.point, group.MulBase(m).Sub(related.point))
	r = NewElement(group.MulBase(nonce))
	tr := c.t.Clone()
	tr.Append("commitment", r.encoded[:])
	one := tr.Challenge("e")
	s = nonce.Add(one.Mul(m))
	if !satisfies(g.point, r.point, c.keys.points[0].Add(c.keys.points[1]), s, one) {
		t.Fatal("no forgery")
	}
	refused(t, "equal weights", c.Verify(Knowledge{r, s}, 1), ErrEnrolment)

	c = claim(related.point, group.MulBase(known))
	p := must(c.Prove([]group.Scalar{secret("k"), known}))
	refused(t, "a logarithm not known", c.Verify(p, 1), ErrEnrolment)
	_, err := c.Prove([]group.Scalar{known})
	refused(t, "too few secrets", err, ErrCount)
}

// A complainer who wants to convict an honest dealer shows a false shared key;
// a holder who wants to change the count shows a false share.
func TestForgedEqualities(t *testing.T) {
	for kind, claim := range map[string]func(key, base, image Element) EqualityClaim{
		"complaint": func(key, base, image Element) EqualityClaim {
			return Complaint(beforeOpening("").context(), 1, "all", "H2", "H1", key, base, image)
		},
		"single share": func(key, base, image Element) EqualityClaim {
			inputs := NewList([]group.Point{otherKey(), base.point}, 1)
			return must(Shares(testRecord("A").context(), [32]byte{}, "q1", "all", "H1", key, inputs)).At(1, image)
		},
	} {
		x, nonce := secret("x"), secret("nonce")
		key, base := NewElement(group.MulBase(x)), stranger("base")
		image := NewElement(base.point.Mul(x))
		r1, r2 := NewElement(group.MulBase(nonce)), NewElement(base.point.Mul(nonce))
		offer := func(name string, key, base, image Element, p Equality, c group.Scalar) {
			t.Helper()
			if !satisfies(g.point, p.r1.point, key.point, p.s, c) || !satisfies(base.point, p.r2.point, image.point, p.s, c) {
				t.Fatal("no forgery")
			}
			refused(t, kind+": "+name, claim(key, base, image).Verify(p), ErrEquality)
		}
		p := Equality{r1: r1, r2: stranger("R2")}
		c := claim(key, base, stranger("")).challenge(p)
		p.s = nonce.Add(c.Mul(x))
		offer("image chosen last", key, base, solveKey(base, p.r2, p.s, c), p, c)

		c = claim(key, stranger(""), stranger("image")).challenge(p)
		p.s = nonce.Add(c.Mul(x))
		offer("base chosen last", key, solveBase(p.r2, stranger("image"), p.s, c), stranger("image"), p, c)

		p = Equality{r1: stranger("R1"), r2: r2}
		c = claim(stranger(""), base, image).challenge(p)
		p.s = nonce.Add(c.Mul(x))
		offer("key chosen last", solveKey(g, p.r1, p.s, c), base, image, p, c)

		p = Equality{r1, r2, secret("s")}
		c = claim(key, base, stranger("image")).challenge(p)
		p.r1, p.r2 = solveCommitment(g, key, p.s, c), solveCommitment(base, stranger("image"), p.s, c)
		offer("commitments chosen last", key, base, stranger("image"), p, c)
	}
}

func TestForgedShares(t *testing.T) {
	x, other, nonce := fragment(), secret("another fragment"), secret("nonce")
	inputs := shareInputs(4)
	key := NewElement(group.MulBase(x))
	claim := func(key Element, inputs []group.Point) ShareClaim {
		return must(Shares(testRecord("A").context(), [32]byte{}, "q1", "all", "H1", key, NewList(inputs, 1)))
	}
	// offer proves by exponent y that D = C^y for the folded list, and offers it.
	offer := func(name string, c ShareClaim, outputs []group.Point, fold [][16]byte, y group.Scalar) {
		t.Helper()
		base, image := group.MSM128(fold, c.inputs.points, 1), group.MSM128(fold, outputs, 1)
		if !base.Mul(y).Equal(image) {
			t.Fatal("no forgery")
		}
		encoded := group.EncodeBatch(outputs, 1)
		own, _ := c.fold(encoded)
		_, err := c.Verify(encoded, c.combined(own, base, image).prove(y, nonce), 1)
		refused(t, name, err, ErrShare)
	}
	// cancel moves two items so that their errors cancel under the weights.
	cancel := func(items []group.Point, w [][16]byte) []group.Point {
		items = slices.Clone(items)
		items[0] = items[0].Add(group.MulBase(group.ScalarFrom128(w[1])))
		items[1] = items[1].Sub(group.MulBase(group.ScalarFrom128(w[0])))
		return items
	}
	c, honest := claim(key, inputs), group.MulAllConstTime(x, inputs, 1)
	_, w := c.fold(group.EncodeBatch(honest, 1))
	offer("outputs chosen last", c, cancel(honest, w), w, x)
	offer("inputs chosen last", claim(key, cancel(inputs, w)), honest, w, x)
	ones := slices.Repeat([][16]byte{{1}}, len(inputs))
	offer("equal weights", c, cancel(honest, ones), ones, x)

	// Shares under another exponent, rightly proved for it.
	outputs := group.MulAllConstTime(other, inputs, 1)
	_, w = c.fold(group.EncodeBatch(outputs, 1))
	offer("another exponent", c, outputs, w, other)

	// The same, with a verification key chosen last.
	encoded := group.EncodeBatch(outputs, 1)
	tr, w := claim(stranger(""), inputs).fold(encoded)
	base := group.MSM128(w, inputs, 1)
	p := Equality{r1: stranger("R1"), r2: NewElement(base.Mul(nonce))}
	e := c.combined(tr, base, base.Mul(other)).challenge(p)
	p.s = nonce.Add(e.Mul(other))
	chosen := solveKey(g, p.r1, p.s, e)
	if !satisfies(g.point, p.r1.point, chosen.point, p.s, e) || !satisfies(base, p.r2.point, base.Mul(other), p.s, e) {
		t.Fatal("no forgery")
	}
	_, err := claim(chosen, inputs).Verify(encoded, p, 1)
	refused(t, "key chosen last", err, ErrShare)
}

func TestForgedBallots(t *testing.T) {
	x, r := secret("account"), secret("r")
	urnBase, key := NewElement(urnBase()), NewElement(electionKey())
	account := NewElement(urnBase.point.Mul(x))
	own := elgamal.Encrypt(key.point, otherKey(), r)
	victim := elgamal.Ciphertext{C1: stranger("c1").point, C2: stranger("c2").point}
	claim := func(urnBase, account Element, c elgamal.Ciphertext) BallotClaim {
		urn := must(NewBallots(testRecord("A").context(), urnBase, key))
		return must(urn.Claim(account, 0, [32]byte{}, elgamal.NewList([]elgamal.Ciphertext{c}, 1)))
	}
	nonce, nonceX := secret("nonce"), secret("nonce x")
	rq, rx := NewElement(group.MulBase(nonce)), NewElement(urnBase.point.Mul(nonceX))
	proof := func(rq, rx Element) BallotProof {
		return BallotProof{[]Element{rq, rx}, []group.Scalar{secret("s"), secret("s x")}}
	}
	offer := func(name string, urnBase, account Element, c elgamal.Ciphertext, p BallotProof, e group.Scalar) {
		t.Helper()
		if !satisfies(g.point, p.r[0].point, c.C1, p.s[0], e) || !satisfies(urnBase.point, p.r[1].point, account.point, p.s[1], e) {
			t.Fatal("no forgery")
		}
		refused(t, name, claim(urnBase, account, c).Verify(p), ErrBallot)
	}

	p := proof(stranger("R"), rx)
	e := claim(urnBase, account, victim).challenge(p)
	p.s[1] = nonceX.Add(e.Mul(x))
	offer("c1 chosen last", urnBase, account, elgamal.Ciphertext{C1: solveKey(g, p.r[0], p.s[0], e).point, C2: victim.C2}, p, e)

	p = proof(rq, stranger("R"))
	e = claim(urnBase, stranger(""), own).challenge(p)
	p.s[0] = nonce.Add(e.Mul(r))
	offer("account chosen last", urnBase, solveKey(urnBase, p.r[1], p.s[1], e), own, p, e)

	e = claim(stranger(""), stranger("victim"), own).challenge(p)
	p.s[0] = nonce.Add(e.Mul(r))
	offer("urn's generator chosen last", solveBase(p.r[1], stranger("victim"), p.s[1], e), stranger("victim"), own, p, e)

	p = proof(rq, rx)
	e = claim(urnBase, stranger("victim"), victim).challenge(p)
	p.r[0] = solveCommitment(g, NewElement(victim.C1), p.s[0], e)
	p.r[1] = solveCommitment(urnBase, stranger("victim"), p.s[1], e)
	offer("commitments chosen last", urnBase, stranger("victim"), victim, p, e)

	// A victim's ballot under another account: only the account's own part can
	// be made again, since r is not known.
	honest := claim(urnBase, account, own)
	p = must(honest.Prove([]group.Scalar{r}, x))
	mine := secret("mine")
	thief := NewElement(urnBase.point.Mul(mine))
	p.r[1] = rx
	e = honest.challenge(p)
	copied := BallotProof{p.r, []group.Scalar{p.s[0], nonceX.Add(e.Mul(mine))}}
	refused(t, "copy under another account", claim(urnBase, thief, own).Verify(copied), ErrBallot)

	_, err := claim(urnBase, thief, own).Prove([]group.Scalar{nonce}, mine)
	refused(t, "proof without r", err, ErrSecret)
	_, err = honest.Prove([]group.Scalar{r}, mine)
	refused(t, "proof without x", err, ErrSecret)
	_, err = honest.Prove(nil, x)
	refused(t, "too few secrets", err, ErrCount)
}
