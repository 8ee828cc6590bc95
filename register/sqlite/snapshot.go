package sqlite

import (
	"context"
	"fmt"

	"isoloir/register"
	"isoloir/register/access"
)

// Snapshot implements access.Store.
func (s *Store) Snapshot(ctx context.Context, constituencies []string, choose func([]access.Candidate, map[string]int) (map[register.Number]string, error)) error {
	return s.write(ctx, func(t *tx) error {
		left, err := t.left()
		if err != nil {
			return err
		}
		var all []access.Candidate
		for _, c := range constituencies {
			found, err := t.candidates(c)
			if err != nil {
				return err
			}
			all = append(all, found...)
		}
		taken, err := choose(all, left)
		if err != nil {
			return err
		}
		var serial int64
		if _, err := t.Row("SELECT coalesce(max(serial), 0) + 1 FROM shown", nil, &serial); err != nil {
			return err
		}
		for _, c := range constituencies {
			if _, err := t.Exec("DELETE FROM shown WHERE number IN (SELECT number FROM card WHERE constituency = ?)", c); err != nil {
				return err
			}
		}
		for _, a := range all {
			urn, in := taken[a.Number]
			if !in {
				continue
			}
			if _, err := t.Exec("INSERT INTO shown (number, serial, urn) VALUES (?, ?, ?)", int64(a.Number), serial, urn); err != nil {
				return err
			}
		}
		return nil
	})
}

// left counts, for each group in which accounts were shown last, those that are still used.
func (t *tx) left() (map[string]int, error) {
	left := map[string]int{}
	var serial int64
	var urn string
	var n int
	err := t.Rows("SELECT serial, urn, count(*) FROM shown JOIN card USING (number) WHERE state = ? GROUP BY serial, urn", []any{int(register.Used)}, []any{&serial, &urn, &n},
		func() error { left[groupName(serial, urn)] = n; return nil })
	return left, err
}

func groupName(serial int64, urn string) string { return fmt.Sprintf("%d/%s", serial, urn) }

func (t *tx) candidates(constituency string) (out []access.Candidate, err error) {
	var number, serial int64
	var urn string
	var key, proof []byte
	err = t.Rows(`SELECT number, key, proof, coalesce(serial, 0), coalesce(urn, '') FROM account JOIN card USING (number) LEFT JOIN shown USING (number)
		WHERE constituency = ? AND state = ? ORDER BY key`, []any{constituency, int(register.Used)}, []any{&number, &key, &proof, &serial, &urn}, func() error {
		a := access.Candidate{Account: access.Account{Number: register.Number(number), State: register.Used, Constituency: constituency}}
		copy(a.Key[:], key)
		copy(a.Proof[:], proof)
		if serial > 0 {
			a.Last = groupName(serial, urn)
		}
		out = append(out, a)
		return nil
	})
	return out, err
}
