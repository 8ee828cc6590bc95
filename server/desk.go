package server

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"

	"isoloir/courier"
	"isoloir/custody"
	"isoloir/portal/pages"
	"isoloir/portal/passphrase"
	"isoloir/server/config"
)

// renewPatience is how long an issuer may take to take a form.
const renewPatience = 15 * time.Second

// openDesk reads who works at the help desk, which asks issuers for new codes by the same form as everybody; nil where there is none.
func openDesk(path string, s Setting) (*pages.Desk, error) {
	if path == "" {
		return nil, nil
	}
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if exposed(info) {
		return nil, fmt.Errorf("%s: %w", path, ErrExposed)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	staff, err := passphrase.Parse(data)
	if err != nil {
		return nil, fmt.Errorf("%s: %w: %w", path, ErrSecret, err)
	}
	client, err := NewClient("")
	if err != nil {
		return nil, err
	}
	origins := []string{s.Origins.IssuerA, s.Origins.IssuerB}
	return &pages.Desk{Staff: staff, Renew: func(ctx context.Context, issuer int, address string) error {
		ctx, cancel := context.WithTimeout(ctx, renewPatience)
		defer cancel()
		form := url.Values{"address": {address}}.Encode()
		q, err := http.NewRequestWithContext(ctx, http.MethodPost, origins[issuer]+"/v1/renew", strings.NewReader(form))
		if err != nil {
			return err
		}
		q.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		q.Header.Set("Origin", s.Origins.Portal)
		a, err := client.Do(q)
		if err != nil {
			return err
		}
		defer a.Body.Close()
		if a.StatusCode >= 400 {
			return fmt.Errorf("%s answers %s", origins[issuer], a.Status)
		}
		return nil
	}}, nil
}

// assistance hands what people ask to those who answer, by e-mail; nil where nobody does.
func assistance(ctx context.Context, c *config.Assistance, k custody.Keeper, now func() time.Time) (func(context.Context, pages.Request) error, error) {
	if c == nil {
		return nil, nil
	}
	carrier, err := mailer(ctx, c.Email, k, c.Outbox, now)
	if err != nil {
		return nil, err
	}
	return func(ctx context.Context, r pages.Request) error {
		var name [16]byte
		rand.Read(name[:])
		return carrier.Carry(ctx, courier.Message{Name: hex.EncodeToString(name[:]), Kind: courier.Information, Channel: courier.Email,
			Language: string(r.Language), To: c.To, Subject: "Assistance: " + r.Subject,
			Body: fmt.Sprintf("%s\n\n-- \nLangue, language: %s\nRépondre à, reply to: %s\n", r.Text, r.Language, r.Reply)})
	}, nil
}
