package login

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	"math/big"
	"slices"
	"strings"
	"time"

	"golang.org/x/text/unicode/norm"

	"isoloir/account/exchange"
	"isoloir/roll"
	"isoloir/scrutin"
)

// codeLife is how long six digits are good for, and stepTries how often a step may be
// answered wrongly in a session.
const (
	codeLife  = 10 * time.Minute
	stepTries = 5
)

// Send has six digits sent for the step that is asked next; those sent before are of
// no use any more. ErrStep where no code is asked for; ErrElector where the issuer has no
// address to send it to, which no second try changes.
func (s *Service) Send(ctx context.Context, secret Secret) (SendAnswer, error) {
	v := exchange.Validation{Digits: drawDigits(), Expires: scrutin.TimeOf(s.Roll.Now().Add(codeLife)).Time}
	rand.Read(v.ID[:])
	var step Step
	err := s.change(ctx, secret, func(session *Session) error {
		step = next(s.urns[session.Place.Urn].policy.steps(), session.Proved)
		if step.Channel() == "" {
			return roll.ErrStep
		}
		if wait := s.codes.Take(session.Place); wait > 0 {
			return Wait(wait)
		}
		v.Elector = exchange.Elector{Urn: session.Place.Urn, Number: session.Place.Elector}
		session.Code, session.CodeExpires = codeOf(secret, *session, v.Digits), v.Expires.Unix()
		return nil
	})
	if err != nil {
		return SendAnswer{}, err
	}
	hint, err := s.Sender.Send(ctx, step.Channel(), v)
	if errors.Is(err, roll.ErrElector) {
		return SendAnswer{}, err
	}
	if err != nil {
		return SendAnswer{}, busy(fmt.Errorf("sending a code: %w", err))
	}
	return SendAnswer{v.Expires, hint}, nil
}

func drawDigits() string {
	n, err := rand.Int(rand.Reader, big.NewInt(1_000_000))
	if err != nil {
		panic("login: the system's generator failed: " + err.Error())
	}
	return fmt.Sprintf("%0*d", exchange.CodeLength, n)
}

// codeOf authenticates digits for a session's next step, under the secret that the
// device alone holds: from what is stored nobody can find the digits.
func codeOf(secret Secret, session Session, digits string) (code roll.Hash) {
	mac := hmac.New(sha256.New, secret[:])
	mac.Write([]byte{session.Proved})
	mac.Write([]byte(digits))
	return roll.Hash(mac.Sum(nil))
}

// Prove answers the step that is asked next, and says which one follows before the
// session is opened. ErrStep where none is asked, ErrCode for a wrong answer or one that
// comes too late; the sixth answer after five wrong ones ends the session (ErrSession).
func (s *Service) Prove(ctx context.Context, q ProveRequest) (following Step, err error) {
	session, err := s.session(ctx, q.Secret)
	if err != nil {
		return Nothing, err
	}
	policy := s.urns[session.Place.Urn].policy
	var elector roll.Elector
	if slices.Contains(policy.steps(), Question) {
		if elector, err = s.Store.Elector(ctx, s.Roll.Scope, session.Place); err != nil {
			return Nothing, busy(err)
		}
	}
	err = s.change(ctx, q.Secret, func(session *Session) error {
		step, now := next(policy.steps(), session.Proved), s.Roll.Now().Unix()
		if step == Nothing {
			return roll.ErrStep
		}
		if session.Tries >= stepTries {
			session.Expires = now
			return roll.ErrSession
		}
		if wait := s.answers.Take(session.Place); wait > 0 {
			return Wait(wait)
		}
		right := false
		if step == Question {
			right = sameDay(q.Text, elector.Born)
		} else {
			code := codeOf(q.Secret, *session, strings.Join(digits(q.Text), ""))
			right = hmac.Equal(code[:], session.Code[:]) && now < session.CodeExpires
		}
		if !right {
			session.Tries++
			return roll.ErrCode
		}
		session.Proved, session.Tries, session.Code, session.CodeExpires = session.Proved+1, 0, roll.Hash{}, 0
		following = next(policy.Factors, session.Proved)
		return nil
	})
	return following, err
}

// sameDay says, in constant time for days that are written alike, whether what a
// person typed is a day: 1971-05-24, 24/05/1971, 24.5.1971, 24 05 1971 or 24051971.
func sameDay(typed string, day scrutin.Date) bool {
	d := digits(typed)
	if len(d) == 1 && len(d[0]) == 8 {
		d = []string{d[0][:2], d[0][2:4], d[0][4:]}
	}
	if len(d) != 3 {
		return false
	}
	if len(d[0]) == 4 {
		d[0], d[2] = d[2], d[0]
	}
	written := fmt.Sprintf("%4s-%2s-%2s", d[2], d[1], d[0])
	return hmac.Equal([]byte(strings.ReplaceAll(written, " ", "0")), []byte(day))
}

// digits are the runs of digits of a text, of any width, as ASCII.
func digits(text string) []string {
	return strings.FieldsFunc(norm.NFKC.String(text), func(r rune) bool { return r < '0' || r > '9' })
}
