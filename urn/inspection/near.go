package inspection

import (
	"bytes"
	"context"
	"errors"
	"fmt"

	"isoloir/integrity"
	"isoloir/merkle"
	"isoloir/rowmac"
	"isoloir/urn"
)

// state loads what the service counts of an urn, and says whether it is its own.
func (i *Inspector) state(v rowmac.View, l *integrity.Look, r *urn.Rules) (s rowmac.State, ours bool, err error) {
	s, err = i.Store.Ledger().Load(v, of(i.Scope, r.Number))
	if errors.Is(err, rowmac.ErrForeign) {
		l.Find("counted", r.Name, "", integrity.Changed)
		return s, false, nil
	}
	return s, err == nil, err
}

// near looks at what an urn has come to, and moves its anchor there if all is well.
func (i *Inspector) near(ctx context.Context, l *integrity.Look, r *urn.Rules) (bool, error) {
	anchor := i.Anchors.Get(r.Name)
	least := max(anchor.Number, i.Store.Ledger().Seen(of(i.Scope, r.Number))) // before the view: it may only grow
	next := anchor
	err := i.Store.View(ctx, func(v rowmac.View) error {
		s, ours, err := i.state(v, l, r)
		if err != nil || !ours {
			return err
		}
		if s.Number < least {
			l.Find("counted", r.Name, "", integrity.Older)
		}
		next.Number = s.Number
		for _, t := range []struct {
			table string
			field rowmac.Field
		}{{"opened", Opened}, {"closed", Closed}} {
			there, err := number(v, "SELECT count(*) FROM "+t.table+" WHERE organisation = $1 AND scrutin = $2 AND urn = $3", i.args(r))
			if err != nil {
				return err
			}
			l.Count(t.table, r.Name, uint64(there), s.Counts[t.field])
		}
		return i.newest(v, l, r, s, anchor, &next)
	})
	if err == nil && len(l.Findings) == 0 {
		i.Anchors.Move(r.Name, next)
	}
	return false, err
}

// newest looks at the last head, and that the checkpoint which was the newest one is
// still there; a newer one takes its place.
func (i *Inspector) newest(v rowmac.View, l *integrity.Look, r *urn.Rules, s rowmac.State, anchor integrity.Anchor, next *integrity.Anchor) error {
	l.Rows++
	last, size := int64(-1), int64(0)
	var peaks, mac []byte
	if err := v.Read("SELECT number, size, peaks, mac FROM head WHERE organisation = $1 AND scrutin = $2 AND urn = $3 ORDER BY number DESC LIMIT 1",
		i.args(r), []any{&last, &size, &peaks, &mac}, nothing); err != nil {
		return err
	}
	l.Gap("head", r.Name, uint64(last+1), s.Counts[Heads])
	if anchor.Note != "" {
		var was []byte
		if err := v.Read("SELECT note FROM checkpoint WHERE organisation = $1 AND scrutin = $2 AND urn = $3 AND number = $4", i.args(r, int64(anchor.Row)), []any{&was}, nothing); err != nil {
			return err
		}
		switch {
		case was == nil:
			l.Gap("checkpoint", r.Name, anchor.Row, anchor.Row+1)
		case string(was) != anchor.Note:
			l.Find("checkpoint", r.Name, fmt.Sprintf("row %d", anchor.Row), integrity.Changed)
		}
	}
	var at int64
	var signed []byte
	if err := v.Read("SELECT number, note FROM checkpoint WHERE organisation = $1 AND scrutin = $2 AND urn = $3 ORDER BY number DESC LIMIT 1", i.args(r), []any{&at, &signed}, nothing); err != nil || signed == nil {
		return err
	}
	switch c, err := r.OpenCheckpoint(signed, i.Key); {
	case err != nil || at > last:
		l.Find("checkpoint", r.Name, fmt.Sprintf("row %d", at), integrity.Changed)
	case at == last:
		tree, err := merkle.NewFrontier(uint64(size), peaks)
		if err != nil || c.Size != tree.Size() || c.Root != tree.Root() || CheckHead(i.Store.Ledger().Key, i.Scope, r.Number, uint64(last), uint64(size), peaks, mac) != nil {
			l.Find("head", r.Name, fmt.Sprintf("row %d", last), integrity.Changed)
		}
	}
	next.Row, next.Note = uint64(at), string(signed)
	return nil
}

// newLeaves looks at the leaves that came since the last time, and that they lead to
// the newest head.
func (i *Inspector) newLeaves(ctx context.Context, l *integrity.Look, r *urn.Rules) (more bool, err error) {
	i.mu.Lock()
	tail := i.tails[r.Number]
	i.mu.Unlock()
	tree := tail.Clone()
	err = i.Store.View(ctx, func(v rowmac.View) error {
		s, ours, err := i.state(v, l, r)
		if err != nil || !ours {
			return err
		}
		if _, more, err = i.leafPage(v, l, r, s, tail.Size(), &tree, nil); err != nil || len(l.Findings) > 0 {
			return err
		}
		var size int64
		var peaks []byte
		if err := v.Read("SELECT size, peaks FROM head WHERE organisation = $1 AND scrutin = $2 AND urn = $3 ORDER BY number DESC LIMIT 1", i.args(r), []any{&size, &peaks}, nothing); err != nil {
			return err
		}
		if !more && s.Counts[Heads] > 0 && (uint64(size) != tree.Size() || !bytes.Equal(peaks, tree.Peaks())) {
			l.Find("head", r.Name, fmt.Sprintf("row %d", s.Counts[Heads]-1), integrity.Changed)
		}
		return nil
	})
	if err != nil || len(l.Findings) > 0 {
		return false, err
	}
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.tails == nil {
		i.tails = map[uint16]merkle.Frontier{}
	}
	i.tails[r.Number] = tree
	return more, nil
}

// leafPage reads a page of leaves, those at next and after it, and adds them to the tree
// of those before, as long as nothing is wrong. ends, unless nil, are the roots at the
// sizes of the heads. It gives the next leaf to be read, and whether there may be more.
func (i *Inspector) leafPage(v rowmac.View, l *integrity.Look, r *urn.Rules, s rowmac.State, next uint64, tree *merkle.Frontier, ends map[uint64]urn.Hash) (uint64, bool, error) {
	var position int64
	var leaf, mac []byte
	key, size, from := i.Store.Ledger().Key, s.Counts[Leaves], l.Rows
	err := v.Read("SELECT position, leaf, mac FROM leaf WHERE organisation = $1 AND scrutin = $2 AND urn = $3 AND position >= $4 ORDER BY position LIMIT $5",
		i.args(r, int64(next), page), []any{&position, &leaf, &mac}, func() error {
			l.Rows++
			at := uint64(position)
			l.Gap("leaf", r.Name, next, min(at, size))
			next = at + 1
			switch {
			case at >= size:
				l.Find("leaf", r.Name, fmt.Sprintf("row %d", at), integrity.Added)
			case !bytes.Equal(mac, Leaf(key, i.Scope, r.Number, at, leaf)):
				l.Find("leaf", r.Name, fmt.Sprintf("row %d", at), integrity.Changed)
			}
			if len(l.Findings) > 0 {
				return nil
			}
			tree.Append(leaf)
			if root, end := ends[tree.Size()]; end && root != tree.Root() {
				l.Find("head", r.Name, fmt.Sprintf("of %d leaves", tree.Size()), integrity.Changed)
			}
			return nil
		})
	more := l.Rows-from == page
	if err == nil && !more {
		l.Gap("leaf", r.Name, next, size)
	}
	return next, more, err
}
