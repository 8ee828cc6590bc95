package postgres

import (
	"context"
	"crypto/rand"
	"fmt"
	"iter"
	"time"

	"isoloir/pg"
	"isoloir/roll"
	"isoloir/roll/inspection"
)

// importTime is how long an import may take.
const importTime = 30 * time.Minute

// once lets what comes in a stream be written once for a scrutin, or for a companion of
// it: a row of the table named done says that it was, and by which call.
func (s *Store) once(ctx context.Context, scope roll.Scope, done, already string, companion *int16, do func(*tx) error) error {
	ctx, cancel := context.WithTimeout(ctx, importTime)
	defer cancel()
	name, begun := make([]byte, 16), false
	rand.Read(name)
	find, add, of := "SELECT name FROM "+done+" WHERE organisation = $1 AND scrutin = $2", "INSERT INTO "+done+" (organisation, scrutin, name) VALUES ($1, $2, $3)", []any{}
	if companion != nil {
		find, add = find+" AND companion = $3", "INSERT INTO "+done+" (organisation, scrutin, companion, name) VALUES ($1, $2, $3, $4)"
		of = append(of, *companion)
	}
	return s.write(ctx, scope, func(t *tx) error {
		key := append([]any{t.Organisation, t.Scrutin}, of...)
		var there []byte
		full, err := t.Row(find, key, &there)
		switch {
		case err != nil:
			return err
		case full && string(there) == string(name):
			return nil
		case full:
			return fmt.Errorf("%s: %w", already, roll.ErrFormat)
		case begun:
			return fmt.Errorf("the connection was lost: nothing was imported, import again: %w", roll.ErrBusy)
		}
		begun = true
		if _, err := t.Exec(add, append(key, name)...); err != nil {
			return err
		}
		return do(t)
	})
}

// stream writes rows of a table, whose first columns are the scrutin's.
func stream[T any](t *tx, table string, columns []string, all iter.Seq2[T, error], row func(T) []any) error {
	next, stop := iter.Pull2(all)
	defer stop()
	return t.Stream(table, append([]string{"organisation", "scrutin"}, columns...), func() ([]any, error) {
		item, err, more := next()
		if err != nil || !more {
			return nil, err
		}
		return append([]any{t.Organisation, t.Scrutin}, row(item)...), nil
	})
}

// Pair implements roll.Store.
func (s *Store) Pair(ctx context.Context, scope roll.Scope, companion int, pairs iter.Seq2[roll.Pair, error]) error {
	number := int16(companion)
	return s.once(ctx, scope, "paired", "this companion's electors were imported already", &number, func(t *tx) error {
		err := stream(t, "pair", []string{"urn", "number", "companion", "in_urn", "in_number", "mac"}, pairs, func(p roll.Pair) []any {
			t.changes.Add(p.Urn, inspection.Pairs, 1)
			return []any{int32(p.Urn), int64(p.Elector), number, int32(p.In.Urn), int64(p.In.Elector), inspection.Pair(t.rows, scope, p.Place, companion, p.In)}
		})
		if which, twice := pg.Violates(err, "pair_in", "pair_pkey"); twice {
			return fmt.Errorf("an elector stands in the companion's extract twice: %s: %w", which, roll.ErrFormat)
		}
		return err
	})
}

// Paired implements roll.Store.
func (s *Store) Paired(ctx context.Context, scope roll.Scope, companion int) (n int, err error) {
	err = s.read(ctx, "SELECT count(*) FROM pair WHERE organisation = $1 AND scrutin = $2 AND companion = $3",
		[]any{scope.Organisation, scope.Scrutin, int16(companion)}, []any{&n}, nothing)
	return n, err
}

// Companions implements roll.Store.
func (s *Store) Companions(ctx context.Context, scope roll.Scope, p roll.Place) (all []roll.Companion, err error) {
	var c roll.Companion
	err = s.read(ctx, "SELECT companion, in_urn, in_number FROM pair WHERE organisation = $1 AND scrutin = $2 AND urn = $3 AND number = $4 ORDER BY companion",
		[]any{scope.Organisation, scope.Scrutin, int32(p.Urn), int64(p.Elector)}, []any{&c.Number, &c.In.Urn, &c.In.Elector}, func() error {
			all = append(all, c)
			return nil
		})
	return all, err
}
