package demonstration

import (
	"errors"
	"io/fs"
	"os"
	"strings"
	"sync/atomic"
	"time"

	"isoloir/record"
)

// A Clock is the time of a demonstration: that of the machine, but for what it was put forward. How much stands in a file, so that the clock never
// goes back when the process ends.
type Clock struct {
	path  string
	ahead atomic.Int64 // nanoseconds
}

// OpenClock opens the clock whose file is at path; where there is none it has not been put forward.
func OpenClock(path string) (*Clock, error) {
	c := &Clock{path: path}
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return c, nil
	}
	if err != nil {
		return nil, err
	}
	ahead, err := time.ParseDuration(strings.TrimSuffix(string(data), "\n"))
	c.ahead.Store(int64(ahead))
	return c, err
}

// Now is what every party takes for the time.
func (c *Clock) Now() time.Time { return time.Now().Add(time.Duration(c.ahead.Load())) }

// Ahead says whether the clock was put forward.
func (c *Clock) Ahead() bool { return c.ahead.Load() > 0 }

// Forward puts the clock forward to an instant, never back.
func (c *Clock) Forward(to time.Time) error {
	more := to.Sub(c.Now())
	if more <= 0 {
		return nil
	}
	ahead := time.Duration(c.ahead.Load()) + more
	if err := record.WriteWhole(c.path, []byte(ahead.String()+"\n")); err != nil {
		return err
	}
	c.ahead.Store(int64(ahead))
	return nil
}
