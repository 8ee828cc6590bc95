package sqlite

import (
	"cmp"
	"context"
	"slices"

	"isoloir/register"
)

// card finds one by its token, as scans have left it; nil if there is none.
func (t *tx) card(token []byte) (*register.Card, error) {
	var c register.Card
	var number int64
	var state int
	var hash, login []byte
	found, err := t.Row("SELECT distribution, number, constituency, station, token, login, state FROM card WHERE token = ?", []any{token},
		&c.Distribution, &number, &c.Constituency, &c.Station, &hash, &login, &state)
	if err != nil || !found {
		return nil, err
	}
	c.Number = register.Number(number)
	copy(c.Token[:], hash)
	copy(c.Login[:], login)
	c.State, err = t.pending(c.Number, register.State(state))
	return &c, err
}

// Scan implements register.Store.
func (s *Store) Scan(ctx context.Context, a register.Attempt) (answer register.Answer, err error) {
	err = s.write(ctx, func(t *tx) error {
		var said int
		found, err := t.Row("SELECT answer FROM seen WHERE name = ?", []any{a.Name[:]}, &said)
		if err != nil || found {
			answer = register.Answer(said)
			return err
		}
		c, err := t.card(a.Token[:])
		if err != nil {
			return err
		}
		next, settled := a.Judge(c)
		answer = settled
		if _, err := t.Exec("INSERT INTO seen (name, answer) VALUES (?, ?)", a.Name[:], int(settled)); err != nil {
			return err
		}
		kind := a.Kind(settled)
		if kind == "" {
			return nil
		}
		if next != c.State {
			if err := t.wait(c.Number, next); err != nil {
				return err
			}
		}
		if kind == "checked" {
			if fresh, err := t.Exec("INSERT OR IGNORE INTO checked (number) VALUES (?)", int64(c.Number)); err != nil || fresh == 0 {
				return err
			}
		}
		return t.count(a.Distribution, a.Station, kind)
	})
	return answer, err
}

// once says whether a name was not there yet, and keeps it.
func (t *tx) once(name register.ID) (bool, error) {
	fresh, err := t.Exec("INSERT OR IGNORE INTO seen (name, answer) VALUES (?, 0)", name[:])
	return fresh > 0, err
}

// Proxy implements register.Store.
func (s *Store) Proxy(ctx context.Context, distribution int, name register.ID, station string) error {
	return s.write(ctx, func(t *tx) error {
		if fresh, err := t.once(name); err != nil || !fresh {
			return err
		}
		return t.count(distribution, station, "proxies")
	})
}

// A change is what scans have made of a card.
type change struct {
	number  register.Number
	state   register.State
	station string
}

// Flush implements register.Store.
func (s *Store) Flush(ctx context.Context, least int) (moved int, err error) {
	if err := s.write(ctx, func(t *tx) error { moved, err = t.flush(least); return err }); err != nil || moved == 0 {
		return 0, err
	}
	return moved, s.sweep(ctx)
}

// flush enters what waits at the stations where that is at least so many, in the order of
// the numbers; what is left waits on under another key.
func (t *tx) flush(least int) (moved int, err error) {
	if t.key == nil {
		return 0, nil
	}
	var changes []change
	var name, box []byte
	if err := t.Rows("SELECT name, box FROM pending", nil, []any{&name, &box}, func() error {
		number, state, err := t.open(name, box)
		changes = append(changes, change{number: number, state: state})
		return err
	}); err != nil {
		return 0, err
	}
	waiting := map[string]int{}
	for i := range changes {
		c := &changes[i]
		if _, err := t.Row("SELECT station FROM card WHERE number = ?", []any{int64(c.number)}, &c.station); err != nil {
			return 0, err
		}
		waiting[c.station]++
	}
	var left []change
	slices.SortFunc(changes, func(a, b change) int { return cmp.Compare(a.number, b.number) })
	for _, c := range changes {
		if waiting[c.station] < least {
			left = append(left, c)
			continue
		}
		if _, err := t.Exec("UPDATE card SET state = ? WHERE number = ?", int(c.state), int64(c.number)); err != nil {
			return 0, err
		}
		moved++
	}
	if moved == 0 {
		return 0, nil
	}
	if _, err := t.Exec("DELETE FROM pending"); err != nil {
		return 0, err
	}
	if err := t.nextKey(); err != nil {
		return 0, err
	}
	for _, c := range left {
		if err := t.wait(c.number, c.state); err != nil {
			return 0, err
		}
	}
	return moved, nil
}

// Finish implements register.Store.
func (s *Store) Finish(ctx context.Context, distribution int, ends []string) error {
	if err := s.write(ctx, func(t *tx) error {
		if _, err := t.flush(0); err != nil {
			return err
		}
		if _, err := t.Exec("UPDATE card SET state = ? WHERE distribution = ? AND state = ?", int(register.Invalid), distribution, int(register.Made)); err != nil {
			return err
		}
		for _, constituency := range ends {
			if _, err := t.Exec("UPDATE card SET state = ? WHERE distribution < ? AND constituency = ? AND state <> ?",
				int(register.Invalid), distribution, constituency, int(register.Invalid)); err != nil {
				return err
			}
		}
		if _, err := t.Exec("UPDATE card SET handed = state <> ? WHERE distribution = ?", int(register.Invalid), distribution); err != nil {
			return err
		}
		_, err := t.Exec("UPDATE distribution SET finished = 1 WHERE number = ?", distribution)
		return err
	}); err != nil {
		return err
	}
	return s.sweep(ctx)
}
