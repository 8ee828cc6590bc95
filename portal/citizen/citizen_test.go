package citizen_test

import (
	"bytes"
	"encoding/binary"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"isoloir/crypto/group"
	"isoloir/crypto/sigma"
	"isoloir/register/access"
	"isoloir/scrutin"
)

func (v *town) ask(method, path string, body []byte, headers ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, "http://comptes.example"+path, bytes.NewReader(body))
	r.Header.Set("Content-Type", "application/octet-stream")
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	v.handler.ServeHTTP(w, r)
	return w
}

// TestAccess asks every route by every method and from every origin: nothing is answered
// that should not be, no cookie is set, and passkeys are this origin's alone.
func TestAccess(t *testing.T) {
	v := newTown(t)
	v.files["1.csv"], v.files["1.note"], v.files["secret.txt"] = &fstest.MapFile{Data: []byte("list")}, &fstest.MapFile{Data: []byte("note")}, &fstest.MapFile{Data: []byte("secret")}
	hello := binary.LittleEndian.AppendUint64(nil, uint64(v.papers[0].Number))
	for _, c := range []struct {
		method, path string
		body         []byte
		origin       string
		want         int
	}{
		{"GET", "/", nil, "", 303}, {"GET", "/compte", nil, "", 303}, {"GET", "/fr/compte", nil, "", 200}, {"GET", "/en/compte?borne", nil, "", 200}, {"GET", "/de/compte", nil, "", 404},
		{"POST", "/fr/compte", nil, "", 415}, {"GET", "/fr/carte", nil, "", 200}, {"GET", "/en/aide", nil, "", 200}, {"GET", "/fr/consultations", nil, "", 200}, {"GET", "/consultations/pont", nil, "", 303},
		{"GET", "/fr/consultations/pont", nil, "", 200}, {"GET", "/fr/consultations/none", nil, "", 404}, {"GET", "/fr/consultations/..", nil, "", 307},
		{"GET", "/consultations/pont/" + picture.Digest.String(), nil, "", 200}, {"GET", "/consultations/pont/" + strings.Repeat("0", 64), nil, "", 404}, {"GET", "/consultations/pont/none", nil, "", 404},
		{"GET", "/client/account.js", nil, "", 200}, {"GET", "/client/none.js", nil, "", 404}, {"GET", "/client/..%2fcitizen.go", nil, "", 404}, {"GET", "/icon.svg", nil, "", 200}, {"GET", "/register.json", nil, "", 200},
		{"GET", "/published/1.csv", nil, "", 200}, {"GET", "/published/1.note", nil, "", 200}, {"GET", "/published/2.csv", nil, "", 404}, {"GET", "/published/secret.txt", nil, "", 404}, {"GET", "/published/..%2f1.csv", nil, "", 404},
		{"GET", "/v1/hello", nil, "", 405}, {"POST", "/v1/hello", hello, "", 200}, {"POST", "/v1/hello", hello, "http://comptes.example", 200}, {"POST", "/v1/hello", hello, voting, 200},
		{"POST", "/v1/hello", hello, "https://elsewhere.example", 403}, {"OPTIONS", "/v1/hello", nil, "https://elsewhere.example", 405}, {"POST", "/v1/hello", make([]byte, access.Largest+1), "", 413},
		{"POST", "/v1/open", make([]byte, access.Largest), "", 200}, {"POST", "/v1/none", hello, "", 415}, {"GET", "/v1/none", hello, "", 404},
		{"GET", "/api/v1/register", nil, "https://elsewhere.example", 200}, {"POST", "/api/v1/register", nil, "https://elsewhere.example", 405}, {"GET", "/api/v1/consultations/pont", nil, "", 200},
		{"GET", "/api/v1/accounts", nil, "", 404}, {"GET", "/connexion", nil, "", 404}, {"GET", "/oidc/authorize", nil, "", 404},
	} {
		w := v.ask(c.method, c.path, c.body, "Origin", c.origin)
		if c.origin == "" {
			w = v.ask(c.method, c.path, c.body)
		}
		if w.Code != c.want {
			t.Errorf("%s %s from %q: %d, not %d", c.method, c.path, c.origin, w.Code, c.want)
		}
		if h := w.Header(); h.Get("Set-Cookie") != "" || h.Get("Content-Security-Policy") == "" || !strings.Contains(h.Get("Permissions-Policy"), "publickey-credentials-get=(self)") {
			t.Errorf("%s %s: %v", c.method, c.path, h)
		}
	}
	if w := v.ask("POST", "/v1/hello", hello); w.Body.Len() != 57 || w.Body.Bytes()[0] != 0 || w.Header().Get("Cache-Control") != "no-store" {
		t.Errorf("a challenge of %d bytes, kept for %q", w.Body.Len(), w.Header().Get("Cache-Control"))
	}
	if w := v.ask("POST", "/v1/hello", []byte{1}); !bytes.Equal(w.Body.Bytes(), []byte{1}) {
		t.Errorf("bytes in another form: %v", w.Body.Bytes())
	}
	if w := v.ask("OPTIONS", "/v1/hello", nil, "Origin", voting, "Access-Control-Request-Method", "POST"); w.Code != http.StatusNoContent || w.Header().Get("Access-Control-Allow-Origin") != voting {
		t.Errorf("a voting page asks whether it may: %d %v", w.Code, w.Header())
	}
}

// TestKept: what is everybody's may be kept, under a tag by which it is asked for again;
// the account's own page may not.
func TestKept(t *testing.T) {
	v := newTown(t)
	v.files["1.csv"] = &fstest.MapFile{Data: []byte("list")}
	for path, cache := range map[string]string{"/fr/compte": "no-store", "/fr/carte": "no-store", "/fr/consultations": "public, max-age=60", "/en/consultations/pont": "public, max-age=60",
		"/published/1.csv": "no-cache", "/register.json": "no-cache", "/client/account.js": "no-cache", "/consultations/pont/" + picture.Digest.String(): "public, max-age=31536000, immutable"} {
		w := v.ask("GET", path, nil)
		tag := w.Header().Get("ETag")
		if got := w.Header().Get("Cache-Control"); got != cache || (tag == "") != (cache == "no-store") {
			t.Errorf("%s: %q, tag %q", path, got, tag)
		}
		if again := v.ask("GET", path, nil, "If-None-Match", tag); tag != "" && again.Code != http.StatusNotModified {
			t.Errorf("%s asked for again: %d", path, again.Code)
		}
		if strings.HasPrefix(path, "/fr/cons") && w.Body.String() != v.ask("GET", path, nil, "User-Agent", "another").Body.String() {
			t.Errorf("%s is not the same for everybody", path)
		}
	}
}

// TestRate: a network that asks without end is told to wait, by the byte of the refusal.
func TestRate(t *testing.T) {
	v := newTown(t)
	hello := binary.LittleEndian.AppendUint64(nil, uint64(v.papers[0].Number))
	for range 2000 {
		w := v.ask("POST", "/v1/hello", hello)
		if w.Code == http.StatusTooManyRequests {
			if w.Header().Get("Retry-After") == "" || !bytes.Equal(w.Body.Bytes(), []byte{access.RefusalNumber(access.ErrWait)}) {
				t.Errorf("%v %v", w.Header(), w.Body.Bytes())
			}
			return
		}
	}
	t.Error("2000 at once were answered")
}

// TestDown: a store that does not answer is said as busy, and to the operator, without a number.
func TestDown(t *testing.T) {
	v := newTown(t)
	n := v.papers[0].Number
	l := access.FromScratch(v.Register.Codes, v.Rho, n, v.papers[0].Scratch).Login
	c := v.access.Hello(n)
	proof, err := access.LoginClaim(v.Rho, n, sigma.NewElement(group.MulBase(l)), c).Prove(l)
	if err != nil {
		t.Fatal(err)
	}
	v.store.Shut()
	w := v.ask("POST", "/v1/open", access.OpenRequest{Number: n, Kind: access.Scratch, Challenge: c, Login: proof}.Bytes())
	if text, _ := n.MarshalText(); !bytes.Equal(w.Body.Bytes(), []byte{access.RefusalNumber(access.ErrBusy)}) || len(v.failed) != 1 || strings.Contains(v.failed[0], string(text)) {
		t.Errorf("%v %q", w.Body.Bytes(), v.failed)
	}
}

// FuzzMessages sends anything by any name: the answer is a refusal, or a challenge.
func FuzzMessages(f *testing.F) {
	s := access.NewService(scrutin.Digest{}, nil, nil, time.Now)
	f.Add(byte(0), make([]byte, 8))
	f.Add(byte(4), make([]byte, 97))
	f.Fuzz(func(t *testing.T, at byte, body []byte) {
		name := access.Messages[int(at)%len(access.Messages)]
		said, failed := s.Serve(t.Context(), name, [16]byte{}, body)
		if failed != nil || len(said) == 0 || said[0] == 0 && name != "hello" && name != "leave" {
			t.Fatalf("%s: %v %v", name, said, failed)
		}
	})
}
