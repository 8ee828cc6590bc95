package passkey

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"slices"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"

	"isoloir/space/signature"
)

// Sign asks a guest for his signature over a text: by its SHA-256 as the challenge, which no login ever has, since those are drawn by chance. So
// nothing is remembered between question and answer, and the same answer brought twice says the same.
func (s *Door) Sign(ctx context.Context, guest string, text []byte) (*Question, error) {
	u, err := s.user(ctx, guest)
	if err != nil {
		return nil, err
	}
	options, _, err := s.signing(u, text)
	if err != nil {
		return nil, err
	}
	return &Question{Options: options}, nil
}

func (s *Door) signing(u user, text []byte) (*protocol.CredentialAssertion, *webauthn.SessionData, error) {
	if len(u.credentials) == 0 {
		return nil, nil, ErrLogin
	}
	digest := sha256.Sum256(text)
	return s.web.BeginLogin(u, webauthn.WithUserVerification(protocol.VerificationRequired), webauthn.WithChallenge(digest[:]))
}

// Signed verifies the credential that his browser brought for this text, and gives what others verify: ErrLogin.
func (s *Door) Signed(ctx context.Context, guest string, text []byte, credential json.RawMessage) (*signature.Signature, error) {
	parsed, err := protocol.ParseCredentialRequestResponseBytes(credential)
	if err != nil {
		return nil, ErrLogin
	}
	u, err := s.user(ctx, guest)
	if err != nil {
		return nil, err
	}
	_, session, err := s.signing(u, text)
	if err != nil {
		return nil, err
	}
	for i := range u.credentials { // a device's count is the login's matter: it may come late here
		u.credentials[i].Authenticator.SignCount = 0
	}
	used, err := s.web.ValidateLogin(u, *session, parsed)
	if err != nil || !used.Flags.UserVerified {
		return nil, errors.Join(ErrLogin, err)
	}
	raw := parsed.Raw.AssertionResponse
	return &signature.Signature{Key: slices.Clone(used.PublicKey), Client: raw.ClientDataJSON, Data: raw.AuthenticatorData, Value: raw.Signature}, nil
}
