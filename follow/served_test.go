package follow_test

import (
	"bytes"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
	"time"

	"isoloir/follow"
	"isoloir/portal/guard"
	"isoloir/portal/urnapi"
	"isoloir/scrutin"
	"isoloir/scrutin/note"
	"isoloir/urn"
	"isoloir/urn/sqlite"
	"isoloir/urn/urntest"
	"isoloir/urn/witness"
)

// An urn is one over its real store and origin, whose board is for witnesses.
type served struct {
	*urntest.Fixture
	service   *urn.Service
	config    follow.Config // of everybody
	witnesses []*note.PrivateKey
	now       time.Time
}

func serve(t *testing.T) *served {
	t.Helper()
	s := &served{Fixture: urntest.New(t, urntest.Size{Urns: 2, Electors: 40}), now: noon}
	dir := t.TempDir()
	store, err := sqlite.Open(ctx, filepath.Join(dir, "urn.db"), filepath.Join(dir, "keys"), sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { store.Shut() })
	c := s.Config(store)
	c.Now = func() time.Time { return s.now }
	if s.service, err = urn.NewService(ctx, c); err != nil {
		t.Fatal(err)
	}
	m := &scrutin.Manifest{Urns: []scrutin.Urn{{ID: "urn-1"}, {ID: "urn-2"}}}
	m.Platform.Urn.Key = s.Urn.Verifier().String()
	m.Schedule.SlotMinutes = 60
	for _, name := range []string{"anne", "paul", "zoe"} {
		k := newKey(t, name)
		s.witnesses = append(s.witnesses, k)
		m.Witnesses = append(m.Witnesses, scrutin.Party{ID: name, Key: k.Verifier().Cosigner().String()})
	}
	book, err := witness.Open(filepath.Join(dir, "cosigned"), witness.Config{Log: s.Urn.Verifier(), Witnesses: m.WitnessVerifiers(), Slot: time.Hour, Now: c.Now})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(urnapi.New(urnapi.Config{Urn: s.service, Witnesses: book, Guard: guard.New(guard.Config{Now: c.Now}), Portal: "https://vote.example"}))
	t.Cleanup(server.Close)
	s.config = follow.Config{Manifest: m, Print: s.Rules[0].Manifest, URL: server.URL, Now: c.Now}
	return s
}

func (s *served) grow(t *testing.T, from, n int) {
	t.Helper()
	var requests []urn.AppendRequest
	for i := range n {
		requests = append(requests, s.Request(t, urntest.Token(), s.Ballot(t, 0, from+i, 0)))
	}
	for _, a := range s.service.Append(ctx, requests) {
		if a.Err != nil {
			t.Fatal(a.Err)
		}
	}
	if _, err := s.service.Flush(ctx); err != nil {
		t.Fatal(err)
	}
}

// TestServed has an urn followed by its witnesses and by everybody, before and after
// the close: the export's files come out of each mirror, and the seal with more than
// two thirds of the witnesses out of the urn.
func TestServed(t *testing.T) {
	s := serve(t)
	var all []*follow.Follower
	var dirs []string
	for i := range 4 {
		c := s.config
		c.Dir = t.TempDir()
		if i < 3 {
			c.Witness = s.witnesses[i]
		}
		f, err := follow.Open(c)
		if err != nil {
			t.Fatal(err)
		}
		all, dirs = append(all, f), append(dirs, c.Dir)
	}
	rounds := func() {
		t.Helper()
		for _, f := range all {
			if err := f.Round(ctx); err != nil {
				t.Fatal(err)
			}
		}
	}
	bundle := func(dir string) bool {
		found, err := filepath.Glob(filepath.Join(dir, filepath.FromSlash(s.service.Origin(0)), "tile", "entries", "*"))
		if err != nil {
			t.Fatal(err)
		}
		return len(found) > 0
	}
	rounds()
	s.grow(t, 0, 12)
	rounds()
	if !bundle(dirs[0]) || bundle(dirs[3]) {
		t.Error("before the close the leaves are for the witnesses, and for them alone")
	}
	s.grow(t, 12, 10)
	s.now = s.now.Add(3 * time.Hour)
	if err := s.service.Close(ctx); err != nil {
		t.Fatal(err)
	}
	rounds()
	ends := uint64(s.now.Add(-time.Hour).Unix())
	var leaves, checkpoints bytes.Buffer
	if _, err := s.service.Export(ctx, 0, &leaves, &checkpoints); err != nil {
		t.Fatal(err)
	}
	rules := s.Rules[0]
	exported, err := rules.ReadCheckpoints(checkpoints.Bytes(), s.Urn.Verifier())
	if err != nil {
		t.Fatal(err)
	}
	for i, dir := range dirs {
		root := filepath.Join(dir, filepath.FromSlash(s.service.Origin(0)))
		got, err := os.ReadFile(filepath.Join(root, "tile", "entries", "000.p", "22"))
		if err != nil || !bytes.Equal(got, leaves.Bytes()) {
			t.Errorf("mirror %d does not hold the export's leaves: %v", i, err)
		}
		head, err := os.ReadFile(filepath.Join(root, "checkpoint"))
		text, bad := note.Text(head)
		if err != nil || bad != nil || text != exported[len(exported)-1].Text() {
			t.Errorf("mirror %d ends elsewhere: %v, %v", i, err, bad)
		}
	}
	for number := range 2 {
		answer, err := http.Get(s.config.URL + "/" + s.service.Origin(uint16(number)) + "/checkpoint")
		if err != nil {
			t.Fatal(err)
		}
		var seal bytes.Buffer
		seal.ReadFrom(answer.Body)
		answer.Body.Close()
		n, err := note.Open(seal.Bytes(), append(s.config.Manifest.WitnessVerifiers(), s.Urn.Verifier())...)
		if err != nil || len(n.Signatures) != 4 {
			t.Fatalf("urn %d: %v, %s", number, err, seal.Bytes())
		}
		for _, w := range n.Signatures[1:] {
			if w.Time%3600 != 0 || w.Time <= ends {
				t.Errorf("urn %d: %s dated %d", number, w.Verifier.Name(), w.Time)
			}
		}
	}
}

// TestNoPass has a stranger who calls himself a witness shown what everybody is.
func TestNoPass(t *testing.T) {
	s := serve(t)
	stranger := newKey(t, "anne")
	s.config.Dir, s.config.Witness = t.TempDir(), stranger
	if _, err := follow.Open(s.config); !errors.Is(err, follow.ErrConfig) {
		t.Error(err)
	}
}
