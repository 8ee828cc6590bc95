package sqlite

import (
	"bytes"
	"context"
	"slices"
	"strings"

	"isoloir/merkle"
	"isoloir/urn"
	"isoloir/urn/inspection"
	"isoloir/urn/pending"
)

// Flush implements urn.Store.
func (s *Store) Flush(ctx context.Context, scope urn.Scope, plan urn.Plan) (moved int, err error) {
	err = s.write(ctx, scope, func(t *tx) error {
		if err := t.loadKey(); err != nil || t.key == nil {
			return err
		}
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
		if err := t.renew(left); err != nil {
			return err
		}
		s.step("renewed")
		return nil
	})
	if err != nil {
		return 0, err
	}
	s.step("flushed")
	if err := s.sweep(ctx); err != nil {
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

// waiting decrypts every pending row of the scrutin, by urn.
func (t *tx) waiting() (map[uint16][]urn.Entry, error) {
	out := map[uint16][]urn.Entry{}
	var number uint16
	var name, box []byte
	err := t.Rows("SELECT urn, tag, box FROM pending WHERE organisation = ? AND scrutin = ?",
		[]any{t.Organisation, t.Scrutin}, []any{&number, &name, &box}, func() error {
			e, err := pending.Open(t.key, name, box)
			if err != nil {
				return err
			}
			out[number] = append(out[number], e)
			return nil
		})
	return out, err
}

// log inserts one batch of an urn and the head that follows from it.
func (t *tx) log(number uint16, entries []urn.Entry) error {
	head, err := t.head(number)
	if err != nil {
		return err
	}
	position := head.Tree.Size()
	next, sorted := urn.Extend(head, entries)
	var leaves, accounts, halves [][]any
	for _, e := range sorted {
		b, leaf := e.Ballot, e.Leaf()
		account, hash := b.Account(), b.Hash()
		leaves = append(leaves, []any{t.Organisation, t.Scrutin, number, position, leaf, inspection.Leaf(t.rows.Key, t.Scope, number, position, leaf)})
		accounts = append(accounts, []any{t.Organisation, t.Scrutin, number, account[:], b.Counter(), hash[:], position,
			inspection.Ballot(t.rows.Key, t.Scope, number, account[:], b.Counter(), hash[:], position)})
		for _, h := range pending.Halves(b) {
			halves = append(halves, []any{t.Organisation, t.Scrutin, h, inspection.Half(t.rows.Key, t.Scope, h)})
		}
		position++
	}
	byBytes := func(column int) func(x, y []any) int {
		return func(x, y []any) int { return bytes.Compare(x[column].([]byte), y[column].([]byte)) }
	}
	slices.SortFunc(accounts, byBytes(3))
	slices.SortFunc(halves, byBytes(2))
	for _, e := range []struct {
		into string
		rows [][]any
	}{
		{"leaf (organisation, scrutin, urn, position, leaf, mac)", leaves},
		{"ballot (organisation, scrutin, urn, account, counter, hash, position, mac)", accounts},
		{"half (organisation, scrutin, half, mac)", halves},
	} {
		if err := t.insert(e.into, e.rows); err != nil {
			return err
		}
	}
	t.changes.Add(number, inspection.Pending, -int64(len(sorted)))
	t.changes.Add(number, inspection.Leaves, int64(len(sorted)))
	return t.putHead(number, next)
}

// insert inserts rows in their order, many to a statement. In the order of the table's
// key a page is found once for all rows that it takes.
func (t *tx) insert(into string, rows [][]any) error {
	const many = 50
	for len(rows) > 0 {
		n := 1
		if len(rows) >= many {
			n = many
		}
		row := "(" + marks(len(rows[0])) + ")"
		if _, err := t.Exec("INSERT INTO "+into+" VALUES "+row+strings.Repeat(", "+row, n-1), slices.Concat(rows[:n]...)...); err != nil {
			return err
		}
		rows = rows[n:]
	}
	return nil
}

func (t *tx) putHead(number uint16, h urn.Head) error {
	t.changes.Add(number, inspection.Heads, 1)
	peaks := h.Tree.Peaks()
	_, err := t.Exec("INSERT INTO head (organisation, scrutin, urn, number, size, peaks, mac) VALUES (?, ?, ?, ?, ?, ?, ?)",
		t.Organisation, t.Scrutin, number, h.Number, h.Tree.Size(), peaks, inspection.Head(t.rows.Key, t.Scope, number, h.Number, h.Tree.Size(), peaks))
	return err
}

// head is the last one, which a batch is put behind only if the service itself wrote it.
func (t *tx) head(number uint16) (h urn.Head, err error) {
	var size uint64
	var peaks, mac []byte
	found, err := t.Row("SELECT number, size, peaks, mac FROM head WHERE organisation = ? AND scrutin = ? AND urn = ? ORDER BY number DESC LIMIT 1",
		[]any{t.Organisation, t.Scrutin, number}, &h.Number, &size, &peaks, &mac)
	if err == nil && !found {
		err = urn.ErrClosed
	}
	if err == nil {
		err = inspection.CheckHead(t.rows.Key, t.Scope, number, h.Number, size, peaks, mac)
	}
	if err == nil {
		h.Tree, err = merkle.NewFrontier(size, peaks)
	}
	return h, err
}

// renew writes the rows that stay under a new key, in the order of their new
// tags, and deletes all others.
func (t *tx) renew(left []urn.Entry) error {
	for _, table := range []string{"pending", "pending_tag"} {
		if _, err := t.Exec("DELETE FROM "+table+" WHERE organisation = ? AND scrutin = ?", t.Organisation, t.Scrutin); err != nil {
			return err
		}
	}
	if err := t.nextKey(); err != nil {
		return err
	}
	rows := make([]pending.Row, len(left))
	for i, e := range left {
		rows[i] = pending.Seal(t.key, e)
	}
	slices.SortFunc(rows, func(a, b pending.Row) int { return bytes.Compare(a.Tag[:], b.Tag[:]) })
	for _, r := range rows {
		if err := t.wait(r); err != nil {
			return err
		}
	}
	return nil
}
