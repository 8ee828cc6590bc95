package main

import (
	"context"
	"errors"
	"net/http"
	"net/netip"
	"time"

	"isoloir/portal/guard"
	"isoloir/portal/station"
	"isoloir/register/office"
	"isoloir/server"
	"isoloir/server/config"
)

// lookEvery is how often a register looks for what is due.
const lookEvery = 5 * time.Second

// serve serves a register's stations until it is interrupted.
func (r *registry) serve(ctx context.Context) error {
	place := config.Place{Listen: r.listen}
	if (r.certificate == "") != (r.key == "") {
		return r.usage(bothFiles)
	}
	if r.certificate != "" {
		place.TLS = &config.TLS{Certificate: r.certificate, Key: r.key}
	}
	if r.proxy != "" {
		place.Proxies = []string{r.proxy}
		if len(place.Networks()) == 0 {
			return r.usage(proxyAddress)
		}
	}
	return r.within(ctx, func(d *office.Office) error {
		failed := func(what string, err error) { r.failing(what, err) }
		handler, err := station.New(station.Config{Service: d.Service, Failed: failed, Guard: func(refuse func(http.ResponseWriter, *http.Request, int)) *guard.Guard {
			return guard.New(guard.Config{TLS: place.TLS != nil || r.proxy != "", Now: time.Now, Camera: true, Refuse: refuse, Address: address(place)})
		}})
		if err != nil {
			return err
		}
		l, err := server.Listen(place, "https://"+r.listen, nil)
		if err != nil {
			return err
		}
		s := guard.Server(handler)
		r.say(registerServed, l.Addr())
		ended := make(chan error, 1)
		go func() { ended <- s.Serve(l) }()
		due := time.NewTicker(lookEvery)
		defer due.Stop()
		for {
			select {
			case err := <-ended:
				return err
			case <-due.C:
				if err := d.Service.Tick(ctx); err != nil && ctx.Err() == nil {
					failed("tick", err)
				}
			case <-ctx.Done():
				out, cancel := context.WithTimeout(context.WithoutCancel(ctx), lookEvery)
				defer cancel()
				if err := s.Shutdown(out); !errors.Is(err, context.DeadlineExceeded) {
					return err
				}
				return s.Close()
			}
		}
	})
}

// address is where a request comes from: what the proxy says, where there is one.
func address(place config.Place) func(*http.Request) netip.Addr {
	if networks := place.Networks(); len(networks) > 0 {
		return guard.Behind(networks)
	}
	return nil
}

// failing says what went wrong, without what was asked.
func (r *registry) failing(what string, err error) {
	o := r.operator
	o.out = r.err
	o.say(registerFailing, what, err)
}
