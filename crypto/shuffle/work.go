package shuffle

import (
	"sync"
)

// smallChunk is how many elements a worker takes at a time where each costs
// the same wherever it is done: enough to share an inversion and to keep the
// cost of sharing the work out of sight.
const smallChunk = 512

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
