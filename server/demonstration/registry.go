package demonstration

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"time"

	"isoloir/portal/citizen"
	"isoloir/portal/guard"
	"isoloir/register/access"
	"isoloir/register/office"
	"isoloir/server"
)

// A Registry is the register of a demonstration of accounts at work: at an origin of its own, on its own directory, as a process apart would be.
type Registry struct {
	office *office.Office
	door   *server.Door
}

// ServeRegister serves the register until Shut.
func (d *Demonstration) ServeRegister(ctx context.Context) (r *Registry, err error) {
	host, _, err := net.SplitHostPort(d.Config.Portal.Listen)
	if err != nil {
		return nil, err
	}
	origin, err := url.Parse(d.Config.Origins.Register)
	if err != nil {
		return nil, err
	}
	l, err := net.Listen("tcp", net.JoinHostPort(host, origin.Port()))
	if err != nil {
		return nil, fmt.Errorf("register: %w: %w", server.ErrListen, err)
	}
	r = &Registry{door: server.NewDoor(l)}
	defer func() {
		if err != nil {
			err = errors.Join(err, r.Shut())
		}
	}()
	if r.office, err = office.Open(ctx, d.at(registerDir), d.Clock.Now); err != nil {
		return nil, err
	}
	lists, err := os.OpenRoot(d.at(registerDir))
	if err != nil {
		return nil, err
	}
	published, err := d.newShelf()
	if err != nil {
		return nil, err
	}
	council, err := d.newCouncil()
	if err != nil {
		return nil, err
	}
	s := r.office.Service
	handler, err := citizen.New(citizen.Config{Register: s.Register, Rho: s.Rho, Text: r.office.Text, Access: access.NewService(s.Rho, r.office.Store, r.office.Signer, d.Clock.Now),
		Published: lists.FS(), Shelf: published, Voting: []string{d.Config.Origins.Portal}, Passkeys: origin.Hostname(), Now: d.Clock.Now,
		Assembly: council,
		Guard: func(refuse func(http.ResponseWriter, *http.Request, int)) *guard.Guard {
			return guard.New(guard.Config{Now: d.Clock.Now, Passkeys: true, Refuse: refuse})
		}})
	if err != nil {
		return nil, err
	}
	r.door.Open(handler)
	return r, nil
}

// Shut gives the address back and closes the register.
func (r *Registry) Shut() error {
	err := r.door.Close()
	if r.office != nil {
		err = errors.Join(err, r.office.Shut())
	}
	return err
}

// lookEvery is how often a register looks for what is due.
const lookEvery = 5 * time.Second

// Run keeps the register's hours until ctx ends.
func (r *Registry) Run(ctx context.Context) error {
	due := time.NewTicker(lookEvery)
	defer due.Stop()
	for {
		select {
		case <-due.C:
			if err := r.office.Service.Tick(ctx); err != nil && ctx.Err() == nil {
				return err
			}
		case <-ctx.Done():
			return nil
		}
	}
}
