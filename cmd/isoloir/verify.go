package main

import (
	"bytes"
	"cmp"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/big"
	"os"
	"slices"
	"sync"
	"time"

	"isoloir/audit"
	"isoloir/cmd/internal/meter"
	"isoloir/parallel"
	"isoloir/pg/jobs"
	"isoloir/record"
)

// errUntrue says that a worker's result is not what this machine finds.
var errUntrue = errors.New("a worker found another result than this machine")

// verifyExport is the command verify.
func verifyExport(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	c, err := crewFlags("verify", args, stderr)
	if err != nil {
		return err
	}
	err = unlessStopped(ctx, func() error { return c.verify(ctx, stdout, stderr) })
	if errors.Is(err, context.Canceled) {
		return &exit{exitInterrupted, errors.New("interrupted: nothing is known of the export; what workers found stays, and verify begins from there")}
	}
	return err
}

func (c *crew) verify(ctx context.Context, stdout, stderr io.Writer) error {
	m := meter.New(stderr)
	defer m.End()
	progress := m.Report
	if c.quiet {
		progress = nil
	}
	opt, err := c.options(progress)
	if err != nil {
		return err
	}
	export, p, err := c.prepare(opt)
	if err != nil {
		return err
	}
	defer export.Close()
	var outcomes [][]byte
	var by *shares
	if c.database == "" {
		outcomes, err = p.JudgeAll()
	} else {
		outcomes, by, err = c.byWorkers(ctx, p, opt.Progress, stderr)
	}
	if err != nil {
		return err
	}
	report, err := p.Conclude(outcomes)
	if err != nil {
		return err
	}
	m.End()
	if c.json {
		enc := json.NewEncoder(stdout)
		enc.SetIndent("", "  ")
		enc.SetEscapeHTML(false)
		err = errors.Join(enc.Encode(report), by.say(stderr, audit.Language(c.lang)))
	} else {
		err = errors.Join(report.WriteText(stdout, audit.Language(c.lang)), by.say(stdout, audit.Language(c.lang)))
	}
	switch {
	case err != nil:
		return &exit{exitIO, err}
	case !report.Holds():
		return &exit{exitRefused, errors.New("the export is refused")}
	}
	return nil
}

// shares say who judged the pieces of an export.
type shares struct{ pieces, workers, again int }

// say writes under a report that others verified, and what that is worth; nothing if
// all was done here.
func (s *shares) say(out io.Writer, lang audit.Language) (err error) {
	switch {
	case s == nil:
	case lang == audit.French:
		_, err = fmt.Fprintf(out, "\nVérifié à plusieurs : %d morceaux jugés par d'autres processus (%d), dont %d une seconde fois par celui-ci. Ce rapport vaut ce que valent leurs machines et la base de données.\n", s.pieces, s.workers, s.again)
	default:
		_, err = fmt.Fprintf(out, "\nVerified by several: %d pieces judged by other processes (%d), of which %d a second time by this one. This report is worth what their machines and the database are worth.\n", s.pieces, s.workers, s.again)
	}
	return err
}

// byWorkers has the pieces judged by others, the largest first, and some of them
// here again.
func (c *crew) byWorkers(ctx context.Context, p *audit.Prepared, progress func(stage string, done, total int), stderr io.Writer) ([][]byte, *shares, error) {
	q, err := c.queue(ctx)
	if err != nil {
		return nil, nil, err
	}
	defer q.Close()
	work := jobs.Work(p.Record())
	if c.afresh {
		if err := q.Forget(ctx, work); err != nil {
			return nil, nil, &exit{exitUnavailable, err}
		}
	}
	pieces := p.Pieces()
	order := make([]int, len(pieces))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(pieces[b].Size(), pieces[a].Size()) })
	ask := jobs.Question{Work: work, Lease: c.lease, Progress: idle(work, progress, stderr)}
	for _, i := range order {
		job, err := pieces[i].Bytes()
		if err != nil {
			return nil, nil, err
		}
		ask.Jobs = append(ask.Jobs, job)
	}
	found, err := q.Ask(ctx, ask)
	switch {
	case errors.Is(err, jobs.ErrDiffer):
		return nil, nil, &exit{exitProtocol, fmt.Errorf("%w: find out which machine is at fault, and begin again with -afresh", err)}
	case errors.Is(err, jobs.ErrFailed) || errors.Is(err, context.Canceled):
		return nil, nil, err
	case err != nil:
		return nil, nil, &exit{exitUnavailable, err}
	}
	results := make([]jobs.Result, len(pieces))
	for at, i := range order {
		results[i] = found[at]
	}
	again, err := c.again(p, pieces, results, progress)
	if err != nil {
		return nil, nil, err
	}
	outcomes, workers := make([][]byte, len(pieces)), map[string]bool{}
	for i, r := range results {
		outcomes[i], workers[r.Worker] = r.Bytes, true
	}
	return outcomes, &shares{len(pieces), len(workers), again}, nil
}

// idle shows progress, and says once when nobody is at work.
func idle(work jobs.Work, progress func(stage string, done, total int), stderr io.Writer) func(done, total, atWork int) {
	began, told := time.Now(), false
	return func(done, total, atWork int) {
		if atWork > 0 || done == total {
			began = time.Now()
		}
		if !told && time.Since(began) > 10*time.Second {
			fmt.Fprintf(stderr, "isoloir: nobody is at work on the export %s: start isoloir worker with the same export and database\n", work)
			told = true
		}
		if progress != nil {
			progress("proofs", done, total)
		}
	}
}

// again judges here what others found, as far as -recheck says, and says how many pieces
// these were.
func (c *crew) again(p *audit.Prepared, pieces []audit.Piece, results []jobs.Result, progress func(stage string, done, total int)) (int, error) {
	var chosen []int
	for i, r := range results {
		holds, err := p.Holds(pieces[i], r.Bytes)
		if err != nil || !holds || c.recheck > 0 && lot(c.recheck) == 0 {
			chosen = append(chosen, i)
		}
	}
	if len(chosen) == 0 && c.recheck > 0 && len(pieces) > 0 {
		chosen = append(chosen, lot(len(pieces)))
	}
	errs, done, mu := make([]error, len(chosen)), 0, sync.Mutex{}
	parallel.Each(len(chosen), c.workers, func(k int) {
		i := chosen[k]
		here, err := p.Judge(pieces[i], 1)
		if err == nil && !bytes.Equal(here, results[i].Bytes) {
			err = &exit{exitProtocol, fmt.Errorf("%w: %q in %s: take it out, and begin again with -afresh", errUntrue, results[i].Worker, pieces[i])}
		}
		errs[k] = err
		mu.Lock()
		defer mu.Unlock()
		done++
		if progress != nil {
			progress("again", done, len(chosen))
		}
	})
	return len(chosen), cmp.Or(errs...)
}

// lot draws a number below n.
func lot(n int) int {
	k, err := rand.Int(rand.Reader, big.NewInt(int64(n)))
	if err != nil {
		panic(err)
	}
	return int(k.Int64())
}

// work is the command worker.
func work(ctx context.Context, args []string, stderr io.Writer) error {
	c, err := crewFlags("worker", args, stderr)
	if err != nil {
		return err
	}
	m := meter.New(stderr)
	defer m.End()
	progress := m.Report
	if c.quiet {
		progress = func(string, int, int) {}
	}
	var export *record.Reader
	var p *audit.Prepared
	err = unlessStopped(ctx, func() (err error) {
		export, p, err = c.prepare(audit.Options{Workers: c.workers, Progress: progress})
		return err
	})
	if err != nil {
		return stopped(err)
	}
	defer export.Close()
	q, err := c.queue(ctx)
	if err != nil {
		return stopped(err)
	}
	defer q.Close()
	host, err := os.Hostname()
	if err != nil {
		return err
	}
	w := jobs.Worker{Name: fmt.Sprintf("%s-%d", host, os.Getpid()), Work: jobs.Work(p.Record()), Hands: parallel.Workers(c.workers)}
	w.Do = func(job []byte) ([]byte, error) {
		piece, err := audit.ParsePiece(job)
		if err != nil {
			return nil, err
		}
		return p.Judge(piece, 1)
	}
	done, mu := 0, sync.Mutex{}
	w.Done = func([]byte) {
		mu.Lock()
		defer mu.Unlock()
		done++
		progress("pieces judged here, of all", done, max(done, len(p.Pieces())))
	}
	m.End()
	fmt.Fprintf(stderr, "isoloir: %s works on the export %s, %d pieces at once; SIGTERM ends it\n", w.Name, w.Work, w.Hands)
	return q.Serve(ctx, w)
}

// stopped is no error where a worker was stopped as asked.
func stopped(err error) error {
	if errors.Is(err, context.Canceled) {
		return nil
	}
	return err
}
