package issuer

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"isoloir/account"
	"isoloir/account/exchange"
	"isoloir/crypto/group"
	"isoloir/scrutin"
	"isoloir/scrutin/note"
)

// A Companion is a scrutin in which electors of the station's own vote with its codes
// (docs/online.md, section 5): they get another half of another secret there, made of
// the same secret of the issuer, under what the same code becomes.
type Companion struct {
	Manifest    *scrutin.Manifest
	Fingerprint scrutin.Digest
	Signer      note.Signer // of the issuer's key in that manifest
	// Roll takes the deposits of that scrutin; nil where nothing is deposited online.
	Roll Roll
	// Closed says whether that vote is over; nil for its manifest's close. From then on
	// its roll is given what comes, and nobody's code waits for it.
	Closed func(time.Time) bool
}

// A Pair is an elector with who he is in a companion.
type Pair struct{ Here, In exchange.Elector }

// lead makes the station one of scrutins that this one leads. It refuses (ErrCompanion)
// one that the manifest does not name, or whose issuers are others, and one in which the
// issuer's key is not the signer's (ErrNotIssuer).
func (s *Station) lead() error {
	last := -1
	for i := range s.Companions {
		c := &s.Companions[i]
		n, named := s.Manifest.CompanionNumber(c.Fingerprint)
		if !named || n <= last {
			return fmt.Errorf("%w: the manifest does not name %s there", ErrCompanion, c.Fingerprint)
		}
		for j, own := range s.Manifest.Issuers {
			if c.Manifest.Issuers[j].ID != own.ID {
				return fmt.Errorf("%w: issuer number %d of %s is %s, and not %s", ErrCompanion, j+1, c.Fingerprint, c.Manifest.Issuers[j].ID, own.ID)
			}
		}
		if c.Manifest.Issuers[s.number].Verifier() != c.Signer.Verifier() {
			return fmt.Errorf("%s in the companion %s: %w", s.Issuer, c.Fingerprint, ErrNotIssuer)
		}
		if c.Closed == nil {
			c.Closed = closesBy(c.Manifest)
		}
		derived, err := s.Secret.derive(c.Fingerprint)
		if err != nil {
			return err
		}
		s.in, last = append(s.in, inCompanion{derived, n}), n
	}
	return nil
}

// inCompanion is what belongs to one of Companions, in their order.
type inCompanion struct {
	*derivation
	number int // in the manifest
}

// Enrolled says whether the key that the issuer published in a companion, by its place in
// Companions, for elector 0 of an urn is that of this station's secret. If it is not, the
// companion was enrolled with another one, and nobody could vote there.
func (s *Station) Enrolled(companion int, urn string, key [group.PointSize]byte) bool {
	return group.MulBase(s.in[companion].half(account.Number{Urn: urn})).Bytes() == key
}

// over says whether no code is of use any more: the vote has closed, and all those that
// it leads.
func (s *Station) over() bool {
	now := s.Now()
	return s.Closed(now) && !slices.ContainsFunc(s.Companions, func(c Companion) bool { return !c.Closed(now) })
}

// complete says whether it is known of every companion of the manifest which of its
// electors is who here; else ErrCompanion.
func (s *Station) complete(ctx context.Context) error {
	if s.paired.Load() {
		return nil
	}
	if got, want := len(s.Companions), len(s.Manifest.Companions); got != want {
		return fmt.Errorf("%w: the manifest names %d, and this issuer was told of %d", ErrCompanion, want, got)
	}
	for i, c := range s.Companions {
		n, err := s.Store.Paired(ctx, s.in[i].number)
		if err != nil {
			return err
		}
		if all := c.Manifest.Electors(); n != all {
			return fmt.Errorf("%w: %d of the %d electors of %s are known: import the extract of its roll", ErrCompanion, n, all, c.Fingerprint)
		}
	}
	s.paired.Store(true)
	return nil
}

// ImportCompanion reads the extract of the roll of a companion, by its fingerprint, and
// finds each of its electors in the address book under the same reference; it returns
// how many there are. The error is [Problems] where a line, or the whole, is wrong:
// nothing is imported then. The same extract may be imported again; another one is
// ErrOtherPeople.
func (s *Station) ImportCompanion(ctx context.Context, f scrutin.Digest, extract File) (int, error) {
	at := slices.IndexFunc(s.Companions, func(c Companion) bool { return c.Fingerprint == f })
	if at < 0 {
		return 0, fmt.Errorf("%w: this issuer was not told of %s", ErrCompanion, f)
	}
	r := reconciler{m: s.Companions[at].Manifest, entries: map[string]*entry{}}
	if err := r.extract(extract); err != nil {
		return 0, err
	}
	var pairs []Pair
	for _, e := range r.entries {
		p, err := s.Store.Reference(ctx, e.Reference)
		switch {
		case errors.Is(err, ErrUnknown):
			r.problems.add(extract.Name, e.line, "not-leading", e.Reference)
		case err != nil:
			return 0, err
		}
		pairs = append(pairs, Pair{exchange.Elector{Urn: p.Urn, Number: p.Elector}, exchange.Elector{Urn: e.Urn, Number: e.Elector}})
	}
	if len(r.problems) > 0 {
		r.problems.sort()
		return 0, r.problems
	}
	slices.SortFunc(pairs, func(a, b Pair) int { return compare(a.Here, b.Here) })
	return len(pairs), s.Store.Pair(ctx, s.in[at].number, pairs)
}

func compare(a, b exchange.Elector) int {
	return cmp.Or(cmp.Compare(a.Urn, b.Urn), cmp.Compare(a.Number, b.Number))
}

// depositIn leaves with the roll of a companion what its electors among people log in
// with there. One that has closed is not waited for.
func (s *Station) depositIn(ctx context.Context, at int, people []Person, stretched []account.Stretched) error {
	c, own := s.Companions[at], s.in[at]
	var lines []exchange.Deposit
	for i, p := range people {
		in, there, err := s.Store.In(ctx, own.number, exchange.Elector{Urn: p.Urn, Number: p.Elector})
		if err != nil {
			return err
		}
		if there {
			left := stretched[i].Companion(c.Fingerprint, s.Issuer)
			half := own.half(account.Number{Urn: c.Manifest.Urns[in.Urn].ID, Index: in.Number})
			lines = append(lines, line(in, p.Generation, left.Deposit(half)))
		}
	}
	slices.SortFunc(lines, func(a, b exchange.Deposit) int {
		return compare(exchange.Elector{Urn: a.Urn, Number: a.Elector}, exchange.Elector{Urn: b.Urn, Number: b.Elector})
	})
	err := leave(ctx, c.Roll, exchange.Deposits{Manifest: c.Fingerprint, Issuer: s.Issuer, Lines: lines}, c.Signer)
	if err != nil && c.Closed(s.Now()) && ctx.Err() == nil {
		return nil
	}
	if err != nil {
		err = fmt.Errorf("companion %s: %w", c.Fingerprint, err)
	}
	return err
}
