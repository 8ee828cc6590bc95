package register_test

import (
	"errors"
	"testing"
	"time"

	"isoloir/register"
	"isoloir/register/registertest"
)

// TestBox (S000-07): a count that does not agree keeps a station from handing out cards,
// until another one agrees or the organisation lets it.
func TestBox(t *testing.T) {
	v := begin(t)
	card := v.of("nord-1")[0]
	v.box(t, "nord-1", register.Box{Counted: 23, Left: -1})
	v.scan(t, "one card missing", "nord-1", register.Activate, card, register.Blocked)
	v.scan(t, "elsewhere", "nord-2", register.Activate, v.of("nord-2")[0], register.Done)
	v.box(t, "nord-1", register.Box{Counted: 24, Left: -1})
	v.scan(t, "counted again", "nord-1", register.Activate, card, register.Done)
	v.box(t, "nord-1", register.Box{Counted: 22, Left: -1, Allowed: "deux cartes déchirées"})
	v.scan(t, "allowed", "nord-1", register.Activate, v.of("nord-1")[1], register.Done)
}

// TestTell: a station's own devices count its box, its proxies once each (S000-14), and
// hear how it stands; nobody else is heard.
func TestTell(t *testing.T) {
	v := begin(t)
	phone := v.phones["nord-1"]
	tell := func(n register.Notice) register.Standing {
		t.Helper()
		read, err := register.ParseNotice(n.Bytes())
		if err != nil {
			t.Fatal(err)
		}
		st, err := v.s.Tell(t.Context(), read)
		if err != nil {
			t.Fatal(err)
		}
		return st
	}
	if st := tell(phone.Notice(t, register.TellCount, 23)); !st.Blocked() || !st.Open || st.Counted != 23 || !st.Closes.Equal(registertest.Closes) {
		t.Errorf("%+v", st)
	}
	proxy := phone.Notice(t, register.TellProxy, 0)
	tell(proxy)
	if st := tell(proxy); st.Proxies != 1 {
		t.Errorf("%+v", st)
	}
	if st := tell(phone.Notice(t, register.TellCount, 24)); st.Blocked() || st.Proxies != 1 {
		t.Errorf("%+v", st)
	}
	if st := tell(phone.Notice(t, register.TellRest, 7)); st.Left != 7 || st.Counted != 24 {
		t.Errorf("%+v", st)
	}
	forged := phone.Notice(t, register.TellCount, 24)
	forged.Number = 2
	for name, n := range map[string]register.Notice{"changed": forged, "of a stranger": v.NewPhone(t).Notice(t, register.TellState, 0)} {
		if _, err := v.s.Tell(t.Context(), n); !errors.Is(err, register.ErrDevice) {
			t.Errorf("%s: %v", name, err)
		}
	}
	v.now = registertest.Closes
	if st := tell(phone.Notice(t, register.TellState, 0)); st.Open || !st.Opens.IsZero() {
		t.Errorf("%+v", st)
	}
}

// TestSentAgain: a message says the same for ever, also once what stood in its way is
// gone; an old count does not come back.
func TestSentAgain(t *testing.T) {
	v := begin(t)
	phone := v.phones["nord-1"]
	old := phone.Notice(t, register.TellCount, 23)
	if _, err := v.s.Tell(t.Context(), old); err != nil {
		t.Fatal(err)
	}
	blocked := phone.Scan(t, register.Activate, v.of("nord-1")[0].Sealed)
	v.want(t, "while the box differs", register.Blocked, blocked)
	v.now = registertest.Opens.Add(-time.Minute)
	early := phone.Scan(t, register.Activate, v.of("nord-1")[1].Sealed)
	v.want(t, "before the opening", register.Closed, early)
	v.now = registertest.Opens
	v.box(t, "nord-1", register.Box{Counted: 24, Left: -1})
	if st, err := v.s.Tell(t.Context(), old); err != nil || st.Counted != 24 {
		t.Errorf("%+v %v", st, err)
	}
	v.want(t, "sent again once it agrees", register.Blocked, blocked)
	v.want(t, "sent again once it is open", register.Closed, early)
	v.scan(t, "a new scan", "nord-1", register.Activate, v.of("nord-1")[0], register.Done)

	v.box(t, "nord-1", register.Box{Counted: 20, Left: -1, Allowed: "quatre cartes mouillées"})
	v.scan(t, "allowed", "nord-1", register.Activate, v.of("nord-1")[2], register.Done)
	v.box(t, "nord-1", register.Box{Counted: 19, Left: -1})
	v.scan(t, "another count", "nord-1", register.Activate, v.of("nord-1")[3], register.Blocked)
}

// TestDevices: an enrolment code makes one device, once, within a day.
func TestDevices(t *testing.T) {
	v := begin(t)
	if _, err := v.s.Invite(t.Context(), "nord-3"); !errors.Is(err, register.ErrUnknown) {
		t.Error(err)
	}
	code, err := v.s.Invite(t.Context(), "nord-1")
	if err != nil {
		t.Fatal(err)
	}
	a, b := v.NewPhone(t), v.NewPhone(t)
	if _, err := v.s.Enrol(t.Context(), code, a.ID, []byte("no key")); !errors.Is(err, register.ErrInvalid) {
		t.Error(err)
	}
	for range 2 {
		if _, err := v.s.Enrol(t.Context(), code, a.ID, a.Key(t)); err != nil {
			t.Error(err)
		}
	}
	for name, enrol := range map[string]func() error{
		"another device with the code": func() error { _, err := v.s.Enrol(t.Context(), code, b.ID, b.Key(t)); return err },
		"another key under its name":   func() error { _, err := v.s.Enrol(t.Context(), code, a.ID, b.Key(t)); return err },
		"another code":                 func() error { _, err := v.s.Enrol(t.Context(), [16]byte{}, b.ID, b.Key(t)); return err },
	} {
		if err := enrol(); !errors.Is(err, register.ErrUsed) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if code, err = v.s.Invite(t.Context(), "nord-1"); err != nil {
		t.Fatal(err)
	}
	v.now = v.now.Add(24 * time.Hour)
	if _, err := v.s.Enrol(t.Context(), code, b.ID, b.Key(t)); !errors.Is(err, register.ErrUsed) {
		t.Errorf("a day later: %v", err)
	}
}
