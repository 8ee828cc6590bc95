package keyceremony

import (
	"errors"
	"fmt"
)

// Reasons for which a run is void and a holder is named.
var (
	ErrAbsent     = errors.New("a message that was due is missing")
	ErrMalformed  = errors.New("the message is not of the form that the step asks")
	ErrDouble     = errors.New("two different messages were signed for one step")
	ErrBoard      = errors.New("the message answers other messages than those on the board")
	ErrThreshold  = errors.New("the polynomial has not as many coefficients as the clause's threshold")
	ErrCommitment = errors.New("the coefficients are not those committed to")
	ErrProof      = errors.New("the proof of knowledge of the constant term does not hold")
	ErrShare      = errors.New("a share does not lie on the dealer's polynomial")
	ErrComplaint  = errors.New("the complaint is false: its proof fails, or the share is right")
	ErrSeal       = errors.New("the keys sealed are not those of the run")
	ErrDegenerate = errors.New("a key of the clause is the identity, which only all its holders together bring about")
)

// Fault names the holder by whom a run is void. It unwraps to one of the
// reasons above.
type Fault struct {
	Run    int
	Step   Step
	Holder string
	Reason error
}

// Error is a sentence for the minutes.
func (f Fault) Error() string {
	return fmt.Sprintf("run %d, %s: %s: %v", f.Run, f.Step, f.Holder, f.Reason)
}

// Unwrap returns the reason.
func (f Fault) Unwrap() error { return f.Reason }
