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

// Import implements issuer.Store.
func (s *Store) Import(ctx context.Context, people []issuer.Person, now time.Time, name func(courier.Key) string) (moved, renewed int, err error) {
	err = s.write(ctx, func(t *sqlfile.Tx) error {
		moved, renewed = 0, 0
		var before int
		if _, err := t.Row("SELECT count(*) FROM person", nil, &before); err != nil {
			return err
		}
		if before > 0 && before != len(people) {
			return fmt.Errorf("%d electors, where %d were imported before: %w", len(people), before, issuer.ErrOtherPeople)
		}
		for _, p := range people {
			if before == 0 {
				if err := add(t, p); err != nil {
					return err
				}
				continue
			}
			changed, again, err := change(t, p, now, name)
			if err != nil {
				return err
			}
			if changed {
				moved++
			}
			if again {
				renewed++
			}
		}
		return nil
	})
	return moved, renewed, err
}

func add(t *sqlfile.Tx, p issuer.Person) error {
	n, err := t.Exec("INSERT INTO person ("+columns+", lookup) VALUES (?, ?, ?, ?, ?, ?, ?, 0, -1, ?) ON CONFLICT DO NOTHING",
		p.Urn, p.Elector, p.Reference, string(p.Channel), p.Address, p.Language, p.Country, issuer.LookUp(p.Channel, p.Address, ""))
	if err == nil && n == 0 {
		err = fmt.Errorf("elector %d of urn number %d, reference %s, stands there twice: %w", p.Elector, p.Urn, p.Reference, issuer.ErrOtherPeople)
	}
	return err
}

// change brings an elector's entry up to date.
func change(t *sqlfile.Tx, p issuer.Person, now time.Time, name func(courier.Key) string) (moved, renewed bool, err error) {
	old, err := person(t, p.Urn, p.Elector)
	if errors.Is(err, issuer.ErrUnknown) || err == nil && old.Reference != p.Reference {
		return false, false, fmt.Errorf("elector %d of urn number %d, reference %s: %w", p.Elector, p.Urn, p.Reference, issuer.ErrOtherPeople)
	}
	if err != nil {
		return false, false, err
	}
	if _, err := t.Exec("UPDATE person SET channel = ?, address = ?, lookup = ?, language = ?, country = ? WHERE urn = ? AND number = ?",
		string(p.Channel), p.Address, issuer.LookUp(p.Channel, p.Address, ""), p.Language, p.Country, p.Urn, p.Elector); err != nil {
		return false, false, err
	}
	if old.Channel == p.Channel && old.Address == p.Address {
		return false, false, nil
	}
	p.Generation = old.Generation
	if renewed, err = renew(t, &p, now, name); err != nil {
		return false, false, err
	}
	if _, err := t.Exec("UPDATE message SET state = 'pending', due = ? WHERE kind = 'information' AND urn = ? AND number = ? AND state IN ('bounced', 'refused')",
		now.Unix(), p.Urn, p.Elector); err != nil {
		return false, false, err
	}
	_, err = t.Exec("UPDATE message SET channel = ?, operator = ?, country = ? WHERE urn = ? AND number = ? AND state = 'pending'",
		string(p.Channel), courier.Operator(p.Channel, p.Address), p.Country, p.Urn, p.Elector)
	return true, renewed, err
}

// Add implements issuer.Store.
func (s *Store) Add(ctx context.Context, from []int, people []issuer.Person) error {
	return s.write(ctx, func(t *sqlfile.Tx) error {
		for urn, first := range from {
			var number uint32
			written, err := t.Row("SELECT number FROM message WHERE urn = ? AND number >= ? AND kind IN ('codes', 'renewal') LIMIT 1", []any{urn, first}, &number)
			switch {
			case err != nil:
				return err
			case written:
				return fmt.Errorf("elector %d of urn number %d has a code on its way: %w", number, urn, issuer.ErrOtherPeople)
			}
			for _, table := range []string{"message", "person"} {
				if _, err := t.Exec("DELETE FROM "+table+" WHERE urn = ? AND number >= ?", urn, first); err != nil {
					return err
				}
			}
		}
		for _, p := range people {
			if err := add(t, p); err != nil {
				return err
			}
		}
		return nil
	})
}
