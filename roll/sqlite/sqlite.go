// Package sqlite keeps rolls in one SQLite file (package sqlfile). It is the
// embedded engine of roll.Store and login.Store: no server, no set-up.
//
// How it keeps their promises:
//
//   - Marks, signatures and pairs with companions are insert-only: triggers refuse UPDATE and DELETE. The
//     chain of an urn's marks moves by inserting the next link under a unique key.
//   - τ stands in one table alone, whose row is deleted, and overwritten by
//     secure_delete, when the elector is marked. Older pages are in the
//     write-ahead log until Forget empties it.
package sqlite

import (
	"context"
	"fmt"
	"iter"
	"strings"
	"time"

	"isoloir/roll"
	"isoloir/roll/inspection"
	"isoloir/roll/login"
	"isoloir/rowmac"
	"isoloir/scrutin"
	"isoloir/sqlfile"
)

var _ login.Store = (*Store)(nil)

// A Store is an open file. It implements login.Store, and so roll.Store.
type Store struct {
	file *sqlfile.File
	rows rowmac.Ledger
}

// Options may be left zero.
type Options struct {
	// Rows ties the rows to this service (package roll/inspection).
	Rows rowmac.Key
	// MaxPages limits the file to so many pages of 4,096 bytes; 0 is no limit.
	MaxPages int
}

// Open opens the file at path, or makes it.
func Open(ctx context.Context, path string, o Options) (*Store, error) {
	file, err := sqlfile.Open(ctx, path, schema, o.MaxPages)
	if err != nil {
		return nil, fmt.Errorf("roll store: %w", err)
	}
	return &Store{file: file, rows: rowmac.Ledger{Key: o.Rows}}, nil
}

// Shut closes the file.
func (s *Store) Shut() error { return s.file.Close() }

// tx is a write transaction on one scrutin.
type tx struct {
	*sqlfile.Tx
	roll.Scope
	rows    rowmac.Key
	changes rowmac.Changes
}

func (s *Store) write(ctx context.Context, scope roll.Scope, do func(*tx) error) error {
	if err := s.file.Write(ctx, func(t *sqlfile.Tx) error {
		turn := &tx{Tx: t, Scope: scope, rows: s.rows.Key}
		if err := do(turn); err != nil {
			return err
		}
		return turn.count(&s.rows)
	}); err != nil {
		return fmt.Errorf("roll store: %w", err)
	}
	return nil
}

func (s *Store) read(ctx context.Context, query string, args, dest []any, yield func() error) error {
	if err := s.file.Read(ctx, query, args, dest, yield); err != nil {
		return fmt.Errorf("roll store: %w", err)
	}
	return nil
}

// Import implements roll.Store.
func (s *Store) Import(ctx context.Context, scope roll.Scope, electors iter.Seq2[roll.Elector, error]) error {
	return s.write(ctx, scope, func(t *tx) error {
		var one int
		if full, err := t.Row("SELECT 1 FROM elector WHERE organisation = ? AND scrutin = ? LIMIT 1", []any{t.Organisation, t.Scrutin}, &one); err != nil || full {
			return orElse(err, "this scrutin's roll was imported already")
		}
		for e, err := range electors {
			if err != nil {
				return err
			}
			n, err := t.Exec(`INSERT INTO elector (organisation, scrutin, urn, number, reference, station, college, country, language, channels, born, family, given, mac)
				VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
				t.Organisation, t.Scrutin, e.Urn, e.Number, e.Reference, e.Station, e.College, e.Country, e.Language,
				strings.Join(e.Channels, " "), string(e.Born), e.Family, e.Given, inspection.Elector(t.rows, t.Scope, e))
			t.changes.Add(e.Urn, inspection.Electors, n)
			if err != nil || n == 0 {
				return orElse(err, fmt.Sprintf("the elector of reference %s stands in the roll file twice", e.Reference))
			}
		}
		return nil
	})
}

func orElse(err error, otherwise string) error {
	if err == nil {
		err = fmt.Errorf("%s: %w", otherwise, roll.ErrFormat)
	}
	return err
}

// Held implements roll.Store.
func (s *Store) Held(ctx context.Context, scope roll.Scope, urn uint16, before time.Time, after int64, limit int) (held []roll.Held, err error) {
	var h roll.Held
	var token []byte
	var since int64
	err = s.read(ctx, `SELECT number, token, since FROM held WHERE organisation = ? AND scrutin = ? AND urn = ? AND number > ? AND since < ?
		ORDER BY number LIMIT ?`,
		[]any{scope.Organisation, scope.Scrutin, urn, after, before.Unix(), limit}, []any{&h.Elector, &token, &since}, func() error {
			if len(token) != len(h.Token) {
				return fmt.Errorf("an authorisation of %d bytes", len(token))
			}
			h.Token, h.Since = [32]byte(token), time.Unix(since, 0).UTC()
			held = append(held, h)
			return nil
		})
	return held, err
}

// Marks implements roll.Store.
func (s *Store) Marks(ctx context.Context, scope roll.Scope, urn uint16, yield func(roll.Signed) error) error {
	var m roll.Signed
	var signature []byte
	return s.read(ctx, `SELECT number, signature FROM mark JOIN reservation USING (organisation, scrutin, urn, number)
		WHERE organisation = ? AND scrutin = ? AND urn = ? ORDER BY number`,
		[]any{scope.Organisation, scope.Scrutin, urn}, []any{&m.Elector, &signature}, func() error {
			copy(m.Signature[:], signature)
			return yield(m)
		})
}

// Chain implements roll.Store.
func (s *Store) Chain(ctx context.Context, scope roll.Scope, urn uint16, yield func(roll.DatedMark) error) error {
	var d roll.DatedMark
	var signature, chain []byte
	var seconds int64
	return s.read(ctx, `SELECT sequence, number, time, chain, signature FROM mark JOIN reservation USING (organisation, scrutin, urn, number)
		WHERE organisation = ? AND scrutin = ? AND urn = ? ORDER BY sequence`,
		[]any{scope.Organisation, scope.Scrutin, urn}, []any{&d.Sequence, &d.Mark.Elector, &seconds, &chain, &signature}, func() error {
			copy(d.Mark.Signature[:], signature)
			d.Time = time.Unix(seconds, 0).UTC()
			if h := d.Hash(); string(h[:]) != string(chain) {
				return fmt.Errorf("the chain of marks of urn %d is broken at number %d", urn, d.Sequence)
			}
			if err := yield(d); err != nil {
				return err
			}
			d.Previous = d.Hash()
			return nil
		})
}

// Statuses implements roll.Store.
func (s *Store) Statuses(ctx context.Context, scope roll.Scope, urn uint16, yield func(roll.Status) error) error {
	var number uint32
	var reference, station, college, country, language, channels, born, family, given string
	var reserved, struck bool
	var seconds int64
	return s.read(ctx, `SELECT e.number, reference, station, college, country, language, channels, born, family, given, h.number IS NOT NULL, coalesce(m.time, -1), o.number IS NOT NULL
		FROM elector AS e LEFT JOIN held AS h USING (organisation, scrutin, urn, number) LEFT JOIN mark AS m USING (organisation, scrutin, urn, number)
		LEFT JOIN struck AS o USING (organisation, scrutin, urn, number)
		WHERE organisation = ? AND scrutin = ? AND urn = ? ORDER BY e.number`,
		[]any{scope.Organisation, scope.Scrutin, urn},
		[]any{&number, &reference, &station, &college, &country, &language, &channels, &born, &family, &given, &reserved, &seconds, &struck}, func() error {
			st := roll.Status{Reserved: reserved, Struck: struck, Elector: roll.Elector{Urn: urn, Number: number, Reference: reference, Station: station, College: college,
				Country: country, Language: language, Channels: strings.Fields(channels), Born: scrutin.Date(born), Family: family, Given: given}}
			if seconds >= 0 {
				st.Marked = time.Unix(seconds, 0).UTC()
			}
			return yield(st)
		})
}
