package journal

import (
	"bytes"
	"context"
	"errors"
	"fmt"

	"isoloir/scrutin"
)

// ErrTaken says that the place, or the name, has been given to something else meanwhile.
var ErrTaken = errors.New("this place is taken")

// A Row is an entry as engines keep it.
type Row struct {
	Number  int
	Seconds int64 // since 1970
	Text    scrutin.Digest
	Head    scrutin.Digest
	Note    []byte
}

// ReadRow is a row of a table. ErrBroken where a digest has another length than one of ours; the note is copied.
func ReadRow(number int, seconds int64, text, head, note []byte) (Row, error) {
	r := Row{Number: number, Seconds: seconds, Note: bytes.Clone(note)}
	if len(text) != len(r.Text) || len(head) != len(r.Head) {
		return Row{}, fmt.Errorf("%w: entry %d: a digest of another length", ErrBroken, number)
	}
	r.Text, r.Head = scrutin.Digest(text), scrutin.Digest(head)
	return r, nil
}

// A Fact is something that the service keeps beside the journal: a passkey, an invitation, a session. It is known by its kind and name, and never
// changed: what ends, ends by another fact.
type Fact struct {
	Kind, Name string
	Value      []byte
}

// Stored is the value as a column holds it that has no NULL: of no bytes where there is none.
func (f Fact) Stored() []byte { return append([]byte{}, f.Value...) }

// A Store keeps the journals of scrutins, each by the fingerprint f of its manifest, and facts beside them. Rows are added, never changed or
// taken away. It is safe for concurrent use, also by several processes; what it has answered for survives the end of the process.
type Store interface {
	// Append adds a row behind the last one. ErrTaken if another row has its number, if the row before it is not there, or if its text
	// stands in the journal already. The same row again is well.
	Append(ctx context.Context, f scrutin.Digest, r Row) error
	// Rows gives the rows after a number, in their order.
	Rows(ctx context.Context, f scrutin.Digest, after int) ([]Row, error)
	// Keep adds facts, all of them or none. ErrTaken if one of them is there, with whatever value.
	Keep(ctx context.Context, f scrutin.Digest, facts ...Fact) error
	// Fact gives the value of a fact, and whether it is there.
	Fact(ctx context.Context, f scrutin.Digest, kind, name string) ([]byte, bool, error)
	// Facts gives all facts of a kind, by their names.
	Facts(ctx context.Context, f scrutin.Digest, kind string) ([]Fact, error)
	// Shut closes it.
	Shut() error
}
