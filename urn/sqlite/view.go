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

// count moves what the store counts by what the transaction has changed, at its end.
func (t *tx) count(l *rowmac.Ledger) error {
	return l.Write(t.Organisation, t.Scrutin, &t.changes, func(urn uint16) (state []byte, err error) {
		_, err = t.Row("SELECT state FROM counted WHERE organisation = ? AND scrutin = ? AND urn = ?", []any{t.Organisation, t.Scrutin, urn}, &state)
		return state, err
	}, func(urn uint16, state []byte) error {
		_, err := t.Exec("INSERT INTO counted (organisation, scrutin, urn, state) VALUES (?, ?, ?, ?) ON CONFLICT (organisation, scrutin, urn) DO UPDATE SET state = excluded.state",
			t.Organisation, t.Scrutin, urn, state)
		return err
	})
}
