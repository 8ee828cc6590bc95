package sqlite

import (
	"context"
	"errors"
	"fmt"
	"time"

	"isoloir/courier"
	"isoloir/issuer"
	"isoloir/sqlfile"
)

// put inserts a row as it is for p, unless it is there.
func put(t *sqlfile.Tx, r courier.Row, p issuer.Person, state courier.State, due time.Time) (bool, error) {
	n, err := t.Exec(`INSERT INTO message (kind, urn, number, generation, name, channel, operator, country, state, due, attempts)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0) ON CONFLICT DO NOTHING`,
		string(r.Kind), r.Urn, r.Elector, r.Generation, r.Name, string(p.Channel), courier.Operator(p.Channel, p.Address), p.Country, string(state), due.Unix())
	return n > 0, err
}

// Spool implements issuer.Store.
func (s *Store) Spool(ctx context.Context, rows []courier.Row, now time.Time) (added int, err error) {
	err = s.write(ctx, func(t *sqlfile.Tx) error {
		added = 0
		for _, r := range rows {
			p, err := person(t, r.Urn, r.Elector)
			if err != nil {
				return err
			}
			fresh, err := put(t, r, p, courier.Pending, now)
			if err != nil {
				return err
			}
			if fresh {
				added++
			}
		}
		return nil
	})
	return added, err
}

// Record implements issuer.Store.
func (s *Store) Record(ctx context.Context, row courier.Row) (fresh bool, err error) {
	err = s.write(ctx, func(t *sqlfile.Tx) error {
		p, err := person(t, row.Urn, row.Elector)
		if err != nil {
			return err
		}
		fresh, err = put(t, row, p, courier.Sent, time.Unix(0, 0))
		return err
	})
	return fresh, err
}

// Has implements issuer.Store.
func (s *Store) Has(ctx context.Context, name string) (found bool, err error) {
	var one int
	err = s.file.Read(ctx, "SELECT 1 FROM message WHERE name = ?", []any{name}, []any{&one}, func() error { found = true; return nil })
	if err != nil {
		return false, fmt.Errorf("issuer's store: %w", err)
	}
	return found, nil
}

// ready is the condition under which a pending code may leave.
const ready = `state = 'pending' AND (kind NOT IN ('codes', 'renewal') OR EXISTS
	(SELECT 1 FROM person WHERE person.urn = message.urn AND person.number = message.number AND deposited >= message.generation))`

// Claim implements courier.Spool.
func (s *Store) Claim(ctx context.Context, channel courier.Channel, now, until time.Time, limit int) (rows []courier.Row, err error) {
	err = s.write(ctx, func(t *sqlfile.Tx) error {
		rows = rows[:0]
		var r courier.Row
		if err := t.Rows("SELECT kind, urn, number, generation, name, attempts FROM message WHERE channel = ? AND due <= ? AND "+ready+" ORDER BY due LIMIT ?",
			[]any{string(channel), now.Unix(), limit}, []any{&r.Kind, &r.Urn, &r.Elector, &r.Generation, &r.Name, &r.Attempts}, func() error {
				rows = append(rows, r)
				return nil
			}); err != nil {
			return err
		}
		for i := range rows {
			r := &rows[i]
			p, err := person(t, r.Urn, r.Elector)
			if err != nil {
				return err
			}
			r.Channel, r.Address, r.Language, r.Attempts = channel, p.Address, p.Language, r.Attempts+1
			if _, err := t.Exec("UPDATE message SET due = ?, attempts = ? WHERE kind = ? AND urn = ? AND number = ? AND generation = ?",
				until.Unix(), r.Attempts, string(r.Kind), r.Urn, r.Elector, r.Generation); err != nil {
				return err
			}
		}
		return nil
	})
	return rows, err
}

// Settle implements courier.Spool.
func (s *Store) Settle(ctx context.Context, results []courier.Result) error {
	return s.write(ctx, func(t *sqlfile.Tx) error {
		for _, r := range results {
			due := r.Next
			if r.State != courier.Pending {
				due = time.Unix(0, 0)
			}
			if _, err := t.Exec("UPDATE message SET state = ?, due = ? WHERE kind = ? AND urn = ? AND number = ? AND generation = ? AND state = 'pending'",
				string(r.State), due.Unix(), string(r.Kind), r.Urn, r.Elector, r.Generation); err != nil {
				return err
			}
		}
		return nil
	})
}

// Report implements courier.Spool.
func (s *Store) Report(ctx context.Context, name string, state courier.State) (found bool, err error) {
	if state != courier.Delivered && state != courier.Bounced {
		return false, errors.New("issuer's store: a carrier reports delivered or bounced")
	}
	err = s.write(ctx, func(t *sqlfile.Tx) error {
		// A bounce may come after a relay's delivery report, never the reverse.
		if _, err := t.Exec("UPDATE message SET state = ? WHERE name = ? AND state IN ('sent', 'delivered')", string(state), name); err != nil {
			return err
		}
		var one int
		found, err = t.Row("SELECT 1 FROM message WHERE name = ? AND state IN ('sent', 'delivered', 'bounced')", []any{name}, &one)
		return err
	})
	return found, err
}

// Counts implements courier.Spool.
func (s *Store) Counts(ctx context.Context) (counts []courier.Count, err error) {
	var c courier.Count
	err = s.file.Read(ctx, "SELECT kind, channel, operator, country, state, count(*) FROM message GROUP BY kind, channel, operator, country, state", nil,
		[]any{&c.Kind, &c.Channel, &c.Operator, &c.Country, &c.State, &c.Number}, func() error {
			counts = append(counts, c)
			return nil
		})
	if err != nil {
		return nil, fmt.Errorf("issuer's store: %w", err)
	}
	return counts, nil
}

// Again implements issuer.Store.
func (s *Store) Again(ctx context.Context, now time.Time) (n int, err error) {
	err = s.write(ctx, func(t *sqlfile.Tx) error {
		changed, err := t.Exec("UPDATE message SET state = 'pending', due = ? WHERE state = 'refused'", now.Unix())
		n = int(changed)
		return err
	})
	return n, err
}

// Undelivered implements issuer.Store.
func (s *Store) Undelivered(ctx context.Context, kind courier.Kind) ([]issuer.Person, error) {
	return s.people(ctx, `WHERE EXISTS (SELECT 1 FROM message WHERE message.urn = person.urn AND message.number = person.number
		AND kind = ? AND state IN ('bounced', 'refused')) ORDER BY urn, number`, string(kind))
}

// Letters implements issuer.Store.
func (s *Store) Letters(ctx context.Context, kind courier.Kind, limit int) (rows []courier.Row, err error) {
	r := courier.Row{Channel: courier.Post, Attempts: 1}
	err = s.file.Read(ctx, `SELECT kind, urn, number, message.generation, name, address, language FROM message JOIN person USING (urn, number)
		WHERE message.channel = 'post' AND kind = ? AND `+ready+` ORDER BY urn, number LIMIT ?`,
		[]any{string(kind), limit}, []any{&r.Kind, &r.Urn, &r.Elector, &r.Generation, &r.Name, &r.Address, &r.Language}, func() error {
			rows = append(rows, r)
			return nil
		})
	if err != nil {
		return nil, fmt.Errorf("issuer's store: %w", err)
	}
	return rows, nil
}
