package sqlite

import (
	"bytes"
	"context"

	"isoloir/register"
)

// decided are the acts, which are added to and nothing else.
const decided = `
CREATE TABLE IF NOT EXISTS act (number INTEGER NOT NULL PRIMARY KEY, note BLOB NOT NULL) STRICT, WITHOUT ROWID;
CREATE TRIGGER IF NOT EXISTS act_stays BEFORE DELETE ON act BEGIN SELECT raise(ABORT, 'an act stays'); END;
CREATE TRIGGER IF NOT EXISTS act_same BEFORE UPDATE ON act BEGIN SELECT raise(ABORT, 'an act stays as it is'); END;
`

// enact enters the act that sign makes of the last one.
func (t *tx) enact(sign func(last []byte) ([]byte, error)) error {
	var last []byte
	if _, err := t.Row("SELECT note FROM act ORDER BY number DESC LIMIT 1", nil, &last); err != nil {
		return err
	}
	signed, err := sign(last)
	if err != nil {
		return err
	}
	_, err = t.Exec("INSERT INTO act (number, note) SELECT coalesce(max(number), 0) + 1, ? FROM act", signed)
	return err
}

// Enact enters the act that sign makes of the last one, nil for none, which changes nothing else.
func (s *Store) Enact(ctx context.Context, sign func(last []byte) ([]byte, error)) error {
	return s.write(ctx, func(t *tx) error { return t.enact(sign) })
}

// Acts implements register.Store.
func (s *Store) Acts(ctx context.Context) (signed [][]byte, err error) {
	var one []byte
	err = s.file.Read(ctx, "SELECT note FROM act ORDER BY number", nil, []any{&one}, func() error {
		signed = append(signed, bytes.Clone(one))
		return nil
	})
	return signed, wrap(err)
}

// Allow implements register.Store.
func (s *Store) Allow(ctx context.Context, distribution int, station, reason string, sign func(last []byte) ([]byte, error)) error {
	return s.write(ctx, func(t *tx) error {
		if err := t.enact(sign); err != nil {
			return err
		}
		return t.putBox(distribution, station, register.Box{Counted: -1, Left: -1, Allowed: reason})
	})
}

// Invalidate implements register.Store.
func (s *Store) Invalidate(ctx context.Context, n register.Number, sign func(register.Card, []byte) ([]byte, error)) error {
	return s.write(ctx, func(t *tx) error {
		c := register.Card{Number: n}
		var state int
		found, err := t.Row("SELECT distribution, constituency, station, state FROM card WHERE number = ?", []any{int64(n)}, &c.Distribution, &c.Constituency, &c.Station, &state)
		if err != nil || !found {
			if err == nil {
				err = register.ErrUnknown
			}
			return err
		}
		c.State = register.State(state)
		now, err := t.pending(n, c.State)
		switch {
		case err != nil:
			return err
		case c.State == register.Invalid:
			return register.ErrOver
		case c.State == register.Made || now != c.State: // what waits is told to nobody
			return register.ErrUnborn
		}
		if err := t.enact(func(last []byte) ([]byte, error) { return sign(c, last) }); err != nil {
			return err
		}
		return t.turn(n, register.Invalid)
	})
}

// Sent implements register.Store.
func (s *Store) Sent(ctx context.Context, distribution int, sign func(last []byte) ([]byte, error)) (moved int, err error) {
	err = s.write(ctx, func(t *tx) error {
		var number int64
		var token []byte
		if err := t.Rows("SELECT number, token FROM card WHERE distribution = ?", []any{distribution}, []any{&number, &token}, func() error {
			if want := register.NoToken(register.Number(number)); !bytes.Equal(token, want[:]) {
				return register.ErrOther
			}
			return nil
		}); err != nil {
			return err
		}
		n, err := t.Exec("UPDATE card SET state = ? WHERE distribution = ? AND state = ?", int(register.Active), distribution, int(register.Made))
		if err != nil || n == 0 {
			return err
		}
		moved = int(n)
		return t.enact(sign)
	})
	return moved, err
}
