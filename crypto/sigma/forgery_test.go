package sigma

import (
	"errors"
	"testing"

	"isoloir/crypto/elgamal"
	"isoloir/crypto/group"
	"isoloir/crypto/transcript"
)

// A challenge that leaves out part of its statement lets a prover choose that
// part last, and solve for it (Bernhard, Pereira, Warinschi 2012). Each test
// here makes such a forgery, checks that it satisfies the equations under the
// weak challenge, so that it is a forgery indeed, and that the real proof
// refuses it.

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// weak is the transcript of a proof without its statement.
func weak(proof string, r record, commitments ...Element) *transcript.Transcript {
	t := transcript.New(proof, r.context())
	t.Append("base", g.encoded[:])
	for _, c := range commitments {
		t.Append("commitment", c.encoded[:])
	}
	return t
}

// satisfies says whether base^s = r · key^c.
func satisfies(base, r, key group.Point, s, c group.Scalar) bool {
	return base.Mul(s).Equal(r.Add(key.Mul(c)))
}

func refused(t *testing.T, name string, err, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Errorf("%s: got %v, want %v", name, err, want)
	}
}

func TestKeyChosenAfterTheChallenge(t *testing.T) {
	r, s := NewElement(group.MulBase(secret("R"))), secret("s")
	for kind, claim := range map[string]func(Element) Claim{
		"account":     func(y Element) Claim { return Account(beforeOpening("A").context(), y, "card-1") },
		"reservation": func(y Element) Claim { return Reservation(testRecord("A").context(), y, 3) },
		"constant term": func(y Element) Claim {
			return must(ConstantTerm(beforeOpening("").context(), 1, "H1", "all", NewList([]group.Point{y.point, otherKey()}, 1)))
		},
	} {
		// The forger wants a key whose logarithm he does not know: he takes R
		// from anywhere and solves g^s = R·y^c for y.
		r := NewElement(otherKey().Add(r.point))
		c := weak(kind, beforeOpening("A"), r).Challenge("c")
		y := group.MulBase(s).Sub(r.point).Mul(c.Inverse())
		if !satisfies(g.point, r.point, y, s, c) {
			t.Fatal("no forgery")
		}
		refused(t, kind, claim(NewElement(y)).Verify(Knowledge{r, s}), ErrKnowledge)
	}
}

func otherKey() group.Point { return group.Hash("isoloir test point", nil) }

// The related key of attack B24: the forger adds g^k to a victim's key.
func TestRelatedKeyAtEnrolment(t *testing.T) {
	victim, known := otherKey(), secret("known")
	related := victim.Add(group.MulBase(secret("k")))
	keys := []group.Point{related, group.MulBase(known)}

	t.Run("keys left out of the challenge", func(t *testing.T) {
		// With e fixed by R alone, the second key is solved for.
		r, s := NewElement(group.MulBase(secret("R"))), secret("s")
		w := weak("enrolment", beforeOpening("A"), r).ChallengeWeights("e")
		e0, e1 := w.Scalar(0), w.Scalar(1)
		rest := group.MulBase(s).Sub(r.point).Sub(related.Mul(e0))
		keys := []group.Point{related, rest.Mul(e1.Inverse())}
		if !group.MulBase(s).Equal(r.point.Add(group.MSM([]group.Scalar{e0, e1}, keys, 1))) {
			t.Fatal("no forgery")
		}
		c := must(Enrolment(beforeOpening("A").context(), "issuer-a", NewList(keys, 1)))
		refused(t, "key solved for", c.Verify(Knowledge{r, s}, 1), ErrEnrolment)
	})
	t.Run("equal weights", func(t *testing.T) {
		// With one challenge for all keys, their product is proved and no more:
		// the second key cancels the victim's.
		m := secret("m")
		keys := []group.Point{related, group.MulBase(m).Sub(related)}
		c := must(Enrolment(beforeOpening("A").context(), "issuer-a", NewList(keys, 1)))
		nonce := secret("nonce")
		r := NewElement(group.MulBase(nonce))
		transcript := c.t.Clone()
		transcript.Append("commitment", r.encoded[:])
		e := transcript.Challenge("c")
		p := Knowledge{r, nonce.Add(e.Mul(m))}
		if !satisfies(g.point, r.point, keys[0].Add(keys[1]), p.s, e) {
			t.Fatal("no forgery")
		}
		refused(t, "keys that cancel", c.Verify(p, 1), ErrEnrolment)
	})
	t.Run("one logarithm not known", func(t *testing.T) {
		c := must(Enrolment(beforeOpening("A").context(), "issuer-a", NewList(keys, 1)))
		p := must(c.Prove([]group.Scalar{secret("k"), known}))
		refused(t, "unknown logarithm", c.Verify(p, 1), ErrEnrolment)
		_, err := c.Prove([]group.Scalar{known})
		refused(t, "too few secrets", err, ErrCount)
	})
}

// A complainer who wants to convict an honest dealer shows a false shared key.
func TestFalseSharedKey(t *testing.T) {
	z, r := beforeOpening(""), secret("ephemeral")
	x := secret("reception")
	key, ephemeral := NewElement(group.MulBase(x)), NewElement(group.MulBase(r))
	claim := func(key, ephemeral, shared Element) EqualityClaim {
		return Complaint(z.context(), 1, "all", "H2", "H1", key, ephemeral, shared)
	}
	nonce := secret("nonce")
	r1, anyR2 := NewElement(group.MulBase(nonce)), NewElement(otherKey())
	c := weak("ceremony/complaint", z, r1, anyR2).Challenge("c")
	s := nonce.Add(c.Mul(x))

	// The shared key left out: solved from E^s = R2·K^c.
	shared := ephemeral.point.Mul(s).Sub(anyR2.point).Mul(c.Inverse())
	if !satisfies(g.point, r1.point, key.point, s, c) || !satisfies(ephemeral.point, anyR2.point, shared, s, c) ||
		shared.Equal(ephemeral.point.Mul(x)) {
		t.Fatal("no forgery")
	}
	refused(t, "shared key", claim(key, ephemeral, NewElement(shared)).Verify(Equality{r1, anyR2, s}), ErrEquality)

	// The second base left out: solved for any K.
	base := anyR2.point.Add(otherKey().Mul(c)).Mul(s.Inverse())
	if !satisfies(base, anyR2.point, otherKey(), s, c) {
		t.Fatal("no forgery")
	}
	refused(t, "second base", claim(key, NewElement(base), NewElement(otherKey())).Verify(Equality{r1, anyR2, s}), ErrEquality)

	// The key left out: solved from g^s = R1·X^c, the rest following another x.
	r2 := NewElement(ephemeral.point.Mul(nonce))
	anyR1 := NewElement(otherKey())
	c = weak("ceremony/complaint", z, anyR1, r2).Challenge("c")
	s = nonce.Add(c.Mul(x))
	chosen := group.MulBase(s).Sub(anyR1.point).Mul(c.Inverse())
	if !satisfies(g.point, anyR1.point, chosen, s, c) || !satisfies(ephemeral.point, r2.point, ephemeral.point.Mul(x), s, c) {
		t.Fatal("no forgery")
	}
	refused(t, "key", claim(NewElement(chosen), ephemeral, NewElement(ephemeral.point.Mul(x))).Verify(Equality{anyR1, r2, s}), ErrEquality)
}

func TestFalseShares(t *testing.T) {
	x, inputs := fragment(), shareInputs(4)
	key := NewElement(group.MulBase(x))
	var seal [32]byte
	claim := func(key Element, inputs []group.Point) ShareClaim {
		return must(Shares(testRecord("A").context(), seal, "q1", "all", "H1", key, NewList(inputs, 1)))
	}
	honest := group.MulAllConstTime(x, inputs, 1)
	// prove makes the proof that an honest holder makes for a folded list.
	prove := func(t *transcript.Transcript, base group.Point) Equality {
		c := claim(key, inputs).combined(t, base, base.Mul(x))
		return c.prove(x, secret("nonce"))
	}
	cheat := func(name string, w transcript.Weights) {
		// Weights known before the shares: two errors that cancel in D.
		d := append([]group.Point(nil), honest...)
		d[0] = d[0].Add(group.MulBase(w.Scalar(1)))
		d[1] = d[1].Sub(group.MulBase(w.Scalar(0)))
		weights := make([][16]byte, len(d))
		w.Fill(weights, 0)
		base := group.MSM128(weights, inputs, 1)
		if !group.MSM128(weights, d, 1).Equal(base.Mul(x)) {
			t.Fatal("no forgery")
		}
		c := claim(key, inputs)
		outputs := group.EncodeBatch(d, 1)
		own, _ := c.fold(outputs)
		for _, tr := range []*transcript.Transcript{own, weak("share", testRecord("A"))} {
			_, err := c.Verify(outputs, prove(tr, base), 1)
			refused(t, name, err, ErrShare)
		}
	}
	// Outputs left out; everything left out.
	c := claim(key, inputs)
	withInputs := c.statement("share")
	withInputs.Append("inputs", c.inputs.encoded)
	cheat("outputs left out of the weights", withInputs.ChallengeWeights("w"))
	cheat("weights of another list", weak("share", testRecord("A")).ChallengeWeights("w"))

	// Equal weights: errors that cancel in the product.
	d := append([]group.Point(nil), honest...)
	d[0], d[1] = d[0].Add(g.point), d[1].Sub(g.point)
	outputs := group.EncodeBatch(d, 1)
	sum := inputs[0].Add(inputs[1]).Add(inputs[2]).Add(inputs[3])
	own, _ := c.fold(outputs)
	_, err := c.Verify(outputs, prove(own, sum), 1)
	refused(t, "equal weights", err, ErrShare)

	// A holder shares with another exponent and proves it for the folded list
	// under the key of that exponent: the key is bound.
	other := secret("another fragment")
	outputs = group.EncodeBatch(group.MulAllConstTime(other, inputs, 1), 1)
	own, w := c.fold(outputs)
	base := group.MSM128(w, inputs, 1)
	p := c.combined(own, base, base.Mul(other)).prove(other, secret("nonce"))
	_, err = c.Verify(outputs, p, 1)
	refused(t, "another exponent", err, ErrShare)

	// The key left out: solved for after the challenge.
	r1, nonce := NewElement(otherKey()), secret("nonce")
	r2 := NewElement(base.Mul(nonce))
	e := weak("share", testRecord("A"), r1, r2).Challenge("c")
	s := nonce.Add(e.Mul(other))
	chosen := group.MulBase(s).Sub(r1.point).Mul(e.Inverse())
	if !satisfies(g.point, r1.point, chosen, s, e) || !satisfies(base, r2.point, base.Mul(other), s, e) {
		t.Fatal("no forgery")
	}
	_, err = claim(NewElement(chosen), inputs).Verify(outputs, Equality{r1, r2, s}, 1)
	refused(t, "key chosen last", err, ErrShare)

	// The ciphertext left out: with one ciphertext, c1 solved for any d.
	any1, r2 := NewElement(group.MulBase(nonce)), NewElement(otherKey())
	e = weak("share", testRecord("A"), any1, r2).Challenge("c")
	s = nonce.Add(e.Mul(x))
	c1 := r2.point.Add(otherKey().Mul(e)).Mul(s.Inverse())
	if !satisfies(c1, r2.point, otherKey(), s, e) {
		t.Fatal("no forgery")
	}
	single := claim(key, []group.Point{c1})
	refused(t, "c1 chosen last, alone", single.At(0, NewElement(otherKey())).Verify(Equality{any1, r2, s}), ErrEquality)
	_, err = single.Verify(group.EncodeBatch([]group.Point{otherKey()}, 1), Equality{any1, r2, s}, 1)
	refused(t, "c1 chosen last, in a list", err, ErrShare)
}

func TestForgedBallots(t *testing.T) {
	x, r := secret("account"), secret("r")
	base, key := NewElement(urnBase()), NewElement(electionKey())
	account := NewElement(base.point.Mul(x))
	ciphertext := elgamal.Encrypt(key.point, otherKey(), r)
	claim := func(base, account Element, c elgamal.Ciphertext) BallotClaim {
		urn := must(NewBallots(testRecord("A").context(), base, key))
		return must(urn.Claim(account, 0, [32]byte{}, elgamal.NewList([]elgamal.Ciphertext{c}, 1)))
	}
	nonce, nonceX := secret("nonce"), secret("nonce x")
	rq, rx := NewElement(group.MulBase(nonce)), NewElement(base.point.Mul(nonceX))
	// One proof made under a challenge of commitments alone; sq and sx answer it.
	e := weak("ballot", testRecord("A"), rq, rx).Challenge("c")
	sq, sx := nonce.Add(e.Mul(r)), nonceX.Add(e.Mul(x))
	if !satisfies(g.point, rq.point, ciphertext.C1, sq, e) || !satisfies(base.point, rx.point, account.point, sx, e) {
		t.Fatal("no forgery")
	}
	proof := func(rq, rx Element, sq, sx group.Scalar) BallotProof {
		return BallotProof{[]Element{rq, rx}, []group.Scalar{sq, sx}}
	}
	k := secret("k")
	adapted := sq.Add(e.Mul(k))
	rerandomised := ciphertext.ReEncrypt(key.point, k)
	if !satisfies(g.point, rq.point, rerandomised.C1, adapted, e) {
		t.Fatal("no forgery")
	}
	refused(t, "ciphertext left out: copy re-randomised", claim(base, account, rerandomised).Verify(proof(rq, rx, adapted, sx)), ErrBallot)
	changed := elgamal.Ciphertext{C1: ciphertext.C1, C2: ciphertext.C2.Add(g.point)}
	refused(t, "c2 left out: another choice", claim(base, account, changed).Verify(proof(rq, rx, sq, sx)), ErrBallot)

	related := NewElement(account.point.Add(base.point.Mul(k)))
	if !satisfies(base.point, rx.point, related.point, sx.Add(e.Mul(k)), e) {
		t.Fatal("no forgery")
	}
	refused(t, "account left out: related account", claim(base, related, ciphertext).Verify(proof(rq, rx, sq, sx.Add(e.Mul(k)))), ErrBallot)

	// A victim's c1 and a victim's account, solved for after the challenge.
	anyR := NewElement(otherKey())
	e = weak("ballot", testRecord("A"), anyR, rx).Challenge("c")
	sx = nonceX.Add(e.Mul(x))
	c1 := group.MulBase(sq).Sub(anyR.point).Mul(e.Inverse())
	if !satisfies(g.point, anyR.point, c1, sq, e) {
		t.Fatal("no forgery")
	}
	refused(t, "c1 chosen last", claim(base, account, elgamal.Ciphertext{C1: c1, C2: g.point}).Verify(proof(anyR, rx, sq, sx)), ErrBallot)
	e = weak("ballot", testRecord("A"), rq, anyR).Challenge("c")
	sq = nonce.Add(e.Mul(r))
	y := base.point.Mul(sx).Sub(anyR.point).Mul(e.Inverse())
	refused(t, "account chosen last", claim(base, NewElement(y), ciphertext).Verify(proof(rq, anyR, sq, sx)), ErrBallot)
	// The urn's generator chosen last, for a victim's account.
	victim := NewElement(otherKey())
	g2 := rx.point.Add(victim.point.Mul(e)).Mul(sx.Inverse())
	refused(t, "generator chosen last", claim(NewElement(g2), victim, ciphertext).Verify(proof(rq, rx, sq, sx)), ErrBallot)

	// What an attacker can do with an honest ballot: its proof under his own
	// account, with his own answer for it, needs the victim's r again.
	honest := claim(base, account, ciphertext)
	p := must(honest.Prove([]group.Scalar{r}, x))
	mine := secret("mine")
	thief := claim(base, NewElement(base.point.Mul(mine)), ciphertext)
	e = thief.challenge(proof(p.r[0], rx, p.s[0], sx))
	refused(t, "copied ballot, own account", thief.Verify(proof(p.r[0], rx, p.s[0], nonceX.Add(e.Mul(mine)))), ErrBallot)
	_, err := thief.Prove([]group.Scalar{k}, mine)
	refused(t, "proof without r", err, ErrSecret)
	_, err = honest.Prove([]group.Scalar{r}, mine)
	refused(t, "proof without x", err, ErrSecret)
	_, err = honest.Prove(nil, x)
	refused(t, "too few secrets", err, ErrCount)
}
