package sqlite

import (
	"context"
	"fmt"

	"isoloir/merkle"
	"isoloir/urn"
	"isoloir/urn/inspection"
)

// Open implements urn.Store.
func (s *Store) Open(ctx context.Context, scope urn.Scope, urns []uint16) error {
	return s.write(ctx, scope, func(t *tx) error {
		for _, n := range urns {
			made, err := t.Exec("INSERT INTO opened (organisation, scrutin, urn) VALUES (?, ?, ?) ON CONFLICT DO NOTHING", t.Organisation, t.Scrutin, n)
			if err == nil && made > 0 {
				t.changes.Add(n, inspection.Opened, 1)
				err = t.putHead(n, urn.Head{})
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// Close implements urn.Store.
func (s *Store) Close(ctx context.Context, scope urn.Scope, urns []uint16) error {
	return s.write(ctx, scope, func(t *tx) error {
		for _, n := range urns {
			made, err := t.Exec("INSERT INTO closed (organisation, scrutin, urn) VALUES (?, ?, ?) ON CONFLICT DO NOTHING", t.Organisation, t.Scrutin, n)
			if err != nil {
				return err
			}
			t.changes.Add(n, inspection.Closed, made)
		}
		return nil
	})
}

// Void implements urn.Store.
func (s *Store) Void(ctx context.Context, scope urn.Scope, number uint16, tokens []urn.Hash) (fates []urn.Fate, err error) {
	err = s.write(ctx, scope, func(t *tx) error {
		fates = make([]urn.Fate, len(tokens))
		for i := range tokens {
			made, err := t.Exec("INSERT INTO spent (organisation, scrutin, urn, token, fate, mac) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
				t.Organisation, t.Scrutin, number, tokens[i][:], urn.Voided, inspection.Spent(t.rows.Key, t.Scope, number, tokens[i][:], urn.Voided))
			if err != nil {
				return err
			}
			t.changes.Add(number, inspection.Voided, made)
			if _, err := t.Row("SELECT fate FROM spent WHERE organisation = ? AND scrutin = ? AND urn = ? AND token = ?",
				[]any{t.Organisation, t.Scrutin, number, tokens[i][:]}, &fates[i]); err != nil {
				return err
			}
		}
		return nil
	})
	return fates, err
}

// Fates implements urn.Store.
func (s *Store) Fates(ctx context.Context, scope urn.Scope, number uint16, tokens []urn.Hash) ([]urn.Fate, error) {
	fates := make([]urn.Fate, len(tokens))
	for i := range tokens {
		if err := s.read(ctx, "SELECT fate FROM spent WHERE organisation = ? AND scrutin = ? AND urn = ? AND token = ?",
			[]any{scope.Organisation, scope.Scrutin, number, tokens[i][:]}, []any{&fates[i]}, nothing); err != nil {
			return nil, err
		}
	}
	return fates, nil
}

func nothing() error { return nil }

func (s *Store) read(ctx context.Context, query string, args, dest []any, yield func() error) error {
	if err := s.file.Read(ctx, query, args, dest, yield); err != nil {
		return fmt.Errorf("urn store: %w", err)
	}
	return nil
}

// Pending implements urn.Store.
func (s *Store) Pending(ctx context.Context, scope urn.Scope) (map[uint16]int, error) {
	out := map[uint16]int{}
	var number uint16
	var n int
	err := s.read(ctx, "SELECT urn, count(*) FROM pending WHERE organisation = ? AND scrutin = ? GROUP BY urn",
		[]any{scope.Organisation, scope.Scrutin}, []any{&number, &n}, func() error {
			out[number] = n
			return nil
		})
	return out, err
}

// Unsigned implements urn.Store.
func (s *Store) Unsigned(ctx context.Context, scope urn.Scope, number uint16) (heads []urn.Head, err error) {
	var h urn.Head
	var size uint64
	var peaks []byte
	err = s.read(ctx, `SELECT number, size, peaks FROM head AS h WHERE organisation = ? AND scrutin = ? AND urn = ? AND NOT EXISTS
		(SELECT 1 FROM checkpoint AS c WHERE c.organisation = h.organisation AND c.scrutin = h.scrutin AND c.urn = h.urn AND c.number = h.number)
		ORDER BY number`,
		[]any{scope.Organisation, scope.Scrutin, number}, []any{&h.Number, &size, &peaks}, func() (err error) {
			h.Tree, err = merkle.NewFrontier(size, peaks)
			heads = append(heads, h)
			return err
		})
	return heads, err
}

// Sign implements urn.Store.
func (s *Store) Sign(ctx context.Context, scope urn.Scope, number uint16, head uint64, checkpoint []byte) error {
	return s.write(ctx, scope, func(t *tx) error {
		_, err := t.Exec("INSERT INTO checkpoint (organisation, scrutin, urn, number, note) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
			t.Organisation, t.Scrutin, number, head, checkpoint)
		return err
	})
}

// Checkpoints implements urn.Store.
func (s *Store) Checkpoints(ctx context.Context, scope urn.Scope, number uint16, yield func([]byte) error) error {
	var checkpoint []byte
	return s.read(ctx, "SELECT note FROM checkpoint WHERE organisation = ? AND scrutin = ? AND urn = ? ORDER BY number",
		[]any{scope.Organisation, scope.Scrutin, number}, []any{&checkpoint}, func() error { return yield(checkpoint) })
}

// Latest implements urn.Store.
func (s *Store) Latest(ctx context.Context, scope urn.Scope, number uint16) (checkpoint []byte, err error) {
	err = s.read(ctx, "SELECT note FROM checkpoint WHERE organisation = ? AND scrutin = ? AND urn = ? ORDER BY number DESC LIMIT 1",
		[]any{scope.Organisation, scope.Scrutin, number}, []any{&checkpoint}, nothing)
	return checkpoint, err
}

// Leaves implements urn.Store.
func (s *Store) Leaves(ctx context.Context, scope urn.Scope, number uint16, from, to uint64, yield func([]byte) error) error {
	var leaf []byte
	return s.read(ctx, "SELECT leaf FROM leaf WHERE organisation = ? AND scrutin = ? AND urn = ? AND position >= ? AND position < ? ORDER BY position",
		[]any{scope.Organisation, scope.Scrutin, number, from, to}, []any{&leaf}, func() error { return yield(leaf) })
}

// Size implements urn.Store.
func (s *Store) Size(ctx context.Context, scope urn.Scope, number uint16) (size uint64, err error) {
	found := false
	err = s.read(ctx, "SELECT size FROM head WHERE organisation = ? AND scrutin = ? AND urn = ? ORDER BY number DESC LIMIT 1",
		[]any{scope.Organisation, scope.Scrutin, number}, []any{&size}, func() error {
			found = true
			return nil
		})
	if err == nil && !found {
		err = urn.ErrClosed
	}
	return size, err
}
