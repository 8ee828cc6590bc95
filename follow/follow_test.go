package follow_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"isoloir/audit/evidence"
	"isoloir/follow"
	"isoloir/merkle"
	"isoloir/merkle/tiles"
	"isoloir/scrutin"
	"isoloir/scrutin/note"
	"isoloir/urn"
)

var (
	ctx         = context.Background()
	fingerprint = scrutin.DigestOf([]byte("manifest"))
	noon        = time.Date(2026, 12, 3, 12, 20, 0, 0, time.UTC)
)

func newKey(t testing.TB, name string) *note.PrivateKey {
	t.Helper()
	k, err := note.GenerateKey(name)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// A world is an urn's log, served as one likes, and who follows it.
type world struct {
	t       *testing.T
	key     *note.PrivateKey
	witness *note.PrivateKey
	server  *httptest.Server
	config  follow.Config
	told    []follow.Event
	asked   []string

	leaves [][]byte
	signed []byte                                                   // the checkpoint that is shown
	left   []byte                                                   // what was left as a co-signature
	serve  func(w http.ResponseWriter, r *http.Request) (done bool) // instead
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{t: t, key: newKey(t, "urn"), witness: newKey(t, "anne")}
	w.server = httptest.NewServer(http.HandlerFunc(w.answer))
	t.Cleanup(w.server.Close)
	m := &scrutin.Manifest{Urns: []scrutin.Urn{{ID: "urn-1"}}}
	m.Platform.Urn.Key = w.key.Verifier().String()
	m.Witnesses = []scrutin.Party{{ID: "anne", Key: w.witness.Verifier().Cosigner().String()}}
	m.Schedule.SlotMinutes = 60
	w.config = follow.Config{Manifest: m, Print: fingerprint, URL: w.server.URL, Dir: t.TempDir(), Now: func() time.Time { return noon }, Patience: 200 * time.Millisecond,
		Tell: func(e follow.Event) { w.told = append(w.told, e) }, Sleep: func(context.Context, time.Duration) error { return nil }}
	w.history("", 0)
	return w
}

func (w *world) answer(rw http.ResponseWriter, r *http.Request) {
	if w.serve != nil && w.serve(rw, r) {
		return
	}
	file, ok := strings.CutPrefix(r.URL.Path, "/"+scrutin.Origin(fingerprint, "urn-1")+"/")
	w.asked = append(w.asked, file)
	if r.Method == http.MethodPost {
		w.left = make([]byte, r.ContentLength)
		r.Body.Read(w.left)
		return
	}
	if ok && file == "checkpoint" {
		rw.Write(w.signed)
		return
	}
	tile, err := tiles.Parse(file)
	if err != nil || !tile.Entries || !tile.In(uint64(len(w.leaves))) {
		rw.WriteHeader(http.StatusNotFound)
		return
	}
	l := urn.NewLeafWriter(rw)
	for _, leaf := range w.leaves[tile.From():tile.To()] {
		l.Write(leaf)
	}
	l.Flush()
}

// history has the urn show a log of n leaves, which from the given one on are others
// than those of another history.
func (w *world) history(name string, n int, from ...int) {
	w.leaves = nil
	for i := range n {
		leaf := fmt.Append(nil, "leaf ", i)
		if len(from) > 0 && i >= from[0] {
			leaf = fmt.Append(leaf, name)
		}
		w.leaves = append(w.leaves, leaf)
	}
	w.show(n)
}

// show has it show the checkpoint of its first leaves.
func (w *world) show(n int) {
	var f merkle.Frontier
	for _, leaf := range w.leaves[:n] {
		f.Append(leaf)
	}
	signed, err := note.Sign(note.Checkpoint{Origin: scrutin.Origin(fingerprint, "urn-1"), Size: uint64(n), Root: f.Root()}.Text(), w.key)
	if err != nil {
		w.t.Fatal(err)
	}
	w.signed = signed
}

func (w *world) open() *follow.Follower {
	w.t.Helper()
	f, err := follow.Open(w.config)
	if err != nil {
		w.t.Fatal(err)
	}
	return f
}

func (w *world) round(f *follow.Follower) {
	w.t.Helper()
	if err := f.Round(ctx); err != nil {
		w.t.Fatal(err)
	}
}

// raised wants evidence of a kind, which proves what it says under the urn's key.
func (w *world) raised(err error, kind string) evidence.Evidence {
	w.t.Helper()
	r := new(follow.Raised)
	if !errors.As(err, &r) || r.Kind != kind {
		w.t.Fatalf("%v", err)
	}
	data, err := os.ReadFile(r.File)
	if err != nil {
		w.t.Fatal(err)
	}
	e, err := evidence.Read(data)
	if err != nil || e.Check() != nil || e.About().Key != w.key.Verifier().String() {
		w.t.Fatal(err, e.Check())
	}
	return e
}

// mirrored are the files of the mirror, by their names below the log's address.
func (w *world) mirrored() map[string]string {
	all := map[string]string{}
	root := filepath.Join(w.config.Dir, filepath.FromSlash(scrutin.Origin(fingerprint, "urn-1")))
	filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		name, _ := filepath.Rel(root, path)
		all[filepath.ToSlash(name)] = string(data)
		return err
	})
	return all
}

// TestMirror follows a growing log over restarts: the mirror holds its tiles, every
// checkpoint, and asks for no leaf twice but for those of a bundle that has grown.
func TestMirror(t *testing.T) {
	w := newWorld(t)
	for i, n := range []int{0, 3, 3, 255, 256, 257, 700} {
		w.history("", n)
		w.asked = nil
		w.round(w.open())
		files := w.mirrored()
		if n > 0 && files["checkpoint"] != string(w.signed) {
			t.Fatalf("%d leaves: the mirror is at another checkpoint", n)
		}
		tree := merkle.NewTree(func(n uint64) merkle.Hash { return merkle.LeafHash(w.leaves[n]) })
		tree.Grow(uint64(n))
		for tile := range tiles.Of(0, uint64(n)) {
			var want []byte
			if want, _ = tile.Hashes(tree); tile.Entries {
				var b bytes.Buffer
				l := urn.NewLeafWriter(&b)
				for _, leaf := range w.leaves[tile.From():tile.To()] {
					l.Write(leaf)
				}
				l.Flush()
				want = b.Bytes()
			}
			if files[tile.Name()] != string(want) {
				t.Errorf("%d leaves: %s is another one", n, tile.Name())
			}
		}
		if most := []int{1, 2, 1, 2, 2, 2, 3}[i]; len(w.asked) != most {
			t.Errorf("%d leaves: asked for %q", n, w.asked)
		}
	}
	seen := 0
	for name := range w.mirrored() {
		if strings.HasPrefix(name, "seen/") {
			seen++
		}
		if strings.HasPrefix(name, "incoming") {
			t.Errorf("%s is left", name)
		}
	}
	if seen != 6 {
		t.Errorf("%d checkpoints are kept", seen)
	}
}

// TestFork shows two histories in every way: each is evidence, and no later round, nor
// another process, goes on from it.
func TestFork(t *testing.T) {
	for name, c := range map[string]struct {
		first, parted, second int
		shown                 int // of the second history
	}{
		"another root of the same size":       {9, 5, 9, 9},
		"a changed leaf, in the last bundle":  {9, 5, 20, 20},
		"a changed leaf, in an earlier one":   {600, 5, 700, 700},
		"a leaf vanished":                     {300, 299, 300, 300},
		"a smaller one, of another history":   {20, 5, 20, 12},
		"another history from the first leaf": {1, 0, 600, 600},
	} {
		w := newWorld(t)
		f := w.open()
		w.history("", c.first)
		w.round(f)
		w.history("other", c.second, c.parted)
		w.show(c.shown)
		fork := w.raised(f.Round(ctx), evidence.KindFork).(*evidence.Fork)
		if fork.First[0] != scrutin.Origin(fingerprint, "urn-1") {
			t.Errorf("%s: %q", name, fork.First)
		}
		w.history("", c.first+1)
		w.asked = nil
		for _, f := range []*follow.Follower{f, w.open()} {
			w.raised(f.Round(ctx), evidence.KindFork)
		}
		if len(w.asked) > 0 || w.left != nil {
			t.Errorf("%s: it goes on", name)
		}
	}
}

// TestEmptyRoot is a checkpoint of no leaves with a root.
func TestEmptyRoot(t *testing.T) {
	w := newWorld(t)
	signed, err := note.Sign(note.Checkpoint{Origin: scrutin.Origin(fingerprint, "urn-1"), Root: [32]byte{1}}.Text(), w.key)
	if err != nil {
		t.Fatal(err)
	}
	w.signed = signed
	w.raised(w.open().Round(ctx), evidence.KindFork)
}

// TestShrunk shows less than was signed: once is no evidence, three rounds are a
// testimony, and a log that grows again clears it.
func TestShrunk(t *testing.T) {
	w := newWorld(t)
	f := w.open()
	w.history("", 20)
	w.round(f)
	w.show(12)
	w.round(f)
	w.round(f)
	w.show(20)
	w.round(f)
	w.show(12)
	w.round(w.open())
	f = w.open()
	w.round(f)
	w.round(f)
	w.raised(f.Round(ctx), evidence.KindShrunk)
	if w.told[1].What != follow.Smaller || w.told[1].Size != 12 {
		t.Errorf("%+v", w.told)
	}
}

// TestWithheld follows by checkpoints alone, and holds all of them against the leaves
// once these are shown.
func TestWithheld(t *testing.T) {
	w := newWorld(t)
	closed := false
	w.serve = func(rw http.ResponseWriter, r *http.Request) bool {
		if !closed && strings.Contains(r.URL.Path, "/tile/") {
			rw.WriteHeader(http.StatusForbidden)
			return true
		}
		return false
	}
	f := w.open()
	for _, n := range []int{3, 9} {
		w.history("", n)
		w.round(f)
	}
	if e := w.told[1]; e.What != follow.Withheld || e.Size != 9 {
		t.Errorf("%+v", w.told)
	}
	closed = true
	w.round(f)
	if e := w.told[2]; e.What != follow.Grown || e.Size != 9 {
		t.Errorf("%+v", w.told)
	}

	closed = false
	w.config.Dir = t.TempDir()
	f = w.open()
	w.history("other", 5, 2)
	w.round(f)
	w.history("", 9)
	w.round(f)
	closed = true
	w.raised(w.open().Round(ctx), evidence.KindFork)

	w.config.Dir = t.TempDir()
	closed = false
	f = w.open()
	w.history("", 9)
	w.round(f)
	w.history("other", 9, 2)
	w.raised(f.Round(ctx), evidence.KindFork)
}
