package courier

import (
	"context"
	"errors"
	"time"
)

// A Kind is what a message is for.
type Kind string

// Kinds of messages.
const (
	Information Kind = "information" // general information on the vote, before the codes
	Codes       Kind = "codes"       // an elector's first code of this issuer
	Renewal     Kind = "renewal"     // a code that replaces an earlier one
	Validation  Kind = "validation"  // six digits, during a login
	Voted       Kind = "voted"       // the confirmation of émargement
	Receipt     Kind = "receipt"     // the same with the receipt code
)

// Kinds are all kinds, in the order in which people get them.
var Kinds = []Kind{Information, Codes, Renewal, Validation, Voted, Receipt}

// A Channel is a way by which messages reach people, as in the manifest.
type Channel string

// Channels of this package.
const (
	Email Channel = "email"
	SMS   Channel = "sms"
	Post  Channel = "post"
)

// A Key says which message: there is at most one of a kind and generation for an
// elector, who is known by the number of his urn and his own in it.
type Key struct {
	Kind       Kind
	Urn        uint16
	Elector    uint32
	Generation uint32
}

// A Row is a message in a spool.
type Row struct {
	Key
	// Name is how carriers know it: 32 hexadecimal digits that say nothing to
	// others, always the same for a Key.
	Name     string
	Channel  Channel
	Address  string // where it goes now
	Language string
	Attempts int // how often it was claimed, this time included
}

// A State is where a message stands.
type State string

// States of a message. Only a pending one is claimed.
const (
	Pending    State = "pending"
	Sent       State = "sent"       // the carrier accepted it
	Delivered  State = "delivered"  // and said that it arrived
	Bounced    State = "bounced"    // or that it did not
	Refused    State = "refused"    // no carrier will bring it to this address
	Superseded State = "superseded" // its code died before it left
)

// A Result is what came of a claimed row: Sent or Refused, or Pending until Next.
type Result struct {
	Key
	State State
	Next  time.Time
}

// A Spool keeps rows. Its writes are durable when they return. It is safe for
// concurrent use, also from several processes.
type Spool interface {
	// Claim leases pending rows of a channel that are due now, at most limit of
	// them and the longest due first: nobody else gets them before until. It passes
	// over a code that must not leave yet, and marks one that has died superseded.
	Claim(ctx context.Context, channel Channel, now, until time.Time, limit int) ([]Row, error)
	// Settle writes results. A row that is no longer pending stays as it is.
	Settle(ctx context.Context, results []Result) error
	// Report notes what a carrier said later of the message of this name: Delivered
	// or Bounced. It says whether there is such a message that had left.
	Report(ctx context.Context, name string, state State) (bool, error)
	// Counts gives the numbers of messages; their order means nothing.
	Counts(ctx context.Context) ([]Count, error)
}

// A Message is what a carrier brings.
type Message struct {
	Name     string // as of its row
	Kind     Kind
	Channel  Channel
	Language string
	To       string // an e-mail address, a telephone number, the lines of a postal address
	Subject  string // empty for SMS
	Body     string // plain text, lines ended by newlines
	// Unsubscribe is the address that ends messages of this sort by one POST (RFC 8058);
	// empty where that is nobody's choice. E-mail alone bears it.
	Unsubscribe string
}

// A Carrier takes messages on their way. It is safe for concurrent use.
type Carrier interface {
	// Carry returns nil once the carrier has accepted the message. An error that
	// wraps ErrRefused is for this address and for good; every other one is trouble
	// that may pass.
	Carry(ctx context.Context, m Message) error
}

// ErrRefused says that a carrier will never bring messages to this address.
var ErrRefused = errors.New("the carrier refuses this address")

// ErrTrouble says that a carrier failed again and again, and was left alone.
var ErrTrouble = errors.New("the carrier does not take messages now: what is left stays in the spool, send it later")
