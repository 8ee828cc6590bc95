package shuffle

import (
	"testing"

	"isoloir/crypto/elgamal"
	"isoloir/crypto/group"
)

// Challenges that leave out a part of the statement or of the commitments (the
// weak Fiat–Shamir transform) can be forged: the part left out is chosen after
// the challenge is known.

// Whatever a prover leaves out of the transcript, he has no proof.
func TestNothingLeftOutOfTheChallenge(t *testing.T) {
	const n = 2
	l := honestLiar(1, 0)
	commitments := []string{"permutation", "chain", "commitments", "chain-commitments"}
	for _, label := range append([]string{"seal", "question", "stage", "base", "key", "inputs", "outputs"}, commitments...) {
		t.Run("reencryption/"+label, func(t *testing.T) {
			m := newMixed(t, n)
			l.omit = label
			var coins []scalar
			m.out, coins = reencrypted(m.st, m.in, l.matrix)
			m.tell(l, coins)
			if !ballotStory(m.st, m.in, m.out, nil).accepts(parse(m.proof, n), l.h, label) {
				t.Fatal("refused by the weak verifier too")
			}
			expect(t, m.verify(), ErrStatement)
		})
	}
	for _, label := range append([]string{"stage", "base", "generator", "raised", "inputs", "outputs"}, commitments...) {
		t.Run("exponentiation/"+label, func(t *testing.T) {
			k := newMixedKeys(t, n)
			l.omit = label
			k.tell(l, l.matrix, group.RandomScalar())
			if !keyStory(k.st, k.raised, k.in, k.out, scalar{}).accepts(parse(k.proof, n), l.h, label) {
				t.Fatal("refused by the weak verifier too")
			}
			expect(t, k.verify(), ErrStatement)
		})
	}
}

// Forgeries of false statements that a verifier with the weak challenge
// believes, and ours does not.
func TestForgeriesAgainstTheWeakTransform(t *testing.T) {
	const n = 3
	d := group.Hash("test", []byte("what the forger adds to a vote"))
	for label, forge := range map[string]func(t *testing.T, m *mixed, l *liar){
		"outputs": func(t *testing.T, m *mixed, l *liar) {
			p := parse(m.proof, n)
			c := ciphertexts(m.out)
			c[0].C2 = c[0].C2.Add(d.Mul(p.weights[1]))
			c[1].C2 = c[1].C2.Sub(d.Mul(p.weights[0]))
			m.out = elgamal.NewList(c, 0)
		},
		"inputs": func(t *testing.T, m *mixed, l *liar) {
			u := weightsOf(ballotStory(m.st, m.in, m.out, nil).begin("inputs", parse(m.proof, n).permutation), n)
			c := ciphertexts(m.in)
			c[0].C2 = c[0].C2.Add(d.Mul(u[1]))
			c[1].C2 = c[1].C2.Sub(d.Mul(u[0]))
			m.in = elgamal.NewList(c, 0)
		},
		// The vote is false from the start, and t_4 follows from the challenge.
		"commitments": func(t *testing.T, m *mixed, l *liar) {
			c := ciphertexts(m.out)
			c[0].C2 = c[0].C2.Add(d)
			m.out = elgamal.NewList(c, 0)
			m.tell(l, freshScalars(n))
			p := parse(m.proof, n)
			s := ballotStory(m.st, m.in, m.out, nil)
			tr := s.begin(l.omit, p.permutation)
			u := weightsOf(tr, n)
			challenge := s.finish(tr, l.omit, p)
			p.t[3] = combine(p.weights, m.out.C2()).Sub(m.st.Key.Mul(p.s[3])).Sub(combine(u, m.in.C2()).Mul(challenge))
			p.t[4] = combine(p.weights, m.out.C1()).Sub(group.MulBase(p.s[3])).Sub(combine(u, m.in.C1()).Mul(challenge))
			m.proof = p.bytes()
		},
		// The key that makes a false vote a re-encryption.
		"key": func(t *testing.T, m *mixed, l *liar) {
			c := ciphertexts(m.out)
			c[0].C2 = c[0].C2.Add(d)
			out := elgamal.NewList(c, 0)
			p, u, challenge := l.prove(ballotStory(m.st, m.in, out, m.coins))
			rest := combine(p.weights, out.C2()).Sub(combine(u, m.in.C2()).Mul(challenge)).Sub(p.t[3])
			m.st.Key, m.out, m.proof = rest.Mul(p.s[3].Inverse()), out, p.bytes()
		},
	} {
		t.Run("reencryption/"+label, func(t *testing.T) {
			m, l := newMixed(t, n), honestLiar(1, 2, 0)
			l.omit = label
			m.out, m.coins = reencrypted(m.st, m.in, l.matrix)
			m.tell(l, m.coins)
			forge(t, m, l)
			if !ballotStory(m.st, m.in, m.out, nil).accepts(parse(m.proof, n), l.h, label) {
				t.Fatal("the forgery should pass the weak verifier")
			}
			expect(t, m.verify(), ErrStatement)
		})
	}
}

// The same for keys. G or Ĝ becomes whatever equation 5 asks for, and then the
// generator's exponent is not the keys'.
func TestForgeriesOfKeysAgainstTheWeakTransform(t *testing.T) {
	const n = 3
	d := group.Hash("test", []byte("what the forger adds to a key"))
	for label, c := range map[string]struct {
		skew  point // added to t_5
		forge func(k *mixedKeys, p *claim, c scalar)
	}{
		"generator": {d, func(k *mixedKeys, p *claim, c scalar) {
			k.st.Generator = p.t[4].Add(k.raised.Mul(c)).Mul(p.s[3].Inverse())
		}},
		"raised": {d, func(k *mixedKeys, p *claim, c scalar) {
			k.raised = k.st.Generator.Mul(p.s[3]).Sub(p.t[4]).Mul(c.Inverse())
		}},
		"outputs": {group.Identity(), func(k *mixedKeys, p *claim, c scalar) {
			k.out = changedKeys(k.out, func(y []point) []point {
				y[0], y[1] = y[0].Add(d.Mul(p.weights[1])), y[1].Sub(d.Mul(p.weights[0]))
				return y
			})
		}},
	} {
		t.Run(label, func(t *testing.T) {
			k, l := newMixedKeys(t, n), honestLiar(1, 2, 0)
			l.omit = label
			alpha := group.RandomScalar()
			k.tell(l, l.matrix, alpha)
			s := keyStory(k.st, k.raised, k.in, k.out, alpha)
			honest := s.commit
			s.commit = func(u []scalar, nonce4 scalar, nonces []scalar) (t4, t5 point) {
				t4, t5 = honest(u, nonce4, nonces)
				return t4, t5.Add(c.skew)
			}
			p, _, challenge := l.prove(s)
			c.forge(k, p, challenge)
			k.proof = p.bytes()
			if k.raised.Equal(k.st.Generator.Mul(alpha)) != c.skew.IsIdentity() {
				t.Fatal("the forgery proves nothing false")
			}
			if !keyStory(k.st, k.raised, k.in, k.out, alpha).accepts(p, l.h, label) {
				t.Fatal("the forgery should pass the weak verifier")
			}
			expect(t, k.verify(), ErrStatement)
		})
	}
}
