package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"time"

	"isoloir/audit"
	"isoloir/pg"
	"isoloir/pg/jobs"
	"isoloir/record"
	"isoloir/server"
)

const workersHelp = `isoloir verify checks an export as "audit verify" does, with the same report to the byte, and lets other processes, on this machine or on others, do
the work (docs/workers.md); a line under the report (on standard error with -json) then says so. isoloir worker is such a process.

  isoloir verify -record DIR [-database FILE] [-fingerprint F] [-witness FILE]
  isoloir worker -record DIR -database FILE

  -record DIR      the export; each machine has a copy of its own, which is compared with the list of contents first
  -database FILE   the file that holds the connection string of the queue's database; without it verify does all by itself
  -fingerprint F   fingerprint of the manifest, as printed with the codes
  -witness FILE    verifier keys of the witnesses, one to a line, as they published them
  -workers N       computations at once on this machine (default: all cores)
  -recheck N       of N pieces in which others found nothing, one drawn by lot is judged here again, and at least one of all;
                   1: each; 0: none (default 20). All in which they found something are judged again
  -lease D         how long a worker may be at a piece before it is given to another one too (default 5m)
  -piece N         ballots, marks or leaves in a piece (default 4096)
  -afresh          forget what earlier runs found in this export
  -json, -lang en|fr, -quiet   as of "audit verify"

verify can be stopped and begun again: what was found stays. A worker goes on until it is stopped (SIGTERM), and then ends the pieces that it is at.

Exit codes: 0 the export holds, or the worker was stopped; 1 the export is refused; 64 the command line is wrong; 65 a file holds no connection string, fingerprint
or key; 66 there is no export at DIR, or a file cannot be read; 69 the database cannot be reached; 70 the program failed; 74 a file of the export could not be
read; 76 a worker found what this machine does not, or two workers did not find the same: nothing is known of the export; 77 others than its owner can read FILE;
130 interrupted.
`

// exitProtocol says that workers do not agree.
const exitProtocol = 76

// A crew is the command line of verify and worker.
type crew struct {
	record, database, fingerprint, witness, lang string
	workers, recheck, piece                      int
	lease                                        time.Duration
	afresh, json, quiet                          bool
}

func crewFlags(name string, args []string, stderr io.Writer) (*crew, error) {
	c := &crew{}
	set := flag.NewFlagSet(name, flag.ContinueOnError)
	set.SetOutput(io.Discard)
	set.StringVar(&c.record, "record", "", "")
	set.StringVar(&c.database, "database", "", "")
	set.IntVar(&c.workers, "workers", 0, "")
	set.BoolVar(&c.quiet, "quiet", false, "")
	if name == "verify" {
		set.StringVar(&c.fingerprint, "fingerprint", "", "")
		set.StringVar(&c.witness, "witness", "", "")
		set.StringVar(&c.lang, "lang", string(audit.English), "")
		set.IntVar(&c.recheck, "recheck", 20, "")
		set.IntVar(&c.piece, "piece", 0, "")
		set.DurationVar(&c.lease, "lease", 5*time.Minute, "")
		set.BoolVar(&c.afresh, "afresh", false, "")
		set.BoolVar(&c.json, "json", false, "")
	}
	err := set.Parse(args)
	switch {
	case errors.Is(err, flag.ErrHelp):
		fmt.Fprint(stderr, workersHelp)
		return nil, err
	case err != nil:
	case set.NArg() > 0:
		err = fmt.Errorf("%q is one word too many: everything is said by flags", set.Arg(0))
	case c.record == "":
		err = errors.New("-record is missing: name the directory of the export")
	case c.database == "" && name == "worker":
		err = errors.New("-database is missing: name the file of the connection string")
	case c.workers < 0 || c.recheck < 0 || c.piece < 0:
		err = errors.New("-workers, -recheck and -piece take no number below 0")
	case name == "verify" && c.lease <= 0:
		err = errors.New("-lease takes a time above 0, such as 5m")
	case name == "verify" && c.lang != string(audit.English) && c.lang != string(audit.French):
		err = fmt.Errorf("-lang %q: give en or fr", c.lang)
	}
	if err != nil {
		return nil, &exit{exitUsage, err}
	}
	return c, nil
}

// options are those of the auditor.
func (c *crew) options(progress func(stage string, done, total int)) (opt audit.Options, err error) {
	opt = audit.Options{Workers: c.workers, PieceSize: c.piece, Progress: progress}
	if c.fingerprint != "" {
		f, err := audit.ParseFingerprint(c.fingerprint)
		if err != nil {
			return opt, &exit{exitData, err}
		}
		opt.Fingerprint = &f
	}
	if c.witness != "" {
		text, err := os.ReadFile(c.witness)
		if err != nil {
			return opt, &exit{exitNoInput, err}
		}
		if opt.Witnesses, err = audit.ParseWitnesses(string(text)); err != nil {
			return opt, &exit{exitData, fmt.Errorf("%s: %w", c.witness, err)}
		}
	}
	return opt, nil
}

// prepare opens and reads the export. The caller closes it.
func (c *crew) prepare(opt audit.Options) (*record.Reader, *audit.Prepared, error) {
	export, err := record.Open(c.record)
	if err == nil && !export.Exists(record.Contents) && !export.Exists(record.Manifest) {
		err = errors.Join(fmt.Errorf("%s holds no export: give the directory that holds %s", c.record, record.Contents), export.Close())
	}
	if err != nil {
		return nil, nil, &exit{exitNoInput, err}
	}
	p, err := audit.Prepare(export, opt)
	if err != nil {
		return nil, nil, errors.Join(err, export.Close())
	}
	return export, p, nil
}

// queue connects to the database of the file.
func (c *crew) queue(ctx context.Context) (*jobs.Queue, error) {
	address, err := server.ReadAddress(c.database)
	if err != nil {
		return nil, refused(err)
	}
	q, err := jobs.Open(ctx, address)
	if errors.Is(err, pg.ErrAddress) {
		return nil, &exit{exitData, fmt.Errorf("%s: %w", c.database, err)}
	}
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	if err != nil {
		return nil, &exit{exitUnavailable, err}
	}
	return q, nil
}

// unlessStopped runs what cannot be stopped, and leaves it to its end when ctx ends:
// the process is over then.
func unlessStopped(ctx context.Context, do func() error) error {
	done := make(chan error, 1)
	go func() { done <- do() }()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}
