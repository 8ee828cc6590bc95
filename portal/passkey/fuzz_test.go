package passkey_test

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"testing"

	"isoloir/portal/passkey"
)

// FuzzMessages: nobody is admitted by what he makes up, and the service answers in one of its ways.
func FuzzMessages(f *testing.F) {
	routes := []string{passkey.RouteJoin, passkey.RouteJoined, passkey.RouteLogin, passkey.RouteLoggedIn, passkey.RouteLeave}
	for i := range routes {
		f.Add(uint8(i), []byte(`{}`))
		f.Add(uint8(i), []byte(`{"code":"ABCD-EFGH-JKLM"}`))
		f.Add(uint8(i), []byte(`{"ticket":"","credential":{"id":"","rawId":"","type":"public-key","response":{}}}`))
	}
	s := newSite(f)
	f.Fuzz(func(t *testing.T, route uint8, body []byte) {
		q := httptest.NewRequest(http.MethodPost, origin+routes[int(route)%len(routes)], bytes.NewReader(body))
		q.Header.Set("Content-Type", "application/json")
		q.Header.Set("Origin", origin)
		q.Header.Set("Sec-Fetch-Site", "same-origin")
		w := httptest.NewRecorder()
		s.mux.ServeHTTP(w, q)
		for _, c := range w.Result().Cookies() {
			if c.Name == passkey.Cookie && c.Value != "" {
				t.Fatalf("%s %q: admitted", q.URL.Path, body)
			}
		}
		switch w.Code {
		case http.StatusOK, http.StatusForbidden, http.StatusRequestEntityTooLarge, http.StatusTooManyRequests:
		default:
			t.Fatalf("%s %q: %d", q.URL.Path, body, w.Code)
		}
	})
}
