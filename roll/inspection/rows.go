// Package inspection looks whether a roll's store still is what its service wrote,
// whatever engine keeps it (docs/integrity.md): it says what code each row bears
// (package rowmac), what the service counts, and reads all of it again.
//
// What it promises: of a row that was changed, moved, added or taken away, in any
// table from which something follows, a finding names the table, the urn and the row: a
// mark by its place in the chain, a row of an elector by a name that only the roll can
// lay beside him (Name). Sessions, and the list of those who are to be told that they
// voted, are not looked at.
package inspection

import (
	"encoding/hex"
	"strings"

	"isoloir/roll"
	"isoloir/rowmac"
)

// What a service counts of an urn.
const (
	Electors     rowmac.Field = iota // as imported
	Deposits                         // of issuers: 1 and the generation for each half
	Reservations                     // electors who signed for one
	Held                             // authorisations
	Marks                            // in the chain, whose end is the head
	Pairs                            // with companions
	Staged                           // rows of an amendment that is under way
	Struck                           // electors off, by amendments that were adopted
)

func of(s roll.Scope, number uint16) rowmac.Scope {
	return rowmac.Scope{Organisation: s.Organisation, Scrutin: s.Scrutin, Urn: number}
}

// Elector is the code of a line of the roll.
func Elector(k rowmac.Key, s roll.Scope, e roll.Elector) []byte {
	return code(k.Row("elector", of(s, e.Urn), fieldsOf(e)...))
}

func fieldsOf(e roll.Elector) [][]byte {
	fields := [][]byte{rowmac.Number(e.Number)}
	for _, text := range []string{e.Reference, e.Station, e.College, e.Country, e.Language, strings.Join(e.Channels, " "), string(e.Born), e.Family, e.Given} {
		fields = append(fields, []byte(text))
	}
	return fields
}

// A Change is what a row of a staged amendment does to an elector.
type Change int

// The changes.
const (
	Adds    Change = iota // he is put on the roll, as the row says
	Strikes               // he is struck off: the row has his place alone
	Bars                  // the same, and he can log in no more
)

// Amending is the code of a row of a staged amendment.
func Amending(k rowmac.Key, s roll.Scope, amendment int, c Change, e roll.Elector) []byte {
	return code(k.Row("staged", of(s, e.Urn), append(fieldsOf(e), rowmac.Number(amendment), rowmac.Number(int(c)))...))
}

// Strike is the code of a row that says that an elector was struck off.
func Strike(k rowmac.Key, s roll.Scope, p roll.Place, amendment int) []byte {
	return code(k.Row("struck", of(s, p.Urn), rowmac.Number(p.Elector), rowmac.Number(amendment)))
}

// Login is the code of what one issuer has left for an elector.
func Login(k rowmac.Key, s roll.Scope, p roll.Place, issuer int, generation uint32, point, masked []byte) []byte {
	return code(k.Row("login", of(s, p.Urn), rowmac.Number(p.Elector), rowmac.Number(issuer), rowmac.Number(generation), point, masked))
}

// Weight is what Deposits grows by when a generation takes the place of one that was
// there, or of none.
func Weight(generation uint32, there bool, before uint32) int64 {
	n := int64(generation) + 1
	if there {
		n -= int64(before) + 1
	}
	return n
}

// Reservation is the code of an elector's signature.
func Reservation(k rowmac.Key, s roll.Scope, p roll.Place, signature []byte) []byte {
	return code(k.Row("reservation", of(s, p.Urn), rowmac.Number(p.Elector), signature))
}

// Authorisation is the code of one that an elector holds, τ being as the engine keeps
// it.
func Authorisation(k rowmac.Key, s roll.Scope, p roll.Place, token []byte, since int64) []byte {
	return code(k.Row("held", of(s, p.Urn), rowmac.Number(p.Elector), token, rowmac.Number(since)))
}

// Mark is the code of a link of the chain of marks.
func Mark(k rowmac.Key, s roll.Scope, p roll.Place, sequence uint64, time int64, chain []byte) []byte {
	return code(k.Row("mark", of(s, p.Urn), rowmac.Number(sequence), rowmac.Number(p.Elector), rowmac.Number(time), chain))
}

// Pair is the code of where an elector stands in a companion.
func Pair(k rowmac.Key, s roll.Scope, p roll.Place, companion int, in roll.Place) []byte {
	return code(k.Row("pair", of(s, p.Urn), rowmac.Number(p.Elector), rowmac.Number(companion), rowmac.Number(int(in.Urn)), rowmac.Number(in.Elector)))
}

// Name is what an elector's rows are called in findings: eight digits that nobody can
// lay beside him without the key.
func Name(k rowmac.Key, s roll.Scope, p roll.Place) string {
	name := k.Row("name", of(s, p.Urn), rowmac.Number(p.Elector))
	return hex.EncodeToString(name[:4])
}

func code(m rowmac.MAC) []byte { return m[:] }
