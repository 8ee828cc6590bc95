package server_test

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"io"

	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/letsencrypt/challtestsrv"
	"github.com/letsencrypt/pebble/v2/ca"
	"github.com/letsencrypt/pebble/v2/db"
	"github.com/letsencrypt/pebble/v2/va"
	"github.com/letsencrypt/pebble/v2/wfe"

	"isoloir/server"
	"isoloir/server/config"
)

// shake accepts whoever connects, and ends with the test.
func shake(t *testing.T, l net.Listener) {
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer c.Close()
				_ = c.(*tls.Conn).Handshake() // who connects says what became of it
			}()
		}
	}()
}

// shown is the certificate that a listener shows for a host.
func shown(t *testing.T, l net.Listener, c *tls.Config) *x509.Certificate {
	t.Helper()
	d := &tls.Dialer{NetDialer: &net.Dialer{Timeout: 20 * time.Second}, Config: c}
	conn, err := d.DialContext(t.Context(), "tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	return conn.(*tls.Conn).ConnectionState().PeerCertificates[0]
}

// A certificate that is renewed in its files is the one that is shown from then on. While certificate and key do not fit together, or the key
// is open to others, it is the one before.
func TestRenewed(t *testing.T) {
	files, next := certificate(t), certificate(t)
	l, err := server.Listen(config.Place{Listen: "127.0.0.1:0", TLS: &files}, "https://vote.example", nil)
	if err != nil {
		t.Fatal(err)
	}
	shake(t, l)
	anyone := &tls.Config{InsecureSkipVerify: true} // which one it is, is compared below
	first := shown(t, l, anyone)
	later := time.Now()
	replace := func(path, by string, mode os.FileMode) {
		t.Helper()
		data, err := os.ReadFile(by)
		later = later.Add(time.Second)
		if err := errors.Join(err, os.WriteFile(path, data, 0o600), os.Chmod(path, mode), os.Chtimes(path, later, later)); err != nil {
			t.Fatal(err)
		}
	}
	replace(files.Certificate, next.Certificate, 0o644)
	if !shown(t, l, anyone).Equal(first) {
		t.Error("a certificate without its key is shown")
	}
	replace(files.Key, next.Key, 0o640)
	if !shown(t, l, anyone).Equal(first) {
		t.Error("a certificate is shown whose key others can read")
	}
	replace(files.Key, next.Key, 0o600)
	if shown(t, l, anyone).Equal(first) {
		t.Error("the former certificate is still shown")
	}
}

// TestACME has a real authority, Let's Encrypt's own for tests, give the certificate: it finds the host by the name of the origin, and asks
// the role itself (challenge tls-alpn-01) before it does.
func TestACME(t *testing.T) {
	t.Setenv("PEBBLE_VA_NOSLEEP", "1")
	t.Setenv("PEBBLE_WFE_NONCEREJECT", "0")
	quiet := log.New(io.Discard, "", 0)
	const host = "vote.example"

	resolver := free(t)
	names, err := challtestsrv.New(challtestsrv.Config{Log: quiet, DNSOneAddrs: []string{resolver}})
	if err != nil {
		t.Fatal(err)
	}
	names.SetDefaultDNSIPv4("")
	names.SetDefaultDNSIPv6("")
	names.AddDNSARecord(host, []string{"127.0.0.1"})
	go names.Run()
	defer names.Shutdown()

	authority := &config.ACME{Email: "tls@vote.example", Cache: t.TempDir()}
	l, err := listenACME(t, host, authority, quiet, resolver)
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AddCert(l.root)
	if c := shown(t, l, &tls.Config{ServerName: host, RootCAs: roots}); c.VerifyHostname(host) != nil {
		t.Errorf("the certificate is for %v", c.DNSNames)
	}
	d := &tls.Dialer{Config: &tls.Config{ServerName: host, RootCAs: roots, MaxVersion: tls.VersionTLS12}}
	if c, err := d.Dial("tcp", l.Addr().String()); err == nil {
		c.Close()
		t.Error("TLS 1.2 was spoken")
	}
	d.Config = &tls.Config{ServerName: "other.example", RootCAs: roots}
	if c, err := d.Dial("tcp", l.Addr().String()); err == nil {
		c.Close()
		t.Error("a certificate was had for another host")
	}
}

// A certified listener is one whose certificates an authority gives.
type certified struct {
	net.Listener
	root *x509.Certificate
}

func listenACME(t *testing.T, host string, authority *config.ACME, quiet *log.Logger, resolver string) (*certified, error) {
	var front wfe.WebFrontEndImpl
	directory := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { front.Handler().ServeHTTP(w, r) }))
	t.Cleanup(directory.Close)
	authority.Directory, authority.Trust = directory.URL+wfe.DirectoryPath, filepath.Join(t.TempDir(), "trust")
	if err := os.WriteFile(authority.Trust, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: directory.Certificate().Raw}), 0o644); err != nil {
		return nil, err
	}
	l, err := server.Listen(config.Place{Listen: "127.0.0.1:0"}, "https://"+host, authority)
	if err != nil {
		return nil, err
	}
	shake(t, l)
	store := db.NewMemoryStore()
	issuer := ca.New(quiet, store, "", 0, 1, map[string]ca.Profile{"default": {Description: "for tests", ValidityPeriod: 3600}})
	port := l.Addr().(*net.TCPAddr).Port
	front = wfe.New(quiet, store, va.New(quiet, port, port, false, resolver, store), issuer, false, false, 1, 1)
	return &certified{l, issuer.GetRootCert(0).Cert}, nil
}

// free is an address of this machine at which nobody listens.
func free(t *testing.T) string {
	t.Helper()
	c, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	return c.LocalAddr().String()
}
