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

// A Fact is what a ledger keeps of passkeys, invitations and sessions.
type Fact = journal.Fact

// ErrTaken says that a fact of that name is there already.
var ErrTaken = journal.ErrTaken

// A Ledger says who may come and which passkeys are good. It is safe for concurrent use.
type Ledger interface {
	// Refresh takes up what other processes have written.
	Refresh(ctx context.Context) error
	// Guest is what somebody is called who may come at this moment.
	Guest(ctx context.Context, id string) (label string, known bool, err error)
	// Invitation is the number, from 1, of the invitation by which he may make a passkey; zero for none.
	Invitation(ctx context.Context, id string) (int, error)
	// Owner is whose good passkey this is; empty for nobody's.
	Owner(ctx context.Context, f scrutin.Digest) (string, error)
	// Keys are somebody's good passkeys, by their fingerprints.
	Keys(ctx context.Context, id string) ([]scrutin.Digest, error)
	// Made makes a passkey good.
	Made(ctx context.Context, id string, f scrutin.Digest) error

	// Keep adds facts, all of them or none: ErrTaken.
	Keep(ctx context.Context, facts ...Fact) error
	Fact(ctx context.Context, kind, name string) ([]byte, bool, error)
	Facts(ctx context.Context, kind string) ([]Fact, error)
}

// An Entrance is what a door is made of. All of it but Handles is required.
type Entrance struct {
	Ledger Ledger
	Title  string // what a device calls the place
	Origin string // of the pages, whose host is a name: browsers give no passkey to an address
	// Handles begins the names under which devices keep passkeys, where several doors share an origin.
	Handles string
	Cookie  string // of the session: begins with __Host-
	Guard   *guard.Guard
	Now     func() time.Time
}

// A Door admits the guests of a ledger. It is safe for concurrent use.
type Door struct {
	entrance Entrance
	web      *webauthn.WebAuthn

	key [32]byte // of the codes of logins

	mu    sync.Mutex
	begun map[string]registration // by a name that the page brings back
	used  map[string]time.Time    // challenges of logins that have admitted somebody, until when each is remembered
}

// NewDoor makes one.
func NewDoor(e Entrance) (*Door, error) {
	u, err := url.Parse(e.Origin)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrOrigin, err)
	}
	web, err := webauthn.New(&webauthn.Config{RPID: u.Hostname(), RPDisplayName: e.Title, RPOrigins: []string{e.Origin},
		AttestationPreference: protocol.PreferNoAttestation,
		AuthenticatorSelection: protocol.AuthenticatorSelection{ResidentKey: protocol.ResidentKeyRequirementRequired,
			RequireResidentKey: protocol.ResidentKeyRequired(), UserVerification: protocol.VerificationRequired}})
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrOrigin, err)
	}
	d := &Door{entrance: e, web: web, begun: map[string]registration{}, used: map[string]time.Time{}}
	rand.Read(d.key[:])
	return d, nil
}

// Origin is where guests log in.
func (s *Door) Origin() string { return s.entrance.Origin }

// Invite gives the code by which a guest makes a passkey, once and within a week, by the invitation that the ledger has now. It is nowhere else.
func (s *Door) Invite(ctx context.Context, guest string) (string, error) {
	entry, err := s.entrance.Ledger.Invitation(ctx, guest)
	if err != nil {
		return "", err
	}
	if entry == 0 {
		return "", ErrMember
	}
	return s.invite(ctx, guest, entry)
}

// user is a guest as WebAuthn sees him. His handle says no more than the ledger does.
type user struct {
	id, label, handles string
	credentials        []webauthn.Credential
}

func (u user) WebAuthnID() []byte                         { return []byte(u.handles + u.id) }
func (u user) WebAuthnName() string                       { return u.label }
func (u user) WebAuthnDisplayName() string                { return u.label }
func (u user) WebAuthnCredentials() []webauthn.Credential { return u.credentials }

// user gives a guest with his good passkeys: ErrLogin for who is none.
func (s *Door) user(ctx context.Context, guest string) (user, error) {
	u := user{id: guest, handles: s.entrance.Handles}
	label, known, err := s.entrance.Ledger.Guest(ctx, guest)
	if err != nil || !known {
		return u, errors.Join(err, ErrLogin)
	}
	u.label = label
	keys, err := s.entrance.Ledger.Keys(ctx, guest)
	if err != nil {
		return u, err
	}
	for _, f := range keys {
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

// credential reads a passkey by its fingerprint, nil if the ledger has it not or has another one in its place.
func (s *Door) credential(ctx context.Context, f scrutin.Digest) (*webauthn.Credential, error) {
	ledger := s.entrance.Ledger
	value, known, err := ledger.Fact(ctx, kindCredential, f.String())
	if err != nil || !known {
		return nil, err
	}
	c := new(webauthn.Credential)
	if c.UnmarshalJSON(value) != nil || Fingerprint(c) != f {
		return nil, nil
	}
	counters, err := ledger.Facts(ctx, kindCounter+f.String())
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
