package postgres

import (
	"context"
	"fmt"

	"isoloir/roll"
	"isoloir/roll/amending"
	"isoloir/roll/inspection"
	"isoloir/roll/login"
)

// desk is one of the two entries of an elector.
type desk struct {
	roll.Place
	issuer int
}

// Deposit implements roll.Store.
func (s *Store) Deposit(ctx context.Context, scope roll.Scope, deposits []roll.Deposit) error {
	return s.write(ctx, scope, func(t *tx) error {
		there, err := t.halves(deposits)
		if err != nil {
			return err
		}
		newer := map[desk]bool{}
		for _, d := range deposits {
			at := desk{d.Place, d.Issuer}
			old, kept := there[at]
			switch {
			case kept && old.Generation > d.Generation || kept && old == d.Half:
				continue
			case kept && old.Generation == d.Generation:
				return fmt.Errorf("elector %d of urn number %d: %w", d.Elector, d.Urn, roll.ErrDeposit)
			}
			there[at], newer[at] = d.Half, true
			t.changes.Add(d.Urn, inspection.Deposits, inspection.Weight(d.Generation, kept, old.Generation))
		}
		return t.deposit(newer, there)
	})
}

// halves are those that issuers left before for the electors of deposits.
func (t *tx) halves(deposits []roll.Deposit) (map[desk]roll.Half, error) {
	there := map[desk]roll.Half{}
	places := make([]roll.Place, len(deposits))
	for i, d := range deposits {
		places[i] = d.Place
	}
	urns, numbers := columns(places)
	var at desk
	var generation uint32
	var point, masked []byte
	return there, t.Rows(t.Query(`SELECT urn, number, issuer, generation, point, masked FROM (SELECT DISTINCT urn, number FROM unnest($3::int4[], $4::int8[]) AS named (urn, number)) AS asked
		CROSS JOIN LATERAL (SELECT issuer, generation, point, masked FROM login WHERE organisation = $1 AND scrutin = $2 AND urn = asked.urn AND number = asked.number LIMIT 2) AS halves`, urns, numbers).
		Each(func() {
			there[at] = roll.Half{Generation: generation, Login: [32]byte(point), Masked: [32]byte(masked)}
		},
			&at.Urn, &at.Elector, &at.issuer, &generation, &point, &masked))
}

// deposit writes the newer halves, and ends their electors' sessions.
func (t *tx) deposit(newer map[desk]bool, all map[desk]roll.Half) error {
	var places []roll.Place
	var issuers []int16
	var generations []int64
	var points, masked, macs [][]byte
	for at := range newer {
		h := all[at]
		places, issuers, generations = append(places, at.Place), append(issuers, int16(at.issuer)), append(generations, int64(h.Generation))
		points, masked = append(points, h.Login[:]), append(masked, h.Masked[:])
		macs = append(macs, inspection.Login(t.rows, t.scope(), at.Place, at.issuer, h.Generation, h.Login[:], h.Masked[:]))
	}
	urns, numbers := columns(places)
	if err := t.Rows(t.Query(`INSERT INTO login (organisation, scrutin, urn, number, issuer, generation, point, masked, mac)
		SELECT $1, $2, urn, number, issuer, generation, point, masked, mac FROM unnest($3::int4[], $4::int8[], $5::int2[], $6::int8[], $7::bytea[], $8::bytea[], $9::bytea[]) AS new (urn, number, issuer, generation, point, masked, mac)
		ON CONFLICT (organisation, scrutin, urn, number, issuer) DO UPDATE SET generation = excluded.generation, point = excluded.point, masked = excluded.masked, mac = excluded.mac`,
		urns, numbers, issuers, generations, points, masked, macs)); err != nil {
		return err
	}
	return t.strike("session", places)
}

// Login implements roll.Store.
func (s *Store) Login(ctx context.Context, scope roll.Scope, p roll.Place) (roll.Login, error) {
	l, found := roll.Login{Place: p}, 0
	var issuer int
	var generation uint32
	var point, masked []byte
	err := s.read(ctx, "SELECT issuer, generation, point, masked FROM login WHERE organisation = $1 AND scrutin = $2 AND urn = $3 AND number = $4",
		[]any{scope.Organisation, scope.Scrutin, p.Urn, p.Elector}, []any{&issuer, &generation, &point, &masked}, func() error {
			found++
			l.Halves[issuer] = roll.Half{Generation: generation, Login: [32]byte(point), Masked: [32]byte(masked)}
			return nil
		})
	var barred bool
	if err == nil {
		err = s.read(ctx, amending.IsBarred, []any{scope.Organisation, scope.Scrutin, p.Urn, p.Elector}, []any{&barred}, nothing)
	}
	if err == nil && (found < len(l.Halves) || barred) {
		err = roll.ErrElector
	}
	return l, err
}

// Standing implements roll.Store.
func (s *Store) Standing(ctx context.Context, scope roll.Scope, p roll.Place) (st roll.Standing, err error) {
	err = s.read(ctx, `SELECT EXISTS (SELECT 1 FROM held WHERE organisation = $1 AND scrutin = $2 AND urn = $3 AND number = $4),
		EXISTS (SELECT 1 FROM mark WHERE organisation IS NOT DISTINCT FROM $1 AND scrutin IS NOT DISTINCT FROM $2 AND urn = $3 AND number = $4)`,
		[]any{scope.Organisation, scope.Scrutin, p.Urn, p.Elector}, []any{&st.Reserved, &st.Marked}, nothing)
	return st, err
}

const sessionColumns = "id, challenge, urn, number, begun, expires, extensions, proved, tries, code, code_expires"

// sessionRow is where these are read into.
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

// Begin implements login.Store.
func (s *Store) Begin(ctx context.Context, scope roll.Scope, sessions []login.Session) (outcomes []error, err error) {
	err = s.write(ctx, scope, func(t *tx) error {
		outcomes = make([]error, len(sessions))
		for i, n := range sessions {
			made, err := t.Exec("INSERT INTO session (organisation, scrutin, "+sessionColumns+") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) ON CONFLICT DO NOTHING",
				t.Organisation, t.Scrutin, n.ID[:], n.Challenge[:], n.Place.Urn, n.Place.Elector, n.Begun, n.Expires, n.Extensions, n.Proved, n.Tries, n.Code[:], n.CodeExpires)
			if err == nil && made == 0 {
				outcomes[i] = roll.ErrSession
				var one bool
				// The run before may have committed this very session.
				if repeated, failed := t.Row("SELECT true FROM session WHERE organisation = $1 AND scrutin = $2 AND id = $3 AND challenge = $4",
					[]any{t.Organisation, t.Scrutin, n.ID[:], n.Challenge[:]}, &one); repeated {
					outcomes[i] = nil
				} else {
					err = failed
				}
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
	return outcomes, err
}

// Session implements login.Store.
func (s *Store) Session(ctx context.Context, scope roll.Scope, id roll.Hash) (session login.Session, err error) {
	var row sessionRow
	found := false
	err = s.read(ctx, "SELECT "+sessionColumns+" FROM session WHERE organisation = $1 AND scrutin = $2 AND id = $3",
		[]any{scope.Organisation, scope.Scrutin, id[:]}, row.dest(), func() error {
			found = true
			return nil
		})
	if err == nil && !found {
		err = roll.ErrSession
	}
	return row.session(), err
}

// Change implements login.Store. A run that finds what the run before would have
// left does nothing: that one was committed.
func (s *Store) Change(ctx context.Context, scope roll.Scope, changes []login.Change) (outcomes []error, err error) {
	var left map[roll.Hash]login.Session
	err = s.write(ctx, scope, func(t *tx) error {
		before, err := t.sessions(changes)
		if err != nil {
			return err
		}
		if committed(left, before) {
			return nil
		}
		outcomes, left = make([]error, len(changes)), map[roll.Hash]login.Session{}
		after := map[roll.Hash]login.Session{}
		for id, session := range before {
			after[id] = session
		}
		for i, c := range changes {
			n, found := after[c.ID]
			if !found {
				outcomes[i] = roll.ErrSession
				continue
			}
			c.Do(&n)
			after[c.ID] = n
		}
		for id, n := range after {
			if n == before[id] {
				continue
			}
			left[id] = n
			if _, err := t.Exec("UPDATE session SET expires = $4, extensions = $5, proved = $6, tries = $7, code = $8, code_expires = $9 WHERE organisation = $1 AND scrutin = $2 AND id = $3",
				t.Organisation, t.Scrutin, id[:], n.Expires, n.Extensions, n.Proved, n.Tries, n.Code[:], n.CodeExpires); err != nil {
				return err
			}
		}
		return nil
	})
	return outcomes, err
}

// committed says whether sessions are those that a run before left, if there was one
// that changed any.
func committed(left, now map[roll.Hash]login.Session) bool {
	for id, session := range left {
		if now[id] != session {
			return false
		}
	}
	return len(left) > 0
}

// sessions reads those of some changes.
func (t *tx) sessions(changes []login.Change) (map[roll.Hash]login.Session, error) {
	out := map[roll.Hash]login.Session{}
	ids := make([][]byte, len(changes))
	for i := range changes {
		ids[i] = changes[i].ID[:]
	}
	var row sessionRow
	return out, t.Rows(t.Query("SELECT "+sessionColumns+" FROM unnest($3::bytea[]) AS asked (key) CROSS JOIN LATERAL (SELECT "+sessionColumns+" FROM session WHERE organisation = $1 AND scrutin = $2 AND id = asked.key LIMIT 1) AS found", ids).
		Each(func() { out[roll.Hash(row.id)] = row.session() }, row.dest()...))
}

// Sweep implements login.Store.
func (s *Store) Sweep(ctx context.Context, scope roll.Scope, before int64) error {
	return s.write(ctx, scope, func(t *tx) error {
		_, err := t.Exec("DELETE FROM session WHERE organisation = $1 AND scrutin = $2 AND expires < $3", t.Organisation, t.Scrutin, before)
		return err
	})
}
