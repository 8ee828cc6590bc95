package space_test

import (
	"bytes"
	"errors"
	"slices"
	"testing"

	"isoloir/scrutin"
	"isoloir/space"
	"isoloir/space/signature"
	"isoloir/space/spacetest"
)

// TestValidation: an argument that was signed is of its author, its text and its consultation as it was sealed, and of nothing
// else; the person was verified by his device.
func TestValidation(t *testing.T) {
	a := space.Argument{Number: 1, Name: "Les Amis des arbres", Side: space.For, Title: "Des arbres", Text: []string{"Parce que.", "", "Et encore."}}
	f := scrutin.Digest{7}
	sign := func(by string) signature.Signature {
		text, err := a.Validation("ville", "c-1", f, by)
		if err != nil {
			t.Fatal(err)
		}
		return spacetest.Sign(text)
	}
	a.Signature, a.Others = sign(a.Name), []space.Signed{{Name: "Marie Tran", Signature: sign("Marie Tran")}}
	if err := a.Verify("ville", "c-1", f); err != nil {
		t.Fatal(err)
	}
	refused := func(name string, err error) {
		t.Helper()
		if !errors.Is(err, signature.ErrInvalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
	refused("of another consultation", a.Verify("ville", "c-2", f))
	refused("of another seal", a.Verify("ville", "c-1", scrutin.Digest{8}))
	refused("of another town", a.Verify("voisine", "c-1", f))
	for name, edit := range map[string]func(*space.Argument){
		"another side":          func(a *space.Argument) { a.Side = space.Against },
		"another text":          func(a *space.Argument) { a.Text = []string{"Parce que non."} },
		"another author":        func(a *space.Argument) { a.Name = "Les Amis des voitures" },
		"somebody else's name":  func(a *space.Argument) { a.Others[0].Name = "Jean Petit" },
		"signed by nobody":      func(a *space.Argument) { a.Signature = signature.Signature{} },
		"one signature for two": func(a *space.Argument) { a.Others[0].Signature = a.Signature },
		"another key":           func(a *space.Argument) { a.Signature.Key = sign(a.Name).Key },
		"nobody verified":       func(a *space.Argument) { a.Signature.Data[32] = 1 },
		"a login": func(a *space.Argument) {
			a.Signature.Client = bytes.Replace(a.Signature.Client, []byte("get"), []byte("create"), 1)
		},
		"too long": func(a *space.Argument) { a.Signature.Value = make([]byte, 4096) },
	} {
		b := a
		b.Others = slices.Clone(a.Others)
		b.Signature.Data = slices.Clone(a.Signature.Data)
		edit(&b)
		refused(name, b.Verify("ville", "c-1", f))
	}
}

// FuzzSignature reads anything as the parts of a signature.
func FuzzSignature(f *testing.F) {
	s := spacetest.Sign([]byte("x"))
	f.Add(s.Key, s.Client, s.Data, s.Value)
	f.Fuzz(func(t *testing.T, key, client, data, value []byte) {
		s := signature.Signature{Key: key, Client: client, Data: data, Value: value}
		if err := s.Verify([]byte("y")); !errors.Is(err, signature.ErrInvalid) {
			t.Fatal(err)
		}
	})
}
