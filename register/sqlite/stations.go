package sqlite

import (
	"bytes"
	"context"
	"fmt"

	"isoloir/register"
	"isoloir/scrutin"
)

// Invite implements register.Store.
func (s *Store) Invite(ctx context.Context, code scrutin.Digest, station string, until int64) error {
	return s.write(ctx, func(t *tx) error {
		_, err := t.Exec("INSERT INTO invitation (code, station, until, device) VALUES (?, ?, ?, x'')", code[:], station, until)
		return err
	})
}

// Enrol implements register.Store.
func (s *Store) Enrol(ctx context.Context, code scrutin.Digest, now int64, id register.ID, key []byte) (station string, err error) {
	err = s.write(ctx, func(t *tx) error {
		var until int64
		var taken, had []byte
		found, err := t.Row("SELECT station, until, device FROM invitation WHERE code = ?", []any{code[:]}, &station, &until, &taken)
		if err != nil {
			return err
		}
		if found && bytes.Equal(taken, id[:]) {
			if _, err := t.Row("SELECT key FROM device WHERE id = ?", []any{id[:]}, &had); err != nil || bytes.Equal(had, key) {
				return err
			}
		}
		if !found || len(taken) > 0 || now >= until {
			return register.ErrUsed
		}
		if fresh, err := t.Exec("INSERT OR IGNORE INTO device (id, station, key, retired) VALUES (?, ?, ?, 0)", id[:], station, key); err != nil || fresh == 0 {
			if err == nil {
				err = fmt.Errorf("device: %w", register.ErrOther)
			}
			return err
		}
		_, err = t.Exec("UPDATE invitation SET device = ? WHERE code = ?", id[:], code[:])
		return err
	})
	if err != nil {
		return "", err
	}
	return station, nil
}

// Device implements register.Store.
func (s *Store) Device(ctx context.Context, id register.ID) (d register.Device, err error) {
	found := false
	var key []byte
	err = s.file.Read(ctx, "SELECT station, key, retired FROM device WHERE id = ?", []any{id[:]}, []any{&d.Station, &key, &d.Retired}, func() error {
		found = true
		return nil
	})
	if err == nil && !found {
		return d, register.ErrUnknown
	}
	d.ID, d.Key = id, bytes.Clone(key)
	return d, wrap(err)
}

// Devices implements register.Store.
func (s *Store) Devices(ctx context.Context, station string, yield func(register.Device) error) error {
	d := register.Device{Station: station}
	var id, key []byte
	return wrap(s.file.Read(ctx, "SELECT id, key, retired FROM device WHERE station = ? ORDER BY id", []any{station}, []any{&id, &key, &d.Retired}, func() error {
		d.ID, d.Key = register.ID(id), bytes.Clone(key)
		return yield(d)
	}))
}

// Retire implements register.Store.
func (s *Store) Retire(ctx context.Context, id register.ID) error {
	return s.write(ctx, func(t *tx) error {
		n, err := t.Exec("UPDATE device SET retired = 1 WHERE id = ?", id[:])
		if err == nil && n == 0 {
			err = register.ErrUnknown
		}
		return err
	})
}

// Counts implements register.Store.
func (s *Store) Counts(ctx context.Context, distribution int, station string) (c register.Count, err error) {
	fields := map[string]*int{"activated": &c.Activated, "invalidated": &c.Invalidated, "again": &c.Again, "taken": &c.Taken, "checked": &c.Checked, "proxies": &c.Proxies}
	var kind string
	var n int
	err = s.file.Read(ctx, "SELECT kind, n FROM counter WHERE distribution = ? AND station = ?", []any{distribution, station}, []any{&kind, &n}, func() error {
		*fields[kind] = n
		return nil
	})
	return c, wrap(err)
}

// PutBox implements register.Store.
func (s *Store) PutBox(ctx context.Context, name register.ID, distribution int, station string, b register.Box) error {
	return s.write(ctx, func(t *tx) error {
		if name != (register.ID{}) {
			if fresh, err := t.once(name); err != nil || !fresh {
				return err
			}
		}
		return t.putBox(distribution, station, b)
	})
}

func (t *tx) putBox(distribution int, station string, b register.Box) error {
	_, err := t.Exec(`INSERT INTO box (distribution, station, counted, remaining, allowed) VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT DO UPDATE SET
		counted = iif(?3 < 0, counted, ?3), remaining = iif(?4 < 0, remaining, ?4), allowed = iif(?5 = '', iif(?3 < 0 OR ?3 = counted, allowed, ''), ?5)`,
		distribution, station, b.Counted, b.Left, b.Allowed)
	return err
}

// GetBox implements register.Store.
func (s *Store) GetBox(ctx context.Context, distribution int, station string) (register.Box, error) {
	b := register.Box{Counted: -1, Left: -1}
	err := s.file.Read(ctx, "SELECT counted, remaining, allowed FROM box WHERE distribution = ? AND station = ?",
		[]any{distribution, station}, []any{&b.Counted, &b.Left, &b.Allowed}, func() error { return nil })
	return b, wrap(err)
}
