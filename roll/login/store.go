package login

import (
	"context"

	"isoloir/roll"
)

// A Session is what a store keeps of one. Instants are seconds since 1970.
type Session struct {
	ID         roll.Hash // SHA-256 of the secret that the device holds
	Challenge  [16]byte  // what the login answered; no two sessions answer one
	Place      roll.Place
	Begun      int64
	Expires    int64
	Extensions uint8 // how often it was extended
	Proved     uint8 // how many of the policy's steps, in order
	Tries      uint8 // wrong answers to the next step
	// Code authenticates the digits that were sent for the next step, under the
	// session's secret; zero where none were. They are of use before CodeExpires.
	Code        roll.Hash
	CodeExpires int64
}

// A Change is done to one session. Do may be called again where a store repeats a
// transaction, and calls no store.
type Change struct {
	ID roll.Hash
	Do func(*Session)
}

// A Store keeps sessions beside the roll that they are for. What roll.Store says of
// transactions, durability and callers holds for it too.
type Store interface {
	roll.Store

	// Begin keeps new sessions, and answers each: roll.ErrSession where one has
	// answered the same challenge.
	Begin(ctx context.Context, s roll.Scope, sessions []Session) ([]error, error)

	// Session is the session of an ID; roll.ErrSession if there is none.
	Session(ctx context.Context, s roll.Scope, id roll.Hash) (Session, error)

	// Change does each change to its session, in order, and keeps what became of
	// it: Expires, Extensions, Proved, Tries, Code and CodeExpires. It answers
	// each: roll.ErrSession where there is no such session.
	Change(ctx context.Context, s roll.Scope, changes []Change) ([]error, error)

	// Sweep forgets sessions that expired before an instant, in one transaction or
	// several.
	Sweep(ctx context.Context, s roll.Scope, before int64) error
}
