package townhall

import (
	"context"
	"slices"

	"isoloir/mixte"
	"isoloir/portal/citizen"
	"isoloir/register"
	"isoloir/scrutin"
	"isoloir/space"
)

// A Shelf has what is published of a space, for the citizens' pages. It is safe for concurrent use.
type Shelf struct {
	Space *space.Space
	// Voting and Result are where one votes in a consultation, and where its result is: addresses, empty
	// where there is none. Nil for none at all.
	Voting, Result func(id string) string
	// Weighed is what members and citizens have decided on a question, from 1, once it is public: nil before. Nil for none at all.
	Weighed func(id string, question int) *mixte.Statement
}

var _ citizen.Shelf = (*Shelf)(nil)

// placesOf is what citizens' pages want to know of a space's register.
func placesOf(o *space.Organisation) *register.Register {
	r := &register.Register{Organisation: o.ID, Title: o.Label, Kind: o.Kind, Zone: o.Zone, MinimumSize: o.MinimumSize}
	for _, c := range o.Constituencies {
		r.Constituencies = append(r.Constituencies, register.Place{ID: c.ID, Label: c.Label})
	}
	return r
}

// read is a consultation as citizens read it.
func read(c *space.Consultation, o *space.Organisation, arguments []space.Argument, acts []space.Act) *citizen.Consultation {
	out := &citizen.Consultation{ID: c.ID, Organisation: o.ID, Fingerprint: c.Fingerprint, Draft: c.Draft}
	if opens, closes, err := c.Draft.Schedule(o.Location()); err == nil {
		out.Opens, out.Closes = opens, closes
	}
	for _, a := range arguments {
		if a.State == space.Shown {
			out.Arguments = append(out.Arguments, a)
		}
	}
	for _, a := range acts {
		if a.Kind != space.ActVote && a.Kind != space.ActShown { // a member's vote is shown with the member, and an argument is there
			a.By, a.Detail = "", "" // who of the staff, and what the page shows anyway
			out.Acts = append(out.Acts, a)
		}
	}
	return out
}

// Published implements citizen.Shelf.
func (s *Shelf) Published(ctx context.Context) (found []citizen.Consultation, err error) {
	all, err := s.Space.Store.Consultations(ctx, s.Space.Organisation.ID)
	if err != nil {
		return nil, err
	}
	for _, c := range all {
		if c.State != space.Published {
			continue
		}
		one, err := s.whole(ctx, &c)
		if err != nil {
			return nil, err
		}
		found = append(found, *one)
	}
	return found, nil
}

// Consultation implements citizen.Shelf.
func (s *Shelf) Consultation(ctx context.Context, id string) (*citizen.Consultation, error) {
	c, err := s.published(ctx, id)
	if err != nil {
		return nil, err
	}
	return s.whole(ctx, c)
}

func (s *Shelf) published(ctx context.Context, id string) (*space.Consultation, error) {
	c, err := s.Space.Store.Consultation(ctx, s.Space.Organisation.ID, id)
	if err == nil && c.State != space.Published {
		err = space.ErrUnknown
	}
	return &c, err
}

func (s *Shelf) whole(ctx context.Context, c *space.Consultation) (*citizen.Consultation, error) {
	o := s.Space.Organisation
	arguments, err := s.Space.Store.Arguments(ctx, o.ID, c.ID)
	if err != nil {
		return nil, err
	}
	acts, err := s.Space.Store.Acts(ctx, o.ID, c.ID)
	if err != nil {
		return nil, err
	}
	out := read(c, o, arguments, acts)
	if s.Voting != nil && c.Draft.Deciders != space.Assembly {
		out.Voting = s.Voting(c.ID)
	}
	if s.Result != nil {
		out.Result = s.Result(c.ID)
	}
	return out, nil
}

// File implements citizen.Shelf.
func (s *Shelf) File(ctx context.Context, id string, digest scrutin.Digest) (space.File, error) {
	c, err := s.published(ctx, id)
	if err != nil {
		return space.File{}, err
	}
	if digest != c.Draft.Picture.SHA256 && !slices.ContainsFunc(c.Draft.Documents, func(d space.Document) bool { return d.SHA256 == digest }) {
		return space.File{}, space.ErrUnknown
	}
	return s.Space.Store.File(ctx, s.Space.Organisation.ID, digest)
}
