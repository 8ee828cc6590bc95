package vaulttest

import (
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"
)

// A Proxy stands before a server, and is as bad as a network and a server can be.
type Proxy struct {
	Address string // what those who ask are told

	next http.Handler

	mu     sync.Mutex
	delay  time.Duration
	status int
	cut    bool
	asked  map[string]int
}

func newProxy(t testing.TB, server string) *Proxy {
	t.Helper()
	to, err := url.Parse(server)
	if err != nil {
		t.Fatal(err)
	}
	next := httputil.NewSingleHostReverseProxy(to)
	next.ErrorHandler = func(w http.ResponseWriter, _ *http.Request, _ error) { panic(http.ErrAbortHandler) }
	p := &Proxy{next: next, asked: map[string]int{}}
	s := httptest.NewServer(p)
	t.Cleanup(func() {
		s.CloseClientConnections()
		s.Close()
	})
	p.Address = s.URL
	return p
}

// ServeHTTP passes what is asked on, as it is told to.
func (p *Proxy) ServeHTTP(w http.ResponseWriter, q *http.Request) {
	p.mu.Lock()
	delay, status, cut := p.delay, p.status, p.cut
	p.asked[strings.TrimPrefix(q.URL.Path, "/v1/")]++
	p.mu.Unlock()
	select {
	case <-time.After(delay):
	case <-q.Context().Done():
		return
	}
	switch {
	case cut:
		panic(http.ErrAbortHandler)
	case status != 0:
		http.Error(w, `{"errors":["said by the proxy"]}`, status)
	default:
		p.next.ServeHTTP(w, q)
	}
}

// Slow lets every question wait.
func (p *Proxy) Slow(d time.Duration) { p.set(func() { p.delay = d }) }

// Refuse answers every question with a status; 0 ends it.
func (p *Proxy) Refuse(status int) { p.set(func() { p.status = status }) }

// Cut cuts the connection of every question, until it is told not to.
func (p *Proxy) Cut(yes bool) { p.set(func() { p.cut = yes }) }

func (p *Proxy) set(do func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	do()
}

// Asked is how often a path was asked for, of those that begin so.
func (p *Proxy) Asked(prefix string) (n int) {
	p.set(func() {
		for path, times := range p.asked {
			if strings.HasPrefix(path, prefix) {
				n += times
			}
		}
	})
	return n
}
