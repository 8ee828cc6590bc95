package server

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"sync"

	"isoloir/custody"
	"isoloir/integrity"
	"isoloir/integrity/alert"
	"isoloir/observe"
	rollinspection "isoloir/roll/inspection"
	"isoloir/rowmac"
	"isoloir/scrutin/note"
	"isoloir/urn"
	urninspection "isoloir/urn/inspection"
)

// Files of a role's directory integrity.
const (
	integrityDir = "integrity"
	rowsFile     = "rows.key"    // ties the rows of its store to the role
	anchorsFile  = "anchors"     // how far the store had come
	alertsFile   = "alerts"      // what was found
	reportFile   = "report.note" // the last report that was asked for
)

// ErrRows says that a store was written with another key.
var ErrRows = errors.New("the rows of this store are tied to another key than this one, or somebody has changed what it counts: give every process of the role the same key (rows), and if they have it run isoloir check-integrity")

// rowsKey reads the key that ties the rows of a role's store to it: that of a file, or of the role's own directory. It is drawn there for a store
// that has not begun.
func rowsKey(dir, file string, begun func() (bool, error)) (rowmac.Key, error) {
	if file == "" {
		if err := os.MkdirAll(filepath.Join(dir, integrityDir), 0o700); err != nil {
			return rowmac.Key{}, err
		}
		file = filepath.Join(dir, integrityDir, rowsFile)
	}
	if info, err := os.Stat(file); err == nil && exposed(info) {
		return rowmac.Key{}, fmt.Errorf("%s: %w", file, ErrExposed)
	} else if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return rowmac.Key{}, err
	}
	return rowmac.Open(file, begun)
}

// An Inspection watches a role's store.
type Inspection struct {
	Check *integrity.Check

	dir    string
	asked  sync.Mutex // one whole check at a time
	failed func(error)
}

// inspect has a role watch its store: at its hours, and when it is asked.
func (r *Role) inspect(ctx context.Context, s Setting, dir string, signer note.Signer, k custody.Keeper, subject func(*integrity.Anchors) integrity.Subject) error {
	dir = filepath.Join(dir, integrityDir)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	check, err := s.check(r.Name, dir, signer, subject)
	if err != nil {
		return err
	}
	if _, err := check.Subject.Figures(ctx); errors.Is(err, rowmac.ErrForeign) {
		return fmt.Errorf("%w: %w", ErrRows, err)
	} else if err != nil {
		return err
	}
	alarm, err := newAlarm(ctx, s, r.Name, k)
	if err != nil {
		return err
	}
	log := &alert.Log{Role: r.Name, Now: s.Now, Since: check.Anchors.Well, Tell: alarm.tell, Failed: s.failed(r.Name, observe.Inspect)}
	if err := log.Open(filepath.Join(dir, alertsFile)); err != nil {
		return err
	}
	r.closing = append(r.closing, log.Close)
	i := &Inspection{Check: check, dir: dir, failed: s.failed(r.Name, observe.Inspect)}
	check.Found = func(f []integrity.Finding) { i.kept(log.Found(f)) }
	check.Settled = func(f []integrity.Finding) {
		i.kept(log.Settled(f))
		s.Watch.Kept(observe.RoleOf(r.Name), observe.Inspect)
	}
	r.Inspection = i
	r.hours = append(r.hours, alarm.run, func(ctx context.Context) { check.Run(ctx, i.failed) })
	return nil
}

// check is that of a role's store, with the anchors of a directory.
func (s Setting) check(role, dir string, signer note.Signer, subject func(*integrity.Anchors) integrity.Subject) (*integrity.Check, error) {
	anchors, err := integrity.OpenAnchors(filepath.Join(dir, anchorsFile))
	if err != nil {
		return nil, err
	}
	return &integrity.Check{Role: role, Subject: subject(anchors), Anchors: anchors, Signer: signer,
		Manifest: s.Public.Fingerprint, Opening: s.Public.OpeningDigest, Now: s.Now}, nil
}

func (i *Inspection) kept(err error) {
	if err != nil {
		i.failed(err)
	}
}

// Now makes a whole check and gives its signed report, which is kept in the role's directory in the place of the one before.
func (i *Inspection) Now(ctx context.Context) ([]byte, error) {
	i.asked.Lock()
	defer i.asked.Unlock()
	report, signed, err := i.Check.Whole(ctx)
	if err != nil {
		return nil, err
	}
	return signed, errors.Join(i.Check.Accept(report), integrity.Replace(filepath.Join(i.dir, reportFile), signed))
}

// ServeHTTP answers POST with the report of a whole check that it makes for it, and GET with the last one.
func (i *Inspection) ServeHTTP(w http.ResponseWriter, q *http.Request) {
	var signed []byte
	var err error
	if q.Method == http.MethodPost {
		signed, err = i.Now(q.Context())
	} else {
		signed, err = os.ReadFile(filepath.Join(i.dir, reportFile))
	}
	switch {
	case errors.Is(err, fs.ErrNotExist):
		http.NotFound(w, q)
	case err != nil:
		i.failed(err)
		w.WriteHeader(http.StatusInternalServerError)
	default:
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		w.Header().Set("Cache-Control", "no-store")
		_, _ = w.Write(signed)
	}
}

// urnSubject is what of an urn's store is looked at.
func (p *Public) urnSubject(store urninspection.Store, rules []*urn.Rules) func(*integrity.Anchors) integrity.Subject {
	return func(a *integrity.Anchors) integrity.Subject {
		return &urninspection.Inspector{Store: store, Scope: p.urnScope(), Rules: rules, Key: p.Manifest.Platform.Urn.Verifier(), Anchors: a}
	}
}

// rollSubject is what of a roll's store is looked at.
func (p *Public) rollSubject(store rollinspection.Store) func(*integrity.Anchors) integrity.Subject {
	var names []string
	for _, u := range p.Manifest.Urns {
		names = append(names, u.ID)
	}
	return func(a *integrity.Anchors) integrity.Subject {
		return &rollinspection.Inspector{Store: store, Scope: p.rollScope(), Urns: names, Anchors: a}
	}
}

func (p *Public) urnScope() urn.Scope {
	return urn.Scope{Organisation: p.Manifest.Organisation.ID, Scrutin: p.Manifest.Scrutin.ID}
}
