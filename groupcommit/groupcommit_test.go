package groupcommit_test

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"isoloir/groupcommit"
)

var ctx = context.Background()

func TestEveryoneIsAnswered(t *testing.T) {
	var commits, running atomic.Int64
	g := groupcommit.New(16, 64, func(_ context.Context, items []int) ([]int, error) {
		if running.Add(1) != 1 {
			t.Error("two commits at once")
		}
		defer running.Add(-1)
		commits.Add(1)
		time.Sleep(time.Millisecond)
		out := make([]int, len(items))
		for i, x := range items {
			out[i] = 2 * x
		}
		return out, nil
	})
	var wg sync.WaitGroup
	const callers = 200
	for i := range callers {
		wg.Go(func() {
			got, err := g.Do(ctx, []int{i, i + 1000})
			if err != nil || len(got) != 2 || got[0] != 2*i || got[1] != 2*i+2000 {
				t.Errorf("caller %d: %v, %v", i, got, err)
			}
		})
	}
	wg.Wait()
	if n := commits.Load(); n >= callers/2 {
		t.Errorf("%d commits for %d callers", n, callers)
	}
	if got, err := g.Do(ctx, nil); got != nil || err != nil {
		t.Errorf("nothing: %v, %v", got, err)
	}
}

func TestFailureIsEveryones(t *testing.T) {
	full := errors.New("full")
	g := groupcommit.New(16, 16, func(context.Context, []int) ([]int, error) { return nil, full })
	if _, err := g.Do(ctx, []int{1}); !errors.Is(err, full) {
		t.Error(err)
	}
	short := groupcommit.New(16, 16, func(context.Context, []int) ([]int, error) { return nil, nil })
	if _, err := short.Do(ctx, []int{1}); err == nil {
		t.Error("an item without an answer")
	}
}

// TestCancelled shows that what is queued is committed although its caller has
// gone, under a context that has not ended.
func TestCancelled(t *testing.T) {
	gate, seen := make(chan struct{}), make(chan int, 8)
	g := groupcommit.New(1, 1, func(ctx context.Context, items []int) ([]int, error) {
		<-gate
		if ctx.Err() != nil {
			t.Error("a commit under a context that has ended")
		}
		for _, x := range items {
			seen <- x
		}
		return items, nil
	})
	leaving, leave := context.WithCancel(ctx)
	var wg sync.WaitGroup
	for i := range 2 {
		wg.Go(func() {
			if _, err := g.Do(leaving, []int{i}); err != nil {
				t.Error(err)
			}
		})
		time.Sleep(20 * time.Millisecond)
	}
	late, stop := context.WithTimeout(ctx, 20*time.Millisecond)
	defer stop()
	if _, err := g.Do(late, []int{9}); !errors.Is(err, groupcommit.ErrBusy) || !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("no room: %v", err)
	}
	leave()
	close(gate)
	wg.Wait()
	if len(seen) != 2 {
		t.Errorf("%d items committed", len(seen))
	}
}

// TestPanic has everybody who shared a commit that panicked told so, and nobody wait.
func TestPanic(t *testing.T) {
	g := groupcommit.New(16, 64, func(_ context.Context, items []int) ([]int, error) {
		for _, x := range items {
			if x == 7 {
				panic("seven")
			}
		}
		return items, nil
	})
	within, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	var wg sync.WaitGroup
	for i := range 20 {
		wg.Go(func() {
			defer func() { recover() }() // of who led
			if got, err := g.Do(ctx, []int{i}); err == nil && (i == 7 || len(got) != 1 || got[0] != i) {
				t.Errorf("caller %d: %v", i, got)
			}
		})
	}
	ended := make(chan struct{})
	go func() { wg.Wait(); close(ended) }()
	select {
	case <-ended:
	case <-within.Done():
		t.Fatal("somebody waits for ever")
	}
	if got, err := g.Do(ctx, []int{1}); err != nil || got[0] != 1 {
		t.Errorf("afterwards: %v, %v", got, err)
	}
}
