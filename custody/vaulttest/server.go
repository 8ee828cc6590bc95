// Package vaulttest runs a real Vault for tests, on an address of this machine: initialised and unsealed, with its engines transit, kv and
// AppRole. Between it and those who ask stands a proxy that can be slow, refuse or cut. The server is built once, from a module of its own, so
// that nothing of it is linked into what is shipped (TestBuild); where it is not there, tests that need it are skipped, and say so.
package vaulttest

import (
	"bytes"
	"crypto/ed25519"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"isoloir/scrutin/note"
)

// A Server is a Vault that a test started.
type Server struct {
	*Proxy
	Root string // its root token: for those who set it up, never for a role

	binary, dir, listen, unseal string
	process                     *exec.Cmd
}

// Start starts a Vault, which ends with the test.
func Start(t testing.TB) *Server {
	t.Helper()
	binary, err := Binary()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(binary); err != nil {
		t.Skip("NOT TRIED AGAINST A VAULT: the server of the tests is not built; .ci/needs (make test) builds it, in minutes the first time")
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &Server{binary: binary, dir: t.TempDir(), listen: l.Addr().String()}
	l.Close()
	s.Proxy = newProxy(t, "http://"+s.listen)
	s.start(t)
	t.Cleanup(s.kill)
	var made struct {
		Keys  []string `json:"keys"`
		Token string   `json:"root_token"`
	}
	s.Do(t, "", http.MethodPut, "sys/init", map[string]any{"secret_shares": 1, "secret_threshold": 1}, &made)
	s.unseal, s.Root = made.Keys[0], made.Token
	s.Unseal(t)
	return s
}

func (s *Server) start(t testing.TB) {
	t.Helper()
	s.process = exec.Command(s.binary, "-dir", s.dir, "-listen", s.listen)
	s.process.Stderr = os.Stderr
	s.process.SysProcAttr = endsWithParent()
	if err := s.process.Start(); err != nil {
		t.Fatal(err)
	}
	for end := time.Now().Add(30 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		if a, err := http.Get("http://" + s.listen + "/v1/sys/seal-status"); err == nil {
			a.Body.Close()
			return
		}
		if time.Now().After(end) {
			t.Fatal("the Vault does not answer")
		}
	}
}

func (s *Server) kill() {
	if s.process != nil {
		_ = s.process.Process.Kill()
		_ = s.process.Wait()
		s.process = nil
	}
}

// Stop kills the server; its storage stays.
func (s *Server) Stop() { s.kill() }

// Run starts it again, and unseals it.
func (s *Server) Run(t testing.TB) {
	t.Helper()
	s.start(t)
	s.Unseal(t)
}

// Seal seals it.
func (s *Server) Seal(t testing.TB) {
	t.Helper()
	s.Do(t, s.Root, http.MethodPut, "sys/seal", nil, nil)
}

// Unseal unseals it, and returns when it answers.
func (s *Server) Unseal(t testing.TB) {
	t.Helper()
	s.Do(t, "", http.MethodPut, "sys/unseal", map[string]any{"key": s.unseal}, nil)
	for end := time.Now().Add(30 * time.Second); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		a, err := http.Get("http://" + s.listen + "/v1/sys/health")
		if err != nil {
			continue
		}
		a.Body.Close()
		if a.StatusCode == http.StatusOK {
			return
		}
	}
	t.Fatal("the Vault is not unsealed")
}

// Do asks the server itself, without the proxy, under a token, and reads the answer into out unless it is nil. It fails the test if it is refused.
func (s *Server) Do(t testing.TB, token, method, path string, body, out any) {
	t.Helper()
	status, answer := s.Ask(t, token, method, path, body)
	if status >= 300 {
		t.Fatalf("%s %s: %d %s", method, path, status, answer)
	}
	if out != nil {
		if err := json.Unmarshal(answer, out); err != nil {
			t.Fatalf("%s %s: %v", method, path, err)
		}
	}
}

// Ask does the same, and returns what is answered.
func (s *Server) Ask(t testing.TB, token, method, path string, body any) (int, []byte) {
	t.Helper()
	data, err := json.Marshal(body)
	if err != nil {
		t.Fatal(err)
	}
	q, err := http.NewRequest(method, "http://"+s.listen+"/v1/"+path, bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	q.Header.Set("X-Vault-Token", token)
	a, err := http.DefaultClient.Do(q)
	if err != nil {
		t.Fatal(err)
	}
	defer a.Body.Close()
	answer, err := io.ReadAll(a.Body)
	if err != nil {
		t.Fatal(err)
	}
	return a.StatusCode, answer
}

// Import puts a key that was made elsewhere into a transit engine, which roles have no right to.
func (s *Server) Import(t testing.TB, mount, name string, key *note.PrivateKey) {
	t.Helper()
	raw, err := base64.StdEncoding.DecodeString(strings.SplitN(key.Encode(), "+", 5)[4]) // PRIVATE+KEY+NAME+HASH+KEY
	if err != nil {
		t.Fatal(err)
	}
	pkcs8, err := x509.MarshalPKCS8PrivateKey(ed25519.NewKeyFromSeed(raw[1:]))
	if err != nil {
		t.Fatal(err)
	}
	var wrapping struct {
		Data struct {
			Key string `json:"public_key"`
		}
	}
	s.Do(t, s.Root, http.MethodGet, mount+"/transit/wrapping_key", nil, &wrapping)
	given, err := json.Marshal(map[string]any{"wrapping": wrapping.Data.Key, "pkcs8": pkcs8})
	if err != nil {
		t.Fatal(err)
	}
	c := exec.Command(s.binary, "-wrap")
	c.Stdin, c.Stderr = bytes.NewReader(given), os.Stderr
	wrapped, err := c.Output()
	if err != nil {
		t.Fatal(err)
	}
	s.Do(t, s.Root, http.MethodPost, mount+"/transit/keys/"+name+"/import",
		map[string]any{"ciphertext": strings.TrimSpace(string(wrapped)), "type": "ed25519", "hash_function": "SHA256"}, nil)
}

// TLS serves the proxy over TLS too, and returns the address and a client that trusts it.
func (s *Server) TLS(t testing.TB) (string, *http.Client) {
	t.Helper()
	over := httptest.NewTLSServer(s.Proxy)
	t.Cleanup(over.Close)
	return over.URL, over.Client()
}

// String is for messages: it shows no token.
func (s *Server) String() string { return fmt.Sprintf("the Vault of the tests at %s", s.listen) }
