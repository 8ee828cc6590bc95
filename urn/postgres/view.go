package postgres

import (
	"context"

	"isoloir/batchkey"
	"isoloir/pg"
	"isoloir/rowmac"
	"isoloir/urn"
	"isoloir/urn/inspection"
)

var _ inspection.Store = (*Store)(nil)

// View implements inspection.Store.
func (s *Store) View(ctx context.Context, do func(rowmac.View) error) error {
	return s.db.View(ctx, func(v *pg.View) error { return do(v) })
}

// Ledger implements inspection.Store.
func (s *Store) Ledger() *rowmac.Ledger { return &s.rows }

// Batch implements inspection.Store.
func (s *Store) Batch(v rowmac.View, scope urn.Scope) (*batchkey.Key, error) {
	var name []byte
	if err := v.Read("SELECT key FROM batch WHERE organisation = $1 AND scrutin = $2",
		[]any{scope.Organisation, scope.Scrutin}, []any{&name}, nothing); err != nil || name == nil {
		return nil, err
	}
	if len(name) != len(batchkey.ID{}) {
		return nil, batchkey.ErrLost
	}
	keys, err := s.batch.Dir(scope.Organisation, scope.Scrutin)
	if err != nil {
		return nil, err
	}
	return keys.Load(batchkey.ID(name))
}
