package jobs

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
)

// How soon a worker asks for jobs when it has a hand free, and when there were none.
const (
	fetchCooldown = 5 * time.Millisecond
	fetchInterval = 250 * time.Millisecond
)

// lastJob is how long a worker that is to stop goes on with what it has begun.
const lastJob = 30 * time.Second

// A Worker does jobs.
type Worker struct {
	Name string // of the process, as others are told it
	Work Work   // of which it does jobs
	// Hands is how many jobs it does at once, at least 1.
	Hands int
	// Do does a job. It may be called from several goroutines. An error ends the
	// worker; the job is given to others.
	Do func(job []byte) ([]byte, error)
	// Done, which may be nil, hears of each job that was done here.
	Done func(job []byte)
}

// Serve does jobs until ctx ends, which is no error, or until one fails.
func (q *Queue) Serve(ctx context.Context, w Worker) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	h := &hands{Worker: w, pool: q, stop: cancel}
	workers := river.NewWorkers()
	if err := river.AddWorkerSafely(workers, h); err != nil {
		return err
	}
	client, err := q.client(river.Config{
		ID: w.Name, Workers: workers, Queues: map[string]river.QueueConfig{w.Work.String(): {MaxWorkers: w.Hands}},
		FetchCooldown: fetchCooldown, FetchPollInterval: fetchInterval, PollOnly: true,
	})
	if err != nil {
		return err
	}
	// Jobs that have begun outlive ctx: Stop waits for them.
	if err := client.Start(context.WithoutCancel(ctx)); err != nil {
		return err
	}
	<-ctx.Done()
	last, end := context.WithTimeout(context.WithoutCancel(ctx), lastJob)
	defer end()
	err = client.Stop(last)
	h.mu.Lock()
	defer h.mu.Unlock()
	return errors.Join(h.failed, err)
}

// hands do jobs for river.
type hands struct {
	river.WorkerDefaults[args]
	Worker
	pool *Queue
	stop func()

	mu     sync.Mutex
	failed error
}

// Work does one job. What it finds and that the job is done are written together.
func (h *hands) Work(ctx context.Context, job *river.Job[args]) error {
	if job.Args.Work != h.Worker.Work.String() {
		return river.JobCancel(ErrOther)
	}
	if _, done, err := h.pool.result(ctx, h.pool.pool, h.Worker.Work, job.Args.Job); err != nil || done {
		return err
	}
	found, err := h.Do(job.Args.Job)
	if err != nil {
		h.mu.Lock()
		defer h.mu.Unlock()
		h.failed = errors.Join(h.failed, err)
		h.stop()
		return err
	}
	if err := h.keep(ctx, job, found); err != nil {
		return err
	}
	if h.Done != nil {
		h.Done(job.Args.Job)
	}
	return nil
}

// keep writes a result, unless the same one is there.
func (h *hands) keep(ctx context.Context, job *river.Job[args], found []byte) error {
	work := h.Worker.Work
	err := pgx.BeginFunc(ctx, h.pool.pool, func(tx pgx.Tx) error {
		tag, err := tx.Exec(ctx, "INSERT INTO result (work, job, bytes, worker) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING", work[:], job.Args.Job, found, h.Name)
		if err != nil {
			return err
		}
		if tag.RowsAffected() == 0 {
			first, _, err := h.pool.result(ctx, tx, work, job.Args.Job)
			if err != nil {
				return err
			}
			if !bytes.Equal(first.Bytes, found) {
				return fmt.Errorf("%w: %s and %s", ErrDiffer, first.Worker, h.Name)
			}
		}
		_, err = river.JobCompleteTx[*riverpgxv5.Driver](ctx, tx, job)
		return err
	})
	if errors.Is(err, ErrDiffer) {
		return river.JobCancel(err)
	}
	return err
}

// querier is a pool or a transaction.
type querier interface {
	QueryRow(ctx context.Context, sql string, args ...any) pgx.Row
}

// result reads the result of a job, if there is one.
func (q *Queue) result(ctx context.Context, from querier, work Work, job []byte) (r Result, found bool, err error) {
	err = from.QueryRow(ctx, "SELECT bytes, worker FROM result WHERE work = $1 AND job = $2", work[:], job).Scan(&r.Bytes, &r.Worker)
	if errors.Is(err, pgx.ErrNoRows) {
		return r, false, nil
	}
	return r, err == nil, err
}
