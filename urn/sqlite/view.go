package sqlite

import (
	"context"

	"isoloir/batchkey"
	"isoloir/rowmac"
	"isoloir/sqlfile"
	"isoloir/urn"
	"isoloir/urn/inspection"
)

var _ inspection.Store = (*Store)(nil)

// View implements inspection.Store.
func (s *Store) View(ctx context.Context, do func(rowmac.View) error) error {
	return s.file.View(ctx, func(v *sqlfile.View) error { return do(v) })
}

// Ledger implements inspection.Store.
func (s *Store) Ledger() *rowmac.Ledger { return &s.rows }

// Batch implements inspection.Store.
func (s *Store) Batch(v rowmac.View, scope urn.Scope) (*batchkey.Key, error) {
	var name []byte
	if err := v.Read("SELECT name FROM batch_key WHERE organisation = ? AND scrutin = ? ORDER BY number DESC LIMIT 1",
		[]any{scope.Organisation, scope.Scrutin}, []any{&name}, nothing); err != nil || name == nil {
		return nil, err
	}
	if len(name) != len(batchkey.ID{}) {
		return nil, batchkey.ErrLost
	}
	return s.keys.Load(batchkey.ID(name))
}
