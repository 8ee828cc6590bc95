package urn_test

import (
	"errors"
	"path/filepath"
	"testing"

	"isoloir/crypto/group"
	"isoloir/urn"
	"isoloir/urn/sqlite"
	"isoloir/urn/urntest"
)

// population draws account keys over a generator of their own, with their secrets.
func population(t *testing.T, n int) (urn.Population, []byte, []group.Scalar) {
	t.Helper()
	base := group.MulBase(group.RandomScalar())
	secrets, points := make([]group.Scalar, n), make([]group.Point, n)
	for i := range secrets {
		secrets[i] = group.RandomScalar()
		points[i] = base.Mul(secrets[i])
	}
	keys := group.EncodeBatch(points, 0)
	accounts, err := urn.NewAccounts(keys)
	if err != nil {
		t.Fatal(err)
	}
	return urn.Population{Base: base, Accounts: accounts}, keys, secrets
}

// ballotOver makes a ballot over a generator, as the device of an elector of that
// population does.
func ballotOver(t *testing.T, f *urntest.Fixture, base group.Point, x group.Scalar) *urn.Ballot {
	t.Helper()
	p := f.Rules[0].Params
	p.Base, p.Accounts = base, nil
	rules, err := urn.NewRules(p)
	if err != nil {
		t.Fatal(err)
	}
	b, err := urn.NewBallot(rules, x, 0, urn.Hash{}, []group.Point{f.Options[0][1]})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// Who is added votes over the generator of those who were added with him, and no other,
// once the urn has taken them up; and each votes once.
func TestAmend(t *testing.T) {
	f := urntest.New(t, urntest.Size{})
	store, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "urn.db"), t.TempDir(), sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer store.Shut()
	s := f.Service(t, store)
	first, _, x := population(t, 3)
	second, keys, z := population(t, 4)
	send := func(b *urn.Ballot) error {
		t.Helper()
		return s.Append(t.Context(), []urn.AppendRequest{f.Request(t, urntest.Token(), b)})[0].Err
	}
	ask := func(p urn.Population, x group.Scalar) (urn.AccountAnswer, [32]byte) {
		key := p.Base.Mul(x).Bytes()
		return s.Account(urn.AccountRequest{Key: key}), key
	}
	if err := send(ballotOver(t, f, second.Base, z[1])); !errors.Is(err, urn.ErrAccount) {
		t.Fatalf("before it was taken up: %v", err)
	}
	if a, _ := ask(second, z[1]); !errors.Is(a.Err, urn.ErrAccount) {
		t.Fatalf("before it was taken up: %+v", a)
	}
	s.Behind = func() bool { return true }
	if a, _ := ask(second, z[1]); !errors.Is(a.Err, urn.ErrBusy) {
		t.Fatalf("before it was taken up, and adopted: %+v", a)
	}
	if err := send(ballotOver(t, f, second.Base, z[1])); !errors.Is(err, urn.ErrBusy) {
		t.Fatalf("before it was taken up, and adopted: %v", err)
	}
	s.Behind = nil
	for _, p := range []urn.Population{first, second} {
		if err := s.Amend(0, p); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Amend(1, first); !errors.Is(err, urn.ErrUrn) {
		t.Errorf("an urn that is not there: %v", err)
	}
	a, key := ask(second, z[1])
	if a.Err != nil || a.Verify(key, second.Accounts.Root(), 4) != nil {
		t.Errorf("it is not proved under the root of those who were added with it: %+v", a)
	}
	if a.Verify(key, first.Accounts.Root(), 3) == nil || a.Verify(key, f.Rules[0].Accounts.Root(), f.Rules[0].Accounts.Len()) == nil {
		t.Error("it is proved under another root")
	}
	for name, b := range map[string]*urn.Ballot{
		"of the first amendment":    ballotOver(t, f, first.Base, x[0]),
		"of the second":             ballotOver(t, f, second.Base, z[1]),
		"of the opening record":     f.Ballot(t, 0, 2, 1),
		"of the second, a last one": ballotOver(t, f, second.Base, z[3]),
	} {
		if err := send(b); err != nil {
			t.Errorf("who is %s cannot vote: %v", name, err)
		}
	}
	if err := send(ballotOver(t, f, second.Base, z[1])); !errors.Is(err, urn.ErrVoted) {
		t.Errorf("twice: %v", err)
	}
	// The same account key, proved over another generator.
	other := ballotOver(t, f, f.Rules[0].Base, z[0]).Bytes()
	own := second.Base.Mul(z[0]).Bytes()
	copy(other[35:67], own[:])
	e, err := urn.ReadEnvelope(other)
	if err != nil {
		t.Fatal(err)
	}
	amended, err := f.Rules[0].Amended(second)
	if err != nil {
		t.Fatal(err)
	}
	if _, refused := amended.Judge([][]byte{e.Bytes()}, 1); !errors.Is(refused[0], urn.ErrProof) {
		t.Errorf("a proof over the generator of another population: %v", refused[0])
	}
	if _, err := amended.Amended(second); err == nil {
		t.Error("a key stands in two populations")
	}
	if amended.Size() != f.Rules[0].Size()+4 || len(amended.Populations()) != 2 || len(f.Rules[0].Populations()) != 1 {
		t.Error("the rules of before have changed, or those of after have not")
	}
	mixed, err := urn.NewAccounts(append(append([]byte{}, f.Keys[0][64:96]...), keys...))
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Amend(0, urn.Population{Base: second.Base, Accounts: mixed}); err == nil {
		t.Error("a key of the opening record is added")
	}
	if err := s.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	both, err := f.Rules[0].Amended(first)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := urntest.Replay(s, both, f.Urn.Verifier(), urn.NewBook()); !errors.Is(err, urn.ErrAccount) {
		t.Errorf("counted without the second amendment: %v", err)
	}
	if both, err = both.Amended(second); err != nil {
		t.Fatal(err)
	}
	if c, err := urntest.Replay(s, both, f.Urn.Verifier(), urn.NewBook()); err != nil || c.Ballots != 4 || c.Voters != 4 {
		t.Errorf("%+v, %v", c, err)
	}
}
