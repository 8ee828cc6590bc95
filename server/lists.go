package server

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"

	"isoloir/bve/minutes"
	"isoloir/portal/oversight"
	"isoloir/scrutin"
	"isoloir/server/config"
)

// Refusals of lists of émargement.
var (
	ErrUnsealed = errors.New("lists are made when the bureau has sealed the roll, so that nothing changes any more: wait for its act")
	ErrMarks    = errors.New("the roll has other marks than the bureau has sealed: make no list, and tell the bureau")
)

// Lists are the lists of émargement of a scrutin that is sealed, from its roll.
type Lists struct {
	public *Public
	lines  *register
	shut   func() error
}

// OpenLists opens the roll that a configuration names.
func OpenLists(ctx context.Context, c *config.Config) (*Lists, error) {
	if c.Roll == nil {
		return nil, fmt.Errorf("%w: roll", ErrRole)
	}
	public, err := OpenPublic(c.Record)
	if err != nil {
		return nil, err
	}
	if public.Procedure().Seal.IsZero() {
		return nil, errors.Join(ErrUnsealed, public.Close())
	}
	store, err := OpenRoll(ctx, *c.Roll)
	if err != nil {
		return nil, errors.Join(err, public.Close())
	}
	return &Lists{public, &register{store: store, public: public}, func() error { return errors.Join(store.Shut(), public.Close()) }}, nil
}

// Shut closes what was opened.
func (l *Lists) Shut() error { return l.shut() }

// Each gives the list of every polling station of every urn, in the manifest's order, and of the electors of an urn who belong to none. Each is the
// same as often as it is made at the same instant. ErrMarks if an urn has other marks than the bureau sealed.
func (l *Lists) Each(ctx context.Context, at scrutin.Time, language string, give func(*minutes.List) error) error {
	m, found := l.public.Manifest, l.public.Procedure().Found
	for i, u := range m.Urns {
		lines, err := l.lines.of(ctx, i, math.MaxInt)
		if err != nil {
			return err
		}
		voted := 0
		for _, e := range lines {
			if e.Voted {
				voted++
			}
		}
		if i >= len(found) || found[i].Marks != voted {
			return fmt.Errorf("%w: urn %s has %d marks", ErrMarks, u.ID, voted)
		}
		for _, station := range l.stations(u.ID, lines) {
			list, err := minutes.MakeList(m, l.public.Fingerprint, l.public.OpeningDigest, u.ID, station, at, language, func(yield func(minutes.Elector, error) bool) {
				for _, e := range lines {
					if e.Station == station && !yield(minutes.Elector{Family: e.Family, Given: e.Given, Born: e.Born, Voted: e.Voted}, nil) {
						return
					}
				}
			})
			if err != nil {
				return err
			}
			if err := give(list); err != nil {
				return err
			}
		}
	}
	return nil
}

// stations are those of an urn, and "" where somebody belongs to none, or there are none.
func (l *Lists) stations(urn string, lines []oversight.Listed) (all []string) {
	for _, s := range l.public.Manifest.Stations {
		if slices.Contains(s.Urns, urn) {
			all = append(all, s.ID)
		}
	}
	if len(all) == 0 || slices.ContainsFunc(lines, func(e oversight.Listed) bool { return e.Station == "" }) {
		all = append(all, "")
	}
	return all
}
