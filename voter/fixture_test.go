package voter_test

import (
	"context"
	"crypto/sha256"
	"os"
	"path/filepath"
	"testing"
	"time"

	"isoloir/crypto/group"
	"isoloir/roll"
	rollsqlite "isoloir/roll/sqlite"
	"isoloir/scrutin/note"
	"isoloir/urn"
	urnsqlite "isoloir/urn/sqlite"
	"isoloir/urn/urntest"
	"isoloir/voter"
)

var ctx = context.Background()

// election is one scrutin with both rooms over SQLite files in a directory.
type election struct {
	*urntest.Fixture
	rollRules []*roll.Rules
	rollStore roll.Store
	urnStore  urn.Store
	roll      *roll.Service
	urn       *urn.Service
}

// newElection makes keys and rules. start gives the services.
func newElection(t testing.TB, size urntest.Size) *election {
	t.Helper()
	e := &election{Fixture: urntest.New(t, size)}
	for u, r := range e.Rules {
		points := make([]group.Point, len(e.Secrets[u]))
		for i, x := range e.Secrets[u] {
			points[i] = group.MulBase(x)
		}
		e.rollRules = append(e.rollRules, &roll.Rules{Manifest: r.Manifest, Opening: r.Opening, Number: r.Number, Name: r.Name, Keys: group.EncodeBatch(points, 0)})
	}
	return e
}

// openStores opens, or makes, both stores in dir. shut closes them.
func openStores(t testing.TB, dir string) (r *rollsqlite.Store, u *urnsqlite.Store) {
	t.Helper()
	for _, d := range []string{"roll", "urn"} {
		if err := os.MkdirAll(filepath.Join(dir, d), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	r, err := rollsqlite.Open(ctx, filepath.Join(dir, "roll", "roll.db"), rollsqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	u, err = urnsqlite.Open(ctx, filepath.Join(dir, "urn", "urn.db"), filepath.Join(dir, "urn", "keys"), urnsqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return r, u
}

// start runs both services over stores, with a clock for the roll.
func (e *election) start(t testing.TB, r roll.Store, u urn.Store, now func() time.Time) {
	t.Helper()
	e.rollStore, e.urnStore = r, u
	e.roll = roll.NewService(roll.Config{Store: r, Scope: roll.Scope(e.Scope), Rules: e.rollRules, Signer: e.Roll, Urn: e.Urn.Verifier(),
		Open: func(time.Time) bool { return true }, Now: now})
	e.urn = e.Service(t, u)
}

// device is an elector's, for a choice.
func (e *election) device(t testing.TB, number, elector, choice int) *voter.Device {
	t.Helper()
	return newDevice(t, e.Fixture, e.Roll.Verifier(), e.Urn.Verifier(), number, elector, choice)
}

func newDevice(t testing.TB, f *urntest.Fixture, rollKey, urnKey note.Verifier, number, elector, choice int) *voter.Device {
	t.Helper()
	var options []group.Point
	for _, o := range f.Options {
		options = append(options, o[choice%len(o)])
	}
	d, err := voter.New(f.Rules[number], rollKey, urnKey, uint32(elector), f.Secrets[number][elector], options)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// hashOf is H(τ).
func hashOf(token [32]byte) urn.Hash { return sha256.Sum256(token[:]) }
