package login_test

import (
	"context"
	"errors"
	"testing"

	"isoloir/account"
	"isoloir/crypto/group"
	"isoloir/roll"
	"isoloir/scrutin"
)

// fates is an urn that says the same of every authorisation.
type fates struct {
	*vote
	kind  string
	asked int
}

func (f *fates) Fate(ctx context.Context, urn uint16, tokens []roll.Hash) ([][]byte, error) {
	return f.Void(ctx, urn, tokens)
}

func (f *fates) Void(_ context.Context, urn uint16, tokens []roll.Hash) (said [][]byte, err error) {
	for _, token := range tokens {
		f.asked++
		said = append(said, f.Says(f.t, f.kind, int(urn), token))
	}
	return said, nil
}

// join gives codes to one more elector of the first urn, and returns his account key
// before anonymisation.
func (v *vote) join() []byte {
	x, first := group.RandomScalar(), group.RandomScalar()
	v.Secrets[0] = append(v.Secrets[0], x)
	v.Halves[0] = append(v.Halves[0], [2]group.Scalar{first, x.Sub(first)})
	v.Codes[0] = append(v.Codes[0], [2]account.Code{account.NewCode(v.Manifest.Codes), account.NewCode(v.Manifest.Codes)})
	key := group.MulBase(x).Bytes()
	return key[:]
}

// An amendment lets in whom it adds from its act on, and keeps out whom it strikes off from
// the roll's signature on, also where sessions are open; who has voted stays.
func TestAmended(t *testing.T) {
	v := newVote(t, 4, nil)
	keys := [][]byte{v.join()}
	added, gone, held, voted := at(0, 4), at(0, 1), at(0, 2), at(0, 3)
	leave := func() error {
		for issuer := range 2 {
			if err := v.put(v.Note(t, issuer, v.Line(added, issuer, 0))); err != nil {
				return err
			}
		}
		return nil
	}
	enter := func(p roll.Place) error {
		_, err := v.Login(ctx, home, v.request(p, p))
		return err
	}
	want(t, "a deposit for nobody", leave(), roll.ErrElector)
	newcomer := roll.Elector{Number: 4, Reference: "new", College: "agents", Language: "fr", Channels: []string{"email"}, Born: "1981-05-24", Family: "Arrivant"}
	stage := func(number int, added []roll.Elector, struck ...roll.Place) {
		t.Helper()
		if err := v.store.Stage(ctx, v.Scope, roll.Staging{Amendment: number, Added: added, Struck: struck}); err != nil {
			t.Fatal(err)
		}
	}
	stage(1, []roll.Elector{newcomer}, gone, held)
	if err := leave(); err != nil {
		t.Fatal(err)
	}
	want(t, "who is only staged", enter(added), roll.ErrLogin)
	session, other := v.login(gone), v.login(held)
	if err := v.reserve(other.Secret, held); err != nil {
		t.Fatal(err)
	}
	void := &fates{vote: v, kind: scrutin.Voided}
	if err := v.config.Roll.Bar(ctx, void); err != nil || void.asked != 1 {
		t.Fatalf("%v, and the urn was asked %d times", err, void.asked)
	}
	for name, err := range map[string]error{"an open session": v.reserve(session.Secret, gone), "the session of who had an authorisation": v.reserve(other.Secret, held)} {
		want(t, name+" of who is barred", err, roll.ErrSession)
	}
	want(t, "login of who is barred", enter(gone), roll.ErrLogin)
	want(t, "login of who is only staged", enter(added), roll.ErrLogin)
	adoption := roll.Adoption{Amendment: 1, Urns: []roll.AmendedUrn{{Before: 4, Added: 1, Struck: []uint32{1, 2}}}}
	want(t, "keys of others", v.config.Roll.Adopt(ctx, void, adoption, [][]byte{make([]byte, 64)}), roll.ErrFormat)
	want(t, "no keys", v.config.Roll.Adopt(ctx, void, adoption, nil), roll.ErrFormat)
	want(t, "another urn", v.config.Roll.Adopt(ctx, void, roll.Adoption{Urns: []roll.AmendedUrn{{Urn: 9}}}, [][]byte{nil}), roll.ErrFormat)
	adopt := func() {
		t.Helper()
		for range 2 {
			if err := v.config.Roll.Adopt(ctx, void, adoption, keys); err != nil {
				t.Fatal(err)
			}
		}
		if !v.config.Roll.Votes(added) || v.config.Roll.Votes(gone) || v.config.Roll.Votes(at(0, 5)) {
			t.Fatal("the wrong ones may vote")
		}
		if err := v.reserve(v.login(added).Secret, added); err != nil {
			t.Fatal(err)
		}
		want(t, "who is struck off", enter(gone), roll.ErrLogin)
	}
	adopt()
	v.start(v.config.Limits)
	want(t, "before a process has taken it up", enter(added), roll.ErrLogin)
	v.config.Roll.Behind = func() bool { return true }
	want(t, "before a process has taken up what its record has", enter(added), roll.ErrBusy)
	want(t, "who is no newcomer, with codes of another", func() error { _, err := v.Login(ctx, home, v.request(voted, held)); return err }(), roll.ErrLogin)
	if a := v.config.Roll.Reserve(ctx, []roll.ReserveRequest{{Signed: roll.Signed{Elector: 4}}}); !errors.Is(a[0].Err, roll.ErrBusy) {
		t.Errorf("a reservation before it is taken up: %v", a[0].Err)
	}
	v.config.Roll.Behind = nil
	adopt()
	// Whose ballot is in by then is marked, and cannot be struck off.
	stage(2, nil, voted)
	if err := v.reserve(v.login(voted).Secret, voted); err != nil {
		t.Fatal(err)
	}
	want(t, "striking off who has voted", v.config.Roll.Bar(ctx, &fates{vote: v, kind: scrutin.Appended}), roll.ErrMarked)
	if err := enter(voted); err != nil {
		t.Errorf("who has voted is kept out: %v", err)
	}
	want(t, "an adoption that strikes him off", v.config.Roll.Adopt(ctx, void, roll.Adoption{Amendment: 2, Urns: []roll.AmendedUrn{{Before: 5, Struck: []uint32{3}}}}, [][]byte{nil}), roll.ErrMarked)
	if err := enter(voted); err != nil {
		t.Errorf("who has voted is kept out: %v", err)
	}
}
