package postgres

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"time"

	"isoloir/batchkey"
	"isoloir/roll"
	"isoloir/roll/inspection"
)

// given is an authorisation to be written.
type given struct {
	roll.Place
	token [32]byte
	since int64
}

func newGiven(p roll.Place, token [32]byte, since time.Time) given {
	return given{p, token, since.Unix()}
}

// placeOf is where a box belongs: it opens there only.
func placeOf(p roll.Place) []byte {
	return binary.LittleEndian.AppendUint32(binary.LittleEndian.AppendUint16(nil, p.Urn), p.Elector)
}

func open(key *batchkey.Key, p roll.Place, box []byte) (token [32]byte, err error) {
	row, err := key.Open(box, placeOf(p))
	if err == nil && len(row) != len(token) {
		err = fmt.Errorf("an authorisation of %d bytes", len(row))
	}
	copy(token[:], row)
	return token, err
}

// hold writes authorisations, sealed under the key of the batch.
func (t *tx) hold(all []given) error {
	key, err := t.Key()
	if err != nil {
		return err
	}
	var urns []int32
	var numbers, sinces []int64
	var boxes, macs [][]byte
	for _, g := range all {
		urns, numbers, sinces = append(urns, int32(g.Urn)), append(numbers, int64(g.Elector)), append(sinces, g.since)
		box := key.Seal(g.token[:], placeOf(g.Place))
		boxes, macs = append(boxes, box), append(macs, inspection.Authorisation(t.rows, t.scope(), g.Place, box, g.since))
	}
	return t.Rows(t.Query("INSERT INTO held (organisation, scrutin, urn, number, box, since, mac) SELECT $1, $2, urn, number, box, since, mac FROM unnest($3::int4[], $4::int8[], $5::bytea[], $6::int8[], $7::bytea[]) AS new (urn, number, box, since, mac)",
		urns, numbers, boxes, sinces, macs))
}

// Held implements roll.Store. Rows come with the name of the key that they are sealed
// under, in one statement: where Forget has destroyed it since, they are read again.
func (s *Store) Held(ctx context.Context, scope roll.Scope, urn uint16, before time.Time, after int64, limit int) ([]roll.Held, error) {
	keys, err := s.batch.Dir(scope.Organisation, scope.Scrutin)
	if err != nil {
		return nil, err
	}
	for last := int64(0); ; {
		var batch int64
		var name, box []byte
		var p roll.Place
		var seconds int64
		var boxes [][]byte
		var held []roll.Held
		err := s.read(ctx, `SELECT batch.number, batch.key, held.number, held.box, held.since FROM held JOIN batch USING (organisation, scrutin)
			WHERE organisation = $1 AND scrutin = $2 AND held.urn = $3 AND held.number > $4 AND held.since < $5 ORDER BY held.number LIMIT $6`,
			[]any{scope.Organisation, scope.Scrutin, urn, after, before.Unix(), limit}, []any{&batch, &name, &p.Elector, &box, &seconds}, func() error {
				held, boxes = append(held, roll.Held{Elector: p.Elector, Since: time.Unix(seconds, 0).UTC()}), append(boxes, box)
				return nil
			})
		if err != nil || len(held) == 0 {
			return nil, err
		}
		key, err := keys.Load(batchkey.ID(name))
		if errors.Is(err, batchkey.ErrLost) && batch != last {
			last = batch
			continue
		}
		for i := range held {
			if err == nil {
				held[i].Token, err = open(key, roll.Place{Urn: urn, Elector: held[i].Elector}, boxes[i])
			}
		}
		if err != nil {
			return nil, fmt.Errorf("roll store: %w", err)
		}
		return held, nil
	}
}

// Forget implements roll.Store: in every scrutin of the database, what is still held
// is sealed again under a new key, and the old key destroyed.
func (s *Store) Forget(ctx context.Context) error {
	var scope roll.Scope
	var all []roll.Scope
	if err := s.read(ctx, "SELECT organisation, scrutin FROM batch ORDER BY organisation, scrutin", nil, []any{&scope.Organisation, &scope.Scrutin}, func() error {
		all = append(all, scope)
		return nil
	}); err != nil {
		return err
	}
	for _, scope := range all {
		if err := s.write(ctx, scope, (*tx).reseal); err != nil {
			return err
		}
		if err := s.batch.Sweep(ctx, scope.Organisation, scope.Scrutin); err != nil {
			return fmt.Errorf("roll store: %w", err)
		}
	}
	return nil
}

func (t *tx) reseal() error {
	key, err := t.Key()
	if err != nil {
		return err
	}
	var all []given
	var p roll.Place
	var box []byte
	var since int64
	q := t.Query("SELECT urn, number, box, since FROM held WHERE organisation = $1 AND scrutin = $2 ORDER BY urn, number")
	q.Dest, q.Yield = []any{&p.Urn, &p.Elector, &box, &since}, func() error {
		token, err := open(key, p, box)
		all = append(all, given{p, token, since})
		return err
	}
	if err := t.Rows(q, t.Query("DELETE FROM held WHERE organisation = $1 AND scrutin = $2")); err != nil {
		return err
	}
	if _, err := t.Next(); err != nil {
		return err
	}
	return t.hold(all)
}
