package postgres

import (
	"context"
	"crypto/sha256"
	"slices"

	"isoloir/roll"
	"isoloir/roll/inspection"
)

// standing is all that is known of an elector who casts, kept up to date while a
// call goes on.
type standing struct {
	held      bool
	token     [32]byte // τ, if held
	signed    bool
	signature [roll.SignatureSize]byte // if signed
	marked    bool
	barred    bool
}

// standings reads those of some electors, each by its key (LATERAL and LIMIT), however
// little the server knows yet of the tables.
func (t *tx) standings(places []roll.Place) (map[roll.Place]*standing, error) {
	key, err := t.Key()
	if err != nil {
		return nil, err
	}
	out := map[roll.Place]*standing{}
	for _, p := range places {
		out[p] = &standing{}
	}
	urns, numbers := columns(places)
	var p roll.Place
	var box, signature []byte
	var marked, barred bool
	q := t.Query(`SELECT asked.urn, asked.number, held.box, reservation.signature, mark.sequence IS NOT NULL, struck.number IS NOT NULL OR staged.number IS NOT NULL
		FROM unnest($3::int4[], $4::int8[]) AS asked (urn, number)
		LEFT JOIN LATERAL (SELECT box FROM held WHERE organisation = $1 AND scrutin = $2 AND urn = asked.urn AND number = asked.number LIMIT 1) AS held ON true
		LEFT JOIN LATERAL (SELECT signature FROM reservation WHERE organisation = $1 AND scrutin = $2 AND urn = asked.urn AND number = asked.number LIMIT 1) AS reservation ON true
		LEFT JOIN LATERAL (SELECT sequence FROM mark WHERE organisation IS NOT DISTINCT FROM $1 AND scrutin IS NOT DISTINCT FROM $2 AND urn = asked.urn AND number = asked.number LIMIT 1) AS mark ON true
		LEFT JOIN LATERAL (SELECT number FROM struck WHERE organisation = $1 AND scrutin = $2 AND urn = asked.urn AND number = asked.number LIMIT 1) AS struck ON true
		LEFT JOIN LATERAL (SELECT number FROM staged WHERE organisation = $1 AND scrutin = $2 AND urn = asked.urn AND number = asked.number AND change = 2 LIMIT 1) AS staged ON true`, urns, numbers)
	q.Dest, q.Yield = []any{&p.Urn, &p.Elector, &box, &signature, &marked, &barred}, func() (err error) {
		st := out[p]
		if st.held, st.signed, st.marked, st.barred = box != nil, signature != nil, marked, barred; st.held {
			st.token, err = open(key, p, box)
		}
		copy(st.signature[:], signature)
		return err
	}
	return out, t.Rows(q)
}

// Reserve implements roll.Store.
func (s *Store) Reserve(ctx context.Context, scope roll.Scope, reservations []roll.Reservation) (outcomes []roll.Outcome, err error) {
	places := make([]roll.Place, len(reservations))
	for i, r := range reservations {
		places[i] = roll.Place{Urn: r.Urn, Elector: r.Elector}
	}
	err = s.write(ctx, scope, func(t *tx) error {
		outcomes = make([]roll.Outcome, len(reservations))
		all, err := t.standings(places)
		if err != nil {
			return err
		}
		var given []given
		var signed []roll.Place
		var signatures, macs [][]byte
		for i := range reservations {
			r, st, out := &reservations[i], all[places[i]], &outcomes[i]
			switch {
			case st.held:
				out.Token = st.token
			case st.marked:
				out.Err = roll.ErrMarked
			case st.barred:
				out.Err = roll.ErrSession
			case r.Late:
				out.Err = roll.ErrClosed
			default:
				if !st.signed {
					st.signed, st.signature = true, r.Signature
					signed, signatures = append(signed, places[i]), append(signatures, r.Signature[:])
					macs = append(macs, inspection.Reservation(t.rows, scope, places[i], r.Signature[:]))
					t.changes.Add(r.Urn, inspection.Reservations, 1)
				}
				st.held, st.token = true, r.Token
				out.Token = r.Token
				given = append(given, newGiven(places[i], r.Token, r.Since))
				t.changes.Add(r.Urn, inspection.Held, 1)
			}
		}
		if len(given) == 0 {
			return nil
		}
		urns, numbers := columns(signed)
		if err := t.Rows(t.Query("INSERT INTO reservation (organisation, scrutin, urn, number, signature, mac) SELECT $1, $2, urn, number, signature, mac FROM unnest($3::int4[], $4::int8[], $5::bytea[], $6::bytea[]) AS new (urn, number, signature, mac)",
			urns, numbers, signatures, macs)); err != nil {
			return err
		}
		return t.hold(given)
	})
	return outcomes, err
}

// Mark implements roll.Store.
func (s *Store) Mark(ctx context.Context, scope roll.Scope, markings []roll.Marking) (outcomes []roll.Outcome, err error) {
	places := placesOf(markings)
	err = s.write(ctx, scope, func(t *tx) error {
		outcomes = make([]roll.Outcome, len(markings))
		all, err := t.standings(places)
		if err != nil {
			return err
		}
		heads, err := t.heads(places)
		if err != nil {
			return err
		}
		var marked, untold []roll.Place
		var sequences, times []int64
		var chains, macs [][]byte
		for i, m := range markings {
			st, out := all[places[i]], &outcomes[i]
			switch {
			case st.marked:
				out.Signature = st.signature
				continue
			case !st.held || sha256.Sum256(st.token[:]) != m.Hash:
				out.Err = roll.ErrReservation
				continue
			}
			out.Signature = st.signature
			st.held, st.marked = false, true
			head := heads[m.Urn]
			link := roll.DatedMark{Sequence: head.sequence + 1, Mark: roll.Signed{Elector: m.Elector, Signature: st.signature}, Time: m.Time, Previous: head.hash}
			head = chainHead{link.Sequence, link.Hash()}
			heads[m.Urn] = head
			marked, sequences, times = append(marked, places[i]), append(sequences, int64(link.Sequence)), append(times, m.Time.Unix())
			macs = append(macs, inspection.Mark(t.rows, scope, places[i], link.Sequence, m.Time.Unix(), head.hash[:]))
			t.changes.Add(m.Urn, inspection.Marks, 1)
			t.changes.Add(m.Urn, inspection.Held, -1)
			t.changes.Chain(m.Urn, head.hash)
			if chains = append(chains, head.hash[:]); m.Tell {
				untold = append(untold, places[i])
			}
		}
		if len(marked) == 0 {
			return nil
		}
		urns, numbers := columns(marked)
		if err := t.Rows(t.Query("INSERT INTO mark (organisation, scrutin, urn, sequence, number, time, chain, mac) SELECT $1, $2, urn, sequence, number, time, chain, mac FROM unnest($3::int4[], $4::int8[], $5::int8[], $6::int8[], $7::bytea[], $8::bytea[]) AS new (urn, sequence, number, time, chain, mac)",
			urns, sequences, numbers, times, chains, macs)); err != nil {
			return err
		}
		urns, numbers = columns(untold)
		if err := t.Rows(t.Query("INSERT INTO untold (organisation, scrutin, urn, number) SELECT $1, $2, urn, number FROM unnest($3::int4[], $4::int8[]) AS new (urn, number)", urns, numbers)); err != nil {
			return err
		}
		return t.strike("held", marked)
	})
	return outcomes, err
}

func placesOf(markings []roll.Marking) []roll.Place {
	places := make([]roll.Place, len(markings))
	for i, m := range markings {
		places[i] = roll.Place{Urn: m.Urn, Elector: m.Elector}
	}
	return places
}

// chainHead is the last link of an urn's chain.
type chainHead struct {
	sequence uint64
	hash     roll.Hash
}

func (t *tx) heads(places []roll.Place) (map[uint16]chainHead, error) {
	heads := map[uint16]chainHead{}
	urns, _ := columns(places)
	var urn uint16
	var sequence uint64
	var hash []byte
	return heads, t.Rows(t.Query(`SELECT asked.urn, last.sequence, last.chain FROM (SELECT DISTINCT unnest($3::int4[]) AS urn) AS asked
		CROSS JOIN LATERAL (SELECT sequence, chain FROM mark WHERE organisation = $1 AND scrutin = $2 AND urn = asked.urn ORDER BY sequence DESC LIMIT 1) AS last`, urns).
		Each(func() { heads[urn] = chainHead{sequence, roll.Hash(hash)} }, &urn, &sequence, &hash))
}

// strike deletes the electors of some places from a table. No constant stands in the
// statement, for which the server would have to guess how many rows it holds for.
func (t *tx) strike(table string, places []roll.Place) error {
	urns, numbers := columns(places)
	_, err := t.Exec("DELETE FROM "+table+` USING unnest($1::text[], $2::text[], $3::int4[], $4::int8[]) AS gone (organisation, scrutin, urn, number)
		WHERE `+table+".organisation = gone.organisation AND "+table+".scrutin = gone.scrutin AND "+table+".urn = gone.urn AND "+table+".number = gone.number",
		slices.Repeat([]string{t.Organisation}, len(places)), slices.Repeat([]string{t.Scrutin}, len(places)), urns, numbers)
	return err
}

// Release implements roll.Store.
func (s *Store) Release(ctx context.Context, scope roll.Scope, markings []roll.Marking) error {
	places := placesOf(markings)
	return s.write(ctx, scope, func(t *tx) error {
		all, err := t.standings(places)
		if err != nil {
			return err
		}
		var free []roll.Place
		for i, m := range markings {
			if st := all[places[i]]; st.held && sha256.Sum256(st.token[:]) == m.Hash {
				st.held, free = false, append(free, places[i])
				t.changes.Add(m.Urn, inspection.Held, -1)
			}
		}
		return t.strike("held", free)
	})
}

// Untold implements roll.Store.
func (s *Store) Untold(ctx context.Context, scope roll.Scope, limit int) (places []roll.Place, err error) {
	var p roll.Place
	err = s.read(ctx, "SELECT urn, number FROM untold WHERE organisation = $1 AND scrutin = $2 ORDER BY urn, number LIMIT $3",
		[]any{scope.Organisation, scope.Scrutin, limit}, []any{&p.Urn, &p.Elector}, func() error {
			places = append(places, p)
			return nil
		})
	return places, err
}

// Told implements roll.Store.
func (s *Store) Told(ctx context.Context, scope roll.Scope, places []roll.Place) error {
	return s.write(ctx, scope, func(t *tx) error { return t.strike("untold", places) })
}
