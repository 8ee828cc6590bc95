package postgres

import (
	"context"

	"isoloir/pg"
	"isoloir/roll"
	"isoloir/roll/amending"
)

func (t *tx) amending() *amending.Turn {
	read := func(query string, args, dest []any, yield func() error) error {
		return t.Rows(pg.Query{SQL: query, Args: args, Dest: dest, Yield: yield})
	}
	return &amending.Turn{Exec: t.Exec, Row: t.Row, Read: read, Scope: t.scope(), Rows: t.rows, Changes: &t.changes}
}

// Stage implements roll.Store.
func (s *Store) Stage(ctx context.Context, scope roll.Scope, a roll.Staging) error {
	return s.write(ctx, scope, func(t *tx) error { return t.amending().Stage(a) })
}

// Staged implements roll.Store.
func (s *Store) Staged(ctx context.Context, scope roll.Scope) (a roll.Staging, err error) {
	err = s.db.View(ctx, func(v *pg.View) (err error) {
		a, err = amending.Staged(v.Read, scope)
		return err
	})
	return a, err
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
