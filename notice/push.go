package notice

import (
	"context"
	"crypto/ecdh"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	webpush "github.com/SherClockHolmes/webpush-go"

	"isoloir/courier"
	"isoloir/scrutin/canon"
)

// services are the hosts, or the ends of them, to which browsers have their notices
// brought: a server asks no other address that a visitor names.
var services = []string{"fcm.googleapis.com", "updates.push.services.mozilla.com", ".push.services.mozilla.com", ".push.apple.com", ".notify.windows.com"}

// pushLife is how long a push service keeps a notice for a browser that is off, at most.
const pushLife = 7 * 24 * time.Hour

// An Endpoint is what a browser gives for push (Push API, PushSubscription).
type Endpoint struct {
	URL    string `json:"endpoint"`
	Public string `json:"p256dh"` // its key: 65 bytes, base64url without padding
	Auth   string `json:"auth"`   // 16 bytes, likewise
}

// String is the endpoint as it is kept.
func (e Endpoint) String() string { return e.URL + " " + e.Public + " " + e.Auth }

func parseEndpoint(kept string) (Endpoint, error) {
	parts := strings.Split(kept, " ")
	if len(parts) != 3 {
		return Endpoint{}, ErrAddress
	}
	e := Endpoint{parts[0], parts[1], parts[2]}
	return e, e.Validate()
}

// ParseEndpoint reads the JSON of one: ErrAddress.
func ParseEndpoint(text []byte) (e Endpoint, err error) {
	if canon.Known(text, &e) != nil {
		return e, ErrAddress
	}
	return e, e.Validate()
}

// Validate says whether notices can be sent there: to a browser's push service, by keys of
// their form.
func (e Endpoint) Validate() error {
	u, err := url.Parse(e.URL)
	if err != nil || u.Scheme != "https" || u.User != nil || u.Port() != "" || u.Fragment != "" || len(e.URL) > 2048 || strings.ContainsFunc(e.URL, func(r rune) bool { return r <= ' ' || r > '~' }) {
		return ErrAddress
	}
	known := false
	for _, host := range services {
		known = known || u.Hostname() == host || strings.HasPrefix(host, ".") && strings.HasSuffix(u.Hostname(), host)
	}
	key, err := base64.RawURLEncoding.Strict().DecodeString(e.Public)
	if !known || err != nil {
		return ErrAddress
	}
	if _, err := ecdh.P256().NewPublicKey(key); err != nil {
		return ErrAddress
	}
	if auth, err := base64.RawURLEncoding.Strict().DecodeString(e.Auth); err != nil || len(auth) != 16 {
		return ErrAddress
	}
	return nil
}

// A Pusher sends to browsers, identified by a VAPID key (RFC 8292).
type Pusher struct {
	// Private is the key, 32 bytes in base64url without padding, and Public its other half.
	Private, Public string
	Contact         string // an address at which push services reach who sends
	Client          webpush.HTTPClient
}

// NewPusher takes the secret of a VAPID key: a P-256 scalar, 32 bytes in base64url without padding.
func NewPusher(private, contact string, client webpush.HTTPClient) (*Pusher, error) {
	b, err := base64.RawURLEncoding.Strict().DecodeString(private)
	if err != nil {
		return nil, fmt.Errorf("VAPID key: %w", err)
	}
	key, err := ecdh.P256().NewPrivateKey(b)
	if err != nil {
		return nil, fmt.Errorf("VAPID key: %w", err)
	}
	return &Pusher{Private: private, Public: base64.RawURLEncoding.EncodeToString(key.PublicKey().Bytes()), Contact: contact, Client: client}, nil
}

// send encrypts a notice to a browser and hands it to its push service, which learns no
// more than that there is one.
func (p *Pusher) send(ctx context.Context, d Due, e Event, when string) error {
	to, err := parseEndpoint(d.Address)
	if err != nil {
		return fmt.Errorf("%w: %w", courier.ErrRefused, err)
	}
	text, err := json.Marshal(map[string]string{"title": e.Title, "body": when, "url": e.URL, "tag": e.ID, "lang": d.Language})
	if err != nil {
		return err
	}
	answer, err := webpush.SendNotificationWithContext(ctx, text, &webpush.Subscription{Endpoint: to.URL, Keys: webpush.Keys{Auth: to.Auth, P256dh: to.Public}},
		&webpush.Options{HTTPClient: p.Client, Subscriber: p.Contact, VAPIDPublicKey: p.Public, VAPIDPrivateKey: p.Private, TTL: int(pushLife / time.Second)})
	if err != nil {
		return errors.New("push: the service did not answer") // the error names the endpoint
	}
	defer answer.Body.Close()
	io.Copy(io.Discard, io.LimitReader(answer.Body, 1<<16))
	switch {
	case answer.StatusCode == http.StatusNotFound || answer.StatusCode == http.StatusGone:
		return fmt.Errorf("%w: push service: %d", courier.ErrRefused, answer.StatusCode)
	case answer.StatusCode >= 300:
		return fmt.Errorf("push service: %d", answer.StatusCode)
	}
	return nil
}
