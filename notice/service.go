package notice

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"net/mail"
	"slices"
	"strings"
	"time"

	"isoloir/courier"
)

// Ways by which notices come.
const (
	Email = "email"
	Push  = "push"
)

// waiting is for how many days an address waits for its owner's confirmation, that on which it
// was given included.
const waiting = 2

// questions is how many a mailbox is sent on one day, however its address is written and of how
// many territories it was asked.
const questions = 3

// day is the number of a day, by UTC: the only form in which time is kept.
func day(t time.Time) int64 { return t.Unix() / (24 * 60 * 60) }

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

// A Mailbox is where messages to an address arrive, as far as it shows: a keyed hash, of one day.
type Mailbox [16]byte

// Due is a message that has not left: of an event, or, where Event is empty, the question whether
// the address is its owner's wish.
type Due struct {
	Event string
	Subscription
}

// A Store keeps subscriptions and what is still to be sent. Each method that writes is one
// durable transaction.
type Store interface {
	// Add enters a subscription that needs no confirmation; where the same address stands there
	// for the same territory nothing changes.
	Add(ctx context.Context, s Subscription) error
	// Ask enters a subscription that waits for its confirmation until a day begins, and has the
	// question be sent; where it waits already the question is sent again. Nothing is entered or
	// sent where it is confirmed, nor where so many questions were asked of the mailbox, which is
	// forgotten on the same day. It counts and is durable whatever it finds, so that it takes no
	// less for an address that stands there.
	Ask(ctx context.Context, s Subscription, m Mailbox, most int, until int64) error
	// Confirm has a subscription wait no longer; false where there is none.
	Confirm(ctx context.Context, id [16]byte) (bool, error)
	// Remove forgets a subscription with all that is to be sent to it.
	Remove(ctx context.Context, id [16]byte) error
	// RemoveAddress forgets all of an address.
	RemoveAddress(ctx context.Context, way, address string) error
	// Expire forgets what waited, or was counted, until this day.
	Expire(ctx context.Context, today int64) error
	// Announce has an event be sent, once, to every confirmed subscription of a territory
	// that matches, and says to how many.
	Announce(ctx context.Context, event string, matches func(territory string) bool) (int, error)
	// Keep forgets what is to be sent of other events than these.
	Keep(ctx context.Context, events []string) error
	// Due gives so many messages of a way that have not left, in no order.
	Due(ctx context.Context, way string, limit int) ([]Due, error)
	// Settle forgets that a message was to be sent.
	Settle(ctx context.Context, event string, id [16]byte) error
}

// A Service takes subscriptions and sends notices. It is safe for concurrent use.
type Service struct {
	Store Store
	// Key authenticates the links in messages: 32 secret bytes.
	Key [32]byte
	// Carrier brings e-mails.
	Carrier courier.Carrier
	// Push brings notices to browsers; nil for none, whose notices wait until there is one.
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

// mailbox is that of an address on a day: capitals and what stands behind a plus are passed over,
// as most servers do.
func (s *Service) mailbox(address string, day int64) Mailbox {
	name, domain, _ := strings.Cut(strings.ToLower(address), "@")
	if plus := strings.IndexByte(name, '+'); plus > 0 {
		name = name[:plus]
	}
	mac := hmac.New(sha256.New, s.Key[:])
	fmt.Fprintf(mac, "isoloir/v1/notice-mailbox %d %s@%s", day, name, domain)
	return Mailbox(mac.Sum(nil)[:16])
}

// Ask takes an e-mail address: ErrAddress for what is none. The message that asks its owner leaves
// with the next call of Send; nobody learns here whether the address stands there already, or
// whether a server takes it.
func (s *Service) Ask(ctx context.Context, typed, territory, language string) error {
	address, err := Address(typed)
	if err != nil {
		return err
	}
	today := day(s.Now())
	if err := s.Store.Expire(ctx, today); err != nil {
		return err
	}
	sub := Subscription{Way: Email, Address: address, Territory: territory, Language: courier.Language(language)}
	rand.Read(sub.ID[:])
	return s.Store.Ask(ctx, sub, s.mailbox(address, today), questions, today+waiting)
}

// Browser takes what a browser gave for push, of which its owner was asked by the browser
// itself: ErrAddress.
func (s *Service) Browser(ctx context.Context, e Endpoint, territory, language string) error {
	if err := e.Validate(); err != nil || s.Push == nil {
		return ErrAddress
	}
	sub := Subscription{Way: Push, Address: e.String(), Territory: territory, Language: courier.Language(language)}
	rand.Read(sub.ID[:])
	return s.Store.Add(ctx, sub)
}

// Confirm takes the link of the question: ErrLink.
func (s *Service) Confirm(ctx context.Context, code string) error {
	id, err := s.read("confirm", code)
	if err != nil {
		return err
	}
	if err := s.Store.Expire(ctx, day(s.Now())); err != nil {
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

// Send forgets what was not confirmed in time, announces events that are published and not over,
// each once, and sends what is due. It says how many messages left. What fails is tried again by
// the next call; the errors of carriers come joined.
func (s *Service) Send(ctx context.Context, events []Event) (sent int, err error) {
	now, open := s.Now(), map[string]Event{}
	if err := s.Store.Expire(ctx, day(now)); err != nil {
		return 0, err
	}
	for _, e := range events {
		if e.Validate() != nil || !now.Before(e.Closes) {
			continue
		}
		open[e.ID] = e
		if _, err := s.Store.Announce(ctx, e.ID, e.For); err != nil {
			return 0, err
		}
	}
	if err := s.Store.Keep(ctx, slices.Collect(maps.Keys(open))); err != nil { // nobody is told of what is over
		return 0, err
	}
	ways := []string{Email}
	if s.Push != nil {
		ways = append(ways, Push)
	}
	var failed []error
	for _, way := range ways {
		due, err := s.Store.Due(ctx, way, 1000)
		if err != nil {
			return sent, errors.Join(append(failed, err)...)
		}
		for _, d := range due {
			switch err := s.carry(ctx, d, open[d.Event]); {
			case errors.Is(err, courier.ErrRefused):
				failed = append(failed, s.Store.Remove(ctx, d.ID))
			case err != nil:
				failed = append(failed, err)
			default:
				sent++
				failed = append(failed, s.Store.Settle(ctx, d.Event, d.ID))
			}
		}
	}
	return sent, errors.Join(failed...)
}

func (s *Service) carry(ctx context.Context, d Due, e Event) error {
	switch {
	case d.Event == "":
		return s.Carrier.Carry(ctx, s.question(d.Subscription))
	case d.Way == Push:
		return s.Push.send(ctx, d, e, s.when(d.Language, e))
	}
	return s.Carrier.Carry(ctx, s.announcement(d, e))
}
