package sqlite

import (
	"context"
	"fmt"
	"time"

	"isoloir/courier"
	"isoloir/issuer"
	"isoloir/sqlfile"
)

// nobody is the urn and the number of a request by an address that the book has not.
const nobody = -1

// Ask implements issuer.Store.
func (s *Store) Ask(ctx context.Context, address string, desk bool, limit int) error {
	return s.write(ctx, func(t *sqlfile.Tx) error {
		var there int
		if _, err := t.Row("SELECT count(*) FROM (SELECT 1 FROM asked LIMIT ?)", []any{limit}, &there); err != nil {
			return err
		}
		if there >= limit {
			return fmt.Errorf("%d requests for new codes wait: %w", there, issuer.ErrBusy)
		}
		urn, number := nobody, nobody
		if _, err := t.Row("SELECT urn, number FROM person WHERE lookup = ? ORDER BY urn, number LIMIT 1", []any{address}, &urn, &number); err != nil {
			return err
		}
		_, err := t.Exec("INSERT INTO asked (desk, urn, number) VALUES (?, ?, ?)", desk, urn, number)
		return err
	})
}

// Begin implements issuer.Store.
func (s *Store) Begin(ctx context.Context, now time.Time, pace int, name func(courier.Key) string) (renewed []issuer.Person, there bool, err error) {
	err = s.write(ctx, func(t *sqlfile.Tx) error {
		renewed = nil
		if _, err := t.Exec("DELETE FROM begun WHERE at <= ?", now.Add(-time.Hour).Unix()); err != nil {
			return err
		}
		var id, begun int64
		var urn, number int
		if _, err := t.Row("SELECT count(*) FROM begun", nil, &begun); err != nil {
			return err
		}
		there, err = t.Row("SELECT id, urn, number FROM asked WHERE ? OR urn = ? ORDER BY desk DESC, id LIMIT 1",
			[]any{begun < int64(pace), nobody}, &id, &urn, &number)
		if err != nil || !there {
			return err
		}
		if renewed, err = renewAll(t, urn, number, now, name); err != nil {
			return err
		}
		for range renewed {
			if _, err := t.Exec("INSERT INTO begun (at) VALUES (?)", now.Unix()); err != nil {
				return err
			}
		}
		_, err := t.Exec("DELETE FROM asked WHERE id = ? OR urn = ? AND number = ? AND urn <> ?", id, urn, number, nobody)
		return err
	})
	return renewed, there, err
}

// renewAll renews the codes of everybody whom the address of an elector reaches.
func renewAll(t *sqlfile.Tx, urn, number int, now time.Time, name func(courier.Key) string) (renewed []issuer.Person, err error) {
	var reached []issuer.Person
	var p issuer.Person
	var deposited int64
	if err := t.Rows("SELECT "+columns+" FROM person WHERE lookup = (SELECT lookup FROM person WHERE urn = ? AND number = ?) ORDER BY urn, number",
		[]any{urn, number}, fields(&p, &deposited), func() error {
			reached = append(reached, p)
			return nil
		}); err != nil {
		return nil, err
	}
	for _, p := range reached {
		done, err := renew(t, &p, now, name)
		if err != nil {
			return nil, err
		}
		if done {
			renewed = append(renewed, p)
		}
	}
	return renewed, nil
}

// Asked implements issuer.Store.
func (s *Store) Asked(ctx context.Context) (n int, err error) {
	if err := s.file.Read(ctx, "SELECT count(DISTINCT urn * 4294967296 + number) FROM asked WHERE urn <> ?", []any{nobody}, []any{&n}, func() error { return nil }); err != nil {
		return 0, fmt.Errorf("issuer's store: %w", err)
	}
	return n, nil
}
