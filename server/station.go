package server

import (
	"context"
	"errors"
	"fmt"
	"time"

	"isoloir/courier"
	"isoloir/courier/email"
	"isoloir/courier/outbox"
	"isoloir/courier/sms"
	"isoloir/custody"
	"isoloir/issuer"
	"isoloir/issuer/sqlite"
	"isoloir/scrutin"
	"isoloir/server/config"
)

// ErrLink says that another role did not take what it was given over its link.
var ErrLink = errors.New("the other role does not take it: see that it is served, and that both ends share the link's secret")

// OpenStation opens an issuer's station, by its place in the manifest, on what its configuration names: key, secret, store, carriers and the
// links to the roll and to those of companions. The rest is as given. A carrier that is not configured, and a link whose secret is not there,
// are left out, for who works without them. It returns the store, for its owner to shut, and the key of the gateway's callbacks, if there is one.
func OpenStation(ctx context.Context, number int, c config.Issuer, o config.Origins, k custody.Keeper, companions []*Companion, given issuer.Config) (*issuer.Station, *sqlite.Store, []byte, error) {
	party := given.Manifest.Issuers[number]
	channel := courier.Channel(party.Channel)
	signer, err := k.Signer(ctx, c.Key, party.Verifier())
	if err != nil {
		return nil, nil, nil, err
	}
	secret, err := k.Secret(ctx, c.Secret)
	if err != nil {
		return nil, nil, nil, err
	}
	if given.Secret, err = issuer.ParseSecret(secret); err != nil {
		return nil, nil, nil, fmt.Errorf("%s: %w: %w", c.Secret, ErrSecret, err)
	}
	if !given.Led {
		if given.Roll, err = linkTo(ctx, k, o.Roll, c.Links.Deposit, c.Trust); err != nil {
			return nil, nil, nil, err
		}
	}
	if given.Companions, err = deposits(ctx, k, companions, number, c.Trust); err != nil {
		return nil, nil, nil, err
	}
	var gateway []byte
	if c.Outbox != "" && (given.Manifest.Scrutin.Kind == scrutin.Real || c.Email != nil || c.SMS != nil) {
		return nil, nil, nil, fmt.Errorf("%w: an outbox keeps codes in files: take it away from a real vote, and where messages are carried", config.ErrConfig)
	}
	if given.Carriers, gateway, err = carriersOf(ctx, c, k, channel, given.Now); err != nil {
		return nil, nil, nil, err
	}
	given.PerSecond = map[courier.Channel]float64{channel: c.PerSecond}
	given.Issuer, given.Signer = party.ID, signer
	given.Plan = issuer.Plan{Site: o.Portal, InformationFirst: c.InformationFirst, Home: c.Home}
	store, err := sqlite.Open(ctx, c.Database, sqlite.Options{})
	if err != nil {
		return nil, nil, nil, err
	}
	given.Store = store
	station, err := issuer.New(given)
	for i, led := range companions {
		if err == nil {
			err = led.enrolled(station, i)
		}
	}
	if err != nil {
		return nil, nil, nil, errors.Join(err, store.Shut())
	}
	return station, store, gateway, nil
}

// carriersOf are what carries the issuer's messages, none where nothing is configured, and the key of a gateway's callbacks.
func carriersOf(ctx context.Context, c config.Issuer, k custody.Keeper, channel courier.Channel, now func() time.Time) (map[courier.Channel]courier.Carrier, []byte, error) {
	var carrier courier.Carrier
	var gateway []byte
	var err error
	switch {
	case c.Outbox != "", channel == courier.Email && c.Email != nil:
		carrier, err = mailer(ctx, c.Email, k, c.Outbox, now)
	case channel == courier.SMS && c.SMS != nil:
		var key [32]byte
		if key, err = custody.Bearer(ctx, k, c.SMS.Key); err == nil {
			gateway = key[:]
			carrier, err = sms.New(sms.Config{URL: c.SMS.URL, Key: gateway, Sender: c.SMS.Sender})
		}
	}
	if err != nil || carrier == nil {
		return nil, nil, err
	}
	return map[courier.Channel]courier.Carrier{channel: carrier}, gateway, nil
}

// mailer is what carries e-mail, or the directory that keeps messages instead.
func mailer(ctx context.Context, c *config.Email, k custody.Keeper, kept string, now func() time.Time) (courier.Carrier, error) {
	if kept != "" {
		return outbox.Open(kept, now)
	}
	e := email.Config{Host: c.Host, Port: c.Port, Implicit: c.Implicit, User: c.User, From: c.From, Bounces: c.Bounces, Now: now}
	if c.Password != "" {
		var err error
		if e.Password, err = k.Secret(ctx, c.Password); err != nil {
			return nil, err
		}
	}
	return email.New(e)
}

// depositLink is the roll as an issuer sees it across the link.
type depositLink Link

var _ issuer.Roll = depositLink{}

// Deposit implements issuer.Roll.
func (l depositLink) Deposit(ctx context.Context, note []byte) error {
	answer, err := Link(l).Ask(ctx, "deposit", note)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrLink, err)
	}
	if len(answer) != 1 || answer[0] != 0 {
		return fmt.Errorf("%w: the roll refuses the deposits: %x", ErrLink, answer)
	}
	return nil
}
