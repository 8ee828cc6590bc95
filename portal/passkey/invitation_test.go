package passkey_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"isoloir/bve/journal"
	"isoloir/portal/passkey"
	"isoloir/portal/passkey/passkeytest"
)

func TestInvitations(t *testing.T) {
	s := newSite(t)
	if _, err := s.Service.Invite(ctx, "mixer-1"); !errors.Is(err, passkey.ErrMember) {
		t.Errorf("a mixer: %v", err)
	}
	code, err := s.Service.Invite(ctx, "member-1")
	if err != nil {
		t.Fatal(err)
	}
	begun, again := s.question(t, passkey.RouteJoin, map[string]string{"code": code}), s.question(t, passkey.RouteJoin, map[string]string{"code": code})
	d := passkeytest.New(t, origin, host)
	if cookie, _ := s.admitted(t, passkey.RouteJoined, d.Make(t, begun)); cookie == "" {
		t.Fatal("not admitted")
	}
	if cookie, status := s.admitted(t, passkey.RouteJoined, passkeytest.New(t, origin, host).Make(t, again)); cookie != "" || status != 403 {
		t.Errorf("a second passkey by the same code: %d", status)
	}
	late, err := s.Service.Invite(ctx, "member-2")
	if err != nil {
		t.Fatal(err)
	}
	s.At = s.At.Add(7 * 24 * time.Hour)
	for name, c := range map[string]string{"used": code, "late": late, "guessed": "ABCD-EFGH-JKMN-PQRS", "empty": ""} {
		if w := s.ask(t, passkey.RouteJoin, "", map[string]string{"code": c}, nil); w.Code != 403 || !strings.Contains(w.Body.String(), "invitation") {
			t.Errorf("%s: %d %s", name, w.Code, w.Body)
		}
	}
	for range 10 {
		s.ask(t, passkey.RouteJoin, "", map[string]string{"code": "0"}, nil)
	}
	if w := s.ask(t, passkey.RouteJoin, "", map[string]string{"code": "0"}, nil); w.Code != 429 || w.Header().Get("Retry-After") == "" {
		t.Errorf("the eleventh code: %d", w.Code)
	}
	facts, err := s.Store.Facts(ctx, s.Fingerprint, "invitation")
	if err != nil || len(facts) != 2 {
		t.Fatal(facts, err)
	}
	for _, f := range facts {
		if strings.Contains(f.Name+string(f.Value), code) || strings.Contains(f.Name+string(f.Value), strings.ReplaceAll(code, "-", "")) {
			t.Error("the store has a code")
		}
	}
}

// Two others have a member come in again, never who runs the service.
func TestRecovery(t *testing.T) {
	s := newSite(t)
	lost, cookie := s.join(t, "member-1")
	s.join(t, "member-2")
	s.join(t, "member-3")
	say := func(by string, body journal.Body) {
		t.Helper()
		if _, err := s.Journal.Add(ctx, s.Signed(t, by, s.Journal.Place().Head, body)); err != nil {
			t.Fatal(err)
		}
	}
	refused := func(why string) {
		t.Helper()
		if _, err := s.Service.Invite(ctx, "member-1"); !errors.Is(err, passkey.ErrTwoMembers) {
			t.Errorf("%s: %v", why, err)
		}
	}
	refused("nobody asks")
	say("member-1", journal.Invited{Member: "member-1"})
	say("member-2", journal.Invited{Member: "member-1"})
	say("member-2", journal.Invited{Member: "member-1"})
	refused("himself, and one twice")
	s.At = s.At.Add(25 * time.Hour)
	say("member-3", journal.Invited{Member: "member-1"})
	refused("a day apart")
	say("member-2", journal.Invited{Member: "member-1"})
	if _, err := s.Service.Invite(ctx, "member-1"); err != nil {
		t.Errorf("two others: %v", err)
	}
	refused("again, on the same word")

	_, cookie = s.login2(t, lost)
	say("member-2", journal.Revoked{Member: "member-1"})
	if s.see("/all", cookie) != 200 {
		t.Error("one member alone shuts another out")
	}
	say("member-3", journal.Revoked{Member: "member-1"})
	if s.see("/all", cookie) != 401 {
		t.Error("the passkey is still good")
	}
	if again, _ := s.login(t, lost); again != "" {
		t.Error("it still opens a session")
	}
}

// A code lets nobody in once its member is invited anew, or his passkeys are revoked, also where the browser has begun with it.
func TestOldCode(t *testing.T) {
	for name, after := range map[string]func(*site) error{
		"invited anew": func(s *site) error { _, err := s.Service.Invite(ctx, "member-1"); return err },
		"revoked by himself": func(s *site) error {
			_, err := s.Journal.Add(ctx, s.Signed(t, "member-1", s.Journal.Place().Head, journal.Revoked{Member: "member-1"}))
			return err
		},
		"revoked by two others": func(s *site) error {
			for _, by := range []string{"member-2", "member-3"} {
				if _, err := s.Service.Join(ctx, "0"); !errors.Is(err, passkey.ErrInvitation) {
					t.Error(err)
				}
				if _, err := s.Journal.Add(ctx, s.Signed(t, by, s.Journal.Place().Head, journal.Revoked{Member: "member-1"})); err != nil {
					return err
				}
			}
			return nil
		},
	} {
		s := newSite(t)
		code, err := s.Service.Invite(ctx, "member-1")
		if err != nil {
			t.Fatal(err)
		}
		begun, err := s.Service.Join(ctx, code)
		if err != nil {
			t.Fatal(name, err)
		}
		if err := after(s); err != nil {
			t.Fatal(name, err)
		}
		if _, err := s.Service.Join(ctx, code); !errors.Is(err, passkey.ErrInvitation) {
			t.Errorf("%s: it begins: %v", name, err)
		}
		if _, _, err := s.Service.Joined(ctx, passkeytest.New(t, origin, host).Make(t, begun)); !errors.Is(err, passkey.ErrInvitation) {
			t.Errorf("%s: it ends: %v", name, err)
		}
	}
}

func (s *site) login2(t testing.TB, d *passkeytest.Device) (int, string) {
	t.Helper()
	cookie, status := s.login(t, d)
	return status, cookie
}

// Who writes into the store beside the service has made no passkey, and changes none.
func TestStoreAlone(t *testing.T) {
	s := newSite(t)
	s.join(t, "member-1")
	facts, err := s.Store.Facts(ctx, s.Fingerprint, "credential")
	if err != nil || len(facts) != 1 {
		t.Fatal(err)
	}
	evil := newSite(t)
	intruder, _ := evil.join(t, "member-1")
	theirs, err := evil.Store.Facts(ctx, evil.Fingerprint, "credential")
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Store.Keep(ctx, s.Fingerprint, theirs...); err != nil {
		t.Fatal(err)
	}
	if cookie, _ := s.login(t, intruder); cookie != "" {
		t.Error("a passkey that the journal does not know is admitted")
	}
}
