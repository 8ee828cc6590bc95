package urn

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"slices"

	"golang.org/x/crypto/chacha20poly1305"

	"isoloir/crypto/elgamal"
	"isoloir/crypto/group"
)

// A Challenge is what opens a ballot that was made, and shown by its hash, and then not
// cast (docs/protocol.md, section 12.1): the choice and the coins of its ciphertexts, and
// the ballot itself in a box that its hash alone opens.
type Challenge struct {
	Name   Hash // NameOf the ballot's hash
	Places []uint16
	Coins  [][group.ScalarSize]byte // canonical and not zero
	Box    []byte
}

const (
	challengeTag    = "isoloir/v1/challenge"
	challengeBoxTag = "isoloir/v1/challenge-box"
	openingSize     = 2 + group.ScalarSize
)

// ChallengeSize is the length in bytes of the record of a challenge, for an urn of w
// questions: 215 + 162w.
func ChallengeSize(w int) int {
	return sha256.Size + w*openingSize + BallotSize(w) + chacha20poly1305.Overhead
}

// NameOf is the name of the challenge of the ballot of that hash.
func NameOf(code Hash) Hash { return tagged(challengeTag, code) }

func tagged(tag string, code Hash) Hash { return sha256.Sum256(append([]byte(tag), code[:]...)) }

// NewChallenge makes a challenge from the bytes of a ballot, and the places and coins of
// its choices, question by question. That they belong together is for
// [Rules.VerifyChallenge] to say.
func NewChallenge(ballot []byte, places []uint16, coins []group.Scalar) Challenge {
	code := Hash(sha256.Sum256(ballot))
	c := Challenge{Name: NameOf(code), Places: slices.Clone(places)}
	for _, r := range coins {
		c.Coins = append(c.Coins, r.Bytes())
	}
	c.Box = boxOf(code).Seal(nil, make([]byte, chacha20poly1305.NonceSize), ballot, nil)
	return c
}

type box interface {
	Seal(dst, nonce, plaintext, additional []byte) []byte
	Open(dst, nonce, ciphertext, additional []byte) ([]byte, error)
}

func boxOf(code Hash) box {
	key := tagged(challengeBoxTag, code)
	b, err := chacha20poly1305.New(key[:])
	if err != nil {
		panic("urn: " + err.Error()) // a key of 32 bytes is one
	}
	return b
}

// Bytes is the record: name ‖ for each question LE16(place) ‖ coin ‖ box.
func (c Challenge) Bytes() []byte {
	b := append(make([]byte, 0, ChallengeSize(len(c.Places))), c.Name[:]...)
	for q, place := range c.Places {
		b = append(binary.LittleEndian.AppendUint16(b, place), c.Coins[q][:]...)
	}
	return append(b, c.Box...)
}

// ParseChallenge reads the record of a challenge in an urn of w questions. It accepts
// what Bytes gives, with coins that are canonical and not zero, and nothing else
// (ErrFormat). The challenge keeps b.
func ParseChallenge(b []byte, w int) (Challenge, error) {
	if w < 1 || len(b) != ChallengeSize(w) {
		return Challenge{}, fmt.Errorf("%w: challenge of %d bytes", ErrFormat, len(b))
	}
	c := Challenge{Name: Hash(b)}
	for b = b[sha256.Size:]; len(c.Places) < w; b = b[openingSize:] {
		coin, err := group.DecodeScalar(b[2:openingSize])
		if err != nil || coin.IsZero() {
			return Challenge{}, fmt.Errorf("%w: a coin of a challenge", ErrFormat)
		}
		c.Places, c.Coins = append(c.Places, binary.LittleEndian.Uint16(b)), append(c.Coins, coin.Bytes())
	}
	c.Box = b
	return c, nil
}

// Ciphertexts are those that a challenge opens, 64 bytes for each question: ErrFormat
// where a place is that of no option.
func (r *Rules) Ciphertexts(c Challenge) ([]byte, error) {
	if len(r.Options) != r.Questions || len(c.Places) != r.Questions {
		return nil, fmt.Errorf("%w: %d choices for %d questions", ErrFormat, len(c.Places), len(r.Options))
	}
	var out []byte
	for q, place := range c.Places {
		if int(place) >= len(r.Options[q]) {
			return nil, fmt.Errorf("%w: question %d has no option at place %d", ErrFormat, q+1, place)
		}
		coin, err := group.DecodeScalar(c.Coins[q][:])
		if err != nil {
			return nil, fmt.Errorf("%w: %w", ErrFormat, err)
		}
		ciphertext := r.key.Encrypt(r.Options[q][place], coin).Bytes()
		out = append(out, ciphertext[:]...)
	}
	return out, nil
}

// A ChallengeRefusal is why a challenge does not verify with a code, by the names of
// docs/protocol.md, section 12.1. It is an error.
type ChallengeRefusal string

// The refusals, in the order in which they are looked for.
const (
	ChallengeName    ChallengeRefusal = "name"    // another code's
	ChallengeBox     ChallengeRefusal = "box"     // the code does not open it
	ChallengeCode    ChallengeRefusal = "code"    // what is in it is not what the code stands for
	ChallengeBallot  ChallengeRefusal = "ballot"  // no ballot of this urn
	ChallengeOpening ChallengeRefusal = "opening" // its ciphertexts are others than those opened
)

// Error implements error.
func (c ChallengeRefusal) Error() string {
	return "the device did not open what it had shown (" + string(c) + ")"
}

// VerifyChallenge says whether the ballot that a device showed by this code held the
// choice of the challenge: a [ChallengeRefusal] otherwise.
func (r *Rules) VerifyChallenge(c Challenge, code Hash) error {
	if c.Name != NameOf(code) {
		return ChallengeName
	}
	ballot, err := boxOf(code).Open(nil, make([]byte, chacha20poly1305.NonceSize), c.Box, nil)
	if err != nil {
		return ChallengeBox
	}
	if sha256.Sum256(ballot) != code {
		return ChallengeCode
	}
	b, err := ReadEnvelope(ballot)
	if err != nil || b.Questions() != r.Questions || b.Opening() != r.Opening || b.Urn() != r.Number {
		return ChallengeBallot
	}
	if _, err := elgamal.DecodeList(b.Ciphertexts(), 1); err != nil {
		return ChallengeBallot
	}
	opened, err := r.Ciphertexts(c)
	if err != nil || string(opened) != string(b.Ciphertexts()) {
		return ChallengeOpening
	}
	return nil
}
