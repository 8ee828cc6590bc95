// Package outbox is a carrier that carries nowhere: it keeps messages, in memory or in a directory, so
// that a page can show what would have left. It is for demonstrations and tests; a
// real vote never runs on it, since it holds codes.
package outbox

import (
	"context"
	"slices"
	"sync"
	"time"

	"isoloir/courier"
)

var _ courier.Carrier = (*Box)(nil)

// A Letter is a message with the time at which it was handed over.
type Letter struct {
	courier.Message
	Time time.Time
}

// A Box keeps the last messages. It is safe for concurrent use.
type Box struct {
	now  func() time.Time
	size int

	mu      sync.Mutex
	letters []Letter
}

// New makes a box for the last size messages.
func New(size int, now func() time.Time) *Box { return &Box{now: now, size: max(1, size)} }

// Carry keeps the message. One of the same name takes the place of the former.
func (b *Box) Carry(_ context.Context, m courier.Message) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.letters = slices.DeleteFunc(b.letters, func(l Letter) bool { return l.Name == m.Name })
	if len(b.letters) >= b.size {
		b.letters = slices.Delete(b.letters, 0, len(b.letters)-b.size+1)
	}
	b.letters = append(b.letters, Letter{m, b.now()})
	return nil
}

// Letters are the messages, the last one first.
func (b *Box) Letters() []Letter {
	b.mu.Lock()
	defer b.mu.Unlock()
	out := slices.Clone(b.letters)
	slices.Reverse(out)
	return out
}

// To are the messages to an address, the last one first.
func (b *Box) To(address string) []Letter {
	return slices.DeleteFunc(b.Letters(), func(l Letter) bool { return l.To != address })
}
