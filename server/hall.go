package server

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"isoloir/notice"
	"isoloir/observe"
	"isoloir/portal/board"
	"isoloir/portal/citizen"
	"isoloir/portal/guard"
	"isoloir/portal/townhall"
	"isoloir/record"
	"isoloir/server/config"
	"isoloir/space"
	"isoloir/space/office"
)

// announceEvery is how often what is published is looked for, and told.
const announceEvery = time.Minute

// A Hall is the back office of every space of an installation: its pages, each organisation's under its own address.
type Hall struct {
	*Role
	Office *office.Office

	halls map[string]*townhall.Hall
}

// NewHall opens the back office on its directory.
func NewHall(ctx context.Context, c config.Hall, s Setting) (h *Hall, err error) {
	if err := os.MkdirAll(c.Directory, 0o700); err != nil {
		return nil, err
	}
	role, err := enter("hall", c.Directory, "")
	if err != nil {
		return nil, err
	}
	h = &Hall{Role: role, halls: map[string]*townhall.Hall{}}
	defer func() {
		if err != nil {
			err = errors.Join(err, role.Shut())
		}
	}()
	if h.Office, err = office.Open(ctx, c.Directory, s.Now); err != nil {
		return nil, err
	}
	h.closing = append(h.closing, h.Office.Shut)
	organisations, err := h.Office.Organisations(ctx)
	if err != nil {
		return nil, err
	}
	mux := http.NewServeMux()
	for _, org := range organisations {
		if c.Announcements != "" && c.Consultations[org] == "" {
			return nil, fmt.Errorf("%w: hall.consultations: give the origin to which notices of %s lead", config.ErrConfig, org)
		}
		of, err := h.Office.Space(ctx, org)
		if err != nil {
			return nil, err
		}
		h.halls[org], err = townhall.New(townhall.Config{Space: of, Origin: c.Origin,
			Guard: func(refuse func(http.ResponseWriter, *http.Request, int)) *guard.Guard {
				return s.guard(h.Name, c.Origin, c.Place, refuse)
			},
			Failed: func(route string, err error) {
				s.Watch.Tell(observe.PageFailed{Role: observe.Hall, Route: observe.RouteOf(route), Cause: observe.Because(err)})
			}})
		if err != nil {
			return nil, err
		}
		mux.Handle("/"+org+"/", h.halls[org].Handler())
	}
	g := s.guard(h.Name, c.Origin, c.Place, nil)
	mux.Handle("/", g.Whole(g.Pages(guard.Policy{}, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if len(organisations) == 1 && r.URL.Path == "/" {
			http.Redirect(w, r, "/"+organisations[0]+"/", http.StatusSeeOther)
			return
		}
		http.NotFound(w, r)
	}))))
	h.Handler = mux
	h.hours = append(h.hours, s.every(announceEvery, h.Name, observe.Announce, func(ctx context.Context) error {
		return h.announce(ctx, c, organisations)
	}))
	return h, nil
}

// Invite invites a person of a space, and gives the code by which he makes a passkey.
func (h *Hall) Invite(ctx context.Context, org, person string) (string, error) {
	hall := h.halls[org]
	if hall == nil {
		return "", space.ErrUnknown
	}
	return hall.Invite(ctx, person)
}

// announce has the records begin of what is published of every space, and writes it where notices and the citizens' pages read it, and what has
// changed of it again.
func (h *Hall) announce(ctx context.Context, c config.Hall, organisations []string) error {
	var failed []error
	for _, org := range organisations {
		of, err := h.Office.Space(ctx, org)
		if err != nil {
			return err
		}
		failed = append(failed, of.Resume(ctx))
		shelf := &townhall.Shelf{Space: of}
		published, err := shelf.Published(ctx)
		if err != nil {
			return err
		}
		if c.Published != "" {
			members, err := shelf.Members(ctx)
			if err != nil {
				return err
			}
			if err := board.WriteMembers(filepath.Join(c.Published, org), members); err != nil {
				return err
			}
		}
		for _, p := range published {
			if c.Published != "" {
				if err := board.Write(ctx, filepath.Join(c.Published, org), &p, shelf); err != nil {
					return err
				}
			}
			if c.Announcements != "" {
				if err := announced(filepath.Join(c.Announcements, org), event(&p, c.Consultations[org])); err != nil {
					return err
				}
			}
		}
	}
	return errors.Join(failed...)
}

// event is what is told of a consultation.
func event(c *citizen.Consultation, origin string) notice.Event {
	e := notice.Event{ID: c.ID, Title: c.Draft.Title, Territory: c.Draft.Territory, Opens: c.Opens.UTC(), Closes: c.Closes.UTC(), URL: origin + "/consultations/" + c.ID}
	for _, a := range c.Acts {
		if a.At.After(e.Updated) {
			e.Updated = a.At.UTC().Truncate(time.Second)
		}
	}
	return e
}

// announced writes an event where it does not stand yet as it is.
func announced(dir string, e notice.Event) error {
	if err := e.Validate(); err != nil {
		return err
	}
	text, err := json.Marshal(&e)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	path := filepath.Join(dir, e.ID+".json")
	there, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if bytes.Equal(there, text) {
		return nil
	}
	return record.WriteWhole(path, text)
}
