package story

import (
	"fmt"
	"math/rand/v2"
	"net"
	"net/netip"
	"sync"
	"testing"
	"time"
)

// A clock is the time of all roles: that of the machine, put forward, or held at an instant.
type clock struct {
	mu    sync.Mutex
	ahead time.Duration
	held  time.Time // zero while it goes
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.held.IsZero() {
		return c.held
	}
	return time.Now().Add(c.ahead)
}

// hold holds it at an instant.
func (c *clock) hold(at time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.held = at
}

// forward has it go on from an instant that is not over yet.
func (c *clock) forward(at time.Time) {
	now := c.Now()
	c.mu.Lock()
	defer c.mu.Unlock()
	if at.Before(now) {
		at = now
	}
	c.ahead, c.held = time.Until(at), time.Time{}
}

// neighbours are so many ports in a row that nobody has, below those that the system gives to connections by itself.
func neighbours(t testing.TB, n int) netip.AddrPort {
	t.Helper()
	for range 100 {
		first := netip.AddrPortFrom(netip.AddrFrom4([4]byte{127, 0, 0, 1}), uint16(15000+rand.IntN(16000)))
		taken := 0
		for i := range n {
			l, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", int(first.Port())+i))
			if err != nil {
				break
			}
			l.Close()
			taken++
		}
		if taken == n {
			return first
		}
	}
	t.Fatal("no ports in a row")
	return netip.AddrPort{}
}
