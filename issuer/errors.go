package issuer

import "errors"

// Refusals. They are returned wrapped: compare with errors.Is.
var (
	ErrNotIssuer   = errors.New("the manifest does not name this issuer with these keys")
	ErrUnknown     = errors.New("the address book has no such elector")
	ErrOtherPeople = errors.New("this is not the roll that was imported before: its electors or their numbers are others")
	ErrNoBook      = errors.New("the address book is not there yet: import it")
	ErrInformation = errors.New("the general information has not left for everybody: codes wait for it")
	ErrDeposits    = errors.New("not all deposits are with the roll: codes wait for them")
	ErrClosed      = errors.New("the vote is over: no code is renewed any more")
	ErrTooEarly    = errors.New("no code has left for this elector yet, so there is none to renew")
	ErrCompanion   = errors.New("this is not a companion of the scrutin as it must be")
	ErrLed         = errors.New("this scrutin is a companion: its electors vote with the codes of the leading one, whose issuers send and renew them")
	ErrNoRoll      = errors.New("there is no link to that roll")
	ErrPolicy      = errors.New("this scrutin has no such message, or another issuer sends it")
	ErrSignature   = errors.New("the mark or the promise is not signed as it must be")
	ErrFormat      = errors.New("not a message of this protocol: its bytes are not in the one accepted form")
	ErrAddress     = errors.New("no address of this channel is known for the elector")
	ErrBusy        = errors.New("the message could not be handed over now: ask again in a moment")
)
