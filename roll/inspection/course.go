package inspection

import (
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"hash"
	"time"

	"isoloir/integrity"
	"isoloir/roll"
	"isoloir/rowmac"
)

// course is one reading of everything that belongs to an urn.
type course struct {
	*Inspector
	number     int
	name       string
	tail       link      // of the chain
	last, next int64     // the last row read of the table that is being read, by number and a second number
	list       hash.Hash // of the electors
}

func newList() hash.Hash { return sha256.New() }

// marks reads the chain, a page at a time.
func (c *course) marks(ctx context.Context, l *integrity.Look) (more bool, err error) {
	tail, more, err := c.markPage(ctx, l, c.number, c.tail)
	if err == nil {
		c.tail = tail
	}
	return more, err
}

// markPage reads the marks that follow a link, at most a page of them.
func (i *Inspector) markPage(ctx context.Context, l *integrity.Look, number int, tail link) (link, bool, error) {
	name, key, more := i.Urns[number], i.Store.Ledger().Key, false
	err := i.Store.View(ctx, func(v rowmac.View) error {
		s, ours, err := i.state(v, l, number)
		if err != nil || !ours {
			return err
		}
		from := l.Rows
		var sequence, elector, at int64
		var chain, mac, signature []byte
		if err := v.Read(`SELECT sequence, number, time, chain, mac,
				(SELECT signature FROM reservation WHERE organisation = $1 AND scrutin = $2 AND urn = $3 AND number = mark.number)
			FROM mark WHERE organisation = $1 AND scrutin = $2 AND urn = $3 AND sequence > $4 ORDER BY sequence LIMIT $5`,
			i.args(number, int64(tail.sequence), page), []any{&sequence, &elector, &at, &chain, &mac, &signature}, func() error {
				l.Rows++
				n, record := uint64(sequence), fmt.Sprintf("row %d", sequence)
				l.Gap("mark", name, tail.sequence+1, min(n, s.Counts[Marks]+1))
				place := roll.Place{Urn: uint16(number), Elector: uint32(elector)}
				link := roll.DatedMark{Sequence: n, Mark: roll.Signed{Elector: place.Elector}, Time: time.Unix(at, 0), Previous: tail.hash}
				copy(link.Mark.Signature[:], signature)
				switch h := link.Hash(); {
				case n > s.Counts[Marks]:
					l.Find("mark", name, record, integrity.Added)
				case !bytes.Equal(mac, Mark(key, i.Scope, place, n, at, chain)):
					l.Find("mark", name, record, integrity.Changed)
				case len(signature) == 0:
					l.Find("reservation", name, i.row(number, elector), integrity.Missing)
				case n == tail.sequence+1 && !bytes.Equal(chain, h[:]):
					l.Find("reservation", name, i.row(number, elector), integrity.Changed)
				}
				tail.sequence = n
				copy(tail.hash[:], chain)
				return nil
			}); err != nil {
			return err
		}
		if more = l.Rows-from == page; !more {
			l.Gap("mark", name, tail.sequence+1, s.Counts[Marks]+1)
		}
		return nil
	})
	return tail, more, err
}

// rows is a table to be read a page at a time, in the order of its key: an elector's
// number, and a second number where two is set.
type rows struct {
	query string // whose first columns are the two numbers
	two   bool
	dest  []any
	row   func(first, second int64)
	end   func(v rowmac.View, s rowmac.State) error // after the last page
}

func (c *course) page(ctx context.Context, l *integrity.Look, t rows) (more bool, err error) {
	first, second := c.last, c.next
	err = c.Store.View(ctx, func(v rowmac.View) error {
		args := c.args(c.number, first, page)
		if t.two {
			args = c.args(c.number, first, second, page)
		}
		if err := v.Read(t.query, args, append([]any{&first, &second}, t.dest...), func() error {
			l.Rows++
			t.row(first, second)
			return nil
		}); err != nil {
			return err
		}
		if more = l.Rows == page; more {
			return nil
		}
		s, ours, err := c.state(v, l, c.number)
		if err != nil || !ours {
			return err
		}
		return t.end(v, s)
	})
	if err == nil {
		c.last, c.next = first, second
	}
	return more, err
}

// sum reads one number of a table of the urn.
func (c *course) sum(v rowmac.View, what, table string) (n uint64, err error) {
	var read int64
	err = v.Read("SELECT "+what+" FROM "+table+" WHERE organisation = $1 AND scrutin = $2 AND urn = $3", c.args(c.number), []any{&read}, nothing)
	return uint64(read), err
}

func (c *course) place(number int64) roll.Place {
	return roll.Place{Urn: uint16(c.number), Elector: uint32(number)}
}

// compare counts a table's rows when its last page was read.
func (c *course) compare(l *integrity.Look, table, what string, field rowmac.Field) func(rowmac.View, rowmac.State) error {
	return func(v rowmac.View, s rowmac.State) error {
		there, err := c.sum(v, what, table)
		if err == nil {
			l.Count(table, c.name, there, s.Counts[field])
		}
		return err
	}
}
