package postgres

import (
	"context"
	"fmt"
	"math"

	"isoloir/merkle"
	"isoloir/urn"
	"isoloir/urn/inspection"
)

// Open implements urn.Store. What an interrupted flush left to destroy is
// destroyed.
func (s *Store) Open(ctx context.Context, scope urn.Scope, urns []uint16) error {
	err := s.write(ctx, scope, func(t *tx) error {
		if err := t.Begin(); err != nil {
			return err
		}
		for _, n := range urns {
			made, err := t.Exec("INSERT INTO opened (organisation, scrutin, urn) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING", t.Organisation, t.Scrutin, n)
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
	if err != nil {
		return err
	}
	return s.sweep(ctx, scope)
}

// Close implements urn.Store.
func (s *Store) Close(ctx context.Context, scope urn.Scope, urns []uint16) error {
	return s.write(ctx, scope, func(t *tx) error {
		for _, n := range urns {
			made, err := t.Exec("INSERT INTO closed (organisation, scrutin, urn) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING", t.Organisation, t.Scrutin, n)
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
		found := map[urn.Hash]urn.Fate{}
		var token []byte
		var fate int16
		macs := make([][]byte, len(tokens))
		for i := range tokens {
			macs[i] = inspection.Spent(t.rows, t.scope(), number, tokens[i][:], urn.Voided)
		}
		made, err := t.Exec("INSERT INTO spent (organisation, scrutin, urn, token, fate, mac) SELECT DISTINCT $1, $2, $3::int4, token, 2, mac FROM unnest($4::bytea[], $5::bytea[]) AS new (token, mac) ON CONFLICT DO NOTHING",
			t.Organisation, t.Scrutin, number, slicesOf(tokens), macs)
		if err != nil {
			return err
		}
		t.changes.Add(number, inspection.Voided, made)
		err = t.Rows(t.Query(fateQuery, number, slicesOf(tokens)).Each(func() { found[urn.Hash(token)] = urn.Fate(fate) }, &token, &fate))
		fates = inOrder(tokens, found)
		return err
	})
	return fates, err
}

const fateQuery = `SELECT asked.token, fate FROM unnest($4::bytea[]) AS asked (token)
	CROSS JOIN LATERAL (SELECT fate FROM spent WHERE organisation = $1 AND scrutin = $2 AND urn = $3 AND token = asked.token LIMIT 1) AS found`

// Fates implements urn.Store.
func (s *Store) Fates(ctx context.Context, scope urn.Scope, number uint16, tokens []urn.Hash) ([]urn.Fate, error) {
	found := map[urn.Hash]urn.Fate{}
	var token []byte
	var fate int16
	err := s.read(ctx, fateQuery, []any{scope.Organisation, scope.Scrutin, number, slicesOf(tokens)}, []any{&token, &fate}, func() error {
		found[urn.Hash(token)] = urn.Fate(fate)
		return nil
	})
	return inOrder(tokens, found), err
}

func slicesOf(tokens []urn.Hash) [][]byte {
	out := make([][]byte, len(tokens))
	for i := range tokens {
		out[i] = tokens[i][:]
	}
	return out
}

func inOrder(tokens []urn.Hash, found map[urn.Hash]urn.Fate) []urn.Fate {
	fates := make([]urn.Fate, len(tokens))
	for i, token := range tokens {
		fates[i] = found[token]
	}
	return fates
}

func nothing() error { return nil }

func (s *Store) read(ctx context.Context, query string, args, dest []any, yield func() error) error {
	if err := s.db.Read(ctx, query, args, dest, yield); err != nil {
		return fmt.Errorf("urn store: %w", err)
	}
	return nil
}

// Pending implements urn.Store.
func (s *Store) Pending(ctx context.Context, scope urn.Scope) (map[uint16]int, error) {
	out := map[uint16]int{}
	var number uint16
	var n int
	err := s.read(ctx, "SELECT urn, count(*) FROM pending WHERE organisation = $1 AND scrutin = $2 GROUP BY urn",
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
	err = s.read(ctx, `SELECT number, size, peaks FROM head LEFT JOIN checkpoint USING (organisation, scrutin, urn, number)
		WHERE organisation = $1 AND scrutin = $2 AND urn = $3 AND note IS NULL ORDER BY number`,
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
		_, err := t.Exec("INSERT INTO checkpoint (organisation, scrutin, urn, number, note) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING",
			t.Organisation, t.Scrutin, number, head, checkpoint)
		return err
	})
}

// Checkpoints implements urn.Store.
func (s *Store) Checkpoints(ctx context.Context, scope urn.Scope, number uint16, yield func([]byte) error) error {
	var checkpoint []byte
	return s.read(ctx, "SELECT note FROM checkpoint WHERE organisation = $1 AND scrutin = $2 AND urn = $3 ORDER BY number",
		[]any{scope.Organisation, scope.Scrutin, number}, []any{&checkpoint}, func() error { return yield(checkpoint) })
}

// Latest implements urn.Store.
func (s *Store) Latest(ctx context.Context, scope urn.Scope, number uint16) (checkpoint []byte, err error) {
	err = s.read(ctx, "SELECT note FROM checkpoint WHERE organisation = $1 AND scrutin = $2 AND urn = $3 ORDER BY number DESC LIMIT 1",
		[]any{scope.Organisation, scope.Scrutin, number}, []any{&checkpoint}, nothing)
	return checkpoint, err
}

// Leaves implements urn.Store.
func (s *Store) Leaves(ctx context.Context, scope urn.Scope, number uint16, from, to uint64, yield func([]byte) error) error {
	var leaf []byte
	return s.read(ctx, "SELECT leaf FROM leaf WHERE organisation = $1 AND scrutin = $2 AND urn = $3 AND position >= $4 AND position < $5 ORDER BY position",
		[]any{scope.Organisation, scope.Scrutin, number, min(from, math.MaxInt64), min(to, math.MaxInt64)}, []any{&leaf}, func() error { return yield(leaf) })
}

// Size implements urn.Store.
func (s *Store) Size(ctx context.Context, scope urn.Scope, number uint16) (size uint64, err error) {
	found := false
	err = s.read(ctx, "SELECT size FROM head WHERE organisation = $1 AND scrutin = $2 AND urn = $3 ORDER BY number DESC LIMIT 1",
		[]any{scope.Organisation, scope.Scrutin, number}, []any{&size}, func() error {
			found = true
			return nil
		})
	if err == nil && !found {
		err = urn.ErrClosed
	}
	return size, err
}
