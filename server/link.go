package server

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"os"
	"time"
)

// Bounds of what another role answers over a link.
const (
	linkPatience = 30 * time.Second
	linkAnswer   = 8 << 20
)

// A Link is how one role asks another: POST /link/v1/NAME with the bearer secret that both share.
type Link struct {
	Origin string
	Secret [32]byte
	Client *http.Client
}

// NewClient is a client for links over TLS 1.3, to roles that the system's authorities name, or those of a PEM file besides; empty for none.
func NewClient(trust string) (*http.Client, error) {
	roots, err := x509.SystemCertPool()
	if err != nil {
		return nil, err
	}
	if trust != "" {
		pem, err := os.ReadFile(trust)
		if err != nil {
			return nil, err
		}
		if !roots.AppendCertsFromPEM(pem) {
			return nil, fmt.Errorf("%s holds no certificate in PEM", trust)
		}
	}
	t := http.DefaultTransport.(*http.Transport).Clone()
	t.Proxy = nil
	t.TLSClientConfig = &tls.Config{MinVersion: tls.VersionTLS13, RootCAs: roots}
	return &http.Client{Transport: t, Timeout: linkPatience,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}, nil
}

// Ask sends a message and returns the answer.
func (l Link) Ask(ctx context.Context, name string, message []byte) ([]byte, error) {
	q, err := http.NewRequestWithContext(ctx, http.MethodPost, l.Origin+"/link/v1/"+name, bytes.NewReader(message))
	if err != nil {
		return nil, err
	}
	q.Header.Set("Content-Type", "application/octet-stream")
	q.Header.Set("Authorization", "Bearer "+hex.EncodeToString(l.Secret[:]))
	return l.answer(q, name)
}

// get fetches what the role shows to everybody at a path, without the secret.
func (l Link) get(ctx context.Context, path string) ([]byte, error) {
	q, err := http.NewRequestWithContext(ctx, http.MethodGet, l.Origin+path, nil)
	if err != nil {
		return nil, err
	}
	return l.answer(q, path)
}

func (l Link) answer(q *http.Request, name string) ([]byte, error) {
	a, err := l.Client.Do(q)
	if err != nil {
		return nil, fmt.Errorf("link %s: %w", name, err)
	}
	defer a.Body.Close()
	if a.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("link %s: %s answers %s", name, l.Origin, a.Status)
	}
	answer, err := io.ReadAll(io.LimitReader(a.Body, linkAnswer+1))
	if err == nil && len(answer) > linkAnswer {
		err = fmt.Errorf("an answer of more than %d bytes", linkAnswer)
	}
	if err != nil {
		return nil, fmt.Errorf("link %s: %w", name, err)
	}
	return answer, nil
}
