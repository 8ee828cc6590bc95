package urntest

import (
	"bytes"
	"crypto/sha256"
	"slices"
	"sync"
	"testing"

	"isoloir/urn"
)

// find looks ballots up by their hash, before, during and after flushes.
func find(t *testing.T, b *bench) {
	in, small, refused := b.entry(t, 0, 0), b.entry(t, 1, 0), b.entry(t, 0, 0)
	want := func(when string, e urn.Entry, want urn.Place) {
		t.Helper()
		if got, err := b.Find(ctx, b.Scope, e.Ballot.Hash()); err != nil || got != want {
			t.Fatalf("%s: %+v, %v, not %+v", when, got, err, want)
		}
	}
	want("before any key exists", in, urn.Place{})
	b.want(t, "append", nil, in, small)
	b.want(t, "another ballot of the account", urn.ErrVoted, refused)
	want("pending", in, urn.Place{State: urn.Received})
	want("pending in the other urn", small, urn.Place{State: urn.Received, Urn: 1})
	want("refused", refused, urn.Place{})
	var others []urn.Entry
	for i := 1; i < 9; i++ {
		others = append(others, b.entry(t, 0, i))
	}
	b.want(t, "others", nil, others...)
	if n, err := b.Flush(ctx, b.Scope, func(number uint16, pending int) int { return pending - 1 }); err != nil || n != 8 {
		t.Fatalf("%d moved: %v", n, err)
	}
	want("left by the flush", small, urn.Place{State: urn.Received, Urn: 1})
	b.flushAll(t)
	want("in the other log", small, urn.Place{State: urn.Logged, Urn: 1})
	leaves := b.leaves(t, 0)
	for i, e := range append(others, in) {
		position := slices.IndexFunc(leaves, func(leaf []byte) bool { return bytes.Equal(leaf[1:], e.Ballot.Bytes()) })
		if position < 0 {
			t.Fatalf("ballot %d is not in the log", i)
		}
		want("in the log", e, urn.Place{State: urn.Logged, Position: uint64(position)})
	}
	other := b.Scope
	other.Scrutin = "other"
	if got, err := b.Find(ctx, other, in.Ballot.Hash()); err != nil || got != (urn.Place{}) {
		t.Errorf("found in another scrutin: %+v, %v", got, err)
	}
}

// never asks for promised ballots all the time while two processes flush: none is
// ever Absent.
func never(t *testing.T, b *bench) {
	const electors = 40
	stores := []urn.Store{b.Store, b.open(t)}
	var promised []urn.Hash
	var mu sync.Mutex
	stop := make(chan struct{})
	var wg sync.WaitGroup
	for _, store := range stores {
		wg.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
				if _, err := store.Flush(ctx, b.Scope, urn.Scheduled(2)); err != nil {
					t.Error(err)
				}
			}
		})
		for range 2 {
			wg.Go(func() {
				for {
					select {
					case <-stop:
						return
					default:
					}
					mu.Lock()
					asked := slices.Clone(promised)
					mu.Unlock()
					for i, h := range asked {
						if got, err := store.Find(ctx, b.Scope, h); err != nil || got.State == urn.Absent {
							t.Errorf("promised ballot %d: %+v, %v", i, got, err)
							return
						}
					}
				}
			})
		}
	}
	for i := range electors {
		e := b.entry(t, 0, i)
		b.want(t, "append", nil, e)
		mu.Lock()
		promised = append(promised, e.Ballot.Hash())
		mu.Unlock()
	}
	close(stop)
	wg.Wait()
}

// published reads the ends of a log: its last checkpoint, part of its leaves, and
// whether it is closed.
func published(t *testing.T, b *bench) {
	if last, err := b.Latest(ctx, b.Scope, 0); err != nil || last != nil {
		t.Fatalf("the last of no checkpoints: %q, %v", last, err)
	}
	for i := range 3 {
		if err := b.Sign(ctx, b.Scope, 0, uint64(i), []byte{'a' + byte(i)}); err != nil {
			t.Fatal(err)
		}
	}
	if last, err := b.Latest(ctx, b.Scope, 0); err != nil || string(last) != "c" {
		t.Fatalf("the last checkpoint: %q, %v", last, err)
	}
	for i := range 6 {
		b.want(t, "append", nil, b.entry(t, 0, i))
	}
	b.flushAll(t)
	all := b.leaves(t, 0)
	for from := range uint64(8) {
		for to := range uint64(8) {
			var got []urn.Hash
			if err := b.Leaves(ctx, b.Scope, 0, from, to, func(leaf []byte) error {
				got = append(got, sha256.Sum256(leaf))
				return nil
			}); err != nil {
				t.Fatal(err)
			}
			if n := max(0, int(min(to, 6))-int(from)); len(got) != n || n > 0 && got[0] != sha256.Sum256(all[from]) {
				t.Errorf("leaves %d to %d: %d", from, to, len(got))
			}
		}
	}
	for number, want := range []bool{true, false} {
		if want {
			if err := b.Close(ctx, b.Scope, []uint16{uint16(number)}); err != nil {
				t.Fatal(err)
			}
		}
		if closed, err := b.Closed(ctx, b.Scope, uint16(number)); err != nil || closed != want {
			t.Errorf("urn %d is closed: %v, %v", number, closed, err)
		}
	}
}
