package login_test

import (
	"context"
	"testing"

	"isoloir/account"
	"isoloir/roll"
	"isoloir/roll/login"
)

// hasty does something at the last moment before a session begins.
type hasty struct {
	login.Store
	first func()
}

func (h hasty) Begin(ctx context.Context, s roll.Scope, sessions []login.Session) ([]error, error) {
	h.first()
	return h.Store.Begin(ctx, s, sessions)
}

// A code that is renewed while somebody logs in with it gives him no session, at
// whatever moment the deposit comes.
func TestRenewedMeanwhile(t *testing.T) {
	v := newVote(t, 1, nil)
	p := at(0, 0)
	old := v.request(p, p)
	c := v.config
	c.Store = hasty{v.store, func() {
		v.Codes[0][0][1] = account.NewCode(v.Manifest.Codes)
		v.deposit(v.Note(t, 1, v.Line(p, 1, 1)))
	}}
	var err error
	if v.Service, err = login.New(c); err != nil {
		t.Fatal(err)
	}
	_, err = v.Login(ctx, home, old)
	want(t, "with the code that was renewed", err, roll.ErrLogin)
}
