package urn

import (
	"crypto/ed25519"
	"fmt"
	"slices"

	"isoloir/scrutin"
)

// A Vouch is what a terminal of the town hall adds to a ballot that was cast at it: its
// key, and its signature of the text [scrutin.Supervised].
type Vouch struct {
	Terminal  [TerminalKeySize]byte
	Signature [TerminalSignatureSize]byte
}

// NewVouch signs for a ballot as the terminal does.
func NewVouch(r *Rules, terminal ed25519.PrivateKey, ballot Hash) Vouch {
	return Vouch{[TerminalKeySize]byte(terminal.Public().(ed25519.PublicKey)), [TerminalSignatureSize]byte(ed25519.Sign(terminal, r.vouched(ballot)))}
}

func (r *Rules) vouched(ballot Hash) []byte { return []byte(r.text(scrutin.Supervised, ballot).Text()) }

// CheckVouch says whether a terminal of the manifest has signed for a supervised ballot:
// ErrDevice if not.
func (r *Rules) CheckVouch(ballot Hash, v Vouch) error {
	if !slices.Contains(r.Terminals, v.Terminal) {
		return fmt.Errorf("%w: the manifest names no such terminal", ErrDevice)
	}
	if !ed25519.Verify(v.Terminal[:], r.vouched(ballot), v.Signature[:]) {
		return ErrDevice
	}
	return nil
}
