package urn_test

import (
	"errors"
	"testing"
	"time"

	"isoloir/scrutin"
	"isoloir/scrutin/scrutintest"
	"isoloir/urn"
	"isoloir/urn/urntest"
)

// The roll speaks by deputies, and nobody else passes for one.
func TestDeputies(t *testing.T) {
	f := urntest.New(t, urntest.Size{Urns: 2})
	c, now, withdrawn := f.Config(newStore(t)), time.Now(), true
	c.Now = func() time.Time { return now }
	c.Withdrawn = func(role string, _ [32]byte) bool { return withdrawn && role == scrutin.RoleRoll }
	s, err := urn.NewService(ctx, c)
	if err != nil {
		t.Fatal(err)
	}
	roll, token, device := scrutintest.NewForgers(t, f.Roll, f.Urn), urntest.Token(), urntest.NewDevice()
	value := urn.Hash(scrutin.AuthorisationValue(scrutin.Digest(token), urntest.KeyOf(device)))
	authorisation := text(f.Rules[0], scrutin.Authorisation, value)
	q := f.RequestFrom(t, device, token, f.Ballot(t, 0, 0, 0))
	for _, forged := range append(roll.Forgeries(t, authorisation, now), scrutintest.Forgery{Name: "by a deputy who was withdrawn", Data: roll.Say(t, authorisation, now)}) {
		q.Authorisation = forged.Data
		if a := s.Append(ctx, []urn.AppendRequest{q}); !errors.Is(a[0].Err, urn.ErrAuthorisation) || a[0].Promise != nil || a[0].Receipt != nil {
			t.Errorf("%s: %v", forged.Name, a[0].Err)
		}
	}
	withdrawn = false
	q.Authorisation = roll.Say(t, authorisation, now)
	if a := s.Append(ctx, []urn.AppendRequest{q}); a[0].Err != nil {
		t.Error(a[0].Err)
	}
}
