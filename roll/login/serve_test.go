package login_test

import (
	"bytes"
	"slices"
	"testing"
	"time"

	"isoloir/roll"
	"isoloir/roll/login"
	"isoloir/roll/rolltest"
	"isoloir/scrutin"
)

// TestServe sends every message in bytes, and then bytes that are none.
func TestServe(t *testing.T) {
	v := newVote(t, 1, college(byEmail))
	p := at(0, 0)
	ask := func(name string, request []byte) []byte {
		t.Helper()
		answer, _ := v.Serve(ctx, name, home, request)
		rest, refused, err := roll.ParseRefusal(answer)
		if err != nil || refused {
			t.Fatalf("%s: %v %v", name, rest, err)
		}
		return answer[1:]
	}
	a, err := login.ParseLoginAnswer(ask("login", v.Answer(t, p, p, login.Challenge(ask("hello", login.HelloRequest{Place: p}.Bytes()))).Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	s := a.Secret[:]
	if o, err := login.ParseOpenAnswer(ask("open", s)); err != nil || o.Step != login.ByEmail {
		t.Fatal(o, err)
	}
	if sent, err := login.ParseSendAnswer(ask("send", s)); err != nil || sent.Hint != "m…@e…" {
		t.Fatal(sent, err)
	}
	if step, err := login.ParseProveAnswer(ask("prove", login.ProveRequest{Secret: a.Secret, Text: v.outbox.digits()}.Bytes())); err != nil || step != login.Nothing {
		t.Fatal(step, err)
	}
	if expires, err := login.ParseExpiry(ask("extend", s)); err != nil || !expires.Equal(v.now.Add(20*time.Minute)) {
		t.Fatal(expires, err)
	}
	q := v.Request(t, 0, 0)
	r, err := roll.ParseReserveAnswer(append([]byte{0}, ask("reserve", append(bytes.Clone(s), q.Bytes()...))...))
	if err != nil || r.Err != nil {
		t.Fatal(r, err)
	}
	ask("mark", roll.MarkRequest{ReserveRequest: q, Receipt: v.Says(t, scrutin.Appended, 0, rolltest.HashOf(r.Token))}.Bytes())
	if left := ask("leave", s); len(left) != 0 {
		t.Fatal(left)
	}
	for _, name := range append(slices.Clone(login.Messages), "other") {
		for _, request := range [][]byte{nil, {1}, make([]byte, 31), make([]byte, 33), make([]byte, 64<<10)} {
			answer, wait := v.Serve(ctx, name, home, request)
			if !slices.Equal(answer, []byte{1}) || wait != 0 {
				t.Errorf("%s of %d bytes: %x", name, len(request), answer)
			}
		}
	}
}

func FuzzMessages(f *testing.F) {
	f.Add(byte(0), login.HelloRequest{Place: at(258, 7)}.Bytes())
	f.Add(byte(1), login.LoginRequest{Place: at(1, 2), Challenge: login.Challenge{3}}.Bytes())
	f.Add(byte(2), login.ProveRequest{Secret: login.Secret{1}, Text: "é"}.Bytes())
	f.Add(byte(3), login.LoginAnswer{Expires: opens, Step: login.Question}.Bytes())
	f.Add(byte(4), login.SendAnswer{Expires: opens, Hint: "m…@e…"}.Bytes())
	f.Add(byte(5), login.OpenAnswer{State: login.Voted, Step: login.ByText, Expires: closes}.Bytes())
	f.Add(byte(6), login.CompanionsAnswer{{Fingerprint: scrutin.Digest{1}, Place: at(258, 7)}, {Place: at(0, 0)}}.Bytes())
	f.Fuzz(func(t *testing.T, kind byte, b []byte) {
		var m interface{ Bytes() []byte }
		var err error
		switch kind % 7 {
		case 0:
			m, err = login.ParseHelloRequest(b)
		case 1:
			m, err = login.ParseLoginRequest(b)
		case 2:
			m, err = login.ParseProveRequest(b)
		case 3:
			m, err = login.ParseLoginAnswer(b)
		case 4:
			m, err = login.ParseSendAnswer(b)
		case 5:
			m, err = login.ParseOpenAnswer(b)
		case 6:
			m, err = login.ParseCompanionsAnswer(b)
		}
		if err == nil && !bytes.Equal(m.Bytes(), b) {
			t.Errorf("read %x, which is written %x", b, m.Bytes())
		}
	})
}
