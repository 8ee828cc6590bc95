package account

import (
	"testing"

	"isoloir/crypto/group"
	"isoloir/scrutin/scrutintest"
)

// A source of halves that derives them gives the same keys each time; one that
// draws them never.
func TestProveFromASource(t *testing.T) {
	f := scrutintest.New(t, scrutintest.Options{Urns: 1, Electors: 5})
	p := newProcedure(f)
	derived := func(e Number) group.Scalar { return group.ScalarFromUint64(uint64(e.Index) + 7) }
	keys := func(half Half) string {
		list, err := Prove(p.context("urn-1"), "issuer-1", 5, half, func(Number, group.Scalar) error { return nil }, 2)
		if err != nil {
			t.Fatal(err)
		}
		return string(list.Keys)
	}
	if keys(derived) != keys(derived) {
		t.Error("derived halves give different keys")
	}
	if keys(Drawn) == keys(Drawn) {
		t.Error("drawn halves give the same keys")
	}
}
