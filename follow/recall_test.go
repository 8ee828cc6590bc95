package follow_test

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"isoloir/audit/evidence"
	"isoloir/follow"
	"isoloir/merkle"
	"isoloir/scrutin"
	"isoloir/scrutin/note"
)

// TestStopped has a process stop after it wrote down what it saw, and before it wrote the
// evidence: the next one raises it before it asks the server for anything.
func TestStopped(t *testing.T) {
	for name, c := range map[string]struct{ mirrored, forked int }{
		"two roots of one size":                     {9, 9},
		"a smaller one, of another history":         {20, 12},
		"seen in vain, and the log has grown since": {300, 257},
	} {
		for _, changed := range []string{"other", "another", "third"} { // whichever name comes first
			w := newWorld(t)
			w.history("", c.mirrored)
			w.round(w.open())
			w.history(changed, c.mirrored, 5)
			w.show(c.forked)
			kept := filepath.Join(w.config.Dir, filepath.FromSlash(scrutin.Origin(fingerprint, "urn-1")), "seen", changed+".note")
			if err := os.WriteFile(kept, w.signed, 0o644); err != nil {
				t.Fatal(err)
			}
			w.history("", c.mirrored)
			w.asked = nil
			w.raised(w.open().Round(ctx), evidence.KindFork)
			if len(w.asked) > 0 {
				t.Errorf("%s: it asked for %q", name, w.asked)
			}
		}
	}
}

// TestUnwritten has the disk refuse the evidence: the same process raises it once the disk
// takes it, whatever the server shows by then.
func TestUnwritten(t *testing.T) {
	w := newWorld(t)
	w.history("", 9)
	f := w.open()
	w.round(f)
	w.history("other", 9, 5)
	w.show(7)
	in := filepath.Join(w.config.Dir, "evidence-fork-"+fingerprint.String()+"-urn-1.json")
	gone := w.config.Dir + "-gone"
	w.serve = func(http.ResponseWriter, *http.Request) bool {
		// From here on nothing can stand where the evidence belongs.
		if err := os.MkdirAll(filepath.Join(in, "x"), 0o755); err != nil {
			t.Error(err)
		}
		return false
	}
	if err := f.Round(ctx); err == nil {
		t.Fatal("two histories, and no word")
	}
	if err := os.Rename(in, gone); err != nil {
		t.Fatal(err)
	}
	w.serve = nil
	w.history("", 9)
	w.raised(f.Round(ctx), evidence.KindFork)
}

// TestSpoiled shows another history under the urn's signature with a co-signature that
// does not hold: the server is at fault for the one, the urn for the other.
func TestSpoiled(t *testing.T) {
	w := newWorld(t)
	w.history("", 9)
	f := w.open()
	w.round(f)
	spoil := func() {
		text, err := note.Text(w.signed)
		if err != nil {
			t.Fatal(err)
		}
		other, err := note.Cosign([]byte(strings.Replace(text, "\n9\n", "\n8\n", 1)+"\n"), w.witness, 3600)
		if err != nil {
			t.Fatal(err)
		}
		w.signed = append(w.signed, lines(other)...)
	}
	spoil()
	if err := f.Round(ctx); err == nil || !strings.Contains(err.Error(), follow.ErrServer.Error()) {
		t.Errorf("%v", err)
	}
	w.history("other", 9, 5)
	spoil()
	w.raised(f.Round(ctx), evidence.KindFork)
}

func lines(signed []byte) string {
	_, after, _ := strings.Cut(string(signed), "\n\n")
	return after
}

// TestDirectory mirrors two scrutins whose urns have one name into one directory, whose
// name is a pattern of others: each goes on from its own files, and stops for its own
// evidence.
func TestDirectory(t *testing.T) {
	w := newWorld(t)
	w.config.Dir = filepath.Join(t.TempDir(), "vote[2026]")
	w.history("", 9)
	w.round(w.open())
	w.show(7)
	w.round(w.open())
	if e := w.told[len(w.told)-1]; e.What != follow.Smaller {
		t.Errorf("what was seen is forgotten: %+v", w.told)
	}
	w.history("other", 9, 5)
	w.raised(w.open().Round(ctx), evidence.KindFork)

	second := newWorld(t)
	second.config.Dir, second.config.Print = w.config.Dir, scrutin.DigestOf([]byte("another manifest"))
	empty := note.Checkpoint{Origin: scrutin.Origin(second.config.Print, "urn-1"), Root: new(merkle.Frontier).Root()}
	signed, err := note.Sign(empty.Text(), second.key)
	if err != nil {
		t.Fatal(err)
	}
	second.serve = func(rw http.ResponseWriter, _ *http.Request) bool {
		rw.Write(signed)
		return true
	}
	second.round(second.open())
}
