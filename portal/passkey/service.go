package passkey

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/url"
	"sync"
	"time"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"

	"isoloir/bve/journal"
	"isoloir/portal/guard"
	"isoloir/scrutin"
)

// Kinds of facts in the store.
const (
	kindInvitation = "invitation"
	kindUsed       = "invitation used"
	kindCredential = "credential" // by the fingerprint
	kindCounter    = "counter "   // and the fingerprint; by the counter of a login
	kindSession    = "session"
	kindEnded      = "session ended"
)

// A Config is what members log in on. All of it is required.
type Config struct {
	Store       journal.Store
	Journal     *journal.Journal // one that says what the service does
	Manifest    *scrutin.Manifest
	Fingerprint scrutin.Digest // f
	Origin      string         // of the bureau's pages, whose host is a name: browsers give no passkey to an address
	Guard       *guard.Guard
	Now         func() time.Time
}

// A Service admits members. It is safe for concurrent use.
type Service struct {
	config   Config
	web      *webauthn.WebAuthn
	inviting sync.Mutex

	key [32]byte // of the codes of logins

	mu    sync.Mutex
	begun map[string]registration // by a name that the page brings back
	used  map[string]time.Time    // challenges of logins that have admitted somebody, until when each is remembered
}

// ErrOrigin says that there can be no passkeys for an origin.
var ErrOrigin = errors.New("passkeys are for a host that has a name: give the bureau an origin as https://bureau.example, or http://localhost:8090 to try it")

// New makes the service of a scrutin.
func New(c Config) (*Service, error) {
	u, err := url.Parse(c.Origin)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrOrigin, err)
	}
	web, err := webauthn.New(&webauthn.Config{RPID: u.Hostname(), RPDisplayName: c.Manifest.Scrutin.Title, RPOrigins: []string{c.Origin},
		AttestationPreference: protocol.PreferNoAttestation,
		AuthenticatorSelection: protocol.AuthenticatorSelection{ResidentKey: protocol.ResidentKeyRequirementRequired,
			RequireResidentKey: protocol.ResidentKeyRequired(), UserVerification: protocol.VerificationRequired}})
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrOrigin, err)
	}
	s := &Service{config: c, web: web, begun: map[string]registration{}, used: map[string]time.Time{}}
	rand.Read(s.key[:])
	return s, nil
}

// Origin is where members log in.
func (s *Service) Origin() string { return s.config.Origin }

func (s *Service) standing() standing {
	return standingOf(s.config.Journal.Entries(0), s.config.Manifest.Platform.Contents.ID)
}

// user is a member as WebAuthn sees him. His handle is his identifier in the manifest, which says no more than the manifest does.
type user struct {
	*scrutin.Member
	credentials []webauthn.Credential
}

func (u user) WebAuthnID() []byte                         { return []byte(u.ID) }
func (u user) WebAuthnName() string                       { return u.ID }
func (u user) WebAuthnDisplayName() string                { return u.Label }
func (u user) WebAuthnCredentials() []webauthn.Credential { return u.credentials }

// user gives a member with his good passkeys.
func (s *Service) user(ctx context.Context, m *scrutin.Member) (user, error) {
	u := user{Member: m}
	for f, member := range s.standing().good {
		if member != m.ID {
			continue
		}
		c, err := s.credential(ctx, f)
		if err != nil {
			return u, err
		}
		if c != nil {
			u.credentials = append(u.credentials, *c)
		}
	}
	return u, nil
}

// credential reads a passkey by its fingerprint, nil if the store has it not or has another one in its place.
func (s *Service) credential(ctx context.Context, f scrutin.Digest) (*webauthn.Credential, error) {
	value, known, err := s.config.Store.Fact(ctx, s.config.Fingerprint, kindCredential, f.String())
	if err != nil || !known {
		return nil, err
	}
	c := new(webauthn.Credential)
	if c.UnmarshalJSON(value) != nil || Fingerprint(c) != f {
		return nil, nil
	}
	counters, err := s.config.Store.Facts(ctx, s.config.Fingerprint, kindCounter+f.String())
	if err != nil {
		return nil, err
	}
	for _, n := range counters {
		var counter uint32
		if _, err := fmt.Sscanf(n.Name, "%d", &counter); err == nil {
			c.Authenticator.SignCount = max(c.Authenticator.SignCount, counter)
		}
	}
	return c, nil
}
