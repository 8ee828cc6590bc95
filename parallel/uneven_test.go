package parallel_test

import (
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"

	"isoloir/parallel"
)

func TestEveryTaskOnceAndLargeOnesAlone(t *testing.T) {
	sizes := []int{5, parallel.Alone, 0, 7, 3 * parallel.Alone, 9}
	var running atomic.Int32
	var mu sync.Mutex
	seen := map[int]int{}
	var reports []int
	err := parallel.Uneven(sizes, 3, func(done, total int) {
		reports = append(reports, done)
		if total != 4*parallel.Alone+21 {
			t.Errorf("total %d", total)
		}
	}, func(i, workers int, progress func(done, total int)) error {
		now := running.Add(1)
		defer running.Add(-1)
		if sizes[i] >= parallel.Alone && (now != 1 || workers != 3) || sizes[i] < parallel.Alone && workers != 1 {
			t.Errorf("task %d of size %d runs beside %d others with %d workers", i, sizes[i], now-1, workers)
		}
		progress(1, 2)
		mu.Lock()
		seen[i]++
		mu.Unlock()
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for i := range sizes {
		if seen[i] != 1 {
			t.Errorf("task %d was done %d times", i, seen[i])
		}
	}
	for i := 1; i < len(reports); i++ {
		if reports[i] < reports[i-1] {
			t.Errorf("progress goes back: %v", reports)
		}
	}
	if last := reports[len(reports)-1]; last != 4*parallel.Alone+21 {
		t.Errorf("the last report is %d", last)
	}
}

func TestTheFirstFailureInOrder(t *testing.T) {
	second := errors.New("second")
	var both sync.WaitGroup
	both.Add(2)
	err := parallel.Uneven([]int{1, 2}, 2, nil, func(i, _ int, _ func(done, total int)) error {
		both.Done()
		both.Wait()
		if i == 1 {
			return second
		}
		return fmt.Errorf("first")
	})
	if err == nil || err.Error() != "first" {
		t.Fatalf("error %v, want the first task's", err)
	}
}

func TestNothingBeginsBehindAFailure(t *testing.T) {
	var begun []int
	failure := errors.New("disk full")
	err := parallel.Uneven([]int{1, 5, 2, 3}, 1, nil, func(i, _ int, _ func(done, total int)) error {
		begun = append(begun, i)
		if i == 1 {
			return failure
		}
		return nil
	})
	if !errors.Is(err, failure) || !slices.Equal(begun, []int{1, 0}) {
		t.Fatalf("error %v after tasks %v", err, begun)
	}
}

func TestNoUnevenTask(t *testing.T) {
	if err := parallel.Uneven(nil, 0, nil, nil); err != nil {
		t.Fatal(err)
	}
}
