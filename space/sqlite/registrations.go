package sqlite

import (
	"context"

	"isoloir/space"
	"isoloir/sqlfile"
)

// AddRegistration implements space.Store.
func (s *Store) AddRegistration(ctx context.Context, org string, r space.Registration, person string) error {
	return s.write(ctx, func(t *sqlfile.Tx) error {
		return insert(t, "INSERT OR IGNORE INTO registration (organisation, id, person, name, born, constituency, address, state, decided_by, reason, day) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
			org, r.ID, person, r.Name, r.Born, r.Constituency, r.Address, r.State, r.By, r.Reason, r.Day)
	})
}

// Registrations implements space.Store.
func (s *Store) Registrations(ctx context.Context, org string) (all []space.Registration, err error) {
	var r space.Registration
	err = s.file.Read(ctx, "SELECT id, name, born, constituency, address, state, decided_by, reason, day FROM registration WHERE organisation = ? ORDER BY name, born, id", []any{org},
		[]any{&r.ID, &r.Name, &r.Born, &r.Constituency, &r.Address, &r.State, &r.By, &r.Reason, &r.Day}, func() error { all = append(all, r); return nil })
	return all, wrap(err)
}

// DecideRegistration implements space.Store.
func (s *Store) DecideRegistration(ctx context.Context, org, id, state, by, reason string) error {
	return s.write(ctx, func(t *sqlfile.Tx) error {
		var person string
		found, err := t.Row("SELECT person FROM registration WHERE organisation = ? AND id = ? AND state = ?", []any{org, id, space.Asked}, &person)
		if err == nil && !found {
			err = space.ErrUnknown
		}
		if err != nil {
			return err
		}
		if state == space.Accepted {
			var other string
			found, err := t.Row("SELECT id FROM registration WHERE organisation = ? AND person = ? AND state = ?", []any{org, person, space.Accepted}, &other)
			if err == nil && found {
				err = space.ErrOther
			}
			if err != nil {
				return err
			}
		}
		_, err = t.Exec("UPDATE registration SET state = ?1, decided_by = ?2, reason = ?3, address = '', day = CASE WHEN ?1 = ?4 THEN 0 ELSE day END WHERE organisation = ?5 AND id = ?6", state, by, reason, space.Accepted, org, id)
		return err
	})
}

// ForgetRegistrations implements space.Store.
func (s *Store) ForgetRegistrations(ctx context.Context, org string, before int) error {
	return s.write(ctx, func(t *sqlfile.Tx) error {
		_, err := t.Exec("DELETE FROM registration WHERE organisation = ? AND state <> ? AND day < ?", org, space.Accepted, before)
		return err
	})
}
