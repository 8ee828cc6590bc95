package faults

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"sync"
	"time"
)

// A fault is what happens, and to whom or where.
type fault struct{ kind, where string }

// The kinds. Each is one row of the table for every place where it happens.
const (
	killed       = "killed at any moment"
	killedAtSlot = "killed at a slot of the flushes"
	killedBefore = "killed when the request arrives"
	killedDuring = "killed while it is worked on"
	killedAfter  = "killed when the answer has left"
	killedUndone = "killed before the commit"
	killedDone   = "killed after the commit"
	crashed      = "PostgreSQL stopped at once"
	lost         = "answer lost"
	cutUndone    = "connection lost before the commit"
	cutDone      = "connection lost after the commit"
	doubled      = "request twice"
)

// tally counts the faults that have happened, and how long what was killed took to serve
// again. It is safe for concurrent use.
type tally struct {
	mu    sync.Mutex
	of    map[fault]int
	again []time.Duration
	ended map[string]int // processes that ended by themselves, as they do when they start without a database
}

func newTally() *tally { return &tally{of: map[fault]int{}, ended: map[string]int{}} }

func (c *tally) add(kind, where string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.of[fault{kind, where}]++
}

func (c *tally) returned(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.again = append(c.again, d)
}

func (c *tally) stopped(how string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.ended[how]++
}

// count is how often a kind has happened anywhere.
func (c *tally) count(kind string) (n int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for f, k := range c.of {
		if f.kind == kind {
			n += k
		}
	}
	return n
}

func (c *tally) seen(f fault) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.of[f] > 0
}

func (c *tally) print(w io.Writer) {
	c.mu.Lock()
	defer c.mu.Unlock()
	var all []fault
	total := 0
	for f, n := range c.of {
		all = append(all, f)
		total += n
	}
	slices.SortFunc(all, func(a, b fault) int { return cmp.Or(cmp.Compare(a.kind, b.kind), cmp.Compare(a.where, b.where)) })
	for _, f := range all {
		fmt.Fprintf(w, "%8d  %-34s %s\n", c.of[f], f.kind, f.where)
	}
	fmt.Fprintf(w, "%8d  faults\n", total)
	for how, n := range c.ended {
		fmt.Fprintf(w, "%8d  processes ended by themselves, and were started again: %s\n", n, how)
	}
	if len(c.again) > 0 {
		slices.Sort(c.again)
		fmt.Fprintf(w, "%d killed processes served again after %.2f s in the median, %.2f s at most\n",
			len(c.again), c.again[len(c.again)/2].Seconds(), c.again[len(c.again)-1].Seconds())
	}
}
