package jobs

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"
)

// look is how often who asks looks for results.
const look = 200 * time.Millisecond

// outage is how long the database may be away while somebody waits for results.
const outage = time.Minute

// A Question is jobs to be done by workers.
type Question struct {
	Work Work
	Jobs [][]byte // distinct; the first ones are given out first
	// Lease is how long a worker may be at a job before it is given to others too,
	// and twice as long each time after.
	Lease time.Duration
	// Progress, which may be nil, hears how many jobs of all are done, and how many
	// are at work.
	Progress func(done, total, atWork int)
}

// Ask has jobs done by whoever serves their work, waits, and gives the results in
// the order of the jobs. It fails with ErrDiffer or ErrFailed; when it is stopped
// and begun again, what was done stays done.
func (q *Queue) Ask(ctx context.Context, a Question) ([]Result, error) {
	client, err := q.client(river.Config{})
	if err != nil {
		return nil, err
	}
	w := &waiting{Question: a, q: q, client: client, rounds: map[string]int{}, open: map[string]bool{}}
	for _, job := range a.Jobs {
		w.open[string(job)] = true
	}
	if err := w.begin(ctx); err != nil {
		return nil, err
	}
	for away := time.Duration(0); ; {
		err := w.look(ctx)
		switch {
		case errors.Is(err, ErrDiffer) || errors.Is(err, ErrFailed) || ctx.Err() != nil:
			return nil, errors.Join(ctx.Err(), err)
		case err == nil && len(w.open) == 0:
			return w.results(ctx)
		case err == nil:
			away = 0
		case away > outage:
			return nil, err
		default:
			away += look
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(look):
		}
	}
}

// waiting is a question under way.
type waiting struct {
	Question
	q      *Queue
	client *river.Client[pgx.Tx]
	open   map[string]bool // jobs without result
	rounds map[string]int  // how often a job was given out again
	seen   int             // results of the work, when it was looked last
}

// begin gives out all jobs that have no result.
func (w *waiting) begin(ctx context.Context) error {
	if err := w.close(ctx); err != nil {
		return err
	}
	var batch []river.InsertManyParams
	for i, job := range w.Jobs {
		if w.open[string(job)] {
			batch = append(batch, w.give(job, 0))
		}
		if len(batch) == most || i == len(w.Jobs)-1 && len(batch) > 0 {
			if _, err := w.client.InsertMany(ctx, batch); err != nil {
				return err
			}
			batch = batch[:0]
		}
	}
	return nil
}

func (w *waiting) give(job []byte, round int) river.InsertManyParams {
	return river.InsertManyParams{Args: args{Work: w.Work.String(), Job: job, Round: round},
		InsertOpts: &river.InsertOpts{Queue: w.Work.String(), UniqueOpts: river.UniqueOpts{ByArgs: true}}}
}

// close takes the jobs that have a result off those that are open.
func (w *waiting) close(ctx context.Context) error {
	rows, err := w.q.pool.Query(ctx, "SELECT job FROM result WHERE work = $1", w.Work[:])
	if err != nil {
		return err
	}
	var job []byte
	_, err = pgx.ForEachRow(rows, []any{&job}, func() error {
		delete(w.open, string(job))
		return nil
	})
	return err
}

// look takes notice of results, failures and leases that are over.
func (w *waiting) look(ctx context.Context) error {
	var found int
	var now time.Time
	if err := w.q.pool.QueryRow(ctx, "SELECT count(*), clock_timestamp() FROM result WHERE work = $1", w.Work[:]).Scan(&found, &now); err != nil {
		return err
	}
	if found != w.seen {
		if err := w.close(ctx); err != nil {
			return err
		}
		w.seen = found
	}
	atWork, err := w.renew(ctx, now)
	if err != nil {
		return err
	}
	if w.Progress != nil {
		w.Progress(len(w.Jobs)-len(w.open), len(w.Jobs), atWork)
	}
	return w.failures(ctx)
}

// renew gives the jobs out again whose worker has been silent for the lease, and
// says how many are at work.
func (w *waiting) renew(ctx context.Context, now time.Time) (atWork int, err error) {
	running, err := w.list(ctx, rivertype.JobStateRunning)
	if err != nil {
		return 0, err
	}
	for job, at := range running {
		if !w.open[job] {
			continue
		}
		round := w.rounds[job]
		if at.round < round || now.Sub(at.since) < w.Lease<<min(round, 10) {
			atWork++
			continue
		}
		if _, err := w.client.InsertMany(ctx, []river.InsertManyParams{w.give([]byte(job), at.round+1)}); err != nil {
			return 0, err
		}
		w.rounds[job] = at.round + 1
	}
	return atWork, nil
}

// taken is the last round of a job that somebody is at.
type taken struct {
	round int
	since time.Time
	why   string
}

// list gives the jobs of the work in a state, each in its last round.
func (w *waiting) list(ctx context.Context, states ...rivertype.JobState) (map[string]taken, error) {
	listed, err := w.client.JobList(ctx, river.NewJobListParams().Queues(w.Work.String()).States(states...).First(most))
	if err != nil {
		return nil, err
	}
	all := map[string]taken{}
	for _, row := range listed.Jobs {
		var a args
		if err := json.Unmarshal(row.EncodedArgs, &a); err != nil || row.AttemptedAt == nil {
			continue
		}
		if before, twice := all[string(a.Job)]; twice && before.round > a.Round {
			continue
		}
		t := taken{round: a.Round, since: *row.AttemptedAt}
		if n := len(row.Errors); n > 0 {
			t.why = row.Errors[n-1].Error
		}
		all[string(a.Job)] = t
	}
	return all, nil
}

// failures looks for jobs that nobody will try again.
func (w *waiting) failures(ctx context.Context) error {
	lost, err := w.list(ctx, rivertype.JobStateCancelled, rivertype.JobStateDiscarded)
	if err != nil {
		return err
	}
	for job, t := range lost {
		if w.open[job] {
			return fmt.Errorf("%w: %s: %q", ErrFailed, job, t.why)
		}
	}
	for _, job := range w.Jobs {
		if t, ok := lost[string(job)]; ok {
			return fmt.Errorf("%w: %s: %q", ErrDiffer, job, t.why)
		}
	}
	return nil
}

func (w *waiting) results(ctx context.Context) ([]Result, error) {
	found, err := w.q.Results(ctx, w.Work)
	if err != nil {
		return nil, err
	}
	results := make([]Result, len(w.Jobs))
	for i, job := range w.Jobs {
		results[i] = found[string(job)]
	}
	return results, nil
}
