package login_test

import (
	"bytes"
	"reflect"
	"slices"
	"testing"
	"time"

	"isoloir/roll"
	"isoloir/roll/login"
	"isoloir/scrutin"
)

// paired keeps electors of urn 0 as those of a companion's urn 1, the last one as its
// first.
func (v *vote) paired(companion int, electors ...uint32) {
	v.t.Helper()
	err := v.store.Pair(ctx, v.Scope, companion, func(yield func(roll.Pair, error) bool) {
		for i, e := range electors {
			if !yield(roll.Pair{Place: at(0, e), In: at(1, uint32(len(electors)-1-i))}, nil) {
				return
			}
		}
	})
	if err != nil {
		v.t.Fatal(err)
	}
}

// TestCompanions tells an elector, once he has proved who he is, where else he may vote,
// and nobody anything of others.
func TestCompanions(t *testing.T) {
	first, second := scrutin.Digest{9}, scrutin.Digest{1}
	v := newVote(t, 3, func(m *scrutin.Manifest) {
		m.Companions = []scrutin.Digest{first, second}
		m.Colleges[0].Factors = append(m.Colleges[0].Factors, scrutin.Factor{Kind: "code", Channel: "email"})
	})
	v.paired(1, 0, 1)
	v.paired(0, 1)
	ask := func(s login.Secret) (login.CompanionsAnswer, error) {
		answer, _ := v.Serve(ctx, "companions", home, s[:])
		refusal, refused, err := roll.ParseRefusal(answer)
		if refused || err != nil {
			return nil, refusal
		}
		return login.ParseCompanionsAnswer(answer[1:])
	}
	for elector, want := range []login.CompanionsAnswer{
		{{second, at(1, 1)}},
		{{first, at(1, 0)}, {second, at(1, 0)}},
		nil,
	} {
		a := v.login(at(0, uint32(elector)))
		if got, err := ask(a.Secret); err != roll.ErrUnproven {
			t.Errorf("before the further factor: %v, %v", got, err)
		}
		if _, err := v.Send(ctx, a.Secret); err != nil {
			t.Fatal(err)
		}
		if _, err := v.Prove(ctx, login.ProveRequest{Secret: a.Secret, Text: v.outbox.digits()}); err != nil {
			t.Fatal(err)
		}
		if got, err := ask(a.Secret); err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("elector %d may vote in %v, not %v: %v", elector, got, want, err)
		}
		if elector < 2 {
			continue
		}
		v.now = v.now.Add(20 * time.Minute)
		if got, err := ask(a.Secret); err != roll.ErrSession {
			t.Errorf("in a session that has ended: %v, %v", got, err)
		}
	}
	if got, err := ask(login.Secret{1}); err != roll.ErrSession {
		t.Errorf("in no session: %v, %v", got, err)
	}
}

// TestCompanionsAnswer refuses bytes that say a companion twice, or half, or too many.
func TestCompanionsAnswer(t *testing.T) {
	var all login.CompanionsAnswer
	for i := range byte(scrutin.MaxCompanions) {
		all = append(all, login.Companion{Fingerprint: scrutin.Digest{i}, Place: at(uint16(i), 7)})
	}
	b := all.Bytes()
	if got, err := login.ParseCompanionsAnswer(b); err != nil || !reflect.DeepEqual(got, all) {
		t.Fatal(got, err)
	}
	for name, wrong := range map[string][]byte{
		"one byte too few":   b[:len(b)-1],
		"one byte too many":  append(bytes.Clone(b), 0),
		"one too many":       append(bytes.Clone(b), append([]byte{99}, b[1:38]...)...),
		"the same one twice": slices.Concat(b[:38], b[:32], b[70:76]),
	} {
		if got, err := login.ParseCompanionsAnswer(wrong); err == nil {
			t.Errorf("%s: %v", name, got)
		}
	}
}
