package urnapi_test

import (
	"bytes"
	"net/http"
	"testing"
	"time"

	"isoloir/portal/urnapi"
	"isoloir/ratelimit"
	"isoloir/urn"
)

// TestChallenges opens a ballot over the wire, looks it up, contests it, and gets the list
// once the urn is closed; one network that sends many is held back, and others are not.
func TestChallenges(t *testing.T) {
	o := newOrigin(t, true, func(c *urnapi.Config) { c.Challenges = ratelimit.Limit{Every: time.Minute, Burst: 3} })
	shown, c := o.Opened(t, 0, 3, 1)
	request := append([]byte{0, 0}, c.Bytes()...)
	first := o.post(t, "/v1/challenge", request)
	if again := o.post(t, "/v1/challenge", request); first[0] != 0 || !bytes.Equal(again, first) {
		t.Fatalf("%x, and then %x", first, again)
	}
	code := shown.Hash()
	if a := o.post(t, "/v1/contest", append([]byte{0, 0}, code[:]...)); !bytes.Equal(a, []byte{0}) {
		t.Errorf("contested: %x", a)
	}
	_, d := o.Opened(t, 0, 4, 1)
	if w := o.ask("POST", "/v1/challenge", append([]byte{0, 0}, d.Bytes()...), "Content-Type", octets); w.Code != http.StatusTooManyRequests || w.Header().Get("Retry-After") == "" {
		t.Errorf("a fourth one: %d", w.Code)
	}
	if a := o.post(t, "/v1/challenged", append([]byte{0, 0}, c.Name[:]...)); !bytes.Equal(a, append(append([]byte{0, 1}, code[:]...), c.Bytes()...)) {
		t.Errorf("looked up: %x", a)
	}
	o.cast(t, 0, 1)
	if err := o.urn.Close(ctx); err != nil {
		t.Fatal(err)
	}
	if w := o.ask("GET", "/v1/urn-1/challenges", nil); w.Code != 200 || !bytes.Equal(w.Body.Bytes(), append(code[:], c.Bytes()...)) || w.Header().Get("ETag") == "" {
		t.Errorf("%d, %d bytes", w.Code, w.Body.Len())
	}
	if w := o.ask("GET", "/v1/urn-2/challenges", nil); w.Code != 200 || w.Body.Len() != 0 {
		t.Errorf("of an urn without any: %d, %d bytes", w.Code, w.Body.Len())
	}
	o.now = o.now.Add(time.Hour)
	if a := o.post(t, "/v1/challenge", append([]byte{0, 0}, d.Bytes()...)); !bytes.Equal(a, urn.AppendAnswer{Err: urn.ErrClosed}.Bytes()) {
		t.Errorf("after the close: %x", a)
	}
}
