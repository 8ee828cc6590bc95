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
	"time"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"

	"isoloir/bve/journal"
	"isoloir/scrutin"
)

// ErrLogin says that nobody is admitted: no such passkey, another answer than the one asked for, too late, or no verified person.
var ErrLogin = errors.New("this passkey does not open the bureau's pages")

// ceremonyLasts is how long a ceremony lasts at most.
const ceremonyLasts = 5 * time.Minute

// A registration is between the two messages of a new passkey: only an invitation begins one.
type registration struct {
	session webauthn.SessionData
	expires time.Time
	invited string // the hash of the code
	member  *scrutin.Member
}

// begin remembers a registration under a name.
func (s *Service) begin(c registration) string {
	var raw [16]byte
	rand.Read(raw[:])
	name := hex.EncodeToString(raw[:])
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.config.Now()
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
func (s *Service) end(name string) (registration, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c, known := s.begun[name]
	delete(s.begun, name)
	return c, known && s.config.Now().Before(c.expires)
}

// A login is between its two messages with whoever asked, under a code of the service's: whoever asks a thousand times fills nothing here.
type login struct {
	Session webauthn.SessionData `json:"session"`
	Expires time.Time            `json:"expires"`
}

// lend gives a login to who asked, as the name of his ceremony.
func (s *Service) lend(l login) (string, error) {
	data, err := json.Marshal(l)
	if err != nil {
		return "", err
	}
	return base64.RawURLEncoding.EncodeToString(append(s.code(data), data...)), nil
}

func (s *Service) code(data []byte) []byte {
	h := hmac.New(sha256.New, s.key[:])
	h.Write(data)
	return h.Sum(nil)
}

// lent reads a login that was lent and has not been used.
func (s *Service) lent(name string) (l login, ok bool) {
	data, err := base64.RawURLEncoding.Strict().DecodeString(name)
	if err != nil || len(data) < sha256.Size || !hmac.Equal(data[:sha256.Size], s.code(data[sha256.Size:])) {
		return l, false
	}
	if json.Unmarshal(data[sha256.Size:], &l) != nil || !s.config.Now().Before(l.Expires) {
		return l, false
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	_, used := s.used[l.Session.Challenge]
	return l, !used
}

// use has a login admit somebody, once. Only who is admitted is remembered, until it would have expired.
func (s *Service) use(l login) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.config.Now()
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
func (s *Service) Join(ctx context.Context, code string) (*Question, error) {
	name := hashed(normal(code))
	m, err := s.invited(ctx, name)
	if err != nil {
		return nil, err
	}
	u, err := s.user(ctx, m)
	if err != nil {
		return nil, err
	}
	options, session, err := s.web.BeginRegistration(u, webauthn.WithExclusions(webauthn.Credentials(u.credentials).CredentialDescriptors()))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrLogin, err)
	}
	return &Question{s.begin(registration{session: *session, invited: name, member: m}), options}, nil
}

// Joined keeps the new passkey, uses the invitation up, and has it in the journal. It returns who it is.
func (s *Service) Joined(ctx context.Context, a *Answer) (*scrutin.Member, scrutin.Digest, error) {
	c, known := s.end(a.Ceremony)
	if !known {
		return nil, scrutin.Digest{}, ErrLogin
	}
	if _, err := s.invited(ctx, c.invited); err != nil {
		return nil, scrutin.Digest{}, err
	}
	parsed, err := protocol.ParseCredentialCreationResponseBytes(a.Credential)
	if err != nil {
		return nil, scrutin.Digest{}, ErrLogin
	}
	u, err := s.user(ctx, c.member)
	if err != nil {
		return nil, scrutin.Digest{}, err
	}
	made, err := s.web.CreateCredential(u, c.session, parsed)
	if err != nil || !made.Flags.UserVerified {
		return nil, scrutin.Digest{}, ErrLogin
	}
	value, err := json.Marshal(made)
	if err != nil {
		return nil, scrutin.Digest{}, err
	}
	f := Fingerprint(made)
	err = s.config.Store.Keep(ctx, s.config.Fingerprint, journal.Fact{Kind: kindUsed, Name: c.invited}, journal.Fact{Kind: kindCredential, Name: f.String(), Value: value})
	if errors.Is(err, journal.ErrTaken) {
		err = ErrInvitation
	}
	if err != nil {
		return nil, scrutin.Digest{}, err
	}
	_, err = s.config.Journal.Say(ctx, 0, journal.Credential{Member: c.member.ID, Fingerprint: f})
	return c.member, f, err
}

// Login begins a login with whatever passkey the device has.
func (s *Service) Login(context.Context) (*Question, error) {
	options, session, err := s.web.BeginDiscoverableLogin(webauthn.WithUserVerification(protocol.VerificationRequired))
	if err != nil {
		return nil, err
	}
	name, err := s.lend(login{*session, s.config.Now().Add(ceremonyLasts)})
	return &Question{name, options}, err
}

// LoggedIn verifies the answer, and returns who it is and by which passkey.
func (s *Service) LoggedIn(ctx context.Context, a *Answer) (*scrutin.Member, scrutin.Digest, error) {
	l, known := s.lent(a.Ceremony)
	if !known {
		return nil, scrutin.Digest{}, ErrLogin
	}
	parsed, err := protocol.ParseCredentialRequestResponseBytes(a.Credential)
	if err != nil {
		return nil, scrutin.Digest{}, ErrLogin
	}
	if err := s.config.Journal.Refresh(ctx); err != nil {
		return nil, scrutin.Digest{}, err
	}
	var away error // the store's
	var who user
	_, used, err := s.web.ValidatePasskeyLogin(func(_, handle []byte) (webauthn.User, error) {
		m, known := s.config.Manifest.Member(string(handle))
		if !known {
			return nil, ErrLogin
		}
		who, away = s.user(ctx, m)
		return who, away
	}, l.Session, parsed)
	switch {
	case away != nil:
		return nil, scrutin.Digest{}, away
	case err != nil || !used.Flags.UserVerified || used.Authenticator.CloneWarning || !s.use(l):
		return nil, scrutin.Digest{}, ErrLogin
	}
	f := Fingerprint(used)
	if n := used.Authenticator.SignCount; n > 0 {
		err := s.config.Store.Keep(ctx, s.config.Fingerprint, journal.Fact{Kind: kindCounter + f.String(), Name: fmt.Sprint(n)})
		if errors.Is(err, journal.ErrTaken) { // another login with the same count: one of two copies
			err = ErrLogin
		}
		if err != nil {
			return nil, scrutin.Digest{}, err
		}
	}
	return who.Member, f, nil
}
