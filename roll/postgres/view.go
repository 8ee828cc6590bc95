package postgres

import (
	"context"

	"isoloir/pg"
	"isoloir/roll/inspection"
	"isoloir/rowmac"
)

var _ inspection.Store = (*Store)(nil)

// View implements inspection.Store.
func (s *Store) View(ctx context.Context, do func(rowmac.View) error) error {
	return s.db.View(ctx, func(v *pg.View) error { return do(v) })
}

// Ledger implements inspection.Store.
func (s *Store) Ledger() *rowmac.Ledger { return &s.rows }

// Token implements inspection.Store.
func (s *Store) Token() string { return "box" }
