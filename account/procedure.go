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

// A Procedure makes and verifies the accounts of one scrutin, before its opening
// record exists. It is safe for concurrent use if Progress is.
type Procedure struct {
	Manifest    *scrutin.Manifest
	Fingerprint scrutin.Digest // f
	Workers     int
	// Progress, which may be nil, is told how many keys of all are done. Calls
	// come one at a time.
	Progress func(done, total int)

	generators shuffle.Generators
}

func (p *Procedure) context(urn string) transcript.Context {
	return transcript.Context{Manifest: p.Fingerprint, Urn: urn}
}

// each calls f for every urn of the manifest, as parallel.Uneven does: side by side where
// they are small.
func (p *Procedure) each(f func(urn, workers int, progress func(done, total int)) error) error {
	sizes := make([]int, len(p.Manifest.Urns))
	for i, u := range p.Manifest.Urns {
		sizes[i] = u.Electors
	}
	return parallel.Uneven(sizes, p.Workers, p.Progress, f)
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
	r, n, err := scrutin.Open[T, P](data, p.Fingerprint, scrutin.Digest{}, party)
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
