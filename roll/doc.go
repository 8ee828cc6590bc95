// Package roll is the fichier des électeurs: who may vote, and who has. It knows
// no ballot and no anonymous account.
//
// At its root stand the formats and the rules: the roll file that the
// organisation hands over, the elector's signed reservation, the émargement with
// its chain of dated marks, and the marks file and statement of section 9 of
// docs/protocol.md, which the auditor reads without any database. A [Service] runs
// a roll over a [Store]; engines stand in the folders below it.
//
// What it promises. An elector is marked only on the urn's signed word that his
// authorisation has brought a ballot, and only if he signed for it himself; he is
// marked once. Until then he can always have the same authorisation again; it is
// forgotten when he is marked, so that nothing kept here leads from him to what
// the urn saw. Every step can be repeated. The roll asks the urn through the
// small interface [Urn] and never imports it.
package roll

import (
	"crypto/sha256"
	"errors"
)

// A Hash is a SHA-256.
type Hash = [sha256.Size]byte

// A Refusal is a reason for which the roll refuses. The list is closed.
type Refusal string

// Error implements error.
func (r Refusal) Error() string { return string(r) }

// Every refusal. They are returned wrapped or plain: compare with errors.Is.
const (
	ErrFormat      Refusal = "not a message of this protocol: its bytes are not in the one accepted form"
	ErrUrn         Refusal = "this roll has no such urn"
	ErrElector     Refusal = "the urn has no elector of this number"
	ErrSignature   Refusal = "the reservation was not signed with the elector's key for this vote"
	ErrMarked      Refusal = "this elector has voted"
	ErrClosed      Refusal = "the vote is not open"
	ErrReceipt     Refusal = "the urn has not signed for this: only its own receipt counts"
	ErrReservation Refusal = "this elector holds no such authorisation"
	ErrBusy        Refusal = "the roll cannot answer now: send the same again in a moment"
	ErrDevice      Refusal = "the device's key was not signed with the elector's key for this vote"
	ErrMarks       Refusal = "the marks are not in ascending order of the electors' numbers, 68 bytes each"
)

// refusals numbers, from 1, what the roll answers on the wire.
var refusals = [...]Refusal{ErrFormat, ErrUrn, ErrElector, ErrSignature, ErrMarked, ErrClosed, ErrReceipt, ErrReservation, ErrBusy, ErrDevice}

// refusalNumber is the number of the refusal that err wraps, else that of
// ErrBusy.
func refusalNumber(err error) byte {
	for i, r := range refusals {
		if errors.Is(err, r) {
			return byte(i + 1)
		}
	}
	return refusalNumber(ErrBusy)
}
