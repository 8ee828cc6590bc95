package issuer

import (
	"context"
	"time"

	"isoloir/account/exchange"
	"isoloir/courier"
)

// A Person is an elector as an issuer knows him.
type Person struct {
	Urn       uint16 // number of the urn in the manifest
	Elector   uint32
	Reference string // the organisation's own name for him
	Channel   courier.Channel
	Address   string // an e-mail address, a telephone number as +33612345678, or the lines of a postal address
	Language  string
	Country   string // ISO 3166-1 alpha-2, or empty

	Generation uint32 // of the code that is his
	Deposited  bool   // its deposit is with the roll
}

// A Store keeps an issuer's address book and spool. Its writes are durable when they
// return, each is done whole or not at all, and it is safe for concurrent use, also
// from several processes. It is given nothing secret.
type Store interface {
	courier.Spool

	// Import writes the address book of electors in ascending order of urn and
	// number. Over an earlier book it changes channel, address, language and country,
	// of the same electors under the same references (ErrOtherPeople). Whose address
	// changes gets what failed at the former one again, and, if a code was on its way
	// there, the next generation as by Renew. It returns how many addresses changed
	// and how many codes are renewed.
	Import(ctx context.Context, people []Person, now time.Time, name func(courier.Key) string) (moved, renewed int, err error)
	// Add writes those whom an amendment of the roll adds: in each urn, by its number, they
	// have the numbers from that of from on. They take the place of all whom the book has
	// from there on. It refuses ErrOtherPeople where a code was on its way to one of these,
	// or where a reference is in the book.
	Add(ctx context.Context, from []int, people []Person) error
	// Size is how many electors the book has.
	Size(ctx context.Context) (int, error)
	// Person finds an elector (ErrUnknown).
	Person(ctx context.Context, urn uint16, elector uint32) (Person, error)
	// Reference finds an elector by his reference (ErrUnknown).
	Reference(ctx context.Context, reference string) (Person, error)
	// Reached finds, in ascending order, the electors whom an address reaches, in
	// the form of [LookUp]; nobody is no error.
	Reached(ctx context.Context, address string) ([]Person, error)
	// Each gives at most limit electors after one, in ascending order of urn and
	// number; after nil from the first.
	Each(ctx context.Context, after *Person, limit int) ([]Person, error)

	// Pair keeps who the electors of a companion are, by its number in the manifest, in
	// ascending order of who they are here; all of them are undeposited then. The same
	// pairs may come again, and others are ErrOtherPeople, as is a place of either
	// scrutin that stands twice.
	Pair(ctx context.Context, companion int, pairs []Pair) error
	// Paired is how many electors of a companion are kept.
	Paired(ctx context.Context, companion int) (int, error)
	// In is who an elector is in a companion, if he is anybody there.
	In(ctx context.Context, companion int, e exchange.Elector) (in exchange.Elector, there bool, err error)

	// Undeposited gives at most limit electors whose deposit is not with the roll,
	// in ascending order, and how many there are in all.
	Undeposited(ctx context.Context, limit int) (people []Person, all int, err error)
	// Deposited notes that the deposits of these electors, of their generations, are
	// with the roll.
	Deposited(ctx context.Context, people []Person) error

	// Spool adds rows, due at once, that are not there yet, and returns how many it
	// added. What a row says of channel and address is the elector's of now.
	Spool(ctx context.Context, rows []courier.Row, now time.Time) (int, error)
	// Record adds a row that has left already, and says whether it was not there.
	Record(ctx context.Context, row courier.Row) (bool, error)
	// Has says whether a message of this name is there.
	Has(ctx context.Context, name string) (bool, error)
	// Renew gives an elector the next generation, not deposited yet, with a row of
	// kind renewal, whose name it asks for, and supersedes what has not left; or does
	// nothing and says so if the code of his generation has not left.
	Renew(ctx context.Context, urn uint16, elector uint32, now time.Time, name func(courier.Key) string) (Person, bool, error)
	// Ask keeps, in one row whoever it is, that a new code is asked for by an address,
	// in the form of [LookUp]: the row names the first elector whom it reaches, or
	// nobody. It refuses ErrBusy where limit rows are there.
	Ask(ctx context.Context, address string, desk bool, limit int) error
	// Begin takes the request that is next, those of the help desk first, in the order
	// in which they came, and renews the codes of everybody whom the address of its
	// elector reaches, as Renew does; it returns them, in ascending order. All requests of that elector
	// are gone then. Where pace
	// codes or more were renewed so in the hour before now, it passes over all requests
	// but those of nobody, which are not counted. It says whether there was one.
	Begin(ctx context.Context, now time.Time, pace int, name func(courier.Key) string) (renewed []Person, there bool, err error)
	// Asked is how many electors' requests wait.
	Asked(ctx context.Context) (int, error)
	// Again makes what was refused pending, and returns how many rows.
	Again(ctx context.Context, now time.Time) (int, error)
	// Undelivered gives whose messages of a kind are refused or bounced.
	Undelivered(ctx context.Context, kind courier.Kind) ([]Person, error)
	// Letters gives at most limit pending rows by post of a kind, in ascending order
	// of urn and number, without claiming them; the conditions of Claim hold.
	Letters(ctx context.Context, kind courier.Kind, limit int) ([]courier.Row, error)
}
