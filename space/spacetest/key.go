package spacetest

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"slices"

	"isoloir/space/signature"
)

// Sign signs a text as a passkey does, by a key of its own (ES256; COSE: RFC 9053).
func Sign(text []byte) signature.Signature {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		panic(err)
	}
	point, err := key.PublicKey.Bytes()
	if err != nil {
		panic(err)
	}
	digest := sha256.Sum256(text)
	s := signature.Signature{
		Key:    slices.Concat([]byte{0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21, 0x58, 32}, point[1:33], []byte{0x22, 0x58, 32}, point[33:]),
		Client: fmt.Appendf(nil, `{"type":"webauthn.get","challenge":%q,"origin":"https://mairie.example"}`, base64.RawURLEncoding.EncodeToString(digest[:])),
		Data:   append(make([]byte, 32), 5, 0, 0, 0, 1), // somebody was there, and was verified
	}
	said := sha256.Sum256(s.Client)
	signed := sha256.Sum256(append(slices.Clone(s.Data), said[:]...))
	if s.Value, err = ecdsa.SignASN1(rand.Reader, key, signed[:]); err != nil {
		panic(err)
	}
	return s
}
