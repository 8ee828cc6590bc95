package issuer

import (
	"bytes"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"

	"isoloir/account"
	"isoloir/courier"
	"isoloir/crypto/group"
	"isoloir/scrutin"
)

// SecretSize is the length of an issuer's secret, in bytes.
const SecretSize = 32

// codeStream is how many bytes a code is made from: enough for every code that a
// manifest allows but for a chance of less than 2^-1000.
const codeStream = 8192

// A Secret is all that an issuer must keep to itself. It prints as nothing.
type Secret struct{ key [SecretSize]byte }

// ErrSecret says that a text is not an issuer's secret.
var ErrSecret = errors.New("not an issuer's secret: 64 hexadecimal digits in lower case are expected")

// NewSecret draws a secret from crypto/rand.
func NewSecret() Secret {
	var s Secret
	rand.Read(s.key[:])
	return s
}

// ParseSecret reads what Reveal gives. The error never shows the text.
func ParseSecret(text string) (Secret, error) {
	b, err := hex.DecodeString(text)
	if err != nil || len(b) != SecretSize || hex.EncodeToString(b) != text {
		return Secret{}, ErrSecret
	}
	return Secret{[SecretSize]byte(b)}, nil
}

// Reveal returns the secret in 64 hexadecimal digits, for its file.
func (s Secret) Reveal() string { return hex.EncodeToString(s.key[:]) }

// String hides the secret, and GoString too.
func (s Secret) String() string   { return "[an issuer's secret]" }
func (s Secret) GoString() string { return s.String() }

// A derivation makes everything of one scrutin from a secret.
type derivation struct {
	prk   []byte // of HKDF
	f     scrutin.Digest
	names []byte
}

func (s Secret) derive(f scrutin.Digest) (*derivation, error) {
	prk, err := hkdf.Extract(sha512.New, s.key[:], nil)
	if err != nil {
		return nil, err
	}
	d := &derivation{prk: prk, f: f}
	d.names, err = d.expand("name", account.Number{}, 0, 32)
	return d, err
}

// expand is the stream of info `isoloir/v1/issuer` ‖ f ‖ kind ‖ LE16(len(urn)) ‖ urn
// ‖ LE32(elector) ‖ LE32(generation).
func (d *derivation) expand(kind string, e account.Number, generation uint32, n int) ([]byte, error) {
	info := append([]byte(scrutin.Version+"/issuer"), d.f[:]...)
	info = append(info, kind...)
	info = binary.LittleEndian.AppendUint16(info, uint16(len(e.Urn)))
	info = append(info, e.Urn...)
	info = binary.LittleEndian.AppendUint32(info, e.Index)
	info = binary.LittleEndian.AppendUint32(info, generation)
	return hkdf.Expand(sha512.New, d.prk, string(info), n)
}

// half is the issuer's half of an elector's secret.
func (d *derivation) half(e account.Number) group.Scalar {
	b, err := d.expand("half", e, 0, 64)
	if err != nil {
		panic("issuer: HKDF of 64 bytes: " + err.Error()) // only for more than 255 blocks
	}
	return group.ScalarFromWide([64]byte(b))
}

// code is an elector's code of a generation.
func (d *derivation) code(rules scrutin.Codes, e account.Number, generation uint32) (account.Code, error) {
	stream, err := d.expand("code", e, generation, codeStream)
	if err != nil {
		return account.Code{}, err
	}
	code, err := account.ReadCode(rules, bytes.NewReader(stream))
	if err != nil {
		return account.Code{}, fmt.Errorf("a code of elector %d of urn %s: %w", e.Index, e.Urn, err)
	}
	return code, nil
}

// name is that of a message.
func (d *derivation) name(k courier.Key) string {
	h := hmac.New(sha256.New, d.names)
	h.Write([]byte(k.Kind))
	b := binary.LittleEndian.AppendUint16([]byte{0}, k.Urn)
	b = binary.LittleEndian.AppendUint32(b, k.Elector)
	h.Write(binary.LittleEndian.AppendUint32(b, k.Generation))
	return hex.EncodeToString(h.Sum(nil)[:16])
}
