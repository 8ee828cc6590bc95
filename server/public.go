package server

import (
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"isoloir/portal/pages"
	"isoloir/record"
	"isoloir/roll/login"
	"isoloir/scrutin"
	"isoloir/scrutin/note"
)

// ErrRecord says that the public record does not hold: no role serves on it.
var ErrRecord = errors.New("the public record does not hold")

// A Public is a machine's copy of the public record, as far as it is written: manifest, opening record and acts, verified. It may be used by
// several goroutines.
type Public struct {
	Manifest      *scrutin.Manifest
	Fingerprint   scrutin.Digest // f
	Opening       *scrutin.Opening
	OpeningDigest scrutin.Digest // o
	Record        *record.Reader

	early      bool // no opening record is asked for: Opening and OpeningDigest stay empty
	refreshing sync.Mutex
	state      atomic.Pointer[state]

	withdrawals sync.Map // by path: whether the note was read that withdraws a deputy, or it was told that it does not hold
}

// state is what the acts so far have made of the scrutin.
type state struct {
	procedure *scrutin.Procedure
	progress  pages.Progress
}

// OpenPublic opens the copy in a directory, which holds an opening record with the bureau's quorum and all witnesses: ErrRecord otherwise.
// Until the bureau opens the vote under it nobody can vote.
func OpenPublic(dir string) (*Public, error) { return openPublic(dir, false) }

// OpenConstituted opens the copy for the bureau's own pages, which are served from the manifest on: before there is an opening record.
func OpenConstituted(dir string) (*Public, error) { return openPublic(dir, true) }

func openPublic(dir string, early bool) (*Public, error) {
	r, err := record.Open(dir)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrRecord, err)
	}
	p := &Public{Record: r, early: early}
	if err := p.open(); err != nil {
		return nil, errors.Join(fmt.Errorf("%w: %s: %w", ErrRecord, dir, err), r.Close())
	}
	return p, nil
}

func (p *Public) open() error {
	data, err := p.Record.Read(record.Manifest, note.MaxSize)
	if err != nil {
		return err
	}
	if p.Manifest, p.Fingerprint, err = scrutin.ParseManifest(data); err != nil {
		return err
	}
	if !p.early {
		if p.Opening, p.OpeningDigest, err = p.opening(); err != nil {
			return err
		}
	}
	return p.Refresh()
}

// opening reads the opening record, with the signatures of the bureau's quorum and of all witnesses.
func (p *Public) opening() (*scrutin.Opening, scrutin.Digest, error) {
	data, err := p.Record.Read(record.Opening, note.MaxSize)
	if err != nil {
		return nil, scrutin.Digest{}, err
	}
	var witnesses []note.Verifier
	for _, w := range p.Manifest.WitnessVerifiers() {
		witnesses = append(witnesses, w.Plain())
	}
	o, n, err := scrutin.Open[scrutin.Opening](data, p.Fingerprint, scrutin.Digest{}, append(p.Manifest.BureauVerifiers(), witnesses...)...)
	if err == nil {
		err = errors.Join(p.Manifest.AdoptedBy(n), n.Require(witnesses...))
	}
	if err != nil {
		return nil, scrutin.Digest{}, err
	}
	return o, scrutin.TextDigest(n.Text), nil
}

// Close ends the use of the record.
func (p *Public) Close() error { return p.Record.Close() }

// Refresh takes in the acts that have come since. They are found by their names: a record that is being written holds other files too. After
// an error what was known before holds.
func (p *Public) Refresh() error {
	p.refreshing.Lock()
	defer p.refreshing.Unlock()
	next := state{procedure: scrutin.NewProcedure(p.Manifest, p.Fingerprint)}
	if s := p.state.Load(); s != nil {
		procedure := *s.procedure
		next = state{&procedure, s.progress}
		next.progress.Acts = slices.Clone(s.progress.Acts)
	}
	known := len(next.progress.Acts)
	for {
		act, err := p.next(next.procedure)
		if err != nil {
			return err
		}
		if act == nil {
			break
		}
		next.progress.Acts = append(next.progress.Acts, act)
	}
	if p.state.Load() != nil && len(next.progress.Acts) == known {
		return nil
	}
	switch o := next.procedure.Opening; {
	case o == p.OpeningDigest:
		next.progress.Opening = p.Opening
	case p.early:
		opening, digest, err := p.opening()
		if err != nil {
			return err
		}
		if digest != o {
			return errors.New("the bureau has opened the vote under another opening record")
		}
		next.progress.Opening = opening
	case !o.IsZero():
		return errors.New("the bureau has opened the vote under another opening record")
	}
	next.progress.Electors = p.electors(next.procedure, next.progress.Opening)
	if next.procedure.Proclaimed() {
		var err error
		if next.progress.Result, err = p.result(next.procedure); err != nil {
			return err
		}
	}
	p.state.Store(&next)
	return nil
}

// next applies the act that follows, if it is there.
func (p *Public) next(procedure *scrutin.Procedure) (*scrutin.Act, error) {
	for _, kind := range procedure.Next() {
		path := record.Next(procedure, kind)
		if !p.Record.Exists(path) {
			continue
		}
		data, err := p.Record.Read(path, note.MaxSize)
		if err != nil {
			return nil, err
		}
		if err := procedure.Apply(data); err != nil {
			return nil, err
		}
		act, _, err := scrutin.ReadAct(data)
		return act, err
	}
	return nil, nil
}

// result reads the result that the bureau proclaimed.
func (p *Public) result(procedure *scrutin.Procedure) (*scrutin.Result, error) {
	data, err := p.Record.Read(record.Result, note.MaxSize)
	if err != nil {
		return nil, err
	}
	r, n, err := scrutin.Open[scrutin.Result](data, p.Fingerprint, procedure.Opening, p.Manifest.BureauVerifiers()...)
	if err != nil {
		return nil, err
	}
	if scrutin.TextDigest(n.Text) != procedure.Result {
		return nil, errors.New("the result is not the one that the bureau proclaimed")
	}
	return r, nil
}

// Procedure is what the bureau has decided so far.
func (p *Public) Procedure() *scrutin.Procedure { return p.state.Load().procedure }

// Progress is the same, with the acts themselves.
func (p *Public) Progress() pages.Progress { return p.state.Load().progress }

// Window is when one may vote, as the acts have it so far.
func (p *Public) Window() login.Window { return login.WindowOf(p.Manifest, p.Procedure()) }

// Closed says whether the bureau has closed the vote, or ended it before.
func (p *Public) Closed() bool {
	return p.Progress().Act(scrutin.ActClose) != nil || p.Procedure().Ended()
}

// resting says that nobody votes: the vote has not opened yet, its end has come with the time of grace, or it was stopped. Numbers of votes are
// then what they are.
func (p *Public) resting(at time.Time) bool {
	procedure := p.Procedure()
	return procedure.Opening.IsZero() || at.Before(p.Manifest.Schedule.Open.Time) || !at.Before(procedure.Ends()) || procedure.Stopped()
}

// period is that of the flushes.
func (p *Public) period() time.Duration {
	return time.Duration(p.Manifest.Schedule.FlushMinutes) * time.Minute
}
