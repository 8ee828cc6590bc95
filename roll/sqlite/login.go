package sqlite

import (
	"context"
	"fmt"
	"strings"

	"isoloir/roll"
	"isoloir/roll/amending"
	"isoloir/roll/inspection"
	"isoloir/roll/login"
	"isoloir/scrutin"
)

// Elector implements roll.Store.
func (s *Store) Elector(ctx context.Context, scope roll.Scope, p roll.Place) (roll.Elector, error) {
	e, found := roll.Elector{Urn: p.Urn, Number: p.Elector}, false
	var channels, born string
	err := s.read(ctx, `SELECT reference, station, college, country, language, channels, born, family, given FROM elector
		WHERE organisation = ? AND scrutin = ? AND urn = ? AND number = ?`, []any{scope.Organisation, scope.Scrutin, p.Urn, p.Elector},
		[]any{&e.Reference, &e.Station, &e.College, &e.Country, &e.Language, &channels, &born, &e.Family, &e.Given}, func() error {
			e.Channels, e.Born, found = strings.Fields(channels), scrutin.Date(born), true
			return nil
		})
	if err == nil && !found {
		err = roll.ErrElector
	}
	return e, err
}

// Deposit implements roll.Store.
func (s *Store) Deposit(ctx context.Context, scope roll.Scope, deposits []roll.Deposit) error {
	return s.write(ctx, scope, func(t *tx) error {
		for _, d := range deposits {
			if err := t.deposit(d); err != nil {
				return err
			}
		}
		return nil
	})
}

func (t *tx) deposit(d roll.Deposit) error {
	key := []any{t.Organisation, t.Scrutin, d.Urn, d.Elector, d.Issuer}
	var generation uint32
	var point, masked []byte
	there, err := t.Row("SELECT generation, point, masked FROM login WHERE organisation = ? AND scrutin = ? AND urn = ? AND number = ? AND issuer = ?",
		key, &generation, &point, &masked)
	switch {
	case err != nil:
		return err
	case there && generation > d.Generation:
		return nil
	case there && generation == d.Generation:
		if string(point) != string(d.Half.Login[:]) || string(masked) != string(d.Masked[:]) {
			return fmt.Errorf("elector %d of urn number %d: %w", d.Elector, d.Urn, roll.ErrDeposit)
		}
		return nil
	}
	if _, err := t.Exec("INSERT OR REPLACE INTO login (organisation, scrutin, urn, number, issuer, generation, point, masked, mac) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
		append(key, d.Generation, d.Half.Login[:], d.Masked[:], inspection.Login(t.rows, t.Scope, d.Place, d.Issuer, d.Generation, d.Half.Login[:], d.Masked[:]))...); err != nil {
		return err
	}
	t.changes.Add(d.Urn, inspection.Deposits, inspection.Weight(d.Generation, there, generation))
	_, err = t.Exec("DELETE FROM session WHERE organisation = ? AND scrutin = ? AND urn = ? AND number = ?", key[:4]...)
	return err
}

// Login implements roll.Store.
func (s *Store) Login(ctx context.Context, scope roll.Scope, p roll.Place) (roll.Login, error) {
	l, found := roll.Login{Place: p}, 0
	var issuer int
	var generation uint32
	var point, masked []byte
	err := s.read(ctx, "SELECT issuer, generation, point, masked FROM login WHERE organisation = ? AND scrutin = ? AND urn = ? AND number = ?",
		[]any{scope.Organisation, scope.Scrutin, p.Urn, p.Elector}, []any{&issuer, &generation, &point, &masked}, func() error {
			if issuer < 0 || issuer >= len(l.Halves) || len(point) != 32 || len(masked) != 32 {
				return fmt.Errorf("what elector %d of urn number %d logs in with is damaged", p.Elector, p.Urn)
			}
			found++
			l.Halves[issuer] = roll.Half{Generation: generation, Login: [32]byte(point), Masked: [32]byte(masked)}
			return nil
		})
	var barred bool
	if err == nil {
		err = s.read(ctx, amending.IsBarred, []any{scope.Organisation, scope.Scrutin, p.Urn, p.Elector}, []any{&barred}, func() error { return nil })
	}
	if err == nil && (found < len(l.Halves) || barred) {
		err = roll.ErrElector
	}
	return l, err
}

// Standing implements roll.Store.
func (s *Store) Standing(ctx context.Context, scope roll.Scope, p roll.Place) (st roll.Standing, err error) {
	key := []any{scope.Organisation, scope.Scrutin, p.Urn, p.Elector}
	err = s.read(ctx, `SELECT EXISTS (SELECT 1 FROM held WHERE organisation = ?1 AND scrutin = ?2 AND urn = ?3 AND number = ?4),
		EXISTS (SELECT 1 FROM mark WHERE organisation = ?1 AND scrutin = ?2 AND urn = ?3 AND number = ?4)`,
		key, []any{&st.Reserved, &st.Marked}, func() error { return nil })
	return st, err
}

// Begin implements login.Store.
func (s *Store) Begin(ctx context.Context, scope roll.Scope, sessions []login.Session) (outcomes []error, err error) {
	err = s.write(ctx, scope, func(t *tx) error {
		outcomes = make([]error, len(sessions))
		for i, n := range sessions {
			made, err := t.Exec(`INSERT INTO session (organisation, scrutin, id, challenge, urn, number, begun, expires, extensions, proved, tries, code, code_expires)
				VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
				t.Organisation, t.Scrutin, n.ID[:], n.Challenge[:], n.Place.Urn, n.Place.Elector, n.Begun, n.Expires, n.Extensions, n.Proved, n.Tries, n.Code[:], n.CodeExpires)
			if err != nil {
				return err
			}
			if made == 0 {
				outcomes[i] = roll.ErrSession
			}
		}
		return nil
	})
	return outcomes, err
}

const sessionColumns = `SELECT id, challenge, urn, number, begun, expires, extensions, proved, tries, code, code_expires
	FROM session WHERE organisation = ? AND scrutin = ? AND id = ?`

// sessionRow is where the columns of a session are read into.
type sessionRow struct {
	login.Session
	id, challenge, code []byte
}

func (r *sessionRow) dest() []any {
	return []any{&r.id, &r.challenge, &r.Place.Urn, &r.Place.Elector, &r.Begun, &r.Expires, &r.Extensions, &r.Proved, &r.Tries, &r.code, &r.CodeExpires}
}

func (r *sessionRow) session() login.Session {
	copy(r.ID[:], r.id)
	copy(r.Challenge[:], r.challenge)
	copy(r.Code[:], r.code)
	return r.Session
}

// Session implements login.Store.
func (s *Store) Session(ctx context.Context, scope roll.Scope, id roll.Hash) (session login.Session, err error) {
	var row sessionRow
	found := false
	err = s.read(ctx, sessionColumns, []any{scope.Organisation, scope.Scrutin, id[:]}, row.dest(), func() error {
		found = true
		return nil
	})
	if err == nil && !found {
		err = roll.ErrSession
	}
	return row.session(), err
}

// Change implements login.Store.
func (s *Store) Change(ctx context.Context, scope roll.Scope, changes []login.Change) (outcomes []error, err error) {
	err = s.write(ctx, scope, func(t *tx) error {
		outcomes = make([]error, len(changes))
		for i, c := range changes {
			var row sessionRow
			found, err := t.Row(sessionColumns, []any{t.Organisation, t.Scrutin, c.ID[:]}, row.dest()...)
			if err != nil {
				return err
			}
			if !found {
				outcomes[i] = roll.ErrSession
				continue
			}
			before := row.session()
			n := before
			if c.Do(&n); n == before {
				continue
			}
			if _, err := t.Exec("UPDATE session SET expires = ?, extensions = ?, proved = ?, tries = ?, code = ?, code_expires = ? WHERE organisation = ? AND scrutin = ? AND id = ?",
				n.Expires, n.Extensions, n.Proved, n.Tries, n.Code[:], n.CodeExpires, t.Organisation, t.Scrutin, c.ID[:]); err != nil {
				return err
			}
		}
		return nil
	})
	return outcomes, err
}

// sweepPage is how many sessions a transaction of Sweep forgets: others write between
// them.
const sweepPage = 500

// Sweep implements login.Store.
func (s *Store) Sweep(ctx context.Context, scope roll.Scope, before int64) error {
	for {
		var swept int64
		err := s.write(ctx, scope, func(t *tx) (err error) {
			swept, err = t.Exec(`DELETE FROM session WHERE organisation = ?1 AND scrutin = ?2 AND id IN
				(SELECT id FROM session WHERE organisation = ?1 AND scrutin = ?2 AND expires < ?3 LIMIT ?4)`, t.Organisation, t.Scrutin, before, sweepPage)
			return err
		})
		if err != nil || swept < sweepPage {
			return err
		}
	}
}
