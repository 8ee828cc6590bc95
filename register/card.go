package register

import (
	"crypto/ecdh"
	"crypto/hpke"
	"crypto/rand"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"strings"

	"isoloir/scrutin"
)

// Sizes in bytes.
const (
	TokenSize = 16
	// SealedSize is what stands in a card's QR code: the encapsulated key (32), the
	// token, and an authenticator (16).
	SealedSize = 32 + TokenSize + 16
)

// scheme begins the text of a card's QR code.
const scheme = "ISOLOIR1:"

// ErrCard says that what was scanned is no card of this register.
var ErrCard = errors.New("not a card of this register")

// A Token is what activates a card. It prints as its length.
type Token [TokenSize]byte

// String hides the token.
func (Token) String() string { return "[token of 16 bytes]" }

// GoString hides the token from %#v.
func (t Token) GoString() string { return t.String() }

// Hash is what the register keeps of it.
func (t Token) Hash() scrutin.Digest { return scrutin.DigestOf(t[:]) }

// NoToken stands in the place of a token's hash where there is no card to scan: no token
// has it.
func NoToken(n Number) scrutin.Digest {
	return scrutin.DigestOf(binary.LittleEndian.AppendUint64([]byte(scrutin.Version+"/no-token"), uint64(n)))
}

// DrawToken draws one.
func DrawToken() (t Token) {
	rand.Read(t[:])
	return t
}

// A Sealed is a token for the platform's eyes only, as a card bears it.
type Sealed [SealedSize]byte

// info binds a card to its register.
func info(rho scrutin.Digest) []byte {
	return append([]byte(scrutin.Version+"/card"), rho[:]...)
}

// Seal encrypts a token to the register's activation key (HPKE, RFC 9180): 32 bytes of an
// X25519 public key.
func (t Token) Seal(rho scrutin.Digest, activation [32]byte) (s Sealed, err error) {
	key, err := hpke.DHKEM(ecdh.X25519()).NewPublicKey(activation[:])
	if err != nil {
		return Sealed{}, err
	}
	sealed, err := hpke.Seal(key, hpke.HKDFSHA256(), hpke.ChaCha20Poly1305(), info(rho), t[:])
	if err != nil {
		return Sealed{}, err
	}
	return Sealed(sealed), nil
}

// An Opener is the private half of the activation key. It prints as its kind.
type Opener struct{ key hpke.PrivateKey }

// NewOpener reads the 32 bytes of an X25519 private key.
func NewOpener(secret []byte) (Opener, error) {
	key, err := hpke.DHKEM(ecdh.X25519()).NewPrivateKey(secret)
	return Opener{key}, err
}

// String hides the key.
func (Opener) String() string { return "[activation key]" }

// GoString hides the key from %#v.
func (o Opener) GoString() string { return o.String() }

// Public is the other half.
func (o Opener) Public() [32]byte { return [32]byte(o.key.PublicKey().Bytes()) }

// Open gives the token back, or ErrCard.
func (o Opener) Open(rho scrutin.Digest, s Sealed) (t Token, err error) {
	token, err := hpke.Open(o.key, hpke.HKDFSHA256(), hpke.ChaCha20Poly1305(), info(rho), s[:])
	if err != nil || len(token) != TokenSize {
		return Token{}, ErrCard
	}
	return Token(token), nil
}

// Text is what the QR code holds, in the characters of its alphanumeric mode.
func (s Sealed) Text() string { return scheme + strings.ToUpper(hex.EncodeToString(s[:])) }

// ParseCard reads the text of a QR code, or ErrCard.
func ParseCard(text string) (s Sealed, err error) {
	digits, ok := strings.CutPrefix(text, scheme)
	if !ok || len(digits) != 2*SealedSize || strings.ToUpper(digits) != digits {
		return Sealed{}, ErrCard
	}
	if _, err := hex.Decode(s[:], []byte(digits)); err != nil {
		return Sealed{}, ErrCard
	}
	return s, nil
}
