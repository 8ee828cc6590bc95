// Package signature is a text signed by somebody's passkey, as whoever was not there verifies it (W3C Web
// Authentication, level 3, section 7.2): a named person's validation of an argument
// (docs/consultations.md, section 6). It admits nobody: logins are package portal/passkey's.
package signature

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"

	webauthn "github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/protocol/webauthncose"
)

// A Signature is by the key of a passkey (W3C Web Authentication, level 3, section 7.2): over the
// authenticator's data and the SHA-256 of the client's, whose challenge is the SHA-256 of the text.
type Signature struct {
	Key    []byte `json:"key"` // COSE (RFC 9053), at most 2 KiB
	Client []byte `json:"client"`
	Data   []byte `json:"data"`
	Value  []byte `json:"value"`
}

// ErrInvalid is what a signature gives that is not of a text.
var ErrInvalid = errors.New("this signature is not of this text")

// largest is the most that a part of a signature has, in bytes.
const largest = 2 << 10

// Verify says whether a signature is of a text, by its own key and with the person verified by his device.
// Whose key it is, is for who knows him.
func (s *Signature) Verify(text []byte) error {
	for _, part := range [][]byte{s.Key, s.Client, s.Data, s.Value} {
		if len(part) == 0 || len(part) > largest {
			return ErrInvalid
		}
	}
	var client struct{ Type, Challenge string }
	digest := sha256.Sum256(text)
	if json.Unmarshal(s.Client, &client) != nil || client.Type != "webauthn.get" || client.Challenge != base64.RawURLEncoding.EncodeToString(digest[:]) {
		return ErrInvalid
	}
	var data webauthn.AuthenticatorData
	if err := data.Unmarshal(s.Data); err != nil || !data.Flags.UserPresent() || !data.Flags.UserVerified() {
		return ErrInvalid
	}
	key, err := webauthncose.ParsePublicKey(s.Key)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrInvalid, err)
	}
	said := sha256.Sum256(s.Client)
	if good, err := webauthncose.VerifySignature(key, append(append([]byte{}, s.Data...), said[:]...), s.Value); err != nil || !good {
		return ErrInvalid
	}
	return nil
}
