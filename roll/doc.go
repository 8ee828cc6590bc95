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
	"fmt"
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
	ErrLogin       Refusal = "this number and these codes do not belong together"
	ErrSession     Refusal = "the session is over: log in again"
	ErrUnproven    Refusal = "a step is asked for that has not been done"
	ErrCode        Refusal = "this is not the answer, or it comes too late"
	ErrWait        Refusal = "too often: try again later"
	ErrStep        Refusal = "nothing of the kind is asked"
	ErrDeposit     Refusal = "another deposit of the same generation is there: it is never replaced"
	ErrMarks       Refusal = "the marks are not in ascending order of the electors' numbers, 68 bytes each"
)

// refusals numbers, from 1, what the roll answers on the wire.
var refusals = [...]Refusal{ErrFormat, ErrUrn, ErrElector, ErrSignature, ErrMarked, ErrClosed, ErrReceipt, ErrReservation, ErrBusy, ErrDevice,
	ErrLogin, ErrSession, ErrUnproven, ErrCode, ErrWait, ErrStep, ErrDeposit}

// RefusalNumber is the number of the refusal that err wraps, else that of ErrBusy.
func RefusalNumber(err error) byte {
	for i, r := range refusals {
		if errors.Is(err, r) {
			return byte(i + 1)
		}
	}
	return RefusalNumber(ErrBusy)
}

// ParseRefusal reads the first byte of an answer: 0 if it is none, which what
// follows says; else the answer is this byte alone, the number of a refusal.
// Everything else is bad, ErrFormat.
func ParseRefusal(b []byte) (refusal error, refused bool, bad error) {
	switch {
	case len(b) > 0 && b[0] == 0:
		return nil, false, nil
	case len(b) == 1 && int(b[0]) <= len(refusals):
		return refusals[b[0]-1], true, nil
	}
	return nil, false, fmt.Errorf("%w: answer of %d bytes", ErrFormat, len(b))
}
