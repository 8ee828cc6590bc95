package citizen

import (
	"context"
	"time"

	"isoloir/scrutin"
	"isoloir/space"
)

// A Consultation is what everybody may read of one that was published.
type Consultation struct {
	ID            string
	Organisation  string // whose it is, as what is signed names it
	Fingerprint   scrutin.Digest
	Draft         *space.Draft // as it was sealed, with what acts have changed since
	Opens, Closes time.Time
	// Arguments are those that are shown.
	Arguments []space.Argument
	// Acts are those of its life after the seal, each with its reason.
	Acts []space.Act
	// Voting is where one votes: the address of the page, which is of another origin,
	// without the language that its path begins with. Empty where one cannot, or members
	// alone decide.
	Voting string
	// Result is the address of the result, without its language too; empty before it is
	// published.
	Result string
}

// A Shelf is where published consultations are read from: of one space, and nothing that
// is not published. It is safe for concurrent use.
type Shelf interface {
	// Published are all of them, the newest first.
	Published(ctx context.Context) ([]Consultation, error)
	// Consultation is one of them: space.ErrUnknown for any other.
	Consultation(ctx context.Context, id string) (*Consultation, error)
	// File is a document or the picture of one of them: space.ErrUnknown for any other.
	File(ctx context.Context, id string, digest scrutin.Digest) (space.File, error)
}

// Phase is where a consultation stands at an instant: before, open, after (its result is
// awaited) or result.
func (c *Consultation) Phase(now time.Time) string { return string(c.phase(now)) }
