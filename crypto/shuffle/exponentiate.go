package shuffle

import (
	"isoloir/crypto/group"
	"isoloir/crypto/transcript"
	"isoloir/parallel"
)

// exponentiateWork is how many units of progress exponentiation counts for
// each key, beside the proof.
const exponentiateWork = 4

// Exponentiate mixes in: it raises the statement's generator and all keys to
// one fresh secret exponent and returns the raised generator, the raised keys
// in a fresh secret order, and the proof of it, ProofSize(in.Len()) bytes.
// Order and exponent are forgotten. progress, which may be nil, is called now
// and then from one goroutine at a time.
//
// It refuses a statement whose generator is the identity (ErrIdentity). The
// output of a single key hides nothing.
func Exponentiate(st KeyStatement, in *Keys, gens *Generators, workers int, progress func(done, total int)) (raised group.Point, out *Keys, proof []byte, err error) {
	t := transcript.New("exponentiation/secret", st.Context)
	t.AppendPoints("generator", st.Generator)
	t.Append("inputs", in.raw)
	alpha := (*transcript.Transcript).Nonce(t)
	return exponentiate(st, in, alpha, gens, (*transcript.Transcript).Nonce, workers, progress)
}

func exponentiate(st KeyStatement, in *Keys, alpha group.Scalar, gens *Generators, d draw, workers int, progress func(done, total int)) (group.Point, *Keys, []byte, error) {
	raised := st.Generator.Mul(alpha)
	t, err := st.transcript(raised, in)
	if err != nil {
		return group.Point{}, nil, nil, err
	}
	n := in.Len()
	m := newMeter(progress, (exponentiateWork+proveWork)*n)
	seed := d(t, alpha)
	order := newCoins(seed).order(n)
	defer clear(order)
	out := raiseAll(in, order, alpha, workers, m)
	t.Append("outputs", out.raw)
	w := witness{
		order: order,
		seed:  seed,
		commit: func(u [][16]byte, nonce4 group.Scalar, nonces []group.Scalar) (t4, t5 group.Point) {
			weighed := group.MSM128(u, in.points, workers)
			t4 = group.MSM(nonces, out.points, workers).Sub(weighed.Mul(nonce4))
			return t4, st.Generator.Mul(nonce4)
		},
		secret: func([][16]byte) group.Scalar { return alpha },
	}
	return raised, out, prove(t, &w, gens, d, workers, m), nil
}

// raiseAll returns, for each i, key order[i] raised to alpha: it computes with
// half the exponent and doubles, which makes the encodings cheap.
func raiseAll(in *Keys, order []uint32, alpha group.Scalar, workers int, m *meter) *Keys {
	n := len(order)
	out := &Keys{raw: make([]byte, n*group.PointSize), points: make([]group.Point, n)}
	halfAlpha := alpha.Mul(half)
	parallel.Chunks(n, smallChunk, workers, func(lo, hi int) {
		points := make([]group.Point, hi-lo)
		for i := lo; i < hi; i++ {
			points[i-lo] = in.points[order[i]]
		}
		points = group.MulAllVartime(halfAlpha, points, 1)
		copy(out.raw[lo*group.PointSize:], group.DoubleEncodeBatch(points, 1))
		for i := lo; i < hi; i++ {
			out.points[i] = points[i-lo].Double()
		}
		m.add(exponentiateWork * (hi - lo))
	})
	return out
}

// VerifyExponentiation accepts when proof shows that out is in, permuted, with
// each key raised to the exponent that takes the statement's generator to
// raised. Errors are those of [VerifyReencryption], with ErrExponent for
// ErrReencryption; a generator or raised generator that is the identity is
// ErrIdentity.
func VerifyExponentiation(st KeyStatement, raised group.Point, in, out *Keys, proof []byte, gens *Generators, workers int, progress func(done, total int)) error {
	t, err := st.transcript(raised, in)
	if err != nil {
		return err
	}
	t.Append("outputs", out.raw)
	return verify(t, &exponentiation{st.Generator, raised, in, out}, in.Len(), out.Len(), proof, gens, workers, progress)
}

// exponentiation is equations 4 and 5 of a mix of keys.
type exponentiation struct {
	generator, raised group.Point
	in, out           *Keys
}

func (e *exponentiation) err() error { return ErrExponent }

// t_4 = (∏y_j^{u_j})^{−s_4}·∏ŷ_i^{s'_i} and t_5 = Ĝ^{−c}·G^{s_4}.
func (e *exponentiation) terms(challenge, s4, v4, v5 group.Scalar) terms {
	return terms{
		byWeight: []side{{e.in.points, s4.Mul(v4).Neg()}},
		byAnswer: []side{{e.out.points, v4}},
		scalars:  []group.Scalar{challenge.Mul(v5).Neg(), s4.Mul(v5)},
		points:   []group.Point{e.raised, e.generator},
	}
}
