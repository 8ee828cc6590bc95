package access

import (
	"crypto/rand"
	"crypto/sha256"
	"time"

	"isoloir/crypto/group"
	"isoloir/register"
)

// What is allowed of sessions.
const (
	sessionLife = 20 * time.Minute
	maxSessions = 100_000
	perAccount  = 4 // at once; the oldest makes room
)

type session struct {
	number  register.Number
	key     [group.PointSize]byte
	expires time.Time
}

// enter begins a session of an account, and says until when it lives, in Unix seconds.
func (s *Service) enter(n register.Number, key [group.PointSize]byte) (secret Secret, expires int64, err error) {
	rand.Read(secret[:])
	until := s.now().Add(sessionLife)
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.room(n) {
		return Secret{}, 0, ErrBusy
	}
	s.sessions[sha256.Sum256(secret[:])] = session{n, key, until}
	return secret, until.Unix(), nil
}

// room makes room for a session of an account; the caller holds the lock.
func (s *Service) room(n register.Number) bool {
	var oldest [32]byte
	own := 0
	for id, old := range s.sessions {
		switch {
		case !s.now().Before(old.expires):
			delete(s.sessions, id)
		case old.number == n:
			if own++; own == 1 || old.expires.Before(s.sessions[oldest].expires) {
				oldest = id
			}
		}
	}
	if own >= perAccount {
		delete(s.sessions, oldest)
	}
	return len(s.sessions) < maxSessions
}

// alone ends all sessions of an account but this one: who changes how the account is
// opened is not put out again by whoever was in it.
func (s *Service) alone(secret Secret, n register.Number) {
	s.mu.Lock()
	defer s.mu.Unlock()
	own := sha256.Sum256(secret[:])
	for id, other := range s.sessions {
		if other.number == n && id != own {
			delete(s.sessions, id)
		}
	}
}

// session is one that lives.
func (s *Service) session(secret Secret) (session, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	one, found := s.sessions[sha256.Sum256(secret[:])]
	if !found || !s.now().Before(one.expires) {
		return session{}, ErrSession
	}
	return one, nil
}

func (s *Service) number(secret Secret) (register.Number, error) {
	one, err := s.session(secret)
	return one.number, err
}

// Leave ends a session.
func (s *Service) Leave(secret Secret) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.sessions, sha256.Sum256(secret[:]))
}
