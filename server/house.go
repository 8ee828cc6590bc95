package server

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"isoloir/observe"
	"isoloir/scrutin"
	"isoloir/server/config"
)

// A House is what one process serves: some roles of a scrutin, each behind its door.
type House struct {
	Public *Public // once open
	Roles  *Roles

	config      *config.Config
	names       []string
	setting     Setting
	doors       map[string]*Door
	inspections atomic.Pointer[map[string]*Inspection] // once open
	window      *Door                                  // through which operators look in; nil for none
	hours       []func(context.Context)                // what the house itself does at its hours
}

// NewHouse makes a house of the roles of these names, as the configuration describes them.
func NewHouse(c *config.Config, names []string, now func() time.Time, watch *observe.Watch) *House {
	return &House{config: c, names: names, doors: map[string]*Door{}, setting: Setting{Origins: c.Origins, Leading: c.Leading, Age: c.Age, Vault: c.Vault, Alerts: c.Alerts, Now: now, Watch: watch}}
}

// Check looks at how every role would listen, without taking its address.
func (h *House) Check() error {
	for _, name := range h.names {
		place, origin, err := Place(h.config, name)
		if err != nil {
			return err
		}
		if _, err := safe(place, origin, h.config.ACME, nil); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	return nil
}

// Listen takes every address. Until Run the doors answer that the house is starting.
func (h *House) Listen() error {
	if o := h.config.Observe; o != nil {
		l, err := net.Listen("tcp", o.At())
		if err != nil {
			return fmt.Errorf("observe: %w: %w", ErrListen, err)
		}
		h.window = NewDoor(l)
		h.window.Open(http.HandlerFunc(h.observed))
		h.setting.Watch.Tell(observe.Observed{Listen: observe.AddressOf(o.At())})
	}
	for _, name := range h.names {
		place, origin, err := Place(h.config, name)
		if err != nil {
			return err
		}
		l, err := listen(place, origin, h.config.ACME, func(expires time.Time, err error) { h.renewed(name, expires, err) })
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		h.doors[name] = NewDoor(l)
	}
	return h.certificates()
}

// certificates shows operators how long those in files are good.
func (h *House) certificates() error {
	for _, name := range h.names {
		place, _, err := Place(h.config, name)
		if err != nil {
			return err
		}
		expires, err := expiry(place.TLS)
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		if !expires.IsZero() {
			h.setting.Watch.Certificate(observe.RoleOf(name), expires)
		}
	}
	return nil
}

// renewed shows operators that a certificate was renewed, or that the one before is used since the new one is not good.
func (h *House) renewed(name string, expires time.Time, err error) {
	role := observe.RoleOf(name)
	if err != nil {
		h.setting.Watch.Failed(role, observe.Certify, err)
		return
	}
	h.setting.Watch.Certificate(role, expires)
	h.setting.Watch.Kept(role, observe.Certify)
}

// Open opens the roles on the public record. What they answer can be changed before Run.
func (h *House) Open(ctx context.Context) (err error) {
	open := OpenPublic
	if slices.Equal(h.names, []string{"bureau"}) {
		open = OpenConstituted
	}
	if h.Public, err = open(h.config.Record); err != nil {
		return err
	}
	h.setting.Public = h.Public
	if err := h.setting.rolled(); err != nil {
		return err
	}
	if h.setting.Companions, err = OpenCompanions(h.config, h.Public.Manifest); err != nil {
		return err
	}
	if h.Roles, err = OpenRoles(ctx, h.config, h.names, h.setting); err != nil {
		return err
	}
	h.show()
	return nil
}

// show lets operators see how the roles are, and begins the hours of the house.
func (h *House) show() {
	w, p := h.setting.Watch, h.Public
	w.Group(p.Manifest.MinimumSize)
	vote := observe.Vote{
		Voting: func() bool { return p.Window().Voting(h.setting.Now()) },
		Ends:   func() time.Time { return p.Window().Ends },
		Closed: func() bool { return p.Progress().Act(scrutin.ActClose) != nil },
	}
	if h.Roles.Urn != nil {
		vote.Logs = h.Roles.Urn.logs
	}
	w.Show(vote)
	inspections := map[string]*Inspection{}
	for _, r := range h.Roles.All() {
		inspections[r.Name] = r.Inspection
	}
	h.inspections.Store(&inspections)
	for _, r := range h.Roles.All() {
		w.Probe(observe.RoleOf(r.Name), r.Ready, r.Clock)
	}
	h.hours = append(h.hours,
		h.setting.every(lookForClose, "", observe.Refresh, func(context.Context) error { return errors.Join(h.refresh(), h.certificates()) }),
		atSlots(h.setting.Now, p.period(), func(context.Context) { w.Slot() }))
}

// refresh takes in what has come into the records of this scrutin and of those that it leads.
func (h *House) refresh() error {
	err := errors.Join(h.Public.Refresh(), h.Public.unfounded())
	for _, k := range h.setting.Companions {
		err = errors.Join(err, k.Refresh())
	}
	return err
}

// observed answers operators: health and metrics; and, on this machine alone, under /integrity/ROLE, of the store of a role, its last report, or
// one that is made now: its counts are those of this moment, which metrics never are.
func (h *House) observed(w http.ResponseWriter, q *http.Request) {
	name, asked := strings.CutPrefix(q.URL.Path, "/integrity/")
	if !asked {
		h.setting.Watch.Handler().ServeHTTP(w, q)
		return
	}
	if i := h.inspections.Load(); i != nil && (*i)[name] != nil && atHome(q) && (q.Method == http.MethodGet || q.Method == http.MethodPost) {
		(*i)[name].ServeHTTP(w, q)
		return
	}
	http.NotFound(w, q)
}

// atHome says whether a request comes from this machine, and from no page.
func atHome(q *http.Request) bool {
	at, err := netip.ParseAddrPort(q.RemoteAddr)
	return err == nil && at.Addr().Unmap().IsLoopback() && q.Header.Get("Origin") == "" && q.Header.Get("X-Forwarded-For") == ""
}

// timed tells how long answers of a role take.
func (h *House) timed(role observe.Role, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		begun := time.Now()
		defer func() { h.setting.Watch.Answered(role, time.Since(begun)) }()
		next.ServeHTTP(w, r)
	})
}

// Run opens the doors, keeps the roles' hours and looks for new acts in the public record until ctx ends. Then it refuses what comes, answers
// what is under way, and gives the addresses back.
func (h *House) Run(ctx context.Context) error {
	var hours sync.WaitGroup
	for _, keep := range h.hours {
		hours.Go(func() { keep(ctx) })
	}
	for _, r := range h.Roles.All() {
		if d := h.doors[r.Name]; d != nil {
			role := observe.RoleOf(r.Name)
			d.Open(h.timed(role, r.Handler))
			place, origin, _ := Place(h.config, r.Name)
			h.setting.Watch.Tell(observe.Serving{Role: role, Listen: observe.AddressOf(place.Listen), Origin: observe.AddressOf(origin)})
		}
		hours.Go(func() { r.Run(ctx) })
	}
	<-ctx.Done()
	h.setting.Watch.Stop()
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
	if h.window != nil {
		err = errors.Join(err, h.window.Close())
		h.window = nil
	}
	if h.Roles != nil {
		err = errors.Join(err, h.Roles.Shut())
	}
	if h.Public != nil {
		err = errors.Join(err, h.Public.Close())
	}
	err = errors.Join(err, CloseCompanions(h.setting.Companions))
	h.Roles, h.Public, h.setting.Companions = nil, nil, nil
	return err
}
