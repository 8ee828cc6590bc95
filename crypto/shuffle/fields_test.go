package shuffle

import (
	"fmt"
	"slices"
	"testing"

	"isoloir/crypto/group"
)

// field is a region of the proof's bytes: count values of 32 bytes.
type field struct {
	name   string
	at     int
	count  int
	scalar bool
	want   []error // once a value is replaced by another canonical one
}

func fields(n int, kind error) []field {
	all := []error{ErrStatement}
	at := func(points int) int { return 32 * points }
	return []field{
		{"c", 0, n, false, all},
		{"ĉ", at(n), n, false, all},
		{"t̂", at(2 * n), n, false, all},
		{"t1", at(3 * n), 1, false, all},
		{"t2", at(3*n + 1), 1, false, all},
		{"t3", at(3*n + 2), 1, false, all},
		{"t4", at(3*n + 3), 1, false, all},
		{"t5", at(3*n + 4), 1, false, all},
		{"s1", at(3*n + 5), 1, true, []error{ErrPermutation}},
		{"s2", at(3*n + 6), 1, true, []error{ErrProduct}},
		{"s3", at(3*n + 7), 1, true, []error{ErrCommitment}},
		{"s4", at(3*n + 8), 1, true, []error{kind}},
		{"ŝ", at(3*n + 9), n, true, []error{ErrChain}},
		{"s'", at(4*n + 9), n, true, []error{ErrCommitment, kind, ErrChain}},
	}
}

// replaced returns the value with something added to it.
func (f *field) replaced(t *testing.T, value []byte) []byte {
	t.Helper()
	if f.scalar {
		s, err := group.DecodeScalar(value)
		if err != nil {
			t.Fatal(err)
		}
		b := s.Add(one()).Bytes()
		return b[:]
	}
	p, err := group.Decode(value)
	if err != nil {
		t.Fatal(err)
	}
	return encode(p.Add(group.Base()))
}

// Every field at its first, middle and last place, for both kinds: replaced by
// another value, made non-canonical, and set to zero.
func TestEveryFieldChanged(t *testing.T) {
	const n = 5
	m, k := newMixed(t, n), newMixedKeys(t, n)
	for _, kind := range []struct {
		name   string
		err    error
		proof  *[]byte
		verify func() error
	}{
		{"reencryption", ErrReencryption, &m.proof, m.verify},
		{"exponentiation", ErrExponent, &k.proof, k.verify},
	} {
		honest := *kind.proof
		for _, f := range fields(n, kind.err) {
			places := slices.Compact([]int{0, f.count / 2, f.count - 1})
			for _, i := range places {
				t.Run(fmt.Sprintf("%s/%s[%d]", kind.name, f.name, i), func(t *testing.T) {
					lo := f.at + 32*i
					with := func(value []byte) error {
						*kind.proof = slices.Concat(honest[:lo], value, honest[lo+32:])
						return kind.verify()
					}
					defer func() { *kind.proof = honest }()
					expect(t, with(f.replaced(t, honest[lo:lo+32])), f.want...)
					expect(t, with(slices.Repeat([]byte{0xff}, 32)), ErrEncoding)
					expect(t, with(make([]byte, 32)), f.want...)
					high := slices.Clone(honest[lo : lo+32])
					high[31] |= 0x80
					expect(t, with(high), ErrEncoding)
				})
			}
		}
		if err := kind.verify(); err != nil {
			t.Fatal(err)
		}
	}
}

// No byte of a proof is without meaning.
func TestEveryByteFlipped(t *testing.T) {
	m := newMixed(t, 2)
	for i := range m.proof {
		bit := byte(1) << (i % 8)
		m.proof[i] ^= bit
		if err := m.verify(); err == nil {
			t.Fatalf("accepted with byte %d flipped", i)
		}
		m.proof[i] ^= bit
	}
	if err := m.verify(); err != nil {
		t.Fatal(err)
	}
}

// Errors that cancel out in a plain sum of the equations do not in a weighed
// one.
func TestErrorsDoNotCancel(t *testing.T) {
	const n = 4
	for name, c := range map[string]struct {
		tamper func(p *claim)
		want   []error
	}{
		"two links": {func(p *claim) {
			p.linkAnswers[0] = p.linkAnswers[0].Add(one())
			p.linkAnswers[1] = p.linkAnswers[1].Sub(one())
		}, []error{ErrChain}},
		"permutation and product": {func(p *claim) {
			p.s[0], p.s[1] = p.s[0].Add(one()), p.s[1].Sub(one())
		}, []error{ErrPermutation, ErrProduct}},
		"permutation and link": {func(p *claim) {
			p.s[0], p.linkAnswers[2] = p.s[0].Add(one()), p.linkAnswers[2].Sub(one())
		}, []error{ErrPermutation, ErrChain}},
		"commitment and re-encryption": {func(p *claim) {
			p.s[2], p.s[3] = p.s[2].Add(one()), p.s[3].Add(one())
		}, []error{ErrCommitment, ErrReencryption}},
	} {
		t.Run(name, func(t *testing.T) {
			m := newMixed(t, n)
			p := parse(m.proof, n)
			c.tamper(p)
			m.proof = p.bytes()
			expect(t, m.verify(), c.want...)
		})
	}
}

// Whoever could foresee the verifier's weights could make errors cancel: the
// weights are what this rests on, and they are new each time.
func TestForeseenWeightsWouldBeFatal(t *testing.T) {
	const n = 3
	m := newMixed(t, n)
	w := randomWeights()
	links := w.forLinks(0, n)
	p := parse(m.proof, n)
	p.linkAnswers[0] = p.linkAnswers[0].Add(group.ScalarFrom128(links[1]))
	p.linkAnswers[1] = p.linkAnswers[1].Sub(group.ScalarFrom128(links[0]))
	m.proof = p.bytes()

	tr, err := m.st.transcript(m.in)
	if err != nil {
		t.Fatal(err)
	}
	tr.Append("outputs", m.out.Bytes())
	r := &reencryption{m.st.Key, m.in, m.out}
	v, err := open(tr, r, n, n, m.proof, m.gens, 1)
	if err != nil {
		t.Fatal(err)
	}
	sum, err := v.evaluate(w, newMeter(nil, 0))
	if err != nil {
		t.Fatal(err)
	}
	if !sum.IsIdentity() {
		t.Fatal("the forgery does not fit the weights it was made for")
	}
	for range 10 {
		expect(t, m.verify(), ErrChain)
	}
}
