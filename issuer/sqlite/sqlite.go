// Package sqlite keeps an issuer's address book and spool in one SQLite file
// (package sqlfile). It is the embedded engine of issuer.Store: no server, no
// set-up.
//
// How it keeps the promises of issuer.Store: a lease is an instant before which a
// row is not due, written in the transaction that gives the row out, so that a
// process that ends leaves nothing to clean up; a row is only ever settled from
// pending; and a new generation, the message about it and the end of older messages
// are one transaction.
package sqlite

import (
	"context"
	"fmt"
	"time"

	"isoloir/courier"
	"isoloir/issuer"
	"isoloir/sqlfile"
)

var _ issuer.Store = (*Store)(nil)

// A Store is an open file. It implements issuer.Store.
type Store struct{ file *sqlfile.File }

// Options may be left zero.
type Options struct {
	// MaxPages limits the file to so many pages of 4,096 bytes; 0 is no limit.
	MaxPages int
}

// Open opens the file at path, or makes it.
func Open(ctx context.Context, path string, o Options) (*Store, error) {
	file, err := sqlfile.Open(ctx, path, schema, o.MaxPages)
	if err != nil {
		return nil, fmt.Errorf("issuer's store: %w", err)
	}
	return &Store{file}, nil
}

// Shut closes the file.
func (s *Store) Shut() error { return s.file.Close() }

func (s *Store) write(ctx context.Context, do func(*sqlfile.Tx) error) error {
	if err := s.file.Write(ctx, do); err != nil {
		return fmt.Errorf("issuer's store: %w", err)
	}
	return nil
}

const columns = "urn, number, reference, channel, address, language, country, generation, deposited"

// people reads the electors that a condition on the table person selects.
func (s *Store) people(ctx context.Context, condition string, args ...any) (list []issuer.Person, err error) {
	var p issuer.Person
	var deposited int64
	err = s.file.Read(ctx, "SELECT "+columns+" FROM person "+condition, args, fields(&p, &deposited), func() error {
		p.Deposited = deposited >= int64(p.Generation)
		list = append(list, p)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("issuer's store: %w", err)
	}
	return list, nil
}

func fields(p *issuer.Person, deposited *int64) []any {
	return []any{&p.Urn, &p.Elector, &p.Reference, &p.Channel, &p.Address, &p.Language, &p.Country, &p.Generation, deposited}
}

func one(list []issuer.Person, err error) (issuer.Person, error) {
	if err != nil || len(list) == 1 {
		return append(list, issuer.Person{})[0], err
	}
	return issuer.Person{}, issuer.ErrUnknown
}

// Person implements issuer.Store.
func (s *Store) Person(ctx context.Context, urn uint16, elector uint32) (issuer.Person, error) {
	return one(s.people(ctx, "WHERE urn = ? AND number = ?", urn, elector))
}

// Reference implements issuer.Store.
func (s *Store) Reference(ctx context.Context, reference string) (issuer.Person, error) {
	return one(s.people(ctx, "WHERE reference = ?", reference))
}

// Reached implements issuer.Store.
func (s *Store) Reached(ctx context.Context, address string) ([]issuer.Person, error) {
	return s.people(ctx, "WHERE lookup = ? ORDER BY urn, number", address)
}

// Each implements issuer.Store.
func (s *Store) Each(ctx context.Context, after *issuer.Person, limit int) ([]issuer.Person, error) {
	if after == nil {
		return s.people(ctx, "ORDER BY urn, number LIMIT ?", limit)
	}
	return s.people(ctx, "WHERE (urn, number) > (?, ?) ORDER BY urn, number LIMIT ?", after.Urn, after.Elector, limit)
}

// Size implements issuer.Store.
func (s *Store) Size(ctx context.Context) (n int, err error) {
	if err := s.file.Read(ctx, "SELECT count(*) FROM person", nil, []any{&n}, func() error { return nil }); err != nil {
		return 0, fmt.Errorf("issuer's store: %w", err)
	}
	return n, nil
}

// Undeposited implements issuer.Store.
func (s *Store) Undeposited(ctx context.Context, limit int) (people []issuer.Person, all int, err error) {
	if err := s.file.Read(ctx, "SELECT count(*) FROM person WHERE deposited < generation", nil, []any{&all}, func() error { return nil }); err != nil {
		return nil, 0, fmt.Errorf("issuer's store: %w", err)
	}
	people, err = s.people(ctx, "WHERE deposited < generation ORDER BY urn, number LIMIT ?", limit)
	return people, all, err
}

// Deposited implements issuer.Store.
func (s *Store) Deposited(ctx context.Context, people []issuer.Person) error {
	return s.write(ctx, func(t *sqlfile.Tx) error {
		for _, p := range people {
			if _, err := t.Exec("UPDATE person SET deposited = max(deposited, ?) WHERE urn = ? AND number = ?", p.Generation, p.Urn, p.Elector); err != nil {
				return err
			}
		}
		return nil
	})
}

// person reads one elector within a transaction.
func person(t *sqlfile.Tx, urn uint16, elector uint32) (p issuer.Person, err error) {
	var deposited int64
	found, err := t.Row("SELECT "+columns+" FROM person WHERE urn = ? AND number = ?", []any{urn, elector}, fields(&p, &deposited)...)
	if err == nil && !found {
		err = issuer.ErrUnknown
	}
	p.Deposited = deposited >= int64(p.Generation)
	return p, err
}

// Renew implements issuer.Store.
func (s *Store) Renew(ctx context.Context, urn uint16, elector uint32, now time.Time, name func(courier.Key) string) (p issuer.Person, done bool, err error) {
	err = s.write(ctx, func(t *sqlfile.Tx) error {
		if p, err = person(t, urn, elector); err != nil {
			return err
		}
		done, err = renew(t, &p, now, name)
		return err
	})
	return p, done, err
}

// renew gives p the next generation if the code of his own has been on its way.
func renew(t *sqlfile.Tx, p *issuer.Person, now time.Time, name func(courier.Key) string) (bool, error) {
	var left int
	found, err := t.Row(`SELECT 1 FROM message WHERE kind IN ('codes', 'renewal') AND urn = ? AND number = ? AND generation = ?
		AND (state <> 'pending' OR attempts > 0) LIMIT 1`, []any{p.Urn, p.Elector, p.Generation}, &left)
	if err != nil || !found {
		return false, err
	}
	if _, err := t.Exec("UPDATE message SET state = 'superseded' WHERE kind IN ('codes', 'renewal') AND urn = ? AND number = ? AND state = 'pending'",
		p.Urn, p.Elector); err != nil {
		return false, err
	}
	p.Generation, p.Deposited = p.Generation+1, false
	if _, err := t.Exec("UPDATE person SET generation = ? WHERE urn = ? AND number = ?", p.Generation, p.Urn, p.Elector); err != nil {
		return false, err
	}
	k := courier.Key{Kind: courier.Renewal, Urn: p.Urn, Elector: p.Elector, Generation: p.Generation}
	_, err = put(t, courier.Row{Key: k, Name: name(k)}, *p, courier.Pending, now)
	return err == nil, err
}
