package server

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"isoloir/record"
	"isoloir/roll"
	"isoloir/roll/sqlite"
	"isoloir/scrutin"
	"isoloir/scrutin/scrutintest"
	"isoloir/server/config"
)

// kept is a record that holds the manifest of a fixture alone.
func kept(t *testing.T, edit func(*scrutin.Manifest)) (*scrutin.Manifest, config.Companion) {
	t.Helper()
	f := scrutintest.New(t, scrutintest.Options{Urns: 1, Electors: 10, Edit: edit})
	dir := t.TempDir()
	data, _, err := f.Manifest.Bytes()
	if err == nil {
		err = os.WriteFile(filepath.Join(dir, record.Manifest), data, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	return f.Manifest, config.Companion{Fingerprint: f.Fingerprint.String(), Record: dir, Origins: config.Origins{Portal: "https://p.example",
		Roll: "https://r.example", Urn: "https://u.example", IssuerA: "https://a.example", IssuerB: "https://b.example"}}
}

func digest(t *testing.T, c config.Companion) scrutin.Digest {
	t.Helper()
	f, err := scrutin.ParseDigest(c.Fingerprint)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// TestOpenCompanions refuses companions that contradict the manifests.
func TestOpenCompanions(t *testing.T) {
	nothing := func(*scrutin.Manifest) {}
	_, first := kept(t, nothing)
	_, second := kept(t, nothing)
	_, early := kept(t, func(m *scrutin.Manifest) { m.Schedule.Open = scrutin.TimeOf(m.Schedule.Open.Add(-time.Second)) })
	_, leads := kept(t, func(m *scrutin.Manifest) { m.Companions = []scrutin.Digest{{1}} })
	_, others := kept(t, func(m *scrutin.Manifest) { m.Issuers[0], m.Issuers[1] = m.Issuers[1], m.Issuers[0] })
	_, accounts := kept(t, scrutintest.OfAccounts)
	elsewhere := first
	elsewhere.Record = second.Record
	far := first
	far.Record = ""
	nowhere := first
	nowhere.Record = t.TempDir()
	for name, c := range map[string]struct {
		named, described []config.Companion
		leading, says    string
	}{
		"as they are":            {[]config.Companion{first, second}, []config.Companion{first, second}, "", ""},
		"without a record":       {[]config.Companion{first}, []config.Companion{far}, "", ""},
		"not all described":      {[]config.Companion{first, second}, []config.Companion{second}, "", ""},
		"one that is not named":  {[]config.Companion{first}, []config.Companion{second}, "", "does not name " + second.Fingerprint},
		"in another order":       {[]config.Companion{first, second}, []config.Companion{second, first}, "", "in its order"},
		"the record of another":  {[]config.Companion{first}, []config.Companion{elsewhere}, "", "and not of " + first.Fingerprint},
		"no manifest":            {[]config.Companion{first}, []config.Companion{nowhere}, "", record.Manifest},
		"one that leads others":  {[]config.Companion{leads}, []config.Companion{leads}, "", "leads others itself"},
		"of other issuers":       {[]config.Companion{others}, []config.Companion{others}, "", "those of the leading scrutin"},
		"of accounts":            {[]config.Companion{accounts}, []config.Companion{accounts}, "", "those of the leading scrutin"},
		"one that opens earlier": {[]config.Companion{early}, []config.Companion{early}, "", "before the leading scrutin"},
		"one that is led":        {[]config.Companion{first}, nil, "https://l.example", "take away leading"},
	} {
		m, _ := kept(t, func(m *scrutin.Manifest) {
			for _, k := range c.named {
				m.Companions = append(m.Companions, digest(t, k))
			}
		})
		all, err := OpenCompanions(&config.Config{Companions: c.described, Leading: c.leading}, m)
		switch {
		case c.says == "" && (err != nil || len(all) != len(c.described)):
			t.Errorf("%s: %v", name, err)
		case c.says != "" && (err == nil || !strings.Contains(err.Error(), c.says)):
			t.Errorf("%s: %v", name, err)
		}
		for _, k := range all {
			if k.Manifest != nil && k.Closed(k.Manifest.Schedule.Close.Add(24*time.Hour)) {
				t.Errorf("%s: it is closed by the clock, and no act says so", name)
			}
		}
		if err := CloseCompanions(all); err != nil {
			t.Error(err)
		}
	}
}

// TestPaired serves no roll that does not know the electors of every companion, and no
// portal that does not know where they are.
func TestPaired(t *testing.T) {
	_, first := kept(t, func(*scrutin.Manifest) {})
	m, _ := kept(t, func(m *scrutin.Manifest) { m.Companions = []scrutin.Digest{digest(t, first)} })
	store, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "roll.db"), sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer store.Shut()
	s := Setting{Public: &Public{Manifest: m}}
	if err := s.described(); !errors.Is(err, ErrCompanions) {
		t.Errorf("a companion that is not described: %v", err)
	}
	if s.Companions, err = OpenCompanions(&config.Config{Companions: []config.Companion{first}}, m); err != nil {
		t.Fatal(err)
	}
	if err := s.described(); err != nil {
		t.Error(err)
	}
	pair := func(n uint32) {
		t.Helper()
		err := store.Pair(t.Context(), s.Public.rollScope(), 0, func(yield func(roll.Pair, error) bool) {
			for i := range n {
				if !yield(roll.Pair{Place: roll.Place{Elector: i}, In: roll.Place{Elector: i}}, nil) {
					return
				}
			}
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := s.paired(t.Context(), store); !errors.Is(err, ErrCompanions) {
		t.Errorf("nobody is known: %v", err)
	}
	pair(10)
	if err := s.paired(t.Context(), store); err != nil {
		t.Error(err)
	}
	s.Companions[0].Manifest.Urns[0].Electors++
	if err := s.paired(t.Context(), store); !errors.Is(err, ErrCompanions) {
		t.Errorf("one is missing: %v", err)
	}
}
