package server

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"

	"isoloir/observe"
	"isoloir/portal/guard"
	"isoloir/portal/pages"
	"isoloir/portal/voting"
	"isoloir/ratelimit"
	"isoloir/record"
	"isoloir/scrutin"
	"isoloir/server/config"
	"isoloir/web"
)

// ErrClient says that the browser client of this program is not the one that the scrutin's record fixes.
var ErrClient = errors.New("the browser client of this program is not the one of the opening record: serve this scrutin with the program that it was opened with")

// pageLimit is how often a network may ask for pages.
var pageLimit = ratelimit.Limit{Every: 2 * time.Millisecond, Burst: 5000}

// A Portal is the role of that name. Its directory holds what everybody may read.
type Portal struct {
	*Role
	Guard *guard.Guard
}

// NewPortal opens the portal.
func NewPortal(ctx context.Context, c config.Portal, s Setting) (p *Portal, err error) {
	if fixed := s.Public.client(); fixed != web.Hash() {
		return nil, fmt.Errorf("%w (%s, not %s)", ErrClient, web.Hash(), fixed)
	}
	if err := s.described(); err != nil {
		return nil, err
	}
	role, err := enter("portal", c.Directory, "")
	if err != nil {
		return nil, err
	}
	p = &Portal{Role: role}
	defer func() {
		if err != nil {
			err = errors.Join(err, role.Shut())
		}
	}()
	documents, err := os.OpenRoot(c.Documents)
	if err != nil {
		return nil, err
	}
	p.closing = append(p.closing, documents.Close)
	p.Ready = func(context.Context) error {
		_, err := documents.Stat(".")
		return err
	}
	desk, err := openDesk(c.Desk, s)
	if err != nil {
		return nil, err
	}
	keeper, err := p.custody(ctx, s, c.Place)
	if err != nil {
		return nil, err
	}
	send, err := assistance(ctx, c.Assistance, keeper, s.Now)
	if err != nil {
		return nil, err
	}
	program, err := record.Software()
	if err != nil {
		return nil, err
	}
	site, err := pages.New(pages.Config{Scrutin: shown{s, documents.FS()}, Now: s.Now, Desk: desk, Send: send, Program: program,
		Failed: func(route string, err error) {
			s.Watch.Tell(observe.PageFailed{Role: observe.Portal, Route: observe.RouteOf(route), Cause: observe.Because(err)})
		}})
	if err != nil {
		return nil, err
	}
	voting.Add(site)
	p.Guard = s.guard(p.Name, s.Origins.Portal, c.Place, site.Refuse)
	p.Handler, err = p.withResults(site, s)
	return p, err
}

// client is the digest of the browser client that the opening record fixes, or a later act.
func (p *Public) client() scrutin.Digest {
	client := p.Opening.Client
	for _, a := range p.Procedure().Addenda {
		if a.Path == scrutin.AdoptClient {
			client = a.SHA256
		}
	}
	return client
}

// shown is the scrutin as the pages ask for it.
type shown struct {
	Setting
	documents fs.FS
}

var _ pages.Scrutin = shown{}

func (s shown) Manifest() *scrutin.Manifest { return s.Public.Manifest }
func (s shown) Fingerprint() scrutin.Digest { return s.Public.Fingerprint }
func (s shown) Progress() pages.Progress    { return s.Public.Progress() }
func (s shown) Record() pages.Files         { return s.Public.Record }
func (s shown) Documents() fs.FS            { return s.documents }
func (s shown) Client() fs.FS               { return web.Files() }

func (s shown) Origins() pages.Origins {
	o := s.Setting.Origins
	if o.Register != "" {
		return pages.Origins{Portal: o.Portal, Urn: o.Urn, Register: o.Register}
	}
	return pages.Origins{Portal: o.Portal, Roll: o.Roll, Urn: o.Urn, Issuers: []string{o.IssuerA, o.IssuerB},
		Companions: s.places(), Leading: s.Leading}
}
