package passkey_test

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"isoloir/portal/passkey"
)

// Whoever begins thousands of logins, from as many networks as he likes, takes nobody's place: a member who began before them is admitted after.
func TestManyBegunLogins(t *testing.T) {
	s := newSite(t)
	d, _ := s.join(t, "member-1")
	answer := d.Use(t, s.question(t, passkey.RouteLogin, struct{}{}))
	for i := range 3000 {
		from := func(q *http.Request) { q.RemoteAddr = fmt.Sprintf("10.%d.%d.1:1", i/256, i%256) }
		if w := s.ask(t, passkey.RouteLogin, "", struct{}{}, from); w.Code != http.StatusOK {
			t.Fatal(w.Code, w.Body)
		}
	}
	if cookie, status := s.admitted(t, passkey.RouteLoggedIn, answer); cookie == "" {
		t.Errorf("the member who began first: %d", status)
	}
	if cookie, _ := s.admitted(t, passkey.RouteLoggedIn, answer); cookie != "" {
		t.Error("the same answer has admitted somebody twice")
	}
}

// What a page brings back as the name of its login is the one that it was given, byte for byte, of this service.
func TestForgedLogins(t *testing.T) {
	s, elsewhere := newSite(t), newSite(t)
	d, _ := s.join(t, "member-1")
	answer := d.Use(t, s.question(t, passkey.RouteLogin, struct{}{}))
	raw, err := base64.RawURLEncoding.DecodeString(answer.Ceremony)
	if err != nil {
		t.Fatal(err)
	}
	longer := []byte(strings.Replace(string(raw), `"expires":"20`, `"expires":"21`, 1))
	foreign := *d.Use(t, elsewhere.question(t, passkey.RouteLogin, struct{}{}))
	for name, ceremony := range map[string]string{"longer": base64.RawURLEncoding.EncodeToString(longer), "nothing": "", "too short": "AAAA", "no code": "!",
		"another service's": foreign.Ceremony, "the end cut": answer.Ceremony[:len(answer.Ceremony)-4]} {
		a := *answer
		if a.Ceremony = ceremony; name == "another service's" {
			a = foreign
		}
		if cookie, status := s.admitted(t, passkey.RouteLoggedIn, &a); cookie != "" || status != http.StatusForbidden {
			t.Errorf("%s: %d", name, status)
		}
	}
	if cookie, _ := s.admitted(t, passkey.RouteLoggedIn, answer); cookie == "" {
		t.Error("the right one is refused")
	}
}
