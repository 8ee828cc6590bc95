// Package deputy gives a role of the vote deputies: keys that a process draws for itself, holds in memory alone and renews each day, and that
// sign what is said to voters in the place of the role's own key (docs/protocol.md, section 12). So whoever keeps that key is asked once for each
// process and day, at its start and by the clock, and what he writes down of it dates no ballot.
//
// What it promises. No text of casting reaches the role's own key. A certificate is kept durably before its deputy signs anything. While the role's
// own key cannot be had the deputy of the day before serves on, for the rest of its days; after these nothing is signed (custody.ErrUnavailable). A
// deputy that an act has withdrawn is given up for another one.
package deputy

import (
	"encoding/hex"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"isoloir/custody"
	"isoloir/scrutin"
	"isoloir/scrutin/note"
)

// A Config is whose deputies these are.
type Config struct {
	Own     note.Signer    // the role's own key
	Role    string         // scrutin.RoleRoll or RoleUrn
	Opening scrutin.Digest // o
	// Keep keeps a certificate durably, under a name of letters, digits, hyphens and dots that is its own and sorts by first day and key.
	Keep func(name string, certificate []byte) error
	// Withdrawn says which deputies an act has withdrawn; nil for none.
	Withdrawn func(role string, key [32]byte) bool
	Now       func() time.Time
}

// A Signer signs texts of casting by a deputy, and all else by the role's own key. It is safe for concurrent use.
type Signer struct {
	note.Signer // the role's own
	config      Config
	renewing    sync.Mutex
	acting      atomic.Pointer[[2]*scrutin.ActingDeputy] // of this process: the one drawn last, and the one before
}

var _ scrutin.Deputising = (*Signer)(nil)

// Open draws the first deputy of this process.
func Open(c Config) (*Signer, error) {
	s := &Signer{Signer: c.Own, config: c}
	return s, s.Renew()
}

// Renew draws another deputy when a day has begun, and otherwise does nothing. It is for the clock to call, never for a voter's message: the
// role's own key is asked here, and nowhere else.
func (s *Signer) Renew() error {
	s.renewing.Lock()
	defer s.renewing.Unlock()
	now := s.config.Now()
	var last *scrutin.ActingDeputy
	if acting := s.acting.Load(); acting != nil {
		last = acting[0]
	}
	if last != nil && last.From == scrutin.DeputyFrom(now) && !s.withdrawn(last) {
		return nil
	}
	next, err := scrutin.NewDeputy(s.config.Own, s.config.Role, s.config.Opening, now)
	if err == nil {
		err = s.config.Keep(Name(next.Deputy), next.Certificate)
	}
	if err != nil {
		return fmt.Errorf("a deputy for the day: %w", err)
	}
	s.acting.Store(&[2]*scrutin.ActingDeputy{next, last})
	return nil
}

// Deputy is the one who serves now: the one drawn last, or, when the clock was set back over midnight since, the one before.
func (s *Signer) Deputy() (*scrutin.ActingDeputy, error) {
	if acting := s.acting.Load(); acting != nil {
		now := s.config.Now()
		for _, a := range acting {
			if a != nil && a.Serves(now) && !s.withdrawn(a) {
				return a, nil
			}
		}
	}
	return nil, fmt.Errorf("no deputy serves today: %w", custody.ErrUnavailable)
}

func (s *Signer) withdrawn(a *scrutin.ActingDeputy) bool {
	return s.config.Withdrawn != nil && s.config.Withdrawn(a.Role, a.Key)
}

// Name is the one under which a deputy's certificate is kept.
func Name(d scrutin.Deputy) string {
	return fmt.Sprintf("%015d-%s.note", d.From, hex.EncodeToString(d.Key[:]))
}
