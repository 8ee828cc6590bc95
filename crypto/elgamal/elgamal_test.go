package elgamal

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"isoloir/crypto/group"
)

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// decrypt is what no part of the project has: the whole secret key.
func decrypt(c Ciphertext, secret group.Scalar) group.Point {
	return c.C2.Sub(c.C1.Mul(secret))
}

func TestDecryptsToWhatWasEncrypted(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		z, r, s := group.RandomScalar(), group.RandomScalar(), group.RandomScalar()
		y := group.MulBase(z)
		name := rapid.StringN(0, 20, -1)
		m := Option([32]byte{1}, name.Draw(t, "question"), name.Draw(t, "option"))
		c := Encrypt(y, m, r)
		key := NewKey(y)
		if key.Encrypt(m, r).Bytes() != c.Bytes() || !key.Point().Equal(y) {
			t.Fatal("a key with a table encrypts otherwise")
		}
		again := c.ReEncrypt(y, s)
		if !decrypt(c, z).Equal(m) || !decrypt(again, z).Equal(m) {
			t.Fatal("decrypts to something else")
		}
		if again.Bytes() != Encrypt(y, m, r.Add(s)).Bytes() || again.Bytes() == c.Bytes() {
			t.Fatal("re-encryption is not encryption with the sum")
		}
	})
}

// The code binds the manifest, the question and the option, and the place
// where one name ends and the next begins.
func TestOptionCodesAreDistinct(t *testing.T) {
	seen := map[[32]byte][]string{}
	for _, f := range [][32]byte{{}, {1}} {
		for _, names := range [][]string{{"q", "a"}, {"q", "b"}, {"r", "a"}, {"a", "q"}, {"qa", ""}, {"", "qa"}, {"q", "blank"}, {"q\x01\x00a", ""}} {
			code := Option(f, names[0], names[1]).Bytes()
			if other, ok := seen[code]; ok {
				t.Errorf("%q and %q have one code", names, other)
			}
			seen[code] = names
		}
	}
	if want := group.Hash("isoloir/v1/option", append(make([]byte, 32), 1, 0, 'q', 2, 0, 'y', 'e')); !Option([32]byte{}, "q", "ye").Equal(want) {
		t.Error("the code is not the specification's")
	}
	defer func() {
		if recover() == nil {
			t.Error("an identifier longer than its length field")
		}
	}()
	Option([32]byte{}, strings.Repeat("q", 1<<16), "a")
}

var (
	good         = Encrypt(group.MulBase(group.ScalarFromUint64(7)), group.Base(), group.ScalarFromUint64(5)).Bytes()
	identity     = make([]byte, 32)
	notCanonical = append(append([]byte{0xef}, bytes.Repeat([]byte{0xff}, 30)...), 0x7f)
)

// refusals are bytes that are no ciphertext, with the error that says why.
var refusals = []struct {
	name string
	b    []byte
	want error
}{
	{"empty", nil, group.ErrLength},
	{"short", good[:63], group.ErrLength},
	{"long", append(bytes.Clone(good[:]), 0), group.ErrLength},
	{"half", good[:32], group.ErrLength},
	{"c1 identity", append(bytes.Clone(identity), good[32:]...), group.ErrIdentity},
	{"c1 not canonical", append(bytes.Clone(notCanonical), good[32:]...), group.ErrNotCanonical},
	{"c2 not canonical", append(bytes.Clone(good[:32]), notCanonical...), group.ErrNotCanonical},
	{"c1 negative", append([]byte{good[0] ^ 1}, good[1:]...), group.ErrNotCanonical},
}

func TestRefusals(t *testing.T) {
	for _, c := range refusals {
		if _, err := Decode(c.b); !errors.Is(err, c.want) {
			t.Errorf("%s: got %v, want %v", c.name, err, c.want)
		}
		if len(c.b) == 0 {
			continue
		}
		list := append(bytes.Clone(good[:]), c.b...)
		if _, err := DecodeList(list, 2); !errors.Is(err, c.want) {
			t.Errorf("%s in a list: got %v, want %v", c.name, err, c.want)
		}
	}
	c2 := append(bytes.Clone(good[:32]), identity...)
	if c := must(Decode(c2)); !c.C2.IsIdentity() {
		t.Error("c2 may be the identity")
	}
	_, err := DecodeList(append(append(bytes.Clone(good[:]), good[:]...), append(bytes.Clone(identity), good[32:]...)...), 1)
	if err == nil || !strings.Contains(err.Error(), "ciphertext 2") {
		t.Errorf("the error does not name the ciphertext: %v", err)
	}
}

func TestLists(t *testing.T) {
	const n = 300
	y := group.MulBase(group.RandomScalar())
	ciphertexts := make([]Ciphertext, n)
	var encoded, c1 []byte
	for i := range ciphertexts {
		ciphertexts[i] = Encrypt(y, group.Base(), group.RandomScalar())
		b := ciphertexts[i].Bytes()
		encoded, c1 = append(encoded, b[:]...), append(c1, b[:32]...)
	}
	made := NewList(ciphertexts, 2)
	lists := map[string]List{
		"made":         made,
		"from columns": NewListFromColumns(made.C1(), made.C2(), 2),
		"decoded":      must(DecodeList(encoded, 2)),
	}
	for name, l := range lists {
		if l.Len() != n || !bytes.Equal(l.Bytes(), encoded) || !bytes.Equal(l.C1Bytes(), c1) {
			t.Errorf("%s: other bytes", name)
		}
		for i, c := range ciphertexts {
			if !l.C1()[i].Equal(c.C1) || !l.C2()[i].Equal(c.C2) || l.At(i).Bytes() != c.Bytes() {
				t.Fatalf("%s: another ciphertext %d", name, i)
			}
		}
	}
	if l := must(DecodeList(nil, 1)); l.Len() != 0 || len(l.C1Bytes()) != 0 {
		t.Error("an empty list is not empty")
	}
}

func FuzzDecode(f *testing.F) {
	f.Add(good[:])
	for _, c := range refusals {
		f.Add(c.b)
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		c, err := Decode(in)
		switch {
		case err == nil:
			if out := c.Bytes(); !bytes.Equal(out[:], in) || c.C1.IsIdentity() {
				t.Fatalf("%x is accepted as %x", in, out)
			}
		case !errors.Is(err, group.ErrLength) && !errors.Is(err, group.ErrNotCanonical) && !errors.Is(err, group.ErrIdentity):
			t.Fatalf("refused without a name: %v", err)
		}
		if l, listErr := DecodeList(in, 1); len(in) == Size && (listErr == nil) != (err == nil) || listErr == nil && !bytes.Equal(NewListFromColumns(l.C1(), l.C2(), 1).Bytes(), in) {
			t.Fatalf("alone: %v; in a list: %v", err, listErr)
		}
	})
}
