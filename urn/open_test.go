package urn_test

import (
	"slices"
	"testing"

	"isoloir/crypto/group"
	"isoloir/scrutin"
	"isoloir/scrutin/scrutintest"
	"isoloir/urn"
)

// TestRulesOf reads the rules from the records, and refuses other keys.
func TestRulesOf(t *testing.T) {
	const electors = 5
	fixture := scrutintest.New(t, scrutintest.Options{Urns: 2, Electors: electors, Questions: 2, Revotes: 4})
	m := fixture.Manifest
	x, base, key := group.RandomScalar(), group.MulBase(group.RandomScalar()), group.MulBase(group.RandomScalar())
	points := []group.Point{base.Mul(x)}
	for len(points) < electors {
		points = append(points, group.MulBase(group.RandomScalar()))
	}
	keys := group.EncodeBatch(points, 1)
	accounts, err := urn.NewAccounts(keys)
	if err != nil {
		t.Fatal(err)
	}
	opening := &scrutin.Opening{Key: scrutin.PointOf(key), Urns: []scrutin.OpenUrn{
		{Urn: "urn-1", Electors: electors, Generator: scrutin.PointOf(group.Base()), Accounts: electors},
		{Urn: "urn-2", Electors: electors, Generator: scrutin.PointOf(base), Accounts: electors, Root: scrutin.Digest(accounts.Root())},
	}}
	o := scrutin.DigestOf([]byte("opening"))
	r, err := urn.RulesOf(m, fixture.Fingerprint, opening, o, "urn-2", keys)
	if err != nil {
		t.Fatal(err)
	}
	if r.Number != 1 || r.Questions != 2 || r.HighestCounter != 4 || r.Opening != urn.Hash(o) || !slices.Equal(r.Leaves, []urn.LeafType{urn.Cast, urn.Challenged, urn.Quarantined, urn.Void}) {
		t.Errorf("%+v", r.Params)
	}
	b, err := urn.NewBallot(r, x, 0, urn.Hash{}, []group.Point{group.Base(), group.Base()})
	if err != nil {
		t.Fatal(err)
	}
	if err := judge(r, b.Bytes()); err != nil {
		t.Error(err)
	}
	other := slices.Clone(keys)
	copy(other[:32], keys[32:64])
	copy(other[32:64], keys[:32])
	for name, f := range map[string]func() (*urn.Rules, error){
		"keys in another order": func() (*urn.Rules, error) { return urn.RulesOf(m, fixture.Fingerprint, opening, o, "urn-2", other) },
		"a key less":            func() (*urn.Rules, error) { return urn.RulesOf(m, fixture.Fingerprint, opening, o, "urn-2", keys[32:]) },
		"another urn's":         func() (*urn.Rules, error) { return urn.RulesOf(m, fixture.Fingerprint, opening, o, "urn-1", keys) },
		"no such urn":           func() (*urn.Rules, error) { return urn.RulesOf(m, fixture.Fingerprint, opening, o, "urn-3", keys) },
	} {
		if _, err := f(); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
	if _, err := urn.NewRules(urn.Params{Base: base, Key: group.Identity(), Questions: 1}); err == nil {
		t.Error("the identity is accepted as the scrutin's key")
	}
	for _, w := range []int{0, 511} {
		if _, err := urn.NewRules(urn.Params{Base: base, Key: key, Questions: w}); err == nil {
			t.Errorf("%d questions are accepted", w)
		}
	}
}
