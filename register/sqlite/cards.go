package sqlite

import (
	"bytes"
	"context"
	"fmt"
	"slices"

	"isoloir/register"
	"isoloir/scrutin"
)

// Open implements register.Store.
func (s *Store) Open(ctx context.Context, text []byte, number int, cards []register.Card) error {
	digest := digestOf(cards)
	return s.write(ctx, func(t *tx) error {
		var there, of []byte
		found, err := t.Row("SELECT text, cards FROM distribution WHERE number = ?", []any{number}, &there, &of)
		if err != nil {
			return err
		}
		if found {
			if bytes.Equal(there, text) && bytes.Equal(of, digest[:]) {
				return nil
			}
			return fmt.Errorf("distribution %d: %w", number, register.ErrOther)
		}
		for _, c := range cards {
			fresh, err := t.Exec("INSERT OR IGNORE INTO card (number, distribution, constituency, station, token, login, state) VALUES (?, ?, ?, ?, ?, ?, ?)",
				int64(c.Number), number, c.Constituency, c.Station, c.Token[:], c.Login[:], int(c.State))
			if err != nil {
				return err
			}
			if fresh == 0 {
				return fmt.Errorf("card %s: %w", c.Number, register.ErrOther)
			}
		}
		_, err = t.Exec("INSERT INTO distribution (number, text, cards, finished) VALUES (?, ?, ?, 0)", number, text, digest[:])
		return err
	})
}

// digestOf names a set of cards, in whatever order they come.
func digestOf(cards []register.Card) scrutin.Digest {
	lines := make([]string, len(cards))
	for i, c := range cards {
		lines[i] = fmt.Sprintln(uint64(c.Number), c.Constituency, c.Station, c.Token, c.Login)
	}
	slices.Sort(lines)
	var all []byte
	for _, l := range lines {
		all = append(all, l...)
	}
	return scrutin.DigestOf(all)
}

// Distributions implements register.Store.
func (s *Store) Distributions(ctx context.Context) (texts [][]byte, finished []bool, err error) {
	var text []byte
	var over bool
	err = s.file.Read(ctx, "SELECT text, finished FROM distribution ORDER BY number", nil, []any{&text, &over}, func() error {
		texts, finished = append(texts, bytes.Clone(text)), append(finished, over)
		return nil
	})
	return texts, finished, wrap(err)
}

// Cards implements register.Store.
func (s *Store) Cards(ctx context.Context, distribution int, yield func(register.Card) error) error {
	var c register.Card
	var number int64
	var state int
	var token, login []byte
	return wrap(s.file.Read(ctx, "SELECT number, constituency, station, token, login, state FROM card WHERE distribution = ? ORDER BY number",
		[]any{distribution}, []any{&number, &c.Constituency, &c.Station, &token, &login, &state}, func() error {
			c.Number, c.State, c.Distribution = register.Number(number), register.State(state), distribution
			copy(c.Token[:], token)
			copy(c.Login[:], login)
			return yield(c)
		}))
}

// Handed implements register.Store.
func (s *Store) Handed(ctx context.Context, distribution int, yield func(register.Card, bool) error) error {
	c := register.Card{Distribution: distribution}
	var number int64
	var handed bool
	return wrap(s.file.Read(ctx, "SELECT number, constituency, station, handed FROM card WHERE distribution = ? ORDER BY number",
		[]any{distribution}, []any{&number, &c.Constituency, &c.Station, &handed}, func() error {
			c.Number = register.Number(number)
			return yield(c, handed)
		}))
}

// Checked implements register.Store.
func (s *Store) Checked(ctx context.Context, distribution int, yield func(register.Number) error) error {
	var number int64
	return wrap(s.file.Read(ctx, "SELECT number FROM checked WHERE number IN (SELECT number FROM card WHERE distribution = ?) ORDER BY number",
		[]any{distribution}, []any{&number}, func() error { return yield(register.Number(number)) }))
}

func wrap(err error) error {
	if err != nil {
		return fmt.Errorf("register's store: %w", err)
	}
	return nil
}
