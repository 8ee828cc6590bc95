package jobs_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"isoloir/pg"
	"isoloir/pg/jobs"
	"isoloir/pg/postgrestest"
)

func open(t *testing.T, s *postgrestest.Server) *jobs.Queue {
	t.Helper()
	q, err := jobs.Open(t.Context(), s.Address("postgres", "postgres"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(q.Close)
	return q
}

// serve runs a worker until the test ends, or until stop, and gives its error.
func serve(t *testing.T, q *jobs.Queue, name string, work jobs.Work, do func(job []byte) ([]byte, error)) (stop func() error) {
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- q.Serve(ctx, jobs.Worker{Name: name, Work: work, Hands: 2, Do: do}) }()
	stop = func() error {
		cancel()
		err := <-ended
		ended <- err
		return err
	}
	t.Cleanup(func() { _ = stop() })
	return stop
}

func some(n int) (list [][]byte) {
	for i := range n {
		list = append(list, fmt.Appendf(nil, "job %d", i))
	}
	return list
}

func doubled(job []byte) ([]byte, error) { return append(job, job...), nil }

func TestJobs(t *testing.T) {
	s := postgrestest.Start(t)
	if _, err := jobs.Open(t.Context(), "nowhere"); !errors.Is(err, pg.ErrAddress) {
		t.Errorf("no connection string: %v", err)
	}
	q := open(t, s)
	ask := func(work jobs.Work, list [][]byte) ([]jobs.Result, error) {
		ctx, cancel := context.WithTimeout(t.Context(), 50*time.Second)
		defer cancel()
		return open(t, s).Ask(ctx, jobs.Question{Work: work, Jobs: list, Lease: time.Second})
	}

	t.Run("done once, and asked again", func(t *testing.T) {
		var done atomic.Int32
		stop := serve(t, q, "one", jobs.Work{1}, func(job []byte) ([]byte, error) {
			done.Add(1)
			return doubled(job)
		})
		serve(t, q, "elsewhere", jobs.Work{2}, func([]byte) ([]byte, error) { return nil, errors.New("this is not his work") })
		for range 2 {
			found, err := ask(jobs.Work{1}, some(40))
			if err != nil {
				t.Fatal(err)
			}
			for i, job := range some(40) {
				if want, _ := doubled(job); !bytes.Equal(found[i].Bytes, want) || found[i].Worker != "one" {
					t.Errorf("%s gave %s by %s", job, found[i].Bytes, found[i].Worker)
				}
			}
		}
		if n := done.Load(); n != 40 {
			t.Errorf("%d jobs were done for 40", n)
		}
		if err := stop(); err != nil {
			t.Error(err)
		}
	})

	t.Run("a worker that hangs holds nothing up for longer than the lease", func(t *testing.T) {
		hung, release := make(chan bool, 8), make(chan bool)
		defer close(release)
		serve(t, q, "hangs", jobs.Work{3}, func(job []byte) ([]byte, error) {
			hung <- true
			<-release
			return doubled(job)
		})
		go func() {
			<-hung
			serve(t, q, "works", jobs.Work{3}, doubled)
		}()
		found, err := ask(jobs.Work{3}, some(6))
		if err != nil || found[0].Worker != "works" {
			t.Errorf("%v, %v", found, err)
		}
	})

	t.Run("two who find different results", func(t *testing.T) {
		hung, release := make(chan bool, 8), make(chan bool)
		serve(t, q, "slow", jobs.Work{4}, func(job []byte) ([]byte, error) {
			hung <- true
			<-release
			return []byte("something else"), nil
		})
		go func() {
			<-hung
			serve(t, q, "quick", jobs.Work{4}, doubled)
		}()
		if _, err := ask(jobs.Work{4}, some(1)); err != nil {
			t.Fatal(err)
		}
		close(release)
		for end := time.Now().Add(20 * time.Second); ; time.Sleep(50 * time.Millisecond) {
			if _, err := ask(jobs.Work{4}, some(1)); errors.Is(err, jobs.ErrDiffer) {
				break
			}
			if time.Now().After(end) {
				t.Fatal("nobody noticed")
			}
		}
		if err := q.Forget(t.Context(), jobs.Work{4}); err != nil {
			t.Fatal(err)
		}
		if found, err := q.Results(t.Context(), jobs.Work{4}); err != nil || len(found) > 0 {
			t.Errorf("%v, %v", found, err)
		}
	})

	t.Run("a worker that fails ends, and others go on", func(t *testing.T) {
		broken := errors.New("the disk of this machine")
		stop := serve(t, q, "broken", jobs.Work{5}, func([]byte) ([]byte, error) { return nil, broken })
		go func() {
			_ = stop
			time.Sleep(time.Second)
			serve(t, q, "whole", jobs.Work{5}, doubled)
		}()
		found, err := ask(jobs.Work{5}, some(5))
		if err != nil || found[4].Worker != "whole" {
			t.Errorf("%v, %v", found, err)
		}
		if err := stop(); !errors.Is(err, broken) {
			t.Errorf("the worker ended with %v", err)
		}
	})
}
