package urn

import (
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"io"
	"slices"
	"sync"

	"isoloir/merkle"
)

// BundleSize is how many leaves a bundle of the public log holds.
const BundleSize = 256

// ListEntry is the length in bytes of a leaf's entry in the list: type byte ‖ SHA-256
// of its data ‖ leaf hash.
const ListEntry = 1 + 2*sha256.Size

// Published is an urn's log as its last signed checkpoint covers it. It does not
// change, and may be used by many at once.
type Published struct {
	Checkpoint []byte // signed
	Size       uint64
	Root       Hash
	blocks     [][]byte // entries of the list, BundleSize in each but the last
	shelf      *shelf
}

// List is the list of the log's leaves: ListEntry bytes for each, in log order.
func (p *Published) List() *io.SectionReader {
	return io.NewSectionReader(listReader(p.blocks), 0, int64(p.Size)*ListEntry)
}

// Path is the audit path of leaf n under Root.
func (p *Published) Path(n uint64) ([]Hash, error) {
	p.shelf.mu.RLock()
	defer p.shelf.mu.RUnlock()
	return p.shelf.tree.Inclusion(n, p.Size)
}

type listReader [][]byte

// ReadAt implements io.ReaderAt.
func (l listReader) ReadAt(b []byte, at int64) (n int, err error) {
	const block = BundleSize * ListEntry
	for n < len(b) {
		which, from := int((at+int64(n))/block), int((at+int64(n))%block)
		if which >= len(l) || from >= len(l[which]) {
			return n, io.EOF
		}
		n += copy(b[n:], l[which][from:])
	}
	return n, nil
}

// shelf keeps of one log what its readers ask for again and again: the list, and the
// tree above it, 97 bytes for each leaf in all.
type shelf struct {
	growing sync.Mutex // of who reads what is new in the store

	mu    sync.RWMutex // of all below
	tree  *merkle.Tree
	edge  merkle.Frontier
	all   [][]byte
	shown *Published
}

func newShelf() *shelf {
	s := &shelf{}
	s.tree = merkle.NewTree(func(n uint64) Hash {
		return Hash(s.all[n/BundleSize][n%BundleSize*ListEntry+1+sha256.Size:])
	})
	s.shown = &Published{Root: s.edge.Root(), shelf: s}
	return s
}

func (s *shelf) now() *Published {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.shown
}

// Published is the log of an urn up to its last signed checkpoint, whoever signed it.
// What was not known yet is read from the store, and must give the checkpoint's root.
func (s *Service) Published(ctx context.Context, urn uint16) (*Published, error) {
	r := s.rulesOf(urn)
	if r == nil {
		return nil, ErrUrn
	}
	signed, err := s.Store.Latest(ctx, s.Scope, urn)
	if err != nil {
		return nil, err
	}
	shelf := s.shelves[urn]
	if p := shelf.now(); bytes.Equal(p.Checkpoint, signed) {
		return p, nil
	}
	shelf.growing.Lock()
	defer shelf.growing.Unlock()
	c, err := r.OpenCheckpoint(signed, s.Signer.Verifier())
	if err != nil {
		return nil, err
	}
	from := shelf.now()
	if len(from.Checkpoint) > 0 && c.Size <= from.Size { // another caller has read further meanwhile
		return from, nil
	}
	next := &Published{Checkpoint: signed, Size: c.Size, Root: c.Root, shelf: shelf}
	leaves, err := s.entries(ctx, urn, from.Size, c.Size)
	if err != nil {
		return nil, err
	}
	return next, shelf.grow(next, leaves)
}

// readStep is how many leaves are read from the store at a time: who reads keeps it
// from forgetting.
const readStep = 4096

// entries gives the list's entries of the leaves from … to−1.
func (s *Service) entries(ctx context.Context, urn uint16, from, to uint64) (out []byte, err error) {
	out = make([]byte, 0, (to-from)*ListEntry)
	for ; from < to; from += readStep {
		if err := s.Store.Leaves(ctx, s.Scope, urn, from, min(to, from+readStep), func(leaf []byte) error {
			if len(leaf) == 0 {
				return ErrLeaf
			}
			data, inTree := sha256.Sum256(leaf[1:]), merkle.LeafHash(leaf)
			out = append(append(append(out, leaf[0]), data[:]...), inTree[:]...)
			return nil
		}); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// grow takes in the entries that follow what is shown, and shows next.
func (s *shelf) grow(next *Published, entries []byte) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	edge := s.edge.Clone()
	for e := entries; len(e) > 0; e = e[ListEntry:] {
		edge.AppendHash(Hash(e[1+sha256.Size:]))
	}
	if edge.Size() != next.Size || edge.Root() != next.Root {
		return fmt.Errorf("%w: the leaves of the store have another root than its signed checkpoint of size %d", ErrCheckpoint, next.Size)
	}
	const block = BundleSize * ListEntry
	for len(entries) > 0 {
		if last := len(s.all) - 1; last < 0 || len(s.all[last]) == block {
			s.all = append(s.all, make([]byte, 0, block))
		}
		last := len(s.all) - 1
		n := min(len(entries), block-len(s.all[last]))
		// Readers of earlier blocks end where the block ended then.
		s.all[last], entries = append(s.all[last], entries[:n]...), entries[n:]
	}
	s.tree.Grow(next.Size)
	s.edge, next.blocks, s.shown = edge, slices.Clone(s.all), next
	return nil
}

// Bundle is the file of the leaves BundleSize·n … BundleSize·n + BundleSize − 1 as far
// as the last signed checkpoint covers them, and their number; empty beyond it.
func (s *Service) Bundle(ctx context.Context, urn uint16, n uint64) (file []byte, leaves int, err error) {
	log, err := s.Published(ctx, urn)
	if err != nil || n > log.Size/BundleSize {
		return nil, 0, err
	}
	from, to := n*BundleSize, min(log.Size, (n+1)*BundleSize)
	file, err = s.leaves(ctx, urn, from, to)
	return file, int(to - from), err
}

// Checkpoints is the file of all signed checkpoints of an urn.
func (s *Service) Checkpoints(ctx context.Context, urn uint16) ([]byte, error) {
	if s.rulesOf(urn) == nil {
		return nil, ErrUrn
	}
	signed, err := s.checkpoints(ctx, urn)
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	err = WriteCheckpoints(&out, signed)
	return out.Bytes(), err
}

// Ended says whether the urn is closed.
func (s *Service) Ended(ctx context.Context, urn uint16) (bool, error) {
	if s.rulesOf(urn) == nil {
		return false, ErrUrn
	}
	return s.Store.Closed(ctx, s.Scope, urn)
}

// NumberOf is the number of the urn of that name, if it is one of this service's.
func (s *Service) NumberOf(name string) (uint16, bool) {
	n, known := s.names[name]
	return n, known
}

// Origin is the first line of the checkpoints of an urn of this service's.
func (s *Service) Origin(urn uint16) string { return s.rulesOf(urn).Origin() }
