package sms_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"isoloir/courier"
	"isoloir/courier/sms"
)

var (
	key    = bytes.Repeat([]byte{7}, sms.KeySize)
	sample = courier.Message{Name: "0123456789abcdef0123456789abcdef", Kind: courier.Codes, Channel: courier.SMS, To: "+33612345678", Body: "Votre mot de passe : ABCD-EFGH-JKLM"}
)

func gateway(t testing.TB, answer http.HandlerFunc) *sms.Gateway {
	t.Helper()
	server := httptest.NewTLSServer(answer)
	t.Cleanup(server.Close)
	g, err := sms.New(sms.Config{URL: server.URL + "/messages", Key: key, Sender: "VOTE", Client: server.Client()})
	if err != nil {
		t.Fatal(err)
	}
	return g
}

func TestCarry(t *testing.T) {
	var asked []string
	g := gateway(t, func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil || r.Method != "POST" || r.URL.Path != "/messages" || r.Header.Get("Content-Type") != "application/json" {
			t.Errorf("%s %s, %v", r.Method, r.URL, err)
		}
		if r.Header.Get(sms.SignatureHeader) != sms.Sign(key, body) || r.Header.Get("Idempotency-Key") != sample.Name {
			t.Errorf("headers %v", r.Header)
		}
		asked = append(asked, string(body))
		w.WriteHeader(http.StatusAccepted)
	})
	for range 2 {
		if err := g.Carry(t.Context(), sample); err != nil {
			t.Fatal(err)
		}
	}
	var got map[string]string
	if err := json.Unmarshal([]byte(asked[0]), &got); err != nil || got["id"] != sample.Name || got["to"] != sample.To || got["from"] != "VOTE" || got["text"] != sample.Body {
		t.Errorf("%s: %v", asked[0], err)
	}
	if asked[0] != asked[1] {
		t.Error("the same message has two forms")
	}
}

func TestRefusals(t *testing.T) {
	for status, refused := range map[int]bool{422: true, 400: false, 401: false, 403: false, 404: false, 409: false, 429: false, 500: false, 503: false, 302: false} {
		g := gateway(t, func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Location", "https://elsewhere.example/")
			w.WriteHeader(status)
			io.WriteString(w, sample.To)
		})
		err := g.Carry(t.Context(), sample)
		if status == 302 {
			// The client of the test follows; what it reaches is no gateway.
			if err == nil {
				t.Error("a redirection is accepted")
			}
			continue
		}
		if err == nil || errors.Is(err, courier.ErrRefused) != refused {
			t.Errorf("HTTP %d: %v", status, err)
		}
		if err != nil && (strings.Contains(err.Error(), sample.To) || strings.Contains(err.Error(), "ABCD")) {
			t.Errorf("HTTP %d: the error says too much: %v", status, err)
		}
	}
}

func TestConfig(t *testing.T) {
	for _, c := range []sms.Config{
		{URL: "http://gateway.example/", Key: key}, {URL: "gateway.example", Key: key}, {URL: "https://gateway.example", Key: key[:31]}, {URL: "ftp://127.0.0.1", Key: key},
	} {
		if _, err := sms.New(c); !errors.Is(err, sms.ErrConfig) {
			t.Errorf("%s: %v", c.URL, err)
		}
	}
	for _, u := range []string{"https://gateway.example/x", "http://127.0.0.1:8080/"} {
		if _, err := sms.New(sms.Config{URL: u, Key: key}); err != nil {
			t.Errorf("%s: %v", u, err)
		}
	}
}

func TestCallback(t *testing.T) {
	for body, want := range map[string]courier.State{
		`{"id":"0123456789abcdef0123456789abcdef","status":"delivered"}`: courier.Delivered,
		`{"id":"0123456789abcdef0123456789abcdef","status":"failed"}`:    courier.Bounced,
	} {
		c, err := sms.OpenCallback(key, []byte(body), sms.Sign(key, []byte(body)))
		if err != nil || c.Name != sample.Name || c.State != want {
			t.Errorf("%s: %+v, %v", body, c, err)
		}
		for _, signature := range []string{"", "sha256=", sms.Sign(bytes.Repeat([]byte{8}, 32), []byte(body)), sms.Sign(key, []byte(body+" "))} {
			if _, err := sms.OpenCallback(key, []byte(body), signature); !errors.Is(err, sms.ErrSignature) {
				t.Errorf("signature %q: %v", signature, err)
			}
		}
	}
	for _, body := range []string{"", "{}", `{"id":"0123456789ABCDEF0123456789abcdef","status":"delivered"}`, `{"id":"0123456789abcdef0123456789abcdef","status":"read"}`,
		`{"id":"0123456789abcdef0123456789abcdef","status":"delivered"} `, `{"id":"0123456789abcdef0123456789abcdef","status":"delivered","to":"+336"}`} {
		if _, err := sms.OpenCallback(key, []byte(body), sms.Sign(key, []byte(body))); !errors.Is(err, sms.ErrFormat) {
			t.Errorf("%s: %v", body, err)
		}
	}
}

// Only the two callbacks of a name are read, whoever signs.
func FuzzCallback(f *testing.F) {
	f.Add(`{"id":"0123456789abcdef0123456789abcdef","status":"delivered"}`)
	f.Fuzz(func(t *testing.T, body string) {
		c, err := sms.OpenCallback(key, []byte(body), sms.Sign(key, []byte(body)))
		if err != nil {
			return
		}
		status := map[courier.State]string{courier.Delivered: "delivered", courier.Bounced: "failed"}[c.State]
		if body != `{"id":"`+c.Name+`","status":"`+status+`"}` {
			t.Errorf("%q is read as %+v", body, c)
		}
	})
}
