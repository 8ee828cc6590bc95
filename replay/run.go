package replay

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync/atomic"
	"time"

	"isoloir/mixte"
	"isoloir/record"
	"isoloir/replay/parties"
	"isoloir/scrutin"
	"isoloir/trustee"
)

// Where a run keeps things, under its directory.
const (
	exportDir       = "export"  // the sealed record
	holdersDir      = "holders" // each holder's two media
	resultFile      = "result.csv"
	witnessFile     = "witnesses.keys"
	fingerprintFile = "fingerprint"
)

// A Watcher hears how the replay goes. Its functions are never nil in a run.
type Watcher struct {
	// Stage hears of the work within a step, in things done of a total.
	Stage func(stage string, done, total int)
	// Step hears of a step of the procedure that is done.
	Step func(name string, c Cost)
}

// An Outcome is what a replay leaves behind.
type Outcome struct {
	Fingerprint scrutin.Digest
	Export      string // directory of the record
	Holders     string // directory of the holders' media
	Table       string // file of the results, from the opened urns
	Witnesses   string // file of the witnesses' keys
	Manifest    *scrutin.Manifest
	Ballots     int
	Decided     *mixte.Statement // of a decision
}

// run is a scrutin on its way.
type run struct {
	opts  Options
	dir   string
	watch Watcher

	record           *record.Writer
	clock            *clock
	company          *parties.Company
	*parties.Scrutin // from its first act on

	enrolled [][]byte // the electors' verified keys by urn, from the opening record until the roll has them
	secrets  secrets
	decided  *mixte.Statement
	services services

	suspended atomic.Bool
	seance    *seance // in a rehearsal
}

// Run replays the votes of the options into dir, which must not exist or be empty: the record goes to dir/export, the result to
// dir/result.csv. begin is the time at which the bureau first meets.
func Run(ctx context.Context, o Options, dir string, begin time.Time, w Watcher) (*Outcome, error) {
	if err := o.Check(); err != nil {
		return nil, err
	}
	begin = begin.Truncate(time.Second)
	if err := o.draft(begin); err != nil {
		return nil, err
	}
	return newRun(o, dir, begin, w).whole(ctx)
}

func newRun(o Options, dir string, begin time.Time, w Watcher) *run {
	return &run{opts: o, dir: dir, watch: w, clock: &clock{at: begin}}
}

// whole claims the directory and runs the procedure in it.
func (r *run) whole(ctx context.Context) (*Outcome, error) {
	if err := claim(r.dir); err != nil {
		return nil, err
	}
	defer r.services.shut()
	var err error
	if r.record, err = record.Create(filepath.Join(r.dir, exportDir)); err != nil {
		return nil, err
	}
	defer r.record.Close()
	return r.procedure(ctx)
}

// Compare reads the results back from where they lie, and compares them with the votes that were replayed: the same rows, and in
// the sealed record the same bytes.
func (o *Outcome) Compare(votes []UrnResult) error {
	table, err := os.ReadFile(o.Table)
	if err != nil {
		return err
	}
	sealed, err := os.ReadFile(filepath.Join(o.Export, record.ResultCSV))
	if err != nil {
		return err
	}
	if !bytes.Equal(table, sealed) {
		return fmt.Errorf("%s is not the table of the record", o.Table)
	}
	return CompareTable(bytes.NewReader(table), votes)
}

// Refusals before anything is written.
var (
	ErrOutput = errors.New("the output directory cannot be used")
	ErrVotes  = errors.New("no scrutin can be made of these results")
)

// claim makes the output directory; it must not exist, or be empty.
func claim(dir string) error {
	if entries, err := os.ReadDir(dir); err == nil && len(entries) > 0 {
		return fmt.Errorf("%w: %s is not empty: give another one, or remove it first", ErrOutput, dir)
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fmt.Errorf("%w: %w", ErrOutput, err)
	}
	return nil
}

// procedure is the scrutin from its first act to its last one.
func (r *run) procedure(ctx context.Context) (*Outcome, error) {
	var (
		mixed *trustee.Mixed
		all   []turnout
	)
	var amendment, decide, weigh func() error
	if r.opts.Decision != nil {
		decide, weigh = r.decide, r.weighAll
	}
	if r.opts.Late > 0 {
		amendment = func() error { return r.amend(ctx) }
	}
	err := r.take(ctx, []step{
		{"manifest", r.constitute},
		{"key ceremony", func() error { return r.Ceremony() }},
		{"rehearsal", func() error { return r.Rehearse() }},
		{"enrolment", r.enrolAll},
		{"anonymisation", func() error { return r.Anonymise() }},
		{"opening record", func() error { return r.makeOpening() }},
		{"opening", func() error { return r.open(ctx) }},
		{"amendment", amendment},
		{"voting", func() error {
			all = r.opts.drawTurnout(r.Manifest, r.Fingerprint)
			defer r.secrets.wipe()
			return r.cast(ctx, all)
		}},
		{"close and seal", func() error { return r.closeAndSeal(ctx) }},
		{"members", decide},
		{"mix", func() error { return r.Mix() }},
		{"shares", func() (err error) {
			if mixed, err = r.Mixed(); err != nil {
				return err
			}
			return r.Decrypt(mixed)
		}},
		{"count", func() error { return r.Count(mixed) }},
		{"members and citizens", weigh},
		{"export", r.export},
	})
	if err != nil {
		return nil, err
	}
	return r.outcome(len(all)), nil
}

func (r *run) outcome(ballots int) *Outcome {
	at := func(name string) string { return filepath.Join(r.dir, name) }
	return &Outcome{Fingerprint: r.Fingerprint, Export: at(exportDir), Holders: at(holdersDir), Table: at(resultFile), Witnesses: at(witnessFile),
		Manifest: r.Manifest, Ballots: ballots, Decided: r.decided}
}

// A step is one of the procedure; without do it is left out.
type step struct {
	name string
	do   func() error
}

// take takes steps one after the other, a minute passing between two.
func (r *run) take(ctx context.Context, steps []step) error {
	for _, s := range steps {
		if s.do == nil {
			continue
		}
		cost, err := Measure(s.do)
		if err != nil {
			return fmt.Errorf("%s: %w", s.name, err)
		}
		r.watch.Step(s.name, cost)
		r.clock.Pass(time.Minute)
		if err := ctx.Err(); err != nil {
			return fmt.Errorf("after %s: %w", s.name, err)
		}
	}
	return nil
}

func (r *run) enrolAll() error {
	if err := r.enrol(); err != nil {
		return err
	}
	return r.Enrol()
}

// open sets up the services and opens the vote, in which nothing is found.
func (r *run) open(ctx context.Context) error {
	if err := r.serve(ctx); err != nil {
		return err
	}
	found, err := r.services.Found(ctx, r.Manifest)
	if err != nil {
		return err
	}
	if err := r.Open(found); err != nil {
		return err
	}
	r.clock.Set(r.Manifest.Schedule.Open.Time)
	return nil
}

// constitute makes everyone's keys and the manifest, and the bureau's first act.
func (r *run) constitute() (err error) {
	if r.company, err = parties.Assemble(r.opts.Shape, filepath.Join(r.dir, holdersDir)); err != nil {
		return err
	}
	m := r.opts.manifest(opening(r.clock.Now()))
	r.company.Enter(m, r.opts.Shape)
	r.Scrutin, err = parties.Begin(r.company, m, r.record, parties.Options{Now: r.clock.Now, Workers: r.opts.Workers,
		WorkFactor: r.opts.WorkFactor, Stage: r.tell})
	return err
}

// makeOpening makes the opening record. No browser takes part: the voters' devices run this very program, which stands for the client.
func (r *run) makeOpening() error {
	client, err := record.Software()
	if err != nil {
		return err
	}
	r.enrolled, err = r.MakeOpening(client)
	return err
}

// closeAndSeal ends the vote at its hour, freezes both services and fixes them under the seal.
func (r *run) closeAndSeal(ctx context.Context) error {
	r.clock.Set(r.Bureau.Procedure().Ends())
	if err := r.Close(ctx, r.services.Services); err != nil {
		return err
	}
	if err := r.Freeze(ctx, r.services.Services); err != nil {
		return err
	}
	return r.AllowSmall("no other urn has the same options")
}

// export signs the list of files, and puts beside the record what anchors it from outside.
func (r *run) export() error {
	if err := r.Contents(); err != nil {
		return err
	}
	csv, err := r.record.Read(record.ResultCSV, 1<<30)
	if err != nil {
		return err
	}
	var witnesses []byte
	for _, w := range r.Manifest.Witnesses {
		witnesses = append(witnesses, w.Key+"\n"...)
	}
	for name, data := range map[string][]byte{resultFile: csv, witnessFile: witnesses, fingerprintFile: []byte(r.Fingerprint.String() + "\n")} {
		if err := record.WriteWhole(filepath.Join(r.dir, name), data); err != nil {
			return err
		}
	}
	return nil
}

func (r *run) tell(stage string, done, total int) { r.watch.Stage(stage, done, total) }

func (r *run) progress(stage string) func(done, total int) {
	return func(done, total int) { r.tell(stage, done, total) }
}
