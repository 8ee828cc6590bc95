package register

import (
	"context"
	"errors"

	"isoloir/scrutin"
)

// What a store refuses.
var (
	// ErrOther says that something else stands there already under the same name.
	ErrOther = errors.New("something else stands there already")
	// ErrUnknown says that there is nothing of that name.
	ErrUnknown = errors.New("there is nothing of that name")
	// ErrUsed says that an enrolment code was used, or that its day is over.
	ErrUsed = errors.New("the enrolment code was used, or its day is over: ask for another one")
	// ErrOver says that an account is invalid already.
	ErrOver = errors.New("the account is invalid already")
	// ErrUnborn says that a card is in nobody's hands, or so since so short a time that it
	// is not entered yet.
	ErrUnborn = errors.New("nobody has been given this card, as far as that is entered: come back when the round has closed")
)

// A Card is what the register knows of one.
type Card struct {
	Number       Number
	Distribution int // 0 before it is entered
	Constituency string
	Station      string
	Token        scrutin.Digest
	Login        scrutin.Point // of the scratch code
	State        State
}

// A Device is one of a station's.
type Device struct {
	ID      ID
	Station string
	Key     []byte // 65 bytes, an uncompressed point of P-256
	Retired bool
}

// An Attempt is a scan that was verified, as a store settles it.
type Attempt struct {
	Name         ID  // of the scan: equal for one that is sent again
	Distribution int // in which it counts, at this station
	Station      string
	Token        scrutin.Digest
	Mode         Mode
	// Judge says what becomes of the card, which is nil if there is none of that token.
	Judge func(*Card) (State, Answer)
}

// A Count is how often something happened at a station. Nothing says when, nor to which
// card.
type Count struct {
	Activated, Invalidated, Again, Taken, Checked, Proxies int
}

// A Box is a station's count of its cards: -1 before it was counted. Allowed says why the
// organisation lets the station go on with another number than the distribution's; it is
// over when another number is counted.
type Box struct {
	Counted, Left int
	Allowed       string
}

// A Store keeps one register. Each method that writes is one durable transaction.
//
// What a scan changes, a store keeps sealed under a key outside of it until
// [Store.Flush] enters it, in the order of account numbers, and destroys the key; until
// then it finds the state of a card by the card alone.
type Store interface {
	// Open enters a distribution with all its cards, in any order, or nothing of it. The
	// same again is no error; another one of that number, or a number or token that is
	// given already, is ErrOther. finished is true once Finish was done.
	Open(ctx context.Context, text []byte, number int, cards []Card) error
	// Distributions are the texts, by number from 1.
	Distributions(ctx context.Context) (texts [][]byte, finished []bool, err error)

	// Invite keeps the SHA-256 of an enrolment code until an instant, in seconds since
	// 1970.
	Invite(ctx context.Context, code scrutin.Digest, station string, until int64) error
	// Enrol makes a device of the station that the code is for, and the code useless;
	// ErrUsed. The same device with the same code again is no error.
	Enrol(ctx context.Context, code scrutin.Digest, now int64, id ID, key []byte) (station string, err error)
	// Devices yields those of a station, in no order of time.
	Devices(ctx context.Context, station string, yield func(Device) error) error
	// Device is ErrUnknown where there is none.
	Device(ctx context.Context, id ID) (Device, error)
	// Retire takes a device back; ErrUnknown.
	Retire(ctx context.Context, id ID) error

	// Scan settles an attempt, or answers what one of that name was answered.
	Scan(ctx context.Context, a Attempt) (Answer, error)
	// Proxy counts one at a station; one of that name only once.
	Proxy(ctx context.Context, distribution int, name ID, station string) error
	// Counts are those of a station.
	Counts(ctx context.Context, distribution int, station string) (Count, error)
	// PutBox sets what differs from -1, and from nothing; GetBox reads it. A name that is
	// not zero is that of a notice, which counts only once.
	PutBox(ctx context.Context, name ID, distribution int, station string, b Box) error
	GetBox(ctx context.Context, distribution int, station string) (Box, error)

	// Flush enters what scans have changed at the stations where that is at least so many
	// cards, and says how many.
	Flush(ctx context.Context, least int) (int, error)
	// Finish enters everything, and makes every card of a distribution that nobody was
	// given invalid; ends are the constituencies whose accounts of other distributions
	// end too.
	Finish(ctx context.Context, distribution int, ends []string) error
	// Cards yields those of a distribution in the order of their numbers, as they are
	// after Flush.
	Cards(ctx context.Context, distribution int, yield func(Card) error) error
	// Handed yields those of a finished distribution by their numbers, and which of them
	// were in somebody's hands at its end: it never changes.
	Handed(ctx context.Context, distribution int, yield func(c Card, handed bool) error) error
	// Checked yields the numbers of the cards that were found left over.
	Checked(ctx context.Context, distribution int, yield func(Number) error) error

	// Acts are the notes of all acts, in their order.
	Acts(ctx context.Context) (signed [][]byte, err error)
	// Allow enters the act that sign makes of the last one, nil for none, and sets why a
	// station may go on.
	Allow(ctx context.Context, distribution int, station, reason string, sign func(last []byte) ([]byte, error)) error
	// Invalidate enters an act likewise and ends an account by its number: ErrUnknown,
	// ErrOver, ErrUnborn.
	Invalidate(ctx context.Context, n Number, sign func(c Card, last []byte) ([]byte, error)) error
	// Sent enters an act likewise and makes every card of a distribution active, of which none
	// may have a token (NoToken): ErrOther. It says how many.
	Sent(ctx context.Context, distribution int, sign func(last []byte) ([]byte, error)) (int, error)
}
