// Package login lets an elector in at the roll (docs/online.md, section 1). He proves,
// by Schnorr's protocol on a fresh challenge, that he has both codes; does what his
// college asks besides; and gets the two masked halves of his secret, which his codes
// alone unmask, and a session in which he may reserve.
//
// What it promises. The roll keeps nothing by which it, or who reads its store, could
// log in: points for the codes, hashes for sessions, for a code that was sent a
// message authentication code under the session's own secret. A challenge is answered
// once. Who does not exist, has no codes yet or types wrong ones gets the same refusal
// after the same work. A session ends by itself, with the elector's next code, and
// with the vote; those that began before its close last through the time of grace.
// Nothing here knows a ballot, an address or the hour at which somebody did what,
// beyond the end of a session.
//
// How hard it is to guess: a login needs both codes, 60 bits each, stretched. Six
// digits are tried five times in a session and, over all sessions of an elector, at
// the pace of [Limits.Answer]: by the limits proposed, 154 of a million in the first
// day, by each process that serves the roll. The personal question is weak, whatever it asks: a birth date is one of some
// 25,000, relatives and colleagues know it, and the roll's keepers have it before
// them. It stops a stranger who found both codes from being quick, and nobody else.
package login

import (
	"time"

	"isoloir/roll"
)

// Wait is the refusal roll.ErrWait with how long it is until the same is admitted.
type Wait time.Duration

// Error implements error.
func (w Wait) Error() string { return roll.ErrWait.Error() + ", in " + time.Duration(w).String() }

// Unwrap is roll.ErrWait.
func (w Wait) Unwrap() error { return roll.ErrWait }
