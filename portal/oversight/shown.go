package oversight

import (
	"context"
	"sync"
	"time"

	"isoloir/scrutin"
)

// Shown holds back what counts votes (docs/threat-model.md): while the vote is open numbers move at the slots of the flushes alone, and by
// multiples of k, as those of metrics do. So two answers, or those of roll and urn together, say at most that between 1 and 2k−1 people voted
// between two slots. Before the vote has opened and after it has ended they are what they are. It is safe for concurrent use.
type Shown struct {
	K   int
	Now func() time.Time
	// Count is how many votes each urn has now, in the manifest's order.
	Count func(context.Context) ([]int, error)
	// Resting says that nobody votes: the vote has not opened, or was closed by the bureau.
	Resting func() bool

	mu   sync.Mutex
	at   time.Time // of the last slot; zero before the first one
	held []int
}

// Slot is called at every slot, and at no other moment.
func (s *Shown) Slot(ctx context.Context) error {
	counts, err := s.Count(ctx)
	if err != nil {
		return err
	}
	for i, n := range counts {
		counts[i] = n - n%s.K
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.at, s.held = s.Now(), counts
	return nil
}

// Counts are the numbers that may be shown, as of an instant, and whether they are exact. ErrNone where the first slot has not come since the
// process began: its beginning is no slot.
func (s *Shown) Counts(ctx context.Context) (counts []int, at scrutin.Time, exact bool, err error) {
	if s.Resting() {
		counts, err = s.Count(ctx)
		return counts, scrutin.TimeOf(s.Now()), true, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.held == nil {
		return nil, scrutin.Time{}, false, ErrNone
	}
	return append([]int(nil), s.held...), scrutin.TimeOf(s.at), false, nil
}
