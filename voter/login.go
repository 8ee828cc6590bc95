package voter

import (
	"context"
	"errors"
	"fmt"
	"time"

	"isoloir/account"
	"isoloir/crypto/group"
	"isoloir/crypto/sigma"
	"isoloir/crypto/transcript"
	"isoloir/roll"
	"isoloir/roll/login"
	"isoloir/scrutin"
	"isoloir/urn"
)

// An Ask carries the bytes of a service's message of that name, and brings back those
// of its answer (docs/online.md, sections 1 and 2).
type Ask func(ctx context.Context, name string, request []byte) ([]byte, error)

// An Elector is what the device knows of who logs in, and where.
type Elector struct {
	Manifest    *scrutin.Manifest
	Fingerprint scrutin.Digest // f
	Opening     scrutin.Digest // o
	Urn         uint16         // number in the manifest
	Number      uint32         // the elector's, as on his code sheet
}

// Stretch makes of the elector's codes, in the order of the manifest's issuers, what he
// logs in with: the slow part of a login.
func (e Elector) Stretch(codes [2]account.Code) (s [2]account.Stretched) {
	for i, c := range codes {
		s[i] = c.Stretch(e.Manifest.Codes, e.Fingerprint, account.Number{Urn: e.Manifest.Urns[e.Urn].ID, Index: e.Number}, e.Manifest.Issuers[i].ID)
	}
	return s
}

// Companion makes of what the codes became for the leading scrutin what they are for this
// one, its companion, where e is the same person: nothing is typed a second time.
func (e Elector) Companion(leading [2]account.Stretched) (s [2]account.Stretched) {
	for i, l := range leading {
		s[i] = l.Companion(e.Fingerprint, e.Manifest.Issuers[i].ID)
	}
	return s
}

// A Session is an elector logged in at the roll. It is the Roll of a device that casts
// in it. Refusals come as a roll.Refusal.
type Session struct {
	ask       Ask
	stretched [2]account.Stretched
	secret    login.Secret

	Expires time.Time
	Step    login.Step  // what is asked next; after Open, before a reservation
	State   login.State // once opened
}

var _ Roll = (*Session)(nil)

// Login answers the roll's challenge with both codes, stretched.
func Login(ctx context.Context, ask Ask, e Elector, stretched [2]account.Stretched) (*Session, error) {
	p := roll.Place{Urn: e.Urn, Elector: e.Number}
	rest, err := answer(ctx, ask, "hello", login.HelloRequest{Place: p}.Bytes())
	if err != nil {
		return nil, err
	}
	if len(rest) != login.ChallengeSize {
		return nil, fmt.Errorf("%w: a challenge of %d bytes", ErrAnswer, len(rest))
	}
	q := login.LoginRequest{Place: p, Challenge: login.Challenge(rest)}
	l := stretched[0].Login.Add(stretched[1].Login)
	c := transcript.Context{Manifest: e.Fingerprint, Opening: e.Opening, Urn: e.Manifest.Urns[e.Urn].ID}
	proof, err := sigma.Login(c, sigma.NewElement(group.MulBase(l)), e.Number, q.Challenge).Prove(l)
	if err != nil {
		return nil, err
	}
	q.Proof = proof.Bytes()
	if rest, err = answer(ctx, ask, "login", q.Bytes()); err != nil {
		return nil, err
	}
	a, err := login.ParseLoginAnswer(rest)
	return &Session{ask: ask, stretched: stretched, secret: a.Secret, Expires: a.Expires, Step: a.Step}, err
}

// Send has six digits sent for the Step that is asked, and says until when they are
// good and where they went.
func (s *Session) Send(ctx context.Context) (login.SendAnswer, error) {
	rest, err := answer(ctx, s.ask, "send", s.secret[:])
	if err != nil {
		return login.SendAnswer{}, err
	}
	return login.ParseSendAnswer(rest)
}

// Prove answers the Step that is asked, and goes on to the next. Where nothing is
// asked any more, a proof has arrived whose answer was lost.
func (s *Session) Prove(ctx context.Context, text string) error {
	rest, err := answer(ctx, s.ask, "prove", login.ProveRequest{Secret: s.secret, Text: text}.Bytes())
	if errors.Is(err, roll.ErrStep) {
		s.Step = login.Nothing
		return nil
	}
	if err != nil {
		return err
	}
	s.Step, err = login.ParseProveAnswer(rest)
	return err
}

// Open gives the elector's secret x. ErrAnswer if the roll's halves make none.
func (s *Session) Open(ctx context.Context) (x group.Scalar, err error) {
	rest, err := answer(ctx, s.ask, "open", s.secret[:])
	if err != nil {
		return x, err
	}
	a, err := login.ParseOpenAnswer(rest)
	if err != nil {
		return x, err
	}
	for i, masked := range a.Masked {
		m, err := group.DecodeScalar(masked[:])
		if err != nil {
			return x, fmt.Errorf("%w: half %d: %w", ErrAnswer, i+1, err)
		}
		x = x.Add(s.stretched[i].Open(m))
	}
	if x.IsZero() {
		return x, fmt.Errorf("%w: the halves make no secret", ErrAnswer)
	}
	s.State, s.Step, s.Expires = a.State, a.Step, a.Expires
	return x, nil
}

// Companions asks in which companions of the scrutin the elector may vote besides.
// ErrAnswer if they are not some of those of the manifest, in its order.
func (s *Session) Companions(ctx context.Context, m *scrutin.Manifest) (login.CompanionsAnswer, error) {
	rest, err := answer(ctx, s.ask, "companions", s.secret[:])
	if err != nil {
		return nil, err
	}
	all, err := login.ParseCompanionsAnswer(rest)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrAnswer, err)
	}
	last := -1
	for _, c := range all {
		n, named := m.CompanionNumber(c.Fingerprint)
		if !named || n <= last {
			return nil, fmt.Errorf("%w: the companion %s does not stand there in the manifest", ErrAnswer, c.Fingerprint)
		}
		last = n
	}
	return all, nil
}

// Extend asks for twenty more minutes; Expires says what came of it.
func (s *Session) Extend(ctx context.Context) error {
	rest, err := answer(ctx, s.ask, "extend", s.secret[:])
	if err != nil {
		return err
	}
	s.Expires, err = login.ParseExpiry(rest)
	return err
}

// Leave ends the session.
func (s *Session) Leave(ctx context.Context) error {
	_, err := answer(ctx, s.ask, "leave", s.secret[:])
	return err
}

// ServeReserve implements Roll: the reservation is asked for in this session.
func (s *Session) ServeReserve(ctx context.Context, request []byte) []byte {
	return s.serve(ctx, "reserve", append(s.secret[:], request...))
}

// ServeMark implements Roll.
func (s *Session) ServeMark(ctx context.Context, request []byte) []byte {
	return s.serve(ctx, "mark", request)
}

// serve says that the roll is busy where nothing comes back.
func (s *Session) serve(ctx context.Context, name string, request []byte) []byte {
	answer, err := s.ask(ctx, name, request)
	if err != nil {
		return []byte{roll.RefusalNumber(roll.ErrBusy)}
	}
	return answer
}

// answer asks the roll, and gives what follows the byte 0, or the refusal.
func answer(ctx context.Context, ask Ask, name string, request []byte) ([]byte, error) {
	b, err := ask(ctx, name, request)
	if err != nil {
		return nil, fmt.Errorf("asking the roll: %w", err)
	}
	refusal, refused, bad := roll.ParseRefusal(b)
	if refused || bad != nil {
		return nil, errors.Join(refusal, bad)
	}
	return b[1:], nil
}

// FindAccount asks the urn where the account of secret x stands among those of the
// opening record, so many under that root, base being the urn's ĝ. ErrAnswer if the
// urn cannot show it, and its refusal if it has none.
func FindAccount(ctx context.Context, ask Ask, number uint16, base group.Point, x group.Scalar, root urn.Hash, accounts int) error {
	key := base.Mul(x).Bytes()
	b, err := ask(ctx, "account", urn.AccountRequest{Urn: number, Key: key}.Bytes())
	if err != nil {
		return fmt.Errorf("asking the urn: %w", err)
	}
	a, err := urn.ParseAccountAnswer(b)
	if err != nil || a.Err != nil {
		return errors.Join(err, a.Err)
	}
	if err := a.Verify(key, root, accounts); err != nil {
		return fmt.Errorf("%w: %w", ErrAnswer, err)
	}
	return nil
}

// UrnOf is an urn that is asked by its messages' names.
func UrnOf(ask Ask) Urn { return asked(ask) }

type asked Ask

// ServeAppend implements Urn.
func (a asked) ServeAppend(ctx context.Context, request []byte) []byte {
	answer, err := a(ctx, "append", request)
	if err != nil {
		return urn.AppendAnswer{Err: urn.ErrBusy}.Bytes()
	}
	return answer
}
