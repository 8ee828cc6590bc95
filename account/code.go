package account

import (
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"strings"

	"golang.org/x/crypto/argon2"

	"isoloir/crypto/group"
)

// CodeLength is the number of characters of a code. Each carries five bits.
const CodeLength = 12

// codeAlphabet is 32 characters of which none is taken for another on paper:
// no 0 beside O, no 1 beside I.
const codeAlphabet = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"

// ErrCode says that a text typed by a person is not a code.
var ErrCode = errors.New("not a code: twelve letters and digits, never 0, 1, I or O")

// Code is what one issuer sends to one elector: twelve characters, 60 bits of
// crypto/rand. It prints as its length; [Code.Reveal] is for the letter.
type Code struct {
	characters [CodeLength]byte
}

// NewCode draws a code.
func NewCode() Code {
	var c Code
	rand.Read(c.characters[:])
	for i, b := range c.characters {
		c.characters[i] = codeAlphabet[b%byte(len(codeAlphabet))] // 32 divides 256: no bias
	}
	return c
}

// ParseCode reads a code as people type it: letters of either case, with
// spaces and hyphens anywhere. Everything else is [ErrCode].
func ParseCode(s string) (Code, error) {
	var c Code
	n := 0
	for _, b := range []byte(s) {
		if b == ' ' || b == '-' {
			continue
		}
		if 'a' <= b && b <= 'z' {
			b -= 'a' - 'A'
		}
		if n == CodeLength || strings.IndexByte(codeAlphabet, b) < 0 {
			return Code{}, ErrCode
		}
		c.characters[n] = b
		n++
	}
	if n != CodeLength {
		return Code{}, ErrCode
	}
	return c, nil
}

// Reveal returns the code as it is printed: three groups of four characters.
func (c Code) Reveal() string {
	s := string(c.characters[:])
	return s[:4] + "-" + s[4:8] + "-" + s[8:]
}

// String says that there is a code, and not which.
func (c Code) String() string { return fmt.Sprintf("[code of %d characters]", CodeLength) }

// GoString is String: a code does not show in %#v either.
func (c Code) GoString() string { return c.String() }

// Cost is the price of one guess of a code, fixed in the manifest: argon2id of
// RFC 9106 with this many passes over this much memory (KiB).
type Cost struct {
	Passes    uint32
	MemoryKiB uint32
	Threads   uint8
}

// Number is an elector's public number: his place in his urn's enrolment.
type Number struct {
	Urn   string
	Index uint32
}

// Stretched is what a code becomes on the elector's device: half of the key he
// logs in with, and the mask over the half of his voting key that the same
// issuer drew.
type Stretched struct {
	Login group.Scalar
	Mask  group.Scalar
}

// Stretch computes argon2id of the code, 128 bytes: the first 64 modulo the
// group order are the login half, the last 64 the mask. The salt is
// f ‖ LE16(len(urn)) ‖ urn ‖ LE32(index) ‖ issuer, so that no guess serves two
// electors, two issuers or two scrutins.
func (c Code) Stretch(cost Cost, f [32]byte, elector Number, issuer string) Stretched {
	salt := binary.LittleEndian.AppendUint16(f[:], uint16(len(elector.Urn)))
	salt = append(salt, elector.Urn...)
	salt = binary.LittleEndian.AppendUint32(salt, elector.Index)
	salt = append(salt, issuer...)
	key := argon2.IDKey(c.characters[:], salt, cost.Passes, cost.MemoryKiB, cost.Threads, 128)
	return Stretched{
		Login: group.ScalarFromWide([64]byte(key[:64])),
		Mask:  group.ScalarFromWide([64]byte(key[64:])),
	}
}

// Deposit is what an issuer leaves with the roll for one elector. The roll
// learns neither the code nor the half: the mask is uniform to whoever lacks
// the code, and it can check a login without being able to make one.
type Deposit struct {
	Login  group.Point  // g raised to the login half; an elector's login key is the product over the issuers
	Masked group.Scalar // the half of the voting key, plus the mask
}

// Deposit masks the half x of an elector's voting key.
func (s Stretched) Deposit(x group.Scalar) Deposit {
	return Deposit{Login: group.MulBase(s.Login), Masked: x.Add(s.Mask)}
}

// Open takes the mask off what the roll released after login.
func (s Stretched) Open(masked group.Scalar) group.Scalar { return masked.Sub(s.Mask) }
