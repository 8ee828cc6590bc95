// Package tiles divides a log into files that never change: tiles of 256 hashes, and
// bundles of 256 leaves, named as C2SP tlog-tiles names them. Whoever has the files
// below a checkpoint has the log, and static files are all that a server of it needs.
//
// It promises that a name is read if and only if it is the one that the
// specification gives to a tile; and that a tile's bytes follow from the log alone.
package tiles

import (
	"errors"
	"fmt"
	"iter"
	"math/bits"
	"regexp"
	"strconv"
	"strings"

	"isoloir/merkle"
)

// Full is how many hashes, or leaves, a whole tile holds; a tile of level L+1 stands
// above as many of level L.
const Full = 256

// height is the number of the tree's levels that a tile stands for.
const height = 8

// ErrName says that a string is not the name of a tile.
var ErrName = errors.New("not the name of a tile of a log")

// A Tile is one file of a log.
type Tile struct {
	Entries bool   // a bundle of leaves; its level is 0
	Level   int    // 0 holds the hashes of leaves, 1 the roots of 256 leaves each …
	Index   uint64 // among those of its level, from 0
	Width   int    // hashes or leaves in it: 1 to Full
}

// index is a number in groups of three digits, all but the last one marked.
var index = regexp.MustCompile(`^(?:x[0-9]{3}/)*[0-9]{3}$`)

// Parse reads the name of a tile below the address of its log: tile/L/N[.p/W] or
// tile/entries/N[.p/W]. Everything else is ErrName.
func Parse(name string) (Tile, error) {
	bad := fmt.Errorf("%w: %q", ErrName, name)
	rest, ok := strings.CutPrefix(name, "tile/")
	level, rest, cut := strings.Cut(rest, "/")
	t := Tile{Entries: level == "entries", Width: Full}
	if !ok || !cut {
		return Tile{}, bad
	}
	if !t.Entries {
		l, err := strconv.ParseUint(level, 10, 3) // 2^63 leaves have tiles of eight levels
		if err != nil {
			return Tile{}, bad
		}
		t.Level = int(l)
	}
	number, width, partial := strings.Cut(rest, ".p/")
	if partial {
		w, err := strconv.ParseUint(width, 10, height)
		if err != nil || w == 0 {
			return Tile{}, bad
		}
		t.Width = int(w)
	}
	if !index.MatchString(number) {
		return Tile{}, bad
	}
	n, err := strconv.ParseUint(strings.NewReplacer("x", "", "/", "").Replace(number), 10, 63-height)
	if err != nil {
		return Tile{}, bad
	}
	if t.Index = n; t.Name() != name {
		return Tile{}, bad
	}
	return t, nil
}

// Name is what Parse reads.
func (t Tile) Name() string {
	level, number := strconv.Itoa(t.Level), fmt.Sprintf("%03d", t.Index%1000)
	if t.Entries {
		level = "entries"
	}
	for n := t.Index / 1000; n > 0; n /= 1000 {
		number = fmt.Sprintf("x%03d/%s", n%1000, number)
	}
	if t.Width != Full {
		number += ".p/" + strconv.Itoa(t.Width)
	}
	return "tile/" + level + "/" + number
}

// From is the tile's first leaf or hash, counted on its level.
func (t Tile) From() uint64 { return t.Index * Full }

// To follows the tile's last one.
func (t Tile) To() uint64 { return t.From() + uint64(t.Width) }

// In says whether a log of that size has the tile as a whole.
func (t Tile) In(size uint64) bool { return t.To() <= size>>(height*t.Level) }

// Hashes are the bytes of a tile of hashes, 32 each.
func (t Tile) Hashes(tree *merkle.Tree) ([]byte, error) {
	out := make([]byte, 0, t.Width*len(merkle.Hash{}))
	for n := t.From(); n < t.To(); n++ {
		h, err := tree.Subtree(height*t.Level, n)
		if err != nil {
			return nil, err
		}
		out = append(out, h[:]...)
	}
	return out, nil
}

// Of are the tiles of a log that a log of the first old leaves had not: of every
// level those of hashes, and then the bundles of leaves, each as wide as it can be.
func Of(old, size uint64) iter.Seq[Tile] {
	return func(yield func(Tile) bool) {
		for level := range (bits.Len64(size) + height - 1) / height {
			if !row(Tile{Level: level}, old>>(height*level), size>>(height*level), yield) {
				return
			}
		}
		row(Tile{Entries: true}, old, size, yield)
	}
}

func row(t Tile, old, n uint64, yield func(Tile) bool) bool {
	if old == n {
		return true
	}
	for t.Index = old / Full; t.From() < n; t.Index++ {
		t.Width = int(min(n-t.From(), Full))
		if !yield(t) {
			return false
		}
	}
	return true
}
