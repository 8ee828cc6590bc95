package ratelimit

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"net/netip"
	"sync"
	"time"
)

// A Network stands for where a request comes from, for an hour at most.
type Network [16]byte

// turnover is how long the key lives under which networks are hashed.
const turnover = time.Hour

// Networks turns addresses into what limits are kept by: HMAC-SHA-256, cut to 16
// bytes, of the /24 of an IPv4 address or the /56 of an IPv6 one, under a key drawn
// every hour that is in memory alone. Once it is gone nobody can say which address a
// Network was. It is safe for concurrent use.
type Networks struct {
	now func() time.Time

	mu    sync.Mutex
	key   [32]byte
	drawn time.Time
}

// NewNetworks draws the first key at its first use.
func NewNetworks(now func() time.Time) *Networks { return &Networks{now: now} }

// Of is the network of an address. All addresses that are none have one.
func (n *Networks) Of(address netip.Addr) Network {
	n.mu.Lock()
	if now := n.now(); n.drawn.IsZero() || now.Sub(n.drawn) >= turnover || now.Before(n.drawn) {
		rand.Read(n.key[:])
		n.drawn = now
	}
	key := n.key
	n.mu.Unlock()
	bits := 56
	if address = address.Unmap().WithZone(""); address.Is4() {
		bits = 24
	}
	prefix, _ := address.Prefix(bits) // the zero prefix for what is no address
	mac := hmac.New(sha256.New, key[:])
	text, _ := prefix.MarshalBinary()
	mac.Write(text)
	return Network(mac.Sum(nil))
}
