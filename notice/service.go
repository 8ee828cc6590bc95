package notice

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/mail"
	"strings"
	"time"

	"isoloir/courier"
)

// Ways by which notices come.
const (
	Email = "email"
	Push  = "push"
)

// waiting is how long an address waits for its owner's confirmation.
const waiting = 24 * time.Hour

// What a Service refuses.
var (
	ErrAddress = errors.New("not an address that notices can be sent to")
	// ErrLink says that a link of a message is none of this service, or is over.
	ErrLink = errors.New("the link is not valid any more: ask for notices again")
)

// A Subscription is an address that asked for notices of a territory.
type Subscription struct {
	ID        [16]byte // random, and in no other store
	Way       string   // Email or Push
	Address   string   // an e-mail address, or what a browser gave for push (Endpoint.String)
	Territory string   // a constituency; empty for all
	Language  string   // fr or en
}

// Due is a notice that has not left.
type Due struct {
	Event string
	Subscription
}

// A Store keeps subscriptions and what is still to be sent. Each method that writes is one
// durable transaction.
type Store interface {
	// Add enters a subscription that waits until an instant, in seconds since 1970, for its
	// confirmation, or for 0 none. It says false, and changes nothing, where the same address
	// stands there for the same territory.
	Add(ctx context.Context, s Subscription, until int64) (bool, error)
	// Confirm has a subscription wait no longer; false where there is none.
	Confirm(ctx context.Context, id [16]byte) (bool, error)
	// Remove forgets a subscription with all that is to be sent to it.
	Remove(ctx context.Context, id [16]byte) error
	// RemoveAddress forgets all of an address.
	RemoveAddress(ctx context.Context, way, address string) error
	// Expire forgets what waited until an instant.
	Expire(ctx context.Context, now int64) error
	// Announce has an event be sent, once, to every confirmed subscription of a territory
	// that matches, and says to how many.
	Announce(ctx context.Context, event string, matches func(territory string) bool) (int, error)
	// Due gives so many notices that have not left, in no order.
	Due(ctx context.Context, limit int) ([]Due, error)
	// Settle forgets that a notice was to be sent.
	Settle(ctx context.Context, event string, id [16]byte) error
}

// A Service takes subscriptions and sends notices. It is safe for concurrent use.
type Service struct {
	Store Store
	// Key authenticates the links in messages: 32 secret bytes.
	Key [32]byte
	// Carrier brings e-mails.
	Carrier courier.Carrier
	// Push brings notices to browsers; nil for none.
	Push *Pusher
	// Site is the origin of the pages of package portal/notices, without a slash at its end;
	// Organisation says who writes.
	Site, Organisation string
	Zone               *time.Location
	Now                func() time.Time
}

// Link is what a message bears: it confirms or ends one subscription, and says no address.
func (s *Service) link(purpose string, id [16]byte) string {
	return hex.EncodeToString(append(id[:], s.tag(purpose, id)...))
}

func (s *Service) tag(purpose string, id [16]byte) []byte {
	mac := hmac.New(sha256.New, s.Key[:])
	mac.Write([]byte("isoloir/v1/notice-" + purpose))
	mac.Write(id[:])
	return mac.Sum(nil)[:16]
}

// read gives the subscription of a link: ErrLink.
func (s *Service) read(purpose, code string) (id [16]byte, err error) {
	b, err := hex.DecodeString(code)
	if err != nil || len(b) != 32 || hex.EncodeToString(b) != code || !hmac.Equal(b[16:], s.tag(purpose, [16]byte(b))) {
		return id, ErrLink
	}
	return [16]byte(b), nil
}

// Address says whether somebody can be written to at an e-mail address: ErrAddress.
func Address(typed string) (string, error) {
	typed = strings.TrimSpace(typed)
	a, err := mail.ParseAddress(typed)
	if err != nil || a.Address != typed || len(typed) > 254 || strings.ContainsFunc(typed, func(r rune) bool { return r <= ' ' || r > '~' }) || !strings.Contains(typed[strings.LastIndexByte(typed, '@'):], ".") {
		return "", ErrAddress
	}
	at := strings.LastIndexByte(typed, '@')
	return typed[:at] + strings.ToLower(typed[at:]), nil
}

// Ask takes an e-mail address, to which the message leaves that asks its owner. Where it
// stands there already nothing happens, and nobody is told that.
func (s *Service) Ask(ctx context.Context, typed, territory, language string) error {
	address, err := Address(typed)
	if err != nil {
		return err
	}
	now := s.Now()
	if err := s.Store.Expire(ctx, now.Unix()); err != nil {
		return err
	}
	sub := Subscription{Way: Email, Address: address, Territory: territory, Language: courier.Language(language)}
	rand.Read(sub.ID[:])
	fresh, err := s.Store.Add(ctx, sub, now.Add(waiting).Unix())
	if err != nil || !fresh {
		return err
	}
	if err := s.Carrier.Carry(ctx, s.question(sub)); err != nil {
		return errors.Join(err, s.Store.Remove(ctx, sub.ID))
	}
	return nil
}

// Browser takes what a browser gave for push, of which its owner was asked by the browser
// itself: ErrAddress.
func (s *Service) Browser(ctx context.Context, e Endpoint, territory, language string) error {
	if err := e.Validate(); err != nil || s.Push == nil {
		return ErrAddress
	}
	sub := Subscription{Way: Push, Address: e.String(), Territory: territory, Language: courier.Language(language)}
	rand.Read(sub.ID[:])
	_, err := s.Store.Add(ctx, sub, 0)
	return err
}

// Confirm takes the link of the question: ErrLink.
func (s *Service) Confirm(ctx context.Context, code string) error {
	id, err := s.read("confirm", code)
	if err != nil {
		return err
	}
	if err := s.Store.Expire(ctx, s.Now().Unix()); err != nil {
		return err
	}
	found, err := s.Store.Confirm(ctx, id)
	if err == nil && !found {
		err = ErrLink
	}
	return err
}

// Leave forgets the subscription of a link: ErrLink for one that was never given. What is
// forgotten already is no error.
func (s *Service) Leave(ctx context.Context, code string) error {
	id, err := s.read("leave", code)
	if err != nil {
		return err
	}
	return s.Store.Remove(ctx, id)
}

// LeaveBrowser forgets what a browser had given.
func (s *Service) LeaveBrowser(ctx context.Context, e Endpoint) error {
	return s.Store.RemoveAddress(ctx, Push, e.String())
}

// Send announces events that are published and not over, each once, and sends what is due.
// What fails is tried again by the next call; the errors of carriers come joined.
func (s *Service) Send(ctx context.Context, events []Event) (sent int, err error) {
	now, known := s.Now(), map[string]Event{}
	for _, e := range events {
		known[e.ID] = e
		if e.Validate() != nil || !now.Before(e.Closes) {
			continue
		}
		if _, err := s.Store.Announce(ctx, e.ID, e.For); err != nil {
			return 0, err
		}
	}
	due, err := s.Store.Due(ctx, 1000)
	if err != nil {
		return 0, err
	}
	var failed []error
	for _, d := range due {
		e, found := known[d.Event]
		if !found || !now.Before(e.Closes) { // nobody is told of what is over
			failed = append(failed, s.Store.Settle(ctx, d.Event, d.ID))
			continue
		}
		switch err := s.carry(ctx, d, e); {
		case errors.Is(err, courier.ErrRefused):
			failed = append(failed, s.Store.Remove(ctx, d.ID))
		case err != nil:
			failed = append(failed, err)
		default:
			sent++
			failed = append(failed, s.Store.Settle(ctx, d.Event, d.ID))
		}
	}
	return sent, errors.Join(failed...)
}

func (s *Service) carry(ctx context.Context, d Due, e Event) error {
	if d.Way == Push {
		if s.Push == nil {
			return fmt.Errorf("%w: notices go to no browsers", courier.ErrRefused)
		}
		return s.Push.send(ctx, d, e, s.when(d.Language, e))
	}
	return s.Carrier.Carry(ctx, s.announcement(d, e))
}
