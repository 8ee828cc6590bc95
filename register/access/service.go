package access

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"sync"
	"time"

	"isoloir/crypto/group"
	"isoloir/crypto/sigma"
	"isoloir/crypto/transcript"
	"isoloir/ratelimit"
	"isoloir/register"
	"isoloir/scrutin"
	"isoloir/scrutin/note"
)

// challengeLife is how long a challenge may be answered.
const challengeLife = 2 * time.Minute

// tries is how often a network may try to open one account.
var tries = ratelimit.Limit{Every: 30 * time.Second, Burst: 10}

type attempt struct {
	network ratelimit.Network
	number  register.Number
}

// A Service answers the owners of accounts. It is safe for concurrent use.
type Service struct {
	rho    scrutin.Digest
	store  Store
	signer note.Signer
	key    [32]byte // of challenges
	now    func() time.Time
	tries  *ratelimit.Limiter[attempt]
	dummy  sigma.Element // what is proved against where there is no such account

	mu       sync.Mutex
	sessions map[[32]byte]session
	// answered are the challenges that were spent since, and before those.
	answered, before map[Challenge]bool
	since            time.Time
}

// NewService makes the service of a register, with a key of challenges of its own.
func NewService(rho scrutin.Digest, store Store, signer note.Signer, now func() time.Time) *Service {
	s := &Service{rho: rho, store: store, signer: signer, now: now, tries: ratelimit.New[attempt](tries, 1_000_000, now),
		dummy: sigma.NewElement(group.MulBase(group.RandomScalar())), sessions: map[[32]byte]session{},
		answered: map[Challenge]bool{}, before: map[Challenge]bool{}, since: now()}
	rand.Read(s.key[:])
	return s
}

// Statement is the transcript's context of an account's proofs: its number stands in the
// place of an urn.
func statement(rho scrutin.Digest, n register.Number) transcript.Context {
	text, _ := n.MarshalText()
	return transcript.Context{Manifest: rho, Urn: string(text)}
}

// LoginClaim is what a device proves to come in: transcript `login` (docs/online.md, §1)
// with ρ for the manifest, the eleven digits for the urn, and the elector 0.
func LoginClaim(rho scrutin.Digest, n register.Number, key sigma.Element, c Challenge) sigma.Claim {
	return sigma.Login(statement(rho, n), key, 0, c)
}

// KeyClaim is what a device proves of the key that it made: transcript `account`
// (docs/protocol.md, §5) with ρ for the manifest, and neither urn nor holder, since the
// proof is published and the number is not.
func KeyClaim(rho scrutin.Digest, key sigma.Element) sigma.Claim {
	return sigma.Account(transcript.Context{Manifest: rho}, key, "")
}

// Hello gives a challenge for a number, whether there is such an account or not.
func (s *Service) Hello(n register.Number) (c Challenge) {
	binary.LittleEndian.PutUint64(c[:], uint64(s.now().Unix()))
	rand.Read(c[8:24])
	copy(c[24:], s.authenticate(c[:24], n))
	return c
}

func (s *Service) authenticate(c []byte, n register.Number) []byte {
	mac := hmac.New(sha256.New, s.key[:])
	mac.Write(c)
	mac.Write(appendNumber(nil, n))
	return mac.Sum(nil)
}

// answerable says whether a challenge was given for a number a short while ago.
func (s *Service) answerable(c Challenge, n register.Number) bool {
	age := s.now().Sub(time.Unix(int64(binary.LittleEndian.Uint64(c[:])), 0))
	return hmac.Equal(s.authenticate(c[:24], n), c[24:]) && age >= 0 && age < challengeLife
}

// spend says whether a challenge was not answered yet, and that it is now.
func (s *Service) spend(c Challenge) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if now := s.now(); now.Sub(s.since) >= challengeLife {
		s.before, s.answered, s.since = s.answered, map[Challenge]bool{}, now
	}
	if s.answered[c] || s.before[c] {
		return false
	}
	s.answered[c] = true
	return true
}

// login checks that whoever answered the challenge knows the way in. Where there is none
// the same work is done.
func (s *Service) login(ctx context.Context, from ratelimit.Network, n register.Number, kind Kind, c Challenge, proof sigma.Knowledge) (a Account, w Way, err error) {
	if !s.answerable(c, n) {
		return a, w, ErrSession
	}
	if s.tries.Take(attempt{from, n}) > 0 {
		return a, w, ErrWait
	}
	a, w, found, err := s.store.Login(ctx, n, kind)
	if err != nil {
		return a, w, err
	}
	key := s.dummy
	if found {
		key = sigma.NewElement(w.Login)
	}
	switch wrong := LoginClaim(s.rho, n, key, c).Verify(proof) != nil; {
	case wrong || !found:
		return a, w, ErrLogin
	case !s.spend(c):
		return a, w, ErrSession
	}
	return a, w, nil
}

// First takes a card into use, and answers the register's signed word that the account of
// this number has this key.
func (s *Service) First(ctx context.Context, from ratelimit.Network, q FirstRequest) ([]byte, error) {
	had, scratch, err := s.login(ctx, from, q.Number, Scratch, q.Challenge, q.Login)
	if err != nil {
		return nil, err
	}
	key := q.Key.Bytes()
	switch {
	case had.State == register.Invalid:
		return nil, ErrInvalid
	case had.State != register.Active && had.Key != key:
		return nil, ErrUsed
	}
	if KeyClaim(s.rho, q.Key).Verify(q.Proof) != nil {
		return nil, fmt.Errorf("%w: the proof of the key", ErrFormat)
	}
	scratch.Masked = q.Masked
	a := Account{Number: q.Number, State: register.Used, Key: key, Proof: q.Proof.Bytes()}
	if err := s.store.First(ctx, a, []Way{scratch, q.Way}); err != nil {
		return nil, err
	}
	return s.sign(a)
}

// sign says which key an account has.
func (s *Service) sign(a Account) ([]byte, error) {
	number, _ := a.Number.MarshalText()
	signed, err := note.Sign(fmt.Sprintf("%s/account\n%s %s\n%s\n", scrutin.Version, s.rho, number, hex.EncodeToString(a.Key[:])), s.signer)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrBusy, err)
	}
	return signed, nil
}

// Open logs in.
func (s *Service) Open(ctx context.Context, from ratelimit.Network, q OpenRequest) (OpenAnswer, error) {
	a, w, err := s.login(ctx, from, q.Number, q.Kind, q.Challenge, q.Login)
	switch {
	case err != nil:
		return OpenAnswer{}, err
	case a.State == register.Invalid:
		return OpenAnswer{}, ErrInvalid
	case a.State == register.Active: // it has no key yet
		return OpenAnswer{}, ErrLogin
	}
	answer := OpenAnswer{State: a.State, Ways: a.Ways, Key: a.Key, Masked: w.Masked, Constituency: a.Constituency}
	if answer.Session, answer.Expires, err = s.enter(q.Number, a.Key); err != nil {
		return OpenAnswer{}, err
	}
	return answer, nil
}

// Word is the register's signed word again that the account of a session has its key.
func (s *Service) Word(secret Secret) ([]byte, error) {
	one, err := s.session(secret)
	if err != nil {
		return nil, err
	}
	return s.sign(Account{Number: one.number, Key: one.key})
}

// Standing is the account of a session as it stands now: ErrSession, and ErrInvalid where it is not used.
func (s *Service) Standing(ctx context.Context, secret Secret) (Account, error) {
	one, err := s.session(secret)
	if err != nil {
		return Account{}, err
	}
	for kind := Scratch; kind <= Passkey; kind++ { // it has a way in of some kind
		switch a, _, found, err := s.store.Login(ctx, one.number, kind); {
		case err != nil:
			return Account{}, err
		case found && a.State != register.Used:
			return Account{}, ErrInvalid
		case found:
			return a, nil
		}
	}
	return Account{}, ErrInvalid
}

// Used is how many accounts of constituencies are used, at most as many as are asked for.
func (s *Service) Used(ctx context.Context, constituencies []string, enough int) (n int, err error) {
	for _, c := range constituencies {
		err := s.store.Keys(ctx, c, func(Account) error {
			if n++; n >= enough {
				return errEnough
			}
			return nil
		})
		if err != nil && !errors.Is(err, errEnough) {
			return 0, err
		}
	}
	return n, nil
}

var errEnough = errors.New("enough")

// PutWay replaces the way of its kind by another one.
func (s *Service) PutWay(ctx context.Context, secret Secret, w Way) error {
	n, err := s.number(secret)
	if err != nil {
		return err
	}
	s.alone(secret, n)
	return s.store.PutWay(ctx, n, w)
}

// DropWay takes a way away.
func (s *Service) DropWay(ctx context.Context, secret Secret, kind Kind) error {
	n, err := s.number(secret)
	if err != nil {
		return err
	}
	s.alone(secret, n)
	return s.store.DropWay(ctx, n, kind)
}

// Turn suspends an account, resumes it, or closes it for good.
func (s *Service) Turn(ctx context.Context, secret Secret, to register.State) error {
	n, err := s.number(secret)
	if err != nil {
		return err
	}
	s.alone(secret, n)
	return s.store.Turn(ctx, n, to)
}
