package access

import (
	"context"

	"isoloir/crypto/group"
	"isoloir/crypto/sigma"
	"isoloir/register"
)

// An Account is what the register knows of one that has a key.
type Account struct {
	Number       register.Number
	Constituency string
	State        register.State
	Ways         Ways
	Key          [group.PointSize]byte
	Proof        [sigma.KnowledgeSize]byte
}

// A Store keeps accounts beside the cards. Each method that writes is one durable
// transaction, and keeps no time.
type Store interface {
	// Login is the key of a way in, with the account; for a card that is active and was
	// not used, of its scratch code, without a key. Nothing is found for a card that
	// nobody was given, as far as scans are entered: what waits is told to nobody, or
	// whoever knows a code would learn when its card is handed out.
	Login(ctx context.Context, n register.Number, kind Kind) (a Account, w Way, found bool, err error)
	// First takes a card into use that is active and entered; ErrUsed, ErrInvalid, and
	// ErrLogin while a scan of it waits. With the same key again it is no error, and changes nothing.
	First(ctx context.Context, a Account, ways []Way) error
	// PutWay replaces the way of its kind.
	PutWay(ctx context.Context, n register.Number, w Way) error
	// DropWay takes one away, if another is left: ErrLastWay.
	DropWay(ctx context.Context, n register.Number, kind Kind) error
	// Turn makes an account used, suspended or invalid; ErrInvalid if it is invalid.
	Turn(ctx context.Context, n register.Number, to register.State) error
	// Keys yields the accounts of a constituency that are used, ascending by key.
	Keys(ctx context.Context, constituency string, yield func(Account) error) error
	// Snapshot gives choose the accounts of constituencies that are used, ascending by key
	// in each, and how many of every group of an earlier snapshot are used still; those that
	// choose names with an urn are from then on of that group, and the others of these
	// constituencies of none.
	Snapshot(ctx context.Context, constituencies []string, choose func(used []Candidate, left map[string]int) (map[register.Number]string, error)) error
}
