package sigma

import (
	"errors"
	"fmt"
)

// What a refused proof is refused for. Malformed bytes are refused with
// group.ErrLength, group.ErrNotCanonical or group.ErrIdentity instead.
var (
	ErrKnowledge = errors.New("the proof of knowledge does not hold")
	ErrEnrolment = errors.New("the proof of knowledge of all keys does not hold")
	ErrEquality  = errors.New("the proof of equal logarithms does not hold")
	ErrShare     = errors.New("the proof of the shares does not hold")
	ErrBallot    = errors.New("the proof of the ballot does not hold")
	// ErrCount says that lists which belong together differ in length, or
	// that a list is empty.
	ErrCount = errors.New("wrong number of items")
	// ErrSecret says that a secret is not that of the statement to prove.
	ErrSecret = errors.New("the secret does not belong to the key")
)

// Culprits says which proofs of a batch do not hold. It unwraps to the error
// that each of them alone would give.
type Culprits struct {
	Indices []int // ascending, from 0
	Total   int   // proofs in the batch
	Reason  error
}

// Error names the first culprits.
func (c *Culprits) Error() string {
	const most = 10
	shown, more := c.Indices, ""
	if len(shown) > most {
		shown, more = shown[:most], " and others"
	}
	return fmt.Sprintf("%d of %d proofs, numbers %v%s: %v", len(c.Indices), c.Total, shown, more, c.Reason)
}

// Unwrap returns the reason.
func (c *Culprits) Unwrap() error { return c.Reason }
