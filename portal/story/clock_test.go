package story

import (
	"sync"
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
