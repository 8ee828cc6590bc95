package postgres_test

import (
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"syscall"
	"testing"
	"time"

	"isoloir/pg"
	"isoloir/urn"
	"isoloir/urn/postgres"
	"isoloir/urn/urntest"
)

var fight = flag.Duration("fight", 2*time.Second, "how long two services fight over one log")

// commit ends the backend at the commit of each write, once before it happened
// and once after: the caller is answered as if nothing had been, and all is there
// once.
func commit(t *testing.T, c *cluster) {
	f := urntest.New(t, urntest.Size{Electors: 40})
	for _, fault := range []string{"cut", "lost"} {
		t.Run(fault, func(t *testing.T) {
			s := c.open(t, fault, postgres.Options{})
			defer s.Shut()
			strike := func(table string, do func() error) {
				t.Helper()
				run := func() {
					if err := do(); err != nil {
						t.Errorf("%s: %v", table, err)
					}
				}
				if fault == "cut" {
					c.CutCommit(t, c.copies[fault], table, "urn_service", run)
				} else {
					c.LoseAnswer(t, "urn_service", run)
				}
			}
			strike("opened", func() error { return s.Open(ctx, f.Scope, []uint16{0}) })
			var entries []urn.Entry
			for i := range 12 {
				entries = append(entries, urn.Entry{Token: urntest.Token(), Ballot: f.Ballot(t, 0, i, 1).Envelope})
			}
			void := urntest.Token()
			strike("pending", func() error {
				got, err := s.Append(ctx, f.Scope, entries)
				return errors.Join(append(got, err)...)
			})
			strike("spent", func() error {
				got, err := s.Void(ctx, f.Scope, 0, []urn.Hash{void})
				if !slices.Equal(got, []urn.Fate{urn.Voided}) {
					t.Errorf("fate %v", got)
				}
				return err
			})
			strike("head", func() error {
				n, err := s.Flush(ctx, f.Scope, urn.Scheduled(3))
				if n != 9 {
					t.Errorf("%d ballots moved", n)
				}
				return err
			})
			strike("checkpoint", func() error { return s.Sign(ctx, f.Scope, 0, 1, []byte("signed")) })
			strike("closed", func() error { return s.Close(ctx, f.Scope, []uint16{0}) })
			if n, err := s.Flush(ctx, f.Scope, urn.Everything); err != nil || n != 3 {
				t.Errorf("%d ballots at the end: %v", n, err)
			}
			if heads, err := s.Unsigned(ctx, f.Scope, 0); err != nil || len(heads) != 2 || heads[1].Number != 2 || heads[1].Tree.Size() != 12 {
				t.Errorf("heads %v, %v", heads, err)
			}
		})
	}
}

// TestCrash casts through two services while the server stops at once, as in a
// crash, and starts again, and while backends are ended: what was promised is in
// the log, once, and the log is sound.
func TestCrash(t *testing.T) {
	c := start(t)
	f := urntest.New(t, urntest.Size{Electors: 160})
	var stores []*postgres.Store
	var services []*urn.Service
	for range 2 {
		s := c.open(t, "crash", postgres.Options{})
		defer s.Shut()
		stores, services = append(stores, s), append(services, f.Service(t, s))
	}
	requests := make([]urn.AppendRequest, 160)
	for i := range requests {
		requests[i] = f.Request(t, urntest.Token(), f.Ballot(t, 0, i, i))
	}
	promised := make([]bool, len(requests))
	var casting, flushing sync.WaitGroup
	stop := make(chan struct{})
	for k, service := range services {
		for w := range 6 {
			casting.Go(func() {
				for i := 6*k + w; i < len(requests); i += 12 {
					for {
						a := service.Append(ctx, requests[i:i+1])[0]
						if a.Err == nil {
							break
						}
						if !errors.Is(a.Err, urn.ErrBusy) {
							t.Errorf("ballot %d: %v", i, a.Err)
							return
						}
					}
					promised[i] = true
					time.Sleep(rand.N(40 * time.Millisecond))
				}
			})
		}
		flushing.Go(func() {
			for {
				if _, err := service.Flush(ctx); err != nil {
					t.Log("flush: ", err)
				}
				select {
				case <-stop:
					return
				case <-time.After(20 * time.Millisecond):
				}
			}
		})
	}
	for range 2 {
		time.Sleep(120 * time.Millisecond)
		c.Terminate(t, "urn_service")
		time.Sleep(120 * time.Millisecond)
		c.Server.Stop(t, syscall.SIGQUIT)
		c.Run(t)
	}
	casting.Wait()
	close(stop)
	flushing.Wait()
	if err := services[0].Close(ctx); err != nil {
		t.Fatal(err)
	}
	count, err := f.Count(t, services[1], 0, urn.NewBook())
	if err != nil || count.Ballots != len(requests) || count.Voters != len(requests) {
		t.Fatalf("%+v, %v", count, err)
	}
	for i, in := range promised {
		if !in {
			t.Errorf("ballot %d was never promised", i)
		}
		if a := services[i%2].Append(ctx, requests[i:i+1])[0]; a.Err != nil {
			t.Errorf("ballot %d, sent again: %v", i, a.Err)
		}
	}
	t.Logf("%d batches", count.Batches)
}

// fighting has two services flush one log as fast as they can, each ballot in a
// batch of its own if need be: there is one head of each number, and each follows
// from the one before.
func fighting(t *testing.T, c *cluster) {
	f := urntest.New(t, urntest.Size{Electors: max(100, int(*fight/(20*time.Millisecond)))})
	stores := []*postgres.Store{c.open(t, "fight", postgres.Options{}), nil}
	stores[1] = c.open(t, "fight", postgres.Options{})
	defer stores[0].Shut()
	defer stores[1].Shut()
	service := f.Service(t, stores[0])
	stop, wins := make(chan struct{}), [2]int{}
	var wg sync.WaitGroup
	for k, s := range stores {
		wg.Go(func() {
			for {
				n, err := s.Flush(ctx, f.Scope, urn.Everything)
				if err != nil {
					t.Error(err)
				}
				if n > 0 {
					wins[k]++
				}
				select {
				case <-stop:
					return
				default:
				}
			}
		})
	}
	cast := 0
	for end := time.Now().Add(*fight); time.Now().Before(end) && cast < len(f.Secrets[0]); cast++ {
		q := f.Request(t, urntest.Token(), f.Ballot(t, 0, cast, cast))
		if a := service.Append(ctx, []urn.AppendRequest{q})[0]; a.Err != nil {
			t.Fatal(a.Err)
		}
	}
	close(stop)
	wg.Wait()
	if err := service.Close(ctx); err != nil {
		t.Fatal(err)
	}
	count, err := f.Count(t, service, 0, urn.NewBook())
	if err != nil || count.Ballots != cast || wins[0]+wins[1] < 2 {
		t.Fatalf("%d cast, %+v, %v, flushes %v", cast, count, err, wins)
	}
	t.Logf("%d ballots, %d batches, flushes won %v", cast, count.Batches, wins)
}

// fork has somebody append a head out of turn: who comes after him with the same
// number fails, and changes nothing.
func fork(t *testing.T, c *cluster) {
	f := urntest.New(t, urntest.Size{})
	s := c.open(t, "fork", postgres.Options{})
	defer s.Shut()
	if err := s.Open(ctx, f.Scope, []uint16{0}); err != nil {
		t.Fatal(err)
	}
	if got, err := s.Append(ctx, f.Scope, []urn.Entry{{Token: urntest.Token(), Ballot: f.Ballot(t, 0, 0, 1).Envelope}}); err != nil || got[0] != nil {
		t.Fatal(got, err)
	}
	intruder, err := pg.Open(c.Address("urn_service", c.copies["fork"]))
	if err != nil {
		t.Fatal(err)
	}
	defer intruder.Close()
	flushed := make(chan error)
	if err := intruder.Write(ctx, func(tx *pg.Tx) error {
		if _, err := tx.Exec("INSERT INTO head (organisation, scrutin, urn, number, size, peaks) VALUES ($1, $2, 0, 1, 0, '')", f.Scope.Organisation, f.Scope.Scrutin); err != nil {
			return err
		}
		go func() {
			_, err := s.Flush(ctx, f.Scope, urn.Everything)
			flushed <- err
		}()
		for waiting := "0"; waiting == "0"; {
			select {
			case err := <-flushed:
				return fmt.Errorf("the flush did not wait: %w", err)
			default:
				waiting = c.Query(t, "postgres", "SELECT count(*) FROM pg_stat_activity WHERE usename = 'urn_service' AND wait_event_type = 'Lock'")[0]
			}
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	err = <-flushed
	if _, twice := pg.Violates(err, "head_pkey"); !twice {
		t.Fatalf("two heads of one number: %v", err)
	}
	if n, err := s.Pending(ctx, f.Scope); err != nil || n[0] != 1 {
		t.Fatalf("pending %v, %v", n, err)
	}
}
