package sqlite

import (
	"context"

	"isoloir/roll/inspection"
	"isoloir/rowmac"
	"isoloir/sqlfile"
)

var _ inspection.Store = (*Store)(nil)

// View implements inspection.Store.
func (s *Store) View(ctx context.Context, do func(rowmac.View) error) error {
	return s.file.View(ctx, func(v *sqlfile.View) error { return do(v) })
}

// Ledger implements inspection.Store.
func (s *Store) Ledger() *rowmac.Ledger { return &s.rows }

// Token implements inspection.Store.
func (s *Store) Token() string { return "token" }
