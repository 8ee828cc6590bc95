package server_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"

	"isoloir/server"
	"isoloir/server/config"
)

// certificate writes one for 127.0.0.1, with its key.
func certificate(t *testing.T) config.TLS {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	of := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}}
	der, err := x509.CreateCertificate(rand.Reader, of, of, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	files := config.TLS{Certificate: filepath.Join(dir, "crt"), Key: filepath.Join(dir, "pem")}
	for path, block := range map[string]*pem.Block{files.Certificate: {Type: "CERTIFICATE", Bytes: der}, files.Key: {Type: "PRIVATE KEY", Bytes: secret}} {
		if err := os.WriteFile(path, pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return files
}

// A role with a certificate speaks TLS 1.3 and nothing older; before it is open it says that it is starting. (S004-19b)
func TestTLS(t *testing.T) {
	files := certificate(t)
	l, err := server.Listen(config.Place{Listen: "127.0.0.1:0", TLS: &files}, "https://vote.example", nil)
	if err != nil {
		t.Fatal(err)
	}
	address := "https://" + l.Addr().String() + "/"
	door := server.NewDoor(l)
	defer door.Close()
	client := func(c *tls.Config) *http.Client {
		roots := x509.NewCertPool()
		pem, err := os.ReadFile(files.Certificate)
		if err != nil || !roots.AppendCertsFromPEM(pem) {
			t.Fatal(err)
		}
		c.RootCAs = roots
		return &http.Client{Transport: &http.Transport{TLSClientConfig: c, ForceAttemptHTTP2: true}}
	}
	if a, err := client(&tls.Config{MaxVersion: tls.VersionTLS12}).Get(address); err == nil {
		a.Body.Close()
		t.Error("TLS 1.2 was spoken")
	}
	if a, err := http.Get("http" + address[5:]); err == nil {
		a.Body.Close()
		if a.StatusCode != http.StatusBadRequest {
			t.Errorf("in the clear: %d", a.StatusCode)
		}
	}
	modern := client(&tls.Config{})
	get := func() (int, int) {
		a, err := modern.Get(address)
		if err != nil {
			t.Fatal(err)
		}
		a.Body.Close()
		return a.StatusCode, a.ProtoMajor
	}
	if status, _ := get(); status != http.StatusServiceUnavailable {
		t.Errorf("before it is open: %d", status)
	}
	door.Open(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) }))
	if status, version := get(); status != http.StatusNoContent || version != 2 {
		t.Errorf("open: %d, HTTP/%d", status, version)
	}

	if err := os.Chmod(files.Key, 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := server.Listen(config.Place{Listen: "127.0.0.1:0", TLS: &files}, "https://vote.example", nil); !errors.Is(err, server.ErrExposed) {
		t.Errorf("a key that others can read: %v", err)
	}
	if _, err := server.Listen(config.Place{Listen: l.Addr().String()}, "https://vote.example", nil); !errors.Is(err, server.ErrListen) {
		t.Errorf("an address that is taken: %v", err)
	}
	for _, address := range []string{":0", "0.0.0.0:0", "[::]:0", "192.0.2.1:8080", "vote.example:80"} {
		if _, err := server.Listen(config.Place{Listen: address}, "https://vote.example", nil); !errors.Is(err, server.ErrClear) {
			t.Errorf("%s without a certificate: %v", address, err)
		}
	}
}
