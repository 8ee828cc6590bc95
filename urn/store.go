package urn

import (
	"context"

	"isoloir/merkle"
)

// A Scope names the scrutin that a row of a store belongs to. Every key of every
// table begins with it.
type Scope struct{ Organisation, Scrutin string }

// A Fate is what became of an authorisation.
type Fate byte

const (
	Unknown  Fate = iota // never shown to this urn
	Appended             // brought a ballot
	Voided               // declared void: no ballot can use it
)

// An Entry is a ballot on its way into the store. The rules that need no store
// hold already.
type Entry struct {
	Token  Hash // H(τ); zero for a ballot that needs none
	Ballot Envelope
	Vouch  Vouch // of a supervised ballot
	// Late says that the time for new ballots is over: the entry is looked for,
	// and not inserted.
	Late bool
}

// Authorised says whether the ballot came by an authorisation of the roll: a first one,
// where there is a roll.
func (e Entry) Authorised() bool { return e.Token != Hash{} }

// Leaf is what stands for the ballot in the log.
func (e Entry) Leaf() []byte {
	if e.Ballot.Supervised() {
		return SupervisedLeaf(e.Ballot.Bytes(), e.Vouch.Terminal, e.Vouch.Signature)
	}
	return CastLeaf(e.Ballot.Bytes())
}

// A ChallengeEntry is a challenge on its way into the store. The rules that need no store
// hold already.
type ChallengeEntry struct {
	Urn         uint16
	Name        Hash
	Record      []byte
	Ciphertexts []byte // that it opens
	Most        int    // how many challenges the urn may have
	// Late says that the time for new ones is over: it is looked for, and not inserted.
	Late bool
}

// A Head is the state of an urn's log after its checkpoint Number.
type Head struct {
	Number uint64 // of the checkpoint, from 0
	Tree   merkle.Frontier
}

// A Place is where a ballot is: Received or Logged, in an urn; if Logged, at a
// position of its log, from 0.
type Place struct {
	State    ReceiptState
	Urn      uint16
	Position uint64
}

// A Plan says how many of the pending ballots of an urn, of one kind (Divide), enter the log now.
type Plan func(urn uint16, pending int) (take int)

// A Store keeps urns. Every method is one transaction, or none where an error
// comes back: nothing is half done, and the call can be repeated. When a method
// returns without error, what it wrote survives the end of the process and of the
// machine. All methods can be called at once, from several processes too.
//
// What a store must not keep: the time or the order in which ballots came, and
// any trace, once Flush has returned, of which authorisation brought which
// ballot. An engine documents how it sees to that.
type Store interface {
	// Open makes the urn's log with the empty head, if it is not there. Before
	// it, Append gives ErrClosed.
	Open(ctx context.Context, s Scope, urns []uint16) error

	// Append inserts each entry whose ballot and token are new, and answers nil
	// for it; the same for an entry that is there already with the same
	// ballot. Otherwise it answers a Refusal: ErrSpent, ErrVoid, ErrVoted,
	// ErrCounter, ErrPrevious, ErrCopy, or ErrClosed. Of two entries in one call
	// the first one counts.
	Append(ctx context.Context, s Scope, entries []Entry) ([]error, error)

	// Void closes each token that is Unknown, and answers the fate of all:
	// Appended or Voided. It works on a closed urn too.
	Void(ctx context.Context, s Scope, urn uint16, tokens []Hash) ([]Fate, error)

	// Fates answers the fate of each token.
	Fates(ctx context.Context, s Scope, urn uint16, tokens []Hash) ([]Fate, error)

	// Pending is the number of ballots of each urn that wait for a flush. Urns
	// without any may be absent.
	Pending(ctx context.Context, s Scope) (map[uint16]int, error)

	// Flush moves as many pending ballots of each urn as plan says, drawn at
	// random, to the end of its log in ascending order of the hashes of their
	// leaves, inserts the next head, and destroys the key of all that was
	// pending; what stays is encrypted under a new one. Urns of which plan takes
	// nothing are left as they are. It returns the number of ballots moved.
	Flush(ctx context.Context, s Scope, plan Plan) (int, error)

	// Close ends the urns: Append gives ErrClosed from then on.
	Close(ctx context.Context, s Scope, urns []uint16) error

	// Unsigned lists the heads of an urn that have no signed checkpoint yet, in
	// order.
	Unsigned(ctx context.Context, s Scope, urn uint16) ([]Head, error)

	// Sign keeps the signed checkpoint of head number. One that is there is not
	// replaced.
	Sign(ctx context.Context, s Scope, urn uint16, number uint64, checkpoint []byte) error

	// Checkpoints gives the signed checkpoints of an urn in order.
	Checkpoints(ctx context.Context, s Scope, urn uint16, yield func(checkpoint []byte) error) error

	// Latest is the last signed checkpoint of an urn; nil if there is none.
	Latest(ctx context.Context, s Scope, urn uint16) ([]byte, error)

	// Leaves gives the leaves of an urn at the positions from … to−1 that are there,
	// in order. What yield is given it must not keep. A flush in another process may
	// wait for the end of it before it has forgotten: nobody reads long.
	Leaves(ctx context.Context, s Scope, urn uint16, from, to uint64, yield func(leaf []byte) error) error

	// Find says where the ballot of this hash is, Absent if it is not here. A ballot
	// that was promised is never Absent, during a flush neither.
	Find(ctx context.Context, s Scope, ballot Hash) (Place, error)

	// Chains says how the ballots of an account stand, in the log and among the pending.
	Chains(ctx context.Context, s Scope, urn uint16, account [32]byte) (Chains, error)

	// Voters is how many accounts have a ballot in the log of an urn.
	Voters(ctx context.Context, s Scope, urn uint16) (int, error)

	// Closed says whether Close has ended the urn.
	Closed(ctx context.Context, s Scope, urn uint16) (bool, error)

	// Challenge keeps a challenge whose name and halves are new, and answers nil; the same
	// for the one that is there already. Otherwise it answers a Refusal: ErrCopy, ErrFull or
	// ErrClosed. From then on no ballot enters that has one of its halves.
	Challenge(ctx context.Context, s Scope, c ChallengeEntry) error

	// Contest keeps the code of a challenge: ErrUnknown where the urn has none of that name,
	// ErrClosed. It can be repeated.
	Contest(ctx context.Context, s Scope, urn uint16, code Hash) error

	// Challenges gives the challenges of an urn from the name from on, in ascending order of their names: the
	// code of a contested one, zero otherwise, and the record. What yield is given it must
	// not keep.
	Challenges(ctx context.Context, s Scope, urn uint16, from Hash, most int, yield func(code Hash, record []byte) error) error

	// Size is the number of leaves of an urn's log; ErrClosed if it was never
	// opened.
	Size(ctx context.Context, s Scope, urn uint16) (uint64, error)
}
