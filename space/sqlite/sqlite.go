// Package sqlite keeps spaces in one SQLite file (package sqlfile), the embedded engine of
// space.Store. Every key begins with the organisation, and every query names it first.
package sqlite

import (
	"bytes"
	"context"
	"errors"
	"fmt"

	"isoloir/scrutin"
	"isoloir/space"
	"isoloir/sqlfile"
)

var _ space.Store = (*Store)(nil)

// A Store is an open file.
type Store struct{ file *sqlfile.File }

// Open opens the file at path, or makes it.
func Open(ctx context.Context, path string) (*Store, error) {
	file, err := sqlfile.Open(ctx, path, schema, 0)
	if err != nil {
		return nil, wrap(err)
	}
	return &Store{file}, nil
}

// Shut closes the file.
func (s *Store) Shut() error { return s.file.Close() }

func wrap(err error) error {
	if err == nil || errors.Is(err, space.ErrUnknown) || errors.Is(err, space.ErrOther) || errors.Is(err, space.ErrStale) {
		return err
	}
	return fmt.Errorf("store of spaces: %w", err)
}

func (s *Store) write(ctx context.Context, do func(*sqlfile.Tx) error) error {
	return wrap(s.file.Write(ctx, do))
}

// insert adds a row where none of its key stands: ErrOther.
func insert(t *sqlfile.Tx, query string, args ...any) error {
	n, err := t.Exec(query, args...)
	if err == nil && n == 0 {
		err = space.ErrOther
	}
	return err
}

// one reads a row: ErrUnknown.
func (s *Store) one(ctx context.Context, query string, args, dest []any) error {
	found := false
	err := s.file.Read(ctx, query, args, dest, func() error { found = true; return nil })
	if err == nil && !found {
		err = space.ErrUnknown
	}
	return wrap(err)
}

// PutOrganisation implements space.Store.
func (s *Store) PutOrganisation(ctx context.Context, org string, text []byte) error {
	return s.write(ctx, func(t *sqlfile.Tx) error {
		var had []byte
		found, err := t.Row("SELECT text FROM organisation WHERE organisation = ?", []any{org}, &had)
		switch {
		case err != nil:
			return err
		case found && bytes.Equal(had, text):
			return nil
		}
		return insert(t, "INSERT OR IGNORE INTO organisation (organisation, text) VALUES (?, ?)", org, text)
	})
}

// Organisations are those that have a space here, by their identifiers.
func (s *Store) Organisations(ctx context.Context) (ids []string, err error) {
	var id string
	err = s.file.Read(ctx, "SELECT organisation FROM organisation ORDER BY organisation", nil, []any{&id}, func() error { ids = append(ids, id); return nil })
	return ids, wrap(err)
}

// Organisation implements space.Store.
func (s *Store) Organisation(ctx context.Context, org string) (text []byte, err error) {
	var raw []byte
	err = s.one(ctx, "SELECT text FROM organisation WHERE organisation = ?", []any{org}, []any{&raw})
	return bytes.Clone(raw), err
}

// AddPerson implements space.Store.
func (s *Store) AddPerson(ctx context.Context, org string, p space.Person) error {
	return s.write(ctx, func(t *sqlfile.Tx) error {
		return insert(t, "INSERT OR IGNORE INTO person (organisation, id, label, role, constituency, ended) VALUES (?, ?, ?, ?, ?, ?)", org, p.ID, p.Label, p.Role, p.Constituency, p.Ended)
	})
}

// Person implements space.Store.
func (s *Store) Person(ctx context.Context, org, id string) (space.Person, error) {
	p := space.Person{ID: id}
	return p, s.one(ctx, "SELECT label, role, constituency, ended FROM person WHERE organisation = ? AND id = ?", []any{org, id}, []any{&p.Label, &p.Role, &p.Constituency, &p.Ended})
}

// People implements space.Store.
func (s *Store) People(ctx context.Context, org string) (all []space.Person, err error) {
	var p space.Person
	err = s.file.Read(ctx, "SELECT id, label, role, constituency, ended FROM person WHERE organisation = ? ORDER BY label, id", []any{org},
		[]any{&p.ID, &p.Label, &p.Role, &p.Constituency, &p.Ended}, func() error { all = append(all, p); return nil })
	return all, wrap(err)
}

// EndPerson implements space.Store.
func (s *Store) EndPerson(ctx context.Context, org, id string) error {
	return s.write(ctx, func(t *sqlfile.Tx) error {
		n, err := t.Exec("UPDATE person SET ended = 1 WHERE organisation = ? AND id = ?", org, id)
		if err == nil && n == 0 {
			err = space.ErrUnknown
		}
		return err
	})
}

// Keep implements space.Store.
func (s *Store) Keep(ctx context.Context, org string, facts ...space.Fact) error {
	return s.write(ctx, func(t *sqlfile.Tx) error {
		for _, f := range facts {
			if err := insert(t, "INSERT OR IGNORE INTO fact (organisation, kind, name, value) VALUES (?, ?, ?, ?)", org, f.Kind, f.Name, append([]byte{}, f.Value...)); err != nil {
				return err
			}
		}
		return nil
	})
}

// Fact implements space.Store.
func (s *Store) Fact(ctx context.Context, org, kind, name string) ([]byte, bool, error) {
	var value []byte
	err := s.one(ctx, "SELECT value FROM fact WHERE organisation = ? AND kind = ? AND name = ?", []any{org, kind, name}, []any{&value})
	if errors.Is(err, space.ErrUnknown) {
		return nil, false, nil
	}
	return bytes.Clone(value), err == nil, err
}

// Facts implements space.Store.
func (s *Store) Facts(ctx context.Context, org, kind string) (all []space.Fact, err error) {
	var f space.Fact
	err = s.file.Read(ctx, "SELECT name, value FROM fact WHERE organisation = ? AND kind = ? ORDER BY name", []any{org, kind}, []any{&f.Name, &f.Value}, func() error {
		all = append(all, space.Fact{Kind: kind, Name: f.Name, Value: bytes.Clone(f.Value)})
		return nil
	})
	return all, wrap(err)
}

// PutFile implements space.Store.
func (s *Store) PutFile(ctx context.Context, org string, f space.File) error {
	return s.write(ctx, func(t *sqlfile.Tx) error {
		_, err := t.Exec("INSERT OR IGNORE INTO file (organisation, digest, media, data) VALUES (?, ?, ?, ?)", org, f.Digest[:], f.Media, f.Data)
		return err
	})
}

// File implements space.Store.
func (s *Store) File(ctx context.Context, org string, digest scrutin.Digest) (space.File, error) {
	f := space.File{Digest: digest}
	var data []byte
	err := s.one(ctx, "SELECT media, data FROM file WHERE organisation = ? AND digest = ?", []any{org, digest[:]}, []any{&f.Media, &data})
	f.Data = bytes.Clone(data)
	return f, err
}
