package server_test

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"isoloir/audit/audittest"
	"isoloir/record"
	"isoloir/roll"
	"isoloir/scrutin"
	"isoloir/scrutin/note"
	"isoloir/scrutin/scrutintest"
	"isoloir/server"
	"isoloir/server/config"
)

// adopt has the bureau adopt the first amendment of a vote.
func adopt(w *audittest.World, path string) {
	paths := []string{path}
	for _, i := range w.Manifest.Issuers {
		paths = append(paths, record.Population(1).Enrolment(i.ID))
	}
	for i := range w.Manifest.Mixers {
		paths = append(paths, record.Population(1).Anonymisation(i+1))
	}
	w.Act(scrutin.ActAddendum, scrutin.ActBody{Adopts: w.Adopts(paths...), Reason: "décision", Opinion: "favourable"})
}

// A roll that is amended leaves of those who were added together nobody, or as many as hide each other.
func TestThinned(t *testing.T) {
	w, err := audittest.New(audittest.Shape{Fixture: scrutintest.Options{Urns: 2, Electors: 20}}, 3)
	if err != nil {
		t.Fatal(err)
	}
	w.Advance(audittest.Amended)
	k := w.Manifest.MinimumSize
	w.AddAmendment(audittest.Change{Added: []int{k + 1, 0}, Struck: [][]int{{}, {}}})
	adopt(w, record.Amendment(1))
	dir := t.TempDir()
	a, err := server.OpenAmending(t.Context(), &config.Config{Record: written(t, filepath.Join(dir, "record"), w), Roll: &config.Roll{Place: config.Place{Directory: dir}, Database: filepath.Join(dir, "roll.db")}})
	if err != nil {
		t.Fatal(err)
	}
	defer a.Shut()
	strike := func(from, n int) error {
		s := roll.Staging{Amendment: 2}
		for i := range n {
			s.Struck = append(s.Struck, roll.Place{Elector: uint32(from + i)})
		}
		return a.Judge(t.Context(), s, []int{20 + k + 1, 20})
	}
	for n := 1; n <= k+1; n++ {
		if err, thin := strike(20, n), n > 1 && n < k+1; errors.Is(err, server.ErrThin) != thin || err != nil && !thin {
			t.Errorf("%d of %d are struck off: %v", n, k+1, err)
		}
	}
	if err := strike(0, 19); err != nil {
		t.Errorf("those of the opening record hide each other by what is not struck off: %v", err)
	}
}

// Urn and roll end with the vote, closed or stopped.
func TestStopped(t *testing.T) {
	w, err := audittest.New(audittest.Shape{Fixture: scrutintest.Options{Urns: 1, Electors: 10}}, 3)
	if err != nil {
		t.Fatal(err)
	}
	w.Advance(audittest.Amended)
	dir := t.TempDir()
	closed := func() bool {
		t.Helper()
		p, err := server.OpenPublic(written(t, dir, w))
		if err != nil {
			t.Fatal(err)
		}
		defer p.Close()
		return p.Closed()
	}
	if closed() {
		t.Error("an open vote is closed")
	}
	if w.Act(scrutin.ActStop, scrutin.ActBody{Reason: "panne", Opinion: "favourable"}); !closed() {
		t.Error("a vote that was stopped is not closed")
	}
}

// written is the directory of a record, written into it.
func written(t *testing.T, dir string, w *audittest.World) string {
	t.Helper()
	for path, data := range w.Files {
		to := filepath.Join(dir, filepath.FromSlash(path))
		if err := errors.Join(os.MkdirAll(filepath.Dir(to), 0o700), os.WriteFile(to, data, 0o600)); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// An amendment counts from the act on that adopts it, and only if the roll has signed what
// the act names, and it follows from the roll as it is.
func TestAmendments(t *testing.T) {
	first, err := audittest.New(audittest.Shape{Fixture: scrutintest.Options{Urns: 2, Electors: 20}}, 3)
	if err != nil {
		t.Fatal(err)
	}
	first.Advance(audittest.Amended)
	k := first.Manifest.MinimumSize
	numbered := func(name string, w *audittest.World) []int {
		t.Helper()
		p, err := server.OpenPublic(written(t, t.TempDir(), w))
		if err != nil {
			t.Fatal(err)
		}
		defer p.Close()
		if got := p.Progress().Electors; name == "that an act adopts" && !slices.Equal(got, []int{20 + k, 19}) || p.Numbered()[0] == 20 && got != nil && got[0] != 20 {
			t.Errorf("%s: the pages show %v electors", name, got)
		}
		return p.Numbered()
	}
	// made is the vote with an amendment, changed by edit before the bureau adopts it.
	made := func(added int, edit func(w *audittest.World, path string)) *audittest.World {
		w := first.Clone()
		w.AddAmendment(audittest.Change{Added: []int{added, 0}, Struck: [][]int{{}, {1}}})
		edit(w, record.Amendment(1))
		return w
	}
	signed := func(w *audittest.World, path, by string, edit func(*scrutin.Amendment)) {
		text, err := note.Text(w.Files[path])
		if err != nil {
			t.Fatal(err)
		}
		a, err := scrutin.Parse[scrutin.Amendment](text)
		if err != nil {
			t.Fatal(err)
		}
		edit(a)
		w.Sign(path, a, by)
	}
	same := func(*scrutin.Amendment) {}
	for name, c := range map[string]struct {
		world *audittest.World
		want  []int
	}{
		"that no act adopts": {made(k, func(*audittest.World, string) {}), []int{20, 20}},
		"that an act adopts": {made(k, adopt), []int{20 + k, 20}},
		"signed by the urn": {made(k, func(w *audittest.World, path string) {
			signed(w, path, "urn", same)
			adopt(w, path)
		}), []int{20, 20}},
		"that is another one than the act names": {made(k, func(w *audittest.World, path string) {
			adopt(w, path)
			signed(w, path, "roll", func(a *scrutin.Amendment) { a.Urns[1].Struck = []int{2} })
		}), []int{20, 20}},
		"of fewer than hide each other": {made(k-1, adopt), []int{20, 20}},
		"that follows from another roll": {made(k, func(w *audittest.World, path string) {
			signed(w, path, "roll", func(a *scrutin.Amendment) { a.Urns[0].Before++ })
			adopt(w, path)
		}), []int{20, 20}},
		"that is gone": {made(k, func(w *audittest.World, path string) {
			adopt(w, path)
			delete(w.Files, path)
		}), []int{20, 20}},
	} {
		if got := numbered(name, c.world); !slices.Equal(got, c.want) {
			t.Errorf("an amendment %s: %v have numbers, and not %v", name, got, c.want)
		}
	}
}
