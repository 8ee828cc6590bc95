package tiles_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"

	"golang.org/x/mod/sumdb/tlog"

	"isoloir/merkle"
	"isoloir/merkle/tiles"
)

func TestNames(t *testing.T) {
	for name, want := range map[string]tiles.Tile{
		"tile/0/000":                     {Width: 256},
		"tile/1/999":                     {Level: 1, Index: 999, Width: 256},
		"tile/0/x001/000":                {Index: 1000, Width: 256},
		"tile/0/x001/x234/067.p/8":       {Index: 1234067, Width: 8},
		"tile/7/000.p/255":               {Level: 7, Width: 255},
		"tile/entries/x123/456":          {Entries: true, Index: 123456, Width: 256},
		"tile/entries/x123/456.p/1":      {Entries: true, Index: 123456, Width: 1},
		"tile/entries/x001/x000/000.p/9": {Entries: true, Index: 1000000, Width: 9},
	} {
		if got, err := tiles.Parse(name); err != nil || got != want || got.Name() != name {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
	}
	for _, name := range []string{"", "tile/", "tile/0", "tile/0/", "tile/0/0", "tile/0/0000", "tile/00/000", "tile/8/000", "tile/-1/000", "tile/+1/000", "tile/data/000",
		"tile/0/x000/001", "tile/0/001/000", "tile/0/x001", "tile/0/x001/000/", "tile/0/000.p", "tile/0/000.p/", "tile/0/000.p/0", "tile/0/000.p/256", "tile/0/000.p/08",
		"tile/0/000.p/8/", "tile/0/../000", "/tile/0/000", "tile/0/000.p/1.p/1", "tile/0/x999/x999/x999/x999/x999/x999/999", "tile/entries/00a"} {
		if got, err := tiles.Parse(name); !errors.Is(err, tiles.ErrName) {
			t.Errorf("%q is read as %+v", name, got)
		}
	}
}

// TestTiles compares the tiles of growing logs with those that x/mod's tlog makes.
func TestTiles(t *testing.T) {
	leaf := func(n uint64) []byte { return fmt.Append(nil, "leaf ", n) }
	tree := merkle.NewTree(func(n uint64) merkle.Hash { return merkle.LeafHash(leaf(n)) })
	var stored []tlog.Hash
	read := tlog.HashReaderFunc(func(at []int64) (out []tlog.Hash, err error) {
		for _, i := range at {
			out = append(out, stored[i])
		}
		return out, nil
	})
	size := uint64(0)
	for _, next := range []uint64{0, 1, 5, 255, 256, 257, 600, 70_000} {
		old := size
		for ; size < next; size++ {
			more, err := tlog.StoredHashes(int64(size), leaf(size), read)
			if err != nil {
				t.Fatal(err)
			}
			stored = append(stored, more...)
		}
		tree.Grow(size)
		want := map[string]tlog.Tile{}
		for _, x := range tlog.NewTiles(8, int64(old), int64(size)) {
			want[tiles.Tile{Level: x.L, Index: uint64(x.N), Width: x.W}.Name()] = x
		}
		leaves := uint64(0)
		for tile := range tiles.Of(old, size) {
			if !tile.In(size) || tile.In(tile.To()<<(8*tile.Level)-1) {
				t.Errorf("%s of %d leaves is said to be out of its log", tile.Name(), size)
			}
			if tile.Entries {
				leaves += tile.To() - max(old, tile.From())
				continue
			}
			x, ok := want[tile.Name()]
			if !ok {
				t.Fatalf("from %d to %d: %s is no new tile", old, size, tile.Name())
			}
			delete(want, tile.Name())
			got, err := tile.Hashes(tree)
			data, wrong := tlog.ReadTileData(x, read)
			if err != nil || wrong != nil || !slices.Equal(got, data) {
				t.Fatalf("%s of %d leaves is another one: %v, %v", tile.Name(), size, err, wrong)
			}
		}
		if len(want) > 0 || leaves != size-old {
			t.Errorf("from %d to %d: tiles left out: %v; %d leaves", old, size, want, leaves)
		}
	}
	if _, err := (tiles.Tile{Level: 1, Index: 1, Width: 256}).Hashes(tree); err == nil {
		t.Error("a tile beyond the log")
	}
}

func FuzzParse(f *testing.F) {
	f.Add("tile/0/x001/067.p/8")
	f.Add("tile/entries/000")
	f.Fuzz(func(t *testing.T, name string) {
		if got, err := tiles.Parse(name); err == nil && got.Name() != name {
			t.Fatalf("%q is read as %+v", name, got)
		}
	})
}
