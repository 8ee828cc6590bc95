package account

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"isoloir/crypto/group"
	"isoloir/scrutin/note"
	"isoloir/scrutin/scrutintest"
)

// deposited is a note of issuer-1 for some electors of both urns, in any order.
func deposited(t testing.TB, f *scrutintest.Fixture) (Deposits, []byte) {
	t.Helper()
	d := Deposits{Manifest: f.Fingerprint, Issuer: "issuer-1"}
	for _, n := range []Deposited{{Urn: 1, Elector: 3}, {Urn: 0, Elector: 10, Generation: 2}, {Urn: 0, Elector: 9}} {
		s := NewCode(cheap).Stretch(cheap, f.Fingerprint, Number{f.Manifest.Urns[n.Urn].ID, n.Elector}, "issuer-1")
		n.Deposit = s.Deposit(group.RandomScalar())
		d.List = append(d.List, n)
	}
	data, err := SignDeposits(f.Manifest, d, f.Signers["issuer-1"])
	if err != nil {
		t.Fatal(err)
	}
	return d, data
}

func TestDepositsRoundTrip(t *testing.T) {
	f := scrutintest.New(t, scrutintest.Options{})
	want, data := deposited(t, f)
	got, err := OpenDeposits(f.Manifest, f.Fingerprint, data)
	if err != nil {
		t.Fatal(err)
	}
	if got.Issuer != want.Issuer || !slices.EqualFunc(got.List, want.List, func(a, b Deposited) bool { return a.line() == b.line() }) {
		t.Fatalf("%v is read as %v", want, got)
	}
	if got.List[0].Elector != 9 || got.List[2].Urn != 1 {
		t.Errorf("the list is not in order: %v", got.List)
	}
}

func TestDepositsRefused(t *testing.T) {
	f := scrutintest.New(t, scrutintest.Options{})
	good, data := deposited(t, f)
	text, err := note.Text(data)
	if err != nil {
		t.Fatal(err)
	}
	signed := func(text, by string) []byte {
		data, err := note.Sign(text, f.Signers[by])
		if err != nil {
			t.Fatal(err)
		}
		return data
	}
	lines := strings.SplitAfter(text, "\n")
	zero := strings.Repeat("0", 64)
	for name, c := range map[string]struct {
		data []byte
		want error
	}{
		"signed by the other issuer": {signed(text, "issuer-2"), note.ErrUnknownSigner},
		"signed by both":             {must(note.Add(data, f.Signers["issuer-2"]))(t), note.ErrUnknownSigner},
		"of another scrutin":         {signed(strings.Replace(text, f.Fingerprint.String(), zero, 1), "issuer-1"), ErrStatement},
		"of nobody":                  {signed(strings.Replace(text, "issuer-1", "issuer-3", 1), "issuer-1"), ErrStatement},
		"empty":                      {signed(strings.Join(lines[:3], ""), "issuer-1"), ErrStatement},
		"out of order":               {signed(strings.Join([]string{lines[0], lines[1], lines[2], lines[4], lines[3], lines[5]}, ""), "issuer-1"), ErrStatement},
		"one elector twice":          {signed(text+lines[5], "issuer-1"), ErrStatement},
		"an urn that is not there":   {signed(text+strings.Replace(lines[5], "1 3 ", "2 3 ", 1), "issuer-1"), ErrStatement},
		"an elector too many":        {signed(text+strings.Replace(lines[5], "1 3 ", "1 40 ", 1), "issuer-1"), ErrStatement},
		"a number with a zero":       {signed(strings.Replace(text, "\n1 3 ", "\n1 03 ", 1), "issuer-1"), ErrStatement},
		"capital digits":             {signed(strings.Join(lines[:3], "")+strings.ToUpper(strings.Join(lines[3:], "")), "issuer-1"), ErrStatement},
		"the identity":               {signed(text+"1 4 0 "+zero+" "+zero+"\n", "issuer-1"), group.ErrIdentity},
		"a scalar too great":         {signed(text+"1 4 0 "+lines[3][6:70]+" "+strings.Repeat("f", 64)+"\n", "issuer-1"), group.ErrNotCanonical},
		"too long":                   {make([]byte, MaxDepositsSize+1), ErrStatement},
		"no note":                    {[]byte("isoloir/v1/deposits\n"), note.ErrMalformed},
	} {
		if _, err := OpenDeposits(f.Manifest, f.Fingerprint, c.data); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, not %v", name, err, c.want)
		}
	}
	if _, err := SignDeposits(f.Manifest, good, f.Signers["issuer-2"]); !errors.Is(err, ErrStatement) {
		t.Errorf("a note of issuer-1 by issuer-2: %v", err)
	}
	if _, err := SignDeposits(f.Manifest, Deposits{f.Fingerprint, "issuer-1", nil}, f.Signers["issuer-1"]); !errors.Is(err, ErrStatement) {
		t.Errorf("no deposits: %v", err)
	}
}

func must(data []byte, err error) func(testing.TB) []byte {
	return func(t testing.TB) []byte {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return data
	}
}

// What is accepted as a note of deposits is one that SignDeposits writes.
func FuzzDeposits(f *testing.F) {
	fixture := scrutintest.New(f, scrutintest.Options{Urns: 2})
	_, data := deposited(f, fixture)
	text, err := note.Text(data)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(strings.Join(strings.SplitAfter(text, "\n")[3:], ""))
	f.Add("0 0 0 00 00\n")
	f.Add("")
	head := strings.Join(strings.SplitAfter(text, "\n")[:3], "")
	f.Fuzz(func(t *testing.T, list string) {
		data, err := note.Sign(head+list, fixture.Signers["issuer-1"])
		if err != nil {
			return
		}
		d, err := OpenDeposits(fixture.Manifest, fixture.Fingerprint, data)
		if err != nil {
			return
		}
		again, err := SignDeposits(fixture.Manifest, d, fixture.Signers["issuer-1"])
		if err != nil || string(again) != string(data) {
			t.Fatalf("%q is accepted and written otherwise: %v", list, err)
		}
	})
}

// A source of halves that derives them gives the same keys each time; one that
// draws them never.
func TestProveFromASource(t *testing.T) {
	f := scrutintest.New(t, scrutintest.Options{Urns: 1, Electors: 5})
	p := newProcedure(f)
	derived := func(e Number) group.Scalar {
		return group.ScalarFromWide([64]byte(append(make([]byte, 63), byte(e.Index+1))))
	}
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
