package server

import (
	"context"
	"encoding/base64"
	"errors"
	"net/http"
	"time"

	"isoloir/custody"
	"isoloir/notice"
	"isoloir/notice/sqlite"
	"isoloir/observe"
	"isoloir/portal/guard"
	"isoloir/portal/notices"
	"isoloir/scrutin"
	"isoloir/server/config"
)

// pushPatience is how long a push service has to take a notice.
const pushPatience = 15 * time.Second

// Notices is the origin where people ask to be told of an organisation's consultations, on a store of its own.
type Notices struct {
	*Role
	Service *notice.Service
}

// NewNotices opens it on its directory. Browsers' push services are reached by client; nil for the network.
func NewNotices(ctx context.Context, c config.Notices, s Setting, client *http.Client) (n *Notices, err error) {
	role, err := enter("notices", c.Directory, "")
	if err != nil {
		return nil, err
	}
	n = &Notices{Role: role}
	defer func() {
		if err != nil {
			err = errors.Join(err, role.Shut())
		}
	}()
	keeper, err := n.custody(ctx, s, c.Place)
	if err != nil {
		return nil, err
	}
	zone, err := time.LoadLocation(c.Zone)
	if err != nil {
		return nil, err
	}
	n.Service = &notice.Service{Site: c.Origin, Organisation: c.Organisation, Zone: zone, Now: s.Now}
	if n.Service.Key, err = custody.Bearer(ctx, keeper, c.Key); err != nil {
		return nil, err
	}
	if n.Service.Carrier, err = mailer(ctx, c.Email, keeper, c.Outbox, s.Now); err != nil {
		return nil, err
	}
	if c.Push != nil {
		key, err := custody.Bearer(ctx, keeper, c.Push.Key)
		if err != nil {
			return nil, err
		}
		if client == nil {
			client = &http.Client{Timeout: pushPatience, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
		}
		if n.Service.Push, err = notice.NewPusher(base64.RawURLEncoding.EncodeToString(key[:]), c.Push.Contact, client); err != nil {
			return nil, err
		}
	}
	store, err := sqlite.Open(ctx, c.Database)
	if err != nil {
		return nil, err
	}
	n.closing = append(n.closing, store.Shut)
	n.Service.Store = store
	events := func(context.Context) ([]notice.Event, error) { return notice.ReadEvents(c.Announcements) }
	site := notices.Config{Service: n.Service, Events: events, Rehearsal: c.Kind == scrutin.Rehearsal,
		Guard: func(refuse func(http.ResponseWriter, *http.Request, int)) *guard.Guard {
			return s.guard(n.Name, c.Origin, c.Place, refuse)
		},
		Failed: func(route string, err error) {
			s.Watch.Tell(observe.PageFailed{Role: observe.Notices, Route: observe.RouteOf(route), Cause: observe.Because(err)})
		}}
	for _, t := range c.Territories {
		site.Places = append(site.Places, notices.Place{ID: t.ID, Label: t.Label})
	}
	if n.Handler, err = notices.New(site); err != nil {
		return nil, err
	}
	n.hours = append(n.hours, s.every(announceEvery, n.Name, observe.Announce, func(ctx context.Context) error {
		all, err := events(ctx)
		if err != nil {
			return err
		}
		_, err = n.Service.Send(ctx, all)
		return err
	}))
	return n, nil
}
