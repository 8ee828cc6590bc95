package shuffle

import (
	"sync"

	"isoloir/crypto/group"
)

// Label is the name from which the commitment generators are hashed.
const Label = "isoloir/v1/shuffle"

// Generators keeps the commitment generators h_0, h_1 … that have been
// computed so far; generator i is the same for every list, so that one
// Generators serves all stages of all urns. Nothing but this package's label
// goes into them. The zero value is ready, and safe for concurrent use.
//
// It takes 160 bytes for each element of the longest list seen, and some
// microseconds once.
type Generators struct {
	mu     sync.Mutex
	halves []group.Point
}

// first returns the halves of h_0 … h_n: half i is h_i / 2.
func (g *Generators) first(n, workers int) []group.Point {
	g.mu.Lock()
	defer g.mu.Unlock()
	known := len(g.halves)
	if known <= n {
		grown := make([]group.Point, n+1)
		copy(grown, g.halves)
		forChunks(n+1-known, workers, smallChunk, func(lo, hi int) {
			for i := known + lo; i < known+hi; i++ {
				grown[i] = group.GeneratorHalf(Label, uint64(i))
			}
		})
		g.halves = grown
	}
	return g.halves[: n+1 : n+1]
}

// Prepare computes the generators for lists of up to n elements ahead of time.
func (g *Generators) Prepare(n, workers int) { g.first(n, workers) }
