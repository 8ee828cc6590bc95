package server

import (
	"os"
	"path/filepath"
	"testing"

	"isoloir/bve/journal/sqlite"
	"isoloir/scrutin"
	"isoloir/server/config"
)

// TestTouched has a bureau know those of its companions whose records are at hand, and leave alone what others write there.
func TestTouched(t *testing.T) {
	_, near := kept(t, func(*scrutin.Manifest) {})
	_, far := kept(t, func(*scrutin.Manifest) {})
	m, _ := kept(t, func(m *scrutin.Manifest) { m.Companions = []scrutin.Digest{digest(t, near), digest(t, far)} })
	half := filepath.Join(near.Record, ".partial-act")
	if err := os.WriteFile(half, []byte("half"), 0o600); err != nil {
		t.Fatal(err)
	}
	far.Record = ""
	companions, err := OpenCompanions(&config.Config{Companions: []config.Companion{near, far}}, m)
	if err != nil {
		t.Fatal(err)
	}
	store, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "bureau.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer store.Shut()
	b := &Bureau{Role: &Role{}, Store: store, setting: Setting{Companions: companions}}
	offices, err := b.touched(t.Context())
	if err != nil || len(offices) != 1 || offices[0].Config.Journal.Fingerprint != digest(t, near) || offices[0].Config.Journal.Signer != nil {
		t.Errorf("%d offices, %v", len(offices), err)
	}
	if _, err := os.Stat(half); err != nil {
		t.Error(err)
	}
	if err := b.Shut(); err != nil {
		t.Error(err)
	}
}
