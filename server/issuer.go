package server

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"isoloir/custody"
	"isoloir/issuer"
	"isoloir/issuer/sqlite"
	"isoloir/observe"
	"isoloir/portal/issuerapi"
	"isoloir/ratelimit"
	"isoloir/server/config"
)

// How often what must leave is looked for.
const dispatchEvery = 5 * time.Second

// issuerReceipts is how often a network may ask for e-mails with receipt codes.
var issuerReceipts = ratelimit.Limit{Every: time.Second, Burst: 100}

// An Issuer is the role of issuer-a or issuer-b.
type Issuer struct {
	*Role
	Station *issuer.Station
	Store   *sqlite.Store
}

// NewIssuer opens an issuer in its directory, by its place in the manifest, 0 or 1. It goes on where it was left.
func NewIssuer(ctx context.Context, number int, c config.Issuer, s Setting) (i *Issuer, err error) {
	role, err := enter([]string{"issuer-a", "issuer-b"}[number], c.Directory, c.Key)
	if err != nil {
		return nil, err
	}
	i = &Issuer{Role: role}
	defer func() {
		if err != nil {
			err = errors.Join(err, role.Shut())
		}
	}()
	keeper, err := i.custody(ctx, s, c.Place)
	if err != nil {
		return nil, err
	}
	notify, err := custody.Bearer(ctx, keeper, c.Links.Notify)
	if err != nil {
		return nil, err
	}
	if err := s.described(); err != nil {
		return nil, err
	}
	var gateway []byte
	if i.Station, i.Store, gateway, err = OpenStation(ctx, number, c, s.Origins, keeper, s.Companions, issuer.Config{Manifest: s.Public.Manifest, Fingerprint: s.Public.Fingerprint,
		Opening: s.Public.OpeningDigest, Numbered: s.Public.Numbered, Closed: s.Public.Over, Withdrawn: s.Public.withdrawn, Led: s.Leading != "", Now: s.Now, Workers: s.Workers}); err != nil {
		return nil, err
	}
	i.closing = append(i.closing, i.Store.Shut)
	i.Ready = func(ctx context.Context) error {
		_, err := i.Store.Size(ctx)
		return err
	}
	switch {
	case i.Station.Roll == nil && !i.Station.Led:
		return nil, fmt.Errorf("%s: %w: the secret of the link to the roll is missing", c.Links.Deposit, ErrSecret)
	case slices.ContainsFunc(i.Station.Companions, func(c issuer.Companion) bool { return c.Roll == nil }):
		return nil, fmt.Errorf("%w: the secret of the link to the roll of a companion is missing", ErrSecret)
	case len(i.Station.Carriers) == 0:
		return nil, fmt.Errorf("%w: this issuer writes by %s: say by what its messages are carried", config.ErrConfig, i.Station.Channel())
	}
	asked, err := i.overseen(ctx, s, keeper, c.Place, c.Links.Bureau, map[string]string{"database": c.Database})
	if err != nil {
		return nil, err
	}
	api, err := issuerapi.New(issuerapi.Config{Station: i.Station, Bureau: delivers(asked, i.Station, s.Public.Manifest.MinimumSize), Portal: s.Origins.Portal, Now: s.Now, Notify: &notify, Gateway: gateway,
		Desk: c.DeskNetworks(), Receipts: issuerReceipts, Failed: s.failed(i.Name, observe.Renew)})
	if err != nil {
		return nil, err
	}
	i.Handler = api.Handler(s.guard(i.Name, []string{s.Origins.IssuerA, s.Origins.IssuerB}[number], c.Place, api.Refuse))
	i.hours = append(i.hours, func(ctx context.Context) {
		i.Station.Run(ctx, dispatchEvery, s.failed(i.Name, observe.Dispatch))
	})
	return i, nil
}
