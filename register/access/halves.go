package access

import (
	"crypto/sha256"
	"encoding/binary"

	"isoloir/account"
	"isoloir/crypto/group"
	"isoloir/register"
	"isoloir/scrutin"
)

// A Half is one of the two codes that stand for a scratch code where no card was handed out
// (docs/consultations.md, section 8).
type Half byte

// The halves.
const (
	FirstHalf  Half = 1
	SecondHalf Half = 2
)

// String names the half in files and transcripts.
func (h Half) String() string {
	if h == FirstHalf {
		return "first"
	}
	return "second"
}

// numberParts is how many parts of a number there are: ten digits.
const numberParts = 10_000_000_000

// FromHalf is what one of the two codes becomes, on the device and at its sender: the salt
// is `isoloir/v1/half` ‖ ρ ‖ half.
func FromHalf(rules scrutin.Codes, rho scrutin.Digest, h Half, code account.Code) account.Stretched {
	salt := append(append([]byte(scrutin.Version+"/half"), rho[:]...), byte(h))
	return account.StretchSecret(code.Characters(), rules, salt)
}

// NumberPart is what a half says of the account's number: the first eight bytes, little
// endian, of SHA-256(`isoloir/v1/half-number` ‖ ρ ‖ half ‖ login half ‖ mask), modulo 10¹⁰.
func NumberPart(rho scrutin.Digest, h Half, s account.Stretched) uint64 {
	login, mask := s.Login.Bytes(), s.Mask.Bytes()
	text := append(append([]byte(scrutin.Version+"/half-number"), rho[:]...), byte(h))
	d := sha256.Sum256(append(append(text, login[:]...), mask[:]...))
	return binary.LittleEndian.Uint64(d[:]) % numberParts
}

// NumberOf is the account's number: the sum of both parts modulo 10¹⁰, with its check digit.
func NumberOf(first, second uint64) register.Number {
	return register.NumberOf((first%numberParts + second%numberParts) % numberParts)
}

// FromHalves is what both codes become on the device: the account's number, and a way in of
// the kind Scratch, whose login half and mask are the sums of both.
func FromHalves(rules scrutin.Codes, rho scrutin.Digest, first, second account.Code) (register.Number, account.Stretched) {
	a, b := FromHalf(rules, rho, FirstHalf, first), FromHalf(rules, rho, SecondHalf, second)
	var sum account.Stretched
	sum.Login, sum.Mask = group.Scalar.Add(a.Login, b.Login), group.Scalar.Add(a.Mask, b.Mask)
	return NumberOf(NumberPart(rho, FirstHalf, a), NumberPart(rho, SecondHalf, b)), sum
}
