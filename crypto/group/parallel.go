package group

import (
	"runtime"
	"sync"
	"sync/atomic"
)

// chunkSize is the number of elements a worker takes at a time: enough to
// share one inversion, few enough to stay in the cache and to end together.
const chunkSize = 256

// parallel calls f on consecutive ranges that cover [0, n), from at most
// workers goroutines (runtime.GOMAXPROCS(0) if workers <= 0).
func parallel(n, workers int, f func(lo, hi int)) {
	if workers <= 0 {
		workers = runtime.GOMAXPROCS(0)
	}
	chunks := (n + chunkSize - 1) / chunkSize
	tasks(chunks, workers, func(i int) {
		f(i*chunkSize, min(n, (i+1)*chunkSize))
	})
}

// tasks calls f(0) ... f(n-1) from at most workers goroutines.
func tasks(n, workers int, f func(i int)) {
	workers = min(workers, n)
	if workers <= 1 {
		for i := range n {
			f(i)
		}
		return
	}
	var next atomic.Int64
	var wg sync.WaitGroup
	for range workers {
		wg.Go(func() {
			for i := int(next.Add(1) - 1); i < n; i = int(next.Add(1) - 1) {
				f(i)
			}
		})
	}
	wg.Wait()
}
