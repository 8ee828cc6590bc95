package sqlite

import (
	"context"
	"fmt"
	"iter"

	"isoloir/roll"
	"isoloir/roll/inspection"
)

// Pair implements roll.Store.
func (s *Store) Pair(ctx context.Context, scope roll.Scope, companion int, pairs iter.Seq2[roll.Pair, error]) error {
	return s.write(ctx, scope, func(t *tx) error {
		var one int
		if full, err := t.Row("SELECT 1 FROM pair WHERE organisation = ? AND scrutin = ? AND companion = ? LIMIT 1", []any{t.Organisation, t.Scrutin, companion}, &one); err != nil || full {
			return orElse(err, "this companion's electors were imported already")
		}
		for p, err := range pairs {
			if err != nil {
				return err
			}
			n, err := t.Exec("INSERT INTO pair (organisation, scrutin, urn, number, companion, in_urn, in_number, mac) VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
				t.Organisation, t.Scrutin, p.Urn, p.Elector, companion, p.In.Urn, p.In.Elector, inspection.Pair(t.rows, t.Scope, p.Place, companion, p.In))
			t.changes.Add(p.Urn, inspection.Pairs, n)
			if err != nil || n == 0 {
				return orElse(err, fmt.Sprintf("elector %d of urn number %d of the companion, or who he is on this roll, stands there twice", p.In.Elector, p.In.Urn))
			}
		}
		return nil
	})
}

// Paired implements roll.Store.
func (s *Store) Paired(ctx context.Context, scope roll.Scope, companion int) (n int, err error) {
	err = s.read(ctx, "SELECT count(*) FROM pair WHERE organisation = ? AND scrutin = ? AND companion = ?",
		[]any{scope.Organisation, scope.Scrutin, companion}, []any{&n}, func() error { return nil })
	return n, err
}

// Companions implements roll.Store.
func (s *Store) Companions(ctx context.Context, scope roll.Scope, p roll.Place) (all []roll.Companion, err error) {
	var c roll.Companion
	err = s.read(ctx, "SELECT companion, in_urn, in_number FROM pair WHERE organisation = ? AND scrutin = ? AND urn = ? AND number = ? ORDER BY companion",
		[]any{scope.Organisation, scope.Scrutin, p.Urn, p.Elector}, []any{&c.Number, &c.In.Urn, &c.In.Elector}, func() error {
			all = append(all, c)
			return nil
		})
	return all, err
}
