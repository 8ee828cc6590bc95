package voters

import (
	"fmt"
	"io"
	"math"
	"slices"
	"sync"
	"time"
)

// Times are how long things took, by the name of the step. It is safe for concurrent
// use.
type Times struct {
	mu   sync.Mutex
	of   map[string][]passed
	seen []string // steps in the order of their first
}

// passed is a step from its beginning, all tries included, to its end.
type passed struct {
	took  time.Duration
	ended time.Time
}

// Add notes how long a step took that ends now.
func (t *Times) Add(step string, d time.Duration) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.of == nil {
		t.of = map[string][]passed{}
	}
	if t.of[step] == nil {
		t.seen = append(t.seen, step)
	}
	t.of[step] = append(t.of[step], passed{d, time.Now()})
}

// After is how long after an instant the first of the steps ended that began after it;
// 0 if none did.
func (t *Times) After(step string, at time.Time) (least time.Duration) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, p := range t.of[step] {
		if since := p.ended.Sub(at); p.took < since && (least == 0 || since < least) {
			least = since
		}
	}
	return least
}

// Quantile is the time that at least the part q of the steps did not exceed; 0 if there
// were none.
func (t *Times) Quantile(step string, q float64) time.Duration {
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.of[step]) == 0 {
		return 0
	}
	return quantile(t.sorted(step), q)
}

func (t *Times) sorted(step string) []time.Duration {
	var all []time.Duration
	for _, p := range t.of[step] {
		all = append(all, p.took)
	}
	slices.Sort(all)
	return all
}

// Print writes a line for each step: the median, the 95th and 99th of a hundred, and
// the longest.
func (t *Times) Print(w io.Writer) {
	t.mu.Lock()
	defer t.mu.Unlock()
	fmt.Fprintf(w, "%-22s %8s %9s %9s %9s %9s  ms\n", "step", "number", "p50", "p95", "p99", "longest")
	for _, step := range t.seen {
		all := t.sorted(step)
		fmt.Fprintf(w, "%-22s %8d %9.1f %9.1f %9.1f %9.1f\n", step, len(all),
			ms(quantile(all, 0.50)), ms(quantile(all, 0.95)), ms(quantile(all, 0.99)), ms(all[len(all)-1]))
	}
}

func ms(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// quantile is the smallest of sorted durations that at least the part q of them does
// not exceed.
func quantile(sorted []time.Duration, q float64) time.Duration {
	return sorted[max(0, int(math.Ceil(q*float64(len(sorted))))-1)]
}

// Counts are how often something happened, by its name.
type Counts struct {
	mu sync.Mutex
	of map[string]int
}

// Add counts it once.
func (c *Counts) Add(name string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.of == nil {
		c.of = map[string]int{}
	}
	c.of[name]++
}

// Total is how often anything happened.
func (c *Counts) Total() (n int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, k := range c.of {
		n += k
	}
	return n
}

// Print writes a line for each name.
func (c *Counts) Print(w io.Writer) {
	c.mu.Lock()
	defer c.mu.Unlock()
	names := make([]string, 0, len(c.of))
	for n := range c.of {
		names = append(names, n)
	}
	slices.Sort(names)
	for _, n := range names {
		fmt.Fprintf(w, "  %8d %s\n", c.of[n], n)
	}
}
