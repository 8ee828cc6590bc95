package keyceremony

import (
	"encoding/hex"
	"fmt"

	"isoloir/crypto/group"
)

// Box is an encrypted share, written as 96 lower-case hexadecimal digits.
type Box [group.ScalarSize + 16]byte

// MarshalText implements encoding.TextMarshaler.
func (b Box) MarshalText() ([]byte, error) { return hex.AppendEncode(nil, b[:]), nil }

// UnmarshalText implements encoding.TextUnmarshaler. Upper-case digits are
// refused by the canonical text, which is written again and compared.
func (b *Box) UnmarshalText(text []byte) error {
	if len(text) != 2*len(b) {
		return fmt.Errorf("a box has %d hexadecimal digits, not %d", 2*len(b), len(text))
	}
	_, err := hex.Decode(b[:], text)
	return err
}
