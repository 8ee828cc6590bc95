// Package guard stands in front of every handler that the network can reach: pages
// for people, messages of the protocol, public files, forms between origins, and
// links between roles (docs/online.md, sections 0 and 4).
//
// What it promises. No answer leaves without the headers that keep a page from
// running or asking anything foreign (Content Security Policy level 3, Trusted
// Types). What the method, the origin, the type or the size of a request forbids never
// reaches the handler. A handler that panics answers 500 and says nothing. Of who
// asks nothing is written down: requests are counted by route and status, and an
// address becomes a ratelimit.Network at once.
package guard

import (
	"io"
	"log"
	"net/http"
	"net/netip"
	"time"

	"isoloir/ratelimit"
)

// A Config is how a role is guarded. Now is required.
type Config struct {
	// TLS says that the role is reached over TLS, directly or through a proxy:
	// then browsers are told to come by no other way (HSTS).
	TLS bool
	Now func() time.Time
	// Address is where a request comes from; nil for the other end of the
	// connection. Behind a proxy it reads what that proxy, and no client, wrote.
	Address func(*http.Request) netip.Addr
	// Refuse writes what a person reads who is refused with this status, the status
	// line too; nil for the words of the status.
	Refuse func(w http.ResponseWriter, r *http.Request, status int)
	// Leading is an origin whose pages may ask messages and files beside the portal's:
	// the portal of the scrutin that this one is a companion of. Empty for none.
	Leading string
	// Passkeys says that pages of this role ask the browser for passkeys (WebAuthn), of
	// their own origin alone.
	Passkeys bool
	// Camera says that pages of this role ask for the camera.
	Camera bool
	// Failed is told of a panic: its route and what it said. Nil to drop it.
	Failed func(route string, said any)
}

// A Guard guards the handlers of one role and counts their answers. It is safe for
// concurrent use.
type Guard struct {
	config   Config
	networks *ratelimit.Networks
	counts   counts
}

// New makes the guard of a role.
func New(c Config) *Guard {
	if c.Address == nil {
		c.Address = peer
	}
	if c.Refuse == nil {
		c.Refuse = func(w http.ResponseWriter, _ *http.Request, status int) {
			http.Error(w, http.StatusText(status), status)
		}
	}
	if c.Failed == nil {
		c.Failed = func(string, any) {}
	}
	return &Guard{config: c, networks: ratelimit.NewNetworks(c.Now)}
}

// Network is where a request comes from, for limits.
func (g *Guard) Network(r *http.Request) ratelimit.Network {
	return g.networks.Of(g.config.Address(r))
}

func peer(r *http.Request) netip.Addr {
	at, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return netip.Addr{}
	}
	return at.Addr()
}

// Server is a server of a guarded handler, with a time for everything and headers
// of at most 16 KiB. A handler that streams for longer than 30 s moves its deadline
// (http.ResponseController). What net/http would log of connections, as of a TLS
// handshake that fails, is dropped: it names the other end's address.
func Server(h http.Handler) *http.Server {
	return &http.Server{
		Handler:           h,
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       15 * time.Second,
		WriteTimeout:      30 * time.Second,
		IdleTimeout:       90 * time.Second,
		MaxHeaderBytes:    16 << 10,
		ErrorLog:          log.New(io.Discard, "", 0),
	}
}
