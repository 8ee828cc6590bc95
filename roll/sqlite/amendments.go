package sqlite

import (
	"context"

	"isoloir/roll"
	"isoloir/roll/amending"
)

func (t *tx) amending() *amending.Turn {
	return &amending.Turn{Exec: t.Exec, Row: t.Row, Read: t.Rows, Scope: t.Scope, Rows: t.rows, Changes: &t.changes}
}

// Stage implements roll.Store.
func (s *Store) Stage(ctx context.Context, scope roll.Scope, a roll.Staging) error {
	return s.write(ctx, scope, func(t *tx) error { return t.amending().Stage(a) })
}

// Staged implements roll.Store.
func (s *Store) Staged(ctx context.Context, scope roll.Scope) (roll.Staging, error) {
	return amending.Staged(func(query string, args, dest []any, yield func() error) error {
		return s.read(ctx, query, args, dest, yield)
	}, scope)
}

// Unstage implements roll.Store.
func (s *Store) Unstage(ctx context.Context, scope roll.Scope) error {
	return s.write(ctx, scope, func(t *tx) error { return t.amending().Unstage() })
}

// Bar implements roll.Store.
func (s *Store) Bar(ctx context.Context, scope roll.Scope) (spared roll.Spared, err error) {
	err = s.write(ctx, scope, func(t *tx) (err error) {
		spared, err = t.amending().Bar()
		return err
	})
	return spared, err
}

// Adopt implements roll.Store.
func (s *Store) Adopt(ctx context.Context, scope roll.Scope, a roll.Adoption) (spared roll.Spared, err error) {
	err = s.write(ctx, scope, func(t *tx) (err error) {
		spared, err = t.amending().Adopt(a)
		return err
	})
	return spared, err
}
