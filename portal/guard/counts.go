package guard

import (
	"cmp"
	"net/http"
	"slices"
	"sync"
)

// A Count is how many answers of a route had a status, since the role started. The
// route is the pattern that matched, never the path asked for; empty for none.
type Count struct {
	Route  string
	Status int
	Number uint64
}

type counted struct {
	route  string
	status int
}

type counts struct {
	mu sync.Mutex
	of map[counted]uint64
}

func (c *counts) add(route string, status int) {
	if status == 0 {
		status = http.StatusOK
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.of == nil {
		c.of = map[counted]uint64{}
	}
	c.of[counted{route, status}]++
}

// Counts are the answers so far, by route and status.
func (g *Guard) Counts() []Count {
	g.counts.mu.Lock()
	defer g.counts.mu.Unlock()
	var out []Count
	for k, n := range g.counts.of {
		out = append(out, Count{k.route, k.status, n})
	}
	slices.SortFunc(out, func(a, b Count) int {
		return cmp.Or(cmp.Compare(a.Route, b.Route), cmp.Compare(a.Status, b.Status))
	})
	return out
}

// answer remembers the status of an answer.
type answer struct {
	http.ResponseWriter
	status int
}

func (a *answer) WriteHeader(status int) {
	if a.status == 0 && status >= 200 {
		a.status = status
	}
	a.ResponseWriter.WriteHeader(status)
}

func (a *answer) Write(b []byte) (int, error) {
	if a.status == 0 {
		a.status = http.StatusOK
	}
	return a.ResponseWriter.Write(b)
}

// Unwrap lets http.ResponseController reach the connection.
func (a *answer) Unwrap() http.ResponseWriter { return a.ResponseWriter }
