package postgres

import (
	"context"
	"slices"
	"time"

	"isoloir/batchkey"
	"isoloir/merkle"
	"isoloir/urn"
	"isoloir/urn/inspection"
	"isoloir/urn/pending"
)

// flushTime is how long a flush may take.
const flushTime = 10 * time.Minute

// Flush implements urn.Store.
func (s *Store) Flush(ctx context.Context, scope urn.Scope, plan urn.Plan) (moved int, err error) {
	ctx, cancel := context.WithTimeout(ctx, flushTime)
	defer cancel()
	var made *batchkey.Key // by the run before, whose commit may have happened
	err = s.write(ctx, scope, func(t *tx) error {
		if !t.Begun || made != nil && made.ID == t.Name {
			return nil
		}
		moved = 0
		waiting, err := t.waiting()
		if err != nil {
			return err
		}
		var left []urn.Entry
		for _, number := range urnsOf(waiting) {
			taken, kept := urn.Divide(plan, number, waiting[number])
			left = append(left, kept...)
			if len(taken) == 0 {
				continue
			}
			if err := t.log(number, taken); err != nil {
				return err
			}
			moved += len(taken)
		}
		if moved == 0 {
			return nil
		}
		s.step("logged")
		if made, err = t.renew(left); err != nil {
			return err
		}
		s.step("renewed")
		return nil
	})
	if err != nil {
		return 0, err
	}
	s.step("flushed")
	if err := s.sweep(ctx, scope); err != nil {
		return 0, err
	}
	return moved, nil
}

func urnsOf(waiting map[uint16][]urn.Entry) []uint16 {
	urns := make([]uint16, 0, len(waiting))
	for u := range waiting {
		urns = append(urns, u)
	}
	slices.Sort(urns)
	return urns
}

// waiting opens every pending row of the scrutin, by urn.
func (t *tx) waiting() (map[uint16][]urn.Entry, error) {
	key, err := t.Key()
	if err != nil {
		return nil, err
	}
	out := map[uint16][]urn.Entry{}
	var number uint16
	var tag, box []byte
	q := t.Query("SELECT urn, tag, box FROM pending WHERE organisation = $1 AND scrutin = $2")
	q.Dest, q.Yield = []any{&number, &tag, &box}, func() error {
		e, err := pending.Open(key, tag, box)
		out[number] = append(out[number], e)
		return err
	}
	return out, t.Rows(q)
}

// log inserts one batch of an urn and the head that follows from it.
func (t *tx) log(number uint16, entries []urn.Entry) error {
	head, err := t.head(number)
	if err != nil {
		return err
	}
	start := head.Tree.Size()
	next, sorted := urn.Extend(head, entries)
	if err := t.Copy("leaf", []string{"organisation", "scrutin", "urn", "position", "leaf", "mac"}, len(sorted), func(i int) []any {
		position, leaf := start+uint64(i), sorted[i].Leaf()
		return []any{t.Organisation, t.Scrutin, int32(number), int64(position), leaf, inspection.Leaf(t.rows, t.scope(), number, position, leaf)}
	}); err != nil {
		return err
	}
	if err := t.Copy("ballot", []string{"organisation", "scrutin", "urn", "account", "counter", "hash", "position", "mac"}, len(sorted), func(i int) []any {
		b, position := sorted[i].Ballot, start+uint64(i)
		account, hash := b.Account(), b.Hash()
		return []any{t.Organisation, t.Scrutin, int32(number), account[:], int64(b.Counter()), hash[:], int64(position),
			inspection.Ballot(t.rows, t.scope(), number, account[:], b.Counter(), hash[:], position)}
	}); err != nil {
		return err
	}
	var halves [][]byte
	for _, e := range sorted {
		halves = append(halves, pending.Halves(e.Ballot)...)
	}
	if err := t.Copy("half", []string{"organisation", "scrutin", "half", "mac"}, len(halves), func(i int) []any {
		return []any{t.Organisation, t.Scrutin, halves[i], inspection.Half(t.rows, t.scope(), halves[i])}
	}); err != nil {
		return err
	}
	t.changes.Add(number, inspection.Pending, -int64(len(sorted)))
	t.changes.Add(number, inspection.Leaves, int64(len(sorted)))
	return t.putHead(number, next)
}

func (t *tx) putHead(number uint16, h urn.Head) error {
	t.changes.Add(number, inspection.Heads, 1)
	peaks := h.Tree.Peaks()
	_, err := t.Exec("INSERT INTO head (organisation, scrutin, urn, number, size, peaks, mac) VALUES ($1, $2, $3, $4, $5, $6, $7)",
		t.Organisation, t.Scrutin, number, h.Number, h.Tree.Size(), peaks, inspection.Head(t.rows, t.scope(), number, h.Number, h.Tree.Size(), peaks))
	return err
}

// head is the last one, which a batch is put behind only if the service itself wrote it.
func (t *tx) head(number uint16) (h urn.Head, err error) {
	var size uint64
	var peaks, mac []byte
	found, err := t.Row("SELECT number, size, peaks, mac FROM head WHERE organisation = $1 AND scrutin = $2 AND urn = $3 ORDER BY number DESC LIMIT 1",
		[]any{t.Organisation, t.Scrutin, number}, &h.Number, &size, &peaks, &mac)
	if err == nil && !found {
		err = urn.ErrClosed
	}
	if err == nil {
		err = inspection.CheckHead(t.rows, t.scope(), number, h.Number, size, peaks, mac)
	}
	if err == nil {
		h.Tree, err = merkle.NewFrontier(size, peaks)
	}
	return h, err
}

// renew makes the next batch of the entries that stay, and deletes all other
// pending rows.
func (t *tx) renew(left []urn.Entry) (*batchkey.Key, error) {
	if err := t.Rows(t.Query("DELETE FROM pending WHERE organisation = $1 AND scrutin = $2"),
		t.Query("DELETE FROM pending_tag WHERE organisation = $1 AND scrutin = $2")); err != nil {
		return nil, err
	}
	key, err := t.Next()
	if err != nil {
		return nil, err
	}
	rows := make([]pending.Row, len(left))
	for i, e := range left {
		rows[i] = pending.Seal(key, e)
	}
	return key, t.put(nil, rows)
}
