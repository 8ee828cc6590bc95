package urntest

import (
	"errors"
	"sync"
	"testing"

	"isoloir/urn"
)

// concurrent has many callers append the same ballots, and two ballots of each
// account, at once.
func concurrent(t *testing.T, b *bench) {
	const electors = 20
	var entries []urn.Entry
	for i := range electors {
		entries = append(entries, b.entry(t, 0, i), b.entry(t, 0, i))
	}
	in := make([]int, len(entries))
	var mu sync.Mutex
	var wg sync.WaitGroup
	for range 4 {
		for i, e := range entries {
			wg.Go(func() {
				got, err := b.Append(ctx, b.Scope, []urn.Entry{e})
				if err != nil {
					t.Error(err)
					return
				}
				switch {
				case got[0] == nil:
					mu.Lock()
					in[i]++
					mu.Unlock()
				case !errors.Is(got[0], urn.ErrVoted):
					t.Errorf("entry %d: %v", i, got[0])
				}
			})
		}
	}
	wg.Wait()
	for i := 0; i < len(in); i += 2 {
		if in[i]+in[i+1] != 4 || in[i]*in[i+1] != 0 {
			t.Errorf("the two ballots of account %d were taken %d and %d times", i/2, in[i], in[i+1])
		}
	}
	if n := b.flushAll(t); n != electors {
		t.Errorf("%d ballots for %d accounts", n, electors)
	}
}

// sequencers has two processes append, void and flush on the same data at once.
func sequencers(t *testing.T, b *bench) {
	const electors = 60
	stores := []urn.Store{b.Store, b.open(t)}
	accepted := make([]bool, electors)
	var wg sync.WaitGroup
	stop := make(chan struct{})
	for _, store := range stores {
		wg.Go(func() {
			for {
				if _, err := store.Flush(ctx, b.Scope, urn.Scheduled(2)); err != nil {
					t.Error(err)
				}
				select {
				case <-stop:
					return
				default:
				}
			}
		})
	}
	var casting sync.WaitGroup
	for i := range electors {
		e := b.entry(t, 0, i)
		casting.Go(func() {
			fate := urn.Appended
			for k, store := range stores {
				if i%3 == k { // one in three meets a void before, between or after
					fates, err := store.Void(ctx, b.Scope, 0, []urn.Hash{e.Token})
					if err != nil {
						t.Error(err)
						return
					}
					fate = fates[0]
				}
				got, err := store.Append(ctx, b.Scope, []urn.Entry{e})
				if err != nil {
					t.Error(err)
					return
				}
				if (got[0] == nil) != (fate == urn.Appended) {
					t.Errorf("ballot %d: fate %d, answer %v", i, fate, got[0])
				}
				accepted[i] = got[0] == nil
			}
		})
	}
	casting.Wait()
	close(stop)
	wg.Wait()
	b.flushAll(t)
	want := 0
	for _, a := range accepted {
		if a {
			want++
		}
	}
	service := b.Service(t, b.Store)
	count, err := b.Count(t, service, 0, urn.NewBook())
	if err != nil {
		t.Fatal(err)
	}
	if count.Ballots != want || count.Voters != want {
		t.Errorf("%d ballots in the log, %d accepted", count.Ballots, want)
	}
}
