package roll

import (
	"context"
	"iter"
	"time"
)

// A Scope names the scrutin that a row of a store belongs to. Every key of every
// table begins with it.
type Scope struct{ Organisation, Scrutin string }

// A Reservation is what a store is asked to keep for an elector.
type Reservation struct {
	Urn uint16
	Signed
	Token [32]byte  // τ, freshly drawn, used unless he holds one
	Since time.Time // whole seconds
	// Late says that the time for new reservations is over: one that is there is
	// answered, and none is made.
	Late bool
}

// A Held is an elector's authorisation, until he is marked.
type Held struct {
	Elector uint32
	Token   [32]byte // τ
	Since   time.Time
}

// A Marking is what a store is asked to mark.
type Marking struct {
	Urn     uint16
	Elector uint32
	Hash    Hash // H(τ)
	Time    time.Time
	Tell    bool // the elector is to be told that his vote is recorded
}

// An Outcome answers a Reservation with the elector's τ, or a Marking with his
// signature; or either with a Refusal.
type Outcome struct {
	Token     [32]byte
	Signature [SignatureSize]byte
	Err       error
}

// A Place is where an elector stands on the roll: number of the urn in the manifest,
// and his own in it.
type Place struct {
	Urn     uint16
	Elector uint32
}

// A Pair is an elector with where he stands on the roll of a companion
// (docs/online.md, section 5).
type Pair struct {
	Place
	In Place // in the companion
}

// A Companion is a scrutin that this one leads, in which an elector may vote.
type Companion struct {
	Number int   // from 0, in the leading manifest
	In     Place // where he stands there
}

// A Half is what one issuer has left with the roll for an elector, under the code
// that it sent him last (docs/protocol.md, section 5, "Codes").
type Half struct {
	Generation uint32
	Login      [32]byte // g raised to the login half: a point, no identity
	Masked     [32]byte // the half of his secret, masked by what only the code can make
}

// A Deposit is a Half with whose it is.
type Deposit struct {
	Place
	Issuer int // place in the manifest, 0 or 1
	Half
}

// A Login is what an elector logs in with, by issuer in the manifest's order. His
// login key is the product of both points.
type Login struct {
	Place
	Halves [2]Half
}

// A Standing is how far an elector is.
type Standing struct {
	Reserved bool // holds an authorisation
	Marked   bool
}

// A Status is where an elector stands.
type Status struct {
	Elector  Elector
	Reserved bool      // holds an authorisation
	Marked   time.Time // zero if he has not voted
	Struck   bool      // off, by an amendment that the bureau has adopted
}

// A Staging is an amendment of the roll before the bureau has adopted it.
type Staging struct {
	Amendment int       // its number, from 1; 0 where none is under way
	Added     []Elector // in ascending order of urn and number
	Struck    []Place   // in ascending order
	Barred    int       // how many of these can log in no more
}

// Spared are electors who were to be struck off and were not.
type Spared struct {
	Holding []Place // they hold an authorisation: their ballot may have come
	Voted   []Place // they are marked
}

// An Adoption is an amendment that the bureau has adopted, by urns in ascending order.
type Adoption struct {
	Amendment int
	Urns      []AmendedUrn
}

// An AmendedUrn is what an amendment changes in an urn.
type AmendedUrn struct {
	Urn    uint16
	Before int      // electors that were numbered before
	Added  int      // how many get the numbers from Before on
	Struck []uint32 // numbers, ascending
}

// A Store keeps rolls. Every method is one transaction, or none where an error
// comes back: nothing is half done, and the call can be repeated. When a method
// returns without error, what it wrote survives the end of the process and of the
// machine. All methods can be called at once, from several processes too.
//
// Marks are never changed nor deleted, nor are the signatures under reservations, the
// pairs with companions, nor what says that an elector was struck off.
type Store interface {
	// Import inserts the electors, all or none. The roll of the scrutin is empty
	// before, and never imported again.
	Import(ctx context.Context, s Scope, electors iter.Seq2[Elector, error]) error

	// Elector is an elector as imported; ErrElector if there is none.
	Elector(ctx context.Context, s Scope, p Place) (Elector, error)

	// Stage keeps an amendment, all of it. It is refused (ErrFormat) where another one is
	// under way, or a reference is on the roll; the same again changes nothing.
	Stage(ctx context.Context, s Scope, a Staging) error

	// Staged is the amendment that is under way.
	Staged(ctx context.Context, s Scope) (Staging, error)

	// Bar closes the login to those whom the staged amendment strikes off: from then on
	// Login knows none of them, Reserve refuses them, and their sessions are over. Where
	// one of them is marked nothing is done; who holds an authorisation is not barred yet:
	// when it is settled, the same is done again.
	Bar(ctx context.Context, s Scope) (Spared, error)

	// Unstage drops the amendment, and lets those in again whom it barred.
	Unstage(ctx context.Context, s Scope) error

	// Adopt puts the staged electors of an amendment on the roll, and strikes off others,
	// as Bar does and for ever, but for those that are marked or hold an authorisation. It
	// may be done again. ErrFormat, and nothing is done, if the electors that were staged
	// are not those.
	Adopt(ctx context.Context, s Scope, a Adoption) (Spared, error)

	// Pair keeps the electors of a companion, by its number in the manifest, all or
	// none. It is done once for each companion, and ErrFormat then, or where a place
	// of either roll stands twice.
	Pair(ctx context.Context, s Scope, companion int, pairs iter.Seq2[Pair, error]) error

	// Paired is how many electors of a companion are kept.
	Paired(ctx context.Context, s Scope, companion int) (int, error)

	// Companions is where an elector may vote besides, in ascending order of the
	// companions' numbers.
	Companions(ctx context.Context, s Scope, p Place) ([]Companion, error)

	// Deposit keeps what an issuer has left: a first half, or one of a higher
	// generation than is there, which it replaces, and then ends all sessions of
	// the elector (package login). A lower generation is passed over. ErrDeposit,
	// and nothing is kept of the call, if one of the same generation is another.
	Deposit(ctx context.Context, s Scope, deposits []Deposit) error

	// Login is what an elector logs in with; ErrElector unless both issuers have
	// left a half, and if he is barred or struck off.
	Login(ctx context.Context, s Scope, p Place) (Login, error)

	// Standing is how far an elector is; zero for one who is not on the roll.
	Standing(ctx context.Context, s Scope, p Place) (Standing, error)

	// Reserve keeps the signature of each elector who has none, gives τ to each
	// who holds none, and answers the τ that he holds; ErrMarked if he has
	// voted, ErrSession if he is barred or struck off, ErrClosed if it is late and he holds none. Of two
	// reservations of an elector in one call, the first one counts.
	Reserve(ctx context.Context, s Scope, reservations []Reservation) ([]Outcome, error)

	// Mark marks each elector who holds the τ of that hash, at the end of the
	// urn's chain, forgets τ, and answers his signature; the same for one who is
	// marked already, whatever the hash. ErrReservation if he holds no such τ. Who
	// is marked and is to be told stands among the Untold from the same instant.
	Mark(ctx context.Context, s Scope, markings []Marking) ([]Outcome, error)

	// Release forgets each elector's τ if it has that hash. It is called on the
	// urn's signed void alone.
	Release(ctx context.Context, s Scope, markings []Marking) error

	// Held lists, in order of their numbers from after on, at most limit
	// electors whose τ was given before an instant. A negative after is from the
	// beginning.
	Held(ctx context.Context, s Scope, urn uint16, before time.Time, after int64, limit int) ([]Held, error)

	// Forget sees to it that no trace of a forgotten τ is left in the store's
	// files. It is called at every slot of the manifest's schedule, and at close.
	Forget(ctx context.Context) error

	// Untold lists at most limit electors who are to be told that their vote is
	// recorded, in ascending order.
	Untold(ctx context.Context, s Scope, limit int) ([]Place, error)

	// Told strikes electors off that list, for good.
	Told(ctx context.Context, s Scope, places []Place) error

	// Marks gives the marks of an urn in ascending order of electors' numbers.
	Marks(ctx context.Context, s Scope, urn uint16, yield func(Signed) error) error

	// Chain gives the dated marks of an urn in the order of their chain.
	Chain(ctx context.Context, s Scope, urn uint16, yield func(DatedMark) error) error

	// Statuses gives the electors of an urn, in the order of their numbers.
	Statuses(ctx context.Context, s Scope, urn uint16, yield func(Status) error) error
}
