// Package inspection looks whether an urn's store still is what its service wrote,
// whatever engine keeps it (docs/integrity.md): it says what code each row bears
// (package rowmac), what the service counts, and reads all of it again.
//
// What it promises: of a row that was changed, moved, added or taken away, in any
// table from which something follows, a finding names the table, the urn and, where
// there is one to name, the row, by its place in the log or by a few digits that tell
// nothing. It needs no more memory for a large urn than for a small one, but for the
// ballots that wait, and never looks at one state of the store for long.
package inspection

import (
	"fmt"

	"isoloir/rowmac"
	"isoloir/urn"
)

// What a service counts of an urn.
const (
	Opened     rowmac.Field = iota // 1 once it was opened
	Closed                         // 1 once it was closed
	Appended                       // authorisations that brought a ballot
	Voided                         // authorisations declared void
	Pending                        // ballots that wait
	Leaves                         // of the log
	Heads                          // of the log, with the empty one
	Challenges                     // ballots that were opened, and codes that contest them
)

// of is the scope of the codes of an urn's rows.
func of(s urn.Scope, number uint16) rowmac.Scope {
	return rowmac.Scope{Organisation: s.Organisation, Scrutin: s.Scrutin, Urn: number}
}

// Spent is the code of what became of an authorisation.
func Spent(k rowmac.Key, s urn.Scope, number uint16, token []byte, fate urn.Fate) []byte {
	return code(k.Row("spent", of(s, number), token, rowmac.Number(fate)))
}

// Leaf is the code of a leaf at its place.
func Leaf(k rowmac.Key, s urn.Scope, number uint16, position uint64, leaf []byte) []byte {
	return code(k.Row("leaf", of(s, number), rowmac.Number(position), leaf))
}

// Ballot is the code of what is looked up of a logged ballot.
func Ballot(k rowmac.Key, s urn.Scope, number uint16, account []byte, counter uint32, hash []byte, position uint64) []byte {
	return code(k.Row("ballot", of(s, number), account, rowmac.Number(counter), hash, rowmac.Number(position)))
}

// Challenge is the code of a challenge.
func Challenge(k rowmac.Key, s urn.Scope, number uint16, name, record []byte) []byte {
	return code(k.Row("challenge", of(s, number), name, record))
}

// Contested is the code of a code that contests the challenge of that name.
func Contested(k rowmac.Key, s urn.Scope, number uint16, name, ballot []byte) []byte {
	return code(k.Row("contested", of(s, number), name, ballot))
}

// Half is the code of half a ciphertext of a logged ballot, or of one that was opened, of
// any urn.
func Half(k rowmac.Key, s urn.Scope, half []byte) []byte {
	return code(k.Row("half", of(s, 0), half))
}

// Head is the code of a head of the log.
func Head(k rowmac.Key, s urn.Scope, number uint16, head, size uint64, peaks []byte) []byte {
	return code(k.Row("head", of(s, number), rowmac.Number(head), rowmac.Number(size), peaks))
}

// CheckHead refuses a head that the service did not write so: rowmac.ErrForeign.
func CheckHead(k rowmac.Key, s urn.Scope, number uint16, head, size uint64, peaks, mac []byte) error {
	if !k.Row("head", of(s, number), rowmac.Number(head), rowmac.Number(size), peaks).Is(mac) {
		return fmt.Errorf("table head, urn number %d, row %d: %w", number, head, rowmac.ErrForeign)
	}
	return nil
}

func code(m rowmac.MAC) []byte { return m[:] }
