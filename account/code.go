package account

import (
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha512"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"strings"

	"golang.org/x/crypto/argon2"

	"isoloir/crypto/group"
	"isoloir/scrutin"
)

// ErrCode says that what a person typed is not a code.
var ErrCode = errors.New("not a code of this vote: copy it again from the letter, every letter and digit")

// Code is what one issuer sends to one elector. It prints as its length;
// [Code.Reveal] is for the letter.
type Code struct {
	characters string
}

// NewCode draws a code of the manifest's length and alphabet, uniformly, from
// crypto/rand.
func NewCode(rules scrutin.Codes) Code {
	c, err := ReadCode(rules, rand.Reader)
	if err != nil {
		panic("account: the system's generator failed: " + err.Error())
	}
	return c
}

// ReadCode makes a code from a stream of uniform bytes, uniformly: each byte b
// below the greatest multiple of the alphabet's length that 256 holds gives the
// character of number b mod that length, others are passed over, until the code is
// complete. The error is the stream's.
func ReadCode(rules scrutin.Codes, stream io.Reader) (Code, error) {
	n := len(rules.Alphabet)
	fair := 256 - 256%n // bytes from here on would favour the first characters
	text := make([]byte, 0, rules.Length)
	var read [64]byte
	for {
		if _, err := io.ReadFull(stream, read[:]); err != nil {
			return Code{}, err
		}
		for _, b := range read {
			if int(b) < fair && len(text) < rules.Length {
				text = append(text, rules.Alphabet[int(b)%n])
			}
		}
		if len(text) == rules.Length {
			return Code{string(text)}, nil
		}
	}
}

// ParseCode reads a code as people type it: in either case, where the alphabet
// has only one, and with spaces and hyphens anywhere. Everything else is
// [ErrCode].
func ParseCode(rules scrutin.Codes, typed string) (Code, error) {
	if len(typed) > 4*rules.Length {
		return Code{}, ErrCode
	}
	var text []byte
	for _, b := range []byte(typed) {
		if strings.IndexByte(rules.Alphabet, b) < 0 {
			if b == ' ' || b == '-' {
				continue
			}
			if b = otherCase(b); strings.IndexByte(rules.Alphabet, b) < 0 {
				return Code{}, ErrCode
			}
		}
		text = append(text, b)
	}
	if len(text) != rules.Length {
		return Code{}, ErrCode
	}
	return Code{string(text)}, nil
}

func otherCase(b byte) byte {
	if 'a' <= b && b <= 'z' || 'A' <= b && b <= 'Z' {
		return b ^ 0x20
	}
	return b
}

// Reveal returns the code as it is printed, in groups of four characters.
func (c Code) Reveal() string {
	var out strings.Builder
	for i, r := range c.characters {
		if i > 0 && i%4 == 0 {
			out.WriteByte('-')
		}
		out.WriteRune(r)
	}
	return out.String()
}

// String says that there is a code, and not which.
func (c Code) String() string { return fmt.Sprintf("[code of %d characters]", len(c.characters)) }

// GoString is String: a code does not show in %#v either.
func (c Code) GoString() string { return c.String() }

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

	bytes [stretchedSize]byte // of which both are made
}

const stretchedSize = 128

// halves reads bytes as login half and mask.
func halves(b []byte) Stretched {
	return Stretched{group.ScalarFromWide([64]byte(b[:64])), group.ScalarFromWide([64]byte(b[64:])), [stretchedSize]byte(b)}
}

// Stretch computes argon2id of the code, 128 bytes, at the manifest's cost: the
// first 64 modulo the group order are the login half, the last 64 the mask. The
// salt is f ‖ LE16(len(urn)) ‖ urn ‖ LE32(index) ‖ issuer, so that no guess
// serves two electors, two issuers or two scrutins.
func (c Code) Stretch(rules scrutin.Codes, f scrutin.Digest, elector Number, issuer string) Stretched {
	salt := binary.LittleEndian.AppendUint16(f[:], uint16(len(elector.Urn)))
	salt = append(salt, elector.Urn...)
	salt = binary.LittleEndian.AppendUint32(salt, elector.Index)
	salt = append(salt, issuer...)
	return StretchSecret([]byte(c.characters), rules, salt)
}

// StretchSecret is what any secret that a person types becomes under a salt: argon2id at
// the cost of the rules, read as a code's.
func StretchSecret(secret []byte, rules scrutin.Codes, salt []byte) Stretched {
	return halves(argon2.IDKey(secret, salt, rules.Passes, rules.MemoryKiB, rules.Lanes, stretchedSize))
}

// ReadStretched reads 128 uniform bytes as login half and mask.
func ReadStretched(b [128]byte) Stretched { return halves(b[:]) }

// Characters are those of the code, without groups, to be stretched: a secret.
func (c Code) Characters() []byte { return []byte(c.characters) }

// Companion is what the same code becomes for a companion of the scrutin, of
// fingerprint f: HKDF-SHA-512 of the 128 bytes, without salt, info =
// `isoloir/v1/companion` ‖ f ‖ issuer, read as they are. It costs next to nothing, and
// who knows the one learns nothing of the other (docs/protocol.md, section 5).
func (s Stretched) Companion(f scrutin.Digest, issuer string) Stretched {
	info := string(append(append([]byte(scrutin.Version+"/companion"), f[:]...), issuer...))
	b, err := hkdf.Key(sha512.New, s.bytes[:], nil, info, stretchedSize)
	if err != nil {
		panic("account: HKDF of 128 bytes: " + err.Error()) // only for more than 255 blocks
	}
	return halves(b)
}

// Deposit is what an issuer leaves with the roll for one elector. The roll
// learns neither the code nor the half: the mask is uniform to whoever lacks
// the code, and the roll can check a login without being able to make one.
type Deposit struct {
	Login  group.Point  // g raised to the login half; an elector's login key is the product over the issuers
	Masked group.Scalar // the half of the voting key, plus the mask
}

// Deposit masks the half of an elector's voting key.
func (s Stretched) Deposit(half group.Scalar) Deposit {
	return Deposit{Login: group.MulBase(s.Login), Masked: half.Add(s.Mask)}
}

// Open takes the mask off what the roll released after login.
func (s Stretched) Open(masked group.Scalar) group.Scalar { return masked.Sub(s.Mask) }
