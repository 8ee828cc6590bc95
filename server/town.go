package server

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"isoloir/observe"
	"isoloir/server/config"
)

// TownNames are the roles of an installation of spaces.
var TownNames = []string{"hall", "notices"}

// A Town is what one process serves of an installation of spaces.
type Town struct {
	Hall    *Hall    // nil where it is served elsewhere
	Notices *Notices // likewise

	roles   []*Role
	doors   []*Door
	setting Setting
}

// TownPlace is where a role of an installation is, and its origin; ErrRole if the configuration does not say it.
func TownPlace(c *config.Town, name string) (config.Place, string, error) {
	switch {
	case name == "hall" && c.Hall != nil:
		return c.Hall.Place, c.Hall.Origin, nil
	case name == "notices" && c.Notices != nil:
		return c.Notices.Place, c.Notices.Origin, nil
	}
	return config.Place{}, "", fmt.Errorf("%w: %s", ErrRole, name)
}

// CheckTown looks at how roles would listen, without taking their addresses.
func CheckTown(c *config.Town, names []string) error {
	for _, name := range names {
		place, origin, err := TownPlace(c, name)
		if err != nil {
			return err
		}
		if _, err := safe(place, origin, nil, nil); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	return nil
}

// OpenTown opens the roles of these names. If one of them cannot be opened, none is.
func OpenTown(ctx context.Context, c *config.Town, names []string, now func() time.Time, watch *observe.Watch) (t *Town, err error) {
	t = &Town{setting: Setting{Age: c.Age, Vault: c.Vault, Now: now, Watch: watch}}
	defer func() {
		if err != nil {
			err = errors.Join(err, t.Shut())
			t = nil
		}
	}()
	for _, name := range names {
		if _, _, err := TownPlace(c, name); err != nil {
			return t, err
		}
		switch name {
		case "hall":
			if t.Hall, err = NewHall(ctx, *c.Hall, t.setting); err == nil {
				t.roles = append(t.roles, t.Hall.Role)
			}
		case "notices":
			if t.Notices, err = NewNotices(ctx, *c.Notices, t.setting, nil); err == nil {
				t.roles = append(t.roles, t.Notices.Role)
			}
		}
		if err != nil {
			return t, fmt.Errorf("%s: %w", name, err)
		}
	}
	return t, nil
}

// Listen takes every address, and answers there.
func (t *Town) Listen(c *config.Town) error {
	for _, r := range t.roles {
		place, origin, err := TownPlace(c, r.Name)
		if err != nil {
			return err
		}
		l, err := Listen(place, origin, nil)
		if err != nil {
			return fmt.Errorf("%s: %w", r.Name, err)
		}
		d := NewDoor(l)
		d.Open(r.Handler)
		t.doors = append(t.doors, d)
		t.setting.Watch.Tell(observe.Serving{Role: observe.RoleOf(r.Name), Listen: observe.AddressOf(place.Listen), Origin: observe.AddressOf(origin)})
	}
	return nil
}

// Run keeps the roles' hours until ctx ends, and gives the addresses back.
func (t *Town) Run(ctx context.Context) error {
	var wg sync.WaitGroup
	for _, r := range t.roles {
		wg.Go(func() { r.Run(ctx) })
	}
	<-ctx.Done()
	err := t.close()
	wg.Wait()
	return err
}

func (t *Town) close() error {
	var failed error
	for _, d := range t.doors {
		failed = errors.Join(failed, d.Close())
	}
	t.doors = nil
	return failed
}

// Shut closes everything that was taken or opened, also after a failure.
func (t *Town) Shut() error {
	failed := t.close()
	for _, r := range slices.Backward(t.roles) {
		failed = errors.Join(failed, r.Shut())
	}
	t.roles = nil
	return failed
}
