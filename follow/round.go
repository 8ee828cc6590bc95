package follow

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"isoloir/audit/evidence"
	"isoloir/merkle"
	"isoloir/scrutin"
	"isoloir/scrutin/note"
)

// late is how many rounds in a row may show less than the urn has signed, as a cache or
// a process that lags does, before it is written down.
const late = 3

// round looks at the log once.
func (l *log) round(ctx context.Context) error {
	fork := l.evidenceFile(evidence.KindFork)
	if _, err := os.Stat(fork); !errors.Is(err, fs.ErrNotExist) {
		return errors.Join(&Raised{fork, l.urn, evidence.KindFork}, err)
	}
	if err := l.recall(); err != nil {
		return err
	}
	signed, err := l.client.get(ctx, l.origin+"/"+headFile, checkpointSize, "")
	if err != nil {
		return err
	}
	c, bad := l.open(signed)
	if bad != nil { // the urn has signed it for all that, if its own line holds
		if signed, err = evidence.Bare(signed, l.key); err == nil {
			c, err = l.open(signed)
		}
		if err != nil {
			return errCheckpoint(bad)
		}
	}
	if err := l.sight(c, signed); err != nil {
		return err
	}
	if err := l.compare(c, signed); err != nil {
		return err
	}
	if bad != nil {
		return errCheckpoint(bad)
	}
	if c.Size < l.latest {
		return l.shrunk(c, signed)
	}
	l.behind = 0
	if c.Size > l.head.Size {
		switch err := l.extend(ctx, c, signed); {
		case errors.Is(err, errSealed):
			l.config.Tell(Event{Urn: l.urn, What: Withheld, Size: c.Size})
			return nil
		case err != nil:
			return err
		}
	}
	return l.sign(ctx, signed)
}

func errCheckpoint(err error) error { return fmt.Errorf("%w: its checkpoint: %w", ErrServer, err) }

// recall holds all that was ever seen against the mirror: what was seen while leaves were
// withheld, and what an earlier round, stopped before it wrote its evidence, had seen.
func (l *log) recall() error {
	for _, s := range l.others {
		if err := l.compare(s.Checkpoint, s.signed); err != nil {
			return err
		}
	}
	for _, s := range l.seen {
		if err := l.compare(s.Checkpoint, s.signed); err != nil {
			return err
		}
	}
	return nil
}

// compare holds a checkpoint against all that was seen and mirrored.
func (l *log) compare(c note.Checkpoint, signed []byte) error {
	empty := sha256.Sum256(nil)
	if c.Size == 0 && c.Root != empty {
		return l.raise(signed, signed, empty, nil)
	}
	if s := l.seen[c.Size]; s.Root != c.Root {
		return l.raise(s.signed, signed, c.Root, nil)
	}
	if c.Size == 0 || c.Size >= l.head.Size {
		return nil
	}
	return l.under(c, signed)
}

// under holds a smaller checkpoint against the mirror.
func (l *log) under(c note.Checkpoint, signed []byte) error {
	root, err := l.tree.Root(c.Size)
	if err != nil || root == c.Root {
		return err
	}
	path, err := l.tree.Consistency(c.Size, l.head.Size)
	if err != nil {
		return err
	}
	return l.raise(signed, l.seen[l.head.Size].signed, root, path)
}

// extend brings the leaves of a larger checkpoint into the mirror. Where they do not
// extend what it holds, the server's whole log is asked for: if the checkpoint is of
// that, the urn has two histories.
func (l *log) extend(ctx context.Context, c note.Checkpoint, signed []byte) error {
	old := l.head
	whole := old.Size / 256 * 256
	hashes, err := l.fetch(ctx, incoming, old.Size, c.Size)
	if err != nil {
		return err
	}
	same := true
	for i, h := range hashes[:old.Size-whole] {
		same = same && h == l.hashes[whole+uint64(i)]
	}
	if same && l.grow(hashes[old.Size-whole:], c) {
		if err := l.keep(old.Size, signed); err != nil {
			return err
		}
		l.config.Tell(Event{Urn: l.urn, What: Grown, Size: c.Size})
		return l.recall()
	}
	if err := os.RemoveAll(filepath.Join(l.dir, incoming)); err != nil {
		return err
	}
	if old.Size == 0 {
		return errLeaves(c)
	}
	return l.parted(ctx, c, signed)
}

// parted shows that a checkpoint is of another history than the mirror's, and keeps the
// leaves of both.
func (l *log) parted(ctx context.Context, c note.Checkpoint, signed []byte) error {
	folder := filepath.Join(seenDir, name(c))
	hashes, err := l.fetch(ctx, folder, 0, c.Size)
	if err != nil {
		return err
	}
	other := merkle.NewTree(func(n uint64) merkle.Hash { return hashes[n] })
	other.Grow(c.Size)
	if root, err := other.Root(c.Size); err != nil || root != c.Root {
		return errors.Join(errLeaves(c), err, os.RemoveAll(filepath.Join(l.dir, folder)))
	}
	root, err := other.Root(l.head.Size)
	if err != nil {
		return err
	}
	path, err := other.Consistency(l.head.Size, c.Size)
	if err != nil {
		return err
	}
	return l.raise(l.seen[l.head.Size].signed, signed, root, path)
}

func errLeaves(c note.Checkpoint) error {
	return fmt.Errorf("%w: its leaves have another root than its checkpoint of %d", ErrServer, c.Size)
}

// raise writes the evidence of two histories. The first leaves below second have the
// root, as the path shows.
func (l *log) raise(first, second []byte, root merkle.Hash, path []merkle.Hash) error {
	one, two, err := l.bare(first, second)
	if err != nil {
		return err
	}
	e := &evidence.Fork{Head: evidence.NewHead(evidence.KindFork, l.config.Print, l.urn, l.key), First: one, Second: two, Root: root}
	for _, h := range path {
		e.Path = append(e.Path, h)
	}
	return l.write(e)
}

// shrunk tells that less is shown than was signed and, when it stays so, writes it down.
func (l *log) shrunk(c note.Checkpoint, signed []byte) error {
	l.config.Tell(Event{Urn: l.urn, What: Smaller, Size: c.Size})
	if l.behind++; l.behind < late {
		return nil
	}
	first, second, err := l.bare(l.seen[l.latest].signed, signed)
	if err != nil {
		return err
	}
	return l.write(&evidence.Shrunk{Head: evidence.NewHead(evidence.KindShrunk, l.config.Print, l.urn, l.key), First: first, Second: second, Time: scrutin.TimeOf(l.config.Now())})
}

func (l *log) bare(first, second []byte) (a, b evidence.Lines, err error) {
	one, err := evidence.Bare(first, l.key)
	if err != nil {
		return nil, nil, err
	}
	two, err := evidence.Bare(second, l.key)
	return evidence.LinesOf(one), evidence.LinesOf(two), err
}

func (l *log) write(e evidence.Evidence) error {
	if err := e.Check(); err != nil {
		return err
	}
	data, err := evidence.Bytes(e)
	if err != nil {
		return err
	}
	file := l.evidenceFile(e.About().Record)
	if err := write(file, data); err != nil {
		return err
	}
	return &Raised{file, l.urn, e.About().Record}
}
