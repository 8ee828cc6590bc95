package shuffle

import (
	"bytes"
	"slices"

	"isoloir/crypto/elgamal"
	"isoloir/crypto/group"
	"isoloir/crypto/transcript"
)

// This file is section 8 of docs/protocol.md once more, in its own words and
// without any shortcut: a prover who may lie, and a verifier who looks at one
// equation after the other.

type (
	scalar = group.Scalar
	point  = group.Point
)

// frame is one append of a transcript.
type frame struct {
	label string
	data  []byte
}

// story is what a proof is about, as a mixer tells it: the frames up to the
// outputs, and his side of equations 4 and 5.
type story struct {
	proof   string
	context transcript.Context
	frames  []frame
	n       int
	commit  func(u []scalar, nonce4 scalar, nonces []scalar) (t4, t5 point)
	secret  func(uPrime []scalar) scalar
	// verify says whether equations 4 and 5 hold.
	verify func(p *claim, u []scalar, c scalar) bool
}

// claim is a proof, field by field.
type claim struct {
	permutation, chain, links []point
	t                         [5]point
	s                         [4]scalar
	linkAnswers, weights      []scalar
}

func (p *claim) bytes() []byte {
	var b []byte
	for _, list := range [][]point{p.permutation, p.chain, p.links, p.t[:]} {
		b = append(b, encode(list...)...)
	}
	for _, list := range [][]scalar{p.s[:], p.linkAnswers, p.weights} {
		for _, s := range list {
			e := s.Bytes()
			b = append(b, e[:]...)
		}
	}
	return b
}

func encode(points ...point) (b []byte) {
	for _, p := range points {
		e := p.Bytes()
		b = append(b, e[:]...)
	}
	return b
}

func one() scalar { return group.ScalarFromUint64(1) }

func integer(v int) scalar {
	if v < 0 {
		return group.ScalarFromUint64(uint64(-v)).Neg()
	}
	return group.ScalarFromUint64(uint64(v))
}

func freshScalars(n int) []scalar {
	out := make([]scalar, n)
	for i := range out {
		out[i] = group.RandomScalar()
	}
	return out
}

func inner(a, b []scalar) (sum scalar) {
	for i := range a {
		sum = sum.Add(a[i].Mul(b[i]))
	}
	return sum
}

func product(a []scalar) scalar {
	p := one()
	for _, s := range a {
		p = p.Mul(s)
	}
	return p
}

func combine(s []scalar, p []point) point {
	sum := group.Identity()
	for i := range s {
		sum = sum.Add(p[i].MulVartime(s[i]))
	}
	return sum
}

// liar is a prover with everything in his hands. With a permutation matrix and
// nothing else set he is honest.
type liar struct {
	matrix [][]scalar           // row i: what output i takes of each input
	commit [][]scalar           // what he commits to, if not to the matrix
	h      []point              // h_0 … h_n
	logs   []scalar             // the logarithms of h, if he chose them
	omit   string               // label of a frame left out of his transcript
	reuse  []scalar             // weights that he uses instead of the challenge
	joke   bool                 // he ends the chain where he pleases
	random func(n int) []scalar // nil: freshScalars
}

func permutationMatrix(order ...int) [][]scalar {
	m := make([][]scalar, len(order))
	for i, j := range order {
		m[i] = make([]scalar, len(order))
		m[i][j] = one()
	}
	return m
}

func honestLiar(order ...int) *liar {
	return &liar{matrix: permutationMatrix(order...), h: group.Generators(Label, len(order)+1, 0)}
}

// begin absorbs what precedes the first challenge.
func (s *story) begin(omit string, permutation []point) *transcript.Transcript {
	t := transcript.New(s.proof, s.context)
	for _, f := range append(slices.Clone(s.frames), frame{"permutation", encode(permutation...)}) {
		if f.label != omit {
			t.Append(f.label, f.data)
		}
	}
	return t
}

// finish absorbs the commitments and gives the second challenge.
func (s *story) finish(t *transcript.Transcript, omit string, p *claim) scalar {
	for _, f := range []frame{{"chain", encode(p.chain...)}, {"commitments", encode(p.t[:]...)}, {"chain-commitments", encode(p.links...)}} {
		if f.label != omit {
			t.Append(f.label, f.data)
		}
	}
	return t.Challenge("c")
}

func weightsOf(t *transcript.Transcript, n int) []scalar {
	w := t.ChallengeWeights("u")
	u := make([]scalar, n)
	for i := range u {
		u[i] = w.Scalar(i)
	}
	return u
}

// prove tells the story. It returns the weights and the challenge too.
func (l *liar) prove(s *story) (p *claim, u []scalar, c scalar) {
	n, g, randomScalars := s.n, group.Base(), l.random
	if randomScalars == nil {
		randomScalars = freshScalars
	}
	p = &claim{chain: make([]point, n), links: make([]point, n)}
	rho, committed := randomScalars(n), l.matrix
	if l.commit != nil {
		committed = l.commit
	}
	for j := range n {
		cj := g.Mul(rho[j])
		if l.logs == nil {
			for i := range n {
				cj = cj.Add(l.h[i+1].Mul(committed[i][j]))
			}
		}
		p.permutation = append(p.permutation, cj)
	}
	t := s.begin(l.omit, p.permutation)
	u = weightsOf(t, n)
	if l.reuse != nil {
		u = l.reuse
	}
	uPrime := make([]scalar, n)
	for i := range uPrime {
		uPrime[i] = inner(l.matrix[i], u)
	}
	rhoHat, omega, omegaHat, nonces := randomScalars(n), randomScalars(n), randomScalars(n), randomScalars(4)
	before, exponent := l.h[0], scalar{}
	for i := range n {
		p.links[i] = g.Mul(omegaHat[i]).Add(before.Mul(omega[i]))
		p.chain[i] = g.Mul(rhoHat[i]).Add(before.Mul(uPrime[i]))
		exponent = rhoHat[i].Add(uPrime[i].Mul(exponent))
		before = p.chain[i]
	}
	if l.joke {
		exponent = randomScalars(1)[0]
		p.chain[n-1] = g.Mul(exponent).Add(l.h[0].Mul(product(u)))
	}
	secrets := []scalar{{}, exponent, inner(rho, u), s.secret(uPrime)}
	for _, r := range rho {
		secrets[0] = secrets[0].Add(r)
	}
	if l.logs != nil {
		for i := range n {
			secrets[0] = secrets[0].Sub(l.logs[i+1])
			secrets[2] = secrets[2].Sub(l.logs[i+1].Mul(uPrime[i]))
		}
		secrets[1] = secrets[1].Add(l.logs[0].Mul(product(uPrime).Sub(product(u))))
	}
	t4, t5 := s.commit(u, nonces[3], omega)
	p.t = [5]point{g.Mul(nonces[0]), g.Mul(nonces[1]), g.Mul(nonces[2]).Add(combine(omega, l.h[1:])), t4, t5}
	c = s.finish(t, l.omit, p)
	for k := range p.s {
		p.s[k] = nonces[k].Add(c.Mul(secrets[k]))
	}
	for i := range n {
		p.linkAnswers = append(p.linkAnswers, omegaHat[i].Add(c.Mul(rhoHat[i])))
		p.weights = append(p.weights, omega[i].Add(c.Mul(uPrime[i])))
	}
	return p, u, c
}

// accepts checks the equations one by one, with a transcript that lacks the
// frame omit.
func (s *story) accepts(p *claim, h []point, omit string) bool {
	g := group.Base()
	t := s.begin(omit, p.permutation)
	u := weightsOf(t, s.n)
	c := s.finish(t, omit, p)
	ones := slices.Repeat([]scalar{one()}, s.n)
	minus := c.Neg()
	sumC, sumH := combine(ones, p.permutation), combine(ones, h[1:])
	ok := p.t[0].Equal(sumC.Sub(sumH).Mul(minus).Add(g.Mul(p.s[0])))
	ok = ok && p.t[1].Equal(p.chain[s.n-1].Sub(h[0].Mul(product(u))).Mul(minus).Add(g.Mul(p.s[1])))
	ok = ok && p.t[2].Equal(combine(u, p.permutation).Mul(minus).Add(g.Mul(p.s[2])).Add(combine(p.weights, h[1:])))
	before := h[0]
	for i := range s.n {
		ok = ok && p.links[i].Equal(p.chain[i].Mul(minus).Add(g.Mul(p.linkAnswers[i])).Add(before.Mul(p.weights[i])))
		before = p.chain[i]
	}
	return ok && s.verify(p, u, c)
}

// ballotStory is a mix of ballots. coins is what each output adds to what the
// mixer claims it to hold.
func ballotStory(st Statement, in, out elgamal.List, coins []scalar) *story {
	g := group.Base()
	return &story{
		proof: "shuffle", context: st.Context, n: in.Len(),
		frames: []frame{
			{"seal", st.Seal[:]}, {"question", []byte(st.Question)}, {"stage", []byte{byte(st.Stage), 0, 0, 0}},
			{"base", encode(g)}, {"key", encode(st.Key)}, {"inputs", in.Bytes()}, {"outputs", out.Bytes()},
		},
		commit: func(_ []scalar, nonce4 scalar, nonces []scalar) (t4, t5 point) {
			return combine(nonces, out.C2()).Sub(st.Key.Mul(nonce4)), combine(nonces, out.C1()).Sub(g.Mul(nonce4))
		},
		secret: func(uPrime []scalar) scalar { return inner(coins, uPrime) },
		verify: func(p *claim, u []scalar, c scalar) bool {
			t4 := combine(p.weights, out.C2()).Sub(st.Key.Mul(p.s[3])).Sub(combine(u, in.C2()).Mul(c))
			t5 := combine(p.weights, out.C1()).Sub(g.Mul(p.s[3])).Sub(combine(u, in.C1()).Mul(c))
			return p.t[3].Equal(t4) && p.t[4].Equal(t5)
		},
	}
}

// keyStory is a mix of keys.
func keyStory(st KeyStatement, raised point, in, out *Keys, alpha scalar) *story {
	return &story{
		proof: "exponentiation", context: st.Context, n: in.Len(),
		frames: []frame{
			{"stage", []byte{byte(st.Stage), 0, 0, 0}}, {"base", encode(group.Base())}, {"generator", encode(st.Generator)},
			{"raised", encode(raised)}, {"inputs", in.Bytes()}, {"outputs", out.Bytes()},
		},
		commit: func(u []scalar, nonce4 scalar, nonces []scalar) (t4, t5 point) {
			return combine(nonces, out.Points()).Sub(combine(u, in.Points()).Mul(nonce4)), st.Generator.Mul(nonce4)
		},
		secret: func([]scalar) scalar { return alpha },
		verify: func(p *claim, u []scalar, c scalar) bool {
			t4 := combine(p.weights, out.Points()).Sub(combine(u, in.Points()).Mul(p.s[3]))
			t5 := st.Generator.Mul(p.s[3]).Sub(raised.Mul(c))
			return p.t[3].Equal(t4) && p.t[4].Equal(t5)
		},
	}
}

// parse reads a proof field by field.
func parse(b []byte, n int) *claim {
	r := bytes.NewReader(b)
	next := func() []byte {
		var x [32]byte
		if _, err := r.Read(x[:]); err != nil {
			panic(err)
		}
		return x[:]
	}
	points := func(k int) []point {
		list := make([]point, k)
		for i := range list {
			var err error
			if list[i], err = group.Decode(next()); err != nil {
				panic(err)
			}
		}
		return list
	}
	scalars := func(k int) []scalar {
		list := make([]scalar, k)
		for i := range list {
			var err error
			if list[i], err = group.DecodeScalar(next()); err != nil {
				panic(err)
			}
		}
		return list
	}
	p := &claim{permutation: points(n), chain: points(n), links: points(n), t: [5]point(points(5)), s: [4]scalar(scalars(4))}
	p.linkAnswers, p.weights = scalars(n), scalars(n)
	return p
}
