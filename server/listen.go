package server

import (
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"os"
	"time"

	"golang.org/x/crypto/acme"
	"golang.org/x/crypto/acme/autocert"

	"isoloir/server/config"
)

// Why an address is not listened on.
var (
	ErrListen = errors.New("this address cannot be listened on: another process may have it, or this one no right to it")
	ErrClear  = errors.New("in the clear a role is reached from its own machine alone: give it a certificate (tls, or acme and -acme), or an address as 127.0.0.1:8081 behind a proxy")
)

// Listen listens at a role's address: over TLS 1.3 with the certificate of its files, or, where there are none and authority is given, one
// that the authority gives for the origin's host (RFC 8555, challenge tls-alpn-01), or else in the clear, on an address of this machine alone
// (ErrClear).
func Listen(p config.Place, origin string, authority *config.ACME) (net.Listener, error) {
	secure, err := certificate(p.TLS, origin, authority)
	if err != nil {
		return nil, err
	}
	if secure == nil && !local(p.Listen) {
		return nil, fmt.Errorf("%s: %w", p.Listen, ErrClear)
	}
	l, err := net.Listen("tcp", p.Listen)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrListen, err)
	}
	if secure != nil {
		l = tls.NewListener(l, secure)
	}
	return l, nil
}

// local says whether an address to listen on is reached from this machine alone.
func local(address string) bool {
	host, _, err := net.SplitHostPort(address)
	at, _ := netip.ParseAddr(host)
	return err == nil && (host == "localhost" || at.IsLoopback())
}

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

// certificate is nil where there is none to be had.
func certificate(files *config.TLS, origin string, authority *config.ACME) (*tls.Config, error) {
	if files != nil {
		info, err := os.Stat(files.Key)
		if err != nil {
			return nil, err
		}
		if exposed(info) {
			return nil, fmt.Errorf("%s: %w", files.Key, ErrExposed)
		}
		pair, err := tls.LoadX509KeyPair(files.Certificate, files.Key)
		if err != nil {
			return nil, fmt.Errorf("%s: %w: %w", files.Key, ErrSecret, err)
		}
		return &tls.Config{MinVersion: tls.VersionTLS13, Certificates: []tls.Certificate{pair}, NextProtos: []string{"h2", "http/1.1"}}, nil
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
		m.Client = &acme.Client{DirectoryURL: authority.Directory}
	}
	c := m.TLSConfig()
	c.MinVersion = tls.VersionTLS13
	return c, nil
}
