package inspection

import (
	"bytes"
	"context"
	"encoding/binary"

	"isoloir/integrity"
	"isoloir/roll"
	"isoloir/scrutin"
)

// check compares a row's code.
func (c *course) check(l *integrity.Look, table string, number int64, mac, want []byte) {
	if !bytes.Equal(mac, want) {
		l.Find(table, c.name, c.row(c.number, number), integrity.Changed)
	}
}

func (c *course) reservations(ctx context.Context, l *integrity.Look) (bool, error) {
	var signature, mac []byte
	key := c.Store.Ledger().Key
	return c.page(ctx, l, rows{
		query: "SELECT number, 0, signature, mac FROM reservation WHERE organisation = $1 AND scrutin = $2 AND urn = $3 AND number > $4 ORDER BY number LIMIT $5",
		dest:  []any{&signature, &mac},
		row: func(number, _ int64) {
			c.check(l, "reservation", number, mac, Reservation(key, c.Scope, c.place(number), signature))
		},
		end: c.compare(l, "reservation", "count(*)", Reservations),
	})
}

// held reads authorisations. Who is marked holds none.
func (c *course) held(ctx context.Context, l *integrity.Look) (bool, error) {
	var token, mac []byte
	var since, marked int64
	key, column := c.Store.Ledger().Key, c.Store.Token()
	return c.page(ctx, l, rows{
		query: "SELECT number, 0, " + column + ", since, mac, coalesce((SELECT sequence FROM mark WHERE organisation = $1 AND scrutin = $2 AND urn = $3 AND number = held.number), 0) " +
			"FROM held WHERE organisation = $1 AND scrutin = $2 AND urn = $3 AND number > $4 ORDER BY number LIMIT $5",
		dest: []any{&token, &since, &mac, &marked},
		row: func(number, _ int64) {
			c.check(l, "held", number, mac, Authorisation(key, c.Scope, c.place(number), token, since))
			if marked > 0 {
				l.Find("held", c.name, c.row(c.number, number), integrity.Added)
			}
		},
		end: c.compare(l, "held", "count(*)", Held),
	})
}

func (c *course) logins(ctx context.Context, l *integrity.Look) (bool, error) {
	var generation int64
	var point, masked, mac []byte
	key := c.Store.Ledger().Key
	return c.page(ctx, l, rows{
		query: "SELECT number, issuer, generation, point, masked, mac FROM login WHERE organisation = $1 AND scrutin = $2 AND urn = $3 AND (number, issuer) > ($4, $5) ORDER BY number, issuer LIMIT $6",
		two:   true,
		dest:  []any{&generation, &point, &masked, &mac},
		row: func(number, issuer int64) {
			c.check(l, "login", number, mac, Login(key, c.Scope, c.place(number), int(issuer), uint32(generation), point, masked))
		},
		end: c.compare(l, "login", "coalesce(sum(generation + 1), 0)", Deposits),
	})
}

func (c *course) pairs(ctx context.Context, l *integrity.Look) (bool, error) {
	var urn, in int64
	var mac []byte
	key := c.Store.Ledger().Key
	return c.page(ctx, l, rows{
		query: "SELECT number, companion, in_urn, in_number, mac FROM pair WHERE organisation = $1 AND scrutin = $2 AND urn = $3 AND (number, companion) > ($4, $5) ORDER BY number, companion LIMIT $6",
		two:   true,
		dest:  []any{&urn, &in, &mac},
		row: func(number, companion int64) {
			c.check(l, "pair", number, mac, Pair(key, c.Scope, c.place(number), int(companion), roll.Place{Urn: uint16(urn), Elector: uint32(in)}))
		},
		end: c.compare(l, "pair", "count(*)", Pairs),
	})
}

// named is how many missing electors are named one by one.
const named = 10

// electors reads the roll as it was imported, numbers from 0 without a gap, and makes
// its digest.
func (c *course) electors(ctx context.Context, l *integrity.Look) (bool, error) {
	var reference, station, college, country, language, channels, born, family, given string
	var mac []byte
	key := c.Store.Ledger().Key
	expected := c.last + 1
	var list []byte
	more, err := c.page(ctx, l, rows{
		query: "SELECT number, 0, reference, station, college, country, language, channels, born, family, given, mac FROM elector WHERE organisation = $1 AND scrutin = $2 AND urn = $3 AND number > $4 ORDER BY number LIMIT $5",
		dest:  []any{&reference, &station, &college, &country, &language, &channels, &born, &family, &given, &mac},
		row: func(number, _ int64) {
			for missing := expected; missing < min(number, expected+named); missing++ {
				l.Find("elector", c.name, c.row(c.number, missing), integrity.Missing)
			}
			expected = number + 1
			e := roll.Elector{Urn: uint16(c.number), Number: uint32(number), Reference: reference, Station: station, College: college, Country: country,
				Language: language, Channels: []string{channels}, Born: scrutin.Date(born), Family: family, Given: given}
			c.check(l, "elector", number, mac, Elector(key, c.Scope, e))
			list = appendElector(list, e)
		},
		end: c.compare(l, "elector", "count(*)", Electors),
	})
	if err != nil {
		return more, err
	}
	if c.list.Write(list); !more {
		c.mu.Lock()
		defer c.mu.Unlock()
		if c.lists == nil {
			c.lists = map[int]roll.Hash{}
		}
		c.lists[c.number] = roll.Hash(c.list.Sum(nil))
	}
	return more, nil
}

// appendElector adds a line of the roll to what its digest is of: LE32(number), and each
// field with its length before it, LE32.
func appendElector(b []byte, e roll.Elector) []byte {
	b = binary.LittleEndian.AppendUint32(b, e.Number)
	for _, text := range append([]string{e.Reference, e.Station, e.College, e.Country, e.Language}, append(e.Channels, string(e.Born), e.Family, e.Given)...) {
		b = append(binary.LittleEndian.AppendUint32(b, uint32(len(text))), text...)
	}
	return b
}

// staged reads the rows of an amendment that is under way.
func (c *course) staged(ctx context.Context, l *integrity.Look) (bool, error) {
	var amendment, change int64
	var reference, station, college, country, language, channels, born, family, given string
	var mac []byte
	key := c.Store.Ledger().Key
	return c.page(ctx, l, rows{
		query: "SELECT number, 0, amendment, change, reference, station, college, country, language, channels, born, family, given, mac FROM staged WHERE organisation = $1 AND scrutin = $2 AND urn = $3 AND number > $4 ORDER BY number LIMIT $5",
		dest:  []any{&amendment, &change, &reference, &station, &college, &country, &language, &channels, &born, &family, &given, &mac},
		row: func(number, _ int64) {
			e := roll.Elector{Urn: uint16(c.number), Number: uint32(number), Reference: reference, Station: station, College: college, Country: country,
				Language: language, Channels: []string{channels}, Born: scrutin.Date(born), Family: family, Given: given}
			c.check(l, "staged", number, mac, Amending(key, c.Scope, int(amendment), Change(change), e))
		},
		end: c.compare(l, "staged", "count(*)", Staged),
	})
}

// struck reads who was struck off.
func (c *course) struck(ctx context.Context, l *integrity.Look) (bool, error) {
	var amendment int64
	var mac []byte
	key := c.Store.Ledger().Key
	return c.page(ctx, l, rows{
		query: "SELECT number, 0, amendment, mac FROM struck WHERE organisation = $1 AND scrutin = $2 AND urn = $3 AND number > $4 ORDER BY number LIMIT $5",
		dest:  []any{&amendment, &mac},
		row: func(number, _ int64) {
			c.check(l, "struck", number, mac, Strike(key, c.Scope, c.place(number), int(amendment)))
		},
		end: c.compare(l, "struck", "count(*)", Struck),
	})
}
