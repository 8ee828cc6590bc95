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

// Lives of challenges and sessions.
const (
	challengeLife = 2 * time.Minute
	sessionLife   = 20 * time.Minute
	maxSessions   = 100_000
	perAccount    = 4 // sessions at once; the oldest makes room
)

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

type session struct {
	number  register.Number
	key     [group.PointSize]byte
	expires time.Time
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
	rand.Read(answer.Session[:])
	expires := s.now().Add(sessionLife)
	answer.Expires = expires.Unix()
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.room(q.Number) {
		return OpenAnswer{}, ErrBusy
	}
	s.sessions[sha256.Sum256(answer.Session[:])] = session{q.Number, a.Key, expires}
	return answer, nil
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

// Leave ends a session.
func (s *Service) Leave(secret Secret) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.sessions, sha256.Sum256(secret[:]))
}

// Messages are the names of what Serve answers.
var Messages = []string{"hello", "first", "open", "account", "way", "drop", "suspend", "resume", "close", "leave"}

// Serve answers the message of a name, from a network, in bytes: a byte 0 and the answer,
// or the number of a refusal alone. An error that is no Refusal is said as ErrBusy, and
// given to the caller besides.
func (s *Service) Serve(ctx context.Context, name string, from ratelimit.Network, request []byte) (answer []byte, failed error) {
	answer, err := s.serve(ctx, name, from, request)
	if err == nil {
		return append([]byte{0}, answer...), nil
	}
	if refused := Refusal(""); !errors.As(err, &refused) {
		failed = err
	}
	return []byte{RefusalNumber(err)}, failed
}

// RefusalNumber is the place of a refusal in the list, from 1; that of ErrBusy for any
// other error.
func RefusalNumber(err error) byte {
	for i, r := range refusals {
		if errors.Is(err, r) {
			return byte(i + 1)
		}
	}
	return byte(len(refusals))
}

func (s *Service) serve(ctx context.Context, name string, from ratelimit.Network, request []byte) ([]byte, error) {
	switch name {
	case "hello":
		if len(request) != numberSize {
			return nil, malformed(name, request)
		}
		r := reader{b: request}
		n := r.number()
		c := s.Hello(n)
		return c[:], r.err
	case "first":
		q, err := ParseFirstRequest(request)
		if err != nil {
			return nil, err
		}
		return s.First(ctx, from, q)
	case "open":
		q, err := ParseOpenRequest(request)
		if err != nil {
			return nil, err
		}
		a, err := s.Open(ctx, from, q)
		return a.Bytes(), err
	case "account":
		if len(request) != SecretSize {
			return nil, malformed(name, request)
		}
		return s.Word(Secret(request))
	}
	return nil, s.serveSession(ctx, name, request)
}

func (s *Service) serveSession(ctx context.Context, name string, request []byte) error {
	size := map[string]int{"way": changeWaySize, "drop": SecretSize + 1, "suspend": SecretSize, "resume": SecretSize, "close": SecretSize, "leave": SecretSize}[name]
	if size == 0 || len(request) != size {
		return malformed(name, request)
	}
	secret, r := Secret(request[:SecretSize]), reader{b: request[SecretSize:]}
	switch name {
	case "way":
		if w := r.way(); r.err == nil {
			return s.PutWay(ctx, secret, w)
		}
	case "drop":
		if kind := r.kind(); r.err == nil {
			return s.DropWay(ctx, secret, kind)
		}
	case "suspend":
		return s.Turn(ctx, secret, register.Suspended)
	case "resume":
		return s.Turn(ctx, secret, register.Used)
	case "close":
		return s.Turn(ctx, secret, register.Invalid)
	default:
		s.Leave(secret)
	}
	return r.err
}
