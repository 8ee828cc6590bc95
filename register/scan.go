package register

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/sha256"
	"errors"
	"math/big"

	"isoloir/scrutin"
)

// A Mode is what a station's device wants of a card.
type Mode byte

// The modes.
const (
	Activate   Mode = 1
	Invalidate Mode = 2
	Check      Mode = 3
)

// An ID names a device, or one of its scans: 16 random bytes.
type ID [16]byte

// ScanSize is the length in bytes of a scan's message: device, name, mode, card,
// signature.
const ScanSize = 16 + 16 + 1 + SealedSize + signatureSize

const signatureSize = 64

// ErrScan says that a message is no scan.
var ErrScan = errors.New("malformed scan")

// A Scan is what a device sends. Sent again it has the same name.
type Scan struct {
	Device    ID
	ID        ID
	Mode      Mode
	Card      Sealed
	Signature [signatureSize]byte // ECDSA P-256 with SHA-256, r ‖ s
}

// ParseScan reads a message.
func ParseScan(b []byte) (s Scan, err error) {
	if len(b) != ScanSize {
		return Scan{}, ErrScan
	}
	s.Device, s.ID, s.Mode = ID(b[:16]), ID(b[16:32]), Mode(b[32])
	s.Card, s.Signature = Sealed(b[33:33+SealedSize]), [signatureSize]byte(b[33+SealedSize:])
	if s.Mode < Activate || s.Mode > Check {
		return Scan{}, ErrScan
	}
	return s, nil
}

// Bytes is the message.
func (s Scan) Bytes() []byte { return append(s.unsigned(), s.Signature[:]...) }

func (s Scan) unsigned() []byte {
	b := append(s.Device[:], s.ID[:]...)
	b = append(b, byte(s.Mode))
	return append(b, s.Card[:]...)
}

// Signed is what the device signs.
func (s Scan) Signed(rho scrutin.Digest) []byte {
	return append(append([]byte(scrutin.Version+"/scan"), rho[:]...), s.unsigned()...)
}

// Verify says whether the signature is by that key: 65 bytes, the uncompressed point of
// P-256.
func (s Scan) Verify(rho scrutin.Digest, key []byte) bool {
	return verify(key, s.Signed(rho), s.Signature)
}

// verify says whether a device's signature is by that key.
func verify(key, signed []byte, signature [signatureSize]byte) bool {
	public, err := ecdsa.ParseUncompressedPublicKey(elliptic.P256(), key)
	if err != nil {
		return false
	}
	digest := sha256.Sum256(signed)
	return ecdsa.Verify(public, digest[:], new(big.Int).SetBytes(signature[:32]), new(big.Int).SetBytes(signature[32:]))
}

// An Answer is what the device shows. Only the first one hands a card to somebody.
type Answer byte

// The answers of a scan, in the order of docs/accounts.md, section 5.
const (
	Done Answer = iota
	Again
	Taken
	Invalidated
	Closed
	OtherStation
	UnknownCard
	Blocked
	UnknownDevice
)

// Kind names what an attempt that was answered so counts as, at its station; nothing for
// an answer that has changed nothing.
func (a Attempt) Kind(answer Answer) string {
	switch {
	case answer == Again:
		return "again"
	case answer == Taken:
		return "taken"
	case answer != Done:
		return ""
	}
	return map[Mode]string{Activate: "activated", Invalidate: "invalidated", Check: "checked"}[a.Mode]
}
