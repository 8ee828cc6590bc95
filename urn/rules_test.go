package urn_test

import (
	"crypto/rand"
	"errors"
	"slices"
	"testing"

	"isoloir/crypto/elgamal"
	"isoloir/crypto/group"
	"isoloir/crypto/sigma"
	"isoloir/crypto/transcript"
	"isoloir/urn"
	"isoloir/urn/urntest"
)

// judge is the whole acceptance of one ballot that needs no store.
func judge(r *urn.Rules, b []byte) error {
	_, refused := r.Judge([][]byte{b}, 1)
	return refused[0]
}

func TestBallotIsAccepted(t *testing.T) {
	for w := 1; w <= 3; w++ {
		f := urntest.New(t, urntest.Size{Questions: w, Electors: 3})
		b := f.Ballot(t, 0, 1, 1)
		if len(b.Bytes()) != urn.BallotSize(w) || urn.BallotSize(w) != 167+128*w {
			t.Fatalf("a ballot of %d questions has %d bytes", w, len(b.Bytes()))
		}
		if err := judge(f.Rules[0], b.Bytes()); err != nil {
			t.Errorf("%d questions: %v", w, err)
		}
		if err := f.Rules[0].Verify(b); err != nil {
			t.Errorf("%d questions: %v", w, err)
		}
	}
}

// TestEveryByte changes every byte of a ballot: none is without effect.
func TestEveryByte(t *testing.T) {
	f := urntest.New(t, urntest.Size{Questions: 2})
	good := f.Ballot(t, 0, 0, 1).Bytes()
	for i := range good {
		for _, flip := range []byte{1, 0x80} {
			b := slices.Clone(good)
			b[i] ^= flip
			if err := judge(f.Rules[0], b); err == nil {
				t.Fatalf("byte %d changed by %#x, and the ballot is accepted", i, flip)
			}
		}
	}
	for n := range good {
		if err := judge(f.Rules[0], good[:n]); !errors.Is(err, urn.ErrFormat) {
			t.Fatalf("cut to %d bytes: %v", n, err)
		}
	}
	if err := judge(f.Rules[0], append(slices.Clone(good), 0)); !errors.Is(err, urn.ErrFormat) {
		t.Fatalf("one byte more: %v", err)
	}
}

// parts are what an attacker makes a ballot of.
type parts struct {
	manifest, opening, previous urn.Hash
	number                      uint16
	name                        string
	base, key                   group.Point
	counter                     uint32
	x                           group.Scalar
	coins                       []group.Scalar
	ciphertexts                 []elgamal.Ciphertext
	account                     *group.Point // in the bytes, instead of ĝ^x
}

func honest(f *urntest.Fixture, number, elector int) parts {
	r := f.Rules[number]
	p := parts{manifest: r.Manifest, opening: r.Opening, number: r.Number, name: r.Name, base: r.Base, key: r.Key, x: f.Secrets[number][elector]}
	for _, o := range f.Options {
		coin := group.RandomScalar()
		p.coins, p.ciphertexts = append(p.coins, coin), append(p.ciphertexts, elgamal.Encrypt(r.Key, o[1], coin))
	}
	return p
}

// make proves what can be proved of the parts, and writes them.
func (p parts) make(t *testing.T) []byte {
	t.Helper()
	ballots, err := sigma.NewBallots(transcript.Context{Manifest: p.manifest, Opening: p.opening, Urn: p.name}, sigma.NewElement(p.base), sigma.NewElement(p.key))
	if err != nil {
		t.Fatal(err)
	}
	account := sigma.NewElement(p.base.Mul(p.x))
	list := elgamal.NewList(p.ciphertexts, 1)
	claim, err := ballots.Claim(account, p.counter, p.previous, list)
	if err != nil {
		t.Fatal(err)
	}
	proof, err := claim.Prove(p.coins, p.x)
	if err != nil {
		t.Fatal(err)
	}
	if p.account != nil {
		account = sigma.NewElement(*p.account)
	}
	key := account.Bytes()
	b := append([]byte{urn.BallotVersion}, p.opening[:]...)
	b = append(append(b, byte(p.number), byte(p.number>>8)), key[:]...)
	b = append(append(b, byte(p.counter), byte(p.counter>>8), byte(p.counter>>16), byte(p.counter>>24)), p.previous[:]...)
	return append(append(b, list.Bytes()...), proof.Bytes()...)
}

// TestForgeries is rows B01, B02, B09, B22, B23, B29, B52 of the catalogue of
// attacks, as far as one ballot shows them.
func TestForgeries(t *testing.T) {
	f := urntest.New(t, urntest.Size{Urns: 2, Questions: 2, Revotes: 3})
	other := urntest.New(t, urntest.Size{Urns: 2, Questions: 2, Revotes: 3})
	r := f.Rules[0]
	if err := judge(r, honest(f, 0, 0).make(t)); err != nil {
		t.Fatalf("the honest parts: %v", err)
	}
	victim := f.Ballot(t, 0, 1, 1)
	at := urn.BallotSize(0) - 64
	edit := func(b []byte, at int, with []byte) []byte {
		b = slices.Clone(b)
		copy(b[at:], with)
		return b
	}
	var random urn.Hash
	rand.Read(random[:])
	g := group.Base()
	cases := map[string]struct {
		ballot []byte
		want   error
	}{
		"of another urn":                      {f.Ballot(t, 1, 0, 1).Bytes(), urn.ErrUrn},
		"of another urn, renumbered":          {edit(f.Ballot(t, 1, 0, 1).Bytes(), 33, []byte{0, 0}), urn.ErrAccount},
		"of another opening record":           {other.Ballot(t, 0, 0, 1).Bytes(), urn.ErrOpening},
		"of another record, with this hash":   {edit(other.Ballot(t, 0, 0, 1).Bytes(), 1, r.Opening[:]), urn.ErrAccount},
		"an account that is not of this urn":  {func() []byte { p := honest(f, 0, 0); p.x = group.RandomScalar(); return p.make(t) }(), urn.ErrAccount},
		"another account's key on it":         {edit(victim.Bytes(), 35, f.Keys[0][:32]), urn.ErrProof},
		"another counter on it":               {edit(victim.Bytes(), 67, []byte{1}), urn.ErrProof},
		"a counter above the highest":         {f.Later(t, 0, 0, 1, 4, random).Bytes(), urn.ErrCounter},
		"another previous ballot on it":       {edit(f.Later(t, 0, 0, 1, 1, random).Bytes(), 71, make([]byte, 32)), urn.ErrProof},
		"a first ballot with a previous one":  {edit(victim.Bytes(), 71, random[:]), urn.ErrFormat},
		"a proof for another urn's name":      {func() []byte { p := honest(f, 0, 0); p.name = "urn-2"; return p.make(t) }(), urn.ErrProof},
		"a proof under another manifest":      {func() []byte { p := honest(f, 0, 0); p.manifest = random; return p.make(t) }(), urn.ErrProof},
		"a proof for another key of the vote": {func() []byte { p := honest(f, 0, 0); p.key = g; return p.make(t) }(), urn.ErrProof},
		"a proof under g for the account": {func() []byte {
			p := honest(f, 0, 0)
			p.base = g
			k := r.Base.Mul(p.x)
			p.account = &k
			return p.make(t)
		}(), urn.ErrProof},
		"the victim's ciphertexts, own proof":  {edit(honest(f, 0, 0).make(t), at, victim.Ciphertexts()), urn.ErrProof},
		"the victim's first ciphertext":        {edit(honest(f, 0, 0).make(t), at, victim.Ciphertexts()[:64]), urn.ErrProof},
		"the victim's ballot, re-signed":       {edit(edit(victim.Bytes(), 35, f.Keys[0][:32]), urn.BallotSize(2)-32, honest(f, 0, 0).make(t)[urn.BallotSize(2)-32:]), urn.ErrProof},
		"the victim's vote, re-randomised":     {edit(honest(f, 0, 0).make(t), at, rerandomise(t, r.Key, victim, group.RandomScalar())), urn.ErrProof},
		"the victim's vote, raised to 2":       {edit(honest(f, 0, 0).make(t), at, squared(t, victim)), urn.ErrProof},
		"ciphertexts exchanged":                {edit(victim.Bytes(), at, append(slices.Clone(victim.Ciphertexts()[64:]), victim.Ciphertexts()[:64]...)), urn.ErrProof},
		"an identity as c1":                    {edit(victim.Bytes(), at, make([]byte, 32)), urn.ErrFormat},
		"an identity as account":               {edit(victim.Bytes(), 35, make([]byte, 32)), urn.ErrAccount},
		"bytes that are no point as c2":        {edit(victim.Bytes(), at+32, slices.Repeat([]byte{0xff}, 32)), urn.ErrFormat},
		"a response above the order":           {edit(victim.Bytes(), urn.BallotSize(2)-32, slices.Repeat([]byte{0xff}, 32)), urn.ErrFormat},
		"an identity as commitment":            {edit(victim.Bytes(), at+128, make([]byte, 32)), urn.ErrFormat},
		"fewer questions":                      {urntest.New(t, urntest.Size{}).Ballot(t, 0, 0, 1).Bytes(), urn.ErrOpening},
		"one question, in this record and urn": {edit(urntest.New(t, urntest.Size{}).Ballot(t, 0, 0, 1).Bytes(), 1, r.Opening[:]), urn.ErrFormat},
		"version 2":                            {edit(victim.Bytes(), 0, []byte{2}), urn.ErrFormat},
		"one randomness for two questions": {func() []byte {
			p := honest(f, 0, 0)
			p.coins[1] = p.coins[0]
			p.ciphertexts[1] = elgamal.Encrypt(r.Key, f.Options[1][1], p.coins[0])
			return p.make(t)
		}(), urn.ErrCopy},
	}
	for name, c := range cases {
		if err := judge(r, c.ballot); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, not %v", name, err, c.want)
		}
	}
	// In a batch the same, and only the guilty are refused.
	var batch [][]byte
	var wants []error
	for _, c := range cases {
		batch, wants = append(batch, c.ballot, f.Ballot(t, 0, 3, 1).Bytes()), append(wants, c.want, nil)
	}
	ballots, refused := r.Judge(batch, 2)
	for i := range batch {
		if !errors.Is(refused[i], wants[i]) || (ballots[i] == nil) != (wants[i] != nil) {
			t.Errorf("ballot %d of the batch: %v, not %v", i, refused[i], wants[i])
		}
	}
}

func rerandomise(t *testing.T, key group.Point, b *urn.Ballot, r group.Scalar) (out []byte) {
	return each(t, b, func(c elgamal.Ciphertext) elgamal.Ciphertext { return c.ReEncrypt(key, r) })
}

func squared(t *testing.T, b *urn.Ballot) []byte {
	return each(t, b, func(c elgamal.Ciphertext) elgamal.Ciphertext {
		list := elgamal.NewList([]elgamal.Ciphertext{c}, 1)
		c1, c2 := list.C1()[0].Double().Bytes(), list.C2()[0].Double().Bytes()
		d, err := elgamal.Decode(append(c1[:], c2[:]...))
		if err != nil {
			t.Fatal(err)
		}
		return d
	})
}

func each(t *testing.T, b *urn.Ballot, f func(elgamal.Ciphertext) elgamal.Ciphertext) (out []byte) {
	t.Helper()
	list, err := elgamal.DecodeList(b.Ciphertexts(), 1)
	if err != nil {
		t.Fatal(err)
	}
	for i := range list.Len() {
		c := f(list.At(i)).Bytes()
		out = append(out, c[:]...)
	}
	return out
}

func TestAccounts(t *testing.T) {
	f := urntest.New(t, urntest.Size{Electors: 9})
	a := f.Rules[0].Accounts
	seen := map[int]bool{}
	for i := range 9 {
		at, known := a.Position([32]byte(f.Keys[0][32*i:]))
		if !known || seen[at] {
			t.Errorf("key %d is at %d", i, at)
		}
		seen[at] = true
	}
	if _, known := a.Position([32]byte{1}); known {
		t.Error("a key of nobody is known")
	}
	if _, err := urn.NewAccounts(append(slices.Clone(f.Keys[0]), f.Keys[0][:32]...)); err == nil {
		t.Error("a doubled key is accepted")
	}
	if _, err := urn.NewAccounts(f.Keys[0][:33]); err == nil {
		t.Error("half a key is accepted")
	}
}
