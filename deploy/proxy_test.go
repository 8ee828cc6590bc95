package deploy

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"io"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

// origins are those of the proxy's file.
var origins = map[string]string{"portal": "vote.example", "roll": "liste.vote.example", "urn": "urne.vote.example", "issuer-a": "a.emetteur.example", "issuer-b": "b.emetteur.example", "bureau": "bureau.vote.example"}

// The proxy itself, between invented roles and clients of several addresses: everybody reaches the role that he names, and /link/ who is named for it,
// however it is written. What a client says of where he comes from is not passed on.
func TestProxyAtWork(t *testing.T) {
	program, err := exec.LookPath("haproxy")
	if err != nil {
		if program, err = exec.LookPath("/usr/sbin/haproxy"); err != nil {
			t.Fatal("this test needs HAProxy, and it is not installed: on Debian, apt-get install haproxy")
		}
	}
	dir := t.TempDir()
	pair, trusted := certificate(t, dir)
	text := file(t, "proxy/haproxy.cfg")
	for role := range origins {
		s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
			fmt.Fprint(w, role, " ", q.URL.Path, " ", q.Header.Get("X-Forwarded-For"))
		}))
		s.TLS = &tls.Config{Certificates: []tls.Certificate{pair}}
		s.StartTLS()
		t.Cleanup(s.Close)
		text = regexp.MustCompile(`(server `+role+`(?:-[12])?) \S+ port \d+ `).ReplaceAllString(text, "$1 "+s.Listener.Addr().String()+" no-check ")
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	at := l.Addr().String()
	l.Close()
	for from, to := range map[string]string{"bind :443": "bind " + at, "maxconn 20000": "maxconn 100", "/etc/haproxy/isoloir-authority.pem": filepath.Join(dir, "authority.pem"), "/etc/haproxy/certificates/": filepath.Join(dir, "certificates")} {
		if !strings.Contains(text, from) {
			t.Fatalf("no %q", from)
		}
		text = strings.ReplaceAll(text, from, to)
	}
	// The machines that are named are addresses of this one.
	text = regexp.MustCompile(`src [^}]+`).ReplaceAllStringFunc(text, func(s string) string { return strings.ReplaceAll(s, "10.", "127.") })
	config := filepath.Join(dir, "haproxy.cfg")
	if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	log, err := os.Create(filepath.Join(dir, "log"))
	if err != nil {
		t.Fatal(err)
	}
	proxy := exec.Command(program, "-db", "-f", config)
	proxy.Stdout, proxy.Stderr = log, log
	if err := proxy.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = proxy.Process.Kill()
		_ = proxy.Wait()
		if said, err := os.ReadFile(log.Name()); t.Failed() && err == nil {
			t.Logf("the proxy says:\n%s", said)
		}
		log.Close()
	})
	for end := time.Now().Add(20 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		if c, err := net.Dial("tcp", at); err == nil {
			c.Close()
			break
		}
		if time.Now().After(end) {
			t.Fatal("the proxy does not listen")
		}
	}
	const voter, roll, urn, issuerA, issuerB, bureau = "127.0.99.1", "127.0.7.11", "127.0.8.11", "127.0.5.11", "127.0.5.12", "127.0.4.11"
	for role := range origins {
		if status, answer := through(t, at, trusted, voter, role, "/v1/anything"); status != http.StatusOK || answer != role+" /v1/anything "+voter {
			t.Errorf("%s: a voter is answered %d, %s", role, status, answer)
		}
		for _, path := range []string{"/link/v1/fate", "/%6cink/v1/fate", "/%6C%69%6E%6B/v1/fate", "/link%2fv1/fate", "//link/v1/fate", "/./link/v1/fate", "/v1/../link/v1/fate", "/v1/%2e%2e/link/v1/fate", "/link/v1/fate?x=/y"} {
			if status, answer := through(t, at, trusted, voter, role, path); status != http.StatusNotFound || answer != "" {
				t.Errorf("%s: a voter's %s is answered %d, %s", role, path, status, answer)
			}
		}
		for _, from := range []string{roll, urn, issuerA, issuerB, bureau} {
			named := (from == roll && role != "roll" || from == bureau) && role != "portal" && role != "bureau" || role == "roll" && (from == issuerA || from == issuerB)
			status, answer := through(t, at, trusted, from, role, "/link/v1/x")
			if named != (status == http.StatusOK) || named && answer != role+" /link/v1/x "+from {
				t.Errorf("%s: the link of %s is answered %d, %s", role, from, status, answer)
			}
		}
	}
}

// through asks a role by the proxy, from an address of this machine, and gives what the role answers.
func through(t *testing.T, at string, trusted *x509.CertPool, from, role, path string) (int, string) {
	t.Helper()
	d := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(from)}, Timeout: 10 * time.Second}
	client := &http.Client{Timeout: 20 * time.Second, Transport: &http.Transport{DisableKeepAlives: true, TLSClientConfig: &tls.Config{RootCAs: trusted},
		DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) { return d.DialContext(ctx, network, at) }}}
	q, err := http.NewRequest(http.MethodPost, "https://"+origins[role]+path, strings.NewReader("x"))
	if err != nil {
		t.Fatal(err)
	}
	q.Header.Set("X-Forwarded-For", "203.0.113.7")
	a, err := client.Do(q)
	if err != nil {
		t.Fatalf("%s%s: %v", role, path, err)
	}
	defer a.Body.Close()
	text, err := io.ReadAll(a.Body)
	if err != nil {
		t.Fatal(err)
	}
	if a.StatusCode != http.StatusOK {
		return a.StatusCode, "" // the proxy's own words
	}
	return a.StatusCode, string(text)
}

// certificate makes an authority, and one certificate of all origins, in the files that the proxy reads.
func certificate(t *testing.T, dir string) (pair tls.Certificate, trusted *x509.CertPool) {
	t.Helper()
	make := func(c, by *x509.Certificate, signer *ecdsa.PrivateKey) (der []byte, key *ecdsa.PrivateKey) {
		key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		c.NotBefore, c.NotAfter = time.Now().Add(-time.Hour), time.Now().Add(time.Hour)
		if signer == nil {
			by, signer = c, key
		}
		if der, err = x509.CreateCertificate(rand.Reader, c, by, &key.PublicKey, signer); err != nil {
			t.Fatal(err)
		}
		return der, key
	}
	root := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "authority"}, IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign}
	rootDER, rootKey := make(root, nil, nil)
	leaf := &x509.Certificate{SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: "vote.example"}, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}}
	for _, name := range origins {
		leaf.DNSNames = append(leaf.DNSNames, name)
	}
	der, key := make(leaf, root, rootKey)
	keyDER, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	rootPEM := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: rootDER})
	certPEM, keyPEM := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: keyDER})
	if err := os.Mkdir(filepath.Join(dir, "certificates"), 0o700); err != nil {
		t.Fatal(err)
	}
	for name, data := range map[string][]byte{"authority.pem": rootPEM, "certificates/all.pem": append(certPEM, keyPEM...)} {
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if pair, err = tls.X509KeyPair(certPEM, keyPEM); err != nil {
		t.Fatal(err)
	}
	trusted = x509.NewCertPool()
	trusted.AppendCertsFromPEM(rootPEM)
	return pair, trusted
}
