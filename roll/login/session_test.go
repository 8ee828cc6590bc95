package login_test

import (
	"testing"
	"time"

	"isoloir/roll"
	"isoloir/roll/login"
)

// TestWindow tries every door in every phase of the vote, to the second.
func TestWindow(t *testing.T) {
	v := newVote(t, 2, nil)
	v.start(login.Limits{})
	p := at(0, 0)
	grace := v.window.Ends
	extended := v.window
	extended.Close, extended.Ends = closes.Add(time.Hour), closes.Add(time.Hour+15*time.Minute)
	suspended := v.window
	suspended.Suspended = true
	for _, c := range []struct {
		name    string
		begin   time.Time
		at      time.Time
		acts    login.Window
		login   error
		open    error
		reserve error
	}{
		{"before the opening", opens.Add(-time.Second), opens.Add(-time.Second), v.window, roll.ErrClosed, nil, nil},
		{"at the opening", opens, opens, v.window, nil, nil, nil},
		{"before the close", closes.Add(-time.Minute), closes.Add(-time.Second), v.window, nil, nil, nil},
		{"S003-30: in the time of grace, begun in the last second", closes.Add(-time.Second), closes, v.window, nil, nil, nil},
		{"S003-30: in the last second of grace", closes.Add(-time.Second), grace.Add(-time.Second), v.window, nil, nil, nil},
		{"S003-30: at the end of grace", closes.Add(-time.Second), grace, v.window, nil, roll.ErrSession, roll.ErrSession},
		{"S003-30: in the time of grace, begun at the close", closes, closes, v.window, nil, nil, roll.ErrClosed},
		{"after the end", grace.Add(time.Hour), grace.Add(time.Hour), v.window, nil, nil, roll.ErrClosed},
		{"suspended", opens, opens.Add(time.Minute), suspended, nil, nil, roll.ErrClosed},
		{"extended, after the first close", closes.Add(time.Minute), closes.Add(time.Minute), extended, nil, nil, nil},
		{"extended, in its time of grace", closes.Add(time.Hour - time.Second), closes.Add(time.Hour + time.Minute), extended, nil, nil, nil},
	} {
		v.window = c.acts
		v.now = c.begin
		a, err := v.Login(ctx, home, v.request(p, p))
		if want(t, c.name+": login", err, c.login); err != nil {
			continue
		}
		v.now = c.at
		_, err = v.Open(ctx, a.Secret)
		want(t, c.name+": open", err, c.open)
		want(t, c.name+": reserve", v.reserve(a.Secret, p), c.reserve)
	}
	// An act that comes during a session counts at once.
	v.window, v.now = suspended, closes.Add(-time.Second)
	a := v.login(p)
	want(t, "suspended meanwhile", v.reserve(a.Secret, p), roll.ErrClosed)
	v.window = extended
	want(t, "resumed", v.reserve(a.Secret, p), nil)
	v.now = closes.Add(16 * time.Minute)
	want(t, "extended meanwhile", v.reserve(a.Secret, p), nil)
}

// TestExtend lets a session last: three times twenty minutes, no more, and not past
// the end of the vote.
func TestExtend(t *testing.T) {
	v := newVote(t, 1, nil)
	a := v.login(at(0, 0))
	for i := range 5 {
		v.now = v.now.Add(19 * time.Minute)
		expires, err := v.Extend(ctx, a.Secret)
		switch {
		case i < 3 && (err != nil || !expires.Equal(v.now.Add(20*time.Minute))):
			t.Fatalf("extension %d: %v, %v", i+1, expires, err)
		case i == 3 && (err != nil || !expires.Equal(v.now.Add(time.Minute))):
			t.Fatalf("the fourth: %v, %v", expires, err)
		case i == 4:
			want(t, "after the end", err, roll.ErrSession)
		}
	}
	v.now = closes.Add(-time.Minute)
	a = v.login(at(0, 0))
	v.now = closes.Add(14 * time.Minute)
	if expires, err := v.Extend(ctx, a.Secret); err != nil || !expires.Equal(v.window.Ends) {
		t.Error(expires, err)
	}
	v.now = closes.Add(time.Hour)
	if a := v.login(at(0, 0)); !a.Expires.Equal(v.now.Add(20 * time.Minute)) {
		t.Error("to see his mark: ", a.Expires)
	}
}

// TestLeave ends a session, and sweeps it away when nobody can answer its challenge
// any more.
func TestLeave(t *testing.T) {
	v := newVote(t, 1, nil)
	q := v.request(at(0, 0), at(0, 0))
	a, err := v.Login(ctx, home, q)
	if err != nil {
		t.Fatal(err)
	}
	other := v.login(at(0, 0))
	for range 2 {
		want(t, "leave", v.Leave(ctx, a.Secret), nil)
	}
	want(t, "leave nothing", v.Leave(ctx, login.Secret{1}), nil)
	_, err = v.Open(ctx, a.Secret)
	want(t, "open", err, roll.ErrSession)
	_, err = v.Extend(ctx, a.Secret)
	want(t, "extend", err, roll.ErrSession)
	want(t, "reserve", v.reserve(a.Secret, at(0, 0)), roll.ErrSession)
	_, err = v.Login(ctx, home, q)
	want(t, "the same login", err, roll.ErrSession)
	if err := v.Sweep(ctx); err != nil {
		t.Fatal(err)
	}
	_, err = v.Login(ctx, home, q)
	want(t, "the same login, after a sweep", err, roll.ErrSession)
	v.now = v.now.Add(3 * time.Minute)
	if err := v.Sweep(ctx); err != nil {
		t.Fatal(err)
	}
	if _, err := v.Open(ctx, other.Secret); err != nil {
		t.Error("another session was swept away: ", err)
	}
}

// TestReserveForOther takes a session of one elector to another's reservation.
func TestReserveForOther(t *testing.T) {
	v := newVote(t, 2, nil)
	s := v.login(at(0, 0)).Secret
	want(t, "a neighbour", v.reserve(s, at(0, 1)), roll.ErrElector)
	want(t, "the same number elsewhere", v.reserve(s, at(1, 0)), roll.ErrElector)
	q := v.Request(t, 0, 1)
	q.Elector = 0
	_, err := v.Reserve(ctx, s, q)
	want(t, "a neighbour's signature", err, roll.ErrSignature)
	want(t, "no session", v.reserve(login.Secret{}, at(0, 0)), roll.ErrSession)
}
