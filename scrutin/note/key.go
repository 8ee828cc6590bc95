// Package note is the signed note: a text and the Ed25519 signatures of the
// parties who stand for it, in the format of C2SP signed-note as read and written
// by golang.org/x/mod/sumdb/note. With it come the two texts that witnesses sign:
// the checkpoint of a log (C2SP tlog-checkpoint) and the cosignature of a
// checkpoint (C2SP cosignature/v1).
//
// The name of a key is the identifier of its party in the manifest. Reading is
// strict: Open refuses a note with a doubled signature line, a signature by a key
// that it was not given, a signature in another than its one base64 form, or
// anything after the last signature line.
package note

import (
	"crypto/ed25519"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"regexp"
	"strings"

	sumdb "golang.org/x/mod/sumdb/note"
)

// Algorithms of a verifier key.
const (
	Ed25519   byte = 0x01 // a plain signature of the text
	Cosigning byte = 0x04 // a dated cosignature/v1 of a checkpoint
)

var namePattern = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,39}$`)

// ValidName says whether s can name a party, an urn, a question, an option or a
// clause: a letter or digit, then at most 39 letters, digits, dots, underscores
// or hyphens, all ASCII.
func ValidName(s string) bool { return namePattern.MatchString(s) }

// A Verifier is a public key under a name. The zero value verifies nothing.
type Verifier struct {
	name string
	alg  byte
	pub  [ed25519.PublicKeySize]byte
}

// ParseVerifier reads a verifier key, NAME+HASH+BASE64 as sumdb/note prints it
// (for Cosigning, as C2SP tlog-cosignature does), in its one canonical form.
func ParseVerifier(s string) (Verifier, error) {
	parts := strings.SplitN(s, "+", 3)
	if len(parts) != 3 {
		return Verifier{}, fmt.Errorf("%q is not a verifier key: copy the whole line NAME+HASH+KEY that the holder's tool printed", s)
	}
	raw, err := base64.StdEncoding.Strict().DecodeString(parts[2])
	if err != nil || len(raw) != 1+ed25519.PublicKeySize || !ValidName(parts[0]) {
		return Verifier{}, fmt.Errorf("%q is not a verifier key: copy the whole line NAME+HASH+KEY that the holder's tool printed", s)
	}
	v := Verifier{name: parts[0], alg: raw[0], pub: [ed25519.PublicKeySize]byte(raw[1:])}
	if v.alg != Ed25519 && v.alg != Cosigning {
		return Verifier{}, fmt.Errorf("the verifier key of %s is of the unknown kind %d: only Ed25519 keys are accepted", v.name, v.alg)
	}
	if v.String() != s {
		return Verifier{}, fmt.Errorf("the verifier key of %s does not match its check digits: copy it again", v.name)
	}
	return v, nil
}

// NewVerifier returns a public key under a name, for Ed25519 or Cosigning.
func NewVerifier(name string, algorithm byte, key [ed25519.PublicKeySize]byte) (Verifier, error) {
	if !ValidName(name) || algorithm != Ed25519 && algorithm != Cosigning {
		return Verifier{}, fmt.Errorf("%q with kind %d is no verifier key", name, algorithm)
	}
	return Verifier{name, algorithm, key}, nil
}

// Name is the party's identifier.
func (v Verifier) Name() string { return v.name }

// Algorithm is Ed25519 or Cosigning.
func (v Verifier) Algorithm() byte { return v.alg }

// PublicKey is the 32-byte Ed25519 key.
func (v Verifier) PublicKey() [ed25519.PublicKeySize]byte { return v.pub }

// Plain is the same key for plain signatures.
func (v Verifier) Plain() Verifier { v.alg = Ed25519; return v }

// Cosigner is the same key for cosignatures of checkpoints.
func (v Verifier) Cosigner() Verifier { v.alg = Cosigning; return v }

// KeyHash is the key hash of C2SP signed-note: the first four bytes, big-endian,
// of SHA-256(name ‖ newline ‖ algorithm ‖ key).
func (v Verifier) KeyHash() uint32 {
	h := sha256.New()
	h.Write([]byte(v.name))
	h.Write([]byte{'\n', v.alg})
	h.Write(v.pub[:])
	return binary.BigEndian.Uint32(h.Sum(nil))
}

// String is the form that ParseVerifier reads.
func (v Verifier) String() string {
	return fmt.Sprintf("%s+%08x+%s", v.name, v.KeyHash(), base64.StdEncoding.EncodeToString(append([]byte{v.alg}, v.pub[:]...)))
}

// Verify says whether sig is a signature of text under v: 64 bytes for Ed25519;
// for Cosigning an 8-byte big-endian time, then 64 bytes.
func (v Verifier) Verify(text, sig []byte) bool {
	switch v.alg {
	case Ed25519:
		return ed25519.Verify(v.pub[:], text, sig)
	case Cosigning:
		if len(sig) != timeSize+ed25519.SignatureSize {
			return false
		}
		return ed25519.Verify(v.pub[:], cosigned(binary.BigEndian.Uint64(sig), text), sig[timeSize:])
	}
	return false
}

// A Signer signs for one party. The key may live elsewhere: Sign returns the
// 64-byte Ed25519 signature of exactly the message given.
type Signer interface {
	Verifier() Verifier // of algorithm Ed25519
	Sign(message []byte) ([]byte, error)
}

// A PrivateKey is a Signer whose key is in memory.
type PrivateKey struct {
	name string
	key  ed25519.PrivateKey
}

// GenerateKey makes a key for a party from the system's generator.
func GenerateKey(name string) (*PrivateKey, error) {
	if !ValidName(name) {
		return nil, fmt.Errorf("%q cannot name a key: use up to 40 letters, digits, dots, hyphens and underscores", name)
	}
	_, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return nil, err
	}
	return &PrivateKey{name, key}, nil
}

// ParsePrivateKey reads what Encode wrote. The error never shows the text.
func ParsePrivateKey(s string) (*PrivateKey, error) {
	bad := errors.New("this is not a private signing key: take the file that the tool wrote")
	if _, err := sumdb.NewSigner(s); err != nil {
		return nil, bad
	}
	parts := strings.SplitN(s, "+", 5)
	raw, err := base64.StdEncoding.Strict().DecodeString(parts[4])
	if err != nil || len(raw) != 1+ed25519.SeedSize || !ValidName(parts[2]) {
		return nil, bad
	}
	return &PrivateKey{parts[2], ed25519.NewKeyFromSeed(raw[1:])}, nil
}

// Encode returns the key in sumdb/note's form PRIVATE+KEY+NAME+HASH+BASE64. It is
// the secret itself: encrypt it before it touches a medium.
func (k *PrivateKey) Encode() string {
	seed := append([]byte{Ed25519}, k.key.Seed()...)
	return fmt.Sprintf("PRIVATE+KEY+%s+%08x+%s", k.name, k.Verifier().KeyHash(), base64.StdEncoding.EncodeToString(seed))
}

// Verifier is the public key.
func (k *PrivateKey) Verifier() Verifier {
	return Verifier{k.name, Ed25519, [ed25519.PublicKeySize]byte(k.key.Public().(ed25519.PublicKey))}
}

// Sign implements Signer.
func (k *PrivateKey) Sign(message []byte) ([]byte, error) {
	return ed25519.Sign(k.key, message), nil
}

// String hides the key from logs and formatted errors.
func (k *PrivateKey) String() string { return "private key of " + k.name }

// GoString hides the key from %#v.
func (k *PrivateKey) GoString() string { return k.String() }
