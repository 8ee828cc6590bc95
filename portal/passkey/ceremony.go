package passkey

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"

	"isoloir/scrutin"
)

// ErrLogin says that nobody is admitted: no such passkey, another answer than the one asked for, too late, or no verified person.
var ErrLogin = errors.New("this passkey does not open these pages")

// ceremonyLasts is how long a ceremony lasts at most.
const ceremonyLasts = 5 * time.Minute

// A registration is between the two messages of a new passkey: only an invitation begins one.
type registration struct {
	session webauthn.SessionData
	expires time.Time
	invited string // the hash of the code
	guest   string // whom it invites
}

// begin remembers a registration under a name.
func (s *Door) begin(c registration) string {
	var raw [16]byte
	rand.Read(raw[:])
	name := hex.EncodeToString(raw[:])
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.entrance.Now()
	for n, old := range s.begun {
		if !now.Before(old.expires) {
			delete(s.begun, n)
		}
	}
	c.expires = now.Add(ceremonyLasts)
	s.begun[name] = c
	return name
}

// end takes a registration out, once.
func (s *Door) end(name string) (registration, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c, known := s.begun[name]
	delete(s.begun, name)
	return c, known && s.entrance.Now().Before(c.expires)
}

// A login is between its two messages with whoever asked, under a code of the service's: whoever asks a thousand times fills nothing here.
type login struct {
	Session webauthn.SessionData `json:"session"`
	Expires time.Time            `json:"expires"`
}

// lend gives a login to who asked, as the name of his ceremony.
func (s *Door) lend(l login) (string, error) {
	data, err := json.Marshal(l)
	if err != nil {
		return "", err
	}
	return base64.RawURLEncoding.EncodeToString(append(s.code(data), data...)), nil
}

func (s *Door) code(data []byte) []byte {
	h := hmac.New(sha256.New, s.key[:])
	h.Write(data)
	return h.Sum(nil)
}

// lent reads a login that was lent and has not been used.
func (s *Door) lent(name string) (l login, ok bool) {
	data, err := base64.RawURLEncoding.Strict().DecodeString(name)
	if err != nil || len(data) < sha256.Size || !hmac.Equal(data[:sha256.Size], s.code(data[sha256.Size:])) {
		return l, false
	}
	if json.Unmarshal(data[sha256.Size:], &l) != nil || !s.entrance.Now().Before(l.Expires) {
		return l, false
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	_, used := s.used[l.Session.Challenge]
	return l, !used
}

// use has a login admit somebody, once. Only who is admitted is remembered, until it would have expired.
func (s *Door) use(l login) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.entrance.Now()
	for challenge, until := range s.used {
		if !now.Before(until) {
			delete(s.used, challenge)
		}
	}
	if _, again := s.used[l.Session.Challenge]; again {
		return false
	}
	s.used[l.Session.Challenge] = l.Expires
	return true
}

// A Question is what a page hands to the browser: options of navigator.credentials, in their JSON form, and the name of the ceremony, which it
// brings back with the answer.
type Question struct {
	Ceremony string `json:"ceremony"`
	Options  any    `json:"options"`
}

// An Answer is what it brings back: the credential in its JSON form.
type Answer struct {
	Ceremony   string          `json:"ceremony"`
	Credential json.RawMessage `json:"credential"`
}

// Join begins a new passkey for whom a code invites.
func (s *Door) Join(ctx context.Context, code string) (*Question, error) {
	name := hashed(normal(code))
	guest, err := s.invited(ctx, name)
	if err != nil {
		return nil, err
	}
	u, err := s.user(ctx, guest)
	if err != nil {
		return nil, err
	}
	options, session, err := s.web.BeginRegistration(u, webauthn.WithExclusions(webauthn.Credentials(u.credentials).CredentialDescriptors()))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrLogin, err)
	}
	return &Question{s.begin(registration{session: *session, invited: name, guest: guest}), options}, nil
}

// Joined keeps the new passkey, uses the invitation up, and has the ledger say so. It returns who it is.
func (s *Door) Joined(ctx context.Context, a *Answer) (guest string, f scrutin.Digest, err error) {
	c, known := s.end(a.Ceremony)
	if !known {
		return "", f, ErrLogin
	}
	if _, err := s.invited(ctx, c.invited); err != nil {
		return "", f, err
	}
	parsed, err := protocol.ParseCredentialCreationResponseBytes(a.Credential)
	if err != nil {
		return "", f, ErrLogin
	}
	u, err := s.user(ctx, c.guest)
	if err != nil {
		return "", f, err
	}
	made, err := s.web.CreateCredential(u, c.session, parsed)
	if err != nil || !made.Flags.UserVerified {
		return "", f, ErrLogin
	}
	value, err := json.Marshal(made)
	if err != nil {
		return "", f, err
	}
	f = Fingerprint(made)
	ledger := s.entrance.Ledger
	err = ledger.Keep(ctx, Fact{Kind: kindUsed, Name: c.invited}, Fact{Kind: kindCredential, Name: f.String(), Value: value})
	if errors.Is(err, ErrTaken) {
		err = ErrInvitation
	}
	if err != nil {
		return "", f, err
	}
	return c.guest, f, ledger.Made(ctx, c.guest, f)
}

// Login begins a login with whatever passkey the device has.
func (s *Door) Login(context.Context) (*Question, error) {
	options, session, err := s.web.BeginDiscoverableLogin(webauthn.WithUserVerification(protocol.VerificationRequired))
	if err != nil {
		return nil, err
	}
	name, err := s.lend(login{*session, s.entrance.Now().Add(ceremonyLasts)})
	return &Question{name, options}, err
}

// LoggedIn verifies the answer, and returns who it is and by which passkey.
func (s *Door) LoggedIn(ctx context.Context, a *Answer) (guest string, f scrutin.Digest, err error) {
	l, known := s.lent(a.Ceremony)
	if !known {
		return "", f, ErrLogin
	}
	parsed, err := protocol.ParseCredentialRequestResponseBytes(a.Credential)
	if err != nil {
		return "", f, ErrLogin
	}
	if err := s.entrance.Ledger.Refresh(ctx); err != nil {
		return "", f, err
	}
	var away error // the store's
	_, used, err := s.web.ValidatePasskeyLogin(func(_, handle []byte) (webauthn.User, error) {
		var ours bool
		if guest, ours = strings.CutPrefix(string(handle), s.entrance.Handles); !ours {
			return nil, ErrLogin
		}
		who, err := s.user(ctx, guest)
		if err != nil && !errors.Is(err, ErrLogin) {
			away = err
		}
		return who, err
	}, l.Session, parsed)
	switch {
	case away != nil:
		return "", f, away
	case err != nil || !used.Flags.UserVerified || used.Authenticator.CloneWarning || !s.use(l):
		return "", f, ErrLogin
	}
	f = Fingerprint(used)
	if n := used.Authenticator.SignCount; n > 0 {
		err := s.entrance.Ledger.Keep(ctx, Fact{Kind: kindCounter + f.String(), Name: fmt.Sprint(n)})
		if errors.Is(err, ErrTaken) { // another login with the same count: one of two copies
			err = ErrLogin
		}
		if err != nil {
			return "", f, err
		}
	}
	return guest, f, nil
}
