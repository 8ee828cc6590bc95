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
	"isoloir/issuer"
	"isoloir/issuer/sqlite"
	"isoloir/portal/issuerapi"
	"isoloir/ratelimit"
	"isoloir/server/config"
)

// How often what must leave is looked for.
const dispatchEvery = 5 * time.Second

// issuerReceipts is how often a network may ask for e-mails with receipt codes.
var issuerReceipts = ratelimit.Limit{Every: time.Second, Burst: 100}

// An Issuer is the role of issuer-a or issuer-b.
type Issuer struct {
	Role
	Station *issuer.Station
	Store   *sqlite.Store
}

// NewIssuer opens an issuer in its directory, by its place in the manifest, 0 or 1. It goes on where it was left.
func NewIssuer(ctx context.Context, number int, c config.Issuer, s Setting) (i *Issuer, err error) {
	role, err := enter([]string{"issuer-a", "issuer-b"}[number], c.Directory)
	if err != nil {
		return nil, err
	}
	i = &Issuer{Role: *role}
	defer func() {
		if err != nil {
			err = errors.Join(err, i.Shut())
		}
	}()
	m := s.Public.Manifest
	signer, err := ReadKey(c.Key, m.Issuers[number].Verifier())
	if err != nil {
		return nil, err
	}
	secret, err := readSecret(c.Secret)
	if err != nil {
		return nil, err
	}
	root, err := issuer.ParseSecret(secret)
	if err != nil {
		return nil, fmt.Errorf("%s: %w: %w", c.Secret, ErrSecret, err)
	}
	deposit, err := ReadBearer(c.Links.Deposit)
	if err != nil {
		return nil, err
	}
	notify, err := ReadBearer(c.Links.Notify)
	if err != nil {
		return nil, err
	}
	client, err := NewClient(c.Trust)
	if err != nil {
		return nil, err
	}
	carriers, gateway, err := carriersOf(c, courier.Channel(m.Issuers[number].Channel), s.Now)
	if err != nil {
		return nil, err
	}
	if i.Store, err = sqlite.Open(ctx, c.Database, sqlite.Options{}); err != nil {
		return nil, err
	}
	i.closing = append(i.closing, i.Store.Shut)
	origins := []string{s.Origins.IssuerA, s.Origins.IssuerB}
	i.Station, err = issuer.New(issuer.Config{Manifest: m, Fingerprint: s.Public.Fingerprint, Opening: s.Public.OpeningDigest,
		Issuer: m.Issuers[number].ID, Signer: signer, Secret: root, Store: i.Store,
		Plan:     issuer.Plan{Site: s.Origins.Portal, Self: origins[number], InformationFirst: c.InformationFirst, Home: c.Home},
		Carriers: carriers, PerSecond: map[courier.Channel]float64{courier.Channel(m.Issuers[number].Channel): c.PerSecond}, Roll: depositLink{s.Origins.Roll, deposit, client},
		Closed: func(at time.Time) bool { return !at.Before(s.Public.Window().Close) || s.Public.Closed() }, Now: s.Now, Workers: s.Workers})
	if err != nil {
		return nil, err
	}
	api, err := issuerapi.New(issuerapi.Config{Station: i.Station, Portal: s.Origins.Portal, Now: s.Now, Notify: &notify, Gateway: gateway,
		Receipts: issuerReceipts, Failed: s.failed(i.Name, "a code could not be renewed")})
	if err != nil {
		return nil, err
	}
	i.Handler = api.Handler(s.guard(i.Name, origins[number], api.Refuse))
	i.hours = append(i.hours, api.Run, func(ctx context.Context) {
		i.Station.Run(ctx, dispatchEvery, s.failed(i.Name, "messages or deposits wait"))
	})
	return i, nil
}

// carriersOf are what carries the issuer's messages, and the key of a gateway's callbacks.
func carriersOf(c config.Issuer, channel courier.Channel, now func() time.Time) (map[courier.Channel]courier.Carrier, []byte, error) {
	var carrier courier.Carrier
	var gateway []byte
	var err error
	switch {
	case c.Outbox != "", channel == courier.Email && c.Email != nil:
		carrier, err = mailer(c.Email, c.Outbox, now)
	case channel == courier.SMS && c.SMS != nil:
		var key [32]byte
		if key, err = ReadBearer(c.SMS.Key); err == nil {
			gateway = key[:]
			carrier, err = sms.New(sms.Config{URL: c.SMS.URL, Key: gateway, Sender: c.SMS.Sender})
		}
	default:
		err = fmt.Errorf("%w: this issuer writes by %s: say by what its messages are carried", config.ErrConfig, channel)
	}
	if err != nil {
		return nil, nil, err
	}
	return map[courier.Channel]courier.Carrier{channel: carrier}, gateway, nil
}

// mailer is what carries e-mail, or the directory that keeps messages instead.
func mailer(c *config.Email, kept string, now func() time.Time) (courier.Carrier, error) {
	if kept != "" {
		return outbox.Open(kept, now)
	}
	e := email.Config{Host: c.Host, Port: c.Port, Implicit: c.Implicit, User: c.User, From: c.From, Bounces: c.Bounces, Now: now}
	if c.Password != "" {
		var err error
		if e.Password, err = readSecret(c.Password); err != nil {
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
		return err
	}
	if len(answer) != 1 || answer[0] != 0 {
		return fmt.Errorf("the roll refuses deposits: %x", answer)
	}
	return nil
}
