package shuffle

import (
	"sync"

	"isoloir/crypto/group"
	"isoloir/parallel"
)

// Label is the name from which the commitment generators are hashed.
const Label = "isoloir/v1/shuffle"

// Generators keeps the commitment generators h_0, h_1 … that have been
// computed so far; generator i is the same for every list, so that one
// Generators serves all stages of all urns. Nothing but this package's label
// goes into them. The zero value is ready, and safe for concurrent use.
//
// It takes 160 bytes for each element of the longest list seen, and some
// microseconds once. A prover adds 3 MB of tables.
type Generators struct {
	mu      sync.Mutex
	halves  []group.Point
	base, h *group.Table
}

// tableBits is the window of the tables of g and h. They are gone through one
// row at a time (group.Table.AddMulAll), 60 kB at 10 bits.
const tableBits = 10

// keyWindow is the window of a table made for one list of n elements: narrow
// where the table would take longer to make than to use.
func keyWindow(n int) int {
	switch {
	case n < 100:
		return 5
	case n < 2000:
		return 7
	default:
		return 9
	}
}

// first returns the halves of h_0 … h_n: half i is h_i / 2.
func (g *Generators) first(n, workers int) []group.Point {
	g.mu.Lock()
	defer g.mu.Unlock()
	known := len(g.halves)
	if known <= n {
		grown := make([]group.Point, n+1)
		copy(grown, g.halves)
		parallel.Chunks(n+1-known, smallChunk, workers, func(lo, hi int) {
			for i := known + lo; i < known+hi; i++ {
				grown[i] = group.GeneratorHalf(Label, uint64(i))
			}
		})
		g.halves = grown
	}
	return g.halves[: n+1 : n+1]
}

// tables returns the tables of g and h_0.
func (g *Generators) tables() (base, h *group.Table) {
	h0 := g.first(0, 1)[0].Double()
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.base == nil {
		g.base, g.h = group.NewTable(group.Base(), tableBits), group.NewTable(h0, tableBits)
	}
	return g.base, g.h
}

// Prepare computes the generators for lists of up to n elements ahead of time.
func (g *Generators) Prepare(n, workers int) { g.first(n, workers) }
