package parallel

import (
	"cmp"
	"slices"
	"sync"
)

// Alone is the size, in elements of a list, from which a task of Uneven keeps all
// workers busy.
const Alone = 1 << 11

// Uneven calls task for each index of sizes, for tasks of unequal size such as
// the urns of a scrutin: large ones, which can keep all workers busy, one after
// the other with all of them, then the small ones side by side with one worker
// each. A task is told how many workers it has and where to report its progress;
// progress itself, which may be nil, is told how much of the sum of all sizes is
// done, one call at a time. The error is that of the first task in order that
// failed, whoever failed first; once one has failed, none that comes after it in
// order is begun.
func Uneven(sizes []int, workers int, progress func(done, total int), task func(i, workers int, progress func(done, total int)) error) error {
	workers = Workers(workers)
	r := &uneven{failed: len(sizes), errs: make([]error, len(sizes)), parts: make([]int, len(sizes)), report: progress}
	order := make([]int, len(sizes))
	for i, size := range sizes {
		order[i] = i
		r.total += size
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(sizes[b], sizes[a]) })
	large := 0
	for large < len(order) && sizes[order[large]] >= Alone {
		large++
	}
	for _, i := range order[:large] {
		r.do(i, sizes[i], workers, task)
	}
	small := order[large:]
	Each(len(small), workers, func(k int) { r.do(small[k], sizes[small[k]], 1, task) })
	return cmp.Or(r.errs...)
}

type uneven struct {
	mu          sync.Mutex
	errs        []error
	failed      int // the first task that failed
	done, total int
	parts       []int // done of each task
	report      func(done, total int)
}

func (r *uneven) do(i, size, workers int, task func(i, workers int, progress func(done, total int)) error) {
	r.mu.Lock()
	stop := i > r.failed
	r.mu.Unlock()
	if stop {
		return
	}
	err := task(i, workers, func(done, total int) { r.tell(i, size, done, total) })
	if err == nil {
		r.tell(i, size, 1, 1)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if err != nil {
		r.errs[i], r.failed = err, min(r.failed, i)
	}
}

func (r *uneven) tell(i, size, done, total int) {
	if r.report == nil || total <= 0 {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	now := int(int64(size) * int64(done) / int64(total))
	if now == r.parts[i] {
		return
	}
	r.done += now - r.parts[i]
	r.parts[i] = now
	r.report(r.done, r.total)
}
