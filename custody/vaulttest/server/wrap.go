package main

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"os"

	"github.com/google/tink/go/kwp/subtle"
)

// wrap reads a key and the Vault's wrapping key, and prints what transit's import takes: an AES key under RSA-OAEP, and under that AES key the
// key itself (RFC 5649).
func wrap() error {
	var given struct {
		Wrapping string
		PKCS8    []byte
	}
	if err := json.NewDecoder(os.Stdin).Decode(&given); err != nil {
		return err
	}
	block, _ := pem.Decode([]byte(given.Wrapping))
	if block == nil {
		return errors.New("no wrapping key in PEM")
	}
	public, err := x509.ParsePKIXPublicKey(block.Bytes)
	if err != nil {
		return err
	}
	to, ok := public.(*rsa.PublicKey)
	if !ok {
		return errors.New("the wrapping key is not RSA")
	}
	ephemeral := make([]byte, 32)
	rand.Read(ephemeral)
	first, err := rsa.EncryptOAEP(sha256.New(), rand.Reader, to, ephemeral, nil)
	if err != nil {
		return err
	}
	box, err := subtle.NewKWP(ephemeral)
	if err != nil {
		return err
	}
	second, err := box.Wrap(given.PKCS8)
	if err != nil {
		return err
	}
	_, err = fmt.Println(base64.StdEncoding.EncodeToString(append(first, second...)))
	return err
}
