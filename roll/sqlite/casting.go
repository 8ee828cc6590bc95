package sqlite

import (
	"context"
	"crypto/sha256"
	"fmt"

	"isoloir/roll"
	"isoloir/roll/amending"
	"isoloir/roll/inspection"
)

// Reserve implements roll.Store.
func (s *Store) Reserve(ctx context.Context, scope roll.Scope, reservations []roll.Reservation) (outcomes []roll.Outcome, err error) {
	err = s.write(ctx, scope, func(t *tx) error {
		outcomes = make([]roll.Outcome, len(reservations))
		for i := range reservations {
			if err := t.reserve(&reservations[i], &outcomes[i]); err != nil {
				return err
			}
		}
		return nil
	})
	return outcomes, err
}

func (t *tx) reserve(r *roll.Reservation, out *roll.Outcome) error {
	key := []any{t.Organisation, t.Scrutin, r.Urn, r.Elector}
	var token []byte
	held, err := t.Row("SELECT token FROM held WHERE organisation = ? AND scrutin = ? AND urn = ? AND number = ?", key, &token)
	if err != nil {
		return err
	}
	if held {
		copy(out.Token[:], token)
		return nil
	}
	_, marked, err := t.markOf(r.Urn, r.Elector)
	switch {
	case err != nil:
		return err
	case marked:
		out.Err = roll.ErrMarked
		return nil
	}
	var barred bool
	switch _, err := t.Row(amending.IsBarred, key, &barred); {
	case err != nil:
		return err
	case barred:
		out.Err = roll.ErrSession
		return nil
	case r.Late:
		out.Err = roll.ErrClosed
		return nil
	}
	place := roll.Place{Urn: r.Urn, Elector: r.Elector}
	made, err := t.Exec("INSERT INTO reservation (organisation, scrutin, urn, number, signature, mac) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
		append(key, r.Signature[:], inspection.Reservation(t.rows, t.Scope, place, r.Signature[:]))...)
	if err != nil {
		return err
	}
	if _, err := t.Exec("INSERT INTO held (organisation, scrutin, urn, number, token, since, mac) VALUES (?, ?, ?, ?, ?, ?, ?)",
		append(key, r.Token[:], r.Since.Unix(), inspection.Authorisation(t.rows, t.Scope, place, r.Token[:], r.Since.Unix()))...); err != nil {
		return err
	}
	t.changes.Add(r.Urn, inspection.Reservations, made)
	t.changes.Add(r.Urn, inspection.Held, 1)
	out.Token = r.Token
	return nil
}

// markOf gives the signature of an elector who is marked.
func (t *tx) markOf(urn uint16, elector uint32) (signature [roll.SignatureSize]byte, marked bool, err error) {
	var raw []byte
	marked, err = t.Row(`SELECT signature FROM mark JOIN reservation USING (organisation, scrutin, urn, number)
		WHERE organisation = ? AND scrutin = ? AND urn = ? AND number = ?`,
		[]any{t.Organisation, t.Scrutin, urn, elector}, &raw)
	copy(signature[:], raw)
	return signature, marked, err
}

// Mark implements roll.Store.
func (s *Store) Mark(ctx context.Context, scope roll.Scope, markings []roll.Marking) (outcomes []roll.Outcome, err error) {
	err = s.write(ctx, scope, func(t *tx) error {
		outcomes = make([]roll.Outcome, len(markings))
		heads := map[uint16]*chainHead{}
		for i, m := range markings {
			if err := t.mark(m, heads, &outcomes[i]); err != nil {
				return err
			}
		}
		return nil
	})
	return outcomes, err
}

func (t *tx) mark(m roll.Marking, heads map[uint16]*chainHead, out *roll.Outcome) error {
	var token, signature []byte
	held, err := t.Row("SELECT token, signature FROM held JOIN reservation USING (organisation, scrutin, urn, number) WHERE organisation = ? AND scrutin = ? AND urn = ? AND number = ?",
		[]any{t.Organisation, t.Scrutin, m.Urn, m.Elector}, &token, &signature)
	if err != nil {
		return err
	}
	if !held {
		var marked bool
		if out.Signature, marked, err = t.markOf(m.Urn, m.Elector); err == nil && !marked {
			out.Err = roll.ErrReservation
		}
		return err
	}
	if sha256.Sum256(token) != m.Hash {
		out.Err = roll.ErrReservation
		return nil
	}
	copy(out.Signature[:], signature)
	head := heads[m.Urn]
	if head == nil {
		if head, err = t.chainHead(m.Urn); err != nil {
			return err
		}
		heads[m.Urn] = head
	}
	link := roll.DatedMark{Sequence: head.sequence + 1, Mark: roll.Signed{Elector: m.Elector, Signature: out.Signature}, Time: m.Time, Previous: head.hash}
	hash := link.Hash()
	if _, err := t.Exec("INSERT INTO mark (organisation, scrutin, urn, sequence, number, time, chain, mac) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
		t.Organisation, t.Scrutin, m.Urn, link.Sequence, m.Elector, m.Time.Unix(), hash[:],
		inspection.Mark(t.rows, t.Scope, roll.Place{Urn: m.Urn, Elector: m.Elector}, link.Sequence, m.Time.Unix(), hash[:])); err != nil {
		return err
	}
	head.sequence, head.hash = link.Sequence, hash
	t.changes.Add(m.Urn, inspection.Marks, 1)
	t.changes.Chain(m.Urn, hash)
	if m.Tell {
		if _, err := t.Exec("INSERT INTO untold (organisation, scrutin, urn, number) VALUES (?, ?, ?, ?)", t.Organisation, t.Scrutin, m.Urn, m.Elector); err != nil {
			return err
		}
	}
	return t.forget(m)
}

func (t *tx) forget(m roll.Marking) error {
	gone, err := t.Exec("DELETE FROM held WHERE organisation = ? AND scrutin = ? AND urn = ? AND number = ?", t.Organisation, t.Scrutin, m.Urn, m.Elector)
	t.changes.Add(m.Urn, inspection.Held, -gone)
	return err
}

// chainHead is the last link of an urn's chain.
type chainHead struct {
	sequence uint64
	hash     roll.Hash
}

func (t *tx) chainHead(urn uint16) (*chainHead, error) {
	h, raw := &chainHead{}, []byte(nil)
	_, err := t.Row("SELECT sequence, chain FROM mark WHERE organisation = ? AND scrutin = ? AND urn = ? ORDER BY sequence DESC LIMIT 1",
		[]any{t.Organisation, t.Scrutin, urn}, &h.sequence, &raw)
	copy(h.hash[:], raw)
	return h, err
}

// Release implements roll.Store.
func (s *Store) Release(ctx context.Context, scope roll.Scope, markings []roll.Marking) error {
	return s.write(ctx, scope, func(t *tx) error {
		for _, m := range markings {
			var token []byte
			held, err := t.Row("SELECT token FROM held WHERE organisation = ? AND scrutin = ? AND urn = ? AND number = ?",
				[]any{t.Organisation, t.Scrutin, m.Urn, m.Elector}, &token)
			if err != nil {
				return err
			}
			if held && sha256.Sum256(token) == m.Hash {
				if err := t.forget(m); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

// Untold implements roll.Store.
func (s *Store) Untold(ctx context.Context, scope roll.Scope, limit int) (places []roll.Place, err error) {
	var p roll.Place
	err = s.read(ctx, "SELECT urn, number FROM untold WHERE organisation = ? AND scrutin = ? ORDER BY urn, number LIMIT ?",
		[]any{scope.Organisation, scope.Scrutin, limit}, []any{&p.Urn, &p.Elector}, func() error {
			places = append(places, p)
			return nil
		})
	return places, err
}

// Told implements roll.Store.
func (s *Store) Told(ctx context.Context, scope roll.Scope, places []roll.Place) error {
	return s.write(ctx, scope, func(t *tx) error {
		for _, p := range places {
			if _, err := t.Exec("DELETE FROM untold WHERE organisation = ? AND scrutin = ? AND urn = ? AND number = ?", t.Organisation, t.Scrutin, p.Urn, p.Elector); err != nil {
				return err
			}
		}
		return nil
	})
}

// Forget implements roll.Store.
func (s *Store) Forget(ctx context.Context) error {
	if err := s.file.Empty(ctx); err != nil {
		return fmt.Errorf("roll store: %w", err)
	}
	return nil
}
