package server

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"isoloir/server/config"
)

// A House is what one process serves: some roles of a scrutin, each behind its door.
type House struct {
	Public *Public // once open
	Roles  *Roles

	config  *config.Config
	names   []string
	setting Setting
	doors   map[string]*Door
}

// NewHouse makes a house of the roles of these names, as the configuration describes them.
func NewHouse(c *config.Config, names []string, now func() time.Time, log *slog.Logger) *House {
	return &House{config: c, names: names, doors: map[string]*Door{}, setting: Setting{Origins: c.Origins, Now: now, Log: log}}
}

// Listen takes every address. Until Run the doors answer that the house is starting.
func (h *House) Listen() error {
	for _, name := range h.names {
		place, origin, err := Place(h.config, name)
		if err != nil {
			return err
		}
		l, err := Listen(place, origin, h.config.ACME)
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		h.doors[name] = NewDoor(l)
	}
	return nil
}

// Open opens the roles on the public record. What they answer can be changed before Run.
func (h *House) Open(ctx context.Context) (err error) {
	if h.Public, err = OpenPublic(h.config.Record); err != nil {
		return err
	}
	h.setting.Public = h.Public
	h.Roles, err = OpenRoles(ctx, h.config, h.names, h.setting)
	return err
}

// Run opens the doors, keeps the roles' hours and looks for new acts in the public record until ctx ends. Then it refuses what comes, answers
// what is under way, and gives the addresses back.
func (h *House) Run(ctx context.Context) error {
	var hours sync.WaitGroup
	hours.Go(func() { h.Public.Watch(ctx, lookForClose, h.setting.failed("record", "new acts could not be read")) })
	for _, r := range h.Roles.All() {
		if d := h.doors[r.Name]; d != nil {
			d.Open(r.Handler)
			place, origin, _ := Place(h.config, r.Name)
			h.setting.Log.Info("serving", "role", r.Name, "listen", place.Listen, "origin", origin)
		}
		hours.Go(func() { r.Run(ctx) })
	}
	<-ctx.Done()
	err := h.close() // first, so that nobody asks for more of what the hours still have to do
	hours.Wait()
	return err
}

// close closes all doors, side by side.
func (h *House) close() error {
	closed := make(chan error)
	for _, d := range h.doors {
		go func() { closed <- d.Close() }()
	}
	var failed error
	for range h.doors {
		failed = errors.Join(failed, <-closed)
	}
	clear(h.doors)
	return failed
}

// Shut closes everything that was taken or opened, also after a failure.
func (h *House) Shut() error {
	err := h.close()
	if h.Roles != nil {
		err = errors.Join(err, h.Roles.Shut())
	}
	if h.Public != nil {
		err = errors.Join(err, h.Public.Close())
	}
	h.Roles, h.Public = nil, nil
	return err
}
