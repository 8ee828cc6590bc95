// Package sms is the carrier of text messages: one HTTP gateway of a form that any
// operator's own can be put behind in a few lines.
//
// A message is one POST of JSON, {"id","to","from","text"}, with the message's name
// as Idempotency-Key, signed: X-Signature is sha256= and the hexadecimal
// HMAC-SHA-256 of the body under a shared key. The gateway answers 2xx once it has
// the message, the same for one it has already; 422 for a number that it will never
// reach; everything else is trouble that may pass. Later it may say what became of
// it, in a callback signed in the same way (docs/online.md, section 3).
//
// What it promises: a number that is refused is told from trouble; a callback counts
// only under the key, in its one form, and names a message, not a number. No error
// holds a number or a text.
package sms

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"crypto/tls"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"time"

	"isoloir/courier"
)

var _ courier.Carrier = (*Gateway)(nil)

// KeySize is the length in bytes of the key shared with a gateway, at least.
const KeySize = 32

// SignatureHeader carries the signature of a body.
const SignatureHeader = "X-Signature"

// A Config says where the gateway is.
type Config struct {
	URL    string // https, or http on this machine
	Key    []byte // shared, KeySize bytes or more
	Sender string // the number or name that people see
	// Client asks; nil for one with TLS 1.2 and a time limit of 20 seconds, which
	// follows no redirection.
	Client *http.Client
}

// ErrConfig says that a configuration cannot be right.
var ErrConfig = errors.New("the configuration of the gateway is wrong")

// A Gateway carries text messages. It is safe for concurrent use.
type Gateway struct{ Config }

// New makes a gateway.
func New(c Config) (*Gateway, error) {
	u, err := url.Parse(c.URL)
	local := err == nil && (u.Hostname() == "127.0.0.1" || u.Hostname() == "::1" || u.Hostname() == "localhost")
	switch {
	case err != nil || u.Host == "" || u.Scheme != "https" && (u.Scheme != "http" || !local):
		return nil, fmt.Errorf("its address begins with https://: %w", ErrConfig)
	case len(c.Key) < KeySize:
		return nil, fmt.Errorf("its key has %d bytes, fewer than %d: %w", len(c.Key), KeySize, ErrConfig)
	}
	if c.Client == nil {
		c.Client = &http.Client{
			Timeout:       20 * time.Second,
			Transport:     &http.Transport{Proxy: http.ProxyFromEnvironment, TLSClientConfig: &tls.Config{MinVersion: tls.VersionTLS12}, MaxIdleConnsPerHost: 16, MaxConnsPerHost: 16},
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		}
	}
	return &Gateway{c}, nil
}

// Sign is the signature of a body under a key, as in its header.
func Sign(key, body []byte) string {
	h := hmac.New(sha256.New, key)
	h.Write(body)
	return "sha256=" + hex.EncodeToString(h.Sum(nil))
}

type submission struct {
	ID   string `json:"id"`
	To   string `json:"to"`
	From string `json:"from"`
	Text string `json:"text"`
}

// Carry implements courier.Carrier.
func (g *Gateway) Carry(ctx context.Context, m courier.Message) error {
	body, err := json.Marshal(submission{m.Name, m.To, g.Sender, m.Body})
	if err != nil {
		return errors.New("the text message cannot be written as JSON")
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, g.URL, bytes.NewReader(body))
	if err != nil {
		return fmt.Errorf("the gateway's address: %w", ErrConfig)
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Idempotency-Key", m.Name)
	r.Header.Set(SignatureHeader, Sign(g.Key, body))
	answer, err := g.Client.Do(r)
	if err != nil {
		return fmt.Errorf("the gateway does not answer: %w", err)
	}
	defer answer.Body.Close()
	_, _ = io.CopyN(io.Discard, answer.Body, 64<<10) // so that the connection can be used again
	switch {
	case answer.StatusCode >= 200 && answer.StatusCode < 300:
		return nil
	case answer.StatusCode == http.StatusUnprocessableEntity:
		return fmt.Errorf("%w: HTTP %d", courier.ErrRefused, answer.StatusCode)
	}
	return fmt.Errorf("the gateway answers HTTP %d", answer.StatusCode)
}

// A Callback is what a gateway says later of a message.
type Callback struct {
	Name  string // of the message
	State courier.State
}

// Failures of OpenCallback.
var (
	ErrSignature = errors.New("the callback is not signed with the gateway's key")
	ErrFormat    = errors.New("not a callback: its bytes are not in the one accepted form")
)

var callbackPattern = regexp.MustCompile(`^\{"id":"([0-9a-f]{32})","status":"(delivered|failed)"\}$`)

// OpenCallback verifies a callback and reads it: delivered, or failed, which is
// courier.Bounced.
func OpenCallback(key, body []byte, signature string) (Callback, error) {
	if !hmac.Equal([]byte(Sign(key, body)), []byte(signature)) {
		return Callback{}, ErrSignature
	}
	found := callbackPattern.FindSubmatch(body)
	if found == nil {
		return Callback{}, ErrFormat
	}
	c := Callback{string(found[1]), courier.Delivered}
	if string(found[2]) == "failed" {
		c.State = courier.Bounced
	}
	return c, nil
}
