// Package jobs has independent computations done by processes on any number of
// machines: a queue (river's) on one database of PostgreSQL, beside a table of what
// was found. A job is bytes, and what it gives is bytes, the same whoever does it
// and however often; all jobs of one work, such as one export, are known by the
// work's digest.
//
// What it promises: nobody is given a job of another work than his own; the first
// result of a job stands, and another process that finds other bytes is told so and
// the whole work fails; a process that is killed holds its job up for no longer than
// the lease, after which it is given to others too; whoever asks again for jobs
// that were done is given what was found then.
//
// The database is for this alone. Nothing in it is secret from who may read the
// work, nothing is lost with it but time, and its user owns its tables.
package jobs

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/rivermigrate"

	"isoloir/pg"
)

// Refusals.
var (
	// ErrDiffer says that two processes found different bytes in one job.
	ErrDiffer = errors.New("two processes found different results for one job")
	// ErrFailed says that a job failed wherever it was tried.
	ErrFailed = errors.New("a job failed wherever it was tried")
	// ErrOther says that a job is of another work.
	ErrOther = errors.New("the job is of another work")
)

// A Work is what jobs belong to: the digest of all that they read.
type Work [32]byte

func (w Work) String() string { return hex.EncodeToString(w[:]) }

// A Queue is a connection to the database. It is safe for concurrent use.
type Queue struct{ pool *pgxpool.Pool }

// one is held, as an advisory lock, by who makes the tables.
const one = 0x69736f6c6f6972

const table = `CREATE TABLE IF NOT EXISTS result (
	work bytea NOT NULL, job bytea NOT NULL, bytes bytea NOT NULL, worker text NOT NULL, PRIMARY KEY (work, job))`

// Open connects to a database (pg.ErrAddress if address is no connection string) and
// makes its tables where they are missing.
func Open(ctx context.Context, address string) (*Queue, error) {
	config, err := pgxpool.ParseConfig(address)
	if err != nil {
		return nil, pg.ErrAddress
	}
	config.ConnConfig.RuntimeParams["application_name"] = "isoloir jobs"
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return nil, err
	}
	q := &Queue{pool}
	if err := q.migrate(ctx); err != nil {
		pool.Close()
		return nil, fmt.Errorf("database %s: %w", config.ConnConfig.Database, err)
	}
	return q, nil
}

// Close closes every connection.
func (q *Queue) Close() { q.pool.Close() }

func (q *Queue) migrate(ctx context.Context) error {
	return q.pool.AcquireFunc(ctx, func(c *pgxpool.Conn) (err error) {
		if _, err := c.Exec(ctx, "SELECT pg_advisory_lock($1)", int64(one)); err != nil {
			return err
		}
		defer func() {
			_, unlocked := c.Exec(context.WithoutCancel(ctx), "SELECT pg_advisory_unlock($1)", int64(one))
			err = errors.Join(err, unlocked)
		}()
		if _, err := c.Exec(ctx, table); err != nil {
			return err
		}
		migrator, err := rivermigrate.New(riverpgxv5.New(q.pool), &rivermigrate.Config{Logger: silent()})
		if err != nil {
			return err
		}
		_, err = migrator.Migrate(ctx, rivermigrate.DirectionUp, nil)
		return err
	})
}

// silent is the logger that river wants: what concerns an operator is in the errors.
func silent() *slog.Logger { return slog.New(slog.DiscardHandler) }

// args are what river keeps of a job. Round tells apart how often it was given out.
type args struct {
	Work  string `json:"work" river:"unique"`
	Job   []byte `json:"job" river:"unique"`
	Round int    `json:"round" river:"unique"`
}

// Kind is river's name for the jobs of this package.
func (args) Kind() string { return "isoloir" }

// client is river's, for who asks; for who works, config says more.
func (q *Queue) client(config river.Config) (*river.Client[pgx.Tx], error) {
	config.Logger, config.JobTimeout, config.MaxAttempts = silent(), -1, attempts
	return river.NewClient(riverpgxv5.New(q.pool), &config)
}

// attempts is how often a job may fail.
const attempts = 4

// Results gives what was found of a work so far, by job.
func (q *Queue) Results(ctx context.Context, work Work) (map[string]Result, error) {
	rows, err := q.pool.Query(ctx, "SELECT job, bytes, worker FROM result WHERE work = $1", work[:])
	if err != nil {
		return nil, err
	}
	found := map[string]Result{}
	var job []byte
	var r Result
	_, err = pgx.ForEachRow(rows, []any{&job, &r.Bytes, &r.Worker}, func() error {
		found[string(job)] = r
		r.Bytes = nil
		return nil
	})
	return found, err
}

// A Result is what a job gave, and who found it first.
type Result struct {
	Bytes  []byte
	Worker string
}

// Forget removes all jobs and results of a work but those that are at work.
func (q *Queue) Forget(ctx context.Context, work Work) error {
	if _, err := q.pool.Exec(ctx, "DELETE FROM result WHERE work = $1", work[:]); err != nil {
		return err
	}
	client, err := q.client(river.Config{})
	if err != nil {
		return err
	}
	for {
		deleted, err := client.JobDeleteMany(ctx, river.NewJobDeleteManyParams().Queues(work.String()).First(most))
		if err != nil || len(deleted.Jobs) < most {
			return err
		}
	}
}

// most is how many jobs are sent or read at once.
const most = 1000
