package server

import (
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"time"

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
	return listen(p, origin, authority, func(time.Time, error) {})
}

// listen is the same, and tells what becomes of a certificate whose files change.
func listen(p config.Place, origin string, authority *config.ACME, renewed func(time.Time, error)) (net.Listener, error) {
	secure, err := safe(p, origin, authority, renewed)
	if err != nil {
		return nil, err
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

// safe is how a role speaks TLS; nil for one that is reached from its own machine alone.
func safe(p config.Place, origin string, authority *config.ACME, renewed func(time.Time, error)) (*tls.Config, error) {
	secure, err := secured(p.TLS, origin, authority, renewed)
	if err == nil && secure == nil && !local(p.Listen) {
		err = fmt.Errorf("%s: %w", p.Listen, ErrClear)
	}
	return secure, err
}

// local says whether an address to listen on is reached from this machine alone.
func local(address string) bool {
	host, _, err := net.SplitHostPort(address)
	at, _ := netip.ParseAddr(host)
	return err == nil && (host == "localhost" || at.IsLoopback())
}
