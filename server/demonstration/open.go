package demonstration

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"isoloir/audit"
	"isoloir/record"
	"isoloir/replay/parties"
	"isoloir/scrutin"
	"isoloir/scrutin/note"
	"isoloir/server"
	"isoloir/server/config"
)

// A Demonstration is one that is prepared, with its clock.
type Demonstration struct {
	Config *config.Config
	Clock  *Clock
	People []Person
	// Companion is the demonstration of the scrutin that this one leads; nil if there is none.
	Companion *Demonstration

	dir     string
	workers int
	closing sync.Mutex // held by who takes it to its end
}

// Open opens the demonstration in a directory.
func Open(dir string, workers int) (*Demonstration, error) {
	ready, err := Prepared(dir)
	if err != nil {
		return nil, err
	}
	if !ready {
		return nil, fmt.Errorf("%s: %w", dir, ErrDirectory)
	}
	d := &Demonstration{dir: dir, workers: workers}
	if d.Config, err = config.Read(d.at(configFile)); err != nil {
		return nil, err
	}
	if d.Clock, err = OpenClock(d.at(clockFile)); err != nil {
		return nil, err
	}
	if d.Companion, err = openCompanion(dir, workers); err != nil {
		return nil, err
	}
	if d.OfAccounts() {
		return d, nil
	}
	list, err := os.ReadFile(d.at(peopleFile))
	if err == nil {
		err = json.Unmarshal(list, &d.People)
	}
	return d, err
}

func (d *Demonstration) at(path string) string {
	return filepath.Join(d.dir, filepath.FromSlash(path))
}

// Finish takes the scrutin to its end: it puts the clock forward to the end of voting, lets the bureau close, freezes roll and urn as they are
// served, has them sealed, mixed, opened, counted and proclaimed, completes the export, and audits it. What a former call has done stays done;
// what it had begun and no act has adopted is begun again.
func (d *Demonstration) Finish(ctx context.Context, r *server.Roles, w Watcher) error {
	d.closing.Lock()
	defer d.closing.Unlock()
	s, err := d.Meet(parties.Options{Now: d.Clock.Now, Workers: d.workers, WorkFactor: Default().WorkFactor, Stage: w.Stage})
	if err != nil {
		return err
	}
	defer s.Record.Close()
	m := s.Manifest
	services := parties.Services{Urn: r.Urn.Service, Deputies: func(role string) ([]byte, error) {
		place, _, err := server.Place(d.Config, role)
		if err != nil {
			return nil, err
		}
		return server.Deputies(place.Directory)
	}}
	if r.Roll != nil {
		services.Roll = r.Roll.Service
	}
	for !s.Bureau.Procedure().Proclaimed() {
		if err := d.step(ctx, s, services, w); err != nil {
			return err
		}
		if err := ctx.Err(); err != nil {
			return err
		}
	}
	if m.Weight.IsMixed() {
		w.Step("weigh")
		if err := d.weigh(s); err != nil {
			return fmt.Errorf("weigh: %w", err)
		}
	}
	w.Step("export")
	if err := s.Contents(); err != nil {
		return err
	}
	w.Step("audit")
	return d.audit(m, s.Fingerprint, w)
}

// Meet brings the company of the scrutin together again, where the acts in its record have left it. Whoever has it closes its record.
func (d *Demonstration) Meet(o parties.Options) (*parties.Scrutin, error) {
	rec, err := record.Resume(d.Config.Record)
	if err != nil {
		return nil, err
	}
	m, err := d.manifest(rec)
	if err != nil {
		return nil, errors.Join(err, rec.Close())
	}
	company, err := meet(d.dir, m, o.WorkFactor)
	if err != nil {
		return nil, errors.Join(err, rec.Close())
	}
	s, err := parties.Resume(company, rec, o)
	if err != nil {
		return nil, errors.Join(err, rec.Close())
	}
	return s, nil
}

// step is the next step of the bureau.
func (d *Demonstration) step(ctx context.Context, s *parties.Scrutin, services parties.Services, w Watcher) error {
	next := s.Bureau.Procedure().Next()
	for _, step := range []struct {
		act    string
		name   string
		begins []string // paths of the record that it writes
		do     func() error
	}{
		{scrutin.ActClose, "close", nil, func() error {
			if err := d.Clock.Forward(s.Bureau.Procedure().Ends()); err != nil {
				return err
			}
			return s.Close(ctx, services)
		}},
		{scrutin.ActSeal, "seal", []string{"log", "roll", "deputies"}, func() error { return s.Freeze(ctx, services) }},
		{scrutin.ActMix, "mix", []string{"mix", "mixte"}, func() error {
			if err := s.AllowSmall("démonstration"); err != nil {
				return err
			}
			if err := d.decide(s); err != nil {
				return err
			}
			return s.Mix()
		}},
		{scrutin.ActDecrypt, "shares", []string{"shares"}, func() error {
			mixed, err := s.Mixed()
			if err != nil {
				return err
			}
			return s.Decrypt(mixed)
		}},
		{scrutin.ActProclaim, "count", []string{record.Result, record.ResultCSV}, func() error {
			mixed, err := s.Mixed()
			if err != nil {
				return err
			}
			return s.Count(mixed)
		}},
	} {
		if !slices.Contains(next, step.act) {
			continue
		}
		w.Step(step.name)
		for _, path := range step.begins {
			if err := os.RemoveAll(filepath.Join(d.Config.Record, filepath.FromSlash(path))); err != nil {
				return err
			}
		}
		if err := step.do(); err != nil {
			return fmt.Errorf("%s: %w", step.name, err)
		}
		return nil
	}
	return errors.New("the acts of the bureau have come to where no step follows")
}

func (d *Demonstration) manifest(rec *record.Writer) (*scrutin.Manifest, error) {
	data, err := rec.Read(record.Manifest, note.MaxSize)
	if err != nil {
		return nil, err
	}
	m, _, err := scrutin.ParseManifest(data)
	return m, err
}

// audit verifies the export as `audit verify` does, anchored by fingerprint and witnesses, and keeps what the auditor says in both languages.
func (d *Demonstration) audit(m *scrutin.Manifest, f scrutin.Digest, w Watcher) error {
	export, err := record.Open(d.Config.Record)
	if err != nil {
		return err
	}
	defer export.Close()
	fingerprint := [32]byte(f)
	var witnesses []note.Verifier
	for _, v := range m.WitnessVerifiers() {
		witnesses = append(witnesses, v.Plain())
	}
	report, err := audit.Verify(export, audit.Options{Fingerprint: &fingerprint, Witnesses: witnesses, Workers: d.workers, Progress: w.Stage})
	if err != nil {
		return err
	}
	for _, l := range []audit.Language{audit.French, audit.English} {
		var text strings.Builder
		if err := report.WriteText(&text, l); err != nil {
			return err
		}
		if err := record.WriteWhole(d.at(verdictDir+"/"+string(l)+".txt"), []byte(text.String())); err != nil {
			return err
		}
	}
	if !report.Holds() {
		return errors.New("the auditor refuses the export")
	}
	return nil
}

// Verdict is what the auditor said, in a language; empty before.
func (d *Demonstration) Verdict(l audit.Language) string {
	text, err := os.ReadFile(d.at(verdictDir + "/" + string(l) + ".txt"))
	if err != nil {
		return ""
	}
	return string(text)
}
