package server

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"slices"
	"time"

	"isoloir/bve"
	"isoloir/bve/journal"
	"isoloir/bve/journal/postgres"
	"isoloir/bve/journal/sqlite"
	"isoloir/custody"
	"isoloir/observe"
	"isoloir/portal/bureau"
	"isoloir/portal/guard"
	"isoloir/portal/lookout"
	"isoloir/portal/oversight"
	"isoloir/portal/passkey"
	"isoloir/record"
	"isoloir/scrutin"
	"isoloir/server/config"
)

// How often turnout and delivery are entered into the journal, at full hours, and it is looked whether somebody else may reach a processing.
const (
	reportEvery = time.Hour
	lookEvery   = lookout.Every
	dateEvery   = 30 * time.Second // that authorities are asked for timestamps which the record lacks
)

// A Bureau is the role of that name: the journal, the members' pages, and the watch over the others.
type Bureau struct {
	*Role
	Office   *bve.Office
	Passkeys *passkey.Service
	Lookout  *lookout.Lookout
	Store    journal.Store

	setting Setting
	links   map[string]Link // by role
}

// OpenJournal opens the bureau's store, a file, or a database on a PostgreSQL server.
func OpenJournal(ctx context.Context, c config.Bureau) (journal.Store, error) {
	if c.Postgres == "" {
		return sqlite.Open(ctx, c.Database)
	}
	address, err := ReadAddress(c.Postgres)
	if err != nil {
		return nil, err
	}
	return postgres.Open(ctx, address)
}

// NewBureau opens the bureau in its directory. It goes on where record and journal were left.
func NewBureau(ctx context.Context, c config.Bureau, s Setting) (b *Bureau, err error) {
	role, err := enter("bureau", c.Directory, c.Key)
	if err != nil {
		return nil, err
	}
	b = &Bureau{Role: role, setting: s}
	defer func() {
		if err != nil {
			err = errors.Join(err, role.Shut())
		}
	}()
	p := s.Public
	keeper, err := b.custody(ctx, s, c.Place)
	if err != nil {
		return nil, err
	}
	signer, err := keeper.Signer(ctx, c.Key, p.Manifest.Platform.Contents.Verifier())
	if err != nil {
		return nil, err
	}
	if b.links, err = bureauLinks(ctx, c, s.Origins, keeper); err != nil {
		return nil, err
	}
	if b.Store, err = OpenJournal(ctx, c); err != nil {
		return nil, err
	}
	b.closing = append(b.closing, b.Store.Shut)
	b.Ready, b.Clock = b.ready, clockOf(b.Store)
	written, err := record.Beside(p.Record.Dir())
	if err != nil {
		return nil, err
	}
	b.closing = append(b.closing, written.Close)
	touched, err := b.touched(ctx)
	if err != nil {
		return nil, err
	}
	if b.Office, err = bve.OpenOffice(ctx, bve.Config{Record: written, Figures: b.figures, Touched: touched,
		Journal: journal.Config{Store: b.Store, Manifest: p.Manifest, Fingerprint: p.Fingerprint, Signer: signer, Now: s.Now}}); err != nil {
		return nil, err
	}
	told, err := newAlarm(ctx, s, b.Name, keeper)
	if err != nil {
		return nil, err
	}
	b.Lookout = lookout.New(lookout.Config{Roles: b.asked(), Journal: b.Office.Journal(), Program: b.program, Now: s.Now,
		Opened: func() bool { return !p.Procedure().Opening.IsZero() },
		Store:  b.Store, Fingerprint: p.Fingerprint,
		Tell: func(all []lookout.Incident, left func()) { b.tell(ctx, told, all, left) }, Failed: s.failed(b.Name, observe.Lookout)})
	var documents fs.FS
	if c.Documents != "" {
		documents = os.DirFS(c.Documents)
	}
	if b.Handler, err = bureau.New(bureau.Config{Manifest: p.Manifest, Fingerprint: p.Fingerprint, Office: b.Office, Platform: platform{b}, Record: written, Browser: c.Browser, Documents: documents, Others: carried(touched),
		Portal: s.Origins.Portal, Urns: s.Origins.Urn, Now: s.Now,
		Guard: func(refuse func(http.ResponseWriter, *http.Request, int)) *guard.Guard {
			return s.guard(b.Name, s.Origins.Bureau, c.Place, refuse)
		},
		Passkeys: func(g *guard.Guard) (bureau.Passkeys, error) {
			b.Passkeys, err = passkey.New(passkey.Config{Store: b.Store, Journal: b.Office.Journal(), Manifest: p.Manifest, Fingerprint: p.Fingerprint,
				Origin: s.Origins.Bureau, Guard: g, Now: s.Now})
			return b.Passkeys, err
		},
		Failed: func(route string, err error) {
			s.Watch.Tell(observe.PageFailed{Role: observe.Bureau, Route: observe.RouteOf(route), Cause: observe.Because(err)})
		}}); err != nil {
		return nil, err
	}
	if c.Timestamps != "" {
		authorities, err := bve.ReadAuthorities(ctx, c.Timestamps, keeper.Secret)
		if err != nil {
			return nil, err
		}
		b.hours = append(b.hours, s.every(dateEvery, b.Name, observe.Oversee, func(ctx context.Context) error { return b.Office.Date(ctx, authorities) }))
	}
	b.hours = append(b.hours, b.Lookout.Run,
		s.every(lookEvery, b.Name, observe.Oversee, b.accesses),
		atSlots(s.Now, reportEvery, func(ctx context.Context) { s.keep(ctx, b.Name, observe.Oversee, b.hourly) }))
	return b, nil
}

// touched are the bureaux of the companions whose records are at hand, as far as their journals stand in the same store: what touches their scrutins
// waits for their presidents. They are read, and nothing is said there.
func (b *Bureau) touched(ctx context.Context) (all []*bve.Office, err error) {
	for _, k := range b.setting.Companions {
		if k.Manifest == nil {
			continue
		}
		there, err := record.Beside(k.config.Record)
		if err != nil {
			return nil, err
		}
		b.closing = append(b.closing, there.Close)
		office, err := bve.OpenOffice(ctx, bve.Config{Record: there,
			Journal: journal.Config{Store: b.Store, Manifest: k.Manifest, Fingerprint: k.Fingerprint, Now: b.setting.Now}})
		if err != nil {
			return nil, fmt.Errorf("the companion %s: %w", k.Fingerprint, err)
		}
		all = append(all, office)
	}
	return all, nil
}

// carried are the offices of companions, for decisions that members take for several scrutins at once: their pages bring statements there, signed by the
// members, and write acts whose voices suffice; this service says nothing there itself.
func carried(touched []*bve.Office) (all []bureau.Carried) {
	for _, o := range touched {
		c := o.Config.Journal
		all = append(all, bureau.Carried{Manifest: c.Manifest, Fingerprint: c.Fingerprint, Office: o})
	}
	return all
}

// bureauLinks are those to the roles that the bureau asks, each with a secret of its own.
func bureauLinks(ctx context.Context, c config.Bureau, o config.Origins, k custody.Keeper) (map[string]Link, error) {
	client, err := NewClient(c.Trust)
	if err != nil {
		return nil, err
	}
	links, secrets := map[string]Link{}, [][32]byte{}
	for _, l := range []struct{ role, origin, path string }{{"roll", o.Roll, c.Links.Roll}, {"urn", o.Urn, c.Links.Urn},
		{"issuer-a", o.IssuerA, c.Links.IssuerA}, {"issuer-b", o.IssuerB, c.Links.IssuerB}} {
		if l.origin == "" { // a scrutin of accounts has no such role
			continue
		}
		secret, err := custody.Bearer(ctx, k, l.path)
		if err != nil {
			return nil, err
		}
		if slices.Contains(secrets, secret) {
			return nil, fmt.Errorf("%s: %w: it is that of another link: draw each by itself", l.path, ErrSecret)
		}
		secrets = append(secrets, secret)
		links[l.role] = Link{l.origin, secret, client}
	}
	return links, nil
}

// asked are the roles as the lookout asks them.
func (b *Bureau) asked() (roles []lookout.Role) {
	for _, name := range []string{"roll", "urn", "issuer-a", "issuer-b"} {
		link, there := b.links[name]
		if !there {
			continue
		}
		r := lookout.Role{Name: name,
			State: func(ctx context.Context) (*oversight.State, time.Duration, error) {
				begun := time.Now()
				state, err := question[oversight.State](ctx, link, oversight.AskState, nil)
				return state, time.Since(begun), err
			},
			Alerts: func(ctx context.Context, since time.Time) ([]oversight.Alert, error) {
				q, err := oversight.Encode(&oversight.AlertsQuestion{Since: since.Unix()})
				if err != nil {
					return nil, err
				}
				all, err := question[oversight.Alerts](ctx, link, oversight.AskAlerts, q)
				if err != nil {
					return nil, err
				}
				return all.Alerts, nil
			}}
		if name == "issuer-a" || name == "issuer-b" {
			r.Delivery = func(ctx context.Context) (*oversight.Delivery, error) {
				return question[oversight.Delivery](ctx, link, oversight.AskDelivery, nil)
			}
		}
		roles = append(roles, r)
	}
	return roles
}

// question asks a role and reads its answer.
func question[T any](ctx context.Context, l Link, name string, q []byte) (*T, error) {
	data, err := l.Ask(ctx, name, q)
	if err != nil {
		return nil, err
	}
	answer, err := oversight.Decode[T](data)
	if err != nil {
		return nil, fmt.Errorf("link %s: %w", name, err)
	}
	return answer, nil
}

// ready looks whether the store answers.
func (b *Bureau) ready(ctx context.Context) error {
	_, _, err := b.Store.Fact(ctx, b.setting.Public.Fingerprint, "ready", "")
	return err
}

// program is the digest of the program that was sealed, or that an act put in its place; zero before the opening record.
func (b *Bureau) program() scrutin.Digest {
	progress := b.setting.Public.Progress()
	if progress.Opening == nil {
		return scrutin.Digest{}
	}
	if updates := b.setting.Public.Procedure().Updates; len(updates) > 0 {
		return updates[len(updates)-1].New
	}
	return progress.Opening.Software
}
