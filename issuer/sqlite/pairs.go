package sqlite

import (
	"context"
	"fmt"

	"isoloir/account/exchange"
	"isoloir/issuer"
	"isoloir/sqlfile"
)

// Pair implements issuer.Store.
func (s *Store) Pair(ctx context.Context, companion int, pairs []issuer.Pair) error {
	return s.write(ctx, func(t *sqlfile.Tx) error {
		var before int
		if _, err := t.Row("SELECT count(*) FROM pair WHERE companion = ?", []any{companion}, &before); err != nil {
			return err
		}
		if before > 0 && before != len(pairs) {
			return fmt.Errorf("%d electors of a companion, where %d were imported before: %w", len(pairs), before, issuer.ErrOtherPeople)
		}
		for _, p := range pairs {
			if err := pair(t, companion, p, before > 0); err != nil {
				return err
			}
		}
		return nil
	})
}

// pair keeps one, or compares it with one that is there.
func pair(t *sqlfile.Tx, companion int, p issuer.Pair, again bool) error {
	row := []any{companion, p.Here.Urn, p.Here.Number, p.In.Urn, p.In.Number}
	wrong := fmt.Errorf("elector %d of urn number %d of a companion: %w", p.In.Number, p.In.Urn, issuer.ErrOtherPeople)
	if again {
		var one int
		same, err := t.Row("SELECT 1 FROM pair WHERE companion = ? AND urn = ? AND number = ? AND in_urn = ? AND in_number = ?", row, &one)
		if err == nil && !same {
			err = wrong
		}
		return err
	}
	n, err := t.Exec("INSERT INTO pair (companion, urn, number, in_urn, in_number) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING", row...)
	if err == nil && n == 0 {
		err = wrong
	}
	if err == nil {
		_, err = t.Exec("UPDATE person SET deposited = -1 WHERE urn = ? AND number = ?", p.Here.Urn, p.Here.Number)
	}
	return err
}

// Paired implements issuer.Store.
func (s *Store) Paired(ctx context.Context, companion int) (n int, err error) {
	if err := s.file.Read(ctx, "SELECT count(*) FROM pair WHERE companion = ?", []any{companion}, []any{&n}, func() error { return nil }); err != nil {
		return 0, fmt.Errorf("issuer's store: %w", err)
	}
	return n, nil
}

// In implements issuer.Store.
func (s *Store) In(ctx context.Context, companion int, e exchange.Elector) (in exchange.Elector, there bool, err error) {
	err = s.file.Read(ctx, "SELECT in_urn, in_number FROM pair WHERE companion = ? AND urn = ? AND number = ?", []any{companion, e.Urn, e.Number},
		[]any{&in.Urn, &in.Number}, func() error { there = true; return nil })
	if err != nil {
		return in, false, fmt.Errorf("issuer's store: %w", err)
	}
	return in, there, nil
}
