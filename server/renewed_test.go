package server

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"math/big"
	"os"
	"path/filepath"
	"testing"
	"time"

	"isoloir/server/config"
)

// pair writes a certificate and its key, in PEM.
func pair(t *testing.T, files config.TLS) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := x509.MarshalPKCS8PrivateKey(key)
	if err := errors.Join(err, os.WriteFile(files.Certificate, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o644),
		os.WriteFile(files.Key, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: raw}), 0o600)); err != nil {
		t.Fatal(err)
	}
}

// A renewed certificate that is broken is read once, and said once, however many connect; the one before is used until there is a good one.
func TestBrokenRenewal(t *testing.T) {
	files := config.TLS{Certificate: filepath.Join(t.TempDir(), "certificate"), Key: filepath.Join(t.TempDir(), "key")}
	pair(t, files)
	var told []error
	c := &certificate{files: files, renewed: func(_ time.Time, err error) { told = append(told, err) }}
	if err := c.load(); err != nil {
		t.Fatal(err)
	}
	show := func() *tls.Certificate {
		t.Helper()
		shown, err := c.get(nil)
		for range 5 {
			again, failed := c.get(nil)
			if err = errors.Join(err, failed); again != shown {
				t.Error("another certificate")
			}
		}
		if err != nil {
			t.Fatal(err)
		}
		return shown
	}
	first := show()
	if err := os.WriteFile(files.Certificate, []byte("no certificate"), 0o644); err != nil {
		t.Fatal(err)
	}
	if show() != first || len(told) != 1 || !errors.Is(told[0], ErrSecret) {
		t.Errorf("told %v", told)
	}
	pair(t, files)
	if err := os.Chmod(files.Key, 0o644); err != nil {
		t.Fatal(err)
	}
	if show() != first || len(told) != 2 || !errors.Is(told[1], ErrExposed) {
		t.Errorf("told %v", told)
	}
	if err := os.Chmod(files.Key, 0o600); err != nil {
		t.Fatal(err)
	}
	if show() == first || len(told) != 3 || told[2] != nil {
		t.Errorf("told %v", told)
	}
}
