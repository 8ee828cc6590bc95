package integrity

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"time"

	"isoloir/scrutin/canon"
)

// ErrAnchors says that the file of anchors is not one.
var ErrAnchors = errors.New("the file that remembers how far the store had come is damaged: the bureau decides whether it may begin anew without it")

// An Anchor is how far an urn's rows in a store had come when all was well.
type Anchor struct {
	Number uint64 `json:"number"` // of the state (package rowmac)
	Row    uint64 `json:"row"`    // of the newest checkpoint
	Note   string `json:"note"`   // that checkpoint
}

// remembered is the file.
type remembered struct {
	Well time.Time         `json:"well"` // the end of the last whole check that found nothing
	Urns map[string]Anchor `json:"urns"`
}

// Anchors are kept in a small file outside the store, replaced whole. They are safe
// for concurrent use.
type Anchors struct {
	path  string
	mu    sync.Mutex
	now   remembered
	saved []byte
}

// OpenAnchors reads the file at path; where there is none nothing is remembered.
func OpenAnchors(path string) (*Anchors, error) {
	a := &Anchors{path: path, now: remembered{Urns: map[string]Anchor{}}}
	raw, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return a, nil
	}
	if err != nil {
		return nil, fmt.Errorf("anchors of the store: %w", err)
	}
	a.now = remembered{}
	if err := canon.Known(raw, &a.now); err != nil || a.now.Urns == nil {
		return nil, fmt.Errorf("%s: %w", path, errors.Join(ErrAnchors, err))
	}
	a.saved = raw
	return a, nil
}

// Get is an urn's anchor, zero if there is none.
func (a *Anchors) Get(urn string) Anchor {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.now.Urns[urn]
}

// Move sets an urn's anchor, never back.
func (a *Anchors) Move(urn string, to Anchor) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if to.Number >= a.now.Urns[urn].Number {
		a.now.Urns[urn] = to
	}
}

// Well is the end of the last whole check that found nothing; zero if none did.
func (a *Anchors) Well() time.Time {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.now.Well
}

// SetWell says that a whole check has found nothing.
func (a *Anchors) SetWell(at time.Time) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.now.Well = at.UTC().Truncate(time.Second)
}

// Save writes what changed, durably.
func (a *Anchors) Save() error {
	a.mu.Lock()
	defer a.mu.Unlock()
	raw, err := json.MarshalIndent(a.now, "", "  ")
	if err != nil || bytes.Equal(raw, a.saved) {
		return err
	}
	if err := Replace(a.path, raw); err != nil {
		return fmt.Errorf("anchors of the store: %w", err)
	}
	a.saved = raw
	return nil
}

// Replace puts a file in the place of another one, whole, for its owner alone.
func Replace(path string, data []byte) error {
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+"-*")
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	if err = errors.Join(err, f.Sync(), f.Close()); err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		return errors.Join(err, os.Remove(f.Name()))
	}
	dir, err := os.Open(filepath.Dir(path))
	if err != nil {
		return err
	}
	return errors.Join(dir.Sync(), dir.Close())
}
