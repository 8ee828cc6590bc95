package postgres

import (
	"context"
	"fmt"
	"iter"
	"strings"
	"time"

	"isoloir/pg"
	"isoloir/roll"
	"isoloir/roll/inspection"
	"isoloir/scrutin"
)

// Import implements roll.Store. The electors come but once: a connection lost on the
// way ends it, one lost at the commit does not.
func (s *Store) Import(ctx context.Context, scope roll.Scope, electors iter.Seq2[roll.Elector, error]) error {
	return s.once(ctx, scope, "imported", "this scrutin's roll was imported already", nil, func(t *tx) error {
		err := stream(t, "elector", []string{"urn", "number", "reference", "station", "college", "country", "language", "channels", "born", "family", "given", "mac"}, electors, func(e roll.Elector) []any {
			t.changes.Add(e.Urn, inspection.Electors, 1)
			return []any{int32(e.Urn), int64(e.Number), e.Reference, e.Station, e.College, e.Country, e.Language,
				strings.Join(e.Channels, " "), string(e.Born), e.Family, e.Given, inspection.Elector(t.rows, scope, e)}
		})
		if which, twice := pg.Violates(err, "elector_reference", "elector_pkey"); twice {
			return fmt.Errorf("an elector stands in the roll file twice: %s: %w", which, roll.ErrFormat)
		}
		return err
	})
}

const electorColumns = "reference, station, college, country, language, channels, born, family, given"

// electorRow is where these are read into.
type electorRow struct {
	roll.Elector
	channels, born string
}

func (r *electorRow) dest() []any {
	return []any{&r.Reference, &r.Station, &r.College, &r.Country, &r.Language, &r.channels, &r.born, &r.Family, &r.Given}
}

func (r *electorRow) elector() roll.Elector {
	r.Channels, r.Born = strings.Fields(r.channels), scrutin.Date(r.born)
	return r.Elector
}

// Elector implements roll.Store.
func (s *Store) Elector(ctx context.Context, scope roll.Scope, p roll.Place) (roll.Elector, error) {
	row, found := electorRow{Elector: roll.Elector{Urn: p.Urn, Number: p.Elector}}, false
	err := s.read(ctx, "SELECT "+electorColumns+" FROM elector WHERE organisation = $1 AND scrutin = $2 AND urn = $3 AND number = $4",
		[]any{scope.Organisation, scope.Scrutin, p.Urn, p.Elector}, row.dest(), func() error {
			found = true
			return nil
		})
	if err == nil && !found {
		err = roll.ErrElector
	}
	return row.elector(), err
}

// Statuses implements roll.Store.
func (s *Store) Statuses(ctx context.Context, scope roll.Scope, urn uint16, yield func(roll.Status) error) error {
	row := electorRow{Elector: roll.Elector{Urn: urn}}
	var st roll.Status
	var seconds int64
	return s.read(ctx, "SELECT "+electorColumns+`, elector.number, held.since IS NOT NULL, coalesce(mark.time, -1), struck.amendment IS NOT NULL
		FROM elector LEFT JOIN held USING (organisation, scrutin, urn, number) LEFT JOIN mark USING (organisation, scrutin, urn, number) LEFT JOIN struck USING (organisation, scrutin, urn, number)
		WHERE organisation = $1 AND scrutin = $2 AND urn = $3 ORDER BY elector.number`,
		[]any{scope.Organisation, scope.Scrutin, urn}, append(row.dest(), &row.Number, &st.Reserved, &seconds, &st.Struck), func() error {
			if st.Elector, st.Marked = row.elector(), (time.Time{}); seconds >= 0 {
				st.Marked = time.Unix(seconds, 0).UTC()
			}
			return yield(st)
		})
}

// Marks implements roll.Store.
func (s *Store) Marks(ctx context.Context, scope roll.Scope, urn uint16, yield func(roll.Signed) error) error {
	var m roll.Signed
	var signature []byte
	return s.read(ctx, `SELECT number, signature FROM mark JOIN reservation USING (organisation, scrutin, urn, number)
		WHERE organisation = $1 AND scrutin = $2 AND urn = $3 ORDER BY number`,
		[]any{scope.Organisation, scope.Scrutin, urn}, []any{&m.Elector, &signature}, func() error {
			copy(m.Signature[:], signature)
			return yield(m)
		})
}

// Chain implements roll.Store.
func (s *Store) Chain(ctx context.Context, scope roll.Scope, urn uint16, yield func(roll.DatedMark) error) error {
	var d roll.DatedMark
	var signature, chain []byte
	var seconds int64
	return s.read(ctx, `SELECT sequence, number, time, chain, signature FROM mark JOIN reservation USING (organisation, scrutin, urn, number)
		WHERE organisation = $1 AND scrutin = $2 AND urn = $3 ORDER BY sequence`,
		[]any{scope.Organisation, scope.Scrutin, urn}, []any{&d.Sequence, &d.Mark.Elector, &seconds, &chain, &signature}, func() error {
			copy(d.Mark.Signature[:], signature)
			d.Time = time.Unix(seconds, 0).UTC()
			if h := d.Hash(); string(h[:]) != string(chain) {
				return fmt.Errorf("the chain of marks of urn %d is broken at number %d", urn, d.Sequence)
			}
			if err := yield(d); err != nil {
				return err
			}
			d.Previous = d.Hash()
			return nil
		})
}
