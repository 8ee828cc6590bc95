package inspection

import (
	"bytes"
	"context"
	"fmt"

	"isoloir/integrity"
	"isoloir/merkle"
	"isoloir/rowmac"
	"isoloir/urn"
)

// course is one reading of everything that belongs to an urn.
type course struct {
	*Inspector
	rules *urn.Rules
	name  string

	ends    map[uint64]urn.Hash // roots of the log at the sizes of its heads
	next    uint64              // the leaf to be read
	tree    merkle.Frontier     // of the leaves before it
	account []byte              // the last ballot read
	counter int64
	token   []byte // the last authorisation read
}

// heads reads all heads with their checkpoints. The newest may wait for its own.
func (c *course) heads(ctx context.Context, l *integrity.Look) (bool, error) {
	ends := map[uint64]urn.Hash{}
	err := c.Store.View(ctx, func(v rowmac.View) error {
		s, ours, err := c.state(v, l, c.rules)
		if err != nil || !ours {
			return err
		}
		var at, size int64
		var peaks, mac []byte
		next, key := uint64(0), c.Store.Ledger().Key
		roots := map[int64]head{}
		if err := v.Read("SELECT number, size, peaks, mac FROM head WHERE organisation = $1 AND scrutin = $2 AND urn = $3 ORDER BY number", c.args(c.rules),
			[]any{&at, &size, &peaks, &mac}, func() error {
				l.Rows++
				record := fmt.Sprintf("row %d", at)
				tree, failed := merkle.NewFrontier(uint64(size), peaks)
				switch {
				case at < 0 || uint64(at) >= s.Counts[Heads]:
					l.Find("head", c.name, record, integrity.Added)
					return nil
				case failed != nil || CheckHead(key, c.Scope, c.rules.Number, uint64(at), uint64(size), peaks, mac) != nil:
					l.Find("head", c.name, record, integrity.Changed)
				default:
					ends[uint64(size)] = tree.Root()
					roots[at] = head{uint64(size), tree.Root()}
				}
				l.Gap("head", c.name, next, uint64(at))
				next = uint64(at) + 1
				return nil
			}); err != nil {
			return err
		}
		l.Gap("head", c.name, next, s.Counts[Heads])
		return c.checkpoints(v, l, s, roots)
	})
	if err == nil {
		c.ends = ends
	}
	return false, err
}

// head is what a checkpoint signs.
type head struct {
	size uint64
	root urn.Hash
}

func (c *course) checkpoints(v rowmac.View, l *integrity.Look, s rowmac.State, heads map[int64]head) error {
	var at int64
	var signed []byte
	next := uint64(0)
	err := v.Read("SELECT number, note FROM checkpoint WHERE organisation = $1 AND scrutin = $2 AND urn = $3 ORDER BY number", c.args(c.rules), []any{&at, &signed}, func() error {
		l.Rows++
		record := fmt.Sprintf("row %d", at)
		if at < 0 || uint64(at) >= s.Counts[Heads] {
			l.Find("checkpoint", c.name, record, integrity.Added)
			return nil
		}
		cp, err := c.rules.OpenCheckpoint(signed, c.Key)
		if head, known := heads[at]; err != nil || known && (cp.Size != head.size || cp.Root != head.root) {
			l.Find("checkpoint", c.name, record, integrity.Changed)
		}
		l.Gap("checkpoint", c.name, next, uint64(at))
		next = uint64(at) + 1
		return nil
	})
	if err == nil && s.Counts[Heads] > 0 {
		l.Gap("checkpoint", c.name, next, s.Counts[Heads]-1)
	}
	return err
}

// leaves reads the log, a page at a time.
func (c *course) leaves(ctx context.Context, l *integrity.Look) (more bool, err error) {
	tree, next := c.tree.Clone(), c.next
	err = c.Store.View(ctx, func(v rowmac.View) error {
		s, ours, err := c.state(v, l, c.rules)
		if err != nil || !ours {
			return err
		}
		if next == 0 {
			below, err := number(v, "SELECT count(*) FROM leaf WHERE organisation = $1 AND scrutin = $2 AND urn = $3 AND position < 0", c.args(c.rules))
			if err != nil {
				return err
			}
			l.Count("leaf", c.name, uint64(below), 0)
		}
		next, more, err = c.leafPage(v, l, c.rules, s, next, &tree, c.ends)
		return err
	})
	if err == nil {
		c.tree, c.next = tree, next
		if len(l.Findings) > 0 {
			c.ends = nil // what follows has other roots
		}
	}
	return more, err
}

// ballots reads what is looked up of logged ballots.
func (c *course) ballots(ctx context.Context, l *integrity.Look) (more bool, err error) {
	account, counter := c.account, c.counter
	err = c.Store.View(ctx, func(v rowmac.View) error {
		var hash, mac, last []byte
		var position int64
		key := c.Store.Ledger().Key
		if err := v.Read("SELECT account, counter, hash, position, mac FROM ballot WHERE organisation = $1 AND scrutin = $2 AND urn = $3 AND (account, counter) > ($4, $5) ORDER BY account, counter LIMIT $6",
			c.args(c.rules, account, counter, page), []any{&last, &counter, &hash, &position, &mac}, func() error {
				l.Rows++
				account = last
				if !bytes.Equal(mac, Ballot(key, c.Scope, c.rules.Number, last, uint32(counter), hash, uint64(position))) {
					l.Find("ballot", c.name, digits(hash), integrity.Changed)
				}
				return nil
			}); err != nil {
			return err
		}
		if more = l.Rows == page; more {
			return nil
		}
		s, ours, err := c.state(v, l, c.rules)
		if err != nil || !ours {
			return err
		}
		there, err := number(v, "SELECT count(*) FROM ballot WHERE organisation = $1 AND scrutin = $2 AND urn = $3", c.args(c.rules))
		if err == nil {
			l.Count("ballot", c.name, uint64(there), s.Counts[Leaves])
		}
		return err
	})
	if err == nil {
		c.account, c.counter = bytes.Clone(account), counter
	}
	return more, err
}

// spent reads what became of authorisations.
func (c *course) spent(ctx context.Context, l *integrity.Look) (more bool, err error) {
	token := c.token
	err = c.Store.View(ctx, func(v rowmac.View) error {
		var mac, last []byte
		var fate int64
		key := c.Store.Ledger().Key
		return v.Read("SELECT token, fate, mac FROM spent WHERE organisation = $1 AND scrutin = $2 AND urn = $3 AND token > $4 ORDER BY token LIMIT $5",
			c.args(c.rules, token, page), []any{&last, &fate, &mac}, func() error {
				l.Rows++
				token = last
				if !bytes.Equal(mac, Spent(key, c.Scope, c.rules.Number, last, urn.Fate(fate))) {
					l.Find("spent", c.name, digits(last), integrity.Changed)
				}
				return nil
			})
	})
	if err == nil {
		c.token = bytes.Clone(token)
	}
	return l.Rows == page, err
}

// counts compares how many authorisations there are with how many there were: those
// that brought a ballot, and those that were declared void.
func (c *course) counts(ctx context.Context, l *integrity.Look) (bool, error) {
	return false, c.Store.View(ctx, func(v rowmac.View) error {
		s, ours, err := c.state(v, l, c.rules)
		if err != nil || !ours {
			return err
		}
		there := map[int64]uint64{}
		var fate, n int64
		if err := v.Read("SELECT fate, count(*) FROM spent WHERE organisation = $1 AND scrutin = $2 AND urn = $3 GROUP BY fate", c.args(c.rules), []any{&fate, &n}, func() error {
			there[fate] = uint64(n)
			return nil
		}); err != nil {
			return err
		}
		l.Count("spent", c.name, there[int64(urn.Appended)], s.Counts[Appended])
		l.Count("spent", c.name, there[int64(urn.Voided)], s.Counts[Voided])
		return nil
	})
}
