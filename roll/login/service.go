package login

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	"time"

	"isoloir/account/exchange"
	"isoloir/crypto/group"
	"isoloir/crypto/sigma"
	"isoloir/crypto/transcript"
	"isoloir/groupcommit"
	"isoloir/parallel"
	"isoloir/ratelimit"
	"isoloir/roll"
	"isoloir/scrutin"
)

// A Sender has the issuer of a channel send six digits to an elector, and brings back
// the hint of his address. It fails if they will not leave at once, with roll.ErrElector
// where that issuer has no address of his.
type Sender interface {
	Send(ctx context.Context, channel string, v exchange.Validation) (hint string, err error)
}

// Limits are how often something may be done; each process keeps its own. A zero limit
// is none.
type Limits struct {
	Login  ratelimit.Limit // logins tried for one elector from one network
	Code   ratelimit.Limit // codes sent to one elector
	Answer ratelimit.Limit // answers tried by one elector
}

// ProposedLimits are enough for who is clumsy. Logins are counted by elector and
// network together, so that nobody can keep an elector out from elsewhere; a login
// takes 120 bits to guess in any case.
func ProposedLimits() Limits {
	return Limits{
		Login:  ratelimit.Limit{Every: 30 * time.Second, Burst: 10},
		Code:   ratelimit.Limit{Every: 5 * time.Minute, Burst: 5},
		Answer: ratelimit.Limit{Every: 10 * time.Minute, Burst: 10},
	}
}

// A Config is what a Service runs on. What the roll's service has is used here too:
// scope, rules, clock, workers, number of those who wait.
type Config struct {
	Roll     *roll.Service
	Store    Store // the roll's, too
	Manifest *scrutin.Manifest
	Key      [32]byte      // secret of all processes over one store: challenges are made with it
	Window   func() Window // as the acts have it at this instant
	Sender   Sender        // nil where no college has codes sent
	Limits   Limits
}

// A Service lets electors in. It is safe for concurrent use; several services may run
// over one store.
type Service struct {
	Config
	urns  map[uint16]urn
	decoy roll.Login // of whom nobody has the codes

	verifies *groupcommit.Group[attempt, error]
	begins   *groupcommit.Group[Session, error]
	changes  *groupcommit.Group[Change, error]

	logins  *ratelimit.Limiter[visitor]
	codes   *ratelimit.Limiter[roll.Place]
	answers *ratelimit.Limiter[roll.Place]
}

// urn is what the service knows of one.
type urn struct {
	context transcript.Context
	policy  Policy
}

// visitor is an elector from somewhere.
type visitor struct {
	roll.Place
	from ratelimit.Network
}

// attempt is a login to be verified.
type attempt struct {
	LoginRequest
	login roll.Login
}

// How many proofs share an equation, and items a transaction; how many electors each
// limit is kept for.
const (
	verifyLimit = 256
	batchLimit  = 1024
	limitRoom   = 100_000
)

// New makes a service. It fails where a college of the manifest asks what cannot be
// asked online, or codes where there is no sender.
func New(c Config) (*Service, error) {
	s := &Service{Config: c, urns: map[uint16]urn{}}
	for _, r := range c.Roll.Rules {
		policy, err := PolicyOf(c.Manifest, c.Manifest.Urns[r.Number])
		if err != nil {
			return nil, err
		}
		for _, step := range policy.steps() {
			if step.Channel() != "" && c.Sender == nil {
				return nil, fmt.Errorf("urn %s: codes are asked for, and there is no link to an issuer who could send them", r.Name)
			}
		}
		s.urns[r.Number] = urn{transcript.Context{Manifest: r.Manifest, Opening: r.Opening, Urn: r.Name}, policy}
	}
	for i := range s.decoy.Halves {
		s.decoy.Halves[i].Login = group.MulBase(group.RandomScalar()).Bytes()
	}
	s.verifies = groupcommit.New(verifyLimit, c.Roll.Waiting, s.verify)
	s.begins = groupcommit.New(batchLimit, c.Roll.Waiting, func(ctx context.Context, sessions []Session) ([]error, error) {
		return c.Store.Begin(ctx, c.Roll.Scope, sessions)
	})
	s.changes = groupcommit.New(batchLimit, c.Roll.Waiting, func(ctx context.Context, changes []Change) ([]error, error) {
		return c.Store.Change(ctx, c.Roll.Scope, changes)
	})
	s.logins = ratelimit.New[visitor](c.Limits.Login, limitRoom, c.Roll.Now)
	s.codes = ratelimit.New[roll.Place](c.Limits.Code, limitRoom, c.Roll.Now)
	s.answers = ratelimit.New[roll.Place](c.Limits.Answer, limitRoom, c.Roll.Now)
	return s, nil
}

// Hello gives a challenge, whether there is such an elector or not.
func (s *Service) Hello(q HelloRequest) (Challenge, error) {
	if _, known := s.urns[q.Urn]; !known {
		return Challenge{}, roll.ErrUrn
	}
	return s.challenge(q.Place, s.Roll.Now()), nil
}

// Login begins a session for who answers a challenge with both codes. Refusals:
// ErrClosed before the vote opens, ErrSession where the challenge is none any more,
// ErrLogin in all cases in which elector and codes do not belong together, ErrBusy where he
// may be of an amendment that is not taken up yet, and a Wait.
func (s *Service) Login(ctx context.Context, from ratelimit.Network, q LoginRequest) (LoginAnswer, error) {
	u, known := s.urns[q.Urn]
	now := s.Roll.Now()
	switch {
	case !known:
		return LoginAnswer{}, roll.ErrUrn
	case now.Before(s.Window().Open):
		return LoginAnswer{}, roll.ErrClosed
	case !s.answerable(q.Challenge, q.Place, now):
		return LoginAnswer{}, roll.ErrSession
	case s.Roll.Awaits(q.Place):
		return LoginAnswer{}, roll.ErrBusy
	}
	if wait := s.logins.Take(visitor{q.Place, from}); wait > 0 {
		return LoginAnswer{}, Wait(wait)
	}
	login, err := s.Store.Login(ctx, s.Roll.Scope, q.Place)
	exists := err == nil && s.Roll.Votes(q.Place)
	if errors.Is(err, roll.ErrElector) {
		login = s.decoy
	} else if err != nil {
		return LoginAnswer{}, busy(err)
	}
	refused, err := s.verifies.Do(ctx, []attempt{{q, login}})
	switch {
	case err != nil:
		return LoginAnswer{}, busy(err)
	case refused[0] != nil || !exists:
		return LoginAnswer{}, errors.Join(roll.ErrLogin, refused[0])
	}
	a := LoginAnswer{Step: next(u.policy.Factors, 0)}
	rand.Read(a.Secret[:])
	session := Session{ID: sha256.Sum256(a.Secret[:]), Challenge: [16]byte(q.Challenge[8:]), Place: q.Place,
		Begun: now.Unix(), Expires: now.Add(sessionLife).Unix()}
	outcome, err := s.begins.Do(ctx, []Session{session})
	if err != nil {
		return LoginAnswer{}, busy(err)
	}
	if outcome[0] != nil {
		return LoginAnswer{}, outcome[0]
	}
	// A deposit that came since login was read has ended the sessions that it found. If this one
	// is younger, nobody gets its secret.
	newest, err := s.Store.Login(ctx, s.Roll.Scope, q.Place)
	switch {
	case errors.Is(err, roll.ErrElector): // struck off meanwhile
		return LoginAnswer{}, roll.ErrLogin
	case err != nil:
		return LoginAnswer{}, busy(err)
	case newest != login:
		return LoginAnswer{}, roll.ErrLogin
	}
	a.Expires = time.Unix(s.end(session), 0).UTC()
	return a, nil
}

// verify checks the proofs of several logins, all in one equation for each worker.
func (s *Service) verify(_ context.Context, attempts []attempt) ([]error, error) {
	refused := make([]error, len(attempts))
	parallel.Shares(len(attempts), s.Roll.Workers, func(lo, hi int) {
		var claims []sigma.Claim
		var proofs []sigma.Knowledge
		var at []int
		for i := lo; i < hi; i++ {
			claim, proof, err := s.read(attempts[i])
			if refused[i] = err; err == nil {
				claims, proofs, at = append(claims, claim), append(proofs, proof), append(at, i)
			}
		}
		err := sigma.VerifyKnowledge(claims, proofs, 1)
		var culprits *sigma.Culprits
		switch {
		case err == nil:
		case errors.As(err, &culprits):
			for _, i := range culprits.Indices {
				refused[at[i]] = culprits.Reason
			}
		default:
			for _, i := range at {
				refused[i] = err
			}
		}
	})
	return refused, nil
}

// read decodes a login. A key that is the identity, which both issuers would have to
// want, lets nobody in.
func (s *Service) read(a attempt) (claim sigma.Claim, proof sigma.Knowledge, err error) {
	first, err := group.Decode(a.login.Halves[0].Login[:])
	if err != nil {
		return claim, proof, err
	}
	second, err := group.Decode(a.login.Halves[1].Login[:])
	if err != nil {
		return claim, proof, err
	}
	key := first.Add(second)
	if key.IsIdentity() {
		return claim, proof, group.ErrIdentity
	}
	claim = sigma.Login(s.urns[a.Urn].context, sigma.NewElement(key), a.Elector, a.Challenge)
	proof, err = sigma.DecodeKnowledge(a.Proof[:])
	return claim, proof, err
}

// next is the step of steps that is asked when so many are proved.
func next(steps []Step, proved uint8) Step {
	if int(proved) < len(steps) {
		return steps[proved]
	}
	return Nothing
}

func busy(err error) error { return fmt.Errorf("%w: %w", roll.ErrBusy, err) }
