package access

import (
	"crypto/hkdf"
	"crypto/sha512"
	"encoding/binary"
	"fmt"
	"strings"

	"golang.org/x/text/unicode/norm"

	"isoloir/account"
	"isoloir/crypto/group"
	"isoloir/register"
	"isoloir/scrutin"
)

// A Kind is that of a way in.
type Kind byte

// The kinds.
const (
	Scratch    Kind = 1 // the code under the card's scratch-off field
	Passphrase Kind = 2
	Passkey    Kind = 3
)

// Ways are the kinds of ways that an account has: bit k−1 for kind k.
type Ways byte

// With is these and one of a kind.
func (w Ways) With(k Kind) Ways { return w | 1<<(k-1) }

// Has says whether there is one of a kind.
func (w Ways) Has(k Kind) bool { return w&(1<<(k-1)) != 0 }

func (k Kind) known() bool { return k >= Scratch && k <= Passkey }

// A Way is what the register keeps of a way in.
type Way struct {
	Kind   Kind
	Login  group.Point  // g raised to the login half
	Masked group.Scalar // the account's secret, plus the mask
}

// salt is that of what is typed: ρ ‖ LE64(number) ‖ kind.
func salt(rho scrutin.Digest, n register.Number, kind Kind) []byte {
	return append(binary.LittleEndian.AppendUint64(rho[:], uint64(n)), byte(kind))
}

// FromScratch is what a card's scratch code becomes on a device, and on the machine that
// makes the card.
func FromScratch(rules scrutin.Codes, rho scrutin.Digest, n register.Number, code account.Code) account.Stretched {
	return account.StretchSecret(code.Characters(), rules, salt(rho, n, Scratch))
}

// FromPassphrase is what a passphrase becomes, as it is typed but for the form of its
// letters (Unicode NFC), and for its spaces: none at its ends, and one where there are
// several, or one that does not break.
func FromPassphrase(rules scrutin.Codes, rho scrutin.Digest, n register.Number, passphrase string) account.Stretched {
	words := strings.FieldsFunc(norm.NFC.String(passphrase), func(r rune) bool { return r == ' ' || r == '\u00a0' })
	return account.StretchSecret([]byte(strings.Join(words, " ")), rules, salt(rho, n, Passphrase))
}

// FromPasskey is what the output of a passkey's prf extension becomes (WebAuthn level 3):
// 32 bytes.
func FromPasskey(rho scrutin.Digest, n register.Number, prf [32]byte) (account.Stretched, error) {
	info := string(binary.LittleEndian.AppendUint64(append([]byte(scrutin.Version+"/passkey"), rho[:]...), uint64(n)))
	b, err := hkdf.Key(sha512.New, prf[:], nil, info, 128)
	if err != nil {
		return account.Stretched{}, fmt.Errorf("HKDF of 32 bytes: %w", err)
	}
	return account.ReadStretched([128]byte(b)), nil
}

// NewWay is what the device leaves with the register.
func NewWay(kind Kind, s account.Stretched, secret group.Scalar) Way {
	d := s.Deposit(secret)
	return Way{Kind: kind, Login: d.Login, Masked: d.Masked}
}
