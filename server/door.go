package server

import (
	"context"
	"errors"
	"net"
	"net/http"
	"sync/atomic"
	"time"

	"isoloir/portal/guard"
)

// How long requests that are under way have when the process is to stop.
const stopping = 15 * time.Second

// A Door is an address at which a role answers. Before its role is there, and when it is being stopped, it answers 503.
type Door struct {
	listener net.Listener
	server   *http.Server
	handler  atomic.Pointer[http.Handler]
}

// NewDoor begins to answer at a listener.
func NewDoor(l net.Listener) *Door {
	d := &Door{listener: l}
	d.server = guard.Server(d)
	go d.server.Serve(l)
	return d
}

// Open lets a handler answer.
func (d *Door) Open(h http.Handler) { d.handler.Store(&h) }

// Close answers what is under way, refuses what comes meanwhile, and gives the address back.
func (d *Door) Close() error {
	d.handler.Store(nil)
	ctx, cancel := context.WithTimeout(context.Background(), stopping)
	defer cancel()
	err := d.server.Shutdown(ctx)
	return errors.Join(err, d.server.Close())
}

// ServeHTTP implements http.Handler.
func (d *Door) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if h := d.handler.Load(); h != nil {
		(*h).ServeHTTP(w, r)
		return
	}
	w.Header().Set("Retry-After", "5")
	w.Header().Set("Connection", "close")
	w.WriteHeader(http.StatusServiceUnavailable)
}
