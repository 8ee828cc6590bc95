package main

import (
	"context"
	"errors"
	"io/fs"
	"log/slog"
	"net/http"
	"net/netip"
	"net/url"
	"os"
	"strings"
	"time"

	"isoloir/portal/api"
	"isoloir/portal/board"
	"isoloir/portal/citizen"
	"isoloir/portal/guard"
	"isoloir/portal/result"
	"isoloir/portal/signon"
	"isoloir/portal/station"
	"isoloir/register/access"
	"isoloir/register/office"
	"isoloir/server"
	"isoloir/server/config"
	"isoloir/sso"
)

// lookEvery is how often a register looks for what is due.
const lookEvery = 5 * time.Second

// A front is what is served at one address of a register: an origin of its own.
type front struct {
	place   config.Place
	handler http.Handler
	served  phrase
}

// place is how an address of the register is listened on.
func (r *registry) place(listen string) (config.Place, error) {
	place := config.Place{Listen: listen}
	if (r.certificate == "") != (r.key == "") {
		return place, r.usage(bothFiles)
	}
	if r.certificate != "" {
		place.TLS = &config.TLS{Certificate: r.certificate, Key: r.key}
	}
	if r.proxy != "" {
		place.Proxies = []string{r.proxy}
		if len(place.Networks()) == 0 {
			return place, r.usage(proxyAddress)
		}
	}
	return place, nil
}

// serve serves a register's stations, and its citizens at an address of their own, until it
// is interrupted.
func (r *registry) serve(ctx context.Context) error {
	stations, err := r.place(r.listen)
	if err != nil {
		return err
	}
	citizens, err := r.place(r.accounts)
	if err != nil {
		return err
	}
	if r.accounts != "" && r.published == "" {
		return r.usage(registerNeeds, "published", "serve -accounts")
	}
	voting, err := r.origins()
	if err != nil {
		return err
	}
	claim, err := server.Take(r.dir)
	if err != nil {
		return err
	}
	defer claim.Release()
	return r.within(ctx, func(d *office.Office) error {
		at, err := station.New(station.Config{Service: d.Service, Failed: r.failing, Guard: r.guard(guard.Config{Camera: true}, stations)})
		if err != nil {
			return err
		}
		fronts := []front{{stations, at, registerServed}}
		if r.accounts != "" {
			lists, shut, err := r.lists()
			if err != nil {
				return err
			}
			defer shut()
			if r.notices != "" && !isOrigin(r.notices) {
				return r.usage(noticesOrigin, r.notices)
			}
			var shelf citizen.Shelf
			var members citizen.Assembly
			var decided result.Source
			if r.consultations != "" {
				published, err := board.Open(r.consultations, r.failing)
				if err != nil {
					return &exit{exitNoInput, err}
				}
				defer published.Close()
				shelf, members, decided = published, published, published
			}
			accounts := access.NewService(d.Service.Rho, d.Store, d.Signer, time.Now)
			sites, err := r.sites(d, accounts)
			if err != nil {
				return err
			}
			own, err := citizen.New(citizen.Config{Register: d.Service.Register, Rho: d.Service.Rho, Text: d.Text, Published: lists, Shelf: shelf, Assembly: members, Decisions: decided, Notices: r.notices,
				SignOn: sites, API: r.api(d, lists, shelf), Voting: voting, Passkeys: r.passkeys, Now: time.Now,
				Access: accounts, Failed: r.failing, Guard: r.guard(guard.Config{Passkeys: true}, citizens)})
			if err != nil {
				return err
			}
			fronts = append(fronts, front{citizens, own, citizensServed})
		}
		return r.keepOpen(ctx, d, fronts)
	})
}

// api answers what other sites read.
func (r *registry) api(d *office.Office, lists fs.FS, shelf citizen.Shelf) func(*guard.Guard) http.Handler {
	return func(g *guard.Guard) http.Handler {
		return api.New(api.Config{Register: d.Service.Register, Rho: d.Service.Rho, Published: lists, Shelf: shelf, Guard: g, Now: time.Now, Failed: r.failing})
	}
}

// sites lets civic sites know accounts, where the register has keys for it; else nil.
func (r *registry) sites(d *office.Office, accounts *access.Service) (*signon.Provider, error) {
	keys, err := sso.OpenKeys(r.dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, nil
	case err != nil:
		return nil, err
	case !isOrigin(r.origin):
		return nil, r.usage(signOnOrigin)
	}
	slog.SetDefault(slog.New(slog.DiscardHandler)) // the library would write who came back where
	return signon.New(signon.Config{Origin: r.origin, Register: d.Service.Register, Rho: d.Service.Rho, Book: sso.OpenBook(r.dir, d.Service.Register), Keys: keys, Accounts: accounts, Now: time.Now, Failed: r.failing})
}

// keepOpen serves what stands at every address, and does what is due.
func (r *registry) keepOpen(ctx context.Context, d *office.Office, fronts []front) (err error) {
	ended := make(chan error, len(fronts))
	var servers []*http.Server
	defer func() {
		out, cancel := context.WithTimeout(context.WithoutCancel(ctx), lookEvery)
		defer cancel()
		for _, s := range servers {
			if e := s.Shutdown(out); errors.Is(e, context.DeadlineExceeded) {
				err = errors.Join(err, s.Close())
			} else {
				err = errors.Join(err, e)
			}
		}
	}()
	for _, f := range fronts {
		l, err := server.Listen(f.place, "https://"+f.place.Listen, nil)
		if err != nil {
			return err
		}
		s := guard.Server(f.handler)
		servers = append(servers, s)
		r.say(f.served, l.Addr())
		go func() { ended <- s.Serve(l) }()
	}
	due := time.NewTicker(lookEvery)
	defer due.Stop()
	for {
		select {
		case err := <-ended:
			return err
		case <-due.C:
			if err := d.Service.Tick(ctx); err != nil && ctx.Err() == nil {
				r.failing("tick", err)
			}
		case <-ctx.Done():
			return nil
		}
	}
}

// guard makes the guard of an address.
func (r *registry) guard(c guard.Config, place config.Place) func(func(http.ResponseWriter, *http.Request, int)) *guard.Guard {
	c.TLS, c.Now, c.Address = place.TLS != nil || r.proxy != "", time.Now, address(place)
	c.Failed = func(route string, _ any) { r.failing(route, errors.New("a handler panicked")) }
	return func(refuse func(http.ResponseWriter, *http.Request, int)) *guard.Guard {
		c.Refuse = refuse
		return guard.New(c)
	}
}

// origins are those whose pages may open accounts too.
func (r *registry) origins() (found []string, err error) {
	for _, o := range strings.FieldsFunc(r.voting, func(c rune) bool { return c == ',' }) {
		if !isOrigin(o) {
			return nil, r.usage(votingOrigins, o)
		}
		found = append(found, o)
	}
	return found, nil
}

func isOrigin(text string) bool {
	u, err := url.Parse(text)
	return err == nil && u.Host != "" && u.Scheme+"://"+u.Host == text && (u.Scheme == "https" || u.Hostname() == "localhost" || u.Hostname() == "127.0.0.1")
}

// lists is the directory to which publish writes.
func (r *registry) lists() (fs.FS, func() error, error) {
	root, err := os.OpenRoot(r.published)
	if err != nil {
		return nil, nil, &exit{exitNoInput, err}
	}
	return root.FS(), root.Close, nil
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
