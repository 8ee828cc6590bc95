package follow

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"isoloir/merkle"
	"isoloir/merkle/tiles"
	"isoloir/record"
	"isoloir/scrutin/note"
	"isoloir/urn"
	"isoloir/urn/witness"
)

// Files of a mirror, beside its tiles.
const (
	headFile  = "checkpoint"
	seenDir   = "seen"
	incoming  = "incoming" // what came, and is not under a checkpoint yet
	signature = "cosigned"
)

// errDamaged says that the disk does not hold what was written to it.
var errDamaged = errors.New("it is damaged: move it away, and follow anew")

// A log is one urn's, and its mirror: the files on disk, and their tree.
type log struct {
	config *Config
	client *client
	urn    string
	origin string
	dir    string
	key    note.Verifier
	known  []note.Verifier // key, and the witnesses'

	hashes []merkle.Hash // of the leaves
	tree   *merkle.Tree
	edge   merkle.Frontier
	head   note.Checkpoint // that the tree agrees with
	seen   map[uint64]sighting
	others []sighting // of a size of seen, with another root: evidence that is to be written
	latest uint64     // the largest size seen
	behind int        // rounds in a row that showed less
}

// A sighting is the first checkpoint that was seen of its size.
type sighting struct {
	note.Checkpoint
	signed []byte
}

// load reads the mirror from the disk.
func (l *log) load() error {
	l.tree, l.seen = merkle.NewTree(func(n uint64) merkle.Hash { return l.hashes[n] }), map[uint64]sighting{}
	l.head = note.Checkpoint{Origin: l.origin, Root: l.edge.Root()}
	if err := l.loadSeen(); err != nil {
		return err
	}
	signed, err := os.ReadFile(filepath.Join(l.dir, headFile))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	c, err := l.open(signed)
	if err != nil {
		return fmt.Errorf("%w: %w", errDamaged, err)
	}
	hashes := make([]merkle.Hash, 0, c.Size)
	for t := range tiles.Of(0, c.Size) {
		if t.Level > 0 || t.Entries {
			continue
		}
		data, err := os.ReadFile(l.file("", t))
		if err != nil {
			return fmt.Errorf("%w: %w", errDamaged, err)
		}
		if len(data) != t.Width*sha256.Size {
			return fmt.Errorf("%w: %s", errDamaged, t.Name())
		}
		for ; len(data) > 0; data = data[sha256.Size:] {
			hashes = append(hashes, merkle.Hash(data))
		}
	}
	if !l.grow(hashes, c) {
		return fmt.Errorf("%w: its tiles have another root than its checkpoint", errDamaged)
	}
	return nil
}

func (l *log) loadSeen() error {
	files, err := os.ReadDir(filepath.Join(l.dir, seenDir))
	if err != nil {
		return err
	}
	for _, entry := range files {
		if !strings.HasSuffix(entry.Name(), ".note") {
			continue
		}
		file := filepath.Join(l.dir, seenDir, entry.Name())
		signed, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		c, err := l.open(signed)
		if err != nil {
			return fmt.Errorf("%w: %s: %w", errDamaged, file, err)
		}
		l.take(sighting{c, signed})
	}
	return nil
}

func (l *log) take(s sighting) {
	if first, twice := l.seen[s.Size]; !twice {
		l.seen[s.Size] = s
	} else if first.Root != s.Root {
		l.others = append(l.others, s)
	}
	l.latest = max(l.latest, s.Size)
}

// file is where a tile is, in the mirror or a folder of it.
func (l *log) file(folder string, t tiles.Tile) string {
	return filepath.Join(l.dir, folder, filepath.FromSlash(t.Name()))
}

func write(path string, data []byte) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	return record.WriteWhole(path, data)
}

// open reads a checkpoint of this log, signed by the urn.
func (l *log) open(signed []byte) (note.Checkpoint, error) {
	n, err := note.Open(signed, l.known...)
	if err == nil {
		err = n.Require(l.key)
	}
	if err != nil {
		return note.Checkpoint{}, err
	}
	c, err := note.ParseCheckpoint(n.Text)
	if err == nil && c.Origin != l.origin {
		err = fmt.Errorf("the checkpoint is of the log %s", c.Origin)
	}
	return c, err
}

// grow takes in the hashes of the leaves that follow, if c is the checkpoint of them
// all.
func (l *log) grow(more []merkle.Hash, c note.Checkpoint) bool {
	edge := l.edge.Clone()
	for _, h := range more {
		edge.AppendHash(h)
	}
	if edge.Size() != c.Size || edge.Root() != c.Root {
		return false
	}
	l.hashes, l.edge, l.head = append(l.hashes, more...), edge, c
	l.tree.Grow(c.Size)
	return true
}

// fetch brings the bundles that a log of old leaves had not into a folder of the
// mirror, those apart that an earlier try has brought, and gives the hashes of their
// leaves, from the first of a bundle on.
func (l *log) fetch(ctx context.Context, folder string, old, size uint64) (hashes []merkle.Hash, err error) {
	for t := range tiles.Of(old, size) {
		if !t.Entries {
			continue
		}
		file := l.file(folder, t)
		data, err := os.ReadFile(file)
		if errors.Is(err, fs.ErrNotExist) {
			data, err = l.leaves(ctx, t)
		}
		if err != nil {
			return nil, err
		}
		here, err := hashLeaves(data, t.Width)
		if err != nil {
			return nil, fmt.Errorf("%w: %s: %w", ErrServer, t.Name(), err)
		}
		if err := write(file, data); err != nil {
			return nil, err
		}
		hashes = append(hashes, here...)
	}
	return hashes, nil
}

func (l *log) leaves(ctx context.Context, t tiles.Tile) ([]byte, error) {
	pass := ""
	if l.config.Witness != nil {
		var err error
		if pass, err = witness.Pass(l.origin, l.config.Now(), l.config.Witness); err != nil {
			return nil, err
		}
	}
	return l.client.get(ctx, l.origin+"/"+t.Name(), bundleSize, pass)
}

// hashLeaves hashes the leaves of a bundle of so many, and nothing behind them.
func hashLeaves(bundle []byte, width int) (hashes []merkle.Hash, err error) {
	r := urn.NewLeafReader(bytes.NewReader(bundle))
	for {
		leaf, err := r.Next()
		switch {
		case errors.Is(err, io.EOF) && len(hashes) == width:
			return hashes, nil
		case errors.Is(err, io.EOF):
			return nil, fmt.Errorf("it has %d leaves, not %d", len(hashes), width)
		case err != nil:
			return nil, err
		case len(hashes) == width:
			return nil, errors.New("more follows its leaves")
		}
		hashes = append(hashes, merkle.LeafHash(leaf))
	}
}

// keep makes what was fetched beyond old leaves a part of the mirror, which the
// checkpoint then names. Stopped anywhere, it is done again.
func (l *log) keep(old uint64, signed []byte) error {
	for t := range tiles.Of(old, l.head.Size) {
		if !t.Entries {
			data, err := t.Hashes(l.tree)
			if err == nil {
				err = write(l.file("", t), data)
			}
			if err != nil {
				return err
			}
			continue
		}
		data, err := os.ReadFile(l.file(incoming, t))
		if err == nil {
			err = write(l.file("", t), data)
		}
		if err != nil {
			return err
		}
	}
	if err := write(filepath.Join(l.dir, headFile), signed); err != nil {
		return err
	}
	return os.RemoveAll(filepath.Join(l.dir, incoming))
}

// sight writes a checkpoint down, as it came, before anything is thought of it.
func (l *log) sight(c note.Checkpoint, signed []byte) error {
	if s, before := l.seen[c.Size]; before && s.Root == c.Root {
		return nil
	}
	if err := write(filepath.Join(l.dir, seenDir, name(c)+".note"), signed); err != nil {
		return err
	}
	l.take(sighting{c, signed})
	return nil
}

// name tells checkpoints of one log apart.
func name(c note.Checkpoint) string { return fmt.Sprintf("%d-%x", c.Size, c.Root[:8]) }

// evidenceFile is where the evidence against an urn is. It is named after the scrutin too:
// a directory may hold the mirrors of several, whose urns have one name.
func (l *log) evidenceFile(kind string) string {
	return filepath.Join(l.config.Dir, "evidence-"+kind[strings.LastIndex(kind, "/")+1:]+"-"+l.config.Print.String()+"-"+l.urn+".json")
}
