package login_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"isoloir/ratelimit"
	"isoloir/roll"
	"isoloir/roll/login"
	"isoloir/roll/rolltest"
	"isoloir/scrutin"
)

func (v *vote) prove(s login.Secret, text string) (login.Step, error) {
	return v.Prove(ctx, login.ProveRequest{Secret: s, Text: text})
}

// wrong is not the text, and like it.
func wrong(text string) string { return text[:len(text)-1] + string('0'+(text[len(text)-1]-'0'+1)%10) }

// TestSteps goes through every step that a college can ask, and tries each door before
// its key. (S003-27-1a, S003-27-4a)
func TestSteps(t *testing.T) {
	v := newVote(t, 2, college(byText, scrutin.Factor{Kind: "code", Channel: "email"}, scrutin.Factor{Kind: "question", Channel: "none"}))
	p := at(1, 0)
	a := v.login(p)
	if a.Step != login.ByEmail {
		t.Fatalf("after login %d is asked", a.Step)
	}
	s := a.Secret
	closed := func(open bool) {
		t.Helper()
		_, err := v.Open(ctx, s)
		if want(t, "reserve", v.reserve(s, p), roll.ErrUnproven); open {
			want(t, "open", err, nil)
		} else {
			want(t, "open", err, roll.ErrUnproven)
		}
	}
	send := func(channel string) string {
		t.Helper()
		a, err := v.Send(ctx, s)
		if err != nil || a.Hint != "m…@e…" || !a.Expires.Equal(v.now.Add(10*time.Minute)) {
			t.Fatalf("%+v, %v", a, err)
		}
		last := v.outbox.sent[len(v.outbox.sent)-1]
		if v.outbox.by[len(v.outbox.by)-1] != channel || last.Urn != p.Urn || last.Number != p.Elector || !last.Expires.Equal(a.Expires) {
			t.Fatalf("sent %+v by %v", last, v.outbox.by)
		}
		return last.Digits
	}
	closed(false)
	_, err := v.prove(s, "123456")
	want(t, "before anything was sent", err, roll.ErrCode)
	first := send("email")
	second := send("email")
	if first == second {
		t.Fatal("the same digits twice; one in a million")
	}
	_, err = v.prove(s, first)
	want(t, "digits that were replaced", err, roll.ErrCode)
	if step, err := v.prove(s, " "+second[:3]+" "+second[3:]+"\n"); err != nil || step != login.Question {
		t.Fatal(step, err)
	}
	closed(false)
	_, err = v.prove(s, second)
	want(t, "the digits again, as the answer to the question", err, roll.ErrCode)
	_, err = v.Send(ctx, s)
	want(t, "a code where a question is asked", err, roll.ErrStep)
	if step, err := v.prove(s, "24/05/1971"); err != nil || step != login.Nothing {
		t.Fatal(step, err)
	}
	closed(true)
	if o, err := v.Open(ctx, s); err != nil || o.Step != login.ByText {
		t.Fatal(o.Step, err)
	}
	third := send("sms")
	_, err = v.prove(v.login(p).Secret, third)
	want(t, "in another session", err, roll.ErrCode)
	if step, err := v.prove(s, third); err != nil || step != login.Nothing {
		t.Fatal(step, err)
	}
	want(t, "reserve", v.reserve(s, p), nil)
	if o, err := v.Open(ctx, s); err != nil || o.Step != login.Nothing || o.State != login.Reserved {
		t.Fatalf("%+v, %v", o, err)
	}
	_, err = v.prove(s, third)
	want(t, "prove what nobody asks", err, roll.ErrStep)
	_, err = v.Send(ctx, s)
	want(t, "send what nobody asks", err, roll.ErrStep)
}

// TestCodeLife types the digits in their last second, and after.
func TestCodeLife(t *testing.T) {
	v := newVote(t, 1, college(byEmail))
	p := at(0, 0)
	s := v.login(p).Secret
	if _, err := v.Send(ctx, s); err != nil {
		t.Fatal(err)
	}
	v.now = v.now.Add(10 * time.Minute)
	_, err := v.prove(s, v.outbox.digits())
	want(t, "ten minutes later", err, roll.ErrCode)
	if _, err := v.Send(ctx, s); err != nil {
		t.Fatal(err)
	}
	v.now = v.now.Add(10*time.Minute - time.Second)
	_, err = v.prove(s, v.outbox.digits())
	want(t, "in the last second", err, nil)
}

// TestTries guesses: five in a session, and not many more in all sessions together.
func TestTries(t *testing.T) {
	v := newVote(t, 1, college(byEmail))
	v.start(login.Limits{})
	p := at(0, 0)
	s := v.login(p).Secret
	for i := range 5 {
		if i%2 == 0 {
			if _, err := v.Send(ctx, s); err != nil { // gives no more tries
				t.Fatal(err)
			}
		}
		_, err := v.prove(s, wrong(v.outbox.digits()))
		want(t, "wrong", err, roll.ErrCode)
	}
	_, err := v.prove(s, v.outbox.digits())
	want(t, "right, too late", err, roll.ErrSession)
	_, err = v.Open(ctx, s)
	want(t, "open", err, roll.ErrSession)

	v.start(login.Limits{Answer: ratelimit.Limit{Every: 10 * time.Minute, Burst: 10}, Code: ratelimit.Limit{Every: 5 * time.Minute, Burst: 5}})
	tries, sent := 0, 0
	for range 400 { // a day of an attacker who has both codes, and waits as he is told
		s := v.login(p).Secret
		if _, err := v.Send(ctx, s); err == nil {
			sent++
		}
		for range 6 {
			if _, err := v.prove(s, "000000"); errors.Is(err, roll.ErrCode) {
				tries++
			}
		}
		v.now = v.now.Add(24 * time.Hour / 400)
	}
	if tries > 154 || sent > 293 || tries < 100 {
		t.Errorf("%d tries and %d codes in a day", tries, sent)
	}
}

// TestGateway sends while the issuer cannot.
func TestGateway(t *testing.T) {
	v := newVote(t, 1, college(byEmail))
	s := v.login(at(0, 0)).Secret
	v.outbox.fails = true
	_, err := v.Send(ctx, s)
	want(t, "send", err, roll.ErrBusy)
	v.outbox.fails, v.outbox.nobody = false, true
	_, err = v.Send(ctx, s)
	want(t, "to who has a letter", err, roll.ErrElector)
	v.outbox.nobody = false
	if _, err := v.Send(ctx, s); err != nil {
		t.Fatal(err)
	}
	_, err = v.prove(s, v.outbox.digits())
	want(t, "after that", err, nil)
}

// TestDigits wants the digits to be six, and any.
func TestDigits(t *testing.T) {
	v := newVote(t, 1, college(byEmail))
	v.start(login.Limits{})
	s := v.login(at(0, 0)).Secret
	var seen [6][10]int
	for range 300 {
		if _, err := v.Send(ctx, s); err != nil {
			t.Fatal(err)
		}
		for i, d := range v.outbox.digits() {
			seen[i][d-'0']++
		}
		if len(v.outbox.digits()) != 6 {
			t.Fatal(v.outbox.digits())
		}
	}
	for i, digits := range seen {
		if n := slices.Min(digits[:]); n < 5 { // once in a million runs
			t.Errorf("digit %d: %v", i, digits)
		}
	}
}

// TestBirthDate types the day of 24 May 1971 in many ways.
func TestBirthDate(t *testing.T) {
	v := newVote(t, 1, college(question))
	v.start(login.Limits{})
	for text, right := range map[string]bool{
		"1971-05-24": true, "24/05/1971": true, "24/5/1971": true, "24.05.1971": true, " 24 05 1971 ": true, "24051971": true, "1971/5/24": true,
		"２４/０５/１９７１": true, "né le 24/05/1971": true,
		"05/24/1971": false, "24/05/71": false, "1971-05-25": false, "": false, "1971": false, "24 mai 1971": false, "19710524": false,
		"1971-05-24-1": false, "024/05/1971": false, "1971-005-24": false, strings.Repeat("1", 200): false,
	} {
		_, err := v.prove(v.login(at(0, 0)).Secret, text)
		if right {
			want(t, fmt.Sprintf("%q", text), err, nil)
		} else {
			want(t, fmt.Sprintf("%q", text), err, roll.ErrCode)
		}
	}
}

// TestPolicies reads what colleges can ask.
func TestPolicies(t *testing.T) {
	f := rolltest.New(t, 1, 1)
	for name, edit := range map[string]func(*scrutin.Manifest){
		"a code by post":          college(scrutin.Validation{Kind: "code", Channel: "post"}),
		"a card":                  college(nothing, scrutin.Factor{Kind: "card", Channel: "hand"}),
		"a channel of nobody":     func(m *scrutin.Manifest) { college(byText)(m); m.Issuers[1].Channel = "post" },
		"codes, without a sender": college(byEmail),
	} {
		m := newManifest(edit)
		if _, err := login.New(login.Config{Roll: roll.NewService(f.Config(nil)), Manifest: m, Window: func() login.Window { return login.Window{} }}); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
	m := newManifest(college(question, scrutin.Factor{Kind: "code", Channel: "sms"}))
	if p, err := login.PolicyOf(m, m.Urns[0]); err != nil || p.Validation != login.Question || !slices.Equal(p.Factors, []login.Step{login.ByText}) {
		t.Errorf("%+v, %v", p, err)
	}
}

// newManifest is as much of a manifest as policies need.
func newManifest(edit func(*scrutin.Manifest)) *scrutin.Manifest {
	m := &scrutin.Manifest{
		Colleges: []scrutin.College{{ID: "agents", Factors: []scrutin.Factor{{Kind: "identifier", Channel: "email"}, {Kind: "password", Channel: "sms"}}}},
		Urns:     []scrutin.Urn{{ID: "urn-1", College: "agents"}},
		Issuers:  []scrutin.Issuer{{ID: "issuer-1", Channel: "email"}, {ID: "issuer-2", Channel: "sms"}},
	}
	edit(m)
	return m
}
