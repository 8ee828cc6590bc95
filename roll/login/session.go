package login

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"time"

	"isoloir/roll"
)

// Lives of sessions.
const (
	sessionLife    = 20 * time.Minute
	sessionExtends = 3
)

// end is when a session ends, in seconds since 1970: one that began before the close
// of the vote does not outlast its time of grace.
func (s *Service) end(session Session) int64 {
	w := s.Window()
	if session.Begun < w.Close.Unix() {
		return min(session.Expires, w.Ends.Unix())
	}
	return session.Expires
}

func (s *Service) live(session Session) bool { return s.Roll.Now().Unix() < s.end(session) }

// session finds a session that lives; else roll.ErrSession.
func (s *Service) session(ctx context.Context, secret Secret) (Session, error) {
	session, err := s.Store.Session(ctx, s.Roll.Scope, sha256.Sum256(secret[:]))
	switch {
	case errors.Is(err, roll.ErrSession):
		return session, roll.ErrSession
	case err != nil:
		return session, busy(err)
	case !s.live(session):
		return session, roll.ErrSession
	}
	return session, nil
}

// change does something to a session that lives, durably, and answers what it said.
func (s *Service) change(ctx context.Context, secret Secret, do func(*Session) error) error {
	var said error
	outcome, err := s.changes.Do(ctx, []Change{{sha256.Sum256(secret[:]), func(session *Session) {
		if said = roll.ErrSession; s.live(*session) {
			said = do(session)
		}
	}}})
	switch {
	case err != nil:
		return busy(err)
	case outcome[0] != nil:
		return outcome[0]
	}
	return said
}

// Open gives the masked halves to a session with all factors proved; ErrUnproven
// otherwise.
func (s *Service) Open(ctx context.Context, secret Secret) (OpenAnswer, error) {
	session, err := s.proved(ctx, secret)
	if err != nil {
		return OpenAnswer{}, err
	}
	login, err := s.Store.Login(ctx, s.Roll.Scope, session.Place)
	if err != nil {
		return OpenAnswer{}, busy(err)
	}
	standing, err := s.Store.Standing(ctx, s.Roll.Scope, session.Place)
	if err != nil {
		return OpenAnswer{}, busy(err)
	}
	a := OpenAnswer{Step: next(s.urns[session.Place.Urn].policy.steps(), session.Proved), Expires: time.Unix(s.end(session), 0).UTC()}
	switch {
	case standing.Marked:
		a.State = Voted
	case standing.Reserved:
		a.State = Reserved
	}
	for i, h := range login.Halves {
		a.Masked[i] = h.Masked
	}
	return a, nil
}

// proved finds a session that lives, with all factors proved; else roll.ErrSession or
// roll.ErrUnproven.
func (s *Service) proved(ctx context.Context, secret Secret) (Session, error) {
	session, err := s.session(ctx, secret)
	if err == nil && next(s.urns[session.Place.Urn].policy.Factors, session.Proved) != Nothing {
		err = roll.ErrUnproven
	}
	return session, err
}

// Companions tells a session with all factors proved in which companions its elector
// may vote, and where he stands there; ErrUnproven otherwise.
func (s *Service) Companions(ctx context.Context, secret Secret) (CompanionsAnswer, error) {
	session, err := s.proved(ctx, secret)
	if err != nil {
		return nil, err
	}
	all, err := s.Store.Companions(ctx, s.Roll.Scope, session.Place)
	if err != nil {
		return nil, busy(err)
	}
	var a CompanionsAnswer
	for _, c := range all {
		if c.Number >= len(s.Manifest.Companions) {
			return nil, busy(fmt.Errorf("the manifest has no companion number %d", c.Number))
		}
		a = append(a, Companion{s.Manifest.Companions[c.Number], c.In})
	}
	return a, nil
}

// Extend lets a session last for another 20 minutes from now, three times; then it
// answers when it ends, unchanged.
func (s *Service) Extend(ctx context.Context, secret Secret) (expires time.Time, err error) {
	err = s.change(ctx, secret, func(session *Session) error {
		if session.Extensions < sessionExtends {
			session.Extensions++
			session.Expires = s.Roll.Now().Add(sessionLife).Unix()
		}
		expires = time.Unix(s.end(*session), 0).UTC()
		return nil
	})
	return expires, err
}

// Leave ends a session, if it lives.
func (s *Service) Leave(ctx context.Context, secret Secret) error {
	err := s.change(ctx, secret, func(session *Session) error {
		session.Expires = s.Roll.Now().Unix()
		return nil
	})
	if errors.Is(err, roll.ErrSession) {
		return nil
	}
	return err
}

// Reserve lets a session reserve for its own elector (roll.Service.Reserve): once
// every step is proved (ErrUnproven), while the vote is open, and in the time of grace
// if the session began before the close (ErrClosed).
func (s *Service) Reserve(ctx context.Context, secret Secret, q roll.ReserveRequest) (roll.ReserveAnswer, error) {
	session, err := s.session(ctx, secret)
	if err != nil {
		return roll.ReserveAnswer{}, err
	}
	w := s.Window()
	switch {
	case session.Place != roll.Place{Urn: q.Urn, Elector: q.Elector}:
		return roll.ReserveAnswer{}, roll.ErrElector
	case next(s.urns[q.Urn].policy.steps(), session.Proved) != Nothing:
		return roll.ReserveAnswer{}, roll.ErrUnproven
	case !w.Voting(s.Roll.Now()) || session.Begun >= w.Close.Unix():
		return roll.ReserveAnswer{}, roll.ErrClosed
	}
	a := s.Roll.Reserve(ctx, []roll.ReserveRequest{q})[0]
	return a, a.Err
}

// Sweep forgets sessions that have ended, and with them challenges that are too old to
// be answered. It is called now and then.
func (s *Service) Sweep(ctx context.Context) error {
	before := s.Roll.Now().Add(-challengeLife - challengeLeeway)
	return s.Store.Sweep(ctx, s.Roll.Scope, before.Unix())
}
