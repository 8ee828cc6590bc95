// Package urn is the urne électronique: the ballots of one constituency. It
// knows an account key from another, and no name.
//
// At its root stand the formats and the rules, which the auditor and the key
// holders' tool use as they are, without any database: the ballot of section 7
// of docs/protocol.md, the log of section 9 (RFC 6962 over typed leaves, with
// checkpoints in the forms of C2SP), the messages of section 12. A [Service]
// runs an urn over a [Store]; engines stand in the folders below.
//
// What it promises. A ballot enters only if all of section 7 holds. What is
// promised is in the log, whatever happens to the process: an answer is signed
// after the write is durable, and every step can be repeated. Nothing in the
// store or in the log is dated, and once a batch has been flushed nothing tells
// the order in which its ballots came, nor which authorisation brought which
// ballot: pending ballots are encrypted under a key that is destroyed.
package urn

import (
	"crypto/sha256"
	"errors"
)

// A Hash is a SHA-256.
type Hash = [sha256.Size]byte

// A Refusal is a reason for which the urn refuses. The list is closed.
type Refusal string

// Error implements error.
func (r Refusal) Error() string { return string(r) }

// Every refusal. They are returned wrapped or plain: compare with errors.Is.
const (
	ErrFormat        Refusal = "not a message of this protocol: its bytes are not in the one accepted form"
	ErrOpening       Refusal = "the ballot belongs to another opening record"
	ErrUrn           Refusal = "the ballot belongs to another urn"
	ErrAccount       Refusal = "the ballot's account key is not among those of this urn"
	ErrVoted         Refusal = "this account has voted already"
	ErrCounter       Refusal = "the ballot's counter is not the next one of its account"
	ErrPrevious      Refusal = "the ballot does not name the account's previous ballot"
	ErrCopy          Refusal = "part of this ballot equals part of another one"
	ErrProof         Refusal = "the ballot's proof is false"
	ErrClosed        Refusal = "the urn is not open"
	ErrAuthorisation Refusal = "the roll's authorisation does not hold for this urn"
	ErrSpent         Refusal = "this authorisation has brought another ballot"
	ErrVoid          Refusal = "this authorisation was declared void: ask the roll for another one"
	ErrBusy          Refusal = "the urn cannot answer now: send the same bytes again in a moment"
	ErrDevice        Refusal = "the ballot was not sent by the device that the roll authorised"
	ErrFull          Refusal = "this urn has taken as many challenges as it may for now"
	ErrUnknown       Refusal = "no challenge was made of this ballot"
	ErrClock         Refusal = "the question was asked at another time than the urn's: ask again by the time that the portal says"
	ErrLeaf          Refusal = "not a leaf that this log may hold"
	ErrOrder         Refusal = "leaves are not in ascending order of their hashes within their batch"
	ErrCheckpoint    Refusal = "the checkpoint does not follow from the log"
	ErrTruncated     Refusal = "the file of leaves ends in the middle of a leaf"
)

// refusals numbers, from 1, what the urn answers on the wire.
var refusals = [...]Refusal{ErrFormat, ErrOpening, ErrUrn, ErrAccount, ErrVoted, ErrCounter, ErrPrevious,
	ErrCopy, ErrProof, ErrClosed, ErrAuthorisation, ErrSpent, ErrVoid, ErrBusy, ErrDevice, ErrFull, ErrUnknown, ErrClock}

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
