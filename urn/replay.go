package urn

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"sync"

	"isoloir/crypto/elgamal"
	"isoloir/merkle"
	"isoloir/parallel"
	"isoloir/scrutin/note"
)

// A Count is what a log holds, found by reading it again from its leaves.
type Count struct {
	Size     uint64
	Root     Hash
	Types    map[LeafType]int // leaves of each type
	Voters   int              // distinct accounts that cast a ballot
	Batches  int              // steps between two checkpoints
	Smallest int              // leaves of the smallest batch; 0 if there is none
	// Counted holds, for each question, the ciphertexts of the counted ballots
	// in log order, 64 bytes each. Ballots is their number.
	Counted [][]byte
	Ballots int
}

// A LeafError says which leaf is refused, counted from 0.
type LeafError struct {
	Urn  string
	Leaf uint64
	Err  error
}

// Error says which leaf, and why it is refused.
func (e *LeafError) Error() string {
	return fmt.Sprintf("urn %s, leaf %d: %v", e.Urn, e.Leaf, e.Err)
}

// Unwrap returns the reason.
func (e *LeafError) Unwrap() error { return e.Err }

// chunkSize is how many leaves a worker judges together.
const chunkSize = 256

// chunk is a run of leaves and, once done is closed, what was found of them.
type chunk struct {
	leaves  [][]byte
	readErr error // that of reading what follows these leaves
	done    chan struct{}

	types   []LeafType
	ballots []*Ballot // nil for a void leaf
	refused []error
	hashes  []Hash // in the tree
	orders  []Hash // within a batch
}

// Replay reads the file of an urn's leaves, judges every one by the rules,
// compares the log with its checkpoints (as ReadCheckpoints gives them), and
// says what is counted. Proofs are verified by so many workers, in batches; what
// is held at a time is a few chunks of leaves, 32 bytes of each ciphertext half
// in the book, and the counted ciphertexts. A refused leaf comes as *LeafError.
// progress is told how many leaves are done, of the last checkpoint's size.
func (r *Rules) Replay(book *Book, file io.Reader, checkpoints []note.Checkpoint, workers int, progress func(done, total int)) (*Count, error) {
	if len(checkpoints) == 0 {
		return nil, fmt.Errorf("urn %s: %w: there is none", r.Name, ErrCheckpoint)
	}
	workers = parallel.Workers(workers)
	p := &replay{rules: r, book: book, chains: newChains(r), checkpoints: checkpoints,
		count: &Count{Types: map[LeafType]int{}, Counted: make([][]byte, r.Questions)}}
	if err := p.pass(); err != nil {
		return nil, err
	}
	work, ordered, stop := make(chan *chunk, workers), make(chan *chunk, workers), make(chan struct{})
	var group sync.WaitGroup
	group.Go(func() { readChunks(file, work, ordered, stop) })
	for range workers {
		group.Go(func() {
			for c := range work {
				r.judgeChunk(c)
				close(c.done)
			}
		})
	}
	err := p.fold(ordered, progress)
	close(stop)
	for range ordered { // lets the reader go
	}
	group.Wait()
	if err != nil {
		return nil, err
	}
	return p.finish()
}

// readChunks cuts the file and hands each chunk to the workers and, in order, to
// the fold.
func readChunks(file io.Reader, work, ordered chan<- *chunk, stop <-chan struct{}) {
	defer close(ordered)
	defer close(work)
	reader := NewLeafReader(file)
	for {
		c := &chunk{done: make(chan struct{})}
		for len(c.leaves) < chunkSize && c.readErr == nil {
			var leaf []byte
			if leaf, c.readErr = reader.Next(); c.readErr == nil {
				c.leaves = append(c.leaves, leaf)
			}
		}
		select {
		case work <- c:
		case <-stop:
			return
		}
		select {
		case ordered <- c:
		case <-stop:
			return
		}
		if c.readErr != nil {
			return
		}
	}
}

func (r *Rules) judgeChunk(c *chunk) {
	n := len(c.leaves)
	c.types, c.ballots, c.refused = make([]LeafType, n), make([]*Ballot, n), make([]error, n)
	c.hashes, c.orders = make([]Hash, n), make([]Hash, n)
	var encoded [][]byte
	var at []int
	for i, leaf := range c.leaves {
		c.hashes[i], c.orders[i] = merkle.LeafHash(leaf), sha256.Sum256(leaf)
		t, data, err := SplitLeaf(leaf, r.Questions)
		if err == nil && !r.Allows(t) {
			err = fmt.Errorf("%w: the manifest has no %s leaves", ErrLeaf, t)
		}
		if err == nil && t == Supervised {
			var v Vouch
			data, v.Terminal, v.Signature = SplitSupervised(data)
			err = r.CheckVouch(sha256.Sum256(data), v)
		}
		if c.types[i], c.refused[i] = t, err; err == nil && t != Void {
			encoded, at = append(encoded, data), append(at, i)
		}
	}
	ballots, refused := r.Judge(encoded, 1)
	for j, i := range at {
		c.ballots[i], c.refused[i] = ballots[j], refused[j]
		if b := ballots[j]; b != nil && b.Supervised() != (c.types[i] == Supervised) {
			c.refused[i] = fmt.Errorf("%w: a %s leaf does not hold a ballot of counter %d", ErrLeaf, c.types[i], b.Counter())
		}
	}
}

// replay is the fold over the leaves in their order.
type replay struct {
	rules       *Rules
	book        *Book
	chains      *chains
	checkpoints []note.Checkpoint // those still ahead
	tree        merkle.Frontier
	start       uint64 // of the batch being read
	last        Hash   // order hash of the previous leaf of the batch
	cast        int
	count       *Count
}

func (p *replay) fold(ordered <-chan *chunk, progress func(done, total int)) error {
	total := int(p.lastSize())
	for c := range ordered {
		<-c.done
		for i := range c.leaves {
			if err := p.leaf(c, i); err != nil {
				return &LeafError{p.rules.Name, p.tree.Size(), err}
			}
			p.tree.AppendHash(c.hashes[i])
			if err := p.pass(); err != nil {
				return err
			}
		}
		if c.readErr != nil && !errors.Is(c.readErr, io.EOF) {
			return fmt.Errorf("urn %s, after leaf %d: %w", p.rules.Name, p.tree.Size(), c.readErr)
		}
		if progress != nil {
			progress(int(p.tree.Size()), total)
		}
	}
	return nil
}

// lastSize is the size of the last checkpoint.
func (p *replay) lastSize() uint64 {
	if len(p.checkpoints) == 0 {
		return p.tree.Size()
	}
	return p.checkpoints[len(p.checkpoints)-1].Size
}

func (p *replay) leaf(c *chunk, i int) error {
	if len(p.checkpoints) == 0 {
		return fmt.Errorf("%w: the last one does not hold this leaf", ErrCheckpoint)
	}
	if c.refused[i] != nil {
		return c.refused[i]
	}
	if p.tree.Size() > p.start && bytes.Compare(c.orders[i][:], p.last[:]) <= 0 {
		return ErrOrder
	}
	p.last = c.orders[i]
	p.count.Types[c.types[i]]++
	b := c.ballots[i]
	if b == nil {
		return nil
	}
	if err := p.book.Enter(b.Envelope); err != nil {
		return err
	}
	if c.types[i] != Cast && c.types[i] != Supervised {
		return nil
	}
	if err := p.chains.enter(b.Envelope, p.cast); err != nil {
		return err
	}
	p.cast++
	for q := range p.count.Counted {
		p.count.Counted[q] = append(p.count.Counted[q], b.Ciphertexts()[q*elgamal.Size:(q+1)*elgamal.Size]...)
	}
	return nil
}

// pass compares the log so far with the checkpoint of its size, if there is one.
func (p *replay) pass() error {
	size := p.tree.Size()
	if len(p.checkpoints) == 0 || p.checkpoints[0].Size != size {
		return nil
	}
	if p.checkpoints[0].Root != p.tree.Root() {
		return fmt.Errorf("urn %s: %w: the root of its %d leaves is another one", p.rules.Name, ErrCheckpoint, size)
	}
	p.checkpoints = p.checkpoints[1:]
	if n := int(size - p.start); n > 0 {
		if p.count.Batches++; p.count.Smallest == 0 || n < p.count.Smallest {
			p.count.Smallest = n
		}
	}
	p.start = size
	return nil
}

func (p *replay) finish() (*Count, error) {
	c := p.count
	c.Size, c.Root = p.tree.Size(), p.tree.Root()
	if len(p.checkpoints) > 0 {
		return nil, fmt.Errorf("urn %s: %w: one is of %d leaves, and the log ends after %d", p.rules.Name, ErrCheckpoint, p.checkpoints[0].Size, c.Size)
	}
	ranks, err := p.chains.last()
	if err != nil {
		return nil, fmt.Errorf("urn %s: %w", p.rules.Name, err)
	}
	c.Ballots, c.Voters = p.cast, p.cast
	if ranks != nil {
		c.Ballots, c.Voters = len(ranks), len(ranks)
		for q, all := range c.Counted {
			kept := all[:0]
			for _, rank := range ranks {
				kept = append(kept, all[rank*elgamal.Size:(rank+1)*elgamal.Size]...)
			}
			c.Counted[q] = kept
		}
	}
	return c, nil
}
