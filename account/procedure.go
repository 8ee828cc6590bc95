package account

import (
	"errors"
	"fmt"

	"isoloir/crypto/shuffle"
	"isoloir/crypto/transcript"
	"isoloir/parallel"
	"isoloir/record"
	"isoloir/scrutin"
	"isoloir/scrutin/note"
)

// Refusals of statements and of the files they name.
var (
	// ErrStatement says that a statement is not the one that the manifest
	// expects: of another party, stage, urn or number of electors.
	ErrStatement = errors.New("the statement is not the one expected here")
	// ErrFile says that a file is not the one that its statement names.
	ErrFile = errors.New("the file is not the one that its statement names")
	// ErrChain says that a stage did not start from what the one before gave.
	ErrChain = errors.New("the stage does not start from the keys of the one before")
	// ErrProof says that the proof of a stage does not hold.
	ErrProof = errors.New("the proof of the stage does not hold")
)

// A Procedure makes and verifies accounts of one scrutin: those with which it opens,
// before its opening record exists, or those that an amendment of the roll adds. It
// is safe for concurrent use if Progress is.
type Procedure struct {
	Manifest    *scrutin.Manifest
	Fingerprint scrutin.Digest // f
	Added       *Addition      // nil for those with which it opens
	Workers     int
	// Progress, which may be nil, is told how many keys of all are done. Calls
	// come one at a time.
	Progress func(done, total int)

	generators shuffle.Generators
}

// An Addition says whom an amendment adds to the roll. Its lists are by urn, in the
// manifest's order.
type Addition struct {
	Opening   scrutin.Digest // o
	Amendment int            // its number, from 1
	First     []int          // the number of the first who is added
	Electors  []int          // how many are; 0 where nobody is
	// Enrolled and Accounts are all account keys so far, before and after
	// anonymisation, 32 bytes each: those that are added are compared with them when
	// they are verified. Nil where that is for somebody else to do.
	Enrolled, Accounts [][]byte
}

func (p *Procedure) context(urn string) transcript.Context {
	ctx := transcript.Context{Manifest: p.Fingerprint, Opening: p.opening(), Urn: urn}
	if p.Added != nil {
		ctx.Amendment = uint32(p.Added.Amendment)
	}
	return ctx
}

// opening is o, zero before it exists.
func (p *Procedure) opening() scrutin.Digest {
	if p.Added == nil {
		return scrutin.Digest{}
	}
	return p.Added.Opening
}

// population says where the files are.
func (p *Procedure) population() record.Population {
	if p.Added == nil {
		return 0
	}
	return record.Population(p.Added.Amendment)
}

// head begins the records that an amendment has.
func (p *Procedure) head() scrutin.OpenHead {
	return scrutin.OpenHead{Head: scrutin.Head{Manifest: p.Fingerprint}, Opening: p.opening()}
}

// electors is how many of an urn are enrolled.
func (p *Procedure) electors(urn int) int {
	if p.Added == nil {
		return p.Manifest.Urns[urn].Electors
	}
	return p.Added.Electors[urn]
}

// filled are the urns with anybody to enrol, by their number in the manifest.
func (p *Procedure) filled() (urns []int) {
	for i := range p.Manifest.Urns {
		if p.electors(i) > 0 {
			urns = append(urns, i)
		}
	}
	return urns
}

// each calls f for every urn with anybody to enrol, as parallel.Uneven does: side by
// side where they are small.
func (p *Procedure) each(f func(urn, workers int, progress func(done, total int)) error) error {
	urns := p.filled()
	sizes := make([]int, len(urns))
	for i, urn := range urns {
		sizes[i] = p.electors(urn)
	}
	return parallel.Uneven(sizes, p.Workers, p.Progress, func(i, workers int, progress func(done, total int)) error {
		return f(urns[i], workers, progress)
	})
}

// spread puts what a statement says of the urns with anybody to enrol in the places
// that these have in the manifest: ErrStatement unless it says it of each, in order.
func spread[T any](p *Procedure, stated []T, name func(*T) string) ([]T, error) {
	urns := p.filled()
	if len(stated) != len(urns) {
		return nil, fmt.Errorf("%d urns where %d have electors to enrol: %w", len(stated), len(urns), ErrStatement)
	}
	all := make([]T, len(p.Manifest.Urns))
	for i, urn := range urns {
		if id := p.Manifest.Urns[urn].ID; name(&stated[i]) != id {
			return nil, fmt.Errorf("urn %s in the place of %s: %w", name(&stated[i]), id, ErrStatement)
		}
		all[urn] = stated[i]
	}
	return all, nil
}

// gathered is what a statement says of them.
func gathered[T any](p *Procedure, all []T) (stated []T) {
	for _, urn := range p.filled() {
		stated = append(stated, all[urn])
	}
	return stated
}

// open reads a record signed by one party.
func open[T any, P interface {
	*T
	scrutin.Record
}](p *Procedure, in *record.Reader, path string, party note.Verifier) (*T, scrutin.Digest, error) {
	data, err := in.Read(path, note.MaxSize)
	if err != nil {
		return nil, scrutin.Digest{}, err
	}
	r, n, err := scrutin.Open[T, P](data, p.Fingerprint, p.opening(), party)
	if err != nil {
		return nil, scrutin.Digest{}, fmt.Errorf("%s: %w", path, err)
	}
	return r, scrutin.TextDigest(n.Text), nil
}

// readExactly reads a file of a known size.
func readExactly(in *record.Reader, path string, size int) ([]byte, error) {
	data, err := in.Read(path, int64(size))
	if errors.Is(err, record.ErrTooLarge) || err == nil && len(data) != size {
		return nil, fmt.Errorf("%s, of %d bytes expected: %w", path, size, ErrFile)
	}
	return data, err
}
