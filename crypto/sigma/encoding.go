package sigma

import (
	"encoding/hex"
	"fmt"

	"isoloir/crypto/group"
)

// Sizes of encoded proofs in bytes.
const (
	KnowledgeSize = 64
	EqualitySize  = 96
)

// Knowledge is a proof (R, s) of one logarithm, or of all those of a list.
type Knowledge struct {
	r Element
	s group.Scalar
}

// Bytes returns R ‖ s.
func (p Knowledge) Bytes() (b [KnowledgeSize]byte) {
	s := p.s.Bytes()
	copy(b[:], p.r.encoded[:])
	copy(b[32:], s[:])
	return b
}

// DecodeKnowledge reads R ‖ s, 64 bytes. R is not the identity.
func DecodeKnowledge(b []byte) (p Knowledge, err error) {
	if len(b) != KnowledgeSize {
		return Knowledge{}, fmt.Errorf("proof of %d bytes: %w", len(b), group.ErrLength)
	}
	if p.r, err = DecodeElement(b[:32]); err != nil {
		return Knowledge{}, fmt.Errorf("commitment: %w", err)
	}
	if p.s, err = group.DecodeScalar(b[32:]); err != nil {
		return Knowledge{}, fmt.Errorf("response: %w", err)
	}
	return p, nil
}

// Equality is a proof (R1, R2, s) that two logarithms are equal.
type Equality struct {
	r1, r2 Element
	s      group.Scalar
}

// Bytes returns R1 ‖ R2 ‖ s.
func (p Equality) Bytes() (b [EqualitySize]byte) {
	s := p.s.Bytes()
	copy(b[:], p.r1.encoded[:])
	copy(b[32:], p.r2.encoded[:])
	copy(b[64:], s[:])
	return b
}

// DecodeEquality reads R1 ‖ R2 ‖ s, 96 bytes. Neither commitment is the
// identity.
func DecodeEquality(b []byte) (p Equality, err error) {
	if len(b) != EqualitySize {
		return Equality{}, fmt.Errorf("proof of %d bytes: %w", len(b), group.ErrLength)
	}
	if p.r1, err = DecodeElement(b[:32]); err != nil {
		return Equality{}, fmt.Errorf("first commitment: %w", err)
	}
	if p.r2, err = DecodeElement(b[32:64]); err != nil {
		return Equality{}, fmt.Errorf("second commitment: %w", err)
	}
	if p.s, err = group.DecodeScalar(b[64:]); err != nil {
		return Equality{}, fmt.Errorf("response: %w", err)
	}
	return p, nil
}

// MarshalText returns R ‖ s in lower-case hexadecimal, 128 digits, as notes
// carry it.
func (p Knowledge) MarshalText() ([]byte, error) {
	b := p.Bytes()
	return hex.AppendEncode(nil, b[:]), nil
}

// UnmarshalText reads what MarshalText writes, and nothing else.
func (p *Knowledge) UnmarshalText(text []byte) error {
	b, err := lowerHex(text)
	if err != nil {
		return err
	}
	*p, err = DecodeKnowledge(b)
	return err
}

// MarshalText returns R1 ‖ R2 ‖ s in lower-case hexadecimal, 192 digits, as
// notes carry it.
func (p Equality) MarshalText() ([]byte, error) {
	b := p.Bytes()
	return hex.AppendEncode(nil, b[:]), nil
}

// UnmarshalText reads what MarshalText writes, and nothing else.
func (p *Equality) UnmarshalText(text []byte) error {
	b, err := lowerHex(text)
	if err != nil {
		return err
	}
	*p, err = DecodeEquality(b)
	return err
}

// lowerHex refuses upper-case digits, which would be a second form of a proof.
func lowerHex(text []byte) ([]byte, error) {
	for _, c := range text {
		if (c < '0' || c > '9') && (c < 'a' || c > 'f') {
			return nil, fmt.Errorf("hexadecimal digit %q: %w", c, group.ErrNotCanonical)
		}
	}
	b, err := hex.AppendDecode(nil, text)
	if err != nil {
		return nil, fmt.Errorf("%d hexadecimal digits: %w", len(text), group.ErrLength)
	}
	return b, nil
}
