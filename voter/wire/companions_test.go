package wire_test

import (
	"context"
	"errors"
	"testing"

	"isoloir/account"
	"isoloir/account/exchange"
	"isoloir/crypto/group"
	"isoloir/roll"
	"isoloir/roll/login"
	"isoloir/scrutin"
	"isoloir/urn"
	"isoloir/voter"
)

// led is a companion whose electors log in with the codes of leading: its elector n is
// number 2-n there.
func led(t *testing.T) (leading, companion *vote) {
	t.Helper()
	companion = newVote(t, 3, nil)
	leading = newVote(t, 4, func(m *scrutin.Manifest) { m.Companions = []scrutin.Digest{{7}, companion.Fingerprint()} })
	var pairs []roll.Pair
	for n := range uint32(3) {
		pairs = append(pairs, roll.Pair{Place: roll.Place{Elector: 2 - n}, In: roll.Place{Elector: n}})
	}
	err := leading.store.Pair(ctx, leading.Scope, 1, func(yield func(roll.Pair, error) bool) {
		for _, p := range pairs {
			if !yield(p, nil) {
				return
			}
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	for issuer := range 2 {
		var lines []exchange.Deposit
		for _, p := range pairs {
			s := leading.Stretched(p.Place, issuer).Companion(companion.Fingerprint(), companion.Manifest.Issuers[issuer].ID)
			d := s.Deposit(companion.Halves[0][p.In.Elector][issuer])
			lines = append(lines, exchange.Deposit{Elector: p.In.Elector, Generation: 1, Login: scrutin.PointOf(d.Login), Masked: scrutin.ScalarOf(d.Masked)})
		}
		if err := login.Deposit(ctx, companion.store, companion.Scope, companion.Manifest, companion.Fingerprint(), companion.Note(t, issuer, lines...)); err != nil {
			t.Fatal(err)
		}
	}
	return leading, companion
}

// TestCompanion votes in two scrutins with codes that are typed and stretched once.
func TestCompanion(t *testing.T) {
	leading, companion := led(t)
	e := leading.elector(2)
	stretched := e.Stretch(leading.Codes[0][2])
	s, err := voter.Login(ctx, leading.rollSide.Ask, e, stretched)
	if err != nil {
		t.Fatal(err)
	}
	there, err := s.Companions(ctx, leading.Manifest)
	if err != nil || len(there) != 1 || there[0].Fingerprint != companion.Fingerprint() {
		t.Fatal(there, err)
	}
	c := companion.elector(int(there[0].Elector))
	c.Urn = there[0].Urn
	at, err := voter.Login(ctx, companion.rollSide.Ask, c, c.Companion(stretched))
	if err != nil {
		t.Fatal(err)
	}
	var receipts []urn.Hash
	for _, w := range []struct {
		*vote
		session *voter.Session
		number  uint32
	}{{companion, at, c.Number}, {leading, s, e.Number}} {
		x, err := w.session.Open(ctx)
		if err != nil {
			t.Fatal(err)
		}
		r := w.urns.Rules[0]
		if err := voter.FindAccount(ctx, w.urnSide.Ask, 0, r.Base, x, r.Accounts.Root(), r.Accounts.Len()); err != nil {
			t.Fatal(err)
		}
		d, err := voter.New(r, w.Roll.Verifier(), w.Urn.Verifier(), w.number, x, []group.Point{w.urns.Options[0][1]})
		if err != nil {
			t.Fatal(err)
		}
		if err := d.Cast(ctx, w.session, voter.UrnOf(w.urnSide.Ask)); err != nil {
			t.Fatal(err)
		}
		receipts = append(receipts, d.Receipt())
	}
	if receipts[0] == receipts[1] {
		t.Error("two votes have one receipt")
	}
	if s, err := voter.Login(ctx, leading.rollSide.Ask, leading.elector(3), leading.elector(3).Stretch(leading.Codes[0][3])); err != nil {
		t.Error(err)
	} else if there, err := s.Companions(ctx, leading.Manifest); len(there) > 0 || err != nil {
		t.Errorf("who is of no companion: %v, %v", there, err)
	}
}

// TestForeignHalves tries to log in to a companion with what is not made for it: with
// another fingerprint, issuer or order, with the leading scrutin's own halves, and as
// another elector.
func TestForeignHalves(t *testing.T) {
	leading, companion := led(t)
	e, c := leading.elector(2), companion.elector(0)
	stretched := e.Stretch(leading.Codes[0][2])
	right := c.Companion(stretched)
	each := func(make func(i int) account.Stretched) (s [2]account.Stretched) {
		for i := range s {
			s[i] = make(i)
		}
		return s
	}
	issuer := func(i int) string { return companion.Manifest.Issuers[i].ID }
	for name, w := range map[string]struct {
		who  voter.Elector
		with [2]account.Stretched
		want error
	}{
		"the right ones":        {c, right, nil},
		"another fingerprint":   {c, each(func(i int) account.Stretched { return stretched[i].Companion(scrutin.Digest{7}, issuer(i)) }), roll.ErrLogin},
		"the leading one's":     {c, each(func(i int) account.Stretched { return stretched[i].Companion(leading.Fingerprint(), issuer(i)) }), roll.ErrLogin},
		"the issuers exchanged": {c, each(func(i int) account.Stretched { return stretched[i].Companion(c.Fingerprint, issuer(1-i)) }), roll.ErrLogin},
		"one issuer's twice":    {c, each(func(int) account.Stretched { return right[0] }), roll.ErrLogin},
		"not derived":           {c, stretched, roll.ErrLogin},
		"derived twice":         {c, c.Companion(right), roll.ErrLogin},
		"another elector":       {companion.elector(1), right, roll.ErrLogin},
	} {
		if _, err := voter.Login(ctx, companion.rollSide.Ask, w.who, w.with); !errors.Is(err, w.want) {
			t.Errorf("%s: %v, not %v", name, err, w.want)
		}
	}
	for name, b := range map[string][]byte{
		"of no companion":    login.CompanionsAnswer{{Fingerprint: scrutin.Digest{5}}}.Bytes(),
		"in another order":   login.CompanionsAnswer{{Fingerprint: companion.Fingerprint()}, {Fingerprint: scrutin.Digest{7}}}.Bytes(),
		"not in their form":  {1},
		"of the leading one": login.CompanionsAnswer{{Fingerprint: leading.Fingerprint()}}.Bytes(),
	} {
		lying := func(_ context.Context, name string, request []byte) ([]byte, error) {
			if name == "companions" {
				return append([]byte{0}, b...), nil
			}
			return leading.rollSide.Ask(ctx, name, request)
		}
		s, err := voter.Login(ctx, lying, e, stretched)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := s.Companions(ctx, leading.Manifest); !errors.Is(err, voter.ErrAnswer) {
			t.Errorf("%s: %v, %v", name, got, err)
		}
	}
}
