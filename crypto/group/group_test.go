package group

import (
	"testing"

	"github.com/gtank/ristretto255"
)

func TestSmoke(t *testing.T) {
	s := RandomScalar()
	gs, err := ristretto255.NewScalar().SetCanonicalBytes(bs(s.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	want := ristretto255.NewIdentityElement().ScalarBaseMult(gs).Bytes()
	got := MulBase(s).Bytes()
	if string(want) != string(got[:]) {
		t.Fatal("base mult")
	}
	u := make([]byte, 64)
	copy(u, "jkdhfskdhfjksdhfjsdkhf")
	w, _ := ristretto255.NewIdentityElement().SetUniformBytes(u)
	var p Point
	p.mapUniform((*[64]byte)(u))
	if p.Bytes() != [32]byte(w.Bytes()) {
		t.Fatal("map")
	}
	e := MulBase(s).Bytes()
	d, err := Decode(e[:])
	if err != nil || !d.Equal(MulBase(s)) {
		t.Fatal(err)
	}
}
func bs(b [32]byte) []byte { return b[:] }
