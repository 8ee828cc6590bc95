package replay

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"isoloir/bve"
	"isoloir/keyceremony"
	"isoloir/record"
	"isoloir/scrutin"
	"isoloir/scrutin/note"
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
}

// run is a scrutin on its way.
type run struct {
	opts  Options
	dir   string
	watch Watcher

	record  *record.Writer
	clock   *clock
	parties *parties
	holders []*holder
	bench   []note.Signer // the members of the bureau who sit: all of them
	bureau  *bve.Bureau

	m         *scrutin.Manifest
	f, o      scrutin.Digest
	opening   *scrutin.Opening
	enrolment []scrutin.Statement
	enrolled  [][]byte // the electors' verified keys by urn, from the opening record until the roll has them
	secrets   secrets
	services  services
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
	return &run{opts: o, dir: dir, watch: w, clock: &clock{at: begin}, parties: &parties{signers: map[string]*note.PrivateKey{}}}
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
		keys  *keyceremony.Keys
		mixed *trustee.Mixed
		all   []turnout
	)
	steps := []struct {
		name string
		do   func() error
	}{
		{"manifest", r.constitute},
		{"key ceremony", func() (err error) {
			if keys, err = r.ceremony(); err != nil {
				return err
			}
			_, err = r.bureau.Act(scrutin.ActCeremony, scrutin.ActBody{Adopts: []scrutin.Adopted{{Path: scrutin.AdoptCeremony, SHA256: keys.Digest}}})
			return err
		}},
		{"rehearsal", func() error {
			paths, err := r.rehearse(keys)
			if err != nil {
				return err
			}
			_, err = r.bureau.Adopt(scrutin.ActRehearse, paths...)
			return err
		}},
		{"enrolment", func() error {
			if err := r.enrol(); err != nil {
				return err
			}
			return r.adopt(scrutin.ActEnrol, record.Enrolment(r.m.Issuers[0].ID), record.Enrolment(r.m.Issuers[1].ID))
		}},
		{"anonymisation", func() error {
			if err := r.anonymise(); err != nil {
				return err
			}
			return r.adopt(scrutin.ActAnonymise, r.stages(record.Anonymisation)...)
		}},
		{"opening record", func() error { return r.open(keys) }},
		{"opening", func() error {
			if err := r.serve(ctx); err != nil {
				return err
			}
			if err := r.findEmpty(ctx); err != nil {
				return err
			}
			r.clock.Set(r.m.Schedule.Open.Time)
			return nil
		}},
		{"voting", func() error {
			all = drawTurnout(r.m, r.f, r.opts.Votes, r.opts.Seed)
			defer r.secrets.wipe()
			return r.cast(ctx, all)
		}},
		{"close and seal", func() error { return r.closeAndSeal(ctx) }},
		{"mix", func() error {
			if err := r.mix(); err != nil {
				return err
			}
			return r.adopt(scrutin.ActMix, r.stages(record.Mix)...)
		}},
		{"shares", func() (err error) {
			mixed, err = r.decrypt()
			if err != nil {
				return err
			}
			return r.adopt(scrutin.ActDecrypt, r.shares()...)
		}},
		{"count", func() error {
			if err := r.count(mixed); err != nil {
				return err
			}
			return r.adopt(scrutin.ActProclaim, record.Result)
		}},
		{"export", r.export},
	}
	for _, s := range steps {
		cost, err := Measure(s.do)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", s.name, err)
		}
		r.watch.Step(s.name, cost)
		r.clock.Pass(time.Minute)
		if err := ctx.Err(); err != nil {
			return nil, fmt.Errorf("after %s: %w", s.name, err)
		}
	}
	at := func(name string) string { return filepath.Join(r.dir, name) }
	return &Outcome{Fingerprint: r.f, Export: at(exportDir), Holders: at(holdersDir), Table: at(resultFile), Witnesses: at(witnessFile),
		Manifest: r.m, Ballots: len(all)}, nil
}

// constitute makes everyone's keys and the manifest, and the bureau's first act.
func (r *run) constitute() error {
	holders, cards, err := makeHolders(r.opts, filepath.Join(r.dir, holdersDir))
	if err != nil {
		return err
	}
	r.holders = holders
	for _, h := range holders {
		r.bench = append(r.bench, h.device.Signer())
	}
	m, err := r.parties.manifest(r.opts, cards, opening(r.clock.Now()))
	if err != nil {
		return err
	}
	data, f, err := m.Bytes()
	if err != nil {
		return err
	}
	r.m, r.f = m, f
	if err := r.record.Write(record.Manifest, data); err != nil {
		return err
	}
	if r.bureau, err = bve.New(m, f, r.record, r.clock.Now); err != nil {
		return err
	}
	if err := r.bureau.Sit(r.bench...); err != nil {
		return err
	}
	return r.adopt(scrutin.ActConstitute, record.Manifest)
}

// closeAndSeal ends the vote at its hour, freezes both services and fixes them under the seal.
func (r *run) closeAndSeal(ctx context.Context) error {
	r.clock.Set(r.m.Schedule.Close.Time)
	found, err := r.found(ctx)
	if err != nil {
		return err
	}
	if _, err := r.bureau.Act(scrutin.ActClose, scrutin.ActBody{Found: found}); err != nil {
		return err
	}
	if err := r.freeze(ctx); err != nil {
		return err
	}
	if found, err = r.found(ctx); err != nil {
		return err
	}
	return r.seal(found)
}

// export signs the list of files, and puts beside the record what anchors it from outside.
func (r *run) export() error {
	if err := r.contents(); err != nil {
		return err
	}
	csv, err := r.record.Read(record.ResultCSV, 1<<30)
	if err != nil {
		return err
	}
	var witnesses []byte
	for _, w := range r.m.Witnesses {
		witnesses = append(witnesses, w.Key+"\n"...)
	}
	for name, data := range map[string][]byte{resultFile: csv, witnessFile: witnesses, fingerprintFile: []byte(r.f.String() + "\n")} {
		if err := writeWhole(filepath.Join(r.dir, name), data); err != nil {
			return err
		}
	}
	return nil
}

// writeWhole writes a file that is there whole or not at all.
func writeWhole(path string, data []byte) (err error) {
	f, err := os.CreateTemp(filepath.Dir(path), ".partial-")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			os.Remove(f.Name())
		}
	}()
	_, err = f.Write(data)
	if err = errors.Join(err, f.Chmod(0o644), f.Sync(), f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}

func (r *run) adopt(kind string, paths ...string) error {
	_, err := r.bureau.Adopt(kind, paths...)
	return err
}

// stages names the statements of all mixers.
func (r *run) stages(path func(stage int) string) []string {
	var paths []string
	for i := range r.m.Mixers {
		paths = append(paths, path(i+1))
	}
	return paths
}

// shares names the statements of the holders who answered, by clause.
func (r *run) shares() []string {
	var paths []string
	for _, c := range r.m.Clauses {
		for _, h := range c.Holders {
			if p := record.Shares(c.ID, h); r.record.Exists(p) {
				paths = append(paths, p)
			}
		}
	}
	return paths
}

func (r *run) tell(stage string, done, total int) { r.watch.Stage(stage, done, total) }

func (r *run) progress(stage string) func(done, total int) {
	return func(done, total int) { r.tell(stage, done, total) }
}
