// Package passkeytest is a member's device for tests: it makes passkeys and answers with them, as WebAuthn wants it (ES256, no attestation).
// No command imports it.
package passkeytest

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"testing"

	"isoloir/portal/passkey"
)

// A Device holds one passkey.
type Device struct {
	Origin, Host string
	Verified     bool   // the person is verified, by a finger or a number
	Counter      uint32 // of signatures; 0 for a device that counts none

	id     []byte
	handle []byte
	key    *ecdsa.PrivateKey
}

// New makes a device for an origin.
func New(t testing.TB, origin, host string) *Device {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	d := &Device{Origin: origin, Host: host, Verified: true, id: make([]byte, 20), key: key}
	rand.Read(d.id)
	return d
}

var b64 = base64.RawURLEncoding

// options is what a question asks of a device, for a new passkey or a login.
type options struct {
	PublicKey struct {
		Challenge string `json:"challenge"`
		User      struct {
			ID string `json:"id"`
		} `json:"user"`
	} `json:"publicKey"`
}

func read(t testing.TB, q *passkey.Question) options {
	t.Helper()
	raw, err := json.Marshal(q.Options)
	if err != nil {
		t.Fatal(err)
	}
	var o options
	if err := json.Unmarshal(raw, &o); err != nil {
		t.Fatal(err)
	}
	return o
}

func (d *Device) client(t testing.TB, kind, challenge string) []byte {
	t.Helper()
	raw, err := json.Marshal(map[string]any{"type": kind, "challenge": challenge, "origin": d.Origin, "crossOrigin": false})
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// data is the authenticator data: host, flags, counter, and what is attested.
func (d *Device) data(attested []byte) []byte {
	host := sha256.Sum256([]byte(d.Host))
	flags := byte(1) // somebody was there
	if d.Verified {
		flags |= 4
	}
	if attested != nil {
		flags |= 64
	}
	out := append(host[:], flags)
	return append(binary.BigEndian.AppendUint32(out, d.Counter), attested...)
}

// Make answers the question for a new passkey.
func (d *Device) Make(t testing.TB, q *passkey.Question) *passkey.Answer {
	t.Helper()
	o := read(t, q)
	var err error
	if d.handle, err = b64.DecodeString(o.PublicKey.User.ID); err != nil {
		t.Fatal(err)
	}
	attested := append(make([]byte, 16), byte(len(d.id)>>8), byte(len(d.id)))
	attested = append(append(attested, d.id...), d.public(t)...)
	data := d.data(attested)
	object := []byte{0xa3} // a map of three
	object = append(append(object, text("fmt")...), text("none")...)
	object = append(append(object, text("attStmt")...), 0xa0)
	object = append(append(object, text("authData")...), bytes(data)...)
	return d.answer(t, q, map[string]any{"clientDataJSON": b64.EncodeToString(d.client(t, "webauthn.create", o.PublicKey.Challenge)), "attestationObject": b64.EncodeToString(object)})
}

// Use answers the question for a login.
func (d *Device) Use(t testing.TB, q *passkey.Question) *passkey.Answer {
	t.Helper()
	if d.Counter > 0 {
		d.Counter++
	}
	client := d.client(t, "webauthn.get", read(t, q).PublicKey.Challenge)
	data, said := d.data(nil), sha256.Sum256(client)
	signed := sha256.Sum256(append(append([]byte(nil), data...), said[:]...))
	signature, err := ecdsa.SignASN1(rand.Reader, d.key, signed[:])
	if err != nil {
		t.Fatal(err)
	}
	return d.answer(t, q, map[string]any{"clientDataJSON": b64.EncodeToString(client), "authenticatorData": b64.EncodeToString(data),
		"signature": b64.EncodeToString(signature), "userHandle": b64.EncodeToString(d.handle)})
}

// As lets the device say that it is another member's.
func (d *Device) As(member string) { d.handle = []byte(member) }

func (d *Device) answer(t testing.TB, q *passkey.Question, response map[string]any) *passkey.Answer {
	t.Helper()
	raw, err := json.Marshal(map[string]any{"id": b64.EncodeToString(d.id), "rawId": b64.EncodeToString(d.id), "type": "public-key",
		"authenticatorAttachment": "platform", "clientExtensionResults": map[string]any{}, "response": response})
	if err != nil {
		t.Fatal(err)
	}
	return &passkey.Answer{Ceremony: q.Ceremony, Credential: raw}
}

// public is the key as a COSE key (RFC 9053): EC2, ES256, P-256, x, y.
func (d *Device) public(t testing.TB) []byte {
	t.Helper()
	point, err := d.key.PublicKey.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	out := []byte{0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21}
	out = append(append(out, bytes(point[1:33])...), 0x22)
	return append(out, bytes(point[33:])...)
}

// text and bytes are those of CBOR (RFC 8949), of less than 65,536.
func text(s string) []byte  { return append(head(0x60, len(s)), s...) }
func bytes(b []byte) []byte { return append(head(0x40, len(b)), b...) }

func head(kind byte, n int) []byte {
	switch {
	case n < 24:
		return []byte{kind | byte(n)}
	case n < 256:
		return []byte{kind | 24, byte(n)}
	}
	return []byte{kind | 25, byte(n >> 8), byte(n)}
}
