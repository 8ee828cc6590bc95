package register_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"isoloir/register"
	"isoloir/register/registertest"
	"isoloir/scrutin"
)

// TestActs: acts are a chain that the register has signed; what is changed, left out,
// exchanged or another register's is found.
func TestActs(t *testing.T) {
	w, other := registertest.NewTown(t, "nord"), registertest.NewTown(t, "nord")
	var signed [][]byte
	var last []byte
	for _, reason := range []string{"une", "deux", "trois"} {
		a := register.Act{Kind: register.ActAllow, Distribution: 1, Station: "nord-1", By: "Mme Petit", Reason: reason}
		next, err := a.Sign(last, w.Rho, w.Signer)
		if err != nil {
			t.Fatal(err)
		}
		signed, last = append(signed, next), next
	}
	verifier := w.Signer.Verifier()
	acts, head, err := register.Chained(signed, w.Rho, verifier)
	if err != nil || len(acts) != 3 || acts[2].Reason != "trois" || head.IsZero() {
		t.Fatalf("%+v %v", acts, err)
	}
	edited := slices.Clone(signed)
	edited[1] = []byte(strings.Replace(string(signed[1]), "deux", "trop", 1))
	for name, bad := range map[string][][]byte{"left out": {signed[0], signed[2]}, "begun later": signed[1:], "exchanged": {signed[1], signed[0]}, "edited": edited} {
		if _, _, err := register.Chained(bad, w.Rho, verifier); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
	if _, _, err := register.Chained(signed, other.Rho, verifier); !errors.Is(err, register.ErrInvalid) {
		t.Errorf("of another register: %v", err)
	}
	for name, a := range map[string]register.Act{
		"kind":    {Kind: "forgive", Distribution: 1, Station: "n1", By: "a", Reason: "b"},
		"account": {Kind: register.ActInvalidate, Distribution: 1, Station: "n1", Account: "12", By: "a", Reason: "b"},
		"lines":   {Kind: register.ActAllow, Distribution: 1, Station: "n1", By: "a", Reason: "b\nc"},
		"long":    {Kind: register.ActAllow, Distribution: 1, Station: "n1", By: "a", Reason: strings.Repeat("é", register.MaxReason+1)},
		"nobody":  {Kind: register.ActAllow, Distribution: 1, Station: "n1", Reason: "b"},
		"nowhere": {Kind: register.ActAllow, Distribution: 1, By: "a", Reason: "b"},
	} {
		if _, err := a.Sign(nil, w.Rho, w.Signer); !errors.Is(err, register.ErrInvalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func FuzzParseAct(f *testing.F) {
	w := registertest.NewTown(f, "nord")
	a := register.Act{Kind: register.ActAllow, Distribution: 1, Station: "nord-1", By: "Mme Petit", Reason: "une"}
	signed, err := a.Sign(nil, w.Rho, w.Signer)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(signed)
	f.Add([]byte("{}\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		if _, digest, err := register.ParseAct(data, w.Rho, w.Signer.Verifier()); err == nil && digest == (scrutin.Digest{}) {
			t.Error("accepted without a digest")
		}
	})
}
