package server

import (
	"crypto/tls"
	"fmt"
	"net/url"
	"os"
	"sync"
	"time"

	"golang.org/x/crypto/acme"
	"golang.org/x/crypto/acme/autocert"

	"isoloir/server/config"
)

// expiry is the last instant of the certificate of files, zero for none.
func expiry(files *config.TLS) (time.Time, error) {
	if files == nil {
		return time.Time{}, nil
	}
	pair, err := tls.LoadX509KeyPair(files.Certificate, files.Key)
	if err != nil {
		return time.Time{}, err
	}
	return pair.Leaf.NotAfter, nil
}

// secured is how a role speaks TLS, nil where there is no certificate to be had.
func secured(files *config.TLS, origin string, authority *config.ACME) (*tls.Config, error) {
	if files != nil {
		c := &certificate{files: *files}
		if err := c.load(); err != nil {
			return nil, err
		}
		return &tls.Config{MinVersion: tls.VersionTLS13, GetCertificate: c.get, NextProtos: []string{"h2", "http/1.1"}}, nil
	}
	if authority == nil {
		return nil, nil
	}
	u, err := url.Parse(origin)
	if err != nil {
		return nil, err
	}
	m := &autocert.Manager{Prompt: autocert.AcceptTOS, Cache: autocert.DirCache(authority.Cache), Email: authority.Email,
		HostPolicy: autocert.HostWhitelist(u.Hostname())}
	if authority.Directory != "" {
		client, err := NewClient(authority.Trust)
		if err != nil {
			return nil, err
		}
		m.Client = &acme.Client{DirectoryURL: authority.Directory, HTTPClient: client}
	}
	c := m.TLSConfig()
	c.MinVersion = tls.VersionTLS13
	return c, nil
}

// A certificate is that of files, read again when they have changed: who renews it writes both anew. Until the two fit together again, and
// while the key is open to others, the one before is used.
type certificate struct {
	files config.TLS

	mu      sync.Mutex
	pair    *tls.Certificate
	changed [2]time.Time // of certificate and key, as they were read
}

func (c *certificate) get(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if changed, err := c.times(); err == nil && changed != c.changed {
		_ = c.load() // the one before is good until it ends, which the metrics tell
	}
	return c.pair, nil
}

func (c *certificate) times() (changed [2]time.Time, err error) {
	for i, path := range []string{c.files.Certificate, c.files.Key} {
		info, err := os.Stat(path)
		if err != nil {
			return changed, err
		}
		changed[i] = info.ModTime()
	}
	return changed, nil
}

func (c *certificate) load() error {
	info, err := os.Stat(c.files.Key)
	if err != nil {
		return err
	}
	if exposed(info) {
		return fmt.Errorf("%s: %w", c.files.Key, ErrExposed)
	}
	changed, err := c.times()
	if err != nil {
		return err
	}
	pair, err := tls.LoadX509KeyPair(c.files.Certificate, c.files.Key)
	if err != nil {
		return fmt.Errorf("%s: %w: %w", c.files.Key, ErrSecret, err)
	}
	c.pair, c.changed = &pair, changed
	return nil
}
