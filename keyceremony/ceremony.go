package keyceremony

import (
	"errors"
	"fmt"
	"slices"

	"isoloir/crypto/group"
	"isoloir/crypto/sigma"
	"isoloir/scrutin"
	"isoloir/scrutin/note"
)

// Ceremony is what the manifest says of the key: who holds it, in which
// clauses, by how many. It does not change and is safe for concurrent use.
type Ceremony struct {
	manifest scrutin.Digest
	order    []string // holders in the manifest's order
	holders  map[string]holder
	clauses  []scrutin.Clause
	allowed  func(threshold, holders int) bool
}

type holder struct {
	signing   note.Verifier
	reception sigma.Element
}

// New reads the ceremony from a valid manifest with the fingerprint f.
func New(m *scrutin.Manifest, f scrutin.Digest) (*Ceremony, error) {
	c := &Ceremony{manifest: f, holders: make(map[string]holder), clauses: m.Clauses, allowed: m.ThresholdAllowed}
	for _, h := range m.Holders {
		x, err := h.Reception.Decode()
		if err != nil {
			return nil, fmt.Errorf("reception key of %s: %w", h.Member, err)
		}
		c.order = append(c.order, h.Member)
		c.holders[h.Member] = holder{h.Verifier(), sigma.NewElement(x)}
	}
	for _, clause := range c.clauses {
		for _, h := range clause.Holders {
			if _, ok := c.holders[h]; !ok {
				return nil, fmt.Errorf("clause %s names %s, who is not among the holders of the manifest", clause.ID, h)
			}
		}
	}
	return c, nil
}

// Manifest returns the manifest's fingerprint.
func (c *Ceremony) Manifest() scrutin.Digest { return c.manifest }

// Names says whether the manifest names this holder with these keys.
func (c *Ceremony) Names(holder string, signing note.Verifier, reception group.Point) bool {
	h, ok := c.holders[holder]
	return ok && h.signing == signing && h.reception.Point().Equal(reception)
}

// ErrTooFew says that without those left out a clause cannot be held any more.
var ErrTooFew = errors.New("too few holders are left for a clause")

// party is the ceremony of one run, without those left out of it.
type party struct {
	*Ceremony
	run     int
	members []string // in the manifest's order
	panels  []panel
}

// panel is the holders of one clause who take part.
type panel struct {
	clause    string
	threshold int
	seats     []seat
}

// seat is a holder's place in a clause: index is where polynomials are
// evaluated for him, his place in the manifest's list from 1, whoever is left
// out.
type seat struct {
	holder string
	index  int
}

func (c *Ceremony) party(run int, excluded []string) (*party, error) {
	p := &party{Ceremony: c, run: run}
	for _, name := range c.order {
		if !slices.Contains(excluded, name) {
			p.members = append(p.members, name)
		}
	}
	for _, clause := range c.clauses {
		g := panel{clause: clause.ID, threshold: clause.Threshold}
		for i, name := range clause.Holders {
			if slices.Contains(p.members, name) {
				g.seats = append(g.seats, seat{name, i + 1})
			}
		}
		if !c.allowed(g.threshold, len(g.seats)) {
			return nil, fmt.Errorf("%w: clause %s needs %d holders and one more, and %d are left: begin again with another manifest",
				ErrTooFew, g.clause, g.threshold, len(g.seats))
		}
		p.panels = append(p.panels, g)
	}
	return p, nil
}

// of returns the panels that a holder sits in, in the manifest's order.
func (p *party) of(holder string) []panel {
	var out []panel
	for _, g := range p.panels {
		if g.index(holder) > 0 {
			out = append(out, g)
		}
	}
	return out
}

// index returns a holder's index, 0 if he has no seat.
func (g panel) index(holder string) int {
	for _, s := range g.seats {
		if s.holder == holder {
			return s.index
		}
	}
	return 0
}
