package group

import (
	"runtime"
	"sync"
	"sync/atomic"
)

// chunkSize is the number of elements that share an inversion: enough to make
// its cost small, few enough to stay in the cache.
const chunkSize = 256

// parallel calls f on consecutive ranges of at most size that cover [0, n),
// from at most workers goroutines.
func parallel(n, size, workers int, f func(lo, hi int)) {
	tasks((n+size-1)/size, workers, func(i int) {
		f(i*size, min(n, (i+1)*size))
	})
}

// tasks calls f(0) ... f(n-1) from at most workers goroutines.
func tasks(n, workers int, f func(i int)) {
	workers = min(workersOr(workers), n)
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

// workersOr returns workers, or runtime.GOMAXPROCS(0) if it is not positive.
func workersOr(workers int) int {
	if workers <= 0 {
		return runtime.GOMAXPROCS(0)
	}
	return workers
}
