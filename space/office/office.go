// Package office is a space at its organisation's desk: the directory of an installation, with
// one store for all its spaces and a directory for each, where the records lie that others
// bring and that its consultations begin (docs/consultations.md).
//
//	space.db                         the store
//	ORG/parties.json                 who mixes, witnesses and serves
//	ORG/standing/                    the record of the standing bureau
//	ORG/lists/ID/                    the register's list of accounts for a consultation
//	ORG/consultations/ID/record/     what its bureau's acts go on from
//	ORG/consultations/ID/documents/  the manifest's documents, each named by its digest
//	ORG/consultations/ID.F/          the same, prepared and not published: F is the fingerprint
//
// What it promises: a space reads and writes under its own directory alone; nothing is written
// over; what a consultation begins from is verified before it is used, and is in its place whole,
// once the store has its publication, or not at all.
package office

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"isoloir/account"
	"isoloir/record"
	"isoloir/scrutin"
	"isoloir/scrutin/note"
	"isoloir/space"
	"isoloir/space/sqlite"
)

const (
	storeFile    = "space.db"
	partiesFile  = "parties.json"
	standingDir  = "standing"
	listsDir     = "lists"
	consultedDir = "consultations"
	maxManifest  = 32 << 20
)

// An Office is an installation's directory.
type Office struct {
	Dir   string
	Store *sqlite.Store
	Now   func() time.Time
}

// Open opens the directory, or makes it.
func Open(ctx context.Context, dir string, now func() time.Time) (*Office, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	store, err := sqlite.Open(ctx, filepath.Join(dir, storeFile))
	if err != nil {
		return nil, err
	}
	return &Office{dir, store, now}, nil
}

// Shut closes the store.
func (f *Office) Shut() error { return f.Store.Shut() }

// Init makes the space of an organisation: ErrOther where it has one that is another.
func (f *Office) Init(ctx context.Context, o space.Organisation) error {
	text, err := space.NewOrganisation(o)
	if err != nil {
		return err
	}
	if err := f.Store.PutOrganisation(ctx, o.ID, text); err != nil {
		return err
	}
	return os.MkdirAll(filepath.Join(f.Dir, o.ID), 0o700)
}

// Organisations are those who have a space here, whatever else lies in the directory.
func (f *Office) Organisations(ctx context.Context) ([]string, error) {
	return f.Store.Organisations(ctx)
}

// Space is that of an organisation.
func (f *Office) Space(ctx context.Context, org string) (*space.Space, error) {
	o, err := f.Store.Organisation(ctx, org)
	if err != nil {
		return nil, fmt.Errorf("space of %s: %w", org, err)
	}
	of, err := space.ParseOrganisation(o)
	if err != nil {
		return nil, fmt.Errorf("space of %s: %w", org, err)
	}
	return &space.Space{Organisation: of, Store: f.Store, Works: &works{filepath.Join(f.Dir, of.ID)}, Now: f.Now}, nil
}

// works is the directory of one space.
type works struct{ dir string }

// optional reads a file that need not be there.
func optional(path string) ([]byte, error) {
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return data, err
}

// Ground implements space.Works.
func (w *works) Ground(_ context.Context, id string) (*space.Ground, error) {
	g := &space.Ground{}
	text, err := optional(filepath.Join(w.dir, partiesFile))
	if err != nil {
		return nil, err
	}
	if text != nil {
		if g.Parties, err = space.ParseParties(text); err != nil {
			g.Parties, g.Faults = nil, append(g.Faults, fault(space.GroundParties, "bad-parties", err))
		}
	}
	if g.Standing, err = w.standing(); unreadable(err) {
		return nil, fmt.Errorf("standing bureau: %w", err)
	} else if err != nil {
		g.Standing, g.Faults = nil, append(g.Faults, fault(space.GroundStanding, "bad-standing", err))
	}
	if g.Parties == nil {
		return g, nil
	}
	in, err := w.open(listsDir, id)
	if err != nil || in == nil {
		return g, err
	}
	defer in.Close()
	register := g.Parties.Platform.Roll
	if !in.Exists(record.Enrolment(register.ID)) {
		return g, nil
	}
	data, err := in.Read(record.Enrolment(register.ID), note.MaxSize)
	if err != nil {
		return nil, err
	}
	if g.Snapshot, g.List, err = account.OpenSnapshot(data, register.Verifier()); err != nil {
		g.Snapshot, g.Faults = nil, append(g.Faults, fault(space.GroundList, "unsigned-list", err))
	}
	return g, nil
}

// unreadable says whether the machine kept a file from being read, rather than what is in it.
func unreadable(err error) bool {
	var of *fs.PathError
	return errors.As(err, &of)
}

// fault says what is wrong with a part of the ground, with the first line of why.
func fault(part, code string, why error) space.Problem {
	line, _, _ := strings.Cut(why.Error(), "\n")
	return space.Problem{Field: part, Code: code, Args: []any{line}}
}

// open opens a record of this space; nil where there is none.
func (w *works) open(path ...string) (*record.Reader, error) {
	dir := filepath.Join(append([]string{w.dir}, path...)...)
	if _, err := os.Stat(dir); errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return record.Open(dir)
}

// standing reads how far the standing bureau is: nil where it has no manifest yet.
func (w *works) standing() (*space.Standing, error) {
	in, err := w.open(standingDir)
	if err != nil || in == nil {
		return nil, err
	}
	defer in.Close()
	if !in.Exists(record.Manifest) {
		return nil, nil
	}
	s := new(space.Standing)
	if s.Text, err = in.Read(record.Manifest, maxManifest); err != nil {
		return nil, err
	}
	if s.Manifest, s.Fingerprint, err = scrutin.ParseManifest(s.Text); err != nil {
		return nil, err
	}
	acts, err := in.Acts()
	if err != nil {
		return nil, err
	}
	p, err := scrutin.VerifyActs(s.Manifest, s.Fingerprint, acts)
	if err != nil {
		return nil, err
	}
	s.Ceremony, s.Rehearsed, s.Annulled = p.Ceremony, len(p.Rehearsals) > 0, p.Annulled()
	s.Steps = steps(in, s.Manifest, p)
	return s, nil
}
