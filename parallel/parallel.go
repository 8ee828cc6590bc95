// Package parallel divides independent computations among the processors: many
// ballots, keys or points, each judged alone. Every room that offers a number of
// workers means it as this package does.
package parallel

import (
	"runtime"
	"sync"
	"sync/atomic"
)

// Workers is the number of goroutines that a caller asks for: workers, or
// runtime.GOMAXPROCS(0) if it is not positive.
func Workers(workers int) int {
	if workers <= 0 {
		return runtime.GOMAXPROCS(0)
	}
	return workers
}

// Each calls f for 0 … n−1, each once and in no order, from at most that many
// workers, and returns when all are done. One worker is the caller itself.
func Each(n, workers int, f func(i int)) {
	workers = min(Workers(workers), n)
	if workers <= 1 {
		for i := range n {
			f(i)
		}
		return
	}
	var next atomic.Int64
	var all sync.WaitGroup
	for range workers {
		all.Go(func() {
			for i := int(next.Add(1) - 1); i < n; i = int(next.Add(1) - 1) {
				f(i)
			}
		})
	}
	all.Wait()
}

// Chunks calls f on ranges of at most size elements, as few as that takes and of
// sizes that differ by one at most, that cover [0, n), as Each does: for elements
// so cheap, or so much cheaper together, that handing them out one by one would
// cost more.
func Chunks(n, size, workers int, f func(lo, hi int)) {
	chunks := (n + size - 1) / size
	Each(chunks, workers, func(i int) {
		f(i*n/chunks, (i+1)*n/chunks)
	})
}

// Shares calls f on as many ranges as there are workers, of sizes that differ by
// one at most, that cover [0, n): for work where one equation covers a range,
// however long, and every further equation costs.
func Shares(n, workers int, f func(lo, hi int)) {
	workers = min(Workers(workers), n)
	Each(workers, workers, func(k int) {
		f(k*n/workers, (k+1)*n/workers)
	})
}
