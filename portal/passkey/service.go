package passkey

import (
	"context"
	"errors"
	"net/http"
	"sync"
	"time"

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

// A Service admits members of a bureau. It is safe for concurrent use.
type Service struct {
	*Door
	config   Config
	inviting sync.Mutex
}

// ErrOrigin says that there can be no passkeys for an origin.
var ErrOrigin = errors.New("passkeys are for a host that has a name: give the pages an origin as https://bureau.example, or http://localhost:8090 to try it")

// New makes the service of a scrutin.
func New(c Config) (*Service, error) {
	s := &Service{config: c}
	var err error
	s.Door, err = NewDoor(Entrance{Ledger: told{s}, Title: c.Manifest.Scrutin.Title, Origin: c.Origin, Cookie: Cookie, Guard: c.Guard, Now: c.Now})
	if err != nil {
		return nil, err
	}
	return s, nil
}

func (s *Service) standing() standing {
	return standingOf(s.config.Journal.Entries(0), s.config.Manifest.Platform.Contents.ID)
}

// Who is the member who asks; nil for nobody. His passkey is good at this moment.
func (s *Service) Who(r *http.Request) (*scrutin.Member, error) {
	id, err := s.Guest(r)
	if err != nil || id == "" {
		return nil, err
	}
	m, _ := s.config.Manifest.Member(id)
	return m, nil
}

// told is the ledger of a bureau: its manifest, what its journal tells, and the facts beside it.
type told struct{ s *Service }

func (t told) Refresh(ctx context.Context) error { return t.s.config.Journal.Refresh(ctx) }

func (t told) Guest(_ context.Context, id string) (string, bool, error) {
	m, known := t.s.config.Manifest.Member(id)
	if !known {
		return "", false, nil
	}
	return m.Label, true, nil
}

func (t told) Invitation(_ context.Context, id string) (int, error) {
	return t.s.standing().current[id], nil
}

func (t told) Owner(_ context.Context, f scrutin.Digest) (string, error) {
	return t.s.standing().good[f], nil
}

func (t told) Keys(_ context.Context, id string) (keys []scrutin.Digest, _ error) {
	for f, member := range t.s.standing().good {
		if member == id {
			keys = append(keys, f)
		}
	}
	return keys, nil
}

func (t told) Made(ctx context.Context, id string, f scrutin.Digest) error {
	_, err := t.s.config.Journal.Say(ctx, 0, journal.Credential{Member: id, Fingerprint: f})
	return err
}

func (t told) Keep(ctx context.Context, facts ...Fact) error {
	return t.s.config.Store.Keep(ctx, t.s.config.Fingerprint, facts...)
}

func (t told) Fact(ctx context.Context, kind, name string) ([]byte, bool, error) {
	return t.s.config.Store.Fact(ctx, t.s.config.Fingerprint, kind, name)
}

func (t told) Facts(ctx context.Context, kind string) ([]Fact, error) {
	return t.s.config.Store.Facts(ctx, t.s.config.Fingerprint, kind)
}
