// Package ratelimit says how often somebody may do something: so many at once, and
// then one each so long, by the generic cell rate algorithm (ITU-T I.371, virtual
// scheduling), which keeps a single instant for each key.
//
// What it promises. The average is never exceeded, and who keeps to it never waits.
// What is asked in vain costs nothing, so that nobody is kept out for ever by
// another who asks on. Memory is bounded: when there is no more room, those are
// forgotten first who have least to wait. Nothing is written down, and of an
// address there is only what [Networks] leaves of it.
package ratelimit

import (
	"maps"
	"slices"
	"sync"
	"time"
)

// A Limit is how often: Burst at once, and one more each Every. A limit without
// Every or Burst is none.
type Limit struct {
	Every time.Duration
	Burst int
}

// A Limiter keeps a limit for each key. It is safe for concurrent use.
type Limiter[K comparable] struct {
	limit Limit
	size  int
	now   func() time.Time

	mu  sync.Mutex
	due map[K]time.Time // when all that was taken has been paid for
}

// New returns a limiter of a limit for at most size keys at a time, one at least.
func New[K comparable](limit Limit, size int, now func() time.Time) *Limiter[K] {
	return &Limiter[K]{limit: limit, size: max(size, 1), now: now, due: map[K]time.Time{}}
}

// Take takes one for a key and returns 0; or takes none, and returns how long it is
// until one can be taken.
func (l *Limiter[K]) Take(key K) time.Duration {
	if l.limit.Every <= 0 || l.limit.Burst <= 0 {
		return 0
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	now := l.now()
	due, known := l.due[key]
	if !known || due.Before(now) {
		due = now
	}
	if wait := due.Sub(now) - l.limit.Every*time.Duration(l.limit.Burst-1); wait > 0 {
		return wait
	}
	if !known && len(l.due) >= l.size {
		l.makeRoom(now)
	}
	l.due[key] = due.Add(l.limit.Every)
	return 0
}

// makeRoom forgets who has nothing to wait for; and where these are few, a quarter
// of the keys, those of least to wait.
func (l *Limiter[K]) makeRoom(now time.Time) {
	maps.DeleteFunc(l.due, func(_ K, due time.Time) bool { return !due.After(now) })
	if len(l.due) <= l.size-l.size/4 && len(l.due) < l.size {
		return
	}
	keys := slices.SortedFunc(maps.Keys(l.due), func(a, b K) int { return l.due[a].Compare(l.due[b]) })
	for _, key := range keys[:max(1, l.size/4)] {
		delete(l.due, key)
	}
}
