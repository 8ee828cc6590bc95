package shuffle

import (
	"errors"
	"slices"
	"testing"

	"isoloir/crypto/elgamal"
	"isoloir/crypto/group"
)

// failures returns the refusals that err stands for.
func failures(err error) (names []error) {
	for _, e := range []error{
		ErrEmpty, ErrLength, ErrEncoding, ErrIdentity, ErrStatement,
		ErrPermutation, ErrProduct, ErrCommitment, ErrReencryption, ErrExponent, ErrChain,
	} {
		if errors.Is(err, e) {
			names = append(names, e)
		}
	}
	return names
}

// expect fails unless err is exactly the refusals wanted.
func expect(t *testing.T, err error, want ...error) {
	t.Helper()
	if err == nil {
		t.Fatalf("accepted, want %v", want)
	}
	if got := failures(err); !slices.Equal(got, want) {
		t.Fatalf("refused for %v, want %v (%v)", got, want, err)
	}
}

// mixed is a proof of ballots with all it is about, open to be tampered with.
type mixed struct {
	st      Statement
	in, out elgamal.List
	proof   []byte
	gens    *Generators
	coins   []scalar // of the outputs, where the test made them
}

func newMixed(t *testing.T, n int) *mixed {
	m := &mixed{gens: new(Generators)}
	m.st, m.in = election(n)
	var err error
	if m.out, m.proof, err = Reencrypt(m.st, m.in, m.gens, 0, nil); err != nil {
		t.Fatal(err)
	}
	return m
}

func (m *mixed) verify() error {
	return VerifyReencryption(m.st, m.in, m.out, m.proof, m.gens, 0, nil)
}

// ciphertexts returns a list as single ciphertexts, to be changed.
func ciphertexts(l elgamal.List) (out []elgamal.Ciphertext) {
	for i := range l.Len() {
		out = append(out, l.At(i))
	}
	return out
}

func changed(l elgamal.List, change func(c []elgamal.Ciphertext) []elgamal.Ciphertext) elgamal.List {
	return elgamal.NewList(change(ciphertexts(l)), 0)
}

func TestReencryptionStatementChanged(t *testing.T) {
	const n = 5
	other, otherIn := election(n)
	stageTwo := func(m *mixed) elgamal.List {
		next := m.st
		next.Stage++
		out, _, err := Reencrypt(next, m.out, m.gens, 0, nil)
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	type list = []elgamal.Ciphertext
	for name, c := range map[string]struct {
		tamper func(m *mixed)
		want   error
	}{
		"other key":                    {func(m *mixed) { m.st.Key = other.Key }, ErrStatement},
		"other stage":                  {func(m *mixed) { m.st.Stage++ }, ErrStatement},
		"other seal":                   {func(m *mixed) { m.st.Seal[31] ^= 1 }, ErrStatement},
		"other question":               {func(m *mixed) { m.st.Question = "q2" }, ErrStatement},
		"other cell":                   {func(m *mixed) { m.st.Context.Urn = "cell+other" }, ErrStatement},
		"other manifest":               {func(m *mixed) { m.st.Context.Manifest[0] ^= 1 }, ErrStatement},
		"other opening":                {func(m *mixed) { m.st.Context.Opening[0] ^= 1 }, ErrStatement},
		"identity key":                 {func(m *mixed) { m.st.Key = group.Identity() }, ErrIdentity},
		"other inputs":                 {func(m *mixed) { m.in = otherIn }, ErrStatement},
		"own output as input":          {func(m *mixed) { m.in = m.out }, ErrStatement},
		"next stage's output":          {func(m *mixed) { m.out = stageTwo(m) }, ErrStatement},
		"inputs and outputs exchanged": {func(m *mixed) { m.in, m.out = m.out, m.in }, ErrStatement},
		"inputs in another order": {func(m *mixed) {
			m.in = changed(m.in, func(c list) list { c[0], c[1] = c[1], c[0]; return c })
		}, ErrStatement},
		"output replaced": {func(m *mixed) {
			m.out = changed(m.out, func(c list) list { c[2] = otherIn.At(0); return c })
		}, ErrStatement},
		"first half replaced": {func(m *mixed) {
			m.out = changed(m.out, func(c list) list { c[2].C1 = c[2].C1.Add(group.Base()); return c })
		}, ErrStatement},
		"second half replaced": {func(m *mixed) {
			m.out = changed(m.out, func(c list) list { c[2].C2 = c[2].C2.Add(group.Base()); return c })
		}, ErrStatement},
		"output doubled, another lost": {func(m *mixed) {
			m.out = changed(m.out, func(c list) list { c[2] = c[3]; return c })
		}, ErrStatement},
		"two outputs exchanged": {func(m *mixed) {
			m.out = changed(m.out, func(c list) list { c[2], c[3] = c[3], c[2]; return c })
		}, ErrStatement},
		"identity first half": {func(m *mixed) {
			m.out = changed(m.out, func(c list) list { c[2].C1 = group.Identity(); return c })
		}, ErrIdentity},
		"identity first half of an input": {func(m *mixed) {
			m.in = changed(m.in, func(c list) list { c[2].C1 = group.Identity(); return c })
		}, ErrIdentity},
		"output dropped": {func(m *mixed) {
			m.out = changed(m.out, func(c list) list { return c[1:] })
		}, ErrLength},
		"output added": {func(m *mixed) {
			m.out = changed(m.out, func(c list) list { return append(c, c[0]) })
		}, ErrLength},
		"input and output dropped": {func(m *mixed) {
			m.in = changed(m.in, func(c list) list { return c[1:] })
			m.out = changed(m.out, func(c list) list { return c[1:] })
		}, ErrLength},
		"no input":              {func(m *mixed) { m.in = elgamal.List{} }, ErrEmpty},
		"no output":             {func(m *mixed) { m.out = elgamal.List{} }, ErrEmpty},
		"no proof":              {func(m *mixed) { m.proof = nil }, ErrLength},
		"proof cut":             {func(m *mixed) { m.proof = m.proof[:len(m.proof)-1] }, ErrLength},
		"proof cut by 160":      {func(m *mixed) { m.proof = m.proof[:len(m.proof)-160] }, ErrLength},
		"proof extended":        {func(m *mixed) { m.proof = append(m.proof, 0) }, ErrLength},
		"proof extended by 160": {func(m *mixed) { m.proof = append(m.proof, make([]byte, 160)...) }, ErrLength},
	} {
		t.Run(name, func(t *testing.T) {
			m := newMixed(t, n)
			if err := m.verify(); err != nil {
				t.Fatal(err)
			}
			c.tamper(m)
			expect(t, m.verify(), c.want)
		})
	}
}

func TestProverRefuses(t *testing.T) {
	st, in := election(2)
	none := elgamal.List{}
	noKey := st
	noKey.Key = group.Identity()
	c := ciphertexts(in)
	c[1].C1 = group.Identity()
	for name, x := range map[string]struct {
		st   Statement
		in   elgamal.List
		want error
	}{
		"no ballot":           {st, none, ErrEmpty},
		"identity key":        {noKey, in, ErrIdentity},
		"identity first half": {st, elgamal.NewList(c, 0), ErrIdentity},
	} {
		t.Run(name, func(t *testing.T) {
			_, _, err := Reencrypt(x.st, x.in, new(Generators), 0, nil)
			expect(t, err, x.want)
		})
	}
	t.Run("no key", func(t *testing.T) {
		_, err := DecodeKeys(nil, 0)
		expect(t, err, ErrEmpty)
		_, err = EncodeKeys(nil, 0)
		expect(t, err, ErrEmpty)
	})
	t.Run("broken keys", func(t *testing.T) {
		_, err := DecodeKeys(make([]byte, 33), 0)
		expect(t, err, ErrLength)
		_, err = DecodeKeys(append(encode(group.Base()), make([]byte, 32)...), 0)
		expect(t, err, ErrIdentity)
		_, err = DecodeKeys(slices.Repeat([]byte{0xff}, 32), 0)
		expect(t, err, ErrEncoding)
		_, err = EncodeKeys([]group.Point{group.Identity()}, 0)
		expect(t, err, ErrIdentity)
	})
	t.Run("identity generator", func(t *testing.T) {
		kst, keys := population(2)
		kst.Generator = group.Identity()
		_, _, _, err := Exponentiate(kst, keys, new(Generators), 0, nil)
		expect(t, err, ErrIdentity)
	})
}

// mixedKeys is a proof of keys with all it is about.
type mixedKeys struct {
	st      KeyStatement
	raised  group.Point
	in, out *Keys
	proof   []byte
	gens    *Generators
}

func newMixedKeys(t *testing.T, n int) *mixedKeys {
	m := &mixedKeys{gens: new(Generators)}
	m.st, m.in = population(n)
	var err error
	if m.raised, m.out, m.proof, err = Exponentiate(m.st, m.in, m.gens, 0, nil); err != nil {
		t.Fatal(err)
	}
	return m
}

func (m *mixedKeys) verify() error {
	return VerifyExponentiation(m.st, m.raised, m.in, m.out, m.proof, m.gens, 0, nil)
}

func changedKeys(l *Keys, change func(p []group.Point) []group.Point) *Keys {
	out, err := EncodeKeys(change(slices.Clone(l.points)), 0)
	if err != nil {
		panic(err)
	}
	return out
}

func TestExponentiationStatementChanged(t *testing.T) {
	const n = 5
	_, otherIn := population(n)
	type list = []group.Point
	for name, c := range map[string]struct {
		tamper func(m *mixedKeys)
		want   error
	}{
		"other stage":         {func(m *mixedKeys) { m.st.Stage++ }, ErrStatement},
		"other urn":           {func(m *mixedKeys) { m.st.Context.Urn = "other" }, ErrStatement},
		"other manifest":      {func(m *mixedKeys) { m.st.Context.Manifest[0] ^= 1 }, ErrStatement},
		"other opening":       {func(m *mixedKeys) { m.st.Context.Opening[0] ^= 1 }, ErrStatement},
		"other generator":     {func(m *mixedKeys) { m.st.Generator = m.raised }, ErrStatement},
		"other raised":        {func(m *mixedKeys) { m.raised = m.raised.Double() }, ErrStatement},
		"identity generator":  {func(m *mixedKeys) { m.st.Generator = group.Identity() }, ErrIdentity},
		"identity raised":     {func(m *mixedKeys) { m.raised = group.Identity() }, ErrIdentity},
		"other inputs":        {func(m *mixedKeys) { m.in = otherIn }, ErrStatement},
		"own output as input": {func(m *mixedKeys) { m.in = m.out }, ErrStatement},
		"exchanged":           {func(m *mixedKeys) { m.in, m.out = m.out, m.in }, ErrStatement},
		"output replaced": {func(m *mixedKeys) {
			m.out = changedKeys(m.out, func(p list) list { p[2] = p[2].Add(group.Base()); return p })
		}, ErrStatement},
		"output doubled, another lost": {func(m *mixedKeys) {
			m.out = changedKeys(m.out, func(p list) list { p[2] = p[3]; return p })
		}, ErrStatement},
		"two outputs exchanged": {func(m *mixedKeys) {
			m.out = changedKeys(m.out, func(p list) list { p[2], p[3] = p[3], p[2]; return p })
		}, ErrStatement},
		"output dropped": {func(m *mixedKeys) {
			m.out = changedKeys(m.out, func(p list) list { return p[1:] })
		}, ErrLength},
		"proof cut":      {func(m *mixedKeys) { m.proof = m.proof[:len(m.proof)-32] }, ErrLength},
		"proof extended": {func(m *mixedKeys) { m.proof = append(m.proof, 1) }, ErrLength},
	} {
		t.Run(name, func(t *testing.T) {
			m := newMixedKeys(t, n)
			if err := m.verify(); err != nil {
				t.Fatal(err)
			}
			c.tamper(m)
			expect(t, m.verify(), c.want)
		})
	}
}

// A proof of one kind is none of the other, even over the same bytes.
func TestKindsDoNotMix(t *testing.T) {
	m, k := newMixed(t, 4), newMixedKeys(t, 4)
	m.proof, k.proof = k.proof, m.proof
	expect(t, m.verify(), ErrStatement)
	expect(t, k.verify(), ErrStatement)
}
