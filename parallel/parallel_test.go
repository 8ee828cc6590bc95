package parallel_test

import (
	"runtime"
	"sync"
	"sync/atomic"
	"testing"

	"isoloir/parallel"
)

var workers = []int{-1, 0, 1, 2, 3, 7, 64}

func TestEachOnce(t *testing.T) {
	for _, w := range workers {
		for _, n := range []int{0, 1, 2, 5, 1000} {
			calls := make([]atomic.Int32, n)
			parallel.Each(n, w, func(i int) { calls[i].Add(1) })
			for i := range calls {
				if c := calls[i].Load(); c != 1 {
					t.Fatalf("%d workers, %d of %d: called %d times", w, i, n, c)
				}
			}
		}
	}
}

// TestAtMostThatMany holds as many calls open as there are workers.
func TestAtMostThatMany(t *testing.T) {
	for _, w := range []int{1, 2, 5} {
		var open, most atomic.Int32
		var meet sync.WaitGroup
		meet.Add(w)
		parallel.Each(w, w, func(int) {
			if n := open.Add(1); n > most.Load() {
				most.Store(n)
			}
			meet.Done()
			if w > 1 {
				meet.Wait() // never returns unless all run at once
			}
			open.Add(-1)
		})
		parallel.Each(50, w, func(int) {
			if n := open.Add(1); int(n) > w {
				t.Errorf("%d calls at once from %d workers", n, w)
			}
			open.Add(-1)
		})
		if int(most.Load()) > w {
			t.Errorf("%d calls at once from %d workers", most.Load(), w)
		}
	}
}

func TestRangesCover(t *testing.T) {
	for _, w := range workers {
		for _, n := range []int{0, 1, 2, 5, 999, 1000} {
			for _, size := range []int{1, 3, 1000, 5000} {
				cover(t, n, func(f func(lo, hi int)) { parallel.Chunks(n, size, w, f) }, size)
			}
			cover(t, n, func(f func(lo, hi int)) { parallel.Shares(n, w, f) }, n/max(1, min(n, parallel.Workers(w)))+1)
		}
	}
}

func cover(t *testing.T, n int, run func(func(lo, hi int)), longest int) {
	t.Helper()
	var mu sync.Mutex
	seen := make([]int, n)
	run(func(lo, hi int) {
		mu.Lock()
		defer mu.Unlock()
		if lo >= hi || hi-lo > longest {
			t.Errorf("the range [%d, %d) of %d", lo, hi, n)
		}
		for i := lo; i < hi; i++ {
			seen[i]++
		}
	})
	for i, c := range seen {
		if c != 1 {
			t.Fatalf("%d of %d is in %d ranges", i, n, c)
		}
	}
}

func TestWorkers(t *testing.T) {
	if parallel.Workers(3) != 3 || parallel.Workers(0) != runtime.GOMAXPROCS(0) || parallel.Workers(-1) != runtime.GOMAXPROCS(0) {
		t.Error("not the number asked for, or not that of the processors")
	}
}
