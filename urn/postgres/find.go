package postgres

import (
	"context"
	"errors"

	"isoloir/batchkey"
	"isoloir/urn"
	"isoloir/urn/pending"
)

// Find implements urn.Store. A pending ballot has a name under the newest key only,
// and a flush destroys that key: what is found, or not, holds if the key was still
// the newest one in the same look at the tables.
func (s *Store) Find(ctx context.Context, scope urn.Scope, ballot urn.Hash) (urn.Place, error) {
	keys, err := s.batch.Dir(scope.Organisation, scope.Scrutin)
	if err != nil {
		return urn.Place{}, err
	}
	for {
		var number int64
		var name []byte
		if err := s.read(ctx, "SELECT number, key FROM batch WHERE organisation = $1 AND scrutin = $2",
			[]any{scope.Organisation, scope.Scrutin}, []any{&number, &name}, nothing); err != nil || number == 0 {
			return urn.Place{}, err
		}
		var row pending.Tag
		key, err := keys.Load(batchkey.ID(name))
		lost := errors.Is(err, batchkey.ErrLost)
		switch {
		case err == nil:
			row = pending.TagOf(key, ballot)
		case !lost:
			return urn.Place{}, err
		}
		place, newest, err := s.look(ctx, scope, ballot, row)
		switch {
		case err != nil:
			return urn.Place{}, err
		case newest != number: // a flush came between
			continue
		case lost && place.State == urn.Absent:
			return urn.Place{}, batchkey.ErrLost
		}
		return place, nil
	}
}

// look asks, in one statement, for the ballot in the log, for the pending row of that
// name, and for the number of the batch.
// look compares organisation and scrutin of a ballot so that its hash alone finds it (IS NOT DISTINCT FROM uses no index).
func (s *Store) look(ctx context.Context, scope urn.Scope, ballot urn.Hash, row pending.Tag) (place urn.Place, newest int64, err error) {
	var state, number int32
	var position, batch int64
	err = s.read(ctx, `SELECT $5::int4, urn, position, 0::int8 FROM ballot WHERE hash = $3 AND organisation IS NOT DISTINCT FROM $1 AND scrutin IS NOT DISTINCT FROM $2
		UNION ALL SELECT $6::int4, urn, 0, 0 FROM pending WHERE organisation = $1 AND scrutin = $2 AND tag = $4
		UNION ALL SELECT 0, 0, 0, number FROM batch WHERE organisation = $1 AND scrutin = $2`,
		[]any{scope.Organisation, scope.Scrutin, ballot[:], row[:], int32(urn.Logged), int32(urn.Received)},
		[]any{&state, &number, &position, &batch}, func() error {
			if newest = max(newest, batch); urn.ReceiptState(state) != urn.Absent {
				place = urn.Place{State: urn.ReceiptState(state), Urn: uint16(number), Position: uint64(position)}
			}
			return nil
		})
	return place, newest, err
}

// Closed implements urn.Store.
func (s *Store) Closed(ctx context.Context, scope urn.Scope, number uint16) (closed bool, err error) {
	err = s.read(ctx, "SELECT true FROM closed WHERE organisation = $1 AND scrutin = $2 AND urn = $3",
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
