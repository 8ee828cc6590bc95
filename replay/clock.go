package replay

import (
	"sync"
	"time"
)

// A clock is the time of the replay: it stands still but for the moments between two steps of the procedure, so that five days of vote pass
// in the minutes that the replay takes.
type clock struct {
	mu sync.Mutex
	at time.Time
}

// Now is what every party of the replay takes for the time.
func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

// Set moves the clock to t, never backwards.
func (c *clock) Set(t time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if t.After(c.at) {
		c.at = t
	}
}

// Pass moves the clock forward by d.
func (c *clock) Pass(d time.Duration) {
	c.Set(c.Now().Add(d))
}
