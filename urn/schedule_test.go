package urn_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"isoloir/urn"
	"isoloir/urn/urntest"
)

func TestSlot(t *testing.T) {
	day := time.Date(2026, 12, 3, 0, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		after  time.Duration
		period time.Duration
		want   time.Duration
	}{
		{0, 15 * time.Minute, 15 * time.Minute},
		{1, 15 * time.Minute, 15 * time.Minute},
		{15*time.Minute - 1, 15 * time.Minute, 15 * time.Minute},
		{15 * time.Minute, 15 * time.Minute, 30 * time.Minute},
		{23*time.Hour + 59*time.Minute, 24 * time.Hour, 24 * time.Hour},
		{time.Hour, 24 * time.Hour, 24 * time.Hour},
	} {
		if got := urn.Slot(day.Add(c.after).In(time.FixedZone("", 3600)), c.period); !got.Equal(day.Add(c.want)) {
			t.Errorf("after %v by %v: %v", c.after, c.period, got)
		}
	}
}

// slots is a store that has nothing pending, and notes when it is asked to flush.
type slots struct {
	urn.Store
	mu    sync.Mutex
	at    []time.Time
	fails int
}

func (s *slots) Open(context.Context, urn.Scope, []uint16) error { return nil }
func (s *slots) Unsigned(context.Context, urn.Scope, uint16) ([]urn.Head, error) {
	return nil, nil
}
func (s *slots) Flush(context.Context, urn.Scope, urn.Plan) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.at = append(s.at, time.Now()); len(s.at) <= s.fails {
		return 0, errors.New("the disk does not answer")
	}
	return 0, nil
}

func (s *slots) seen() []time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.at
}

func service(t *testing.T, f *urntest.Fixture, store urn.Store) *urn.Service {
	t.Helper()
	c := f.Config(store)
	c.Period = 10 * time.Minute
	s, err := urn.NewService(ctx, c)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// TestFlushAtSlots keeps the slots for a day, from wherever it starts.
func TestFlushAtSlots(t *testing.T) {
	f := urntest.New(t, urntest.Size{})
	synctest.Test(t, func(t *testing.T) {
		time.Sleep(123456 * time.Millisecond)
		ctx, cancel := context.WithTimeout(ctx, 24*time.Hour)
		defer cancel()
		store := &slots{}
		if err := service(t, f, store).FlushAtSlots(ctx, func(err error) { t.Error(err) }); err != nil {
			t.Fatal(err)
		}
		if len(store.at) != 144 {
			t.Fatalf("%d flushes in a day", len(store.at))
		}
		for i, at := range store.at {
			if at.Unix()%600 != 0 || i > 0 && at.Sub(store.at[i-1]) != 10*time.Minute {
				t.Errorf("a flush at %v", at)
			}
		}
	})
}

// TestFlushFails tries again soon, and keeps the next slot.
func TestFlushFails(t *testing.T) {
	f := urntest.New(t, urntest.Size{})
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(ctx, 25*time.Minute)
		defer cancel()
		store, failures := &slots{fails: 3}, 0
		if err := service(t, f, store).FlushAtSlots(ctx, func(error) { failures++ }); err != nil {
			t.Fatal(err)
		}
		if len(store.at) != 5 || failures != 3 || store.at[3].Sub(store.at[0]) != 30*time.Second || store.at[4].Sub(store.at[0]) != 10*time.Minute {
			t.Errorf("%d failures, flushes at %v", failures, store.at)
		}
	})
	c := f.Config(newStore(t))
	s, err := urn.NewService(ctx, c)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.FlushAtSlots(ctx, nil); err == nil {
		t.Error("flushes without a period")
	}
}

// TestClockSet puts the clock forward, and is not late for the slot by much.
func TestClockSet(t *testing.T) {
	f := urntest.New(t, urntest.Size{})
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(ctx)
		var mu sync.Mutex
		var ahead time.Duration
		store := &slots{}
		c := f.Config(store)
		c.Period = time.Hour
		c.Now = func() time.Time { mu.Lock(); defer mu.Unlock(); return time.Now().Add(ahead) }
		s, err := urn.NewService(ctx, c)
		if err != nil {
			t.Fatal(err)
		}
		done := make(chan error)
		go func() { done <- s.FlushAtSlots(ctx, nil) }()
		time.Sleep(5 * time.Minute)
		mu.Lock()
		ahead = 55 * time.Minute
		mu.Unlock()
		time.Sleep(2 * time.Minute)
		if n := len(store.seen()); n != 1 {
			t.Errorf("%d flushes after the clock was set", n)
		}
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
}

// TestTwoSchedulers has two processes keep the same slots over one store while
// ballots come: every batch has at least k, and none is lost.
func TestTwoSchedulers(t *testing.T) {
	f := urntest.New(t, urntest.Size{Electors: 60, K: 4})
	store := newStore(t)
	run, cancel := context.WithCancel(ctx)
	var wg sync.WaitGroup
	var first *urn.Service
	for range 2 {
		c := f.Config(store)
		c.Period = time.Second
		s, err := urn.NewService(ctx, c)
		if err != nil {
			t.Fatal(err)
		}
		first = s
		wg.Go(func() {
			if err := s.FlushAtSlots(run, func(err error) { t.Error(err) }); err != nil {
				t.Error(err)
			}
		})
	}
	for i := range 60 {
		cast(t, f, first, 0, i, 1)
		time.Sleep(40 * time.Millisecond)
	}
	cancel()
	wg.Wait()
	if err := first.Close(ctx); err != nil {
		t.Fatal(err)
	}
	c, err := f.Count(t, first, 0, urn.NewBook())
	if err != nil || c.Ballots != 60 || c.Smallest < 4 || c.Batches < 2 {
		t.Errorf("%d ballots in %d batches of %d or more: %v", c.Ballots, c.Batches, c.Smallest, err)
	}
}
