package shuffle

import (
	"runtime"
	"sync"
	"sync/atomic"
)

// smallChunk is how many elements a worker takes at a time where each costs
// the same wherever it is done: enough to share an inversion and to keep the
// cost of sharing the work out of sight.
const smallChunk = 512

// forChunks calls f on consecutive ranges of at most size elements that cover
// [0, n), from at most workers goroutines (runtime.GOMAXPROCS(0) if
// workers <= 0).
func forChunks(n, workers, size int, f func(lo, hi int)) {
	chunks := (n + size - 1) / size
	workers = min(workerCount(workers), chunks)
	if workers <= 1 {
		for lo := 0; lo < n; lo += size {
			f(lo, min(n, lo+size))
		}
		return
	}
	var next atomic.Int64
	var wg sync.WaitGroup
	for range workers {
		wg.Go(func() {
			for i := int(next.Add(1) - 1); i < chunks; i = int(next.Add(1) - 1) {
				f(i*size, min(n, (i+1)*size))
			}
		})
	}
	wg.Wait()
}

func workerCount(workers int) int {
	if workers <= 0 {
		return runtime.GOMAXPROCS(0)
	}
	return workers
}

// meter reports progress, one call at a time and never backwards.
type meter struct {
	mu          sync.Mutex
	done, total int
	report      func(done, total int)
}

func newMeter(report func(done, total int), total int) *meter {
	return &meter{total: total, report: report}
}

func (m *meter) add(k int) {
	if m.report == nil {
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.done = min(m.done+k, m.total)
	m.report(m.done, m.total)
}

// firstError keeps the error of the lowest position, whatever the order in
// which workers find theirs.
type firstError struct {
	mu  sync.Mutex
	at  int
	err error
}

func (e *firstError) set(at int, err error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.err == nil || at < e.at {
		e.at, e.err = at, err
	}
}

func (e *firstError) get() error {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.err
}
