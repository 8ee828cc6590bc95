package sso

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"isoloir/custody"
	"isoloir/scrutin/canon"
)

// Algorithms of tokens' signatures (RFC 7518): every client knows the first.
const (
	RS256 = "RS256"
	ES256 = "ES256"
)

const (
	keysFile = "sign-on.json"
	// published is how many keys are: the one that signs, and those that have signed.
	published = 3
	rsaBits   = 2048
)

// A Key signs tokens.
type Key struct {
	ID        string
	Algorithm string
	Private   crypto.Signer
}

type keyFile struct {
	ID        string `json:"id"`
	Algorithm string `json:"algorithm"`
	Private   string `json:"private"` // PKCS #8, base64
}

// OpenKeys are the keys of a register's directory, of which the first signs.
func OpenKeys(dir string) ([]Key, error) {
	path := filepath.Join(dir, keysFile)
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if info.Mode().Perm()&0o077 != 0 {
		return nil, fmt.Errorf("%s: %w", path, custody.ErrExposed)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var files []keyFile
	if err := canon.Known(data, &files); err != nil || len(files) == 0 || len(files) > published {
		return nil, fmt.Errorf("%s: %w", path, custody.ErrSecret)
	}
	var all []Key
	for _, f := range files {
		k, err := f.key()
		if err != nil {
			return nil, fmt.Errorf("%s: %w", path, custody.ErrSecret)
		}
		all = append(all, k)
	}
	return all, nil
}

func (f keyFile) key() (Key, error) {
	der, err := base64.StdEncoding.DecodeString(f.Private)
	if err != nil {
		return Key{}, err
	}
	private, err := x509.ParsePKCS8PrivateKey(der)
	if err != nil {
		return Key{}, err
	}
	k := Key{ID: f.ID, Algorithm: f.Algorithm}
	switch p := private.(type) {
	case *rsa.PrivateKey:
		k.Private = p
		if f.Algorithm != RS256 || p.N.BitLen() < rsaBits {
			return Key{}, errors.New("not for this algorithm")
		}
	case *ecdsa.PrivateKey:
		k.Private = p
		if f.Algorithm != ES256 || p.Curve != elliptic.P256() {
			return Key{}, errors.New("not for this algorithm")
		}
	default:
		return Key{}, errors.New("no key of a token")
	}
	return k, nil
}

// Rotate draws a key that signs from the next start on; those before stay published until two more have followed. It is the first one where there
// are none.
func Rotate(dir, algorithm string) (id string, err error) {
	var private crypto.Signer
	switch algorithm {
	case RS256:
		private, err = rsa.GenerateKey(rand.Reader, rsaBits)
	case ES256:
		private, err = ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	default:
		return "", fmt.Errorf("%w: the algorithm is %s or %s", ErrInvalid, RS256, ES256)
	}
	if err != nil {
		return "", err
	}
	der, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		return "", err
	}
	var name [8]byte
	rand.Read(name[:])
	id = hex.EncodeToString(name[:])
	path := filepath.Join(dir, keysFile)
	return id, alone(path, func() ([]byte, error) {
		var before []keyFile
		switch data, err := os.ReadFile(path); {
		case errors.Is(err, fs.ErrNotExist):
		case err != nil:
			return nil, err
		default:
			if err := canon.Known(data, &before); err != nil {
				return nil, fmt.Errorf("%s: %w", path, custody.ErrSecret)
			}
		}
		files := append([]keyFile{{id, algorithm, base64.StdEncoding.EncodeToString(der)}}, before...)
		return json.MarshalIndent(files[:min(len(files), published)], "", "  ")
	})
}
