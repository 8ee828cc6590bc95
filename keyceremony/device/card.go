package device

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"

	"isoloir/scrutin"
	"isoloir/scrutin/canon"
	"isoloir/scrutin/note"
)

// CardSuffix ends the name of a card's file.
const CardSuffix = ".isoloir-card"

// cardKind is the first key of a card.
const cardKind = scrutin.Version + "/card"

// Card is the public keys of a device, which its owner hands to the bureau: the
// manifest takes Key and, for a holder, Reception. As a file it is a note signed
// by the key that it names.
type Card struct {
	Record    string        `json:"record"`
	Name      string        `json:"name"`
	Key       string        `json:"key"`       // NAME+HASH+BASE64
	Reception scrutin.Point `json:"reception"` // X = g^z
}

// Fingerprint returns the first 20 bytes of the SHA-256 of the card's text, as
// ten groups of four hexadecimal digits, to be compared aloud.
func (c Card) Fingerprint() string {
	text, err := canon.Marshal(c)
	if err != nil {
		return ""
	}
	return Groups(sha256.Sum256(text), 10)
}

// Groups returns the first n groups of four hexadecimal digits of a digest.
func Groups(digest [32]byte, n int) string {
	digits := hex.EncodeToString(digest[:])
	groups := make([]string, n)
	for i := range groups {
		groups[i] = digits[4*i : 4*i+4]
	}
	return strings.Join(groups, " ")
}

// SignCard returns the file of the device's card.
func (d *Device) SignCard() ([]byte, error) {
	text, err := canon.Marshal(d.Card())
	if err != nil {
		return nil, err
	}
	return note.Sign(string(text), d.Signer())
}

// ParseCard reads the file of a card and verifies its signature.
func ParseCard(data []byte) (Card, error) {
	text, err := note.Text(data)
	if err != nil {
		return Card{}, err
	}
	var c Card
	if err := canon.Unmarshal([]byte(text), &c); err != nil {
		return Card{}, err
	}
	v, err := note.ParseVerifier(c.Key)
	if err != nil {
		return Card{}, err
	}
	if c.Record != cardKind || v.Name() != c.Name || v != v.Plain() {
		return Card{}, fmt.Errorf("%w: a card names the key that signs it", canon.ErrNotCanonical)
	}
	if _, err := c.Reception.Decode(); err != nil {
		return Card{}, fmt.Errorf("reception key: %w", err)
	}
	_, err = note.Open(data, v)
	return c, err
}
