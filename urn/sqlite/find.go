package sqlite

import (
	"context"
	"errors"

	"isoloir/batchkey"
	"isoloir/urn"
	"isoloir/urn/pending"
)

// Find implements urn.Store. A pending ballot has a name under the newest key only,
// and a flush destroys that key: what is found, or not, holds if the key was still
// the newest one in the same look at the file.
func (s *Store) Find(ctx context.Context, scope urn.Scope, ballot urn.Hash) (urn.Place, error) {
	for {
		var epoch int64
		var name []byte
		if err := s.read(ctx, "SELECT number, name FROM batch_key WHERE organisation = ? AND scrutin = ? ORDER BY number DESC LIMIT 1",
			[]any{scope.Organisation, scope.Scrutin}, []any{&epoch, &name}, nothing); err != nil {
			return urn.Place{}, err
		}
		var row pending.Tag
		lost := false
		if epoch > 0 {
			key, err := s.keys.Load(batchkey.ID(name))
			if lost = errors.Is(err, batchkey.ErrLost); err != nil && !lost {
				return urn.Place{}, err
			}
			if !lost {
				row = pending.TagOf(key, ballot)
			}
		}
		place, newest, err := s.look(ctx, scope, ballot, row)
		switch {
		case err != nil:
			return urn.Place{}, err
		case newest != epoch: // a flush came between
			continue
		case lost && place.State == urn.Absent:
			return urn.Place{}, batchkey.ErrLost
		}
		return place, nil
	}
}

// look asks, in one statement, for the ballot in the log, for the pending row of that
// name, and for the number of the newest key.
func (s *Store) look(ctx context.Context, scope urn.Scope, ballot urn.Hash, row pending.Tag) (place urn.Place, newest int64, err error) {
	var state urn.ReceiptState
	var number uint16
	var position uint64
	err = s.read(ctx, `SELECT ?5, urn, position, 0 FROM ballot WHERE organisation = ?1 AND scrutin = ?2 AND hash = ?3
		UNION ALL SELECT ?6, urn, 0, 0 FROM pending WHERE organisation = ?1 AND scrutin = ?2 AND tag = ?4
		UNION ALL SELECT 0, 0, 0, coalesce(max(number), 0) FROM batch_key WHERE organisation = ?1 AND scrutin = ?2`,
		[]any{scope.Organisation, scope.Scrutin, ballot[:], row[:], urn.Logged, urn.Received},
		[]any{&state, &number, &position, &newest}, func() error {
			if state != urn.Absent {
				place = urn.Place{State: state, Urn: number, Position: position}
			}
			return nil
		})
	return place, newest, err
}

// Closed implements urn.Store.
func (s *Store) Closed(ctx context.Context, scope urn.Scope, number uint16) (closed bool, err error) {
	err = s.read(ctx, "SELECT 1 FROM closed WHERE organisation = ? AND scrutin = ? AND urn = ?",
		[]any{scope.Organisation, scope.Scrutin, number}, []any{&closed}, nothing)
	return closed, err
}

// Chains implements urn.Store.
func (s *Store) Chains(ctx context.Context, scope urn.Scope, number uint16, account [32]byte) (urn.Chains, error) {
	return pending.Chains(ctx, s, scope, number, account)
}

// Voters implements urn.Store.
func (s *Store) Voters(ctx context.Context, scope urn.Scope, number uint16) (int, error) {
	return pending.Voters(ctx, s, scope, number)
}
