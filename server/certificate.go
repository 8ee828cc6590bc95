package server

import (
	"crypto/tls"
	"fmt"
	"io/fs"
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

// secured is how a role speaks TLS, nil where there is no certificate to be had. Renewed files are told, once: until when they are good, or why they
// are not taken.
func secured(files *config.TLS, origin string, authority *config.ACME, renewed func(time.Time, error)) (*tls.Config, error) {
	if files != nil {
		c := &certificate{files: *files, renewed: renewed}
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
// while the key is open to others, the one before is used. Files that are not good are read once, until they change again.
type certificate struct {
	files   config.TLS
	renewed func(time.Time, error)

	mu    sync.Mutex
	pair  *tls.Certificate
	state [2]fileState // of certificate and key, as they were read last
}

// A fileState is by what it shows that somebody has changed a file.
type fileState struct {
	at   time.Time
	size int64
	mode fs.FileMode
}

func (c *certificate) get(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if state, err := c.states(); err == nil && state != c.state {
		err := c.load()
		c.renewed(c.pair.Leaf.NotAfter, err)
	}
	return c.pair, nil
}

func (c *certificate) states() (state [2]fileState, err error) {
	for i, path := range []string{c.files.Certificate, c.files.Key} {
		info, err := os.Stat(path)
		if err != nil {
			return state, err
		}
		state[i] = fileState{info.ModTime(), info.Size(), info.Mode()}
	}
	return state, nil
}

func (c *certificate) load() (err error) {
	if c.state, err = c.states(); err != nil {
		return err
	}
	info, err := os.Stat(c.files.Key)
	if err != nil {
		return err
	}
	if exposed(info) {
		return fmt.Errorf("%s: %w", c.files.Key, ErrExposed)
	}
	pair, err := tls.LoadX509KeyPair(c.files.Certificate, c.files.Key)
	if err != nil {
		return fmt.Errorf("%s: %w: %w", c.files.Key, ErrSecret, err)
	}
	c.pair = &pair
	return nil
}
